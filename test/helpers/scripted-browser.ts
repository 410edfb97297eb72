// As much of a browser as the hub's pages need: cookies, redirects, forms, pages that lead on. It stops where a page leads away from the hub.

export interface Seen {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where it would go next, outside of what it may open. */
  readonly left: URL | undefined;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

export class ScriptedBrowser {
  readonly #origin: string;
  #cookies: Cookie[] = [];

  /** `origin`: the only one that it opens. */
  constructor(origin: string) {
    this.#origin = origin;
  }

  async open(url: string, init: RequestInit = {}): Promise<Seen> {
    const response = await fetch(url, {
      ...init,
      redirect: "manual",
      headers: { ...init.headers, cookie: this.#cookiesFor(new URL(url).pathname), accept: "text/html" },
    });
    this.#take(response.headers.getSetCookie());
    const text = await response.text();
    const next = response.headers.get("location") ?? /http-equiv="refresh" content="0;url=([^"]+)"/.exec(text)?.[1];
    if (next === undefined || next === null) return seen(url, response, text, undefined);
    const target = new URL(plain(next), url);
    return target.origin === this.#origin ? this.open(target.href) : seen(url, response, text, target);
  }

  /** Fills in the form of a page, and presses the button with this answer. */
  submit(
    page: Seen,
    fields: Readonly<Record<string, string | readonly string[]>>,
    more: Record<string, string> = {},
  ): Promise<Seen> {
    const form = new URLSearchParams();
    const check = /name="check" value="([^"]*)"/.exec(page.text)?.[1];
    if (check !== undefined) form.set("check", plain(check));
    for (const [name, value] of Object.entries(fields))
      for (const one of [value].flat()) form.append(name, String(one));
    const headers = { origin: this.#origin, "sec-fetch-site": "same-origin", ...more };
    return this.open(page.url, { method: "POST", body: form, headers });
  }

  /** From the client's link to where it leads with the answer: the person has this token, and allows these Cores, or all. */
  async consent(url: string, token: string, cores?: readonly string[]): Promise<Seen> {
    const asked = await this.submit(await this.open(url), { token, answer: "token" });
    return this.submit(asked, { core: cores ?? offered(asked), days: "30", answer: "allow" });
  }

  #cookiesFor(path: string): string {
    const sent = this.#cookies.filter(
      (cookie) => path === cookie.path || path.startsWith(`${cookie.path.replace(/\/$/, "")}/`),
    );
    return sent.map(({ name, value }) => `${name}=${value}`).join("; ");
  }

  #take(lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = "", ...attributes] = line.split("; ");
      const name = pair.slice(0, pair.indexOf("="));
      const value = pair.slice(pair.indexOf("=") + 1);
      const path = attributes.find((text) => /^path=/i.test(text))?.slice(5) ?? "/";
      this.#cookies = this.#cookies.filter((cookie) => cookie.name !== name || cookie.path !== path);
      if (value !== "") this.#cookies.push({ name, value, path });
    }
  }
}

/** The Cores that a consent page offers. */
export function offered({ text }: Seen): string[] {
  return [...text.matchAll(/name="core" value="([^"]+)"/g)].map(([, core = ""]) => core);
}

function seen(url: string, response: Response, text: string, left: URL | undefined): Seen {
  return { url, status: response.status, headers: response.headers, text, left };
}

function plain(text: string): string {
  return text.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}

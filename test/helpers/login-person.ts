// A person with a browser who was given the hub's page for a login: shows who they are, agrees to everything, and goes wherever it leads.

export interface Signed {
  /** Of the last page. */
  readonly status: number;
  readonly text: string;
}

/** `token`: what the person's client has for the hub. Stops at a page that refuses. */
export async function signInAt(url: string, token: string | undefined): Promise<Signed> {
  let response = await fetch(url, { redirect: "error" });
  let text = await response.text();
  let cookie = cookieOf(response);
  const fields = [...text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)];
  if (fields.length > 0) {
    const form = new URLSearchParams(
      Object.fromEntries(fields.map(([, name = "", value = ""]) => [name, plain(value)])),
    );
    form.set("token", token ?? "");
    const { origin, pathname } = new URL(url);
    const headers = { cookie, origin, "sec-fetch-site": "same-origin" };
    response = await fetch(`${origin}${pathname}`, { method: "POST", headers, body: form, redirect: "error" });
    text = await response.text();
    cookie = cookieOf(response);
  }
  const next = /href="([^"]+)"/.exec(text)?.[1];
  if (response.status !== 200 || next === undefined) return { status: response.status, text };
  const agreed = await fetch(plain(next), { redirect: "manual" });
  const back = agreed.headers.get("location");
  if (back === null) return { status: agreed.status, text: await agreed.text() };
  const last = await fetch(back, { headers: { cookie } });
  return { status: last.status, text: await last.text() };
}

function cookieOf(response: Response): string {
  return response.headers.get("set-cookie")?.split(";", 1)[0] ?? "";
}

function plain(text: string): string {
  return text.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}

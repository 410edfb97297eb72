// What a person sees in the browser: small pages that load nothing, tell nobody where they came from, and are not kept.

export interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const style =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem;color:#1c1e21;background:#fff}" +
  "h1{font-size:1.4rem}input[type=password]{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}.go{font:inherit;border:0;display:inline-block;padding:.5rem 1rem;border-radius:.4rem;background:#1a56db;color:#fff;text-decoration:none}" +
  "@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#17181a}}";

const headers: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** `text` is plain text, a paragraph each. */
export function page(
  status: number,
  title: string,
  text: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Page {
  return { status, headers: { ...headers, ...more }, body: html(title, text.map(paragraph).join("")) };
}

/** Asks for the token that the person's client has for this hub, which `check` goes back with. */
export function tokenPage(
  status: number,
  title: string,
  text: readonly string[],
  form: { readonly ticket: string; readonly check: string; readonly label: string },
  cookie: string,
): Page {
  const hidden = (name: string, value: string) => `<input type="hidden" name="${name}" value="${escaped(value)}">`;
  const fields =
    `<form method="post">${hidden("ticket", form.ticket)}${hidden("check", form.check)}<p><label>${escaped(form.label)}<br>` +
    `<input type="password" name="token" required autofocus autocomplete="off"></label></p><p><button class="go">Continue</button></p></form>`;
  const own = {
    "content-security-policy":
      headers["content-security-policy"]?.replace("form-action 'none'", "form-action 'self'") ?? "",
    // With none at all the browser would not say either that the form is the hub's own.
    "referrer-policy": "same-origin",
    "set-cookie": cookie,
  };
  return { status, headers: { ...headers, ...own }, body: html(title, text.map(paragraph).join("") + fields) };
}

/** Asks before it leads on to where the person signs in. */
export function askingPage(
  title: string,
  text: readonly string[],
  go: { url: string; label: string },
  cookie: string,
): Page {
  const link = `<p><a class="go" rel="noreferrer" href="${escaped(go.url)}">${escaped(go.label)}</a></p>`;
  return {
    status: 200,
    headers: { ...headers, "set-cookie": cookie },
    body: html(title, text.map(paragraph).join("") + link),
  };
}

function html(title: string, content: string): string {
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<title>${escaped(title)}</title><style>${style}</style></head><body><h1>${escaped(title)}</h1>${content}</body></html>\n`
  );
}

function paragraph(text: string): string {
  return `<p>${escaped(text)}</p>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

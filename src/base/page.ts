// What a person sees of the hub in the browser: small pages that load nothing, run nothing, are in no frame, tell nobody where they came from, and
// are not kept.

export interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Markup that is safe as it is: everything of others in it went through `escaped`. */
export type Markup = string;

const style =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1.5rem;color:#1c1e21;background:#fff}" +
  "h1{font-size:1.4rem}input[type=password],select{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}" +
  "fieldset{border:1px solid #8888;border-radius:.4rem;margin:1rem 0}strong{overflow-wrap:anywhere}" +
  ".go{font:inherit;border:0;display:inline-block;padding:.5rem 1rem;border-radius:.4rem;background:#1a56db;color:#fff;text-decoration:none}" +
  ".no{font:inherit;border:1px solid #8888;padding:.5rem 1rem;border-radius:.4rem;background:none;color:inherit;margin-left:.5rem}" +
  "@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#17181a}}";

const contentPolicy = (formAction: "'none'" | "'self'") =>
  `default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action ${formAction}`;

/** No opener policy: clients open the consent in a window of their own, and wait for it to come back. */
const headers: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": contentPolicy("'none'"),
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** Of a page with a form, which goes to the hub itself. With no referrer at all the browser would not say either that the form is the hub's own. */
export const formHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": contentPolicy("'self'"),
  "referrer-policy": "same-origin",
};

export function page(
  status: number,
  title: string,
  content: readonly Markup[],
  more: Readonly<Record<string, string>> = {},
  head: Markup = "",
): Page {
  const body =
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${head}` +
    `<title>${escaped(title)}</title><style>${style}</style></head><body><h1>${escaped(title)}</h1>${content.join("")}</body></html>\n`;
  return { status, headers: { ...headers, ...more }, body };
}

export function paragraph(text: string): Markup {
  return `<p>${escaped(text)}</p>`;
}

export function hiddenField(name: string, value: string): Markup {
  return `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`;
}

export function tokenField(label: string): Markup {
  return `<p><label>${escaped(label)}<br><input type="password" name="token" required autofocus autocomplete="off"></label></p>`;
}

export function escaped(text: string): Markup {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

// The pages of a login.
import {
  escaped,
  formHeaders,
  hiddenField,
  type Page,
  paragraph,
  page as plainPage,
  tokenField,
} from "../base/page.ts";

/** `text` is plain text, a paragraph each. */
export function page(
  status: number,
  title: string,
  text: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Page {
  return plainPage(status, title, text.map(paragraph), more);
}

/** Asks for the token that the person's client has for this hub, which `check` goes back with. */
export function tokenPage(
  status: number,
  title: string,
  text: readonly string[],
  form: { readonly ticket: string; readonly check: string; readonly label: string },
  cookie: string,
): Page {
  const fields =
    `<form method="post">${hiddenField("ticket", form.ticket)}${hiddenField("check", form.check)}${tokenField(form.label)}` +
    `<p><button class="go">Continue</button></p></form>`;
  return plainPage(status, title, [...text.map(paragraph), fields], { ...formHeaders, "set-cookie": cookie });
}

/** Asks before it leads on to where the person signs in. */
export function askingPage(
  title: string,
  text: readonly string[],
  go: { url: string; label: string },
  cookie: string,
): Page {
  const link = `<p><a class="go" rel="noreferrer" href="${escaped(go.url)}">${escaped(go.label)}</a></p>`;
  return plainPage(200, title, [...text.map(paragraph), link], { "set-cookie": cookie });
}

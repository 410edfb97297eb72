// What a person sees who connects a client: who asks and where it leads, then what it gets.
import {
  escaped,
  formHeaders,
  hiddenField,
  type Markup,
  type Page,
  page,
  paragraph,
  tokenField,
} from "../../base/page.ts";

/** The client, as far as it can be said. */
export interface Asking {
  /** What it calls itself, which anybody may. */
  readonly name: string | undefined;
  /** The address of its own document; undefined: it registered itself, and nobody has looked. */
  readonly documentHost: string | undefined;
  /** Where the answer goes. */
  readonly host: string;
}

export interface Offer {
  readonly namespace: string;
  /** What the manifest calls it. */
  readonly key: string;
}

/** `value`: days; 0: until it is ended. */
export const lives: readonly { readonly days: number; readonly label: string }[] = [
  { days: 1, label: "a day" },
  { days: 30, label: "30 days" },
  { days: 90, label: "90 days" },
  { days: 0, label: "until I end it" },
];
const usualDays = 90;

/** First: who is there? What the hub has is told to nobody before. */
export function tokenPage(status: number, asking: Asking, check: string, more: readonly string[]): Page {
  const form =
    `<form method="post">${hiddenField("check", check)}${tokenField("Your token for this hub")}` +
    `<p><button class="go" name="answer" value="token">Continue</button></p></form>${denyForm(check)}`;
  const text = [
    "To go on, show that this hub is yours: its token (HUB_TOKEN), or that of your client in the manifest. It stays here: the client never sees it.",
    "Go on only if you started this yourself. If somebody sent you this link, close the page.",
  ];
  return page(
    status,
    "Connect a client to this hub",
    [whoAsks(asking), ...[...more, ...text].map(paragraph), form],
    formHeaders,
  );
}

/** Then: what does the client get? `holder`: whose rights it gets a part of. */
export function consentPage(
  status: number,
  asking: Asking,
  holder: string,
  offers: readonly Offer[],
  check: string,
  more: readonly string[],
): Page {
  const boxes = offers.map(({ namespace, key }) => {
    const label = key === namespace ? escaped(key) : `${escaped(key)} (${escaped(namespace)})`;
    return `<p><label><input type="checkbox" name="core" value="${escaped(namespace)}" checked> ${label}</label></p>`;
  });
  const options = lives.map(({ days, label }) => {
    return `<option value="${days}"${days === usualDays ? " selected" : ""}>${escaped(label)}</option>`;
  });
  const form =
    `<form method="post">${hiddenField("check", check)}<fieldset><legend>It may use</legend>${boxes.join("")}</fieldset>` +
    `<p><label><input type="checkbox" name="read_only" value="yes"> Only tools that declare that they change nothing</label></p>` +
    `<p><label>For<br><select name="days">${options.join("")}</select></label></p>` +
    `<p><button class="go" name="answer" value="allow">Allow</button><button class="no" name="answer" value="deny">Deny</button></p></form>`;
  const rights = `What it does there it does as ${holder}, never as an admin. You end it with: thehub token revoke`;
  return page(
    status,
    "What may this client use?",
    [whoAsks(asking), ...[...more, rights].map(paragraph), form],
    formHeaders,
  );
}

/** Leads on by itself, to the hub: a redirect would be held against the form's rules by some browsers, all the way to the client's own pages. */
export function goingPage(path: string, { host }: Asking): Page {
  const head = `<meta http-equiv="refresh" content="0;url=${escaped(path)}">`;
  const link = `<p><a class="go" href="${escaped(path)}">Go on</a></p>`;
  return page(200, "Going back to the client", [paragraph(`On to ${host}.`), link], {}, head);
}

export function failurePage(status: number, title: string, text: readonly string[]): Page {
  return page(status, title, text.map(paragraph));
}

function whoAsks({ name, documentHost, host }: Asking): Markup {
  const called =
    name === undefined ? "A client without a name" : `A client that calls itself <strong>${escaped(name)}</strong>`;
  const from = documentHost === undefined ? "" : ` (of <strong>${escaped(documentHost)}</strong>)`;
  return `<p>${called}${from} wants to use this hub. The answer goes to <strong>${escaped(host)}</strong>.</p>`;
}

function denyForm(check: string): Markup {
  return `<form method="post">${hiddenField("check", check)}<p><button class="no" name="answer" value="deny">Deny</button></p></form>`;
}

// Logins that clients begin, for callers with a browser of their own: the hub's page that asks first, and the one that takes the answer. A link that
// somebody else was talked into opening would sign the wrong person in: so whoever opens it shows that they are who asked, with the token of their
// client, the page says who asks, and only the browser that was shown it may answer.
import { createHash, randomBytes } from "node:crypto";
import type { Clock, Timer } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import type { Page } from "../base/page.ts";
import { Secret } from "../base/secret.ts";
import type { Log } from "../telemetry/log.ts";
import { clientMetadataDocument } from "./client-metadata.ts";
import type { LoginDeps } from "./login-state.ts";
import { isSame } from "./loopback.ts";
import { isPerson } from "./owner.ts";
import { askingPage, page, tokenPage } from "./pages.ts";
import type { Begun } from "./signing-in.ts";

export interface DoorRequest {
  readonly method: string;
  /** Path and query, without the hub's base path. */
  readonly url: string;
  readonly cookie: string | undefined;
  /** What was filled in, of a POST. */
  readonly form?: URLSearchParams | undefined;
  /** Sec-Fetch-Site: what browsers say of where a request came from. */
  readonly site?: string | undefined;
  /** Who gets into the hub with this token, or with none; undefined: nobody. */
  person(token: Secret | undefined): Known | Promise<Known>;
}

/** A number: too many wrong tokens came from where this one did, which is not looked at for so many ms. */
export type Known = Person | undefined | number;

/** Who somebody is to the hub. */
export interface Person {
  readonly id: string;
  readonly shared: boolean;
}

export interface Waiting {
  /** For whom it is, as the page names them. */
  readonly caller: string;
  /** Who alone may sign in. */
  readonly asker: Person;
  readonly core: string;
  /** Two logins of one owner at one Core are one. */
  readonly key: string;
  begin(redirectUrl: string, ownMetadataUrl: string | undefined): Promise<Begun>;
}

export interface Started {
  /** The hub's own page. */
  readonly url: string;
  /** Resolves when the person has signed in. Rejects with `login_failed`. */
  readonly done: Promise<void>;
}

interface Entry {
  readonly ticket: string;
  readonly waiting: Waiting;
  readonly timer: Timer;
  readonly started: Started;
  readonly settle: (error?: HubError) => void;
  /** From the first time that its page is shown. */
  begun: Promise<Begun> | undefined;
  /** What the browsers have that were asked who they are; the oldest are forgotten. */
  readonly browsers: Set<string>;
  /** Tokens that were not the asker's. */
  wrong: number;
  /** Once its page was shown to who asked: the browser that saw it last, and the state that the answer will have. */
  shown: { readonly cookie: string; readonly begun: Begun } | undefined;
}

const lifeMs = 10 * 60_000;
const maxOpen = 256;
const maxBrowsers = 16;
const maxWrong = 10;
const startPath = "/oauth/start";
const callbackPath = "/oauth/callback";
const metadataPath = "/oauth/client-metadata.json";

export class LoginDoor {
  readonly #clock: Clock;
  readonly #log: Log;
  /** HUB_PUBLIC_URL, without a slash at its end. */
  readonly #publicUrl: string;
  readonly #byTicket = new Map<string, Entry>();
  readonly #happened: LoginDeps["happened"];

  constructor({ clock, log, happened, publicUrl }: Omit<LoginDeps, "vault" | "learned"> & { publicUrl: string }) {
    this.#clock = clock;
    this.#log = log;
    this.#happened = happened;
    this.#publicUrl = publicUrl.replace(/\/$/, "");
  }

  /** Throws `overloaded` where too many are open. */
  start(waiting: Waiting): Started {
    for (const entry of this.#byTicket.values()) if (entry.waiting.key === waiting.key) return entry.started;
    if (this.#byTicket.size >= maxOpen) throw new HubError("overloaded", `more than ${maxOpen} logins are under way`);
    const ticket = randomBytes(24).toString("base64url");
    let settle: (error?: HubError) => void = () => {};
    const done = new Promise<void>((resolve, reject) => {
      settle = (error) => (error === undefined ? resolve() : reject(error));
    });
    // Nobody may be waiting for it.
    done.catch(() => {});
    const timer = this.#clock.after(lifeMs, () => this.#end(entry, this.#failed(waiting, "nobody signed in in time")));
    const started = { url: `${this.#publicUrl}${startPath}?ticket=${ticket}`, done };
    const entry: Entry = {
      ticket,
      waiting,
      timer,
      started,
      settle,
      browsers: new Set(),
      wrong: 0,
      begun: undefined,
      shown: undefined,
    };
    this.#byTicket.set(ticket, entry);
    return started;
  }

  /** Undefined: not one of its paths. Never rejects. */
  async answer(request: DoorRequest): Promise<Page | undefined> {
    const { method, url, cookie } = request;
    const { pathname, searchParams } = new URL(url, "http://hub");
    if (![startPath, callbackPath, metadataPath].includes(pathname)) return undefined;
    if (method === "POST" && pathname === startPath) return this.#identify(request);
    if (method !== "GET") return page(405, "Not this way", [], { allow: pathname === startPath ? "GET, POST" : "GET" });
    if (pathname === metadataPath) return this.#metadata();
    return pathname === startPath ? this.#open(searchParams, request) : this.#take(searchParams, cookie);
  }

  close(): void {
    for (const entry of [...this.#byTicket.values()]) this.#end(entry, this.#failed(entry.waiting, "the hub ends"));
  }

  /** As often as it is opened, also by a program that looks at links before a person does. */
  async #open(parameters: URLSearchParams, { person }: DoorRequest): Promise<Page> {
    const entry = this.#byTicket.get(parameters.get("ticket") ?? "");
    if (entry === undefined) return gone();
    // Where the hub lets its own machine in without a token, whoever is there is who asked.
    if (isAsker(entry, await person(undefined))) return this.#show(entry);
    return this.#askWho(entry, 200, []);
  }

  #askWho(entry: Entry, status: number, more: readonly string[]): Page {
    const { waiting, ticket, browsers } = entry;
    const browser = randomBytes(24).toString("base64url");
    browsers.add(browser);
    for (const oldest of browsers) if (browsers.size > maxBrowsers) browsers.delete(oldest);
    const text = [
      ...more,
      `The client ${waiting.caller} of this hub asks to use ${waiting.core} with your account. Show that you are who uses this client.`,
      ...(isPerson(waiting.asker.id) ? [personsToken] : []),
      "If somebody sent you this link, close the page: your token is for nobody else's login.",
    ];
    const label = `The token that ${waiting.caller} uses for this hub`;
    const form = { ticket, check: checkOf(browser), label };
    return tokenPage(status, `Sign in to ${waiting.core}`, text, form, this.#cookie(entry, browser));
  }

  /** The form of `askWho`, from the browser that has it: no other page can know what belongs to that browser. */
  async #identify({ form, cookie, site, person }: DoorRequest): Promise<Page> {
    const entry = this.#byTicket.get(form?.get("ticket") ?? "");
    if (entry === undefined) return gone();
    const { waiting, browsers } = entry;
    const check = form?.get("check") ?? "";
    const browser = cookiesOf(entry, cookie).find((value) => browsers.has(value) && isSame(checkOf(value), check));
    if (browser === undefined || (site !== undefined && site !== "same-origin")) {
      return page(403, "Not this browser", ["This form was not shown in this browser. Open the link again."]);
    }
    const token = form?.get("token")?.trim() ?? "";
    const known = token === "" ? undefined : await person(new Secret(token));
    if (typeof known === "number") return tooSoon(known);
    if (isAsker(entry, known)) {
      browsers.delete(browser);
      return this.#show(entry);
    }
    const about = { core: waiting.core, caller: waiting.caller };
    this.#log.warn("login_answer_refused", { ...about, reason: "not the token of who asked" });
    if (++entry.wrong < maxWrong) return this.#askWho(entry, 403, [`This is not the token of ${waiting.caller}.`]);
    this.#end(entry, this.#failed(waiting, "whoever opened the link had not the token of this client"));
    return page(403, "Not your link", ["Nothing was signed in. Ask for the login again to get another link."]);
  }

  /** To who asked: the browser that saw it last may answer. */
  async #show(entry: Entry): Promise<Page> {
    const { waiting } = entry;
    const cookie = randomBytes(24).toString("base64url");
    try {
      entry.begun ??= waiting.begin(`${this.#publicUrl}${callbackPath}`, this.#ownMetadataUrl);
      const begun = await entry.begun;
      entry.shown = { cookie, begun };
      const text = [
        `The client ${waiting.caller} of this hub asks to use ${waiting.core} with your account. What you allow there, that client can do.`,
        "Go on only if you started this yourself. If somebody sent you this link, close the page.",
      ];
      return askingPage(
        `Sign in to ${waiting.core}`,
        text,
        { url: begun.url, label: "Go on" },
        this.#cookie(entry, cookie),
      );
    } catch (error) {
      const known = HubError.from(error);
      // The page may be loaded twice, and its login fails once.
      return this.#byTicket.has(entry.ticket) ? this.#cameToNothing(entry, known) : didNotWork(known);
    }
  }

  async #take(parameters: URLSearchParams, cookies: string | undefined): Promise<Page> {
    const state = parameters.get("state") ?? "";
    const isAsked = ({ shown }: Entry) => shown !== undefined && isSame(shown.begun.state, state);
    const entry = [...this.#byTicket.values()].find(isAsked);
    if (entry?.shown === undefined) return gone();
    const { waiting, shown } = entry;
    const isSameBrowser = cookiesOf(entry, cookies).some((value) => isSame(value, shown.cookie));
    if (!isSameBrowser) {
      this.#log.warn("login_answer_refused", { core: waiting.core, caller: waiting.caller, reason: "another browser" });
      return page(403, "Not this browser", ["This login was begun in another browser. Nothing was signed in."]);
    }
    // From here on it is under way: a page that is loaded twice is no second answer.
    this.#byTicket.delete(entry.ticket);
    try {
      const record = await shown.begun.finish(parameters);
      this.#log.info("login_done", { core: waiting.core, caller: waiting.caller, issuer: record.issuer });
      this.#end(entry);
      const text = [`${waiting.caller} can use ${waiting.core} with your account now. You can close this page.`];
      return page(200, "Signed in", text, { "set-cookie": this.#cookie(entry, "", 0) });
    } catch (error) {
      const known = HubError.from(error);
      this.#log.warn("login_failed", { core: waiting.core, caller: waiting.caller, reason: known.message });
      return this.#cameToNothing(entry, known);
    }
  }

  /** A person was there, and the way to the login was not. */
  #cameToNothing(entry: Entry, error: HubError): Page {
    this.#happened(entry.waiting.core, "sign_in_failed");
    this.#end(entry, error);
    return didNotWork(error);
  }

  /** The hub as a client that describes itself: only where others can read it, over https. */
  get #ownMetadataUrl(): string | undefined {
    return this.#publicUrl.startsWith("https:") ? `${this.#publicUrl}${metadataPath}` : undefined;
  }

  #metadata(): Page {
    const url = this.#ownMetadataUrl;
    if (url === undefined) return gone();
    const document = clientMetadataDocument(url, `${this.#publicUrl}${callbackPath}`);
    return {
      status: 200,
      headers: { "content-type": "application/json", "cache-control": "max-age=300" },
      body: `${JSON.stringify(document)}\n`,
    };
  }

  #cookie(entry: Entry, value: string, maxAgeS = lifeMs / 1000): string {
    const { protocol, pathname } = new URL(this.#publicUrl);
    const secure = protocol === "https:" ? "; Secure" : "";
    const path = `${pathname.replace(/\/$/, "")}/oauth`;
    return `${cookieNameOf(entry)}=${value}; Path=${path}; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax${secure}`;
  }

  #failed({ core }: Waiting, why: string): HubError {
    return new HubError("login_failed", `cannot sign in to Core ${core}: ${why}`, { core });
  }

  #end(entry: Entry, error?: HubError): void {
    this.#byTicket.delete(entry.ticket);
    entry.timer.cancel();
    entry.settle(error);
  }
}

/** Few clients show it to anybody. */
const personsToken =
  "The token is the access token that the client got there, at your identity provider. Where you cannot see it, ask who runs the hub for grant: token-exchange.";

function isAsker({ waiting: { asker } }: Entry, person: Known): boolean {
  return typeof person === "object" && person.id === asker.id && person.shared === asker.shared;
}

function checkOf(browser: string): string {
  return createHash("sha256").update(`thehub login form ${browser}`).digest("base64url");
}

function tooSoon(waitMs: number): Page {
  const seconds = Math.ceil(waitMs / 1000);
  const text = [`Too many wrong tokens came from your address. Go back and try again in ${seconds} s.`];
  return page(429, "Wait a little", text, { "retry-after": String(seconds) });
}

function didNotWork({ message }: HubError): Page {
  return page(502, "This did not work", [message, "Nothing was signed in."]);
}

function gone(): Page {
  return page(404, "No such login", [
    "It was finished, or took longer than ten minutes. Ask for the login again to get another link.",
  ]);
}

/** One for each link: a person may have several open at once. */
function cookieNameOf({ ticket }: Entry): string {
  return `thehub_login_${createHash("sha256").update(ticket).digest("hex").slice(0, 16)}`;
}

/** All of that name: a browser may have one of another path as well. */
function cookiesOf(entry: Entry, header = ""): string[] {
  const wanted = cookieNameOf(entry);
  return header
    .split(";")
    .map((part) => part.trim().split("=", 2))
    .filter(([name]) => name === wanted)
    .map(([, value = ""]) => value);
}

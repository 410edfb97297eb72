// All logins of one hub: what the links get for each Core and owner, and what clients begin. Put together here, and loaded where the manifest has a
// Core that may need one.
import type { FSWatcher } from "node:fs";
import type { Clock } from "../base/clock.ts";
import type { Credential, CredentialState } from "../base/credential.ts";
import { HubError } from "../base/errors.ts";
import type { LoginEvent, LoginStateName } from "../base/login-counts.ts";
import type { Page } from "../base/page.ts";
import type { Learned } from "../base/passing-secrets.ts";
import type { Secret } from "../base/secret.ts";
import type { Log } from "../telemetry/log.ts";
import { CoreLogin } from "./core-login.ts";
import { type DoorRequest, LoginDoor, type Person, type Started } from "./door.ts";
import { ExchangedLogin, type Subject } from "./exchange.ts";
import type { LoginDeps } from "./login-state.ts";
import type { LoginOwner } from "./owner.ts";
import type { LoginTarget } from "./target.ts";
import { loginFile, Vault } from "./vault.ts";

export interface LoginsDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** HUB_STATE_DIR. */
  readonly stateDir: string;
  /** HUB_STATE_KEY; without it one is made and kept. */
  readonly key: Secret | undefined;
  /** Where browsers find the hub, as of now: HUB_PUBLIC_URL, or the address that it listens on. Undefined: clients cannot begin logins. */
  publicUrl(): string | undefined;
  /** Every token that comes in, so that it is masked wherever it shows. */
  readonly learned: Learned;
  /** For the metrics. `owner`: of a login that is kept. */
  happened(core: string, event: LoginEvent, owner?: LoginOwner): void;
}

/** Persons come and go; one that is left out here has its token exchanged once more. */
const maxExchanged = 10_000;

export class Logins {
  readonly #deps: LoginDeps;
  readonly #publicUrl: () => string | undefined;
  /** From the first time that there is an address for it. */
  #door: LoginDoor | undefined;
  /** By the file that each is kept in. */
  readonly #byFile = new Map<string, CoreLogin>();
  /** By Core and person: sessions of one person share it. */
  readonly #exchanged = new Map<string, ExchangedLogin>();
  #watcher: Promise<FSWatcher | undefined> | undefined;

  constructor({ publicUrl, stateDir, key, log, ...rest }: LoginsDeps) {
    const { clock } = rest;
    const own = log.child({ component: "logins" });
    this.#deps = { ...rest, log: own, vault: new Vault({ clock, stateDir, key }) };
    this.#publicUrl = publicUrl;
  }

  /** The same one for the same Core and owner, as long as what it is for stays the same. */
  credential(target: LoginTarget, owner: LoginOwner): Credential {
    this.#watcher ??= this.#deps.vault.watch((file) => void this.#look(file));
    const file = loginFile(target.core, owner);
    const known = this.#byFile.get(file);
    if (known !== undefined && known.target === target) return known;
    const made = new CoreLogin(target, owner, this.#deps);
    this.#byFile.set(file, made);
    return made;
  }

  /** What a client's person showed, for a Core with `grant: token-exchange`. `person`: undefined for the instance of nobody, which gets nothing. */
  exchanged(target: LoginTarget, person: string | undefined, subject: () => Subject | undefined): Credential {
    const key = JSON.stringify([target.core, person]);
    const known = this.#exchanged.get(key);
    if (known !== undefined && known.target === target) return known;
    const made = new ExchangedLogin(target, this.#deps, subject, person === undefined);
    this.#exchanged.set(key, made);
    const [oldest] = this.#exchanged.keys();
    if (this.#exchanged.size > maxExchanged && oldest !== undefined) this.#exchanged.delete(oldest);
    return made;
  }

  /** How the logins are that are kept, and those of the hub itself, each with its Core and whose it is. */
  *states(): Iterable<readonly [core: string, state: LoginStateName, owner: LoginOwner]> {
    for (const { target, owner, state } of this.#byFile.values()) yield [target.core, nameOf(state), owner];
  }

  /**
   * Those that are for nobody any more, as soon as no instance goes by them. What is kept of them stays. `isGone`: asked again then, for who was gone
   * may have come back.
   */
  forget(isGone: (core: string, owner: LoginOwner) => boolean): void {
    for (const [file, login] of this.#byFile) {
      const { target, owner } = login;
      if (!isGone(target.core, owner)) continue;
      login.whenUnused(() => {
        if (this.#byFile.get(file) === login && isGone(target.core, owner)) this.#byFile.delete(file);
      });
    }
  }

  /**
   * A page that a client's person is asked to open (url elicitation). `asker` is who asks, and alone may sign in there; `name` is that in words for
   * the page. Rejects with `login_failed` where the hub has no address for browsers, or a login would not help; with `overloaded` where too many are open.
   */
  async startLogin(
    target: LoginTarget,
    owner: LoginOwner,
    { name, ...asker }: Person & { name: string },
  ): Promise<Started> {
    const { core, oauth } = target;
    const file = loginFile(core, owner);
    const fail = (why: string) => new HubError("login_failed", `cannot sign in to Core ${core}: ${why}`, { core });
    const door = this.#openDoor();
    if (door === undefined) throw fail("the hub has no address for browsers: set HUB_PUBLIC_URL");
    if (oauth.grant !== "authorization_code") throw fail("it is the hub itself that signs in there");
    const { beginInBrowser } = await import("./signing-in.ts");
    return door.start({
      caller: name,
      asker: { id: asker.id, shared: asker.shared },
      core,
      key: JSON.stringify([file, asker.id, asker.shared]),
      begin: async (redirectUrl, ownMetadataUrl) => {
        const begun = await beginInBrowser(this.#deps, { target, owner, redirectUrl, ownMetadataUrl });
        const finish = async (answer: URLSearchParams) => {
          const record = await begun.finish(answer);
          // Whoever waits for it goes on with it: sooner than the folder is seen to have changed.
          await this.#byFile.get(file)?.look();
          return record;
        };
        return { ...begun, finish };
      },
    });
  }

  /** The hub's own pages, under `/oauth/`. Undefined: not one of them. */
  async answer(request: DoorRequest): Promise<Page | undefined> {
    return this.#openDoor()?.answer(request);
  }

  async close(): Promise<void> {
    this.#door?.close();
    (await this.#watcher)?.close();
  }

  #openDoor(): LoginDoor | undefined {
    const publicUrl = this.#publicUrl();
    if (publicUrl !== undefined) this.#door ??= new LoginDoor({ ...this.#deps, publicUrl });
    return this.#door;
  }

  /** Of many logins only what has changed is read: each that is renewed changes its file. */
  async #look(file: string | undefined): Promise<void> {
    const logins = file === undefined ? this.#byFile.values() : [this.#byFile.get(file)];
    for (const login of logins) await login?.look().catch(() => {});
  }
}

function nameOf(state: CredentialState): LoginStateName {
  if (state.t === "ok") return state.lacks === undefined ? "good" : "lacking";
  return state.t === "none" ? "none" : "needed";
}

// A hub's logins in a state folder of their own, beside an authorization server and a Core.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "../../src/base/clock.ts";
import { LoginCounts, type LoginEvent } from "../../src/base/login-counts.ts";
import type { Learned } from "../../src/base/passing-secrets.ts";
import { Logins } from "../../src/logins/logins.ts";
import { type LoginOwner, operator } from "../../src/logins/owner.ts";
import { beginInBrowser } from "../../src/logins/signing-in.ts";
import { anonymousSettings, type LoginTarget, type OAuthSettings, type Reach } from "../../src/logins/target.ts";
import { type LoginRecord, Vault } from "../../src/logins/vault.ts";
import { createLog, type Log } from "../../src/telemetry/log.ts";
import { type AuthorizationServer, type Switches, startAuthorizationServer } from "./authorization-server.ts";

export const everywhere: Reach = { refuses: () => undefined };

export interface LoggedLine {
  readonly level: string;
  readonly msg: string;
  readonly [key: string]: unknown;
}

/** A clock whose wall time a test moves; its timers are the system's. */
class ShiftedClock implements Clock {
  shiftMs = 0;

  now(): number {
    return systemClock.now() + this.shiftMs;
  }

  wall(): number {
    return Date.now() + this.shiftMs;
  }

  iso(): string {
    return new Date(this.wall()).toISOString();
  }

  after: Clock["after"] = (ms, fn) => systemClock.after(ms, fn);
}

export class LoginScene implements AsyncDisposable {
  readonly server: AuthorizationServer;
  readonly stateDir: string;
  readonly clock = new ShiftedClock();
  readonly lines: LoggedLine[] = [];
  /** Every token that came in, and those of them that are masked still. */
  readonly learned: string[] = [];
  readonly masked: string[] = [];
  readonly counts = new LoginCounts();
  readonly log: Log;
  readonly #logins: Logins[] = [];

  constructor(server: AuthorizationServer, stateDir: string) {
    this.server = server;
    this.stateDir = stateDir;
    this.log = createLog({
      clock: systemClock,
      level: "debug",
      format: "json",
      mask: { maskText: (text) => text, maskJson: (json) => json },
      stream: { write: (line) => this.lines.push(JSON.parse(line) as LoggedLine) },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const logins of this.#logins) await logins.close();
    await this.server[Symbol.asyncDispose]();
    await rm(this.stateDir, { recursive: true, force: true });
  }

  /** As another process of the same user has them, where there are several. */
  logins(publicUrl?: string): Logins {
    const { clock, log, stateDir } = this;
    const made = new Logins({
      ...{ clock, log, stateDir, learned: this.learn },
      ...this.counting,
      key: undefined,
      publicUrl: () => publicUrl,
    });
    this.#logins.push(made);
    return made;
  }

  readonly learn: Learned = (secret) => {
    const token = secret.reveal();
    this.learned.push(token);
    this.masked.push(token);
    return () => void this.masked.splice(this.masked.indexOf(token), 1);
  };

  readonly #awaited = new Map<LoginEvent, () => void>();

  readonly counting = {
    happened: (core: string, event: LoginEvent) => {
      this.counts.happened(core, event);
      this.#awaited.get(event)?.();
    },
  };

  /** Resolves when this happens next. */
  counted(event: LoginEvent): Promise<void> {
    return new Promise((resolve) => this.#awaited.set(event, resolve));
  }

  /** Of the Core: what has happened so far, without what has not. */
  get happened(): Partial<Record<LoginEvent, number>> {
    return Object.fromEntries(Object.entries(this.counts.of("wiki")).filter(([, times]) => times > 0));
  }

  vault(): Vault {
    return new Vault({ clock: this.clock, stateDir: this.stateDir, key: undefined });
  }

  target(oauth: Partial<OAuthSettings> = {}, url: string = this.server.coreUrl): LoginTarget {
    return { core: "wiki", url, oauth: { ...anonymousSettings, ...oauth }, reach: everywhere };
  }

  /** As `thehub login` does, with a person who agrees to everything. */
  async signIn(target: LoginTarget = this.target(), owner: LoginOwner = operator): Promise<LoginRecord> {
    const deps = { clock: this.clock, vault: this.vault() };
    const begun = await beginInBrowser(deps, { target, owner, redirectUrl: "http://127.0.0.1:1/callback" });
    return begun.finish(await answerOf(begun.url));
  }

  /** A call of a client, with what the login has for it: the status of the Core's answer, sent once more where the login says so. */
  async call(credential: import("../../src/base/credential.ts").Credential): Promise<number> {
    const send = async (): Promise<[Response, string | undefined]> => {
      const authorization = await credential.authorization();
      const headers = { "content-type": "application/json", ...(authorization === undefined ? {} : { authorization }) };
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
      return [await fetch(this.server.coreUrl, { method: "POST", headers, body }), authorization];
    };
    const [response, sent] = await send();
    await response.arrayBuffer();
    if (response.status !== 401 && response.status !== 403) return response.status;
    const wwwAuthenticate = response.headers.get("www-authenticate") ?? undefined;
    if (!(await credential.refused({ status: response.status, wwwAuthenticate, sent }))) return response.status;
    const [again] = await send();
    await again.arrayBuffer();
    return again.status;
  }
}

/** The parameters that the browser brings back. */
export async function answerOf(url: string): Promise<URLSearchParams> {
  const response = await fetch(url, { redirect: "manual" });
  const location = response.headers.get("location");
  if (location === null)
    throw new Error(`the authorization server answers ${response.status}: ${await response.text()}`);
  return new URL(location).searchParams;
}

export async function loginScene(switches: Partial<Switches> = {}): Promise<LoginScene> {
  return new LoginScene(await startAuthorizationServer(switches), await mkdtemp(join(tmpdir(), "thehub-logins-")));
}

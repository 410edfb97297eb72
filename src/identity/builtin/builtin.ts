// `auth: builtin`, as the hub holds it: what was granted, at once and for each call; and the authorization server, loaded when somebody first asks it
// anything.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../../base/clock.ts";
import type { Secret } from "../../base/secret.ts";
import type { Log } from "../../telemetry/log.ts";
import type { Asker } from "../asker.ts";
import type { AuthorizationServer, AuthorizationServerDeps } from "./authorization-server.ts";
import { isFor } from "./resource.ts";
import { StateFile } from "./state-file.ts";
import { type Grant, Store } from "./store.ts";

export type { Person } from "./consent.ts";
export type { Grant } from "./store.ts";

export interface BuiltinDeps
  extends Pick<AuthorizationServerDeps, "person" | "granted" | "happened" | "fetch" | "isGood"> {
  readonly clock: Clock;
  readonly log: Pick<Log, "info" | "warn" | "error">;
  readonly stateDir: string;
  /** HUB_STATE_KEY. */
  readonly key: Secret | undefined;
  /** HUB_PUBLIC_URL, without a slash at its end. */
  readonly publicUrl: string;
  ended(grant: Grant): void;
  used(grant: Grant, untilMs: number): void;
}

/** What an access token is good for. */
export interface Admitted {
  readonly grant: Grant;
  /** When the token ends, in wall time. */
  readonly untilMs: number;
}

export class Builtin {
  readonly #deps: BuiltinDeps;
  readonly #store: Store;
  #server: Promise<AuthorizationServer> | undefined;

  private constructor(deps: BuiltinDeps, store: Store) {
    this.#deps = deps;
    this.#store = store;
  }

  /** With what is kept. Never rejects. */
  static async open(deps: BuiltinDeps): Promise<Builtin> {
    const { clock, log, stateDir, key } = deps;
    const file = new StateFile(stateDir, key);
    const ended = (grant: Grant) => deps.ended(grant);
    const used = (grant: Grant, untilMs: number) => deps.used(grant, untilMs);
    return new Builtin(deps, await Store.open({ clock, log, file, ended, used }));
  }

  /** `path`: what is asked for with it. Undefined: it is none of this hub's, or not for there. */
  admit(token: string, path: string | undefined): Admitted | undefined {
    const found = this.#store.grantOf(token);
    if (found === undefined || !isFor(found.payload["aud"], this.#deps.publicUrl, path ?? "")) return undefined;
    return { grant: found.grant, untilMs: Number(found.payload["exp"]) * 1000 };
  }

  grant(id: string): Grant | undefined {
    return this.#store.grant(id);
  }

  grants(): readonly Grant[] {
    return this.#store.grants();
  }

  end(id: string): void {
    this.#store.end(id);
  }

  async handle(request: IncomingMessage, response: ServerResponse, asker: Asker): Promise<void> {
    this.#server ??= import("./authorization-server.ts").then((it) => {
      return new it.AuthorizationServer({ ...this.#deps, store: this.#store });
    });
    await (await this.#server).handle(request, response, asker);
  }

  /** Resolves when what is known is written down. */
  saved(): Promise<void> {
    return this.#store.saved();
  }
}

// The requestState that clients of the modern era carry between the rounds of one request: sealed, so that they can neither read nor make one.
// It is good for one request of one caller at one endpoint, for a while. Whatever is wrong with one, the client hears the same.
import { randomBytes } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import { HubError } from "../../base/errors.ts";
import { SpacedLog } from "../../base/spaced-log.ts";
import type { Principal } from "../../sessions/principal.ts";
import type { Log } from "../../telemetry/log.ts";
import type { ByteString } from "../../wire/frame.ts";
import { Sealer, type SealerDeps } from "./sealer.ts";

/** `park`: a call that waits in the hub. `wrap`: the Core's own state. `url`: pages to be seen before the call is made again. */
export type StateKind = "park" | "wrap" | "url";

export interface RequestState {
  readonly t: StateKind;
  /** 128 random bits: of the park, or of this state alone. */
  readonly id: string;
  /** The Core's key. */
  readonly core: string;
  /** The request's fingerprint. */
  readonly fp: string;
  /** Whose it is: `subjectOf`. */
  readonly sub: string;
  /** Counts up with what the client is asked, from 1. */
  readonly round: number;
  /** Milliseconds since 1970. */
  readonly exp: number;
  /** The Core's own state as it wrote it, quotes and escapes too; absent where it had none. */
  readonly inner?: ByteString | undefined;
}

/** What is known of the request that brings a state. */
export interface Bringer {
  /** Undefined where that is asked of the state. */
  readonly core: string | undefined;
  readonly fp: string;
  readonly sub: string;
  readonly endpoint: string;
}

/** For the log alone. */
export type StateFault = "unreadable" | "expired" | "subject" | "request" | "core" | "gone" | "round" | "kind";

export interface SealedStatesDeps extends SealerDeps {
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
}

const format = "h1";

export class SealedStates {
  readonly #deps: SealedStatesDeps;
  readonly #sealer: Sealer;
  readonly #refusals: SpacedLog;

  constructor(deps: SealedStatesDeps) {
    this.#deps = deps;
    this.#sealer = new Sealer(deps);
    this.#refusals = new SpacedLog(deps.clock, (context) => deps.log.warn("request_state_refused", context));
  }

  /** Milliseconds since 1970. */
  now(): number {
    return Date.parse(this.#deps.clock.iso());
  }

  /** Plain ASCII: needs no escape in JSON. */
  seal(state: RequestState, endpoint: string): string {
    return this.#sealer.seal(format, JSON.stringify(state), endpoint);
  }

  /** Throws `envelope_invalid` for what this hub did not seal, for this request of this caller, or a while ago only. */
  open(text: string, by: Bringer): RequestState {
    const plain = this.#sealer.open(format, text, by.endpoint);
    const state = plain === undefined ? undefined : (JSON.parse(plain) as RequestState);
    const fault = state === undefined ? "unreadable" : this.#faultOf(state, by);
    if (state === undefined || fault !== undefined) throw this.refusal(fault ?? "unreadable", by);
    return state;
  }

  /** What the client hears, whatever is wrong; the log says which check failed. A client may try as often as it likes. */
  refusal(why: StateFault, { core }: Pick<Bringer, "core">): HubError {
    this.#refusals.say(`${why} ${core}`, { core, why });
    return new HubError("envelope_invalid", "invalid or expired requestState");
  }

  /** Says what has not been said yet. */
  close(): void {
    this.#refusals.close();
  }

  #faultOf(state: RequestState, by: Bringer): StateFault | undefined {
    if (state.exp <= this.now()) return "expired";
    if (state.sub !== by.sub) return "subject";
    if (by.core !== undefined && state.core !== by.core) return "core";
    return state.fp === by.fp ? undefined : "request";
  }
}

/** Clients behind one shared identity are one to the hub, here as everywhere. */
export function subjectOf({ id, shared }: Pick<Principal, "id" | "shared">): string {
  return `${shared ? "shared" : "client"} ${id}`;
}

/** Where the client came in: a state goes back to where it came from. */
export function endpointOf({
  door,
  askedProfile,
}: {
  readonly door: string;
  readonly askedProfile?: string | undefined;
}) {
  return askedProfile === undefined ? door : `${door} ${askedProfile}`;
}

export function newStateId(): string {
  return randomBytes(16).toString("base64url");
}

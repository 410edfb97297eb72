// The requestState that clients of the modern era carry between the rounds of one request: sealed, so that they can neither read nor make one.
// It is good for one request of one caller at one endpoint, for a while. Whatever is wrong with one, the client hears the same.
//
//   h1.<kid>.<base64url of nonce | tag | ciphertext>      AES-256-GCM; "h1.<kid>", the hub and the endpoint are sealed with it
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import { HubError } from "../../base/errors.ts";
import type { Principal } from "../../sessions/principal.ts";
import type { Log } from "../../telemetry/log.ts";
import type { ByteString } from "../../wire/frame.ts";

export interface SealKey {
  /** Names it in what it sealed: letters, digits, - and _. */
  readonly kid: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** One seals; those before it, or to come after it, only open. */
export interface SealKeys {
  current(): SealKey;
  find(kid: string): SealKey | undefined;
}

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
  readonly core: string;
  readonly fp: string;
  readonly sub: string;
  readonly endpoint: string;
}

/** For the log alone. */
export type StateFault = "unreadable" | "expired" | "subject" | "request" | "core" | "gone" | "round" | "kind";

export interface SealedStatesDeps {
  readonly keys: SealKeys;
  /** What those hubs have in common that may open each other's states, and others have not. */
  audience(): string;
  readonly clock: Pick<Clock, "iso">;
  readonly log: Pick<Log, "warn">;
}

const format = "h1";
const nonceBytes = 12;
const tagBytes = 16;
/** Longer ones are none of this hub's. */
const maxChars = 2 * 1024 * 1024;

export class SealedStates {
  readonly #deps: SealedStatesDeps;

  constructor(deps: SealedStatesDeps) {
    this.#deps = deps;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return Date.parse(this.#deps.clock.iso());
  }

  /** Plain ASCII: needs no escape in JSON. */
  seal(state: RequestState, endpoint: string): string {
    const { kid, key } = this.#deps.keys.current();
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    cipher.setAAD(this.#label(kid, endpoint));
    const sealed = [cipher.update(JSON.stringify(state), "utf8"), cipher.final()];
    return `${format}.${kid}.${Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]).toString("base64url")}`;
  }

  /** Throws `envelope_invalid` for what this hub did not seal, for this request of this caller, or a while ago only. */
  open(text: string, by: Bringer): RequestState {
    const state = this.#unseal(text, by.endpoint);
    const fault = state === undefined ? "unreadable" : this.#faultOf(state, by);
    if (state === undefined || fault !== undefined) throw this.refusal(fault ?? "unreadable", by);
    return state;
  }

  /** What the client hears, whatever is wrong; the log says which check failed, once. */
  refusal(why: StateFault, { core }: Pick<Bringer, "core">): HubError {
    this.#deps.log.warn("request_state_refused", { core, why });
    return new HubError("envelope_invalid", "invalid or expired requestState");
  }

  #faultOf(state: RequestState, by: Bringer): StateFault | undefined {
    if (state.exp <= this.now()) return "expired";
    if (state.sub !== by.sub) return "subject";
    if (state.core !== by.core) return "core";
    return state.fp === by.fp ? undefined : "request";
  }

  #unseal(text: string, endpoint: string): RequestState | undefined {
    const [head, kid = "", body = "", more] = text.length > maxChars ? [] : text.split(".", 4);
    const key = this.#deps.keys.find(kid);
    if (head !== format || more !== undefined || key === undefined) return undefined;
    const bytes = Buffer.from(body, "base64url");
    // One state has one spelling: Node reads what is no base64url as well.
    if (bytes.length <= nonceBytes + tagBytes || bytes.toString("base64url") !== body) return undefined;
    try {
      const options = { authTagLength: tagBytes };
      const decipher = createDecipheriv("aes-256-gcm", key.key, bytes.subarray(0, nonceBytes), options);
      decipher.setAAD(this.#label(kid, endpoint));
      decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      const opened = [decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()];
      return JSON.parse(Buffer.concat(opened).toString("utf8")) as RequestState;
    } catch {
      return undefined;
    }
  }

  #label(kid: string, endpoint: string): Buffer {
    return Buffer.from(JSON.stringify([format, kid, this.#deps.audience(), endpoint]));
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

// Wrong tokens, counted by where they come from: after a few, further attempts from there have to wait, longer each time, and are not even
// compared until then. Who was let in from there before is let in still, with what they came in with: a stranger at the same address, as
// behind a tunnel or a provider's NAT, keeps nobody out who is inside. Bounded in memory, without timers.
import { tokenDigest } from "../base/bearer.ts";
import type { Clock } from "../base/clock.ts";
import { placeOfAddress } from "../base/ip-address.ts";

/** Wrong tokens that nothing is said to. */
const freeFailures = 10;
/** Without a wrong token for so long, a place has a clean slate; longer than anybody has to wait. */
const forgottenAfterMs = 600_000;
const firstWaitMs = 1_000;
const longestWaitMs = 300_000;
/** Places with wrong tokens, and tokens let in, that are remembered; the oldest are forgotten. */
const maxRemembered = 10_000;
const betweenLinesMs = 10_000;

export const failureReasons = ["missing", "invalid", "scope", "address", "slowed"] as const;
export type FailureReason = (typeof failureReasons)[number];

interface Place {
  failures: number;
  lastMs: number;
  /** No token from there is compared until then. */
  untilMs: number;
}

export interface AttemptsLog {
  warn(msg: string, context: Record<string, unknown>): void;
}

export class Attempts {
  /** Requests that were not let in. */
  readonly failures: Record<FailureReason, number> = { missing: 0, invalid: 0, scope: 0, address: 0, slowed: 0 };
  readonly #clock: Pick<Clock, "now">;
  readonly #log: AttemptsLog;
  /** Those with wrong tokens, the one with the newest last. */
  readonly #places = new Map<string, Place>();
  /** Digests of tokens that were right, with the place that they came from; the newest last. */
  readonly #right = new Set<string>();
  #saidMs = Number.NEGATIVE_INFINITY;
  #unsaid = 0;

  constructor(clock: Pick<Clock, "now">, log: AttemptsLog) {
    this.#clock = clock;
    this.#log = log;
  }

  /** How long this token is not to be compared; 0: it may be. `peer`: the client's plain address; others are not slowed. */
  waitMs(peer: string | undefined, token: string): number {
    // As good as always.
    if (this.#places.size === 0) return 0;
    const at = placeOf(peer);
    const place = at === undefined ? undefined : this.#places.get(at);
    if (at === undefined || place === undefined) return 0;
    const waitMs = place.untilMs - this.#clock.now();
    return waitMs <= 0 || this.#right.has(keyOf(at, token)) ? 0 : waitMs;
  }

  /** This token was right. */
  passed(peer: string | undefined, token: string): void {
    const at = placeOf(peer);
    if (at === undefined) return;
    const key = keyOf(at, token);
    this.#right.delete(key);
    this.#right.add(key);
    if (this.#right.size > maxRemembered) forgetOldest(this.#right);
  }

  /** A token was wrong. */
  failed(peer: string | undefined): void {
    const at = placeOf(peer);
    if (at === undefined) return;
    const now = this.#clock.now();
    const known = this.#places.get(at);
    const isFresh = known === undefined || now - known.lastMs >= forgottenAfterMs;
    const place = isFresh ? { failures: 0, lastMs: now, untilMs: 0 } : known;
    place.failures++;
    place.lastMs = now;
    this.#places.delete(at);
    this.#places.set(at, place);
    if (this.#places.size > maxRemembered) forgetOldest(this.#places);
    const beyond = place.failures - freeFailures;
    if (beyond < 0) return;
    const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** beyond);
    place.untilMs = now + waitMs;
    this.#say(at, place.failures, waitMs);
  }

  #say(peer: string, failures: number, waitMs: number): void {
    const now = this.#clock.now();
    this.#unsaid++;
    if (now - this.#saidMs < betweenLinesMs) return;
    this.#log.warn("auth_slowed", { peer, failures, retry_after_ms: waitMs, times: this.#unsaid });
    this.#saidMs = now;
    this.#unsaid = 0;
  }
}

/** Undefined: who comes by a socket file, whose mode keeps strangers out, or by no network at all. */
function placeOf(peer: string | undefined): string | undefined {
  return peer === undefined || peer === "unix" ? undefined : placeOfAddress(peer);
}

function keyOf(place: string, token: string): string {
  return `${tokenDigest(token).toString("base64")} ${place}`;
}

function forgetOldest(things: Pick<Set<string>, "delete"> & { keys(): Iterator<string> }): void {
  const { value } = things.keys().next();
  if (value !== undefined) things.delete(value);
}

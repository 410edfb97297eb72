// The keys that one identity provider signs with: found by its own description or at a URL of the manifest's, kept, and read again when they are
// old or when a token names one that is not among them. Whoever sends tokens cannot make the hub ask more often than that.
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import type { Clock } from "../base/clock.ts";
import type { Issuer } from "../manifest/manifest.ts";
import type { Log } from "../telemetry/log.ts";
import { findKeysUrl, getJson } from "./issuer-metadata.ts";
import { keyIdsOf } from "./key-ids.ts";

/** Follows no redirect; limits the size and the time of an answer. */
export type Fetch = (url: URL, init: { readonly signal: AbortSignal }) => Promise<Response>;

export interface IssuerKeysDeps {
  readonly clock: Pick<Clock, "now" | "after">;
  readonly log: Pick<Log, "debug" | "warn">;
  readonly fetch: Fetch;
}

/** The provider cannot be reached, or says what makes no sense; why, for the log. */
export class KeysUnavailable extends Error {}

/** After so long keys are read again, beside the requests that go on with them. */
const freshMs = 10 * 60_000;
/** Keys that could not be read again for so long do not count any more. */
const keptMs = 24 * 60 * 60_000;
/** Between two readings for the sake of keys that are not there. */
const cooldownMs = 30_000;
/** Between two readings of which the first came to nothing. */
const retryMs = 5_000;
/** Where the keys are is looked up again after so long. */
const placeMs = 60 * 60_000;
/** A provider has a handful. */
const maxKeys = 100;

interface Kept {
  readonly text: string;
  readonly find: ReturnType<typeof createLocalJWKSet>;
  readonly ids: ReadonlySet<string>;
  readonly readMs: number;
}

export class IssuerKeys {
  readonly #issuer: Issuer;
  readonly #deps: IssuerKeysDeps;
  #kept: Kept | undefined;
  #place: { readonly url: URL; readonly foundMs: number } | undefined;
  #reading: Promise<void> | undefined;
  /** Not before this time again, and why. */
  #pause: { readonly untilMs: number; readonly why: string } = { untilMs: Number.NEGATIVE_INFINITY, why: "" };
  #generation = 0;

  constructor(issuer: Issuer, deps: IssuerKeysDeps) {
    this.#issuer = issuer;
    this.#deps = deps;
  }

  /** Another number whenever the keys are others: what was signed with one before may not be good any more. */
  get generation(): number {
    return this.#generation;
  }

  /** Whether the key of this id (key-ids.ts) is among those that were read last. What could not be read says nothing of any. */
  has(id: string): boolean {
    return this.#kept === undefined || this.#kept.ids.has(id);
  }

  /** For whoever goes on with what was verified before. Never waits. */
  keepFresh(): void {
    if (this.#kept === undefined || this.#ageMs(this.#kept) >= freshMs) this.#readBeside();
  }

  /** Rejects with KeysUnavailable, or with what `jose` says of a key that is not there. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const kept = await this.#current();
    try {
      return await kept.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const isAsked = this.#reading !== undefined || this.#deps.clock.now() >= this.#pause.untilMs;
      if (!isAsked) throw error;
      await this.#read().catch(() => {});
      if (this.#kept === undefined || this.#kept === kept) throw error;
      return this.#kept.find(header, token);
    }
  };

  async #current(): Promise<Kept> {
    const kept = this.#kept;
    if (kept !== undefined && this.#ageMs(kept) < keptMs) {
      this.keepFresh();
      return kept;
    }
    if (this.#reading === undefined && this.#deps.clock.now() < this.#pause.untilMs) {
      throw new KeysUnavailable(this.#pause.why);
    }
    await this.#read();
    if (this.#kept === undefined) throw new KeysUnavailable(this.#pause.why);
    return this.#kept;
  }

  #ageMs({ readMs }: Kept): number {
    return this.#deps.clock.now() - readMs;
  }

  #readBeside(): void {
    if (this.#deps.clock.now() >= this.#pause.untilMs) this.#read().catch(() => {});
  }

  /** One at a time. */
  #read(): Promise<void> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readOnce(): Promise<void> {
    const { clock, log } = this.#deps;
    const issuer = this.#issuer.url;
    try {
      const text = JSON.stringify(await this.#readKeys());
      const keys = JSON.parse(text) as JSONWebKeySet;
      const find = createLocalJWKSet(keys);
      const ids = await keyIdsOf(keys.keys);
      if (this.#kept?.text !== text) this.#generation++;
      this.#kept = { text, find, ids, readMs: clock.now() };
      this.#pause = { untilMs: clock.now() + cooldownMs, why: "" };
      log.debug("issuer_keys_read", { issuer, keys: keys.keys.length });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#place = undefined;
      this.#pause = { untilMs: clock.now() + retryMs, why: reason };
      const kept = this.#kept !== undefined && this.#ageMs(this.#kept) < keptMs;
      log.warn("issuer_unavailable", { issuer, reason, keys_kept: kept, again_in_ms: retryMs });
      throw new KeysUnavailable(reason);
    }
  }

  async #readKeys(): Promise<JSONWebKeySet> {
    this.#place = await this.#findPlace();
    const { url } = this.#place;
    const { keys } = await getJson(url, this.#deps);
    if (!Array.isArray(keys)) throw new KeysUnavailable(`${url.origin}${url.pathname} has no keys`);
    if (keys.length > maxKeys) throw new KeysUnavailable(`${url.origin}${url.pathname} has more than ${maxKeys} keys`);
    return { keys: keys.map(exportable) as JSONWebKeySet["keys"] };
  }

  async #findPlace(): Promise<{ readonly url: URL; readonly foundMs: number }> {
    const { jwksUrl } = this.#issuer;
    const foundMs = this.#deps.clock.now();
    if (jwksUrl !== undefined) return { url: new URL(jwksUrl), foundMs };
    if (this.#place !== undefined && foundMs - this.#place.foundMs < placeMs) return this.#place;
    return { url: await findKeysUrl(this.#issuer.url, this.#deps), foundMs };
  }
}

/** A public key is no secret, whatever it says: which one it is can be told by what it is made of. */
function exportable(key: unknown): unknown {
  return typeof key === "object" && key !== null && "ext" in key ? { ...key, ext: true } : key;
}

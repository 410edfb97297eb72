// One identity provider as a running hub knows it: what checks its tokens, loaded with the first of them, and until when its keys matter.
import type { Issuer } from "../manifest/manifest.ts";
import type { JwtVerifier, Verified } from "./jwt-verifier.ts";

export type Verifier = Pick<JwtVerifier, "verify" | "generation" | "has" | "keepFresh">;

/** A provider that is down is asked so often for the sake of those inside. */
const lookMs = 60_000;

/** One provider, for as long as the manifest says the same of it. */
export class TokenSource {
  readonly issuer: Issuer;
  /** Until then somebody may be inside by one of its tokens. Wall time, ms since 1970. */
  neededMs: number;
  readonly #load: () => Promise<Verifier>;
  #verifier: Verifier | undefined;
  #loading: Promise<Verifier> | undefined;
  #lookMs = Number.NEGATIVE_INFINITY;
  #generation: number | undefined;

  /** `neededMs`: of what the manifest said of it before. */
  constructor(issuer: Issuer, neededMs: number, load: () => Promise<Verifier>) {
    this.issuer = issuer;
    this.neededMs = neededMs;
    this.#load = load;
  }

  /** Whether what was verified before still is. */
  holds({ generation }: Pick<Extract<Verified, { t: "ok" }>, "generation">): boolean {
    this.#verifier?.keepFresh();
    return this.#verifier?.generation === generation;
  }

  /** Whether a token that this key signed before may be inside. */
  has(key: string | undefined): boolean {
    return key === undefined || this.#verifier?.has(key) !== false;
  }

  /** Keeps the keys fresh while they matter to somebody, beside everything else. True: they are others than at the last look. */
  look(wallMs: number): boolean {
    if (wallMs < this.neededMs && wallMs - this.#lookMs >= lookMs) {
      this.#lookMs = wallMs;
      if (this.#verifier !== undefined) this.#verifier.keepFresh();
      // What cannot be loaded now is tried again at another look.
      else
        this.#loaded().then(
          (it) => it.keepFresh(),
          () => {},
        );
    }
    const before = this.#generation;
    this.#generation = this.#verifier?.generation;
    return this.#generation !== before;
  }

  async verify(token: string): Promise<Verified> {
    const verifier = this.#verifier ?? (await this.#loaded());
    const verified = await verifier.verify(token);
    if (verified.t === "ok") this.neededMs = Math.max(this.neededMs, verified.untilMs);
    return verified;
  }

  async #loaded(): Promise<Verifier> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    this.#verifier ??= await this.#loading;
    return this.#verifier;
  }
}

// The keys that request states are sealed with: the hub's own (base/state-keys.ts), read anew at every reload. One that nobody has needed yet is made
// in memory, and kept in the state folder once it has sealed something.
import type { Secret } from "../base/secret.ts";
import { derive, newKey, stateKeys } from "../base/state-keys.ts";
import type { SealKey, SealKeys } from "../relay/bridge/sealer.ts";
import type { Log } from "../telemetry/log.ts";

export interface StateKeySettings {
  readonly stateDir: string;
  readonly stateKey: Secret | undefined;
}

export class StateRing implements SealKeys {
  readonly #log: Log;
  /** Of this process alone, unless it was kept. */
  readonly #made = newKey();
  readonly #own: SealKey = sealKeyOf(this.#made);
  #settings: StateKeySettings;
  /** The one that seals first; empty: there is none yet but our own. */
  #keys: readonly SealKey[] = [];
  #keeping: Promise<void> | undefined;

  constructor(log: Log, settings: StateKeySettings) {
    this.#log = log;
    this.#settings = settings;
  }

  current(): SealKey {
    const [first] = this.#keys;
    if (first !== undefined) return first;
    this.#keeping ??= this.#keep();
    return this.#own;
  }

  find(kid: string): SealKey | undefined {
    return kid === this.#own.kid ? this.#own : this.#keys.find((key) => key.kid === kid);
  }

  /** Takes up what there is now: keys that are there no more open nothing from now on. Where they cannot be read the old ones stay. Never rejects. */
  async load(settings: StateKeySettings): Promise<void> {
    this.#settings = settings;
    try {
      this.#take(await stateKeys(settings.stateDir, settings.stateKey));
    } catch (error) {
      this.#warn(error);
    }
  }

  /** Resolves once a key that this process made is kept, or cannot be. */
  kept(): Promise<void> {
    return this.#keeping ?? Promise.resolve();
  }

  async #keep(): Promise<void> {
    const { stateDir, stateKey } = this.#settings;
    try {
      this.#take(await stateKeys(stateDir, stateKey, () => this.#made));
    } catch (error) {
      this.#warn(error);
    }
  }

  #take(texts: readonly string[] | undefined): void {
    if (texts !== undefined) this.#keys = texts.map(sealKeyOf);
  }

  #warn(error: unknown): void {
    // The system's own message names the file, and why.
    const fix = "let the hub's user write to HUB_STATE_DIR, or set HUB_STATE_KEY";
    this.#log.warn("state_key_unusable", { reason: (error as Error).message, fix });
  }
}

function sealKeyOf(text: string): SealKey {
  return { kid: derive(text, "request state name", 6).toString("base64url"), key: derive(text, "request state") };
}

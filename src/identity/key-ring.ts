// What the hub signs tokens with: Ed25519 keys in a file of the state folder, for the hub's user alone. The first one signs, the one before it
// still verifies, so that a key can be changed while tokens are out. Whoever may read the file may make tokens.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import { join } from "node:path";
import { HubError } from "../base/errors.ts";
import { lookAt } from "../base/file-look.ts";
import { replaceFile } from "../base/replace-file.ts";
import { keptText } from "../base/state-keys.ts";
import { ownIssuer } from "./rights.ts";

export interface SigningKey {
  /** The thumbprint of RFC 7638. */
  readonly kid: string;
  readonly private: KeyObject;
  readonly public: KeyObject;
}

interface Kept {
  readonly v: 1;
  /** The state folder's own name: 16 hexadecimal digits. Hubs that share the folder are one issuer. */
  readonly hub: string;
  readonly keys: readonly JsonWebKey[];
}

/** The one in use, and the one before it. */
const maxKeys = 2;

export class KeyRing {
  readonly file: string;
  #hub: string | undefined;
  #keys: readonly SigningKey[] = [];
  #losses = 0;
  /** How the file was when it was last read. */
  #seen = "ENOENT";

  constructor(stateDir: string) {
    this.file = join(stateDir, "signing-keys");
  }

  /** Who signs, as tokens say it; undefined where nothing was ever signed. */
  get issuer(): string | undefined {
    return this.#hub === undefined ? undefined : `${ownIssuer}${this.#hub}`;
  }

  /** Grows whenever a key is gone that was there. */
  get losses(): number {
    return this.#losses;
  }

  get keys(): readonly SigningKey[] {
    return this.#keys;
  }

  find(kid: string): SigningKey | undefined {
    return this.#keys.find((key) => key.kid === kid);
  }

  /** The key that signs, and who it signs for; made where there is none. Rejects with `usage`, which names the file. */
  async current(): Promise<{ readonly issuer: string; readonly key: SigningKey }> {
    await this.#read(() => textOf({ v: 1, hub: randomBytes(8).toString("hex"), keys: [newKey()] }));
    const [key] = this.#keys;
    const { issuer } = this;
    if (key === undefined || issuer === undefined) throw this.#unusable("holds no key");
    return { issuer, key };
  }

  /** Reads the file again if it is another one. Rejects with `usage` where it cannot be used: the keys that were read before stay. */
  async look(): Promise<void> {
    if ((await lookAt(this.file)) !== this.#seen) await this.#read(undefined);
  }

  /** Another key signs from now on. `drop`: what the ones before it have signed ends at once, else with the next change. */
  async rotate({ drop = false } = {}): Promise<SigningKey> {
    const { key } = await this.current();
    const kept = [newKey(), ...(drop ? [] : [key.private.export({ format: "jwk" })])];
    try {
      await replaceFile(this.file, textOf({ v: 1, hub: this.#hub ?? "", keys: kept.slice(0, maxKeys) }));
    } catch (error) {
      throw this.#unusable(`cannot be written (${codeOf(error)})`, error);
    }
    return (await this.current()).key;
  }

  async #read(make: (() => string) | undefined): Promise<void> {
    // Before it is read: what changes meanwhile is found by the next look.
    const seen = await lookAt(this.file);
    const text = await keptText(this.file, make).catch((error: unknown) => {
      // What is not there yet fails in the folder, or in a draft beside it.
      const isThere = (error as NodeJS.ErrnoException).path === this.file;
      throw this.#unusable(`cannot be ${isThere ? "read" : "made"} (${codeOf(error)})`, error);
    });
    this.#take(text, seen);
  }

  #take(text: string | undefined, seen: string): void {
    const kept = text === undefined ? undefined : this.#parsed(text);
    const before = this.#keys;
    this.#hub = kept?.hub;
    this.#keys = kept?.keys ?? [];
    if (before.some(({ kid }) => this.find(kid) === undefined)) this.#losses++;
    this.#seen = seen;
  }

  #parsed(text: string): { hub: string; keys: SigningKey[] } {
    try {
      const { v, hub, keys } = JSON.parse(text) as Kept;
      if (v !== 1 || !/^[0-9a-f]{16}$/.test(hub) || keys.length === 0 || keys.length > maxKeys)
        throw new Error("shape");
      return { hub, keys: keys.map(signingKey) };
    } catch (error) {
      throw this.#unusable("is not one that this version can read", error);
    }
  }

  #unusable(what: string, cause?: unknown): HubError {
    const fix =
      "run this as the hub's user; without the file a new one is made, and tokens signed before are worth nothing";
    return new HubError("usage", `the signing keys ${this.file}: the file ${what}: ${fix}`, {}, cause);
  }
}

function newKey(): JsonWebKey {
  return generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
}

function signingKey(jwk: JsonWebKey): SigningKey {
  if (jwk.kty !== "OKP" || jwk.crv !== "Ed25519") throw new Error("not an Ed25519 key");
  const key = createPrivateKey({ key: jwk, format: "jwk" });
  const { crv, kty, x } = createPublicKey(key).export({ format: "jwk" });
  const kid = createHash("sha256").update(JSON.stringify({ crv, kty, x })).digest("base64url");
  return { kid, private: key, public: createPublicKey(key) };
}

function textOf(kept: Kept): string {
  return `${JSON.stringify(kept)}\n`;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unreadable";
}

// Where the authorization server keeps what must outlive the hub: one file, encrypted, replaced as a whole.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeOwnFolder } from "../../base/own-folder.ts";
import { replaceFile } from "../../base/replace-file.ts";
import { type SealedText, seal, unseal } from "../../base/sealed.ts";
import type { Secret } from "../../base/secret.ts";
import { derive, newKey, stateKeys } from "../../base/state-keys.ts";

export type FoundState =
  | { readonly t: "state"; readonly value: unknown }
  | { readonly t: "nothing" }
  /** It is there and cannot be read: another key, or a broken file. */
  | { readonly t: "unreadable"; readonly why: string };

const label = Buffer.from("oauth state, version 1");

export class StateFile {
  readonly path: string;
  readonly #stateDir: string;
  readonly #given: Secret | undefined;
  /** The one that seals first. */
  #keys: Promise<readonly Buffer[]> | undefined;

  /** `key`: HUB_STATE_KEY. */
  constructor(stateDir: string, key: Secret | undefined) {
    this.#stateDir = stateDir;
    this.#given = key;
    this.path = join(stateDir, "oauth.json");
  }

  /** Never rejects. */
  async read(): Promise<FoundState> {
    try {
      const sealed = JSON.parse(await readFile(this.path, "utf8")) as SealedText;
      const text = unseal(await this.#loadKeys(), label, sealed);
      if (text === undefined) return { t: "unreadable", why: "it was made with another key" };
      return { t: "state", value: JSON.parse(text) };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return { t: "nothing" };
      return { t: "unreadable", why: code ?? "it is broken" };
    }
  }

  /** Rejects with the system's error. */
  async write(value: unknown): Promise<void> {
    await makeOwnFolder(this.#stateDir);
    const [key = Buffer.alloc(0)] = await this.#loadKeys();
    await replaceFile(this.path, `${JSON.stringify(seal(key, label, JSON.stringify(value)))}\n`);
  }

  #loadKeys(): Promise<readonly Buffer[]> {
    this.#keys ??= stateKeys(this.#stateDir, this.#given, newKey).then((texts) =>
      texts.map((text) => derive(text, "oauth")),
    );
    // What failed once may go well later: a disk was full, a folder not there.
    this.#keys.catch(() => {
      this.#keys = undefined;
    });
    return this.#keys;
  }
}

// Where logins are kept: a file each, encrypted, for the hub's user alone, replaced as a whole. What it is for and whose it is stand in the clear, and
// are sealed with the rest, so that no file passes for another's.
import { createHash } from "node:crypto";
import { type FSWatcher, watch } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { namesIn } from "../base/names-in.ts";
import { makeOwnFolder } from "../base/own-folder.ts";
import { replaceFile } from "../base/replace-file.ts";
import { type SealedText, seal, unseal } from "../base/sealed.ts";
import type { Secret } from "../base/secret.ts";
import { derive, newKey, stateKeys } from "../base/state-keys.ts";
import { takeFileLock } from "./file-lock.ts";
import type { LoginOwner } from "./owner.ts";

/** The hub, as one authorization server knows it. */
export interface KnownClient {
  readonly id: string;
  /** Not that of the manifest, which is looked up every time. */
  readonly secret?: string | undefined;
  /** How it shows itself to the token endpoint, where the server said. */
  readonly authMethod?: string | undefined;
  /** Where answers to it go, if it is for people. */
  readonly redirectUrl?: string | undefined;
  /** Came by registering, so that it may be made anew. */
  readonly isRegistered: boolean;
}

export interface Tokens {
  readonly access: string;
  readonly refresh?: string | undefined;
  /** Milliseconds since 1970; undefined: nobody said. */
  readonly expiresAt?: number | undefined;
  /** When they were got, likewise. */
  readonly at: number;
  /** What they are good for; undefined: nobody said. */
  readonly scope?: string | undefined;
}

export interface LoginRecord {
  readonly core: string;
  readonly owner: LoginOwner;
  /** The resource that it is for: a Core that has moved is another one. */
  readonly url: string;
  /** The authorization server that client and tokens are of; they are shown to no other. */
  readonly issuer: string;
  /** Where the issuer's own description is looked for. */
  readonly server: string;
  /** As it goes into every request for tokens; undefined: the Core has not said what it is called. */
  readonly resource?: string | undefined;
  readonly client: KnownClient;
  readonly tokens?: Tokens | undefined;
  /** What the Core has asked for beyond that: asked of the person next time. */
  readonly wantedScope?: string | undefined;
}

export type Found =
  | { readonly t: "login"; readonly record: LoginRecord }
  | { readonly t: "nothing" }
  /** It is there and cannot be read: another key, or a broken file. */
  | { readonly t: "unreadable"; readonly why: string };

export type Listed = { readonly core: string; readonly owner: LoginOwner; readonly found: Found };

export interface VaultDeps {
  readonly clock: Clock;
  readonly stateDir: string;
  /** HUB_STATE_KEY. */
  readonly key: Secret | undefined;
}

const unwritable: ReadonlySet<string> = new Set(["EROFS", "EACCES", "EPERM", "ENOSPC", "EDQUOT"]);

interface Sealed extends SealedText {
  readonly v: 1;
  readonly core: string;
  readonly owner: LoginOwner;
}

export class Vault {
  readonly folder: string;
  readonly #deps: VaultDeps;
  /** The one that seals first. */
  #keys: Promise<readonly Buffer[]> | undefined;

  constructor(deps: VaultDeps) {
    this.#deps = deps;
    this.folder = join(deps.stateDir, "logins");
  }

  async read(core: string, owner: LoginOwner): Promise<Found> {
    const sealed = await this.#readFile(this.#fileOf(core, owner));
    return sealed === undefined ? { t: "nothing" } : this.#unseal(sealed, core, owner);
  }

  /** Rejects with the system's error where the folder cannot be written to. */
  async write(record: LoginRecord): Promise<void> {
    const { core, owner } = record;
    const [key = Buffer.alloc(0)] = await this.#loadKeys();
    const sealed: Sealed = { v: 1, core, owner, ...seal(key, label(core, owner), JSON.stringify(record)) };
    await makeOwnFolder(this.folder);
    // A refresh token that was replaced is worth nothing any more: the new one must be there after a crash.
    await replaceFile(this.#fileOf(core, owner), `${JSON.stringify(sealed)}\n`);
  }

  /** False: there was none. */
  async remove(core: string, owner: LoginOwner): Promise<boolean> {
    try {
      await rm(this.#fileOf(core, owner));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
      throw error;
    }
  }

  /** By Core and owner. Rejects with the system's error where the folder cannot be read. */
  async list(): Promise<Listed[]> {
    const names = (await namesIn(this.folder)).filter((name) => name.endsWith(".json"));
    const listed: Listed[] = [];
    for (const name of names) {
      const sealed = await this.#readFile(join(this.folder, name));
      if (sealed === undefined || typeof sealed === "string") continue;
      const { core, owner } = sealed;
      if (name === loginFile(core, owner)) listed.push({ core, owner, found: await this.#unseal(sealed, core, owner) });
    }
    return listed.sort((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1));
  }

  /** Runs `work` while no other process of this user does. Where no lock can be made, no login can be written either: `work` runs as it is. */
  async alone<T>(core: string, owner: LoginOwner, work: () => Promise<T>): Promise<T> {
    let letGo: (() => Promise<void>) | undefined;
    try {
      await makeOwnFolder(this.folder);
      letGo = await takeFileLock(`${this.#fileOf(core, owner)}.lock`, this.#deps.clock);
    } catch (error) {
      if (!unwritable.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
    try {
      return await work();
    } finally {
      await letGo?.();
    }
  }

  /** Calls back when a login may have changed, by whichever process. `file`: which one (`loginFile`); undefined: any. Undefined: this folder cannot be watched. */
  async watch(changed: (file: string | undefined) => void): Promise<FSWatcher | undefined> {
    try {
      await makeOwnFolder(this.folder);
      const watcher = watch(this.folder, { persistent: false }, (_event, name) => {
        if (name === null || name.endsWith(".json")) changed(name ?? undefined);
      });
      watcher.on("error", () => watcher.close());
      return watcher;
    } catch {
      return undefined;
    }
  }

  #fileOf(core: string, owner: LoginOwner): string {
    return join(this.folder, loginFile(core, owner));
  }

  #loadKeys(): Promise<readonly Buffer[]> {
    this.#keys ??= stateKeys(this.#deps.stateDir, this.#deps.key, newKey).then((texts) =>
      texts.map((text) => derive(text, "logins")),
    );
    // What failed once may go well later: a disk was full, a folder not there.
    this.#keys.catch(() => {
      this.#keys = undefined;
    });
    return this.#keys;
  }

  /** A text is what is wrong with the file. */
  async #readFile(file: string): Promise<Sealed | string | undefined> {
    let text: string;
    try {
      text = await readFile(file, "utf8");
    } catch (error) {
      const { code = "unreadable" } = error as NodeJS.ErrnoException;
      return code === "ENOENT" ? undefined : `its file cannot be read (${code})`;
    }
    try {
      const sealed = JSON.parse(text) as Sealed;
      return sealed.v === 1 && typeof sealed.core === "string" ? sealed : "its file is of another version";
    } catch {
      return "its file is broken";
    }
  }

  async #unseal(sealed: Sealed | string, core: string, owner: LoginOwner): Promise<Found> {
    if (typeof sealed === "string") return { t: "unreadable", why: sealed };
    try {
      const text = unseal(await this.#loadKeys(), label(core, owner), sealed);
      if (text === undefined) return { t: "unreadable", why: "it was made with another key" };
      return { t: "login", record: JSON.parse(text) as LoginRecord };
    } catch (error) {
      const isSystems = error instanceof Error && "syscall" in error;
      const why = isSystems
        ? `the key cannot be read (${(error as NodeJS.ErrnoException).code})`
        : "it was made with another key";
      return { t: "unreadable", why };
    }
  }
}

function label(core: string, owner: LoginOwner): Buffer {
  return Buffer.from(JSON.stringify([1, core, owner.t, owner.t === "client" ? owner.id : ""]));
}

/** In the vault's folder: readable as far as it can be, and unlike that of any other login. */
export function loginFile(core: string, owner: LoginOwner): string {
  const words = owner.t === "client" ? `${core}-${owner.id}` : core;
  const readable = words.replaceAll(/[^A-Za-z0-9]+/g, "-").slice(0, 60);
  return `${readable}-${createHash("sha256").update(label(core, owner)).digest("hex").slice(0, 16)}.json`;
}

function sortKey({ core, owner }: Listed): string {
  return JSON.stringify([core, owner.t === "operator" ? "" : owner.id]);
}

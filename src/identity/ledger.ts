// What was given out and counts until it ends or is taken back: signed tokens, and grants of the authorization server. A file each in the state
// folder, which holds no secret; that it was taken back is in the file's name, so that taking back is one rename, and one look at the names tells
// a running hub what counts.
import { randomBytes } from "node:crypto";
import { readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import { makeOwnFolder } from "../base/own-folder.ts";
import { replaceFile } from "../base/replace-file.ts";

export interface LedgerEntry {
  /** `signed`: a token of `thehub token`. `grant`: what a person let a client do, at the authorization server. */
  readonly kind: "signed" | "grant";
  /** As `newLedgerId` makes them. No secret. */
  readonly id: string;
  /** The named client whose rights are the ceiling; undefined: those of the holder of HUB_TOKEN. */
  readonly client: string | undefined;
  /** What it is for, for people. */
  readonly note: string | undefined;
  /** What it is narrowed to; undefined: it is not. */
  readonly allow: readonly string[] | undefined;
  readonly deny: readonly string[];
  readonly readOnly: boolean;
  readonly admin: boolean;
  /** Wall time, ms since 1970, as the next. */
  readonly issued: number;
  readonly expires: number;
}

export interface ListedEntry extends LedgerEntry {
  readonly revoked: boolean;
}

/** More than anybody can oversee. */
const maxEntries = 10_000;
const sweepAt = 256;

export function newLedgerId(): string {
  return randomBytes(12).toString("hex");
}

export class Ledger {
  readonly folder: string;
  readonly #clock: Pick<Clock, "wall">;

  constructor({ stateDir, clock }: { readonly stateDir: string; readonly clock: Pick<Clock, "wall"> }) {
    this.folder = join(stateDir, "grants");
    this.#clock = clock;
  }

  /** Rejects with the system's error where the folder cannot be written to, and with `overloaded` where it is full. */
  async add(entry: LedgerEntry): Promise<void> {
    await makeOwnFolder(this.folder);
    // Listing drops what has ended.
    if ((await this.#names()).length >= sweepAt && (await this.list()).length >= maxEntries) {
      const fix = "take some back: thehub token list, thehub token revoke";
      throw new HubError("overloaded", `${maxEntries} tokens and grants are out already: ${fix}`);
    }
    await replaceFile(this.#fileOf(entry.id), `${JSON.stringify({ v: 1, ...entry })}\n`);
  }

  /** It ends later than before. False: it was taken back meanwhile, or there is none. */
  async renew(id: string, expires: number): Promise<boolean> {
    const entry = await this.#read(nameOf(id));
    if (entry === undefined) return false;
    await this.add({ ...entry, expires });
    if (!(await this.#names()).includes(endedNameOf(id))) return true;
    // Taken back between the two: the name that says so is what counts.
    await rm(this.#fileOf(id), { force: true });
    return false;
  }

  /** By time of issue. What has ended by itself is dropped. */
  async list(): Promise<ListedEntry[]> {
    const names = await this.#names();
    const ended = new Set(names.filter(isEnded).map(idOf));
    const listed: ListedEntry[] = [];
    for (const name of names) {
      const id = idOf(name);
      if (!isEnded(name) && ended.has(id)) continue;
      const entry = await this.#read(name);
      if (entry === undefined || entry.id !== id) continue;
      if (entry.expires > this.#clock.wall()) {
        listed.push({ ...entry, revoked: isEnded(name) });
        continue;
      }
      // Both, if there are: without the name that says that it was taken back, the other one would count again.
      await rm(join(this.folder, nameOf(id)), { force: true });
      await rm(join(this.folder, name), { force: true });
    }
    return listed.sort((one, other) => one.issued - other.issued || (one.id < other.id ? -1 : 1));
  }

  /** False: nothing of this id counts. Rejects with the system's error where the folder cannot be written to. */
  async revoke(id: string): Promise<boolean> {
    if (!isId(id)) return false;
    try {
      await rename(this.#fileOf(id), join(this.folder, endedNameOf(id)));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
      throw error;
    }
  }

  /** The ids that count, whether their time is over or not. Rejects with the system's error. */
  async live(): Promise<ReadonlySet<string>> {
    const names = await this.#names();
    const live = new Set(names.filter((name) => !isEnded(name)).map(idOf));
    for (const name of names) if (isEnded(name)) live.delete(idOf(name));
    return live;
  }

  #fileOf(id: string): string {
    if (!isId(id)) throw new TypeError(`not an id of the ledger: ${id}`);
    return join(this.folder, nameOf(id));
  }

  async #names(): Promise<string[]> {
    const names = await readdir(this.folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    return names.filter((name) => isId(idOf(name)) && (name === nameOf(idOf(name)) || isEnded(name)));
  }

  /** Undefined: not there, or not one that this version can read. */
  async #read(name: string): Promise<LedgerEntry | undefined> {
    try {
      const { v, ...entry } = JSON.parse(await readFile(join(this.folder, name), "utf8")) as LedgerEntry & {
        v: number;
      };
      return v === 1 ? entry : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Which ids count, as a running hub knows them: as of the last look. */
export class LiveGrants {
  readonly #ledger: Ledger;
  #live: ReadonlySet<string> = new Set();
  #losses = 0;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  has(id: string): boolean {
    return this.#live.has(id);
  }

  /** Grows whenever something counts no more that did. */
  get losses(): number {
    return this.#losses;
  }

  /** Rejects with the system's error: what was known stays. */
  async look(): Promise<void> {
    const now = await this.#ledger.live();
    const isLess = [...this.#live].some((id) => !now.has(id));
    this.#live = now;
    if (isLess) this.#losses++;
  }
}

function nameOf(id: string): string {
  return `${id}.json`;
}

function endedNameOf(id: string): string {
  return `${id}.ended.json`;
}

function isEnded(name: string): boolean {
  return name === endedNameOf(idOf(name));
}

function idOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf(".")));
}

function isId(text: string): boolean {
  return /^[0-9a-f]{24}$/.test(text);
}

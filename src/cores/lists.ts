// What a Core offers, as the raw bytes of each entry: all pages of its lists, read again when it says that they changed.
// Looks at nothing inside an entry; names, policies and overrides are the catalog's.
import type { Clock } from "../base/clock.ts";
import type { Log } from "../telemetry/log.ts";
import { elements, findMember, type Range } from "../wire/json.ts";
import { coreErrorCode } from "./own-requests.ts";

/** One tool, resource, resource template or prompt: exactly what the Core wrote. */
export interface ListItem {
  readonly bytes: Buffer;
}

export interface CoreLists {
  readonly tools: readonly ListItem[];
  readonly resources: readonly ListItem[];
  readonly templates: readonly ListItem[];
  readonly prompts: readonly ListItem[];
  /** Of the modern era: how long, and by whom, each list may be kept. */
  readonly caching?: { readonly [kind in ListKind]?: Caching };
}

export type ListKind = "tools" | "resources" | "templates" | "prompts";

/** As the Core says it, of all pages the strictest. */
export interface Caching {
  readonly ttlMs: number;
  readonly scope: "public" | "private";
}

interface ReadList {
  readonly items: readonly ListItem[];
  readonly caching: Caching | undefined;
}

export const emptyLists: CoreLists = { tools: [], resources: [], templates: [], prompts: [] };

interface ListFacts {
  readonly method: string;
  /** The member of the result that holds the entries. */
  readonly member: string;
  /** The capability that a Core declares when it has such a list. */
  readonly capability: string;
}

const listFacts: Readonly<Record<ListKind, ListFacts>> = {
  tools: { method: "tools/list", member: "tools", capability: "tools" },
  resources: { method: "resources/list", member: "resources", capability: "resources" },
  templates: { method: "resources/templates/list", member: "resourceTemplates", capability: "resources" },
  prompts: { method: "prompts/list", member: "prompts", capability: "prompts" },
};

const allKinds: readonly ListKind[] = ["tools", "resources", "templates", "prompts"];

/** The lists that a notification declares outdated; undefined when it is another notification. */
export function kindsChangedBy(method: string): readonly ListKind[] | undefined {
  switch (method) {
    case "notifications/tools/list_changed":
      return ["tools"];
    case "notifications/resources/list_changed":
      return ["resources", "templates"];
    case "notifications/prompts/list_changed":
      return ["prompts"];
    default:
      return undefined;
  }
}

/** What is read of one list at most; a Core that has more is named in the log. */
export const listCaps = { pages: 64, items: 10_000, bytes: 16 * 1024 * 1024 } as const;

export interface ListDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Asks the Core; resolves to the raw result. */
  request(method: string, params: object | undefined): Promise<Buffer>;
}

/** Notifications that come this close together cost one reading. */
const settleMs = 100;

/** The lists of one instance. `previous`: what a list falls back to when this instance refuses to give it. */
export class ListKeeper {
  readonly #deps: ListDeps;
  readonly #changed: (lists: CoreLists) => void;
  readonly #dirty = new Set<ListKind>();
  #declared: readonly ListKind[] = [];
  #lists: CoreLists;
  #reading = false;
  #closed = false;

  constructor(deps: ListDeps, previous: CoreLists | undefined, changed: (lists: CoreLists) => void) {
    this.#deps = deps;
    this.#lists = previous ?? emptyLists;
    this.#changed = changed;
  }

  /** Reads every list that the capabilities declare. Rejects when the Core does not answer. */
  async readAll(capabilities: Readonly<Record<string, unknown>>): Promise<CoreLists> {
    this.#declared = allKinds.filter((kind) => {
      const declared = capabilities[listFacts[kind].capability];
      return declared !== undefined && declared !== null && declared !== false;
    });
    const fresh: { [kind in ListKind]?: ReadList } = {};
    // What changes during this reading is read again after it, never beside it.
    this.#reading = true;
    for (const kind of this.#declared) fresh[kind] = await this.#read(kind);
    this.#reading = false;
    this.#lists = merged(emptyLists, fresh);
    this.outdated([]);
    return this.#lists;
  }

  /** The Core says that these have changed. One reading at a time; what changes meanwhile is read once more. */
  outdated(kinds: readonly ListKind[]): void {
    for (const kind of kinds) if (this.#declared.includes(kind)) this.#dirty.add(kind);
    if (this.#reading || this.#dirty.size === 0) return;
    this.#reading = true;
    this.#deps.clock.after(settleMs, () => void this.#readDirty());
  }

  /** Reads one list anew, now. Rejects when the Core does not answer. */
  async refresh(kind: ListKind): Promise<void> {
    const read = await this.#read(kind);
    if (!this.#closed) this.#take({ [kind]: read });
  }

  close(): void {
    this.#closed = true;
  }

  #take(fresh: { readonly [kind in ListKind]?: ReadList }): void {
    const before = this.#lists;
    this.#lists = merged(before, fresh);
    if (!sameLists(before, this.#lists)) this.#changed(this.#lists);
  }

  async #readDirty(): Promise<void> {
    const kinds = [...this.#dirty];
    this.#dirty.clear();
    const fresh: { [kind in ListKind]?: ReadList } = {};
    for (const kind of kinds) {
      if (this.#closed) return;
      try {
        fresh[kind] = await this.#read(kind);
      } catch (error) {
        if (!this.#closed)
          this.#deps.log.warn("core_list_failed", { list: listFacts[kind].method, error: messageOf(error) });
      }
    }
    if (this.#closed) return;
    this.#reading = false;
    this.#take(fresh);
    this.outdated([]);
  }

  /** A refusal by the Core leaves the list as it was; no answer at all is thrown. */
  async #read(kind: ListKind): Promise<ReadList> {
    const { method } = listFacts[kind];
    try {
      return await readPages(listFacts[kind], this.#deps);
    } catch (error) {
      const code = coreErrorCode(error);
      if (code === undefined && !(error instanceof UnreadableList)) throw error;
      // A Core with resources often has no templates and never heard of the method.
      const level = code === -32601 && kind === "templates" ? "debug" : "warn";
      this.#deps.log[level]("core_list_failed", { list: method, error: messageOf(error) });
      return { items: this.#lists[kind], caching: this.#lists.caching?.[kind] };
    }
  }
}

class UnreadableList extends Error {}

function merged(before: CoreLists, fresh: { readonly [kind in ListKind]?: ReadList }): CoreLists {
  const lists = { ...before };
  const caching: { [kind in ListKind]?: Caching } = { ...before.caching };
  for (const kind of allKinds) {
    const read = fresh[kind];
    if (read === undefined) continue;
    lists[kind] = read.items;
    if (read.caching === undefined) delete caching[kind];
    else caching[kind] = read.caching;
  }
  return Object.keys(caching).length === 0 ? lists : { ...lists, caching };
}

async function readPages({ method, member }: ListFacts, deps: ListDeps): Promise<ReadList> {
  const items: ListItem[] = [];
  let caching: Caching | undefined;
  const seen = new Set<string>();
  let bytes = 0;
  let cursor: string | undefined;
  for (let page = 1; ; page++) {
    const result = await deps.request(method, cursor === undefined ? undefined : { cursor });
    const range = findMember(result, 0, result.length, member);
    const whole =
      range !== undefined &&
      elements(result, range.start, range.end, (start, end) => {
        bytes += end - start;
        if (items.length < listCaps.items && bytes <= listCaps.bytes) {
          items.push({ bytes: Buffer.from(result.subarray(start, end)) });
        } else bytes = Number.POSITIVE_INFINITY;
      });
    if (!whole) throw new UnreadableList(`the result of ${method} has no array "${member}"`);
    caching = stricter(caching, cachingIn(result));
    cursor = cursorOf(result, findMember(result, 0, result.length, "nextCursor"));
    if (bytes > listCaps.bytes || (cursor !== undefined && page === listCaps.pages)) {
      deps.log.warn("core_list_cut", { list: method, kept: items.length, pages: page, limits: listCaps });
      return { items, caching };
    }
    if (cursor === undefined) return { items, caching };
    if (seen.has(cursor)) {
      deps.log.warn("core_list_loops", { list: method, kept: items.length, pages: page });
      return { items, caching };
    }
    seen.add(cursor);
  }
}

/** An empty cursor is how some servers say that there is no further page. */
function cursorOf(result: Buffer, range: Range | undefined): string | undefined {
  if (range === undefined) return undefined;
  const value: unknown = JSON.parse(result.toString("utf8", range.start, range.end));
  return typeof value === "string" && value !== "" ? value : undefined;
}

function cachingIn(result: Buffer): Caching | undefined {
  const member = (key: string): unknown => {
    const range = findMember(result, 0, result.length, key);
    return range === undefined ? undefined : JSON.parse(result.toString("utf8", range.start, range.end));
  };
  const ttlMs = member("ttlMs");
  if (typeof ttlMs !== "number" || !(ttlMs >= 0)) return undefined;
  return { ttlMs, scope: member("cacheScope") === "public" ? "public" : "private" };
}

function stricter(a: Caching | undefined, b: Caching | undefined): Caching | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const isPublic = a.scope === "public" && b.scope === "public";
  return { ttlMs: Math.min(a.ttlMs, b.ttlMs), scope: isPublic ? "public" : "private" };
}

/** Whether two readings are the same, byte for byte. */
export function sameLists(a: CoreLists, b: CoreLists): boolean {
  return allKinds.every((kind) => {
    const [left, right] = [a[kind], b[kind]];
    const [kept, otherwise] = [a.caching?.[kind], b.caching?.[kind]];
    if (kept?.ttlMs !== otherwise?.ttlMs || kept?.scope !== otherwise?.scope) return false;
    if (left === right) return true;
    return left.length === right.length && left.every((item, i) => right[i]?.bytes.equals(item.bytes) === true);
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

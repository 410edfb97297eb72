// Reads a Core's list entries, as bytes, into what the catalog routes by, and plans the few edits made on their way to any
// client; those for one kind of client are in exposed.ts. What the hub does not have to understand stays as the Core wrote it.
import { isUtf8 } from "node:buffer";
import type { ToolOverride } from "../manifest/manifest.ts";
import { cutMembers, type Member, membersOf } from "../wire/cut-members.ts";
import { type ByteString, byteString, type Splice } from "../wire/frame.ts";
import { findMember } from "../wire/json.ts";
import type { Era } from "../wire/revisions.ts";
import { stringAt } from "../wire/scan.ts";
import { appPages } from "./app-pages.ts";
import { isTooDeep, maxEntryDepth } from "./depth.ts";
import { type EntryKind, readable } from "./entry-shape.ts";
import { iconEdits } from "./icons.ts";
import type {
  CatalogKey,
  CatalogNote,
  CatalogSource,
  ListItem,
  NamedItem,
  Shelf,
  ToolItem,
  UriEntry,
} from "./model.ts";
import { canonicalName } from "./names.ts";
import { wrappedSchema } from "./output-schema.ts";
import { toolParamHeaders } from "./param-headers.ts";
import { toClient } from "./uri-spelling.ts";
import { isAppOnly } from "./visibility.ts";

const maxNameBytes = 1024;
const maxUriBytes = 8192;
const maxNotes = 20;

/** Control characters, and halves of surrogate pairs, which no UTF-8 can carry. */
const unprintable = /[\p{Cc}\p{Cs}]/u;

/** Text that is the same as bytes; text that is the same in JSON as well. */
const ascii = /^[\x20-\x7e]*$/;
const plain = /^[A-Za-z0-9_. -]*$/;

/** Reads the four lists of one Core. An entry that cannot be served is left out with a note; the others are not affected. */
export function readShelf(source: CatalogSource): Shelf {
  const key = keyOf(source);
  const route = { core: source.key, key };
  const notes = new Notes(source.key);
  const { lists, namespace } = source;
  const spell = source.uris === "prefixed" ? (uri: string) => toClient(namespace, uri) : undefined;
  // In its own revision a tool that says wrongly which arguments go into headers is none.
  const isForbidden = source.era === "modern";
  const all = read(lists?.tools, source.era, notes, "tool", "name", maxNameBytes, (raw): ToolItem => {
    const override = source.tools.get(raw.id);
    const item = named(source, raw, override);
    const pages = appPages(raw.bytes, raw.members, spell);
    const headers = toolParamHeaders(raw.bytes, raw.members);
    if (typeof headers === "string") {
      const whom = isForbidden ? "" : " to clients of MCP 2026-07-28";
      notes.add(`tool ${JSON.stringify(raw.id)} is not listed${whom}: ${headers}`);
    }
    const wrapped = source.era === "modern" ? wrappedSchema(raw.bytes, raw.members) : undefined;
    const keepsExecution = source.runsTasks && raw.members.some(({ key }) => forNobody.has(key));
    const others = [...pages.pageEdits, ...(wrapped ?? [])];
    const isAlike = wrapped === undefined && !keepsExecution;
    return {
      ...item,
      ...hintsOf(raw),
      ...pages,
      appOnly: isAppOnly(raw.bytes, raw.members),
      paramHeaders: typeof headers === "string" ? "invalid" : headers,
      wrapsOutput: wrapped !== undefined,
      needsTask: source.runsTasks && needsTask(raw),
      edits: toolEdits(raw, override, others, keepsExecution ? nothing : forNobody),
      modernEdits: isAlike ? undefined : toolEdits(raw, override, pages.pageEdits, forNobody),
    };
  });
  // Who has listed none may have some for others, as where each client has a login of its own.
  for (const name of all.length === 0 ? [] : strangers(source.tools.keys(), all)) {
    notes.add(`tools.${name} in the manifest changes nothing: it lists no tool of that name`);
  }
  const tools = isForbidden ? all.filter(({ paramHeaders }) => paramHeaders !== "invalid") : all;
  const prompts = read(lists?.prompts, source.era, notes, "prompt", "name", maxNameBytes, (raw) =>
    named(source, raw, undefined),
  );
  const readUri = (raw: RawEntry): UriEntry => {
    const uri = spell?.(raw.id) ?? raw.id;
    const { start, end } = raw.idMember;
    const spelling = spell === undefined ? [] : [{ start, end, text: jsonBytes(uri) }];
    const edits = inOrder([...spelling, ...iconEdits(raw.bytes, raw.members)]);
    return { uri, nativeUri: raw.id, route, bytes: raw.bytes, edits, sortKey: sortKeyOf(raw.id) };
  };
  const resources = read(lists?.resources, source.era, notes, "resource", "uri", maxUriBytes, readUri);
  const templates = read(lists?.templates, source.era, notes, "resource template", "uriTemplate", maxUriBytes, readUri);
  const pages = [...new Set(tools.flatMap(({ pageUris }) => pageUris))].map((nativeUri) => {
    return { uri: spell?.(nativeUri) ?? nativeUri, nativeUri, route };
  });
  return { source, tools, prompts, resources, templates, pages, notes: notes.list(), named: new Map() };
}

/** Those of these names that no tool has. */
function strangers(names: Iterable<string>, tools: readonly ToolItem[]): readonly string[] {
  const listed = new Set(tools.map(({ native }) => native));
  return [...names].filter((name) => !listed.has(name));
}

export function keyOf({ key }: CatalogSource): CatalogKey {
  return { core: key, capabilityClass: "none", credential: "shared" };
}

/** `execution` invites clients to run the tool as a task, which does not reach the Core. */
const forNobody: ReadonlySet<string> = new Set(["execution"]);

/** The edits of a tool for clients that are not to see its output schema either. */
export function editsWithoutOutput({ bytes, override, pageEdits }: ToolItem): readonly Splice[] {
  const raw = readEntry(bytes, "name", maxNameBytes);
  return typeof raw === "string" ? [] : toolEdits(raw, override, pageEdits, new Set([...forNobody, "outputSchema"]));
}

/** An entry that can be served: an object that has its identifying member, a string, exactly once. */
interface RawEntry {
  readonly bytes: Buffer;
  readonly members: readonly Member[];
  /** The identifying member (name, uri, uriTemplate), and what it says. */
  readonly idMember: Member;
  readonly id: string;
}

function read<E extends { readonly sortKey: ByteString }>(
  items: readonly ListItem[] | undefined,
  era: Era,
  notes: Notes,
  what: EntryKind,
  idKey: string,
  maxBytes: number,
  make: (raw: RawEntry) => E,
): readonly E[] {
  const entries: E[] = [];
  const seen = new Set<string>();
  for (const [index, { bytes }] of (items ?? []).entries()) {
    const raw = readEntry(bytes, idKey, maxBytes);
    if (typeof raw === "string") {
      notes.add(`${what} number ${index + 1} is left out: ${raw}`);
      continue;
    }
    const name = `${what} ${JSON.stringify(raw.id)}`;
    if (seen.has(raw.id)) {
      notes.add(`${name} is listed twice; the first one counts`);
      continue;
    }
    seen.add(raw.id);
    const fit = readable(what, era, raw);
    const own = typeof fit === "string" || fit.bytes === bytes ? raw : readEntry(fit.bytes, idKey, maxBytes);
    if (typeof fit === "string" || typeof own === "string") {
      notes.add(`${name} is left out: ${typeof fit === "string" ? fit : own}`);
      continue;
    }
    const cut = [...fit.cut].join(", ");
    if (cut !== "") notes.add(`${name} is listed without ${cut}: not of a type that clients take`);
    entries.push(make(own));
  }
  return entries.sort((a, b) => (a.sortKey < b.sortKey ? -1 : 1));
}

/** The entry, or what is wrong with it. */
function readEntry(bytes: Buffer, idKey: string, maxBytes: number): RawEntry | string {
  if (bytes[0] !== 0x7b) return "it is not an object";
  // A large result reaches the hub unchecked, and one flaw in one entry would spoil the list of all Cores.
  const list = isUtf8(bytes) ? membersOf(bytes, 0, bytes.length) : undefined;
  if (list === undefined) return "it is not valid JSON";
  const ids = list.filter((member) => member.key === idKey);
  const [idMember] = ids;
  if (idMember === undefined || bytes[idMember.start] !== 0x22) return `it has no ${idKey} that is a string`;
  if (ids.length > 1) return `it has more than one ${idKey}`;
  if (idMember.end - idMember.start - 2 > maxBytes) return `its ${idKey} is longer than ${maxBytes} bytes`;
  const id = stringAt(bytes, idMember.start, idMember.end);
  if (id === "") return `its ${idKey} is empty`;
  if (!ascii.test(id) && unprintable.test(id)) return `its ${idKey} has control characters or half a surrogate pair`;
  if (isTooDeep(bytes)) return `${JSON.stringify(id)} is nested deeper than ${maxEntryDepth} levels`;
  return { bytes, members: list, idMember, id };
}

function named(source: CatalogSource, raw: RawEntry, override: ToolOverride | undefined): NamedItem {
  const { bytes, idMember, id: native } = raw;
  const meta = raw.members.find((member) => member.key === "_meta" && bytes[member.start] === 0x7b);
  return {
    native,
    canonical: canonicalName(source.namespace, native),
    nativeNameJson: bytes.toString("latin1", idMember.start, idMember.end),
    nameStart: idMember.start,
    nameEnd: idMember.end,
    hasTitle: raw.members.some((member) => member.key === "title"),
    metaStart: meta?.start ?? -1,
    bytes,
    edits: iconEdits(bytes, raw.members),
    sortKey: sortKeyOf(native),
    override,
  };
}

const nothing: ReadonlySet<string> = new Set();

function toolEdits(
  raw: RawEntry,
  override: ToolOverride | undefined,
  others: readonly Splice[],
  unwanted: ReadonlySet<string>,
): readonly Splice[] {
  return inOrder([
    ...others,
    ...descriptionEdits(raw, override?.description),
    ...iconEdits(raw.bytes, raw.members),
    ...cutMembers(raw.bytes, 0, raw.members, unwanted),
  ]);
}

function descriptionEdits(raw: RawEntry, description: string | undefined): readonly Splice[] {
  if (description === undefined) return [];
  const text = jsonBytes(description);
  const present = raw.members.filter((member) => member.key === "description");
  if (present.length > 0) return present.map(({ start, end }) => ({ start, end, text }));
  const { end } = raw.idMember;
  return [{ start: end, end, text: `,"description":${text}` }];
}

/** In order and apart. Where a text is put in and a cut starts at one offset, the text comes first, as it was planned first. */
export function inOrder(edits: readonly Splice[]): readonly Splice[] {
  return edits.length < 2 ? edits : edits.toSorted((a, b) => a.start - b.start);
}

/** What the tool declares of itself. Of a hint given twice the more dangerous one counts. */
function hintsOf(raw: RawEntry): { destructiveHint: boolean | undefined; readOnlyHint: boolean | undefined } {
  let destructiveHint: boolean | undefined;
  let readOnlyHint: boolean | undefined;
  for (const { key, start, end } of raw.members) {
    if (key !== "annotations" || raw.bytes[start] !== 0x7b) continue;
    for (const hint of membersOf(raw.bytes, start, end) ?? []) {
      const says = booleanAt(raw.bytes, hint);
      if (says === undefined) continue;
      if (hint.key === "destructiveHint") destructiveHint = destructiveHint === true || says;
      if (hint.key === "readOnlyHint") readOnlyHint = readOnlyHint !== false && says;
    }
  }
  return { destructiveHint, readOnlyHint };
}

function needsTask({ bytes, members }: RawEntry): boolean {
  const execution = members.findLast(({ key }) => key === "execution");
  if (execution === undefined) return false;
  const said = findMember(bytes, execution.start, execution.end, "taskSupport");
  return said !== undefined && bytes[said.start] === 0x22 && stringAt(bytes, said.start, said.end) === "required";
}

function booleanAt(bytes: Buffer, { start }: Member): boolean | undefined {
  if (bytes[start] === 0x74) return true;
  return bytes[start] === 0x66 ? false : undefined;
}

function sortKeyOf(text: string): ByteString {
  return ascii.test(text) ? text : byteString(text);
}

/** JSON as bytes; most names need no escape and no second look. */
export function jsonBytes(text: string): ByteString {
  return plain.test(text) ? `"${text}"` : byteString(JSON.stringify(text));
}

/** A Core with thousands of bad entries gets a handful of notes, and their number. */
class Notes {
  readonly #core: string;
  readonly #messages: string[] = [];
  #more = 0;

  constructor(core: string) {
    this.#core = core;
  }

  add(message: string): void {
    if (this.#messages.length < maxNotes) this.#messages.push(message);
    else this.#more++;
  }

  list(): readonly CatalogNote[] {
    const messages = this.#more === 0 ? this.#messages : [...this.#messages, `${this.#more} more entries are left out`];
    return messages.map((message) => ({ core: this.#core, message }));
  }
}

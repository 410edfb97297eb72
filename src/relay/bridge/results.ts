// What is different in a Core's answer for a client of the other era: one table, and the edits that it leads to. Bytes only; of a result that needs
// nothing but a word at its start, nothing is read.
import { cutMembers, type Member, membersOf } from "../../wire/cut-members.ts";
import {
  type ByteString,
  byPlace,
  byteText,
  type Frame,
  flatten,
  noSplices,
  type Splice,
  textBetween,
} from "../../wire/frame.ts";
import { findMember, type Range } from "../../wire/json.ts";
import { occurs } from "../../wire/occurs.ts";
import { metaKeys, reservedPrefix } from "../../wire/request-meta.ts";
import { type Era, eraOf } from "../../wire/revisions.ts";
import type { Scan } from "../../wire/scan.ts";
import { spaceEnd, valueEnd } from "../../wire/values.ts";
import { structuredEdits } from "../downgrade.ts";
import { complete, saysComplete } from "./says-complete.ts";

export interface ResultRules {
  /** Members of a result that the client's revisions do not know. */
  readonly cuts: ReadonlySet<string>;
  /** The client takes a result for broken that does not say of what kind it is. The Core's own word counts only if it is of that era. */
  readonly kind: "absent" | "added" | "kept";
  /** Results of these methods say how long they are good for, and for whom. */
  readonly cached: ReadonlySet<string>;
  /** Members of `_meta` that are between two who talk to each other: cut, or said anew by the hub. */
  readonly reserved: "cut" | "own";
  /** Structured content is an object. */
  readonly objectsOnly: boolean;
  /** Codes of errors, as text. */
  readonly codes: ReadonlyMap<string, ByteString>;
}

const none: ReadonlySet<string> = new Set();
const internal: ByteString = "-32603";
/** Of the modern era, about what is between the Core and the hub: nothing that the client could put right. */
const hubsFault: readonly [string, ByteString][] = [
  ["-32020", internal],
  ["-32022", internal],
];
/** Of the legacy era. The second one is for clients that can be shown pages otherwise. */
const older: readonly [string, ByteString][] = [
  ["-32002", "-32602"],
  ["-32042", internal],
];
const cacheable: ReadonlySet<string> = new Set(["resources/read"]);

/** By the client's era, then by the Core's. Undefined: what the Core says is what the client gets. */
const table: Readonly<Record<Era, Readonly<Record<Era, ResultRules | undefined>>>> = {
  legacy: {
    legacy: undefined,
    modern: {
      cuts: new Set(["resultType", "ttlMs", "cacheScope"]),
      ...{
        kind: "absent",
        cached: none,
        reserved: "cut",
        objectsOnly: true,
        codes: new Map([...hubsFault, ["-32021", internal]]),
      },
    },
  },
  modern: {
    legacy: {
      ...{ cuts: none, kind: "added", cached: cacheable, reserved: "cut", objectsOnly: false },
      codes: new Map([...hubsFault, ["-32021", internal], ...older]),
    },
    modern: {
      ...{ cuts: none, kind: "kept", cached: cacheable, reserved: "own", objectsOnly: false },
      codes: new Map([...hubsFault, ...older]),
    },
  },
};

export function rulesOf(clientRevision: string | undefined, coreRevision: string | undefined): ResultRules | undefined {
  return rulesOfEras(eraOf(clientRevision), eraOf(coreRevision));
}

export function rulesOfEras(client: Era, core: Era): ResultRules | undefined {
  return table[client][core];
}

/** What else is to be known of the call. */
export interface Answered {
  readonly method: string;
  /** The tool's results are always in an object for legacy clients, as its schema is. */
  readonly wrapsOutput: boolean;
  /** The hub's own `serverInfo`, as JSON. */
  readonly serverInfo: ByteString;
  /** The client is not to see structured content: it gets it as text, where there is nothing else. */
  readonly dropsStructured: boolean;
  /** As `saysComplete`, where somebody has looked. */
  readonly isComplete?: boolean;
}

/** In order. The table's word for an error, or for a result. */
export function answerEdits(rules: ResultRules, frame: Frame, scan: Scan, about: Answered): readonly Splice[] {
  if (scan.errorStart >= 0) return codeEdits(rules, frame, scan);
  if (scan.resultStart < 0) return noSplices;
  return rules.kind === "absent" ? legacyEdits(rules, frame, scan, about) : modernEdits(rules, frame, scan, about);
}

function codeEdits({ codes }: ResultRules, frame: Frame, { errorStart, errorEnd }: Scan): readonly Splice[] {
  const bytes = flatten(frame);
  const code = findMember(bytes, errorStart, errorEnd, "code");
  const text = code === undefined ? undefined : codes.get(bytes.toString("latin1", code.start, code.end));
  return code === undefined || text === undefined ? noSplices : [{ ...code, text }];
}

function legacyEdits(
  rules: ResultRules,
  frame: Frame,
  { resultStart, resultEnd }: Scan,
  { method, wrapsOutput, dropsStructured }: Answered,
): readonly Splice[] {
  const bytes = flatten(frame);
  const all = membersOf(bytes, resultStart, resultEnd);
  if (all === undefined || all.length === 0) return noSplices;
  const unwanted = new Set(rules.cuts);
  const inside: Splice[] = [];
  const isTwice = all.filter(({ key }) => key === "_meta").length > 1;
  if (isTwice) unwanted.add("_meta");
  for (const member of all) {
    if (member.key === "_meta" && !isTwice)
      inside.push(...metaEdits(bytes, member, rules, "", () => unwanted.add("_meta")));
    const isContent = member.key === "structuredContent" && method === "tools/call" && !dropsStructured;
    if (isContent && rules.objectsOnly && (wrapsOutput || bytes[member.start] !== 0x7b)) {
      inside.push({ start: member.start, end: member.start, text: '{"result":' });
      inside.push({ start: member.end, end: member.end, text: "}" });
    }
  }
  if (dropsStructured && all.some(({ key }) => key === "structuredContent")) {
    const edits = structuredEdits(bytes, { start: resultStart, end: resultEnd }, all, unwanted);
    return [...edits, ...inside].sort(byPlace);
  }
  if (all.every(({ key }) => unwanted.has(key))) return [{ start: resultStart, end: resultEnd, text: "{}" }];
  return [...cutMembers(bytes, resultStart, all, unwanted), ...inside].sort(byPlace);
}

/** Larger ones are looked at by their ends only: what they say of their server is for show. */
const maxRead = 64 * 1024;
const edgeBytes = 256;

const kindKey = '"resultType"';
/** Words that are looked for without the quote before them, which every text is full of: that takes a fraction of the time. */
const kindName = kindKey.slice(1);
const reserved = reservedPrefix;
/** As the official servers end their results. */
const usualEnd = `${complete},"_meta":{"${metaKeys.serverInfo}":`;
const endBytes = 512;

function modernEdits(rules: ResultRules, frame: Frame, scan: Scan, about: Answered): readonly Splice[] {
  const { resultStart, resultEnd } = scan;
  const isCached = rules.cached.has(about.method);
  const isLarge = resultEnd - resultStart > maxRead;
  if (isLarge && !isCached) {
    if (rules.kind === "kept" && saysKindAtEdge(frame, scan)) return noSplices;
    if (!occurs(frame, kindName)) return [added(resultEnd, `,${complete}`)];
  }
  if (!isCached && rules.kind === "kept") {
    if (about.isComplete ?? saysComplete(frame, scan)) {
      if (!isLarge && !occurs(frame, reserved)) return noSplices;
    } else {
      const info = infoAtEnd(flatten(frame), scan);
      if (info !== undefined) return [{ ...info, text: about.serverInfo }];
    }
  }
  const saysKind = occurs(frame, kindName);
  const saysServer = !isLarge && occurs(frame, reserved);
  const saysCache = isCached && (occurs(frame, 'ttlMs"') || occurs(frame, 'cacheScope"'));
  const knowsKind = rules.kind === "kept" && saysKind && isFirst(flatten(frame), resultStart);
  if (!saysServer && !saysCache && (knowsKind || !saysKind)) {
    return knowsKind && !isCached ? noSplices : tail(frame, scan, !saysKind, isCached);
  }
  return readEdits(rules, frame, scan, about);
}

/** What the Core says of itself, where the result ends with that as most do, and says before it that it is complete. */
function infoAtEnd(bytes: Buffer, { resultStart, resultEnd }: Scan): Range | undefined {
  // What closes before the result does is `_meta`.
  if (bytes[resultEnd - 2] !== 0x7d) return undefined;
  const from = Math.max(resultStart, resultEnd - endBytes);
  const found = byteText(bytes, from, resultEnd).lastIndexOf(usualEnd);
  // A quote behind a backslash is one of a longer key.
  if (found < 0 || bytes[from + found - 1] === 0x5c) return undefined;
  const start = from + found + usualEnd.length;
  const end = valueEnd(bytes, start, resultEnd, 0);
  // A quote that stands in no string opens a key, and what closes next but one is the result.
  return end === resultEnd - 2 && bytes[end] === 0x7d ? { start, end } : undefined;
}

/** Of a result that has one of the words somewhere, which may be deeper inside. */
function readEdits(rules: ResultRules, frame: Frame, scan: Scan, about: Answered): readonly Splice[] {
  const { resultStart, resultEnd } = scan;
  const bytes = flatten(frame);
  const all = membersOf(bytes, resultStart, resultEnd);
  if (all === undefined) return tail(frame, scan, true, rules.cached.has(about.method));
  const kind = all.find(({ key }) => key === "resultType");
  const edits: Splice[] = [];
  for (const member of all) {
    if (member.key === "_meta") edits.push(...metaEdits(bytes, member, rules, about.serverInfo, () => {}));
    // A word of the Core's own, that means something else there.
    else if (member.key === "resultType" && rules.kind === "added")
      edits.push({ ...range(member), text: '"complete"' });
  }
  const isCached = rules.cached.has(about.method);
  const cache = new Map(all.filter(({ key }) => key === "ttlMs" || key === "cacheScope").map((one) => [one.key, one]));
  if (isCached) {
    const ttl = cache.get("ttlMs");
    const scope = cache.get("cacheScope");
    if (ttl !== undefined && rules.kind === "added") edits.push({ ...range(ttl), text: "0" });
    // The Core does not know what the hub shows to whom.
    if (scope !== undefined) edits.push({ ...range(scope), text: '"private"' });
  }
  const lacking = [
    ...(kind === undefined ? [complete] : []),
    ...(isCached && !cache.has("ttlMs") ? ['"ttlMs":0'] : []),
    ...(isCached && !cache.has("cacheScope") ? ['"cacheScope":"private"'] : []),
  ];
  edits.sort(byPlace);
  if (lacking.length === 0) return edits;
  return [...edits, added(resultEnd, (all.length === 0 ? "" : ",") + lacking.join(","))];
}

/** A last member: of a key that comes twice the last one counts, and what is spelled with escapes is not looked for. */
function added(objectEnd: number, text: ByteString): Splice {
  return { start: objectEnd - 1, end: objectEnd - 1, text };
}

const cacheWords = '"ttlMs":0,"cacheScope":"private"';
const kindAndCache = `${complete},${cacheWords}`;

function tail(frame: Frame, { resultStart, resultEnd }: Scan, withKind: boolean, isCached: boolean): readonly Splice[] {
  const words = isCached ? (withKind ? kindAndCache : cacheWords) : withKind ? complete : "";
  return [added(resultEnd, isEmpty(frame, resultStart) ? words : `,${words}`)];
}

/** Of an object that starts there. */
function isEmpty(frame: Frame, start: number): boolean {
  const { text } = frame;
  if (text?.charCodeAt(start + 1) === 0x22) return false;
  const bytes = flatten(frame);
  return bytes[spaceEnd(bytes, start + 1)] === 0x7d;
}

/** Whether the object begins with what kind it is of. */
function isFirst(bytes: Buffer, start: number): boolean {
  const at = spaceEnd(bytes, start + 1);
  return byteText(bytes, at, at + kindKey.length) === kindKey;
}

/** Of a large result, whether it says of what kind it is where that is certain: as its first or its last member. */
function saysKindAtEdge(frame: Frame, { resultStart, resultEnd }: Scan): boolean {
  const first = textBetween(frame, resultStart, resultStart + edgeBytes);
  if (/^\{\s*"resultType"\s*:/.test(first)) return true;
  // A quote that stands in no string opens a key, and what closes next is the object that has the key.
  return /,\s*"resultType"\s*:\s*"[^"\\]*"\s*\}$/.test(textBetween(frame, resultEnd - edgeBytes, resultEnd));
}

/** `isAll`: nothing else is in it, and all of it may go. */
function metaEdits(
  bytes: Buffer,
  { start, end }: Member,
  rules: ResultRules,
  serverInfo: ByteString,
  isAll: () => void,
): readonly Splice[] {
  const inside = membersOf(bytes, start, end) ?? [];
  const foreign = inside.filter(({ key }) => key.startsWith(reservedPrefix));
  if (foreign.length === 0) return noSplices;
  if (rules.reserved === "own") {
    return foreign
      .filter(({ key }) => key === metaKeys.serverInfo)
      .map((member) => ({ ...range(member), text: serverInfo }));
  }
  if (foreign.length < inside.length) return cutMembers(bytes, start, inside, new Set(foreign.map(({ key }) => key)));
  isAll();
  return rules.kind === "absent" ? noSplices : [{ start, end, text: "{}" }];
}

function range({ start, end }: Member): { start: number; end: number } {
  return { start, end };
}

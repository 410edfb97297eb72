// What is different in a request for a Core of the other era: the envelope of the modern era in `params._meta`, which a legacy Core must not see and a
// modern one must; and what belongs to a round of a request rather than to the request. Ranges of the scan; only `_meta` is read, and `params`
// where they have something of a round.
import { cutMembers, type Member, membersOf } from "../../wire/cut-members.ts";
import { type ByteString, merged, noSplices, type Splice } from "../../wire/frame.ts";
import { findMember, type Range } from "../../wire/json.ts";
import { ByMeta, type Meta } from "../../wire/meta.ts";
import { metaKeys, reservedPrefix, tasksExtension } from "../../wire/request-meta.ts";
import type { Scan } from "../../wire/scan.ts";
import { spaceEnd } from "../../wire/values.ts";

/** A request as it was scanned. `text`: all of `bytes`, where it is there. */
export interface Scanned {
  readonly bytes: Buffer;
  readonly text?: ByteString | undefined;
  readonly scan: Pick<
    Scan,
    "methodEnd" | "paramsStart" | "paramsEnd" | "metaStart" | "metaEnd" | "tokenStart" | "others"
  >;
}

/** What a request brings from the round before. */
export interface Round {
  /** The members of params. */
  readonly all: readonly Member[];
  readonly inputResponses: Range | undefined;
  readonly requestState: Range | undefined;
}

const roundKeys: ReadonlySet<string> = new Set(["inputResponses", "requestState"]);

/** Undefined for a request that is its first round, as nearly all are. */
export function roundOf(request: Scanned): Round | undefined {
  const { scan } = request;
  if (scan.others === 0) return undefined;
  const all = membersOf(request.bytes, scan.paramsStart, scan.paramsEnd) ?? [];
  const inputResponses = all.find(({ key }) => key === "inputResponses");
  const requestState = all.find(({ key }) => key === "requestState");
  return inputResponses === undefined && requestState === undefined ? undefined : { all, inputResponses, requestState };
}

/** A splice of `_meta`, by its distance from the start; of what stands behind the token of progress from the end. */
interface Cut extends Splice {
  readonly isBehind: boolean;
}

interface Cuts {
  readonly all: readonly Cut[];
  /** Nothing is left of it. */
  readonly isEmptied: boolean;
}

/** As clients write it that put it last. */
const lastMember = ',"_meta":';

/** `withoutEnvelope` for requests without a round, as nearly all are: the same words are cut in the same way, wherever they stand. */
export class EnvelopeCuts {
  readonly #known = new ByMeta<Cuts>();

  /** `staysOpen`: something may still be put into `_meta`. Otherwise one that would be empty goes as a whole, if that is easy. */
  of(request: Scanned, meta: Meta | undefined, staysOpen: boolean): readonly Splice[] {
    if (meta === undefined) return noSplices;
    let cuts = this.#known.get(meta);
    if (cuts === undefined) {
      cuts = relativeCuts(request);
      this.#known.set(meta, cuts);
    }
    const { metaStart, metaEnd } = request.scan;
    if (cuts.isEmptied && !staysOpen) {
      const start = metaStart - lastMember.length;
      if (request.text?.startsWith(lastMember, start)) return [{ start, end: metaEnd, text: "" }];
    }
    return cuts.all.map(({ isBehind, start, end, text }) => {
      const from = isBehind ? metaEnd : metaStart;
      return { start: from + start, end: from + end, text };
    });
  }
}

function relativeCuts(request: Scanned): Cuts {
  const { metaStart, metaEnd, tokenStart } = request.scan;
  const cuts = withoutEnvelope(request, undefined);
  const all = cuts.map(({ start, end, text }) => {
    const isBehind = tokenStart >= 0 && start > tokenStart;
    const from = isBehind ? metaEnd : metaStart;
    return { isBehind, start: start - from, end: end - from, text };
  });
  const [first] = cuts;
  return { all, isEmptied: first?.start === metaStart + 1 && first.end === metaEnd - 1 };
}

/** Takes away what is of the modern era only. In order. */
export function withoutEnvelope({ bytes, scan }: Scanned, round: Round | undefined): readonly Splice[] {
  const { metaStart, metaEnd, paramsStart } = scan;
  const inside = cutReserved(bytes, metaStart, metaEnd, "");
  if (round === undefined) return inside;
  if (round.all.every(({ key }) => roundKeys.has(key))) {
    return [{ start: paramsStart, end: scan.paramsEnd, text: "{}" }];
  }
  const cuts = cutMembers(bytes, paramsStart, round.all, roundKeys);
  return merged(cuts, inside);
}

/** Takes away what belongs to a round, which is not a legacy client's to say, and puts an envelope in. In order. */
export function envelopedRound(request: Scanned, { all }: Round, envelope: ByteString): readonly Splice[] {
  const { paramsStart, paramsEnd } = request.scan;
  if (all.every(({ key }) => roundKeys.has(key))) {
    return [{ start: paramsStart, end: paramsEnd, text: `{"_meta":{${envelope}}}` }];
  }
  return merged(cutMembers(request.bytes, paramsStart, all, roundKeys), withEnvelope(request, envelope));
}

/** Puts the members of an envelope into `_meta`, in the place of those that are there. In order. */
export function withEnvelope({ bytes, scan }: Scanned, envelope: ByteString): readonly Splice[] {
  const { methodEnd, paramsStart, metaStart, metaEnd } = scan;
  if (paramsStart < 0) return [{ start: methodEnd, end: methodEnd, text: `,"params":{"_meta":{${envelope}}}` }];
  if (metaStart < 0) {
    const start = paramsStart + 1;
    return [{ start, end: start, text: `"_meta":{${envelope}}${isEmptyFrom(bytes, start) ? "" : ","}` }];
  }
  if (bytes[metaStart] !== 0x7b) return [{ start: metaStart, end: metaEnd, text: `{${envelope}}` }];
  return cutReserved(bytes, metaStart, metaEnd, envelope);
}

/** Whether a client, or a Core, says that calls may go on as tasks of the extension. */
export function declaresTasks({ extensions }: Readonly<Record<string, unknown>>): boolean {
  return typeof extensions === "object" && extensions !== null && tasksExtension in extensions;
}

/** Takes that away of what a modern request says its client can do. */
export function withoutTasks({ bytes, scan }: Scanned): readonly Splice[] {
  const declared = findMember(bytes, scan.metaStart, scan.metaEnd, metaKeys.clientCapabilities);
  const extensions = declared && findMember(bytes, declared.start, declared.end, "extensions");
  return extensions === undefined
    ? noSplices
    : cutKeys(bytes, extensions.start, extensions.end, "", (key) => key === tasksExtension);
}

/** Cuts what is reserved out of the object at this range, and puts `instead` at its front. */
function cutReserved(bytes: Buffer, start: number, end: number, instead: ByteString): readonly Splice[] {
  return cutKeys(bytes, start, end, instead, (key) => key.startsWith(reservedPrefix));
}

function cutKeys(
  bytes: Buffer,
  start: number,
  end: number,
  instead: ByteString,
  isUnwanted: (key: string) => boolean,
): readonly Splice[] {
  const at = start + 1;
  const all = start < 0 ? undefined : membersOf(bytes, start, end);
  if (all === undefined || (all.length === 0 && instead === "")) return noSplices;
  const foreign = new Set(all.filter(({ key }) => isUnwanted(key)).map(({ key }) => key));
  // Nothing else is in it: the object stays, as its neighbours have their commas.
  if (all.every(({ key }) => foreign.has(key))) return [{ start: at, end: end - 1, text: instead }];
  const [first, ...rest] = cutMembers(bytes, start, all, foreign);
  if (instead === "") return first === undefined ? noSplices : [first, ...rest];
  const front = `${instead},`;
  if (first?.start === at) return [{ ...first, text: front }, ...rest];
  return [{ start: at, end: at, text: front }, ...(first === undefined ? [] : [first, ...rest])];
}

function isEmptyFrom(bytes: Buffer, start: number): boolean {
  return bytes[spaceEnd(bytes, start)] === 0x7d;
}

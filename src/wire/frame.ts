// A frame is one JSON-RPC message as bytes. It is forwarded by splicing new text over byte ranges, never by parsing.
import type { ErrorCode } from "../base/errors.ts";
import type { Landing } from "./scan-memory.ts";
import type { TraceText } from "./trace-context.ts";

/** Bytes held as a string, one character (0..255) a byte: cheap to keep as a map key, exact to write back. */
export type ByteString = string;

/** One JSON-RPC message. Usually one chunk; a large one stays in the chunks it was read in. Owned by whoever holds it. */
export interface Frame {
  readonly chunks: readonly Buffer[];
  /** Bytes in all chunks. */
  readonly size: number;
  /** The same bytes as text, where somebody has read a small frame so already. */
  readonly text?: ByteString | undefined;
  /** True when it is known that no line end stands between the tokens, so that nobody has to look again. */
  readonly isOneLine?: boolean | undefined;
  /** Whether it is UTF-8, where somebody has looked while it came in. */
  readonly isUtf8?: boolean | undefined;
  /** What each of these chunks, taken by itself, is known to hold nothing of (`Masker.look`). */
  readonly clearOf?: object | undefined;
  /** Where a copy of it came to lie in one piece as it was read, if it still does. */
  readonly landing?: Landing | undefined;
}

/** Replaces bytes `start` (included) to `end` (excluded) of a frame. Splices of one frame are in order and do not overlap. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: ByteString;
}

export const noSplices: readonly Splice[] = [];

/** The order of splices. Of two that start at one place the one that only puts something in comes first. */
export function byPlace(one: Splice, other: Splice): number {
  return one.start - other.start || one.end - other.end;
}

/** Up to so many, as nearly all frames have, are put in their places one by one. */
const fewSplices = 16;

/** The splices of two lists, in any order, as one in order. One that is all there is comes back as it is: in order if it was. */
export function merged(some: readonly Splice[], more: readonly Splice[]): readonly Splice[] {
  if (more.length === 0) return some;
  if (some.length === 0) return more;
  const [next] = more;
  const [first, second] = some;
  // As literals, those of nearly every call: an array that is filled takes several times as long.
  if (more.length === 1 && next !== undefined && first !== undefined) {
    if (some.length === 1) return byPlace(first, next) <= 0 ? [first, next] : [next, first];
    const isLast = second !== undefined && byPlace(first, second) <= 0 && byPlace(second, next) <= 0;
    if (some.length === 2 && isLast) return [first, second, next];
  }
  const size = some.length + more.length;
  if (size > fewSplices) return [...some, ...more].sort(byPlace);
  const all = new Array<Splice>(size);
  for (let count = 0; count < size; count++) {
    const next = (count < some.length ? some[count] : more[count - some.length]) as Splice;
    let at = count;
    for (; at > 0 && byPlace(all[at - 1] as Splice, next) > 0; at--) all[at] = all[at - 1] as Splice;
    all[at] = next;
  }
  return all;
}

/** What became of a frame handed to a sink. `full`: over the sink's byte limit, not taken. `closed`: nobody is there. */
export type Sent = "ok" | "full" | "closed";

/** Somewhere frames can be sent: a client's connection or a Core's input. Never blocks, never throws. */
export interface FrameSink {
  send(frame: Frame, splices: readonly Splice[]): Sent;
}

/** The bytes of a frame with its splices in their places, in a new buffer, with text before and behind. */
export function joined(frame: Frame, splices: readonly Splice[], before: ByteString, after: ByteString): Buffer {
  const bytes = flatten(frame);
  const parts: Buffer[] = [Buffer.from(before, "latin1")];
  let at = 0;
  for (const splice of splices) {
    parts.push(bytes.subarray(at, splice.start), Buffer.from(splice.text, "latin1"));
    at = splice.end;
  }
  parts.push(bytes.subarray(at), Buffer.from(after, "latin1"));
  return Buffer.concat(parts);
}

/** Where what belongs to one request goes. On a stream of messages that is the stream; over HTTP it is the request's own response. */
export interface ReplySink extends FrameSink {
  /** False where what is sent is kept for a client that is not listening just now; absent where that cannot be. */
  readonly isHeard?: boolean | undefined;
  /** The trace context that the request came with beside its message; absent for most. */
  readonly trace?: TraceText | undefined;
  /** The request's answer: nothing more follows that belongs to it. `refusal`: the hub itself refuses it, which may have a status of its own. */
  answer(frame: Frame, splices: readonly Splice[], refusal?: ErrorCode): Sent;
  /** There will be no answer: the client took the request back. */
  dropped(): void;
}

/** For a stream of messages: an answer is a message like any other. */
export function replySink(send: FrameSink["send"]): ReplySink {
  return { send, answer: send, dropped: () => {} };
}

export function frameOf(bytes: Buffer): Frame {
  return { chunks: [bytes], size: bytes.length };
}

/** A small frame that is kept as text, until somebody asks for its bytes: from then on it is these, which may be changed. */
export class TextFrame implements Frame {
  text: ByteString | undefined;
  readonly size: number;
  readonly isOneLine: boolean | undefined;
  clearOf: object | undefined;
  #chunks: readonly Buffer[] | undefined;

  constructor(text: ByteString, isOneLine?: boolean) {
    this.text = text;
    this.size = text.length;
    this.isOneLine = isOneLine;
    this.clearOf = undefined;
  }

  get chunks(): readonly Buffer[] {
    if (this.#chunks === undefined) {
      this.#chunks = [Buffer.from(this.text ?? "", "latin1")];
      this.text = undefined;
    }
    return this.#chunks;
  }
}

/**
 * All of a small frame as text; undefined for one of several chunks, or of more than `maxBytes`. Made once: for nothing that may still be
 * masked.
 */
export function smallText(frame: Frame & { text?: ByteString | undefined }, maxBytes: number): ByteString | undefined {
  if (frame.text !== undefined) return frame.text;
  const [bytes] = frame.chunks;
  if (bytes === undefined || frame.chunks.length > 1 || bytes.length > maxBytes) return undefined;
  frame.text = byteText(bytes, 0, bytes.length);
  return frame.text;
}

export function frameOfByteText(text: ByteString): Frame {
  return new TextFrame(text);
}

export function frameOfText(json: string): Frame {
  return frameOf(Buffer.from(json, "utf8"));
}

/** The frame's bytes in one buffer; copies only when there is more than one chunk. */
export function flatten(frame: Frame): Buffer {
  const [first] = frame.chunks;
  return frame.chunks.length === 1 && first !== undefined ? first : Buffer.concat(frame.chunks, frame.size);
}

/**
 * Bytes `start` to `end` as a ByteString. As `bytes.toString("latin1", …)`, but without the way to the right function there, which
 * costs more than a short text does.
 */
export function byteText(bytes: Buffer, start: number, end: number): ByteString {
  return (bytes as Latin1Buffer).latin1Slice(start, end);
}

/** Bytes `start` to `end` of a frame that may be in several chunks; what lies outside of it is left out. */
export function textBetween(frame: Frame, start: number, end: number): ByteString {
  let text = "";
  let offset = 0;
  for (const chunk of frame.chunks) {
    const from = Math.max(start - offset, 0);
    const to = Math.min(end - offset, chunk.length);
    if (from < to) text += chunk.toString("latin1", from, to);
    offset += chunk.length;
  }
  return text;
}

/** As `byteText`, for a message whose whole text may be there. */
export function partOf(bytes: Buffer, text: ByteString | undefined, start: number, end: number): ByteString {
  return text === undefined ? byteText(bytes, start, end) : text.slice(start, end);
}

/** Node has it on every Buffer; the types leave it out. */
type Latin1Buffer = Buffer & { latin1Slice(start: number, end: number): string };

/** UTF-8 text as a ByteString. */
export function byteString(text: string): ByteString {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** A ByteString back as text. */
export function textOf(bytes: ByteString): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** What has the first `end` bytes of the frame in one piece. */
export function firstChunkWith(frame: Frame, end: number): Buffer {
  const [chunk] = frame.chunks;
  return chunk !== undefined && end <= chunk.length ? chunk : flatten(frame);
}

/** The non-negative integer written at a range of a frame, or -1. The hub's own ids and tokens are nothing else. */
export function integerAt(frame: Frame, start: number, end: number): number {
  if (start < 0 || end - start > 15) return -1;
  const { text } = frame;
  const bytes = text === undefined ? firstChunkWith(frame, end) : undefined;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes === undefined ? (text as ByteString).charCodeAt(at) : (bytes[at] ?? 0)) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

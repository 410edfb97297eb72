// A client's request as it was scanned: what it is answered by, and what a call is made of.
import type { Decided } from "../gates/decisions.ts";
import type { ByteString, Frame, ReplySink, Splice } from "../wire/frame.ts";
import type { Range } from "../wire/json.ts";
import type { MessageReader } from "../wire/message-reader.ts";
import type { Meta } from "../wire/meta.ts";
import type { Scan } from "../wire/scan.ts";
import type { ClientSession } from "./call.ts";

/** `bytes` (the frame in one piece) and `scan` are shared by all: valid until the handler returns. */
export interface Request {
  readonly session: ClientSession;
  readonly replies: ReplySink;
  readonly method: string;
  readonly frame: Frame;
  readonly bytes: Buffer;
  /** All of `bytes` as text, for a small message. */
  readonly text: ByteString | undefined;
  readonly scan: Scan;
  /** What it says in `params._meta`, if that is an object. */
  readonly meta: Meta | undefined;
  readonly idText: ByteString;
  /** When it was read; undefined for one that has waited since. */
  readonly readMs: number | undefined;
  /** What is cut away of the frame, beside what is renamed. */
  readonly cuts?: readonly Splice[];
  /** Of a call within a call: its own arguments, if it has any. */
  readonly through?: { readonly inner: Range | undefined };
  /** What was decided of it while it waited. */
  readonly decided?: Decided | undefined;
}

/** One that has just been read. */
export class IncomingRequest implements Request {
  readonly session: ClientSession;
  readonly replies: ReplySink;
  readonly method: string;
  readonly frame: Frame;
  readonly text: ByteString | undefined;
  readonly scan: Scan;
  readonly meta: Meta | undefined;
  readonly idText: ByteString;
  readonly readMs: number | undefined;
  readonly decided: Decided | undefined;
  /** Another one, once the handler has returned. */
  readonly message: MessageReader;

  constructor(
    session: ClientSession,
    replies: ReplySink,
    method: string,
    message: MessageReader,
    idText: ByteString,
    readMs: number | undefined,
    decided: Decided | undefined,
  ) {
    this.session = session;
    this.replies = replies;
    this.method = method;
    this.frame = message.frame;
    this.text = message.text;
    this.scan = message.scan;
    this.meta = message.meta;
    this.idText = idText;
    this.readMs = readMs;
    this.decided = decided;
    this.message = message;
  }

  get bytes(): Buffer {
    return this.message.bytes;
  }
}

/** The call that this one asks for: of the same message. */
export function callWithin(
  request: Request,
  within: { readonly cuts: readonly Splice[]; readonly inner: Range | undefined },
): Request {
  const { session, replies, method, frame, bytes, text, scan, meta, idText, readMs, decided } = request;
  const { cuts } = within;
  return { session, replies, method, frame, bytes, text, scan, meta, idText, readMs, decided, cuts, through: within };
}

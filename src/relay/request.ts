// A client's request as it was scanned: what it is answered by, and what a call is made of.
import type { Decided } from "../gates/decisions.ts";
import type { ByteString, Frame, ReplySink, Splice } from "../wire/frame.ts";
import type { Range } from "../wire/json.ts";
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

// A client's request whose owner is known: what a call is made of.
import type { ByteString, Frame, ReplySink, Splice } from "../wire/frame.ts";
import type { Scan } from "../wire/scan.ts";
import type { ClientSession } from "./call.ts";

/** What a call is made of. */
export interface Request {
  readonly session: ClientSession;
  readonly replies: ReplySink;
  readonly method: string;
  readonly frame: Frame;
  /** The frame in one piece, good for this turn only. */
  readonly bytes: Buffer;
  /** All of `bytes` as text, for a small message. */
  readonly text: ByteString | undefined;
  readonly scan: Scan;
  readonly idText: ByteString;
  /** When it was read; undefined for one that has waited since. */
  readonly readMs: number | undefined;
  /** What is cut away of the frame, beside what is renamed. */
  readonly cuts?: readonly Splice[];
}

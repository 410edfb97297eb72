// A request as it was read, kept as long as its call is open: it may be sent again, with more in it. Of one that says what those before it said
// nobody looks at the bytes.
import { type ByteString, type Frame, flatten, frameOfByteText } from "../../wire/frame.ts";
import type { Meta } from "../../wire/meta.ts";
import type { Request } from "../request.ts";
import type { Scanned } from "./requests.ts";

export class KeptRequest implements Scanned {
  readonly meta: Meta | undefined;
  readonly methodEnd: number;
  readonly paramsStart: number;
  readonly paramsEnd: number;
  readonly metaStart: number;
  readonly metaEnd: number;
  readonly tokenStart: number;
  readonly others: number;
  readonly text: ByteString | undefined;
  /** Undefined where the text is there: a small frame may be a slice of much more. */
  readonly #frame: Frame | undefined;

  constructor({ frame, text, meta, scan }: Pick<Request, "frame" | "text" | "meta" | "scan">) {
    this.meta = meta;
    this.methodEnd = scan.methodEnd;
    this.paramsStart = scan.paramsStart;
    this.paramsEnd = scan.paramsEnd;
    this.metaStart = scan.metaStart;
    this.metaEnd = scan.metaEnd;
    this.tokenStart = scan.tokenStart;
    this.others = scan.others;
    this.text = text;
    this.#frame = text === undefined ? frame : undefined;
  }

  get scan(): Scanned["scan"] {
    return this;
  }

  get frame(): Frame {
    return this.#frame ?? frameOfByteText(this.text ?? "");
  }

  get bytes(): Buffer {
    return flatten(this.frame);
  }
}

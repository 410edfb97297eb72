// Questions that a person answers on a web page (elicitation in mode url): each has an id of the Core's, under which the Core says later
// that it is done. Towards clients the ids carry the namespace, since those of two Cores may be the same; who was told of one hears of its
// end, and nobody else.
import { byteString, type Frame, flatten, noSplices, type Splice } from "../wire/frame.ts";
import { elements, findMember, type Range } from "../wire/json.ts";
import type { Scan } from "../wire/scan.ts";
import { stringAt } from "../wire/strings.ts";
import type { Call, ClientSession, Lane } from "./call.ts";

/** Of one instance; the oldest are forgotten. */
const maxKept = 1024;
const maxIdBytes = 1024;
/** The error with which a call says that something has to be done on a web page first. */
const requiredCode = "-32042";

export class UrlElicitations {
  /** Who was told of it, by the Core's id. */
  readonly #told = new WeakMap<Lane, Map<string, ClientSession>>();

  /** A question on its way to this session: the edit that makes its id one that is unique towards the client. */
  asked(lane: Lane, session: ClientSession, bytes: Buffer, params: Range): Splice | undefined {
    const range = idIn(bytes, params);
    return range === undefined ? undefined : this.#tell(lane, session, bytes, range);
  }

  /** An error of the Core in answer to a call: it may say that something has to be done on a web page first. Returns edits, in order. */
  required({ lane, session }: Pick<Call, "lane" | "session">, frame: Frame, scan: Scan): readonly Splice[] {
    const bytes = flatten(frame);
    const code = findMember(bytes, scan.errorStart, scan.errorEnd, "code");
    if (code === undefined || bytes.toString("latin1", code.start, code.end) !== requiredCode) return noSplices;
    const data = findMember(bytes, scan.errorStart, scan.errorEnd, "data");
    const list = data === undefined ? undefined : findMember(bytes, data.start, data.end, "elicitations");
    const edits: Splice[] = [];
    if (list === undefined) return edits;
    elements(bytes, list.start, list.end, (start, end) => {
      const range = idIn(bytes, { start, end });
      if (range !== undefined) edits.push(this.#tell(lane, session, bytes, range));
    });
    return edits;
  }

  /** The Core says that one is done: who is to hear it, and the edit for it. Undefined where nobody was told of it. */
  done(lane: Lane, bytes: Buffer, scan: Scan): { session: ClientSession; edit: Splice } | undefined {
    if (scan.paramsStart < 0) return undefined;
    const range = idIn(bytes, { start: scan.paramsStart, end: scan.paramsEnd });
    if (range === undefined) return undefined;
    const told = this.#told.get(lane);
    const id = stringAt(bytes, range.start, range.end);
    const session = told?.get(id);
    if (session === undefined || session.phase !== "ready") return undefined;
    told?.delete(id);
    return { session, edit: renamed(lane, range) };
  }

  #tell(lane: Lane, session: ClientSession, bytes: Buffer, range: Range): Splice {
    const told = this.#told.get(lane) ?? new Map<string, ClientSession>();
    this.#told.set(lane, told);
    const id = stringAt(bytes, range.start, range.end);
    // An id that another client was told of stays that client's, as long as it is here.
    const first = told.get(id);
    if (first === undefined || first.phase === "closed") told.set(id, session);
    if (told.size > maxKept)
      for (const oldest of told.keys()) {
        told.delete(oldest);
        break;
      }
    return renamed(lane, range);
  }
}

function renamed({ core }: Lane, { start }: Range): Splice {
  return { start: start + 1, end: start + 1, text: byteString(`${core.namespace}~`) };
}

function idIn(bytes: Buffer, { start, end }: Range): Range | undefined {
  const range = findMember(bytes, start, end, "elicitationId");
  if (range === undefined || bytes[range.start] !== 0x22 || range.end - range.start > maxIdBytes) return undefined;
  return range;
}

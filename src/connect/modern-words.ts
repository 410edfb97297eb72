// What a client's messages of the modern era say of themselves in headers, where the hub is reached over HTTP: on STDIO they have none. The
// tools that want arguments repeated are learned from the lists that pass by.
import type { Said } from "../links/connection.ts";
import { messageHeaders, toolHeaders } from "../links/message-headers.ts";
import { eraClaim } from "../wire/era-claim.ts";
import { byteText } from "../wire/frame.ts";
import { elements, findMember } from "../wire/json.ts";
import type { ParamHeaders } from "../wire/param-headers.ts";
import { type Scan, stringAt } from "../wire/scan.ts";

/** Tools that are remembered; few have such headers. */
const maxTools = 10_000;

export class ModernWords {
  readonly #tools = new Map<string, ParamHeaders>();

  /** Of a request. */
  said(method: string, bytes: Buffer, scan: Scan): Said {
    const idText = byteText(bytes, scan.idStart, scan.idEnd);
    const claim = eraClaim(bytes, scan, undefined);
    if (claim === undefined || bytes[claim.start] !== 0x22) return { method, idText };
    const revision = stringAt(bytes, claim.start, claim.end);
    // What no header can carry is for the hub to refuse.
    if (!/^[\x21-\x7e]{1,64}$/.test(revision)) return { method, idText };
    return { method, idText, headers: messageHeaders(method, revision, bytes, scan, (name) => this.#tools.get(name)) };
  }

  /** The hub's answer to a request of this method. */
  answered(method: string, bytes: Buffer, { resultStart, resultEnd }: Scan): void {
    if (method !== "tools/list" || resultStart < 0) return;
    const tools = findMember(bytes, resultStart, resultEnd, "tools");
    if (tools === undefined) return;
    elements(bytes, tools.start, tools.end, (start, end) => {
      for (const [name, headers] of toolHeaders(bytes.subarray(start, end))) {
        if (this.#tools.size < maxTools) this.#tools.set(name, headers);
      }
    });
  }
}

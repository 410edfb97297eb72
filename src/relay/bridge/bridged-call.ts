// One call whose client and Core are not both of the legacy era: what of the request and of the answer is written another way for the other
// side (requests.ts, results.ts say what).
import { type ByteString, type Frame, flatten, frameOfByteText, noSplices, type Splice } from "../../wire/frame.ts";
import type { Scan } from "../../wire/scan.ts";
import type { Call, CallHook, CallOutcome, ClientSession } from "../call.ts";
import type { Request } from "../request.ts";
import { fingerprint } from "./fingerprint.ts";
import type { Parks } from "./parks.ts";
import { roundOf, withEnvelope, withoutEnvelope } from "./requests.ts";
import { answerEdits, rulesOfEras } from "./results.ts";

/** Where the parts of a request are that the bridge has to do with: of a message that may be another one's later. */
type Places = Pick<Scan, "methodEnd" | "paramsStart" | "paramsEnd" | "metaStart" | "metaEnd">;

export interface BridgedCallDeps {
  readonly parks: Pick<Parks, "over">;
  /** The hub's own, as JSON. */
  readonly serverInfo: ByteString;
  /** What this session says of itself to modern Cores. */
  envelopeOf(session: ClientSession): ByteString;
}

export class BridgedCall implements CallHook {
  readonly #deps: BridgedCallDeps;
  readonly #session: ClientSession;
  readonly #method: string;
  readonly #request: Frame;
  readonly #places: Places;
  readonly #wrapsOutput: boolean;

  constructor({ session, method, frame, text, scan }: Request, wrapsOutput: boolean, deps: BridgedCallDeps) {
    this.#deps = deps;
    this.#session = session;
    this.#method = method;
    // A small frame may be a slice of much more.
    this.#request = text === undefined ? frame : frameOfByteText(text);
    const { methodEnd, paramsStart, paramsEnd, metaStart, metaEnd } = scan;
    this.#places = { methodEnd, paramsStart, paramsEnd, metaStart, metaEnd };
    this.#wrapsOutput = wrapsOutput;
  }

  fingerprint(): string {
    const { paramsStart, paramsEnd } = this.#places;
    return fingerprint(this.#method, flatten(this.#request), paramsStart, paramsEnd);
  }

  sends({ lane }: Call): readonly Splice[] {
    const isModern = lane.core.era === "modern";
    if (isModern === (this.#session.era === "modern")) return noSplices;
    const request = { bytes: flatten(this.#request), text: this.#request.text, scan: this.#places };
    if (isModern) return withEnvelope(request, this.#deps.envelopeOf(this.#session));
    return withoutEnvelope(request, roundOf(request));
  }

  edits(frame: Frame, scan: Scan, { lane }: Call): readonly Splice[] {
    const rules = rulesOfEras(this.#session.era, lane.core.era);
    if (rules === undefined) return noSplices;
    const { serverInfo } = this.#deps;
    return answerEdits(rules, frame, scan, { method: this.#method, wrapsOutput: this.#wrapsOutput, serverInfo });
  }

  over(outcome: CallOutcome, call: Call): void {
    this.#deps.parks.over(call, outcome === "abandoned");
  }
}

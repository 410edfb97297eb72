// The one place that knows both eras: what becomes of a request whose client and Core are not both of the legacy one (docs/decisions/0027).

import { without } from "../../wire/cut-members.ts";
import { type Frame, flatten, frameOfByteText, noSplices, type Splice } from "../../wire/frame.ts";
import { findMember, type Range } from "../../wire/json.ts";
import { type Scan, stringAt } from "../../wire/scan.ts";
import type { Call, CallHook, CallOutcome, ClientSession, Lane } from "../call.ts";
import type { Request } from "../request.ts";
import { fingerprint } from "./fingerprint.ts";
import type { Parks } from "./parks.ts";
import { endpointOf, type RequestState, type SealedStates, subjectOf } from "./sealed-state.ts";

export interface BridgeDeps {
  readonly parks: Parks;
  readonly states: SealedStates;
}

export class Bridge {
  readonly #deps: BridgeDeps;

  constructor(deps: BridgeDeps) {
    this.#deps = deps;
  }

  /** The session that what this call's Core asks belongs to; undefined where no more may be parked. */
  sessionOf(call: Call): ClientSession | undefined {
    const bridged = call.hooks?.find((hook) => hook instanceof BridgedCall);
    return bridged === undefined ? undefined : this.#deps.parks.sessionOf(call, () => bridged.fingerprint());
  }

  /**
   * What a request of the modern era brings back that the hub gave its client to keep; undefined for nearly all. Throws `envelope_invalid` for
   * what was not given for this request.
   */
  stateOf(request: Request, coreKey: string): RequestState | undefined {
    const { session, bytes, scan, text, method } = request;
    const { paramsStart: start, paramsEnd: end } = scan;
    if (session.era === "legacy" || start < 0) return undefined;
    // A key may be written with escapes, which few do.
    if (text !== undefined && !text.includes("requestState", start) && !text.includes("\\", start)) return undefined;
    const range = findMember(bytes, start, end, "requestState");
    if (range === undefined) return undefined;
    const by = {
      core: coreKey,
      fp: fingerprint(method, bytes, start, end),
      sub: subjectOf(session.principal),
      endpoint: endpointOf(session),
    };
    const state = bytes[range.start] === 0x22 ? stringAt(bytes, range.start, range.end) : "";
    return this.#deps.states.open(state, by);
  }

  resume(state: RequestState, request: Request): void {
    this.#deps.parks.resume(state, request);
  }

  /** Undefined where both are of the legacy era. */
  hook(request: Request, lane: Lane): CallHook | undefined {
    const { session } = request;
    const { core } = lane;
    // Of an instance that is still starting nobody knows yet.
    if (session.era === "legacy" && core.era === "legacy" && core.state.t === "up") return undefined;
    return new BridgedCall(request, this.#deps);
  }
}

/** Takes part in one call across the eras. */
class BridgedCall implements CallHook {
  readonly #deps: BridgeDeps;
  readonly #session: ClientSession;
  readonly #method: string;
  readonly #request: Frame;
  readonly #params: Range;
  readonly #meta: Range;

  constructor({ session, method, frame, text, scan }: Request, deps: BridgeDeps) {
    this.#deps = deps;
    this.#session = session;
    this.#method = method;
    // A small frame may be a slice of much more.
    this.#request = text === undefined ? frame : frameOfByteText(text);
    this.#params = { start: scan.paramsStart, end: scan.paramsEnd };
    this.#meta = { start: scan.metaStart, end: scan.metaEnd };
  }

  fingerprint(): string {
    return fingerprint(this.#method, flatten(this.#request), this.#params.start, this.#params.end);
  }

  sends({ lane }: Call): readonly Splice[] {
    if (this.#session.era === "legacy" || lane.core.era === "modern") return noSplices;
    const bytes = flatten(this.#request);
    const ofMeta = without(bytes, this.#meta, (key) => key.startsWith(reserved) && !throughKeys.has(key));
    const ofParams = without(
      bytes,
      this.#params,
      (key) => ofTheRound.has(key) || (key === "_meta" && ofMeta === "all"),
    );
    return [ofMeta, ofParams].flatMap((edits) => (edits === "all" ? noSplices : edits));
  }

  edits(_frame: Frame, { resultStart }: Scan, { lane }: Call): readonly Splice[] {
    if (this.#session.era === "legacy" || lane.core.era === "modern" || resultStart < 0) return noSplices;
    return [{ start: resultStart + 1, end: resultStart + 1, text: '"resultType":"complete",' }];
  }

  over(outcome: CallOutcome, call: Call): void {
    this.#deps.parks.over(call, outcome === "abandoned");
  }
}

const ofTheRound: ReadonlySet<string> = new Set(["inputResponses", "requestState"]);

/** What is between two hops only, and what of it is not. */
const reserved = "io.modelcontextprotocol/";
const throughKeys: ReadonlySet<string> = new Set([`${reserved}related-task`, `${reserved}model-immediate-response`]);

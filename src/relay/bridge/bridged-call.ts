// Takes part in one call whose client and Core are not both of the legacy era. Of which era its Core is shows when the call is sent.
import { HubError } from "../../base/errors.ts";
import type { ToolRoute } from "../../catalog/model.ts";
import { cutMembers } from "../../wire/cut-members.ts";
import {
  type ByteString,
  byPlace,
  byteString,
  byteText,
  type Frame,
  flatten,
  frameOf,
  joined,
  merged,
  noSplices,
  type Splice,
} from "../../wire/frame.ts";
import { elements, findMember, type Range } from "../../wire/json.ts";
import { paramAt } from "../../wire/params.ts";
import type { Scan } from "../../wire/scan.ts";
import { resultFrame, resultOf } from "../answers.ts";
import type { Call, CallHook, CallOutcome, ClientSession } from "../call.ts";
import { errorCodeIn } from "../call-errors.ts";
import { kindsOf } from "../downgrade.ts";
import type { Request } from "../request.ts";
import { fingerprint } from "./fingerprint.ts";
import { InputLoop, type InputLoopDeps, labelEdits } from "./input-loop.ts";
import { type InputRequired, readInputRequired, textAt } from "./input-required.ts";
import { KeptRequest } from "./kept-request.ts";
import type { Parks } from "./parks.ts";
import {
  declaresTasks,
  type EnvelopeCuts,
  envelopedRound,
  roundOf,
  withEnvelope,
  withoutEnvelope,
  withoutTasks,
} from "./requests.ts";
import { type Answered, answerEdits, rulesOfEras } from "./results.ts";
import { saysComplete } from "./says-complete.ts";
import {
  endpointOf,
  newStateId,
  type RequestState,
  type SealedStates,
  type StateKind,
  subjectOf,
} from "./sealed-state.ts";

/** How long a client may keep what holds up nobody. */
const keptMs = 60 * 60_000;
/** Of a Core's own state: clients send it back with every round. */
const maxStateBytes = 256 * 1024;

export interface BridgedCallDeps extends InputLoopDeps {
  readonly parks: Pick<Parks, "over">;
  readonly states: SealedStates;
  /** The hub's own, as JSON. */
  readonly serverInfo: ByteString;
  readonly cuts: EnvelopeCuts;
  /** What this session says of itself to modern Cores. */
  envelopeOf(session: ClientSession): ByteString;
}

export type CalledTool = Pick<ToolRoute, "canonical" | "wrapsOutput" | "needsTask">;

export class BridgedCall implements CallHook, Answered {
  /** The canonical name of the tool that is called; undefined for another call. */
  readonly tool: string | undefined;
  readonly method: string;
  readonly wrapsOutput: boolean;
  readonly dropsStructured: boolean;
  readonly serverInfo: ByteString;
  /** The answer that is just looked at. */
  isComplete = false;
  readonly #deps: BridgedCallDeps;
  readonly #session: ClientSession;
  readonly #request: KeptRequest;
  /** What the client brought back from the round before. */
  readonly #state: RequestState | undefined;
  #loop: InputLoop | undefined;
  /** That the Core asks for input, in the answer that is just looked at. */
  #said: InputRequired | string | undefined;
  /** What the client was told last; the Core starts anew when it is asked again. */
  #progress = Number.NEGATIVE_INFINITY;

  constructor(request: Request, state: RequestState | undefined, tool: CalledTool | undefined, deps: BridgedCallDeps) {
    const { session, method } = request;
    const { profile } = session.caller;
    this.tool = tool?.canonical;
    this.method = method;
    this.wrapsOutput = tool?.wrapsOutput === true;
    this.dropsStructured =
      profile !== undefined && kindsOf(profile.downgrade, session.revision)?.has("structured_content") === true;
    this.serverInfo = deps.serverInfo;
    this.#deps = deps;
    this.#session = session;
    this.#request = new KeptRequest(request);
    this.#state = state;
  }

  /** The answer by which the hub itself asks the client: members of `inputRequests`, or undefined, for a client that is only to come back. */
  inputRequired(call: Call, requests: ByteString | undefined): Frame {
    const asked = requests === undefined ? "" : `"inputRequests":{${requests}},`;
    const state = this.#sealed("url", call, undefined);
    const result = `{"resultType":"input_required",${asked}"requestState":"${state}"}`;
    return resultFrame(call.idText, Buffer.from(result, "latin1"));
  }

  fingerprint(): string {
    const { bytes, paramsStart, paramsEnd } = this.#request;
    return fingerprint(this.method, bytes, paramsStart, paramsEnd);
  }

  sends({ lane, watch }: Call): readonly Splice[] {
    const request = this.#request;
    const isToModern = lane.core.era === "modern";
    if (this.#session.era === "legacy") {
      return isToModern ? this.#enveloped(request) : noSplices;
    }
    if (isToModern) {
      const unwrapped = this.#unwrapped(request);
      const isToldOfTasks = lane.policy.keepsTasks || !declaresTasks(this.#session.capabilities);
      return isToldOfTasks ? unwrapped : merged(unwrapped, withoutTasks(request));
    }
    const round = roundOf(request);
    // Who watches the call puts the trace in.
    const isWatched = watch !== undefined;
    return round === undefined ? this.#deps.cuts.of(request, request.meta, isWatched) : withoutEnvelope(request, round);
  }

  takes(frame: Frame, scan: Scan, call: Call): (() => void) | undefined {
    if (scan.errorStart >= 0) return this.#takesError(frame, scan, call);
    if (call.lane.core.era === "legacy") return undefined;
    this.isComplete = saysComplete(frame, scan);
    const said = this.isComplete ? undefined : readInputRequired(frame, scan);
    this.#said = said;
    if (said === undefined) {
      this.#loop?.settled();
      return undefined;
    }
    if (this.#session.era === "legacy") {
      return () => {
        this.#loop ??= new InputLoop(call, this.#request.frame, this.#request.paramsEnd, this.#deps);
        if (typeof said === "string") this.#loop.fail(said);
        else this.#loop.round(said);
      };
    }
    const flaw = typeof said === "string" ? said : this.#flawOf(said, call);
    return flaw === undefined ? undefined : () => this.#deps.calls.refuse(call, inputRefused(call, flaw));
  }

  edits(frame: Frame, scan: Scan, call: Call): readonly Splice[] {
    const rules = rulesOfEras(this.#session.era, call.lane.core.era);
    if (rules === undefined) return noSplices;
    const edits = answerEdits(rules, frame, scan, this);
    const said = this.#said;
    if (this.#session.era === "legacy" || said === undefined || typeof said === "string") return edits;
    return [...edits, ...this.#wrapped(said, scan, call)].sort(byPlace);
  }

  /** Once a call has been sent again, its progress may go back: the client hears only what goes on. */
  drops(frame: Frame, scan: Scan): boolean {
    if (this.#session.era === "modern") return false;
    const bytes = flatten(frame);
    const range = paramAt(bytes, scan, "progress");
    const progress = range === undefined ? Number.NaN : Number(byteText(bytes, range.start, range.end));
    if (this.#loop !== undefined && !(progress > this.#progress)) return true;
    if (progress > this.#progress) this.#progress = progress;
    return false;
  }

  over(outcome: CallOutcome, call: Call): void {
    this.#loop?.over();
    this.#deps.parks.over(call, outcome === "abandoned");
  }

  /** From a legacy client: it says nothing of itself, and what belongs to rounds is not its to say. */
  #enveloped(request: KeptRequest): readonly Splice[] {
    const envelope = this.#deps.envelopeOf(this.#session);
    const round = roundOf(request);
    return round === undefined ? withEnvelope(request, envelope) : envelopedRound(request, round, envelope);
  }

  /** To a modern Core: the Core's own state in the place of the hub's. */
  #unwrapped(request: KeptRequest): readonly Splice[] {
    if (this.#state === undefined) return noSplices;
    const round = roundOf(request);
    if (round?.requestState === undefined) return noSplices;
    const { t, inner } = this.#state;
    if (t === "wrap" && inner !== undefined) return [{ ...rangeOf(round.requestState), text: inner }];
    // What the hub asked is not the Core's to hear.
    const cut = t === "url" ? ["requestState", "inputResponses"] : ["requestState"];
    return cutMembers(request.bytes, request.paramsStart, round.all, new Set(cut));
  }

  #takesError(frame: Frame, scan: Scan, call: Call): (() => void) | undefined {
    const number = errorCodeIn(frame, scan);
    const isFromModern = call.lane.core.era === "modern";
    if (number === "-32021" && isFromModern) return this.#takesUndeclared(frame, scan, call);
    if (number === "-32042" && !isFromModern && this.#session.era === "modern")
      return this.#takesPages(flatten(frame), scan, call);
    return undefined;
  }

  /** The Core needs what the client has not declared that it can do. */
  #takesUndeclared(frame: Frame, scan: Scan, call: Call): (() => void) | undefined {
    const { calls } = this.#deps;
    if (this.#session.era === "modern") {
      // The Core was told exactly what the request declares, so that this is the client's to know.
      const own = joined(frame, [{ start: scan.idStart, end: scan.idEnd, text: call.idText }], "", "");
      return () => calls.finish(call, frameOf(own), "capability_missing");
    }
    if (this.method !== "tools/call") return undefined;
    const message = textAt(flatten(frame), findMember(flatten(frame), scan.errorStart, scan.errorEnd, "message")) ?? "";
    const text = `core "${call.lane.core.name}" needs a client that can be asked for more than this one: ${message}`;
    const result = resultOf({ content: [{ type: "text", text }], isError: true });
    return () => calls.finish(call, resultFrame(call.idText, result));
  }

  /** Pages have to be seen to before the call is made again (2025-11-25): to a modern client that is input like any other. */
  #takesPages(bytes: Buffer, scan: Scan, call: Call): (() => void) | undefined {
    const data = findMember(bytes, scan.errorStart, scan.errorEnd, "data");
    const list = data === undefined ? undefined : findMember(bytes, data.start, data.end, "elicitations");
    if (list === undefined || this.#deps.asks.refusal(call, "elicitation/create", urlMode) !== undefined)
      return undefined;
    const label = call.lane.policy.label;
    const requests: string[] = [];
    elements(bytes, list.start, list.end, (start, end) => {
      const url = textAt(bytes, findMember(bytes, start, end, "url"));
      const message = textAt(bytes, findMember(bytes, start, end, "message")) ?? "";
      if (url === undefined) return;
      const params = { mode: "url", message: label === undefined ? message : `[${label}] ${message}`, url };
      requests.push(`"k${requests.length + 1}":${JSON.stringify({ method: "elicitation/create", params })}`);
    });
    if (requests.length === 0) return undefined;
    const asked = this.inputRequired(call, byteString(requests.join(",")));
    return () => this.#deps.calls.finish(call, asked);
  }

  /** Of a Core that asks what its client cannot be asked, or keeps too much. */
  #flawOf({ bytes, requests, state }: InputRequired, call: Call): string | undefined {
    if (state !== undefined && state.end - state.start > maxStateBytes) return "gave a requestState that is too large";
    for (const { method, params } of requests) {
      const refusal = this.#deps.asks.refusal(call, method, { bytes, ...(params ?? { start: -1, end: -1 }) });
      if (refusal !== undefined) return `asked for input that it cannot have: ${refusal.message}`;
    }
    return undefined;
  }

  #wrapped({ bytes, requests, state }: InputRequired, { resultStart }: Scan, call: Call): readonly Splice[] {
    const inner = state === undefined ? undefined : byteText(bytes, state.start, state.end);
    const sealed = `"${this.#sealed("wrap", call, inner)}"`;
    const edits = requests.flatMap(({ method, params }) => labelEdits(call.lane.policy.label, method, bytes, params));
    if (state !== undefined) edits.push({ ...rangeOf(state), text: sealed });
    else edits.push({ start: resultStart + 1, end: resultStart + 1, text: `"requestState":${sealed},` });
    return edits;
  }

  #sealed(t: StateKind, call: Call, inner: ByteString | undefined): string {
    const { states } = this.#deps;
    const session = this.#session;
    const about = { core: call.lane.core.name, fp: this.fingerprint(), sub: subjectOf(session.principal) };
    const round = (this.#state?.round ?? 0) + 1;
    return states.seal(
      { t, id: newStateId(), ...about, round, exp: states.now() + keptMs, inner },
      endpointOf(session),
    );
  }
}

const urlMode = { bytes: Buffer.from('{"mode":"url"}'), start: 0, end: 14 };

function rangeOf({ start, end }: Range): Range {
  return { start, end };
}

function inputRefused({ lane }: Call, what: string): HubError {
  return new HubError("input_refused", `core "${lane.core.name}" ${what}`, { core: lane.core.name });
}

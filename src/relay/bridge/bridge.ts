// The one place that knows both eras: what becomes of a request whose client and Core are not both of the legacy one (docs/decisions/0027).

import type { ByteString, Frame } from "../../wire/frame.ts";
import { findMember } from "../../wire/json.ts";
import { stringAt } from "../../wire/scan.ts";
import type { Call, CallHook, ClientSession, Lane } from "../call.ts";
import type { Request } from "../request.ts";
import { BridgedCall, type BridgedCallDeps, type CalledTool } from "./bridged-call.ts";
import { fingerprint } from "./fingerprint.ts";
import type { Parks } from "./parks.ts";
import { EnvelopeCuts } from "./requests.ts";
import { endpointOf, type RequestState, subjectOf } from "./sealed-state.ts";
import { SessionEnvelopes } from "./session-envelope.ts";

export interface BridgeDeps extends Omit<BridgedCallDeps, "envelopeOf" | "cuts"> {
  readonly parks: Parks;
}

export class Bridge {
  readonly #deps: BridgeDeps;
  readonly #calls: BridgedCallDeps;

  constructor(deps: BridgeDeps) {
    this.#deps = deps;
    const envelopes = new SessionEnvelopes();
    this.#calls = { ...deps, cuts: new EnvelopeCuts(), envelopeOf: (session) => envelopes.of(session) };
  }

  /** The session that what this call's Core asks belongs to; undefined where no more may be parked. */
  sessionOf(call: Call): ClientSession | undefined {
    const bridged = call.hooks?.find((hook) => hook instanceof BridgedCall);
    return bridged === undefined
      ? undefined
      : this.#deps.parks.sessionOf(call, () => bridged.fingerprint(), bridged.tool);
  }

  /**
   * What a request of the modern era brings back that the hub gave its client to keep; undefined for nearly all. Throws `envelope_invalid` for
   * what was not given for this request.
   */
  stateOf(request: Request, coreKey: string | undefined): RequestState | undefined {
    const { session, scan, method } = request;
    if (scan.others === 0 || session.era === "legacy") return undefined;
    const { paramsStart: start, paramsEnd: end } = scan;
    const { bytes } = request;
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

  /** The answer by which the client of this call is asked for input on behalf of the hub; undefined where it knows no such answers. */
  inputRequired(call: Call, requests: ByteString | undefined): Frame | undefined {
    const bridged = call.hooks?.find((hook) => hook instanceof BridgedCall);
    return call.session.era === "legacy" ? undefined : bridged?.inputRequired(call, requests);
  }

  /** False: the request is a call like any other, with this state. */
  resume(state: RequestState, request: Request): boolean {
    if (state.t !== "park") return false;
    this.#deps.parks.resume(state, request);
    return true;
  }

  /** Undefined where both are of the legacy era. `tool`: that is called. */
  hook(request: Request, lane: Lane, state: RequestState | undefined, tool?: CalledTool): CallHook | undefined {
    const { session } = request;
    const { core } = lane;
    // Of an instance that is still starting nobody knows yet.
    if (session.era === "legacy" && core.era === "legacy" && core.state.t === "up") return undefined;
    return new BridgedCall(request, state, tool, this.#calls);
  }
}

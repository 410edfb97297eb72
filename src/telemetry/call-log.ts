// A debug line for every step of every call. Made only where the log shows such lines; a tracer beside it gives them their
// place in a trace.
import type { Clock } from "../base/clock.ts";
import type { HubError } from "../base/errors.ts";
import type { Frame, Splice } from "../wire/frame.ts";
import { type Scan, stringAt } from "../wire/scan.ts";
import {
  type Abandoned,
  type CallObserver,
  type CallWatch,
  type ObservedCall,
  type OwnAnswer,
  reqIdOf,
} from "./call-observer.ts";
import type { Log } from "./log.ts";

export function logCalls(deps: { log: Log; clock: Clock; tracer: CallObserver | undefined }): CallObserver {
  const { log, clock, tracer } = deps;
  return {
    begin: (call, bytes, scan, rename) => {
      const traced = tracer?.begin(call, bytes, scan, rename);
      // Which tool, or prompt, as its client calls it; a resource's uri may carry arguments.
      const name = scan.nameStart < 0 ? undefined : stringAt(bytes, scan.nameStart, scan.nameEnd);
      return new LoggedCall(call, name, traced, log, clock);
    },
    answered: (answer: OwnAnswer) => {
      tracer?.answered(answer);
      const { session, method, error, reqId } = answer;
      // What was refused may have any method: the log cuts and masks it like everything else.
      if (error === undefined) log.debug("request_answered", { session: session.id, method });
      else log.debug("request_refused", { req_id: reqId, session: session.id, method, code: error.code });
    },
  };
}

class LoggedCall implements CallWatch {
  readonly #facts: Record<string, unknown>;
  readonly #traced: CallWatch | undefined;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #beganMs: number;

  constructor(call: ObservedCall, name: string | undefined, traced: CallWatch | undefined, log: Log, clock: Clock) {
    const { session, lane, method } = call;
    this.#facts = { req_id: reqIdOf(call), session: session.id, core: lane.core.name, method, name, ...traced?.trace };
    this.#traced = traced;
    this.#log = log;
    this.#clock = clock;
    this.#beganMs = clock.now();
  }

  get trace(): CallWatch["trace"] {
    return this.#traced?.trace;
  }

  sent(splices: readonly Splice[]): readonly Splice[] {
    this.#say("call_sent");
    return this.#traced?.sent(splices) ?? splices;
  }

  answered(frame: Frame, scan: Scan): void {
    this.#traced?.answered(frame, scan);
    this.#say("call_answered", { error: scan.errorStart >= 0 });
  }

  failed(error: HubError): void {
    this.#traced?.failed(error);
    this.#say("call_failed", { code: error.code, reason: error.message });
  }

  abandoned(why: Abandoned): void {
    this.#traced?.abandoned(why);
    this.#say("call_abandoned", { why });
  }

  #say(msg: string, more?: Record<string, unknown>): void {
    const ms = Math.round((this.#clock.now() - this.#beganMs) * 1000) / 1000;
    this.#log.debug(msg, { ...this.#facts, ...more, ms });
  }
}

// What watches calls where somebody wants to see each of them: traces, debug lines of the log. The relay has at most one
// observer, and without it a call costs nothing more. Types, and the name of a call.
import type { DoorKind } from "../base/door-kind.ts";
import type { HubError } from "../base/errors.ts";
import type { ByteString, Frame, Splice } from "../wire/frame.ts";
import type { Scan } from "../wire/scan.ts";
import type { TraceText } from "../wire/trace-context.ts";

/** What an observer sees of a session; the relay's own has more. */
export interface ObservedSession {
  readonly id: string;
  readonly door: DoorKind;
  readonly revision: string | undefined;
  readonly principal: { readonly name: string };
  /** The client's address, or `unix`; undefined on STDIO. */
  readonly peer: string | undefined;
  /** The trace context that the connection was opened with. */
  readonly trace: TraceText | undefined;
}

/** What an observer sees of a call; the relay's own has more. */
export interface ObservedCall {
  readonly session: ObservedSession;
  readonly lane: { readonly core: { readonly name: string } };
  readonly replies: { readonly trace?: TraceText | undefined };
  readonly idText: ByteString;
  readonly method: string;
  readonly hubId: number;
}

/** A request that the hub answered itself, with a result or with an error. */
export interface OwnAnswer {
  readonly session: ObservedSession;
  readonly replies: { readonly trace?: TraceText | undefined };
  readonly idText: ByteString;
  readonly method: string;
  readonly bytes: Buffer;
  readonly scan: Scan;
  readonly error?: HubError;
  readonly reqId?: string;
}

export interface CallObserver {
  /** A call begins. `bytes` and `scan` are valid during this call only; `rename` has the Core's own name for what is called. */
  begin(call: ObservedCall, bytes: Buffer, scan: Scan, rename: Splice | undefined): CallWatch;
  /** `bytes` and `scan` are valid during this call only. */
  answered(answer: OwnAnswer): void;
}

/** `cancelled` by its client, or its client left. */
export type Abandoned = "cancelled" | "client_left";

/** One call under watch. `sent` comes at most once, then exactly one of the others. */
export interface CallWatch {
  /** The call's place in a trace, for log lines. */
  readonly trace: { readonly trace_id: string; readonly span_id: string } | undefined;
  /** The request is about to be written to the Core: returns the splices to write it with. */
  sent(splices: readonly Splice[]): readonly Splice[];
  /** The Core answered: `scan` has the ranges of `frame`, during this call only. */
  answered(frame: Frame, scan: Scan): void;
  /** The hub answered with an error. */
  failed(error: HubError): void;
  /** Nobody waits for an answer any more. */
  abandoned(why: Abandoned): void;
}

/**
 * The name of a call: in the log, in `error.data.req_id`, in its spans. The session, the Core, and the id of the request towards
 * the Core, so that it is found in the Core's own log as well. Unique in one run of the hub.
 */
export function reqIdOf(call: Pick<ObservedCall, "lane" | "hubId"> & { session: { readonly id: string } }): string {
  return `${call.session.id}.${call.lane.core.name}.${call.hubId}`;
}

// The port behind every door: what a door needs from the relay, and the relay from a door. Types only.
import type { DoorKind } from "../base/door-kind.ts";
import type { EndReason } from "../base/end-reason.ts";
import type { Principal } from "../sessions/principal.ts";
import type { Frame, ReplySink } from "../wire/frame.ts";
import type { MessageReader } from "../wire/message-reader.ts";
import type { SentParamHeaders } from "../wire/param-headers.ts";
import type { TraceText } from "../wire/trace-context.ts";

/** Who was let in, and from where: the client's address as far as trusted proxies tell it, or `unix`. */
export interface Guest {
  readonly principal: Principal;
  readonly peer: string | undefined;
  /** The profile that the path names: `/mcp/p/claude`. */
  readonly profile?: string | undefined;
  /** Of the rules that let it in (`Auth.version`). */
  readonly version?: number;
}

/** Who a guest is by now: the rules may be others than those that let it in. The same object: nothing is other; undefined: nobody any more. */
export type Judge = (guest: Guest) => Guest | undefined;

export interface Visit {
  readonly principal: Principal;
  /** Where the client's messages go, unless a request has a sink of its own. Never throws; `full` and `closed` are answers. */
  readonly sink: ReplySink;
  readonly door: DoorKind;
  /** The client's address, or `unix`; undefined for who came in by no network. */
  readonly peer?: string | undefined;
  /** The profile that the client asked for. */
  readonly profile?: string | undefined;
  /** The trace context of the request that opened the connection; absent for most. */
  readonly trace?: TraceText | undefined;
  /** The headers by which its one call repeats arguments; undefined where messages have no headers, or these are not looked at. */
  readonly paramHeaders?: SentParamHeaders | undefined;
  /** Asks the door to end the connection; `leave` is still called, once, when it has ended. */
  end(reason: EndReason): void;
}

export interface Visitor {
  /**
   * One message of the client, whole and unscanned. The frame is the visitor's from now on. `readMs`: the clock's time when its last
   * bytes were read; a door reads the clock once for all messages of a chunk.
   */
  receive(frame: Frame, readMs?: number): void;
  /** The client sent something that is no message; the visitor answers it. */
  fault(code: "too_large" | "parse_error" | "request_invalid", message: string): void;
  /** The client is gone: nothing may be sent any more. Called exactly once. */
  leave(): void;
  /** Requests read and not answered yet. */
  readonly busy: number;
  /** Resolves when `busy` is 0. */
  whenIdle(): Promise<void>;
}

export interface Doorkeeper {
  open(visit: Visit): Visitor;
}

/** For doors where each request has a response of its own. */
export interface RequestVisitor extends Visitor {
  /**
   * As `receive`, for a message that the door has read itself: one that is at fault is refused. What belongs to a request goes to
   * `replies`, where each request is answered once; a notification or a response leaves it untouched.
   */
  take(message: MessageReader, readMs: number, replies: ReplySink): void;
  /** The same caller goes on with this, which may let it do more or less. */
  renew(principal: Principal): void;
  /** Whether a request of the client stays open to hear of changes. */
  readonly isListening: boolean;
  /** The revision that was agreed on; undefined until initialize is answered. */
  readonly revision: string | undefined;
}

export interface RequestDoorkeeper extends Doorkeeper {
  open(visit: Visit): RequestVisitor;
}

/** Where doors report what an operator should know: `msg` is a stable event name. Never given a header or a token. */
export interface DoorLog {
  debug(msg: string, context?: Record<string, unknown>): void;
  info(msg: string, context?: Record<string, unknown>): void;
  warn(msg: string, context?: Record<string, unknown>): void;
}

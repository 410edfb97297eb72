// Calls as spans: SERVER for the client's request, from its arrival to its answer, and CLIENT inside it for the Core's part. The
// context of the CLIENT span goes on to the Core.
import {
  type Attributes,
  type Context,
  type HrTime,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { parseTraceParent, TraceState } from "@opentelemetry/core";
import type { HubError } from "../../base/errors.ts";
import { type ByteString, type Frame, flatten, type Splice, textOf } from "../../wire/frame.ts";
import { findMember } from "../../wire/json.ts";
import { type Scan, stringAt } from "../../wire/scan.ts";
import {
  mergeSplices,
  type TracePlace,
  type TraceText,
  tracePlace,
  traceSplices,
  traceText,
} from "../../wire/trace-context.ts";
import {
  type Abandoned,
  type CallObserver,
  type CallWatch,
  type ObservedCall,
  type ObservedSession,
  type OwnAnswer,
  reqIdOf,
} from "../call-observer.ts";
import type { TracedCore } from "../telemetry.ts";
import { boundedMethod, idOf, targetOf } from "./attributes.ts";

export interface CallTracerDeps {
  readonly tracer: Tracer;
  now(): HrTime;
  /** For what a client wrote that goes into a span: ids, vendor state, names in the hub's errors. */
  maskText(text: string): string;
  core(name: string): TracedCore | undefined;
}

/** In larger results it is not looked whether the tool failed. */
const maxSearchedBytes = 64 * 1024;
const maxTraceparentChars = 256;

export class CallTracer implements CallObserver {
  readonly #deps: CallTracerDeps;

  constructor(deps: CallTracerDeps) {
    this.#deps = deps;
  }

  begin(call: ObservedCall, bytes: Buffer, scan: Scan, rename: Splice | undefined): CallWatch {
    const { lane, method } = call;
    const place = tracePlace(bytes, scan);
    const text = place === undefined ? {} : traceText(bytes, place);
    const name = scan.nameStart < 0 ? undefined : stringAt(bytes, scan.nameStart, scan.nameEnd);
    const span = this.#startServer(call, method, name, text);
    if (span.isRecording()) {
      span.setAttributes({
        "jsonrpc.request.id": this.#deps.maskText(idOf(call.idText)),
        "thehub.core": lane.core.name,
        "thehub.req_id": reqIdOf(call),
      });
    }
    return new TracedCall(
      call,
      span,
      { place, text, native: rename === undefined ? name : nameIn(rename.text) },
      this.#deps,
    );
  }

  answered(answer: OwnAnswer): void {
    const { idText, method, bytes, scan, error, reqId } = answer;
    // Clients ping to see that somebody is there: a span each would say nothing more.
    if (method === "ping" && error === undefined) return;
    const place = tracePlace(bytes, scan);
    const text = place === undefined ? {} : traceText(bytes, place);
    const span = this.#startServer(answer, boundedMethod(method), undefined, text);
    if (span.isRecording()) {
      span.setAttribute("jsonrpc.request.id", this.#deps.maskText(idOf(idText)));
      if (reqId !== undefined) span.setAttribute("thehub.req_id", reqId);
      // Its message stays out: it quotes what the client wrote.
      if (error !== undefined) markFailed(span, error);
    }
    span.end(this.#deps.now());
  }

  /** The message's own context is its parent; without one, that of the request it came with, which is a link otherwise. */
  #startServer(asked: Asked, method: string, name: string | undefined, text: TraceText): Span {
    const own = remoteContext(text, this.#deps);
    const carrier = cameWith(asked);
    const outer = carrier === undefined ? undefined : remoteContext(carrier, this.#deps);
    const parent = own ?? outer;
    const links: Link[] = own !== undefined && outer !== undefined ? [{ context: outer }] : [];
    const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    const target = targetOf(method, name);
    const span = this.#deps.tracer.startSpan(
      target.name,
      { kind: SpanKind.SERVER, links, startTime: this.#deps.now() },
      context,
    );
    if (!span.isRecording()) return span;
    return span.setAttributes({ ...target.attributes, ...sessionAttributes(asked.session) });
  }
}

class TracedCall implements CallWatch {
  readonly trace: CallWatch["trace"];
  readonly #call: ObservedCall;
  readonly #server: Span;
  readonly #request: { place: TracePlace | undefined; text: TraceText; native: string | undefined };
  readonly #deps: CallTracerDeps;
  #client: Span | undefined;

  constructor(
    call: ObservedCall,
    server: Span,
    request: { place: TracePlace | undefined; text: TraceText; native: string | undefined },
    deps: CallTracerDeps,
  ) {
    this.#call = call;
    this.#server = server;
    this.#request = request;
    this.#deps = deps;
    const { traceId, spanId } = server.spanContext();
    this.trace = { trace_id: traceId, span_id: spanId };
  }

  sent(splices: readonly Splice[]): readonly Splice[] {
    const { lane, method, hubId } = this.#call;
    const { native, place } = this.#request;
    const target = targetOf(method, native);
    const context: Context = trace.setSpan(ROOT_CONTEXT, this.#server);
    const client = this.#deps.tracer.startSpan(
      target.name,
      { kind: SpanKind.CLIENT, startTime: this.#deps.now() },
      context,
    );
    this.#client = client;
    if (client.isRecording()) {
      const { revision, isRemote = false } = this.#deps.core(lane.core.name) ?? {};
      client.setAttributes({
        ...target.attributes,
        ...(revision === undefined ? {} : { "mcp.protocol.version": revision }),
        "jsonrpc.request.id": String(hubId),
        "network.transport": isRemote ? "tcp" : "pipe",
        "thehub.core": lane.core.name,
        "thehub.req_id": reqIdOf(this.#call),
      });
    }
    if (place === undefined) return splices;
    return mergeSplices(splices, place, traceSplices(place, this.#onward(client.spanContext(), cameWith(this.#call))));
  }

  answered(frame: Frame, scan: Scan): void {
    if (this.#server.isRecording()) {
      const attributes = scan.errorStart >= 0 ? coreError(frame, scan) : toolError(this.#call.method, frame, scan);
      if (attributes !== undefined) {
        // The Core's message stays out: it may repeat what it was asked.
        for (const span of [this.#client, this.#server]) {
          span?.setAttributes(attributes).setStatus({ code: SpanStatusCode.ERROR });
        }
      }
    }
    this.#end();
  }

  failed(error: HubError): void {
    for (const span of [this.#client, this.#server]) {
      if (span?.isRecording() === true) markFailed(span, error, this.#deps.maskText(error.message));
    }
    this.#end();
  }

  abandoned(why: Abandoned): void {
    this.#client?.setAttribute("thehub.abandoned", why);
    this.#server.setAttribute("thehub.abandoned", why);
    this.#end();
  }

  #end(): void {
    const now = this.#deps.now();
    this.#client?.end(now);
    this.#server.end(now);
  }

  /** What the Core is told. A `tracestate` that belongs to another trace than ours must not stay beside our `traceparent`. */
  #onward({ traceId, spanId, traceFlags, traceState }: SpanContext, outer: TraceText | undefined): TraceText {
    const { text, place } = this.#request;
    const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
    const state = traceState?.serialize() ?? "";
    const isStateSame = state === (text.tracestate ?? "") && (state !== "" || place?.members.tracestate === undefined);
    const baggage = place?.members.baggage === undefined ? outer?.baggage : undefined;
    return {
      traceparent,
      ...(isStateSame ? {} : { tracestate: state }),
      ...(baggage === undefined ? {} : { baggage }),
    };
  }
}

type Asked = Pick<ObservedCall, "session" | "replies">;

/** The context in the headers of the request that brought the message: its own over HTTP, that of the connection elsewhere. */
function cameWith({ session, replies }: Asked): TraceText | undefined {
  return replies.trace ?? session.trace;
}

function sessionAttributes({ id, door, revision, principal, peer }: ObservedSession): Attributes {
  return {
    "mcp.session.id": id,
    ...(revision === undefined ? {} : { "mcp.protocol.version": revision }),
    "network.transport": door === "stdio" ? "pipe" : peer === "unix" ? "unix" : "tcp",
    ...(peer === undefined || peer === "unix" ? {} : { "client.address": peer }),
    ...(door === "stdio" ? {} : { "network.protocol.name": door === "websocket" ? "websocket" : "http" }),
    "thehub.client": principal.name,
  };
}

/** Undefined for what is not a trace context: it counts as absent. */
function remoteContext({ traceparent, tracestate }: TraceText, deps: CallTracerDeps): SpanContext | undefined {
  if (traceparent === undefined || traceparent.length > maxTraceparentChars) return undefined;
  const parsed = parseTraceParent(traceparent);
  if (parsed === null) return undefined;
  if (tracestate === undefined || tracestate === "") return { ...parsed, isRemote: true };
  return { ...parsed, isRemote: true, traceState: new TraceState(deps.maskText(tracestate)) };
}

function markFailed(span: Span, error: HubError, message?: string): void {
  const code = String(error.facts.rpc);
  span
    .setAttributes({ "error.type": code, "rpc.response.status_code": code, "thehub.error.code": error.code })
    .setStatus({ code: SpanStatusCode.ERROR, ...(message === undefined ? {} : { message }) });
}

function coreError(frame: Frame, scan: Scan): Attributes {
  const bytes = flatten(frame);
  const range = findMember(bytes, scan.errorStart, scan.errorEnd, "code");
  const text = range === undefined ? "" : bytes.toString("latin1", range.start, range.end);
  const code = /^-?\d{1,15}$/.test(text) ? text : "_OTHER";
  return { "error.type": code, "rpc.response.status_code": code };
}

/** A tool that failed says so in its result. */
function toolError(method: string, frame: Frame, scan: Scan): Attributes | undefined {
  if (method !== "tools/call" || frame.size > maxSearchedBytes) return undefined;
  const bytes = flatten(frame);
  const range = findMember(bytes, scan.resultStart, scan.resultEnd, "isError");
  const isError = range !== undefined && bytes.toString("latin1", range.start, range.end) === "true";
  return isError ? { "error.type": "tool_error" } : undefined;
}

/** The name in a rename, which is JSON. */
function nameIn(json: ByteString): string {
  return JSON.parse(textOf(json)) as string;
}

// What a request to an MCP endpoint is refused with before it is dispatched: an HTTP status, and a JSON-RPC error for clients that
// look for one.
import { type ErrorCode, errorTable } from "../../base/errors.ts";
import { type ByteString, textOf } from "../../wire/frame.ts";
import type { Reply } from "../reply.ts";
import { drainingText, fullText } from "../router-replies.ts";

/** `idText`: the request's id as it was written, where it is certain. */
export function rpcReply(
  code: ErrorCode,
  message: string,
  { status = errorTable[code].http, idText = "null", headers = {} }: RefusalExtras = {},
): Reply {
  const error = JSON.stringify({ code: errorTable[code].rpc, message, data: { code } });
  return { status, headers, body: `{"jsonrpc":"2.0","id":${textOf(idText)},"error":${error}}\n` };
}

interface RefusalExtras {
  readonly status?: number;
  readonly idText?: ByteString;
  readonly headers?: Record<string, string>;
}

export const wrongContentType: Reply = rpcReply("request_invalid", "the Content-Type must be application/json", {
  status: 415,
  headers: { accept: "application/json" },
});

export const encodedBody: Reply = rpcReply("request_invalid", "send the body without a Content-Encoding", {
  status: 415,
  headers: { "accept-encoding": "identity" },
});

export const nothingAcceptable: Reply = rpcReply(
  "request_invalid",
  "the Accept header must allow application/json, text/event-stream, or both",
  { status: 406 },
);

export const eventsNotAccepted: Reply = rpcReply("request_invalid", "a GET needs Accept: text/event-stream", {
  status: 406,
});

/** Nothing else would ever come of it. `idText`: as with `rpcReply`. */
export function listenNeedsEvents(idText: ByteString): Reply {
  const message = "subscriptions/listen needs Accept: text/event-stream, as what it tells comes on its response";
  return rpcReply("request_invalid", message, { status: 406, idText });
}

export const noBody: Reply = rpcReply("parse_error", "the body is empty; send one JSON-RPC message");

export const noSessionId: Reply = rpcReply(
  "not_initialized",
  "the Mcp-Session-Id header is missing; send initialize first, and the id of its response with every request",
);

export const noSuchSession: Reply = rpcReply(
  "not_initialized",
  "there is no such session (any more); send initialize again",
  {
    status: 404,
  },
);

export const noSuchStream: Reply = rpcReply("not_initialized", "there is no such session (any more); open /sse again", {
  status: 404,
});

export const noSuchEvent: Reply = rpcReply("params_invalid", "Last-Event-ID names no event of this session");

export const noBatches: Reply = rpcReply(
  "request_invalid",
  "batches exist in MCP 2025-03-26 only; send one message a request",
);

export const draining: Reply = drainingFor("null");

/** `idText`: as with `rpcReply`. */
export function drainingFor(idText: ByteString): Reply {
  return rpcReply("draining", drainingText, { idText, headers: { "retry-after": "5" } });
}

export const full: Reply = rpcReply("overloaded", fullText, { headers: { "retry-after": "5" } });

export const crowded: Reply = rpcReply("overloaded", "too much is coming in at once; try again", {
  headers: { "retry-after": "1" },
});

export const tooMany: Reply = rpcReply("overloaded", "this session has as many requests under way as it may", {
  status: 429,
  headers: { "retry-after": "1" },
});

/** Of the modern era. `client`: it alone has so many under way; `all`: all clients together. `idText`: as with `rpcReply`. */
export function tooManyOf(whom: "client" | "all", idText: ByteString): Reply {
  const message = `${whom === "client" ? "this client" : "the hub"} has as many requests under way as it may`;
  return rpcReply("overloaded", message, {
    status: whom === "client" ? 429 : 503,
    idText,
    headers: { "retry-after": "1" },
  });
}

export const noModernBatches: Reply = rpcReply(
  "request_invalid",
  "a message of MCP 2026-07-28 cannot be in a batch; send one message a request",
);

export const onlyPost: Reply = rpcReply(
  "request_invalid",
  "MCP 2026-07-28 has POST only: changes come on the response of subscriptions/listen, and there is no session to end",
  { status: 405, headers: { allow: "POST" } },
);

export const nobodyAnyMore: Reply = rpcReply("unauthenticated", "the token is not valid any more", {
  headers: { "www-authenticate": 'Bearer error="invalid_token"' },
});

export const unknownRevision: Reply = rpcReply(
  "request_invalid",
  "the MCP-Protocol-Version header names no version that this session can have; send the one of the initialize result",
);

export function tooLarge(maxBytes: number): Reply {
  return rpcReply("too_large", `a message may have ${maxBytes} bytes at most (hub.limits.max_message_bytes)`);
}

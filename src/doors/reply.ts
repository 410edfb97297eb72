// HTTP answers as values: made by pure functions, written by whoever holds the response or the bare socket.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock } from "../base/clock.ts";
import { type ErrorCode, errorTable } from "../base/errors.ts";

export interface Reply {
  readonly status: number;
  /** Lower-case names. `content-type` is JSON unless named here. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export function jsonReply(value: unknown, status = 200): Reply {
  return { status, body: `${JSON.stringify(value)}\n` };
}

/** `{error: {code, message}}` with the status that the code stands for, unless another one is given. */
export function errorReply(
  code: ErrorCode,
  message: string,
  { status = errorTable[code].http, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Reply {
  return { ...jsonReply({ error: { code, message } }, status), headers };
}

export function writeReply(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, headersOf(reply));
  response.end(reply.body);
}

/** What is still coming of the body is read and dropped, so that the answer arrives and the connection can be used again. */
export function refuse(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  request.resume();
  writeReply(response, reply);
}

const lingerMs = 2_000;

/** Answers on a socket that HTTP has let go of (an upgrade that is refused), then lets the client read it and closes. */
export function endWithReply(socket: Duplex, reply: Reply, clock: Clock): void {
  const reason = process.getBuiltinModule("node:http").STATUS_CODES[reply.status] ?? "";
  const lines = [`HTTP/1.1 ${reply.status} ${reason}`, "connection: close"];
  for (const [name, value] of Object.entries(headersOf(reply))) lines.push(`${name}: ${value}`);
  // What the client still sends is read and dropped: closing over unread bytes would reset the answer away.
  socket.resume();
  const linger = clock.after(lingerMs, () => socket.destroy());
  socket.once("end", () => socket.destroy());
  socket.once("close", () => linger.cancel());
  socket.end(`${lines.join("\r\n")}\r\n\r\n${reply.body}`);
}

function headersOf(reply: Reply): Readonly<Record<string, string>> {
  // 204 says itself that there is none.
  if (reply.status === 204) return reply.headers ?? {};
  return {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(reply.body)),
    "cache-control": "no-store",
    ...reply.headers,
  };
}

// What the hub itself says to a client: results it authors, errors it names, notifications it sends.
import type { ErrorData, HubError } from "../base/errors.ts";
import { type ByteString, byteString, type Frame, frameOf, type Splice } from "../wire/frame.ts";
import type { Scan } from "../wire/scan.ts";

/** `{"jsonrpc":"2.0","id":ID,"result":RESULT}` with the id's bytes as the client wrote them. */
export function resultFrame(idText: ByteString, result: Buffer): Frame {
  const head = Buffer.from(`{"jsonrpc":"2.0","id":${idText},"result":`, "latin1");
  return { chunks: [head, result, closing], size: head.length + result.length + 1 };
}

const closing = Buffer.from("}");

/**
 * Puts the client's id into a Core's answer. Where nobody has read what may stand behind the result, it goes to the end: a second id there,
 * that of a call of another Core, must not be the last.
 */
export function idEdits(idText: ByteString, scan: Scan): readonly Splice[] {
  if (!scan.isOpen) return [{ start: scan.idStart, end: scan.idEnd, text: idText }];
  return [
    { start: 0, end: scan.resultStart, text: '{"result":' },
    { start: scan.resultEnd, end: scan.resultEnd, text: `,"jsonrpc":"2.0","id":${idText}` },
  ];
}

export function resultOf(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** A result of the hub as the modern era wants it: it says that it is whole. */
export function completed(result: Buffer): Buffer {
  const head = result.length > 2 ? '{"resultType":"complete",' : '{"resultType":"complete"';
  return Buffer.concat([Buffer.from(head), result.subarray(1)]);
}

export const emptyResult: Buffer = Buffer.from("{}");

/** A hub error as JSON-RPC: the code's number, the message, `data.code` with the stable word, and `data.req_id` where the request has a name. */
export function errorFrame(idText: ByteString, error: HubError, reqId?: string): Frame {
  const data: ErrorData = { code: error.code, ...error.data, req_id: reqId };
  const body = byteString(JSON.stringify({ code: error.facts.rpc, message: error.message, data }));
  return frameOf(Buffer.from(`{"jsonrpc":"2.0","id":${idText},"error":${body}}`, "latin1"));
}

export function notificationFrame(method: string, params?: object): Frame {
  const body = params === undefined ? { jsonrpc: "2.0", method } : { jsonrpc: "2.0", method, params };
  return frameOf(Buffer.from(JSON.stringify(body)));
}

/** To a Core: a request is taken back. */
export function cancelFrame(hubId: number, reason: string): Frame {
  return notificationFrame("notifications/cancelled", { requestId: hubId, reason });
}

/** A client's own word in a message: short, and safe to print. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}

// Sorts what a Core sends: its answers to the hub's own requests, what the hub answers itself, and what goes upward.
import { type ByteString, byteText, type Frame, firstChunkWith, frameOf, integerAt } from "../wire/frame.ts";
import { type Scan, stringAt } from "../wire/scan.ts";
import { kindsChangedBy, type ListKind } from "./lists.ts";
import { type OwnRequests, ownIdAt } from "./own-requests.ts";

export type Incoming =
  /** Not the Core layer's business. */
  | { readonly t: "upward" }
  /** An answer to a request of the hub, or the end of one that stayed open; already settled. */
  | { readonly t: "own" }
  | { readonly t: "lists"; readonly lists: readonly ListKind[] }
  /** Of the stream that the hub listens on. */
  | { readonly t: "acknowledged" }
  /** A resource or a task, of those that are watched. */
  | { readonly t: "changed" }
  /** The Core wants to know whether the hub is there; its id as written. */
  | { readonly t: "ping"; readonly idText: ByteString };

const upward: Incoming = { t: "upward" };
const own: Incoming = { t: "own" };
const acknowledged: Incoming = { t: "acknowledged" };
const changed: Incoming = { t: "changed" };

/** Parts that are read as objects are masked here; what goes upward is masked by whoever forwards it. */
export interface FrameMask {
  maskFrame(frame: Frame): Frame;
}

export function sortOut(frame: Frame, scan: Scan, requests: OwnRequests, mask: FrameMask): Incoming {
  if (scan.kind === "response") {
    if (requests.size === 0) return upward;
    const id = integerAt(frame, scan.idStart, scan.idEnd);
    return requests.has(id) && requests.settle(id, mask.maskFrame(frame), scan) ? own : upward;
  }
  const bytes = firstChunkWith(frame, Math.max(scan.methodEnd, scan.idEnd));
  const method = stringAt(bytes, scan.methodStart, scan.methodEnd);
  if (scan.kind === "request") {
    return method === "ping" ? { t: "ping", idText: byteText(bytes, scan.idStart, scan.idEnd) } : upward;
  }
  if (method === "notifications/cancelled") {
    return requests.end(ownIdAt(frame, { start: scan.requestIdStart, end: scan.requestIdEnd })) ? own : upward;
  }
  if (method === "notifications/resources/updated" || method === "notifications/tasks") return changed;
  if (method === "notifications/subscriptions/acknowledged") return acknowledged;
  const lists = kindsChangedBy(method);
  return lists === undefined ? upward : { t: "lists", lists };
}

/** The hub's answer to a ping. */
export function pong(idText: ByteString): Frame {
  return frameOf(Buffer.from(`{"jsonrpc":"2.0","id":${idText},"result":{}}`, "latin1"));
}

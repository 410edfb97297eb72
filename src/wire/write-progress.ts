// How much of what a stream was given its reader has not taken yet. Node counts a write as pending until all of it is taken; the
// system's own count moves with every byte, so that a slow reader of a large message is not mistaken for one that has stopped.
import type { Writable } from "node:stream";

/** What node has behind a socket, and leaves out of its types. */
interface Handle {
  readonly writeQueueSize?: unknown;
}

/** Bytes; where the system's count is not to be had, node's. */
export function untakenBytes(writable: Writable): number {
  const pending = writable.writableLength;
  if (pending === 0) return 0;
  const queued = (writable as { _handle?: Handle | null })._handle?.writeQueueSize;
  return typeof queued === "number" ? Math.min(queued, pending) : pending;
}

// What a call that waits keeps in memory.
import type { Call } from "./call.ts";

/** The call is admitted, and waits for its Core to be up. */
export function hold(call: Call, nowMs: number): void {
  call.state = "held";
  call.outMs ??= nowMs;
  retain(call);
  call.lane.held.add(call);
}

/** A call that waits must not pin much more than its frame: read chunks that the frame is only a slice of. */
export function retain(call: Call): void {
  const { frame } = call;
  if (frame === undefined) return;
  let pinned = 0;
  for (const chunk of frame.chunks) pinned += chunk.buffer.byteLength;
  if (pinned <= 2 * frame.size) return;
  const { chunks, size, isOneLine } = frame;
  call.frame = { chunks: [Buffer.concat(chunks, size)], size, isOneLine };
}

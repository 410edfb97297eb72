// How much garbage the heap may gather before all of it is looked through (docs/decisions/0026-heap-room.md). V8 counts what sockets are read
// into with the heap, and lets 32 MiB of it come together before it frees any: for a heap as small as a hub's that is an alarm
// each time, and with messages of 1 MiB as much work as the messages themselves.
import type { Clock } from "../base/clock.ts";

/** The 32 MiB, the 16 that V8 keeps free below its limit for new objects, and what is usually under way. */
const roomBytes = 64 * 1024 * 1024;
/** Not in the way of the start: it is about the first collection of the whole heap, which comes later. */
const firstLookMs = 1_000;
/** V8 is told a share of the heap, which grows and shrinks. */
const lookMs = 10_000;

/** For as long as the process runs. */
export function keepHeapRoom(clock: Clock, afterMs: number = firstLookMs): void {
  clock.after(afterMs, () => {
    const { getHeapStatistics, setFlagsFromString } = process.getBuiltinModule("node:v8");
    setFlagsFromString(`--heap-growing-percent=${growingPercent(getHeapStatistics().used_heap_size)}`);
    keepHeapRoom(clock, lookMs);
  });
}

/** What a heap may grow by, in percent, until it is collected; 0: what V8 finds right. Larger heaps have the room anyway. */
export function growingPercent(usedBytes: number): number {
  return usedBytes < roomBytes ? Math.round((100 * roomBytes) / usedBytes) : 0;
}

// What messages were read into, and is free again, stays with the process for the next ones (docs/decisions/0044-kept-memory.md). V8 frees some
// 32 MiB of it at a time. Where nothing lies above these, glibc gives them back to the system at once, and each page has to be
// asked for again. It learns from the largest piece of memory that was mapped and freed: twice as much may then stay.
import type { Clock } from "../base/clock.ts";

/** Of pieces larger than 32 MiB, with what comes around them, glibc learns nothing. Not touched, so no memory is behind it. */
const lessonBytes = 32 * 1024 * 1024 - 64 * 1024;
/** Not in the way of the start. */
const lessonMs = 1_000;

/** The lesson is learned when V8 frees the piece, with the first messages at the latest. Elsewhere than on Linux with glibc it means nothing. */
export function keepFreedMemory(clock: Clock, afterMs: number = lessonMs): void {
  clock.after(afterMs, () => {
    try {
      void new ArrayBuffer(lessonBytes);
    } catch {
      // Where address space is that short, what is free had better go back.
    }
  });
}

// Cuts off clients that take nothing of what waits for them: over HTTP every response, page or stream, is somebody's memory until
// it is read.
import type { Socket } from "node:net";
import type { Clock, Timer } from "../base/clock.ts";
import { untakenBytes } from "../wire/write-progress.ts";
import type { DoorLog } from "./port.ts";

export interface StallWatchDeps {
  readonly clock: Clock;
  readonly log: DoorLog;
  /** A client that takes nothing for so long, while bytes wait for it, is cut off. */
  readonly stallMs: number;
}

/** How often is looked, in parts of the limit. */
const looksPerStall = 6;

/** One timer looks after all sockets, so that an idle one costs nothing. */
export class StallWatch {
  readonly #deps: StallWatchDeps;
  /** What each has taken so far, and since when it has taken no more. */
  readonly #sockets = new Map<Socket, { taken: number; sinceMs: number }>();
  #timer: Timer | undefined;

  constructor(deps: StallWatchDeps) {
    this.#deps = deps;
  }

  has(socket: Socket): boolean {
    return this.#sockets.has(socket);
  }

  add(socket: Socket): void {
    this.#sockets.set(socket, { taken: 0, sinceMs: this.#deps.clock.now() });
    this.#timer ??= this.#deps.clock.after(this.#deps.stallMs / looksPerStall, () => this.#look());
  }

  delete(socket: Socket): void {
    this.#sockets.delete(socket);
    if (this.#sockets.size === 0) this.close();
  }

  #look(): void {
    const { clock, log, stallMs } = this.#deps;
    const now = clock.now();
    for (const [socket, seen] of this.#sockets) {
      const pending = socket.writableLength;
      const taken = socket.bytesWritten - untakenBytes(socket);
      if (pending === 0 || taken !== seen.taken) {
        seen.taken = taken;
        seen.sinceMs = now;
      } else if (now - seen.sinceMs >= stallMs) {
        log.warn("slow_reader_cut", {
          reason: "took nothing",
          ms: Math.round(now - seen.sinceMs),
          pending_bytes: pending,
        });
        this.delete(socket);
        socket.destroy();
      }
    }
    this.#timer = this.#sockets.size === 0 ? undefined : clock.after(stallMs / looksPerStall, () => this.#look());
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#sockets.clear();
  }
}

// Frames over the stdin and stdout of a Core's process. Bounds what waits to be written, counts what is not a message, and
// says when the connection is of no use any more. Reading never waits for anybody.
import type { Readable, Writable } from "node:stream";
import type { Clock, Timer } from "../base/clock.ts";
import type { Log } from "../telemetry/log.ts";
import { type Frame, flatten, type Sent, type Splice } from "../wire/frame.ts";
import { FrameReader, type Framing } from "../wire/framing.ts";
import type { Masker } from "../wire/mask.ts";
import { Outbox } from "../wire/outbox.ts";
import { createScan, type Scan, scanCore } from "../wire/scan.ts";
import { RateLimit } from "./stderr.ts";
import type { Fall } from "./supervisor.ts";

export interface LinkLimits {
  /** Largest message taken from a Core. */
  readonly maxMessageBytes: number;
  /** Most bytes that may wait for a Core's stdin. */
  readonly maxPendingBytes: number;
  /** How long a Core may leave its stdin unread while bytes wait for it. */
  readonly stallMs: number;
}

export const defaultPendingBytes: number = 32 * 1024 * 1024;
export const defaultStallMs = 30_000;

/** So many lines in a row that are no messages, and the process is not an MCP server or no longer one. */
const maxGarbage = 100;
/** How often it is looked whether stdin is read, in parts of the stall limit. */
const looksPerStall = 6;
const shownChars = 200;
/** More is masked than shown, so that no cut secret is shown. */
const maskedBytes = 16 * 1024;
const closedStdoutMs = 1000;

export interface LinkDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly masker: Pick<Masker, "look" | "maskText">;
}

export interface LinkEvents {
  /** A message. `scan` is the link's own record, valid during this call only. */
  frame(frame: Frame, scan: Scan): void;
  /** Said once: nothing sensible can come over this link any more. */
  broken(fall: Fall): void;
}

export interface LinkStreams {
  readonly stdin: Writable;
  readonly stdout: Readable;
}

export class StdioLink {
  readonly framing: Framing;
  readonly #outbox: Outbox;
  readonly #reader: FrameReader;
  readonly #events: LinkEvents;
  readonly #deps: LinkDeps;
  readonly #stallMs: number;
  readonly #scan = createScan();
  readonly #garbageLines: RateLimit;
  #garbage = 0;
  #heardMs: number;
  #stallWatch: Timer | undefined;
  #open = true;
  #ending = false;

  constructor(streams: LinkStreams, framing: Framing, limits: LinkLimits, deps: LinkDeps, events: LinkEvents) {
    this.framing = framing;
    this.#deps = deps;
    this.#events = events;
    this.#stallMs = limits.stallMs;
    this.#heardMs = deps.clock.now();
    this.#garbageLines = new RateLimit(deps.clock, 10, (count) =>
      deps.log.warn("core_stdout_garbage_dropped", { count }),
    );
    this.#outbox = new Outbox({
      wrap: framing,
      maxBytes: limits.maxPendingBytes,
      writable: streams.stdin,
    });
    this.#reader = new FrameReader(
      { maxBytes: limits.maxMessageBytes, framing, look: (chunk) => deps.masker.look(chunk) },
      {
        frame: (frame) => this.#received(frame),
        fault: (fault) => this.#faulty(fault.message, fault.code === "too_large", fault.fatal),
      },
    );
    streams.stdout.on("data", (chunk: Buffer) => {
      this.#heardMs = this.#deps.clock.now();
      this.#reader.push(chunk);
    });
    streams.stdout.on("end", () => this.#ended());
  }

  /** When the Core last wrote anything to stdout, in Clock milliseconds. */
  get heardMs(): number {
    return this.#heardMs;
  }

  send(frame: Frame, splices: readonly Splice[]): Sent {
    const sent = this.#outbox.send(frame, splices);
    if (this.#stallWatch === undefined && sent === "ok") this.#watchStall(this.#outbox.takenBytes, 0);
    return sent;
  }

  /** Sends what was accepted, then ends stdin. What the Core still says is received. */
  endInput(): void {
    this.#stallWatch?.cancel();
    this.#outbox.close();
  }

  /** Receives nothing more. */
  close(): void {
    this.#open = false;
    this.#stallWatch?.cancel();
    this.#garbageLines.close();
  }

  #received(frame: Frame): void {
    if (!this.#open) return;
    const fault = scanCore(frame, this.#scan);
    if (fault === undefined) {
      this.#garbage = 0;
      this.#events.frame(frame, this.#scan);
      return;
    }
    if (this.#garbageLines.take()) {
      const text = this.#deps.masker.maskText(flatten(frame).toString("utf8", 0, maskedBytes)).slice(0, shownChars);
      this.#deps.log.warn("core_stdout_garbage", { why: fault.message, text });
    }
    this.#countGarbage();
  }

  /** Usually the process ends right after; one that lives on without stdout can answer nothing. */
  #ended(): void {
    this.#ending = true;
    this.#reader.end();
    if (!this.#open) return;
    this.#deps.clock.after(closedStdoutMs, () => {
      if (this.#open) this.#break("core_down", "has closed its stdout");
    });
  }

  #faulty(message: string, tooLarge: boolean, fatal: boolean): void {
    // Half a message at the end is part of the process's end, which has a reason of its own.
    if (!this.#open || this.#ending) return;
    if (this.#garbageLines.take()) {
      this.#deps.log.warn(tooLarge ? "core_message_too_large" : "core_stdout_garbage", { why: message });
    }
    if (fatal) this.#break("core_garbled", `cannot be understood any further: ${message}`);
    else if (!tooLarge) this.#countGarbage();
  }

  #countGarbage(): void {
    this.#garbage++;
    if (this.#garbage <= maxGarbage) return;
    this.#break(
      "core_garbled",
      `does not speak MCP: more than ${maxGarbage} lines in a row on its stdout are no messages`,
    );
  }

  #break(code: Fall["code"], reason: string): void {
    this.close();
    this.#events.broken({ code, reason, fatal: false });
  }

  /** One timer while there is traffic, none per message. `stalledMs`: how long nothing has been taken. */
  #watchStall(takenBytes: number, stalledMs: number): void {
    const everyMs = this.#stallMs / looksPerStall;
    this.#stallWatch = this.#deps.clock.after(everyMs, () => {
      this.#stallWatch = undefined;
      if (!this.#open || this.#outbox.pendingBytes === 0) return;
      const taken = this.#outbox.takenBytes;
      const forMs = taken === takenBytes ? stalledMs + everyMs : 0;
      if (forMs >= this.#stallMs) this.#break("core_timeout", `has not read its stdin for ${Math.round(forMs)} ms`);
      else this.#watchStall(taken, forMs);
    });
  }
}

// The STDIO door: one client on a pair of streams. Nothing but messages is written to the output, framed as the input is.
import type { Readable, Writable } from "node:stream";
import type { Clock, Timer } from "../base/clock.ts";
import type { EndReason } from "../base/end-reason.ts";
import type { Principal } from "../sessions/principal.ts";
import { type Frame, replySink, type Sent, type Splice } from "../wire/frame.ts";
import { FrameReader } from "../wire/framing.ts";
import { Outbox } from "../wire/outbox.ts";
import type { Doorkeeper, DoorLog, Visitor } from "./port.ts";

export interface StdioLimits {
  readonly maxMessageBytes: number;
  /** Most bytes that may wait for the reader of the output; beyond it the visit ends. */
  readonly maxOutboxBytes: number;
  /** After the end of the input, how long calls already read may take, and their answers to be taken. */
  readonly drainMs: number;
}

/** For a visitor whose own source can be asked to wait, so that a reader of the output who is only slow is not cut off. */
export interface StdioPressure {
  /** From so many bytes on that wait for the reader, it counts as slow. */
  readonly bytes: number;
  /** A slow reader that takes nothing for so long is cut off all the same. */
  readonly stallMs: number;
  /** Says when the reader becomes slow, and when it has taken everything. */
  changed(pressed: boolean): void;
}

export interface StdioDoorDeps {
  readonly input: Readable;
  readonly output: Writable;
  readonly principal: Principal;
  readonly doorkeeper: Doorkeeper;
  readonly clock: Clock;
  readonly log: DoorLog;
  readonly limits: StdioLimits;
  readonly pressure?: StdioPressure;
}

/** `input_ended`: all was read and answered as far as time allowed. `output_closed`: nobody reads any more. */
export type StdioEnd = "input_ended" | "output_closed" | EndReason;

export interface StdioDoor {
  /** Resolves once, when the visitor has left and the output is ended or lost. Never rejects. */
  readonly ended: Promise<StdioEnd>;
  /** Reads no more; what was read is answered as at the end of the input. Ends with `shutdown`. */
  close(): void;
}

export function openStdioDoor(deps: StdioDoorDeps): StdioDoor {
  return new StdioVisit(deps);
}

/** `draining`: the input is over, answers still go out. `gone`: the visitor has left. */
type Phase = "open" | "draining" | "gone";

class StdioVisit implements StdioDoor {
  readonly ended: Promise<StdioEnd>;
  readonly #deps: StdioDoorDeps;
  readonly #outbox: Outbox;
  readonly #reader: FrameReader;
  readonly #visitor: Visitor;
  #phase: Phase = "open";
  #readMs = 0;
  #resolve: (end: StdioEnd) => void = () => {};
  #deadline: Timer | undefined;
  /** Runs while the reader is slow. */
  #stall: Timer | undefined;

  constructor(deps: StdioDoorDeps) {
    const { input, output, limits } = deps;
    this.#deps = deps;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#outbox = new Outbox({
      wrap: "newline",
      maxBytes: limits.maxOutboxBytes,
      writable: output,
      onDrain: () => this.#relieved(),
    });
    this.#reader = new FrameReader(
      { maxBytes: limits.maxMessageBytes, framing: "auto" },
      {
        frame: (frame) => {
          this.#answerInKind();
          this.#visitor.receive(frame, this.#readMs);
        },
        fault: ({ code, message, fatal }) => {
          this.#answerInKind();
          this.#visitor.fault(code, message);
          if (fatal) this.#drain("protocol_error");
        },
      },
    );
    this.#visitor = deps.doorkeeper.open({
      principal: deps.principal,
      sink: replySink((frame, splices) => this.#send(frame, splices)),
      door: "stdio",
      end: (reason) => this.#end(reason),
    });
    output.once("error", () => this.#finish("output_closed"));
    output.once("close", () => this.#finish("output_closed"));
    input.on("data", (chunk: Buffer) => this.#read(chunk));
    input.once("end", () => this.#inputEnded());
    // A broken input is an ended one; `close` comes after it, and after an end that was handled already.
    input.once("error", () => this.#inputEnded());
    input.once("close", () => this.#inputEnded());
  }

  #send(frame: Frame, splices: readonly Splice[]): Sent {
    if (this.#phase === "gone") return "closed";
    const sent = this.#outbox.send(frame, splices);
    if (sent === "full") {
      this.#deps.log.warn("slow_reader_cut", { reason: "outbox full", pending_bytes: this.#outbox.pendingBytes });
      this.#finish("slow_reader");
    }
    const { pressure } = this.#deps;
    if (pressure !== undefined && this.#stall === undefined && this.#outbox.pendingBytes >= pressure.bytes) {
      this.#watch(pressure);
      pressure.changed(true);
    }
    return sent;
  }

  close(): void {
    this.#drain("shutdown");
  }

  #watch(pressure: StdioPressure): void {
    const { stallMs } = pressure;
    const taken = this.#outbox.takenBytes;
    this.#stall = this.#deps.clock.after(stallMs, () => {
      if (this.#outbox.takenBytes !== taken) {
        this.#watch(pressure);
        return;
      }
      const pending = this.#outbox.pendingBytes;
      this.#deps.log.warn("slow_reader_cut", { reason: "took nothing", ms: stallMs, pending_bytes: pending });
      this.#finish("slow_reader");
    });
  }

  #relieved(): void {
    if (this.#stall === undefined) return;
    this.#stall.cancel();
    this.#stall = undefined;
    this.#deps.pressure?.changed(false);
  }

  #read(chunk: Buffer): void {
    if (this.#phase !== "open") return;
    this.#readMs = this.#deps.clock.now();
    this.#reader.push(chunk);
  }

  /** The first bytes of the input decide the framing, before anything is sent that could answer them. */
  #answerInKind(): void {
    this.#outbox.wrap = this.#reader.framing ?? "newline";
  }

  #end(reason: EndReason): void {
    if (reason === "slow_reader") this.#finish("slow_reader");
    else this.#drain(reason);
  }

  #inputEnded(): void {
    if (this.#phase !== "open") return;
    this.#reader.end();
    this.#drain("input_ended");
  }

  /** Waits for the answers to what was read, ends the output behind them, and ends the visit. */
  #drain(end: StdioEnd): void {
    if (this.#phase !== "open") return;
    this.#phase = "draining";
    this.#deps.input.pause();
    this.#deadline = this.#deps.clock.after(this.#deps.limits.drainMs, () => {
      this.#deps.log.warn("drain_timeout", { busy: this.#visitor.busy, pending_bytes: this.#outbox.pendingBytes });
      this.#finish(end);
    });
    void this.#visitor.whenIdle().then(() => {
      this.#deps.output.once("finish", () => this.#finish(end));
      this.#outbox.close();
    });
  }

  #finish(end: StdioEnd): void {
    if (this.#phase === "gone") return;
    this.#phase = "gone";
    this.#deadline?.cancel();
    this.#stall?.cancel();
    this.#deps.input.pause();
    this.#visitor.leave();
    this.#resolve(end);
  }
}

// The smallest peer of the doors' port: echoes every message, and remembers what a door did.
import type { Doorkeeper, DoorLog, Visit, Visitor } from "../../src/doors/port.ts";
import { ownPrincipal, type Principal } from "../../src/sessions/principal.ts";
import { type Frame, flatten, frameOfText, noSplices, type Sent } from "../../src/wire/frame.ts";

export class EchoVisitor implements Visitor {
  readonly visit: Visit;
  readonly received: string[] = [];
  readonly faults: string[] = [];
  readonly left: Promise<void>;
  leaves = 0;
  /** False holds echoes back until `answer`. */
  echoes = true;
  readonly #held: Frame[] = [];
  readonly #idle: (() => void)[] = [];
  #leave: () => void = () => {};

  constructor(visit: Visit) {
    this.visit = visit;
    this.left = new Promise((resolve) => {
      this.#leave = resolve;
    });
  }

  get busy(): number {
    return this.#held.length;
  }

  receive(frame: Frame): void {
    this.received.push(flatten(frame).toString());
    if (this.echoes) this.visit.sink.send(frame, noSplices);
    else this.#held.push(frame);
  }

  answer(): void {
    for (const frame of this.#held.splice(0)) this.visit.sink.send(frame, noSplices);
    for (const wake of this.#idle.splice(0)) wake();
  }

  say(json: string): Sent {
    return this.visit.sink.send(frameOfText(json), noSplices);
  }

  fault(code: string, message: string): void {
    this.faults.push(`${code} ${message}`);
    this.say(`{"error":${JSON.stringify(code)}}`);
  }

  leave(): void {
    this.leaves++;
    this.#leave();
  }

  whenIdle(): Promise<void> {
    return this.busy === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }
}

export class EchoDoorkeeper implements Doorkeeper {
  readonly visitors: EchoVisitor[] = [];
  /** What new visitors begin with. */
  echoes = true;

  open(visit: Visit): EchoVisitor {
    const visitor = new EchoVisitor(visit);
    visitor.echoes = this.echoes;
    this.visitors.push(visitor);
    return visitor;
  }

  /** The visitor that came last. */
  get last(): EchoVisitor {
    const visitor = this.visitors.at(-1);
    if (visitor === undefined) throw new Error("nobody came");
    return visitor;
  }
}

/** Keeps log lines as text. */
export class MemoryLog implements DoorLog {
  readonly lines: string[] = [];

  debug(msg: string, context: Record<string, unknown> = {}): void {
    this.lines.push(`debug ${msg} ${JSON.stringify(context)}`);
  }

  info(msg: string, context: Record<string, unknown> = {}): void {
    this.lines.push(`info ${msg} ${JSON.stringify(context)}`);
  }

  warn(msg: string, context: Record<string, unknown> = {}): void {
    this.lines.push(`warn ${msg} ${JSON.stringify(context)}`);
  }

  error(msg: string, context: Record<string, unknown> = {}): void {
    this.lines.push(`error ${msg} ${JSON.stringify(context)}`);
  }
}

export const somebody: Principal = ownPrincipal("somebody", { admin: false, shared: false });

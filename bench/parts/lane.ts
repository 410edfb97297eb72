// A lane is one link under load with one kind of call: it stamps and writes calls and checks every answer against its own.
// The first answer is parsed and compared whole; from its bytes the lane learns where id and nonces stand, and checks
// later answers there, with their exact size. Whatever deviates is parsed again.
import type { CallKind } from "./calls.ts";
import { hasNonce, idAt, idDigits, nonceLength, nonceOf, type Sealed, stamp } from "./frames.ts";
import type { Link } from "./link.ts";
import type { LongMessage } from "./reader.ts";

export interface LaneEvents {
  /** Calls answered in the chunk just read; says how many new ones to send. */
  answered(count: number): number;
  failed(reason: string): void;
}

interface Layout {
  readonly size: number;
  readonly idAt: number;
  readonly firstNonceAt: number;
  readonly lastNonceAt: number;
}

/** What is wrong with an answer, if anything. */
type Fault = string | undefined;

export class Lane {
  readonly #link: Link;
  readonly #kind: CallKind;
  readonly #events: LaneEvents;
  readonly #frame: Sealed;
  /** For large calls: a frame of its own for each call in flight, free again once that call is answered. */
  readonly #slots: Sealed[] = [];
  readonly #slotOf = new Map<number, number>();
  readonly #freeSlots: number[] = [];
  /** Ids in flight. A ring would do for small windows; a set costs little and also catches a second answer. */
  readonly #waiting = new Set<number>();
  #layout: Layout | undefined;
  #done = 0;

  constructor(link: Link, kind: CallKind, tool: (native: string) => string, inFlight: number, events: LaneEvents) {
    this.#link = link;
    this.#kind = kind;
    this.#events = events;
    this.#frame = link.seal(kind.request(tool));
    if (kind.large) {
      for (let slot = 0; slot < inFlight; slot++) {
        this.#slots.push(slot === 0 ? this.#frame : { ...this.#frame, bytes: Buffer.from(this.#frame.bytes) });
        this.#freeSlots.push(slot);
      }
    }
    link.reader.keepWhole = true;
    link.listener = {
      message: (bytes, start, end) => this.#judge(this.#answer(bytes, start, end)),
      long: (message) => this.#judge(this.#longAnswer(message)),
      settled: () => {
        if (this.#done === 0) return;
        const count = this.#done;
        this.#done = 0;
        this.send(this.#events.answered(count));
      },
      closed: (reason) => this.#events.failed(reason),
    };
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  send(count: number): void {
    if (count <= 0) return;
    const link = this.#link;
    if (this.#kind.large) {
      for (let i = 0; i < count; i++) this.#judge(this.#sendLarge());
      return;
    }
    const size = this.#frame.bytes.length;
    const batch = Buffer.allocUnsafe(size * count);
    for (let i = 0; i < count; i++) {
      const id = link.nextId++;
      this.#frame.bytes.copy(batch, i * size);
      stamp(this.#frame, batch, i * size, id, link.salt);
      this.#waiting.add(id);
    }
    link.write(batch, size);
  }

  #judge(fault: Fault): void {
    if (fault !== undefined) this.#events.failed(fault);
  }

  #sendLarge(): Fault {
    const slot = this.#freeSlots.pop();
    const frame = slot === undefined ? undefined : this.#slots[slot];
    if (slot === undefined || frame === undefined) return "more calls in flight than asked for";
    const id = this.#link.nextId++;
    stamp(frame, frame.bytes, 0, id, this.#link.salt);
    this.#waiting.add(id);
    this.#slotOf.set(id, slot);
    this.#link.write(frame.bytes);
    return undefined;
  }

  #answer(bytes: Buffer, start: number, end: number): Fault {
    const layout = this.#layout;
    if (layout !== undefined && end - start === layout.size) {
      const id = idAt(bytes, start + layout.idAt);
      if (
        this.#waiting.has(id) &&
        hasNonce(bytes, start + layout.firstNonceAt, id, this.#link.salt) &&
        hasNonce(bytes, start + layout.lastNonceAt, id, this.#link.salt)
      ) {
        return this.#settle(id);
      }
    }
    return this.#parse(Buffer.from(bytes.subarray(start, end)));
  }

  #longAnswer(message: LongMessage): Fault {
    if (message.whole !== undefined) return this.#parse(message.whole);
    const layout = this.#layout;
    if (layout === undefined || message.size !== layout.size) {
      return `an answer of ${message.size} bytes where ${layout?.size} were due`;
    }
    const id = this.#idIn(message, layout.idAt);
    const { salt } = this.#link;
    if (
      !this.#waiting.has(id) ||
      !nonceIn(message, layout.firstNonceAt, id, salt) ||
      !nonceIn(message, layout.lastNonceAt, id, salt)
    ) {
      return `an answer that belongs to no call in flight: ${message.head.toString("latin1", 0, 120)}`;
    }
    return this.#settle(id);
  }

  #idIn(message: LongMessage, at: number): number {
    if (at + idDigits <= message.head.length) return idAt(message.head, at);
    return idAt(message.tail, at - (message.size - message.tail.length));
  }

  /** Compares a whole answer, and learns the layout from it. */
  #parse(bytes: Buffer): Fault {
    const text = bytes.toString("latin1");
    let message: { id?: unknown; method?: unknown; result?: unknown };
    try {
      message = JSON.parse(text);
    } catch {
      return `an answer that is not JSON: ${text.slice(0, 120)}`;
    }
    if (message.method !== undefined) return undefined;
    const id = message.id;
    if (typeof id !== "number" || !this.#waiting.has(id)) {
      return `an answer to no call in flight: ${text.slice(0, 160)}`;
    }
    const nonce = nonceOf(id, this.#link.salt);
    if (!this.#kind.isAnswer(message.result, nonce)) {
      return `a wrong answer: ${text.slice(0, 160)}`;
    }
    this.#layout = {
      size: bytes.length,
      idAt: text.indexOf(String(id)),
      firstNonceAt: text.indexOf(nonce),
      lastNonceAt: text.lastIndexOf(nonce),
    };
    this.#link.reader.keepWhole = false;
    return this.#settle(id);
  }

  #settle(id: number): undefined {
    this.#waiting.delete(id);
    if (this.#kind.large) {
      this.#freeSlots.push(this.#slotOf.get(id) as number);
      this.#slotOf.delete(id);
    }
    this.#done++;
    return undefined;
  }
}

function nonceIn(message: LongMessage, at: number, id: number, salt: number): boolean {
  if (at + nonceLength <= message.head.length) return hasNonce(message.head, at, id, salt);
  return hasNonce(message.tail, at - (message.size - message.tail.length), id, salt);
}

// Messages that are posted one by one, where their answers come another way. Requests go side by side; what is no request goes behind everything before
// it, and what others may depend on alone: everything after it waits until it is taken.
import type { IncomingMessage } from "node:http";
import { type ByteString, type Frame, flatten, type Sent } from "../wire/frame.ts";
import type { ConnectionLimits, Said } from "./connection.ts";
import type { ExchangeEvents, Underway } from "./http-exchange.ts";
import { HttpNotes, type Note } from "./http-notes.ts";

export interface Posting {
  readonly frame: Frame;
  readonly said: Said;
  readonly body: Buffer;
}

export interface PostsDeps {
  post(posting: Posting, events: ExchangeEvents, headMs: number | undefined): Underway;
  answered(posting: Posting, response: IncomingMessage): void;
  failed(posting: Posting, error: NodeJS.ErrnoException, mayHaveArrived: boolean): void;
  pressed(pressed: boolean): void;
  /** After `finish`: nothing is under way. */
  idle(): void;
}

/** Posts under way at a time; each has a socket of its own. */
const maxPosts = 256;
/** How long the other side may take to take a message that is no request, before those behind it go on. */
const noteMs = 10_000;

interface Going {
  exchange: Underway | undefined;
  /** Whether nothing more of it is sent. */
  isOut: boolean;
}

export class Posts {
  readonly #limits: ConnectionLimits;
  readonly #deps: PostsDeps;
  readonly #going = new Map<Posting, Going>();
  #queue: Note[] = [];
  readonly #notes = new HttpNotes((note, taken) => this.#go(note, taken));
  #alone: Note | undefined;
  /** Of messages that are queued, or not written yet. */
  #pendingBytes = 0;
  #pressed = false;
  #phase: "open" | "finishing" | "over" = "open";

  constructor(limits: ConnectionLimits, deps: PostsDeps) {
    this.#limits = limits;
    this.#deps = deps;
  }

  send(frame: Frame, said: Said): Sent {
    if (this.#phase !== "open") return "closed";
    if (this.#pendingBytes + frame.size > this.#limits.maxPendingBytes) return "full";
    if (this.#going.size + this.#queue.length >= maxPosts) return "full";
    this.#queue.push({ frame, said });
    this.#pendingBytes += frame.size;
    this.#pump();
    this.#press();
    return "ok";
  }

  /** Does not send this request, where it has not gone yet. */
  withdraw(idText: ByteString): void {
    const at = this.#queue.findIndex(({ said }) => said.idText === idText);
    if (at < 0) return;
    const [withdrawn] = this.#queue.splice(at, 1);
    this.#written(withdrawn?.frame.size ?? 0);
  }

  /** Sends what is no request, and nothing after it. */
  finish(): void {
    this.#phase = "finishing";
    this.#queue = this.#queue.filter(({ said }) => said.idText === undefined);
    this.#pump();
  }

  /** Returns what was not sent. */
  destroy(): readonly Note[] {
    this.#phase = "over";
    for (const { exchange } of this.#going.values()) exchange?.destroy();
    this.#going.clear();
    return this.#queue.splice(0);
  }

  #pump(): void {
    while (this.#phase !== "over" && this.#alone === undefined) {
      this.#notes.pump();
      const next = this.#queue[0];
      if (next?.said.idText !== undefined) {
        this.#queue.shift();
        this.#go(next, () => {});
        continue;
      }
      if (next === undefined && this.#phase !== "finishing") return;
      const going = [...this.#going.values()].filter(({ isOut }) => !isOut);
      if (next === undefined) {
        if (this.#notes.isEmpty && going.length === 0) this.#deps.idle();
        return;
      }
      const isAlone = !HttpNotes.takes(next);
      if (isAlone && (going.length > 0 || !this.#notes.isEmpty)) return;
      this.#queue.shift();
      if (!isAlone) this.#notes.push(next, going);
      else {
        this.#alone = next;
        this.#go(next, () => {
          this.#alone = undefined;
        });
      }
    }
  }

  #go(note: Note, done: () => void): Underway {
    const posting: Posting = { ...note, body: flatten(note.frame) };
    const going: Going = { exchange: undefined, isOut: false };
    this.#going.set(posting, going);
    const flushed = () => {
      if (going.isOut) return;
      going.isOut = true;
      this.#written(posting.frame.size);
    };
    const over = () => {
      flushed();
      this.#going.delete(posting);
      done();
    };
    const events: ExchangeEvents = {
      flushed: () => {
        flushed();
        this.#pump();
      },
      head: (response) => {
        over();
        this.#deps.answered(posting, response);
        this.#pump();
      },
      failed: (error, mayHaveArrived) => {
        over();
        this.#deps.failed(posting, error, mayHaveArrived);
        this.#pump();
      },
    };
    const exchange = this.#deps.post(posting, events, note.said.idText === undefined ? noteMs : undefined);
    going.exchange = exchange;
    return exchange;
  }

  #written(bytes: number): void {
    this.#pendingBytes -= bytes;
    this.#press();
  }

  #press(): void {
    const pressed = this.#phase === "open" && this.#pendingBytes > this.#limits.pressureBytes;
    if (pressed === this.#pressed) return;
    this.#pressed = pressed;
    this.#deps.pressed(pressed);
  }
}

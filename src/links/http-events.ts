// A stream of events of a hub that goes on over several responses: after a cut the next one is asked for with the id of the last
// event. Both kinds of streams are one of these: the answer to a POST, and what belongs to no request.
//
//   idle ──read──► reading ──its end, with an id to come back with──► waiting ──► asking ──► reading
//                     └──its end, without──► ended ◄──(refused, no patience left)─────┘
import type { IncomingMessage } from "node:http";
import type { Clock, Timer } from "../base/clock.ts";
import type { ByteString, Frame } from "../wire/frame.ts";
import { SseReader } from "../wire/sse.ts";
import { type ExchangeEvents, type Intake, mediaType, type Underway } from "./http-exchange.ts";

export interface EventsDeps {
  readonly clock: Clock;
  readonly maxMessageBytes: number;
  readonly intake: Intake;
  /** Whether a stream without an id is asked for again as well: it loses what was said meanwhile. */
  readonly isStanding: boolean;
  /** False: a stream that was cut is over, whatever ids it had. */
  readonly mayGoOn: boolean;
  readonly isPaused: () => boolean;
  /** Asks for the stream; `lastId` undefined: from now on. */
  ask(lastId: ByteString | undefined, events: Pick<ExchangeEvents, "head" | "failed">): Underway;
  message(frame: Frame): void;
  /** An event of a type that is no message; undefined: of no protocol that is spoken. */
  other?(type: ByteString, data: Frame): void;
  tooLarge(): void;
  /** There was an answer to `ask` that is no stream. True: it is to be asked for again. */
  refused(response: IncomingMessage): boolean;
  /** The hub cannot be asked. True: it is to be asked again. */
  unreachable(error: NodeJS.ErrnoException, mayHaveArrived: boolean): boolean;
  /** Nothing more will come. `reason`: for people. */
  ended(reason: string): void;
}

const sendable = /^[\x20-\x7e\x80-\xff]+$/;
const usualRetryMs = 1000;
const leastRetryMs = 50;
const mostRetryMs = 30_000;
/** A stream that belongs to a request is given up after so many attempts without a response. */
const maxAttempts = 4;

export class HttpEvents {
  readonly #deps: EventsDeps;
  #response: IncomingMessage | undefined;
  #exchange: Underway | undefined;
  #timer: Timer | undefined;
  #lastId: ByteString | undefined;
  #saidRetryMs: number | undefined;
  /** Since something last came. */
  #attempts = 0;
  #isSettled = false;
  #isOver = false;

  constructor(deps: EventsDeps) {
    this.#deps = deps;
  }

  /** Whether there is a response that can go on. */
  get isOpen(): boolean {
    return this.#response !== undefined;
  }

  /** How long the other side asked to wait before it is asked again, within bounds; undefined: it did not. */
  get saidRetryMs(): number | undefined {
    return this.#saidRetryMs;
  }

  /** From this response on. */
  read(response: IncomingMessage): void {
    const { maxMessageBytes, intake, isPaused, message, other, tooLarge } = this.#deps;
    let heldBytes = 0;
    const holds = (bytes: number): boolean => {
      const by = bytes - heldBytes;
      heldBytes = bytes;
      return intake.changed(by);
    };
    const reader = new SseReader(
      { maxBytes: maxMessageBytes },
      {
        // An event without content tells an id.
        event: (type, data) => {
          if (this.#isOver || data.size === 0) return;
          if (type === "message") message(data);
          else other?.(type, data);
        },
        tooLarge: () => {
          if (!this.#isOver) tooLarge();
        },
      },
    );
    this.#response = response;
    response.on("data", (chunk: Buffer) => {
      if (this.#isOver) return;
      reader.push(chunk);
      this.#attempts = 0;
      if (!holds(reader.heldBytes)) {
        response.destroy();
        if (!this.#isOver) tooLarge();
      }
      const { lastId, retryMs } = reader;
      // One that cannot be sent back in a header is none.
      if (lastId !== undefined && lastId !== this.#lastId) this.#lastId = sendable.test(lastId) ? lastId : undefined;
      if (retryMs !== undefined) this.#saidRetryMs = Math.min(mostRetryMs, Math.max(leastRetryMs, retryMs));
    });
    response.once("close", () => {
      holds(0);
      this.#response = undefined;
      this.#again(response.complete ? "its stream ended" : "the connection broke");
    });
    if (isPaused()) response.pause();
  }

  /** From nothing: asks for the stream now. */
  ask(): void {
    if (this.#isOver) return;
    this.#attempts++;
    this.#exchange = this.#deps.ask(this.#lastId, {
      head: (response) => {
        if (response.statusCode === 200 && mediaType(response) === "text/event-stream") this.read(response);
        else if (this.#deps.refused(response)) this.#again(`asked to go on, it answered ${response.statusCode}`);
        else this.#end(`asked to go on, it answered ${response.statusCode}`);
      },
      failed: (error, mayHaveArrived) => {
        if (this.#deps.unreachable(error, mayHaveArrived)) this.#again("the connection broke");
        else this.#end("the connection broke");
      },
    });
  }

  pause(paused: boolean): void {
    if (paused) this.#response?.pause();
    else this.#response?.resume();
  }

  /** Nobody waits for more: the end of the response that there is, if any, is the end. */
  settle(): void {
    this.#isSettled = true;
    if (this.#response === undefined) this.#end("nobody waits for it");
  }

  /** Nothing is said any more. */
  destroy(): void {
    this.#isOver = true;
    this.#timer?.cancel();
    this.#exchange?.destroy();
    this.#response?.destroy();
  }

  #again(reason: string): void {
    if (this.#isOver) return;
    const { clock, isStanding, mayGoOn } = this.#deps;
    const isHopeless = !isStanding && (this.#lastId === undefined || this.#attempts >= maxAttempts);
    if (isHopeless || this.#isSettled || !mayGoOn) {
      this.#end(reason);
      return;
    }
    const ms = Math.min(
      mostRetryMs,
      (this.#saidRetryMs ?? usualRetryMs) * 2 ** Math.min(Math.max(0, this.#attempts - 1), 8),
    );
    this.#timer = clock.after(ms, () => this.ask());
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.destroy();
    this.#deps.ended(reason);
  }
}

// One request of the client over HTTP: its POST, and its answer as JSON or as a stream of events, over several responses if need be.
import type { IncomingMessage } from "node:http";
import type { Clock, Timer } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import type { ByteString, Frame } from "../wire/frame.ts";
import type { Said } from "./connection.ts";
import { HttpEvents } from "./http-events.ts";
import type { ExchangeEvents, Intake, Underway } from "./http-exchange.ts";
import { mediaType, readBody, readRefusal } from "./http-exchange.ts";

export interface CallDeps {
  readonly clock: Clock;
  readonly maxMessageBytes: number;
  readonly intake: Intake;
  /** How long a refusal may take to be read, and a response that nobody waits for to end. */
  readonly closeMs: number;
  /** The hub as people may see it. */
  readonly name: string;
  readonly isPaused: () => boolean;
  post(body: Buffer, events: ExchangeEvents, said: Said): Underway;
  ask(lastId: ByteString | undefined, events: Pick<ExchangeEvents, "head" | "failed">): Underway;
  flushed(call: HttpCall): void;
  /** The hub has taken the request: what it says about itself is in the head. */
  taken(call: HttpCall, response: IncomingMessage): void;
  message(frame: Frame, call: HttpCall): void;
  /** No head came. */
  failed(call: HttpCall, error: NodeJS.ErrnoException, mayHaveArrived: boolean): void;
  refused(call: HttpCall, response: IncomingMessage, body: Buffer): void;
  /** An answer to an attempt to go on. True: try again. */
  notResumed(response: IncomingMessage): boolean;
  /** True: try again. */
  unreachable(error: NodeJS.ErrnoException, mayHaveArrived: boolean): boolean;
  /** Nothing more will come. `error`: for whoever still waits for the answer; undefined where nobody does. */
  over(call: HttpCall, error: HubError | undefined): void;
}

/** Up to this size the request is kept until the hub has taken it, to be asked again where it has not. */
const keptBytes = 64 * 1024;

export class HttpCall implements ExchangeEvents {
  readonly idText: ByteString;
  readonly method: string;
  readonly isAgain: boolean;
  /** Taken back by closing its response, and over when that is cut. */
  readonly isModern: boolean;
  readonly size: number;
  readonly #deps: CallDeps;
  readonly #exchange: Underway;
  #frame: Frame | undefined;
  #response: IncomingMessage | undefined;
  #events: HttpEvents | undefined;
  #timer: Timer | undefined;
  #isFlushed = false;
  #isRead = false;
  #isSettled = false;
  #isOver = false;

  constructor(deps: CallDeps, said: Said & { readonly idText: ByteString }, frame: Frame, body: Buffer) {
    this.#deps = deps;
    this.idText = said.idText;
    this.method = said.method;
    this.isAgain = said.isAgain === true;
    this.isModern = said.headers !== undefined;
    this.size = frame.size;
    this.#frame = frame;
    this.#exchange = deps.post(body, this, said);
  }

  /** The request, where it is kept: small, and not taken by the hub. */
  get frame(): Frame | undefined {
    return this.#frame;
  }

  get isFlushed(): boolean {
    return this.#isFlushed;
  }

  /** Whether nothing more of it is sent. */
  get isOut(): boolean {
    return this.#isFlushed || this.#isOver;
  }

  /** Whether its answer can come on a connection that is open. */
  get isOpen(): boolean {
    return this.#events === undefined || this.#events.isOpen;
  }

  /** Whether nobody waits for its answer. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  pause(paused: boolean): void {
    if (this.#events !== undefined) this.#events.pause(paused);
    else if (paused) this.#response?.pause();
    else this.#response?.resume();
  }

  /** Nobody waits for it any more. */
  settle(): void {
    this.#isSettled = true;
    this.#events?.settle();
    // What was read whole is over in this turn.
    if (this.#isRead) return;
    this.#timer ??= this.#deps.clock.after(this.#deps.closeMs, () => this.#end("nobody waits for it"));
  }

  /** Says nothing any more. */
  destroy(): void {
    this.#isOver = true;
    this.#timer?.cancel();
    this.#events?.destroy();
    this.#exchange.destroy();
  }

  flushed(): void {
    this.#isFlushed = true;
    if (this.size > keptBytes) this.#frame = undefined;
    if (!this.#isOver) this.#deps.flushed(this);
  }

  failed(error: NodeJS.ErrnoException, mayHaveArrived: boolean): void {
    if (!this.#isOver) this.#deps.failed(this, error, mayHaveArrived);
  }

  head(response: IncomingMessage): void {
    const { clock, closeMs, maxMessageBytes, intake, isPaused, message, refused, taken } = this.#deps;
    this.#response = response;
    const { statusCode = 0, headers } = response;
    const type = mediaType(response);
    const isPlain = (headers["content-encoding"] ?? "identity") === "identity";
    if (statusCode === 200 && type === "application/json" && isPlain) {
      this.#frame = undefined;
      taken(this, response);
      readBody(response, maxMessageBytes, intake, (body) => {
        if (this.#isOver) return;
        if (body === "too_large") this.#tooLarge();
        else if (body === "cut") this.#end("the connection broke before its answer was there");
        else {
          this.#isRead = true;
          message(body, this);
          this.#end("its answer is no answer to this request");
        }
      });
      if (isPaused()) response.pause();
    } else if (statusCode === 200 && type === "text/event-stream" && isPlain) {
      this.#frame = undefined;
      taken(this, response);
      this.#readEvents(response);
    } else {
      readRefusal(response, clock, closeMs, (body) => {
        if (!this.#isOver) refused(this, response, body);
      });
    }
  }

  #readEvents(response: IncomingMessage): void {
    const { clock, maxMessageBytes, intake, isPaused, ask, message, notResumed, unreachable } = this.#deps;
    this.#events = new HttpEvents({
      clock,
      maxMessageBytes,
      intake,
      isStanding: false,
      mayGoOn: !this.isModern,
      isPaused,
      ask,
      message: (frame) => message(frame, this),
      tooLarge: () => this.#tooLarge(),
      refused: notResumed,
      unreachable,
      ended: (reason) => this.#end(reason),
    });
    this.#events.read(response);
  }

  #tooLarge(): void {
    const message = `${this.#deps.name} sent more than is taken: a message may have ${this.#deps.maxMessageBytes} bytes`;
    this.#over(new HubError("too_large", message, { may_have_run: true }));
  }

  #end(reason: string): void {
    // Of most calls, as they have been answered.
    if (this.#isSettled) {
      this.#over(undefined);
      return;
    }
    const message = `${this.#deps.name} did not answer: ${reason}`;
    this.#over(new HubError("hub_unreachable", message, { may_have_run: true, retry_after_ms: 1000 }));
  }

  #over(error: HubError | undefined): void {
    if (this.#isOver) return;
    this.destroy();
    this.#deps.over(this, error);
  }
}

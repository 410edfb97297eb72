// Says a client's handshake again to a hub that does not know it, one request after the other, and keeps the answers to itself.
import type { Clock, Timer } from "../base/clock.ts";
import type { Said } from "../links/connection.ts";
import { away, type Loss } from "../links/losses.ts";
import { notificationFrame } from "../relay/answers.ts";
import type { ByteString, Frame, Sent } from "../wire/frame.ts";
import type { Scan } from "../wire/scan.ts";
import type { Handshake } from "./handshake.ts";
import { requestFrame } from "./handshake.ts";

export interface ReplayDeps {
  readonly clock: Clock;
  /** How long the hub may take for each answer. */
  readonly greetMs: number;
  readonly handshake: Handshake;
  send(frame: Frame, said: Said): Sent;
  /** This request is answered. */
  settled(idText: ByteString): void;
  /** The revision that the hub's answer names. */
  agreed(revision: string): void;
  /** All is said. */
  greeted(): void;
  /** This connection is of no use. */
  abandon(loss: Loss): void;
}

/** No client request is under way meanwhile, so these ids meet no other. */
const idOf = (method: string, number: number): ByteString => `"thehub-connect ${number} ${method}"`;

export class Replay {
  readonly #deps: ReplayDeps;
  #idText: ByteString = "";
  #answered: ((scan: Scan, bytes: Buffer) => void) | undefined;
  #timer: Timer | undefined;
  #said = 0;

  constructor(deps: ReplayDeps) {
    this.#deps = deps;
  }

  /** A client that had no handshake yet will have it itself. */
  start(): void {
    const { handshake } = this.#deps;
    if (handshake.initialize === undefined) this.#deps.greeted();
    else this.#say("initialize", handshake.initialize, (scan, bytes) => this.#initialized(scan, bytes));
  }

  /** Whether the answer with this id is to what was said here. */
  take(idText: ByteString, scan: Scan, bytes: Buffer): boolean {
    const answered = this.#answered;
    if (answered === undefined || idText !== this.#idText) return false;
    this.stop();
    this.#deps.settled(idText);
    answered(scan, bytes);
    return true;
  }

  /** Whether this request was one of its own: it gets no answer. */
  fail(idText: ByteString, reason: string): boolean {
    if (this.#answered === undefined || idText !== this.#idText) return false;
    this.stop();
    this.#deps.abandon(away(`the hub did not answer the client's handshake: ${reason}`));
    return true;
  }

  get isUnderWay(): boolean {
    return this.#answered !== undefined;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#answered = undefined;
  }

  #initialized({ resultStart, resultEnd }: Scan, bytes: Buffer): void {
    const { handshake, send, agreed, abandon } = this.#deps;
    if (resultStart < 0) {
      abandon(away("the hub refuses the client's handshake"));
      return;
    }
    const mismatch = handshake.mismatch(bytes.subarray(resultStart, resultEnd));
    if (mismatch !== undefined) {
      abandon({ kind: "refused", code: "hub_unreachable", reason: `${mismatch}; start the client again` });
      return;
    }
    agreed(handshake.revision);
    if (handshake.initialized) {
      send(notificationFrame("notifications/initialized"), { method: "notifications/initialized" });
    }
    const next = () => this.#subscribe(handshake.subscriptions.values());
    if (handshake.level === undefined) next();
    // A hub that does not know the level any more keeps its own.
    else this.#say("logging/setLevel", handshake.level, next);
  }

  /** What the hub would not have any more the client finds out when it is told to look. */
  #subscribe(rest: Iterator<Buffer>): void {
    const { value: params, done } = rest.next();
    if (done === true) {
      this.#deps.greeted();
      return;
    }
    const next = () => this.#subscribe(rest);
    this.#say("resources/subscribe", params, next, () => {
      // The hub is there, and one of its Cores is slow: the client has waited long enough.
      this.#deps.settled(this.#idText);
      this.stop();
      this.#deps.greeted();
    });
  }

  #say(method: string, params: Buffer, answered: (scan: Scan, bytes: Buffer) => void, late?: () => void): void {
    const { clock, greetMs, send, abandon } = this.#deps;
    this.#idText = idOf(method, ++this.#said);
    this.#answered = answered;
    const silent = () => abandon(away(`the hub did not answer ${method} within ${greetMs} ms`));
    this.#timer = clock.after(greetMs, late ?? silent);
    send(requestFrame(this.#idText, method, params), { method, idText: this.#idText });
  }
}

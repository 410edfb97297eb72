// Requests that came while there is no hub: kept in order, bounded in number, bytes and time.
import type { Clock, Timer } from "../base/clock.ts";
import type { ByteString } from "../wire/frame.ts";

export interface WaitingRequest {
  readonly key: string;
  readonly idText: ByteString;
  readonly bytes: Buffer;
  /** Clock ms; Infinity: as long as the room has it. */
  readonly deadlineMs: number;
}

export interface WaitingLimits {
  readonly maxRequests: number;
  readonly maxBytes: number;
}

export class WaitingRoom {
  readonly #clock: Clock;
  readonly #limits: WaitingLimits;
  readonly #expired: (request: WaitingRequest) => void;
  #requests = new Map<string, WaitingRequest>();
  #bytes = 0;
  #timer: Timer | undefined;

  /** `expired` is called for each request whose time is over; it is out then. */
  constructor(clock: Clock, limits: WaitingLimits, expired: (request: WaitingRequest) => void) {
    this.#clock = clock;
    this.#limits = limits;
    this.#expired = expired;
  }

  get size(): number {
    return this.#requests.size;
  }

  has(key: string): boolean {
    return this.#requests.has(key);
  }

  /** False: there is no room. */
  add(request: WaitingRequest): boolean {
    const { maxRequests, maxBytes } = this.#limits;
    if (this.#requests.size >= maxRequests || this.#bytes + request.bytes.length > maxBytes) return false;
    this.#requests.set(request.key, request);
    this.#bytes += request.bytes.length;
    this.#watch();
    return true;
  }

  /** In front of all others, whether there is room or not: it was in before. */
  addFirst(request: WaitingRequest): void {
    this.#requests = new Map([[request.key, request], ...this.#requests]);
    this.#bytes += request.bytes.length;
    this.#watch();
  }

  delete(key: string): boolean {
    const request = this.#requests.get(key);
    if (request === undefined) return false;
    this.#bytes -= request.bytes.length;
    return this.#requests.delete(key);
  }

  takeFirst(): WaitingRequest | undefined {
    const [first] = this.#requests.values();
    if (first !== undefined) this.delete(first.key);
    this.#watch();
    return first;
  }

  /** Hands out all of them, in order. */
  take(): readonly WaitingRequest[] {
    const all = [...this.#requests.values()];
    this.#requests.clear();
    this.#bytes = 0;
    this.#timer?.cancel();
    this.#timer = undefined;
    return all;
  }

  #watch(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { deadlineMs } of this.#requests.values()) nextMs = Math.min(nextMs, deadlineMs);
    if (nextMs === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#clock.after(Math.max(0, nextMs - this.#clock.now()), () => {
      const nowMs = this.#clock.now();
      const late = [...this.#requests.values()].filter(({ deadlineMs }) => deadlineMs <= nowMs);
      for (const request of late) {
        this.delete(request.key);
        this.#expired(request);
      }
      this.#watch();
    });
  }
}

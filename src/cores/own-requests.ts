// Requests that the hub itself asks a Core (initialize, lists, ping): each is answered, times out, or ends with the process.
import type { Clock, Timer } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import { type Frame, flatten, integerAt } from "../wire/frame.ts";
import type { Range } from "../wire/json.ts";
import type { Scan } from "../wire/scan.ts";

interface Waiting {
  readonly method: string;
  readonly timer: Timer | undefined;
  resolve(result: Buffer): void;
  reject(error: HubError): void;
}

export class OwnRequests {
  readonly #coreName: string;
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();
  #gone: HubError | undefined;

  constructor(coreName: string, clock: Clock) {
    this.#coreName = coreName;
    this.#clock = clock;
  }

  get size(): number {
    return this.#waiting.size;
  }

  has(id: number): boolean {
    return this.#waiting.has(id);
  }

  /**
   * To be called before the request is sent. `expired` is called when its time is over, before the promise rejects; without a time it waits as
   * long as the instance is there.
   */
  open(id: number, method: string, timeoutMs: number | undefined, expired: () => void): Promise<Buffer> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    return new Promise((resolve, reject) => {
      const late = (afterMs: number) => () => {
        this.#waiting.delete(id);
        expired();
        reject(this.#timedOut(method, afterMs));
      };
      const timer = timeoutMs === undefined ? undefined : this.#clock.after(timeoutMs, late(timeoutMs));
      this.#waiting.set(id, { method, timer, resolve, reject });
    });
  }

  /** False when this response belongs to nobody here. The result is copied out of the frame. */
  settle(id: number, frame: Frame, scan: Scan): boolean {
    const waiting = this.#take(id);
    if (waiting === undefined) return false;
    const bytes = flatten(frame);
    if (scan.errorStart >= 0) {
      waiting.reject(this.#coreError(waiting.method, bytes.subarray(scan.errorStart, scan.errorEnd)));
    } else {
      waiting.resolve(Buffer.from(bytes.subarray(scan.resultStart, scan.resultEnd)));
    }
    return true;
  }

  /**
   * The Core says that it has ended a request that stays open, as it does where there is no response to be closed. False for any other: what a Core of the
   * other era takes back is its own.
   */
  end(id: number): boolean {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined || waiting.timer !== undefined) return false;
    this.#take(id)?.resolve(Buffer.alloc(0));
    return true;
  }

  /** Nobody waits for it: its promise never settles. */
  forget(id: number): void {
    this.#take(id);
  }

  /** False where it is nobody's here. */
  reject(id: number, error: HubError): boolean {
    const waiting = this.#take(id);
    waiting?.reject(error);
    return waiting !== undefined;
  }

  /** The connection is gone: nobody will answer, now or later. */
  rejectAll(error: HubError): void {
    this.#gone = error;
    for (const id of [...this.#waiting.keys()]) this.reject(id, error);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(id);
    waiting.timer?.cancel();
    return waiting;
  }

  #timedOut(method: string, timeoutMs: number): HubError {
    const message = `core "${this.#coreName}" did not answer ${method} within ${Math.round(timeoutMs)} ms`;
    return new HubError("core_timeout", message, { core: this.#coreName });
  }

  #coreError(method: string, error: Buffer): HubError {
    const { code, message, data } = JSON.parse(error.toString("utf8")) as Record<string, unknown>;
    const text = `core "${this.#coreName}" refused ${method}: ${typeof message === "string" ? message : "no message"}`;
    return new CoreRefusal(this.#coreName, text, typeof code === "number" ? code : undefined, data);
  }
}

/** The id of a request of the hub, as a Core names it in another message: a number, or the same as a string. -1: no such id. */
export function ownIdAt(frame: Frame, { start, end }: Range): number {
  const id = integerAt(frame, start, end);
  return id >= 0 || start < 0 ? id : integerAt(frame, start + 1, end - 1);
}

/** A Core refused a request of the hub itself. */
export class CoreRefusal extends HubError {
  readonly rpcCode: number | undefined;
  /** What the Core said with it: another party's, and for nobody else. */
  readonly rpcData: unknown;

  constructor(coreName: string, message: string, rpcCode: number | undefined, rpcData: unknown) {
    super("internal", message, { core: coreName, core_error: rpcCode ?? null });
    this.rpcCode = rpcCode;
    this.rpcData = rpcData;
  }
}

/** The JSON-RPC code with which a Core itself refused a request; undefined for every other error. */
export function coreErrorCode(error: unknown): number | undefined {
  const code = error instanceof HubError ? error.data["core_error"] : undefined;
  return typeof code === "number" ? code : undefined;
}

// One live connection to a Core, with the hub's own requests on it. Lives once; a restart makes another.
import type { Clock } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import type { Log } from "../telemetry/log.ts";
import { type Frame, frameOfText, noSplices, type Sent, type Splice } from "../wire/frame.ts";
import type { Masker } from "../wire/mask.ts";
import { ownRequestMeta, tasksExtension } from "../wire/request-meta.ts";
import { eraOf } from "../wire/revisions.ts";
import type { Scan } from "../wire/scan.ts";
import { OwnRequests } from "./own-requests.ts";
import type { Fall } from "./supervisor.ts";

export interface InstanceDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly platform: NodeJS.Platform;
  readonly masker: Pick<Masker, "look" | "maskText">;
}

export interface InstanceEvents {
  /** `requestId`: of the hub's request on whose response it came, where it came on one. */
  frame(instance: Instance, frame: Frame, scan: Scan, requestId?: number): void;
  /**
   * It has ended, or is of no use any more. May be said more than once; the first reason is the true one. `clue`: what that says of a Core
   * that was asked for its era just now.
   */
  down(instance: Instance, fall: Fall, clue?: EraClue): void;
  /** The request of this id gets no answer, while the instance goes on. */
  unanswered(instance: Instance, id: number, error: HubError): void;
  /** It may have told of changes, and nothing came. */
  missed(instance: Instance): void;
  /** The Core has other tools than those it was last heard to have: resolves when they are read anew. Rejects where they cannot be. */
  toolsOutdated(instance: Instance): Promise<void>;
  /** As `unanswered`; the Core has certainly not run it, and the next instance may be asked. `frame` is what was sent. */
  returned(instance: Instance, id: number, frame: Frame, error: HubError): void;
}

/** `legacy`: it is what servers of that era do. `unsettled`: anything may have been the reason, and the other era is worth a try. */
export type EraClue = "legacy" | "unsettled";

/** What every instance is named by and counts with. */
export interface InstanceFacts {
  readonly coreName: string;
  readonly hubVersion: string;
  /** As the Core lists them now. */
  tools(): readonly { readonly bytes: Buffer }[];
  nextId(): number;
}

/** Frames to and from the Core. */
export interface InstanceLink {
  /** When the Core last said anything, in Clock milliseconds. */
  readonly heardMs: number;
  send(frame: Frame, splices: readonly Splice[]): Sent;
  /** Nobody waits for the answer to this request any more, and nobody tells the Core so. Absent where an answer that is owed takes up nothing. */
  settled?(id: number): void;
}

export abstract class Instance {
  readonly requests: OwnRequests;
  abstract readonly link: InstanceLink;
  /** Of its process; undefined where it is not one of the hub's. */
  abstract readonly pid: number | undefined;
  /** Whether what is sent is read in order. */
  abstract readonly isOrdered: boolean;
  readonly #facts: InstanceFacts;
  /** What a request of the hub itself says of it in the modern era; and one that may be about tasks. */
  #meta: object | undefined;
  #taskMeta: object | undefined;

  constructor(facts: InstanceFacts, deps: InstanceDeps) {
    this.requests = new OwnRequests(facts.coreName, deps.clock);
    this.#facts = facts;
  }

  /** When it last showed any life, in Clock milliseconds. */
  abstract get heardMs(): number;

  /** Its last words beside the protocol, masked. */
  abstract stderrTail(): string[];

  /** The revision that is spoken from now on. */
  agreed(revision: string): void {
    if (eraOf(revision) === "modern") {
      this.#meta = ownRequestMeta(this.#facts.hubVersion);
      this.#taskMeta = ownRequestMeta(this.#facts.hubVersion, { [tasksExtension]: {} });
    } else this.notify("notifications/initialized");
  }

  /** Ends it, if it has not ended, and all that it left behind. Never rejects. */
  abstract end(stopTimeoutMs: number): Promise<void>;

  /**
   * Resolves to the raw result; rejects with core_timeout, with the Core's own refusal, or when the instance is torn down.
   * A request that the Core may have begun is cancelled when its time is over.
   */
  request(method: string, params: object | undefined, timeoutMs: number): Promise<Buffer> {
    return this.#ask(method, params, timeoutMs).answer;
  }

  /** A request that stays open until the Core ends it, the instance is gone, or it is taken back. */
  open(method: string, params: object): { readonly id: number; readonly answer: Promise<Buffer> } {
    return this.#ask(method, params, undefined);
  }

  takeBack(id: number): void {
    this.requests.forget(id);
    this.notify("notifications/cancelled", { requestId: id });
  }

  #ask(
    method: string,
    params: object | undefined,
    timeoutMs: number | undefined,
  ): { readonly id: number; readonly answer: Promise<Buffer> } {
    const id = this.#facts.nextId();
    const answer = this.requests.open(id, method, timeoutMs, () => {
      if (neverCancelled.has(method)) this.link.settled?.(id);
      else this.notify("notifications/cancelled", { requestId: id, reason: "timed out" });
    });
    const meta = isAboutTasks(method, params) ? this.#taskMeta : this.#meta;
    const whole = meta === undefined ? params : { ...params, _meta: meta };
    const frame = frameOfText(JSON.stringify({ jsonrpc: "2.0", id, method, params: whole }));
    const sent = this.link.send(frame, noSplices);
    // A closed link is followed by the end of the instance, which says why; only a full one is an answer of its own.
    if (sent === "full") {
      const { coreName } = this.#facts;
      const message = `core "${coreName}" does not read what it is sent fast enough`;
      this.requests.reject(id, new HubError("overloaded", message, { core: coreName }));
    }
    return { id, answer };
  }

  notify(method: string, params?: object): void {
    this.link.send(frameOfText(JSON.stringify({ jsonrpc: "2.0", method, params })), noSplices);
  }
}

const neverCancelled: ReadonlySet<string> = new Set(["initialize", "ping", "server/discover"]);

/** Whether the Core must know that the hub knows tasks: what it lists is for clients that may not. */
function isAboutTasks(method: string, params: object | undefined): boolean {
  const { notifications } = (params ?? {}) as { readonly notifications?: { readonly taskIds?: unknown } };
  return method.startsWith("tasks/") || notifications?.taskIds !== undefined;
}

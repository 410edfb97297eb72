// HTTP+SSE, the transport of MCP 2024-11-05: everything for the client comes as events on one GET, whose first event names where the
// client's messages are to be posted. A client whose stream was cut comes back with the id of its last event (docs/decisions/0046).
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Clock, Timer } from "../base/clock.ts";
import type { Principal } from "../sessions/principal.ts";
import { byteString } from "../wire/frame.ts";
import { BodyReader } from "./http/body.ts";
import { forgetHead } from "./http/event-response.ts";
import { RingBudget, type RingLimits, usualRings } from "./http/event-ring.ts";
import { toEvict } from "./http/eviction.ts";
import { acceptedBy, isEncoded, isJson, single } from "./http/negotiate.ts";
import * as refusals from "./http/refusals.ts";
import { cutMost } from "./http/unread.ts";
import type { WebDoor } from "./http-router.ts";
import type { DoorLog, Guest, Judge, RequestDoorkeeper } from "./port.ts";
import { RefusalLog, type RefusalReason } from "./refusal-log.ts";
import { type Reply, refuse, writeReply } from "./reply.ts";
import { agreedRevision, type Returning, SseReturns } from "./sse-returns.ts";
import { backWithinMs, SseSession, type SseSessionDeps } from "./sse-session.ts";
import { Stay } from "./stay.ts";

export interface SseDoorLimits extends RingLimits {
  readonly maxMessageBytes: number;
  /** Of all bodies that are still coming in. */
  readonly maxIncomingBytes: number;
  /** Most bytes that may wait for a client; beyond it the client is cut off. */
  readonly maxOutboxBytes: number;
  /** The same of all clients together. */
  readonly maxAllUnreadBytes: number;
  readonly maxSessions: number;
}

export interface SseDoorDeps {
  readonly doorkeeper: RequestDoorkeeper;
  readonly clock: Clock;
  readonly log: DoorLog;
  /** Absent: no rules are looked at but those that let the client in. */
  readonly judge?: Judge;
  /** What stands before `/messages` as clients see it: the path of HUB_PUBLIC_URL, or the base path. */
  readonly publicPath: string;
  /** Of the streams of other doors too; absent: its own. */
  readonly budget?: RingBudget;
  readonly limits?: Partial<SseDoorLimits>;
}

const defaultLimits: SseDoorLimits = {
  maxMessageBytes: 10 * 1024 * 1024,
  maxIncomingBytes: 256 * 1024 * 1024,
  maxOutboxBytes: 32 * 1024 * 1024,
  maxAllUnreadBytes: 512 * 1024 * 1024,
  maxSessions: 5_000,
  ...usualRings,
};

/** One timer looks after all sessions. */
const checkMs = 1_000;

export class SseDoor {
  /** `GET /sse`. */
  readonly stream: WebDoor = {
    methods: ["GET"],
    handle: (request, response, guest) => this.#open(request, response, guest),
  };
  /** `POST /messages`. */
  readonly messages: WebDoor = {
    methods: ["POST"],
    handle: (request, response, guest) => this.#receive(request, response, guest),
  };
  readonly #deps: SseDoorDeps;
  readonly #limits: SseDoorLimits;
  readonly #sessionDeps: SseSessionDeps;
  readonly #refusals: RefusalLog;
  readonly #sessions = new Map<string, SseSession>();
  readonly #bodies: BodyReader;
  readonly #returns = new SseReturns();
  #timer: Timer | undefined;
  #draining = false;
  #emptied: (() => void) | undefined;

  constructor(deps: SseDoorDeps) {
    this.#deps = deps;
    this.#limits = { ...defaultLimits, ...deps.limits };
    this.#bodies = new BodyReader(this.#limits);
    const { clock, doorkeeper, judge, log } = deps;
    this.#refusals = new RefusalLog(clock, log);
    this.#sessionDeps = {
      ...{ clock, doorkeeper, judge },
      budget: deps.budget ?? new RingBudget(this.#limits),
      maxBytes: this.#limits.maxOutboxBytes,
      messagesPath: byteString(`${deps.publicPath}/messages`),
      slowReader: ({ principal: { name }, visitor }, pendingBytes) => {
        log.warn("slow_reader_cut", {
          client: name,
          reason: "outbox full",
          pending_bytes: pendingBytes,
          busy: visitor.busy,
        });
      },
      gone: ({ id }) => {
        this.#sessions.delete(id);
        if (this.#sessions.size === 0) this.#emptied?.();
      },
    };
  }

  /** Sessions: those whose clients are there, and those that may come back. */
  get sessions(): number {
    return this.#sessions.size;
  }

  /** Takes nobody new; ends each session as soon as it is idle, all of them after `graceMs`, taken or not. Resolves when none is left. */
  async close(graceMs: number): Promise<void> {
    this.#draining = true;
    const late = this.#deps.clock.after(graceMs, () => {
      for (const session of this.#sessions.values()) session.endNow();
    });
    for (const session of this.#sessions.values()) void session.visitor.whenIdle().then(() => session.endWhenTold());
    if (this.#sessions.size > 0) {
      await new Promise<void>((resolve) => {
        this.#emptied = resolve;
      });
    }
    late.cancel();
    this.#returns.close();
    this.#refusals.close();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #open(request: IncomingMessage, response: ServerResponse, guest: Guest): void {
    const { headers } = request;
    const lastEventId = single(headers["last-event-id"]);
    const refusal = !acceptedBy(headers.accept).events
      ? refusals.eventsNotAccepted
      : lastEventId
        ? this.#resume(lastEventId, response, guest)
        : this.#mayReturn(headers, response, guest)
          ? this.#askWho({ headers, response, guest, sinceMs: this.#deps.clock.now() })
          : this.#begin(headers, response, guest);
    if (refusal !== undefined) writeReply(response, refusal);
    else forgetHead(request);
  }

  /** Returns what to refuse the request with. To an id of nobody knows what there is no new session: its client takes itself for initialized. */
  #resume(lastEventId: string, response: ServerResponse, guest: Guest): Reply | undefined {
    const [, id, seq] = /^([0-9a-f]{32})-(\d{1,15})$/.exec(lastEventId) ?? [];
    if (this.#sessionOf(id, guest)?.resumeOn(response, Number(seq), guest) === true) return undefined;
    return this.#refused(guest, refusals.noSuchStream, "session");
  }

  /** No more of a caller are asked than it has sessions to come back to, and none that waits behind another request on its connection. */
  #mayReturn(headers: IncomingHttpHeaders, response: ServerResponse, { principal }: Guest): boolean {
    const revision = agreedRevision(headers);
    if (revision === undefined || response.socket === null) return false;
    let left = -this.#returns.of(principal);
    for (const session of this.#sessions.values()) if (session.isOfReturning(principal, revision)) left++;
    return left > 0;
  }

  #askWho(returning: Returning): undefined {
    this.#returns.ask(returning);
    this.#watch();
  }

  /** It has said whose it is (`session`, `after`), by where it posted its answer; or it has not, and is as one that comes for the first time. */
  #goOn({ headers, response, guest: then, sinceMs }: Returning, session?: SseSession, after?: string | null): void {
    const { judge, clock } = this.#deps;
    const guest = judge === undefined ? then : judge(then);
    const seq = /^\d{1,15}$/.test(after ?? "") ? Number(after) : 0;
    if (guest !== undefined && !new Stay(guest, judge, clock).isOver) {
      const isIts = session?.belongsTo(guest.principal) === true;
      // It has come back by a later request than this one.
      if (isIts && session.hasResumedSince(sinceMs)) {
        response.end();
        return;
      }
      if (isIts && session.resumeOn(response, seq, guest)) return;
      if (this.#begin(headers, response, guest) === undefined) return;
    }
    // What it was asked on has begun, so it cannot be refused any more.
    response.end();
  }

  #sessionOf(id: string | null | undefined, { principal }: Guest): SseSession | undefined {
    const session = this.#sessions.get(id ?? "");
    return session?.belongsTo(principal) === true ? session : undefined;
  }

  /** Returns what to refuse the request with. */
  #begin(headers: IncomingHttpHeaders, response: ServerResponse, guest: Guest): Reply | undefined {
    if (this.#draining) return this.#refused(guest, refusals.draining, "draining");
    if (this.#sessions.size >= this.#limits.maxSessions && !this.#makeRoom(guest.principal)) {
      return this.#refused(guest, refusals.full, "sessions");
    }
    const session = new SseSession(headers, response, guest, this.#sessionDeps);
    this.#sessions.set(session.id, session);
    this.#watch();
    return undefined;
  }

  /** Of those whose clients are away. */
  #makeRoom(asking: Principal): boolean {
    const now = this.#deps.clock.now();
    const session = toEvict(this.#sessions.values(), asking, now, backWithinMs);
    if (session === undefined) return false;
    this.#deps.log.info("session_evicted", {
      client: session.principal.name,
      idle_ms: Math.round(session.idleMs(now)),
    });
    session.end();
    return true;
  }

  /** Returns what it is refused with. */
  #refused({ peer }: Guest, reply: Reply, reason: RefusalReason): Reply {
    this.#refusals.add({ status: reply.status, reason, peer });
    return reply;
  }

  #receive(request: IncomingMessage, response: ServerResponse, guest: Guest): void {
    const asked = new URLSearchParams(request.url?.split("?")[1] ?? "");
    const session = this.#sessionOf(asked.get("sessionId"), guest);
    const { headers } = request;
    const refusal =
      session === undefined
        ? this.#refused(guest, refusals.noSuchStream, "session")
        : !isJson(headers["content-type"])
          ? refusals.wrongContentType
          : isEncoded(headers)
            ? refusals.encodedBody
            : undefined;
    if (session === undefined || refusal !== undefined) {
      refuse(request, response, refusal ?? refusals.noSuchStream);
      return;
    }
    this.#bodies.read(request, (body) => {
      if (body === "too_large") writeReply(response, refusals.tooLarge(this.#limits.maxMessageBytes));
      else if (body === "crowded") writeReply(response, refusals.crowded);
      // It may have ended while the body came in.
      else if (!session.belongsTo(guest.principal)) writeReply(response, refusals.noSuchStream);
      else if (body.size === 0) writeReply(response, refusals.noBody);
      else {
        // Before the message is taken: its answer may be on its way to the client at once.
        const now = this.#deps.judge === undefined ? guest : this.#deps.judge(guest);
        if (now === undefined) {
          writeReply(response, refusals.nobodyAnyMore);
          return;
        }
        writeReply(response, accepted);
        session.visitor.renew(now.principal);
        session.posted(headers);
        const returning = this.#returns.answeredBy(body);
        if (returning === undefined) session.visitor.receive(body, this.#deps.clock.now());
        else this.#goOn(returning, session, asked.get("after"));
      }
    });
  }

  #check(): void {
    const now = this.#deps.clock.now();
    for (const session of this.#sessions.values()) session.check(now);
    cutMost(this.#sessions.values(), this.#limits.maxAllUnreadBytes);
    for (const returning of this.#returns.takeOverdue(now)) this.#goOn(returning);
    this.#timer = undefined;
    if (this.#sessions.size + this.#returns.size > 0) this.#watch();
  }

  #watch(): void {
    this.#timer ??= this.#deps.clock.after(checkMs, () => this.#check());
  }
}

const accepted: Reply = { status: 202, headers: { "content-type": "text/plain" }, body: "Accepted" };

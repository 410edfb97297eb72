// HTTP+SSE, the transport of MCP 2024-11-05: everything for the client comes as events on one GET, whose first event names where the
// client's messages are to be posted. The response is the session: when it ends, so does that.
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock, Timer } from "../base/clock.ts";
import { sameCaller } from "../sessions/principal.ts";
import { byteString, replySink } from "../wire/frame.ts";
import { traceHeaders } from "../wire/trace-context.ts";
import { BodyReader } from "./http/body.ts";
import { EventResponse, forgetHead } from "./http/event-response.ts";
import { eventBytes } from "./http/event-stream.ts";
import { acceptedBy, isEncoded, isJson } from "./http/negotiate.ts";
import * as refusals from "./http/refusals.ts";
import { cutMost, type SlowReader } from "./http/unread.ts";
import type { WebDoor } from "./http-router.ts";
import type { DoorLog, Guest, Judge, RequestDoorkeeper, RequestVisitor } from "./port.ts";
import { RefusalLog, type RefusalReason } from "./refusal-log.ts";
import { type Reply, refuse, writeReply } from "./reply.ts";
import { Stay } from "./stay.ts";

export interface SseDoorLimits {
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
  readonly limits?: Partial<SseDoorLimits>;
}

const defaultLimits: SseDoorLimits = {
  maxMessageBytes: 10 * 1024 * 1024,
  maxIncomingBytes: 256 * 1024 * 1024,
  maxOutboxBytes: 32 * 1024 * 1024,
  maxAllUnreadBytes: 512 * 1024 * 1024,
  maxSessions: 5_000,
};

/** One timer looks after all sessions. */
const checkMs = 1_000;

interface SseSession extends SlowReader {
  /** Of who asked for the stream. */
  readonly stay: Stay;
  readonly visitor: RequestVisitor;
  readonly events: EventResponse;
}

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
  readonly #refusals: RefusalLog;
  readonly #sessions = new Map<string, SseSession>();
  readonly #bodies: BodyReader;
  #timer: Timer | undefined;
  #draining = false;
  #emptied: (() => void) | undefined;

  constructor(deps: SseDoorDeps) {
    this.#deps = deps;
    this.#limits = { ...defaultLimits, ...deps.limits };
    this.#bodies = new BodyReader(this.#limits);
    this.#refusals = new RefusalLog(deps.clock, deps.log);
  }

  /** Open sessions. */
  get sessions(): number {
    return this.#sessions.size;
  }

  /** Takes nobody new; ends each session as soon as it is idle, all of them after `graceMs`, taken or not. Resolves when none is left. */
  async close(graceMs: number): Promise<void> {
    this.#draining = true;
    const late = this.#deps.clock.after(graceMs, () => {
      for (const { events } of this.#sessions.values()) events.endNow();
    });
    for (const { visitor, events } of this.#sessions.values()) void visitor.whenIdle().then(() => events.end());
    if (this.#sessions.size > 0) {
      await new Promise<void>((resolve) => {
        this.#emptied = resolve;
      });
    }
    late.cancel();
    this.#refusals.close();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #open(request: IncomingMessage, response: ServerResponse, guest: Guest): void {
    const refusal = this.#refusal(request, guest);
    if (refusal !== undefined) {
      writeReply(response, refusal);
      return;
    }
    const { clock, doorkeeper, judge, log, publicPath } = this.#deps;
    // A capability like a token, though this transport has it in the URL: never logged, good for its own principal only.
    const id = randomBytes(16).toString("hex");
    const slow = (pendingBytes: number): void => {
      const { name } = guest.principal;
      log.warn("slow_reader_cut", {
        client: name,
        reason: "outbox full",
        pending_bytes: pendingBytes,
        busy: visitor.busy,
      });
    };
    const events = new EventResponse(response, {
      clock,
      maxBytes: this.#limits.maxOutboxBytes,
      closed: () => this.#ended(id),
      slow,
    });
    events.send(byteString(`event: endpoint\ndata: ${publicPath}/messages?sessionId=${id}\n\n`));
    const { principal, peer, profile } = guest;
    const visitor = doorkeeper.open({
      ...{ principal, peer, profile },
      door: "sse",
      sink: replySink((frame, splices) => events.send(eventBytes("event: message\n", frame, splices))),
      trace: traceHeaders(request.headers),
      end: () => events.end(),
    });
    forgetHead(request);
    this.#sessions.set(id, {
      ...{ stay: new Stay(guest, judge, clock), visitor, events },
      get unreadBytes() {
        return events.pendingBytes;
      },
      cutOff() {
        slow(events.pendingBytes);
        events.destroy();
      },
    });
    this.#timer ??= clock.after(checkMs, () => this.#check());
  }

  #refusal({ headers }: IncomingMessage, guest: Guest): Reply | undefined {
    if (!acceptedBy(headers.accept).events) return refusals.eventsNotAccepted;
    if (this.#draining) return this.#refused(guest, refusals.draining, "draining");
    if (this.#sessions.size < this.#limits.maxSessions) return undefined;
    return this.#refused(guest, refusals.full, "sessions");
  }

  /** Returns what it is refused with. */
  #refused({ peer }: Guest, reply: Reply, reason: RefusalReason): Reply {
    this.#refusals.add({ status: reply.status, reason, peer });
    return reply;
  }

  #receive(request: IncomingMessage, response: ServerResponse, guest: Guest): void {
    const { principal } = guest;
    const id = new URLSearchParams(request.url?.split("?")[1] ?? "").get("sessionId") ?? "";
    const session = this.#sessions.get(id);
    const { headers } = request;
    const refusal =
      session === undefined || !sameCaller(session.stay.principal, principal)
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
      // Its stream may have ended while the body came in.
      else if (!this.#sessions.has(id)) writeReply(response, refusals.noSuchStream);
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
        session.visitor.receive(body, this.#deps.clock.now());
      }
    });
  }

  #ended(id: string): void {
    const session = this.#sessions.get(id);
    this.#sessions.delete(id);
    session?.visitor.leave();
    if (this.#sessions.size === 0) this.#emptied?.();
  }

  #check(): void {
    const now = this.#deps.clock.now();
    for (const { events, stay } of this.#sessions.values()) {
      if (stay.isOver) events.end();
      else events.check(now);
    }
    cutMost(this.#sessions.values(), this.#limits.maxAllUnreadBytes);
    this.#timer = this.#sessions.size === 0 ? undefined : this.#deps.clock.after(checkMs, () => this.#check());
  }
}

const accepted: Reply = { status: 202, headers: { "content-type": "text/plain" }, body: "Accepted" };

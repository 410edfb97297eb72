// Streamable HTTP of both eras on one endpoint: each message of a client is a POST of its own, what belongs to a request comes back as its
// response. From 2025-03-26 to 2025-11-25 messages belong to sessions, everything else comes on the response of a GET, and a client that
// disconnects has not cancelled anything. In 2026-07-28 a request is all there is (modern-posts.ts).
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock, Timer } from "../../base/clock.ts";
import type { Principal } from "../../sessions/principal.ts";
import { type ByteString, type Frame, partOf } from "../../wire/frame.ts";
import { MessageReader } from "../../wire/message-reader.ts";
import { hasBatches, isLegacyRevision } from "../../wire/revisions.ts";
import { traceHeaders } from "../../wire/trace-context.ts";
import type { WebDoor } from "../http-router.ts";
import type { DoorLog, Guest, Judge, RequestDoorkeeper } from "../port.ts";
import { RefusalLog, type RefusalReason } from "../refusal-log.ts";
import { type Reply, refuse, writeReply } from "../reply.ts";
import { batchOf, isBatch } from "./batch.ts";
import { BodyReader, type NoBody } from "./body.ts";
import { classify, isListen, isModernHeader, kindInBatch, type LegacyKind, revisionHeader } from "./classify.ts";
import { forgetHead } from "./event-response.ts";
import { RingBudget, type RingLimits, usualRings } from "./event-ring.ts";
import { toEvict } from "./eviction.ts";
import { HttpSession, type SessionDeps } from "./http-session.ts";
import { type ModernLimits, ModernPosts } from "./modern-posts.ts";
import { type Accepted, acceptedBy, isEncoded, isJson, single } from "./negotiate.ts";
import type { Post, PostOptions } from "./post.ts";
import * as refusals from "./refusals.ts";
import { cutMost } from "./unread.ts";

export interface HttpDoorLimits extends RingLimits, ModernLimits {
  readonly maxMessageBytes: number;
  /** Of all bodies that are still coming in. */
  readonly maxIncomingBytes: number;
  /** On all responses of one session, or of one client of the modern era. */
  readonly maxUnreadBytes: number;
  readonly maxSessions: number;
  /** Requests of one session that wait for their response. */
  readonly maxPosts: number;
  /** Messages in one batch. */
  readonly maxBatch: number;
  /** Streams of events of one session that are sent or kept; those whose requests are under way are kept in any case. */
  readonly maxStreams: number;
  /** A session that nobody used for so long ends. */
  readonly idleMs: number;
}

export interface HttpDoorDeps {
  readonly doorkeeper: RequestDoorkeeper;
  readonly clock: Clock;
  readonly log: DoorLog;
  readonly limits?: Partial<HttpDoorLimits>;
  /** Absent: who was let in stays in. */
  readonly judge?: Judge;
  /** Of the streams of other doors too; absent: its own. */
  readonly budget?: RingBudget;
  /** Counts a message that no response could take. */
  dropped(reason: "no_stream"): void;
}

const defaultLimits: HttpDoorLimits = {
  maxMessageBytes: 10 * 1024 * 1024,
  maxIncomingBytes: 256 * 1024 * 1024,
  maxUnreadBytes: 64 * 1024 * 1024,
  maxAllUnreadBytes: 512 * 1024 * 1024,
  maxOutboxBytes: 32 * 1024 * 1024,
  maxSessions: 5_000,
  maxPosts: 512,
  maxClientPosts: 1_024,
  maxAllPosts: 16_384,
  maxBatch: 100,
  maxStreams: 256,
  idleMs: 30 * 60_000,
  ...usualRings,
};

/** One timer looks after all sessions. */
const checkMs = 1_000;

/** What a POST says about itself before its body is read. */
interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly guest: Guest;
  readonly accepted: Accepted;
  /** What its headers name. Undefined: nothing. A reply: none that there is, with which all but a modern request is refused. */
  readonly session: HttpSession | Reply | undefined;
}

export class HttpDoor implements WebDoor {
  readonly methods: readonly string[] = ["POST", "GET", "DELETE"];
  readonly #deps: HttpDoorDeps;
  readonly #limits: HttpDoorLimits;
  readonly #sessionDeps: SessionDeps;
  readonly #sessions = new Map<string, HttpSession>();
  /** One for all: a message is used up before the next one is looked at. */
  readonly #reader = new MessageReader();
  readonly #bodies: BodyReader;
  readonly #refusals: RefusalLog;
  readonly #modern: ModernPosts;
  #timer: Timer | undefined;
  #draining = false;
  #emptied: (() => void) | undefined;
  /** While it drains: what sessions that have ended still have on its way. */
  readonly #lastWords: Promise<void>[] = [];

  constructor(deps: HttpDoorDeps) {
    const { clock, doorkeeper, judge, log } = deps;
    this.#deps = deps;
    this.#limits = { ...defaultLimits, ...deps.limits };
    this.#bodies = new BodyReader(this.#limits);
    this.#refusals = new RefusalLog(clock, log);
    const lost = () => deps.dropped("no_stream");
    const slowReader = (client: string, pendingBytes: number, busy: number): void => {
      log.warn("slow_reader_cut", { client, reason: "outbox full", pending_bytes: pendingBytes, busy });
    };
    this.#sessionDeps = {
      ...{ doorkeeper, judge },
      budget: deps.budget ?? new RingBudget(this.#limits),
      responses: { clock, maxBytes: this.#limits.maxOutboxBytes },
      limits: this.#limits,
      slowReader: ({ principal, visitor }, pendingBytes) => slowReader(principal.name, pendingBytes, visitor.busy),
      lost,
      ended: (session) => this.#ended(session),
    };
    this.#modern = new ModernPosts({ doorkeeper, judge, clock, limits: this.#limits, lost, slowReader });
  }

  /** Open sessions. */
  get sessions(): number {
    return this.#sessions.size;
  }

  /** Requests of the modern era under way. */
  get modernRequests(): number {
    return this.#modern.size;
  }

  handle(request: IncomingMessage, response: ServerResponse, guest: Guest): void {
    const session = this.#sessionOf(request, guest);
    const revision = revisionHeader(request.headers);
    const hasSession = session instanceof HttpSession;
    if (request.method === "POST") {
      // Headers that a modern request needs say that its session is not looked at.
      const mayBeModern = revision !== undefined && !isLegacyRevision(revision);
      if (hasSession || session === undefined || mayBeModern) this.#post(request, response, guest, session);
      else refuse(request, response, this.#sessionRefusal(guest, session));
    } else if (!hasSession && isModernHeader(revision)) refuse(request, response, refusals.onlyPost);
    else if (!hasSession) refuse(request, response, this.#sessionRefusal(guest, session ?? refusals.noSessionId));
    else if (request.method === "GET") this.#get(request, response, session, guest);
    else {
      session.end();
      writeReply(response, { status: 204, body: "" });
    }
  }

  /**
   * Takes no new session and no new request from now on; ends each session as soon as it is idle, all of them after `graceMs`.
   * Resolves when none is left, and what they were told has been read; after `graceMs` in any case.
   */
  async close(graceMs: number): Promise<void> {
    this.#draining = true;
    const modern = this.#modern.close(graceMs);
    let isLate = () => {};
    const late = new Promise<void>((resolve) => (isLate = resolve));
    const timer = this.#deps.clock.after(graceMs, () => {
      for (const session of [...this.#sessions.values()]) session.end();
      isLate();
    });
    for (const session of this.#sessions.values()) void session.visitor.whenIdle().then(() => session.end());
    if (this.#sessions.size > 0) await new Promise<void>((resolve) => (this.#emptied = resolve));
    await Promise.race([Promise.all(this.#lastWords), late]);
    await modern;
    timer.cancel();
    this.#refusals.close();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** The session that the headers name, what is wrong with them, or undefined where they name none. */
  #sessionOf({ headers }: IncomingMessage, { principal }: Guest): HttpSession | Reply | undefined {
    const id = single(headers["mcp-session-id"]);
    if (id === undefined) return undefined;
    const session = this.#sessions.get(id);
    if (session?.belongsTo(principal) !== true) return refusals.noSuchSession;
    const revision = single(headers["mcp-protocol-version"]);
    if (revision !== undefined && !isLegacyRevision(revision)) return refusals.unknownRevision;
    session.used(this.#deps.clock.now());
    return session;
  }

  #post(request: IncomingMessage, response: ServerResponse, guest: Guest, session: Asked["session"]): void {
    const { headers } = request;
    const accepted = acceptedBy(headers.accept);
    const refusal = !isJson(headers["content-type"])
      ? refusals.wrongContentType
      : isEncoded(headers)
        ? refusals.encodedBody
        : !accepted.json && !accepted.events
          ? refusals.nothingAcceptable
          : session instanceof HttpSession && session.open >= this.#limits.maxPosts
            ? refusals.tooMany
            : undefined;
    if (refusal !== undefined) {
      refuse(request, response, refusal);
      return;
    }
    this.#bodies.read(request, (body) => {
      const reply = this.#take({ request, response, guest, accepted, session }, body);
      if (reply !== undefined) writeReply(response, reply);
    });
  }

  /** Returns what to refuse the request with, or to accept it with where nothing else will answer. */
  #take(asked: Asked, body: Frame | NoBody): Reply | undefined {
    if (body === "too_large") return refusals.tooLarge(this.#limits.maxMessageBytes);
    if (body === "crowded") return refusals.crowded;
    if (body.size === 0) return refusals.noBody;
    // Here, since nothing comes between this and the message: what it was sent with is what it may do.
    const { judge } = this.#deps;
    const guest = judge === undefined ? asked.guest : judge(asked.guest);
    if (guest === undefined) return refusals.nobodyAnyMore;
    if (asked.session instanceof HttpSession) asked.session.renew(guest.principal);
    const judged = guest === asked.guest ? asked : { ...asked, guest };
    return isBatch(body) ? this.#takeBatch(judged, body) : this.#takeOne(judged, body);
  }

  #takeOne(asked: Asked, body: Frame): Reply | undefined {
    const reader = this.#reader;
    reader.read(body);
    try {
      const what = classify(reader, asked.request.headers);
      switch (what.t) {
        case "faulty":
          return refusals.rpcReply(what.fault.code, what.fault.message, { idText: what.fault.id });
        case "refused":
          return refusals.rpcReply(what.code, what.message, { idText: idIn(reader) });
        case "modern":
          return what.kind === "notification" ? accepted : this.#takeModern(asked);
        case "legacy":
          return this.#takeLegacy(asked, what.kind);
      }
    } finally {
      reader.release();
    }
  }

  #takeModern(asked: Asked): Reply | undefined {
    const reader = this.#reader;
    if (this.#draining) return this.#refused(asked.guest, refusals.drainingFor(idIn(reader)), "draining");
    if (!asked.accepted.events && isListen(reader)) return refusals.listenNeedsEvents(idIn(reader));
    const full = this.#modern.take(asked, reader);
    return full === undefined ? undefined : refusals.tooManyOf(full, idIn(reader));
  }

  #takeLegacy(asked: Asked, kind: LegacyKind): Reply | undefined {
    const session = this.#enterable(asked);
    if (session === undefined) return kind === "initialize" ? this.#initialize(asked) : refusals.noSessionId;
    if (!(session instanceof HttpSession)) return session;
    const nowMs = this.#deps.clock.now();
    if (kind === "notification" || kind === "response") {
      session.visitor.take(this.#reader, nowMs, session);
      return accepted;
    }
    session.visitor.take(this.#reader, nowMs, openPost(asked, session, nowMs));
    return undefined;
  }

  /** The session of a request, if that may come in, or what it is refused with. While its body came in the session may have ended, or filled. */
  #enterable({ guest, session }: Asked): HttpSession | Reply | undefined {
    if (session === undefined) return undefined;
    if (!(session instanceof HttpSession)) return this.#sessionRefusal(guest, session);
    if (session.isEnded) return refusals.noSuchSession;
    return session.open >= this.#limits.maxPosts ? refusals.tooMany : session;
  }

  #takeBatch(asked: Asked, body: Frame): Reply | undefined {
    const session = this.#enterable(asked);
    if (session !== undefined && !(session instanceof HttpSession)) return session;
    if (session === undefined || !hasBatches(session.visitor.revision)) return refusals.noBatches;
    const messages = batchOf(body, this.#limits.maxBatch);
    if (messages === undefined) return refusals.rpcReply("parse_error", "the body is not a JSON array");
    if (messages.length === 0 || messages.length > this.#limits.maxBatch) {
      return refusals.rpcReply("request_invalid", `a batch has 1 to ${this.#limits.maxBatch} messages`);
    }
    const reader = this.#reader;
    const kinds = messages.map((message) => {
      reader.read(message);
      const kind = kindInBatch(reader);
      reader.release();
      return kind;
    });
    if (kinds.includes("modern")) return refusals.noModernBatches;
    if (kinds.includes("initialize")) return refusals.rpcReply("request_invalid", "initialize cannot be in a batch");
    const requests = kinds.filter((kind) => kind === "request" || kind === "faulty").length;
    const nowMs = this.#deps.clock.now();
    const sink = requests === 0 ? session : openPost(asked, session, nowMs, { requests, isBatch: true, opens: false });
    for (const message of messages) {
      reader.read(message);
      session.visitor.take(reader, nowMs, sink);
      reader.release();
    }
    return requests === 0 ? accepted : undefined;
  }

  /** A session comes to be with its first answer, if that is a good one. */
  #initialize(asked: Asked): Reply | undefined {
    if (this.#draining) return this.#refused(asked.guest, refusals.draining, "draining");
    if (this.#sessions.size >= this.#limits.maxSessions && !this.#makeRoom(asked.guest.principal)) {
      return this.#refused(asked.guest, refusals.full, "sessions");
    }
    const session = new HttpSession(asked.guest, this.#sessionDeps);
    const nowMs = this.#deps.clock.now();
    session.visitor.take(
      this.#reader,
      nowMs,
      openPost(asked, session, nowMs, { requests: 1, isBatch: false, opens: true }),
    );
    if (session.visitor.revision === undefined) {
      session.end();
      return undefined;
    }
    this.#sessions.set(session.id, session);
    this.#timer ??= this.#deps.clock.after(checkMs, () => this.#check());
    return undefined;
  }

  #get(request: IncomingMessage, response: ServerResponse, session: HttpSession, guest: Guest): void {
    const { events } = acceptedBy(request.headers.accept);
    if (!events || this.#draining) {
      writeReply(response, events ? refusals.draining : refusals.eventsNotAccepted);
      return;
    }
    const lastEventId = single(request.headers["last-event-id"]);
    forgetHead(request);
    if (lastEventId === undefined) {
      session.listenOn(response, guest);
      return;
    }
    const outcome = session.resumeOn(response, lastEventId, guest);
    if (outcome === "unknown") writeReply(response, refusals.noSuchEvent);
    else if (outcome === "ended") writeReply(response, nothingLeft);
  }

  #sessionRefusal(guest: Guest, reply: Reply): Reply {
    return reply === refusals.noSuchSession ? this.#refused(guest, reply, "session") : reply;
  }

  /** Returns what it is refused with. */
  #refused({ peer }: Guest, reply: Reply, reason: RefusalReason): Reply {
    this.#refusals.add({ status: reply.status, reason, peer });
    return reply;
  }

  #ended(session: HttpSession): void {
    this.#sessions.delete(session.id);
    if (this.#draining) this.#lastWords.push(session.unread.whenRead());
    if (this.#sessions.size === 0) this.#emptied?.();
  }

  #makeRoom(asking: Principal): boolean {
    const now = this.#deps.clock.now();
    const session = toEvict(this.#sessions.values(), asking, now);
    if (session === undefined) return false;
    const idleMs = Math.round(session.idleMs(now));
    this.#deps.log.info("session_evicted", { client: session.principal.name, idle_ms: idleMs });
    session.end();
    return true;
  }

  #check(): void {
    const now = this.#deps.clock.now();
    for (const session of this.#sessions.values()) {
      session.check(now);
      if (session.idleMs(now) < this.#limits.idleMs) continue;
      this.#deps.log.info("session_expired", { client: session.principal.name, idle_ms: this.#limits.idleMs });
      session.end();
    }
    cutMost(this.#sessions.values(), this.#limits.maxAllUnreadBytes);
    this.#timer = this.#sessions.size === 0 ? undefined : this.#deps.clock.after(checkMs, () => this.#check());
  }
}

const accepted: Reply = { status: 202, body: "" };
/** With server-sent events this status means: do not come back. To an empty stream the SDKs come back, as one for everything else. */
const nothingLeft: Reply = { status: 204, body: "" };

type Shape = Pick<PostOptions, "requests" | "isBatch" | "opens">;
const usualShape: Shape = { requests: 1, isBatch: false, opens: false };

function openPost(
  { request, response, accepted }: Asked,
  session: HttpSession,
  nowMs: number,
  shape = usualShape,
): Post {
  const { requests, isBatch, opens } = shape;
  return session.post(response, { accepted, requests, isBatch, opens, trace: traceHeaders(request.headers), nowMs });
}

function idIn({ scan, bytes, text }: MessageReader): ByteString {
  return scan.idStart < 0 ? "null" : partOf(bytes, text, scan.idStart, scan.idEnd);
}

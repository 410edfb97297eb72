// What a door holds of one connection: takes each message to the session that it is of. Messages of both eras may come on one connection; a
// modern one says itself what its session is, and those that say the same are of one (docs/decisions/0027).
import { HubError } from "../base/errors.ts";
import type { RequestVisitor } from "../doors/port.ts";
import type { Envelope } from "../sessions/envelope.ts";
import type { Principal } from "../sessions/principal.ts";
import { idKey } from "../sessions/session.ts";
import type { Frame, ReplySink } from "../wire/frame.ts";
import type { MessageReader } from "../wire/message-reader.ts";
import { partIn, stringIn } from "../wire/read-message.ts";
import type { ClientSession } from "./call.ts";
import type { Relay } from "./relay.ts";

/** Of one connection, that have something under way. */
const maxModern = 16;

export class Connection implements RequestVisitor {
  readonly #relay: Relay;
  /** Of the era that speaks first. */
  readonly #first: ClientSession;
  #legacy: ClientSession | undefined;
  /** The one of the last modern request. */
  #modern: ClientSession | undefined;
  /** All of them, once there are several. */
  #moderns: Map<Envelope, ClientSession> | undefined;

  constructor(relay: Relay, session: ClientSession) {
    this.#relay = relay;
    this.#first = session;
  }

  get revision(): string | undefined {
    return this.#legacy?.revision;
  }

  get busy(): number {
    return this.#sessions().reduce((sum, { busy }) => sum + busy, 0);
  }

  receive(frame: Frame, readMs?: number): void {
    const reader = this.#relay.reader;
    reader.read(frame);
    this.take(reader, readMs, this.#first.sink);
    reader.release();
  }

  take(message: MessageReader, readMs: number | undefined, replies: ReplySink): void {
    const { fault, scan } = message;
    if (fault !== undefined || scan.kind === "response") {
      this.#relay.take(this.#legacy ?? this.#first, message, readMs, replies);
    } else if (scan.kind === "notification") this.#notification(message, replies);
    else {
      const envelope = this.#envelopeOf(message, replies);
      if (envelope === "refused") return;
      const session = envelope === undefined ? this.#ofLegacy() : this.#ofModern(envelope);
      if (session === undefined) this.#relay.refuse(this.#first, message, replies, tooManyAtOnce());
      else this.#relay.take(session, message, readMs, replies);
    }
  }

  renew(principal: Principal): void {
    for (const session of this.#sessions()) this.#relay.renew(session, principal);
  }

  get isListening(): boolean {
    return this.#sessions().some(({ listens }) => listens !== undefined && listens.size > 0);
  }

  fault(code: "too_large" | "parse_error" | "request_invalid", message: string): void {
    this.#relay.fault(this.#first, code, message);
  }

  leave(): void {
    for (const session of this.#sessions()) this.#relay.leave(session);
  }

  async whenIdle(): Promise<void> {
    await Promise.all(this.#sessions().map((session) => session.whenIdle()));
  }

  /** One that takes a request back is about that request's session; all else is of the legacy era. */
  #notification(message: MessageReader, replies: ReplySink): void {
    const { scan } = message;
    const method = stringIn(message, scan.methodStart, scan.methodEnd);
    const legacy = this.#legacy ?? this.#first;
    if (this.#modern === undefined || scan.requestIdStart < 0 || method !== "notifications/cancelled") {
      this.#relay.take(legacy, message, undefined, replies);
      return;
    }
    const key = idKey(partIn(message, scan.requestIdStart, scan.requestIdEnd));
    const isItsRequest = ({ calls, parked, listens }: ClientSession) =>
      calls.has(key) || parked.has(key) || listens?.has(key) === true;
    const session = this.#sessions().find(isItsRequest) ?? legacy;
    this.#relay.take(session, message, undefined, replies);
  }

  #ofLegacy(): ClientSession {
    if (this.#legacy === undefined) {
      const isFree = this.#first.envelope === undefined;
      this.#legacy = isFree ? this.#first : this.#openFurther();
    }
    return this.#legacy;
  }

  /** Undefined where it would be one too many. */
  #ofModern(envelope: Envelope): ClientSession | undefined {
    const last = this.#modern;
    if (last?.envelope === envelope) return last;
    const session = this.#moderns?.get(envelope) ?? this.#openModern(envelope);
    if (session !== undefined) this.#modern = session;
    return session;
  }

  #openModern(envelope: Envelope): ClientSession | undefined {
    const isFree = this.#first.envelope === undefined && this.#legacy === undefined;
    if (!isFree && !this.#hasRoom()) return undefined;
    const session = isFree ? this.#first : this.#openFurther();
    this.#relay.enveloped(session, envelope);
    // One connection is one party, whatever its requests say of themselves. (Each POST is one of its own.)
    if (this.#first.door !== "http") session.limitKey = this.#first.limitKey;
    if (!isFree) this.#moderns?.set(envelope, session);
    return session;
  }

  /** For one more of the modern era. What a session may have open is bounded, so that their number has to be. */
  #hasRoom(): boolean {
    this.#moderns ??= new Map(this.#modern?.envelope === undefined ? [] : [[this.#modern.envelope, this.#modern]]);
    for (const [said, idle] of this.#moderns) {
      if (this.#moderns.size < maxModern) break;
      if (idle.busy > 0 || (idle.listens?.size ?? 0) > 0 || idle === this.#first) continue;
      this.#moderns.delete(said);
      this.#relay.leave(idle);
    }
    return this.#moderns.size < maxModern;
  }

  /** Of the same visit as the first session, which is there as long as the connection is, and knows when whoever came in has other rights by now. */
  #openFurther(): ClientSession {
    const { principal, sink, door, peer, askedProfile, trace, paramHeaders, end } = this.#first;
    return this.#relay.openSession({ principal, sink, door, peer, profile: askedProfile, trace, paramHeaders, end });
  }

  /** Undefined of a message of the legacy era. */
  #envelopeOf(message: MessageReader, replies: ReplySink): Envelope | "refused" | undefined {
    try {
      return this.#relay.envelopes.read(message);
    } catch (error) {
      this.#relay.refuse(this.#first, message, replies, HubError.from(error));
      return "refused";
    }
  }

  #sessions(): readonly ClientSession[] {
    if (this.#moderns === undefined && this.#legacy === undefined) return [this.#first];
    const more = this.#moderns === undefined ? [] : [...this.#moderns.values()];
    return [...new Set([this.#first, ...(this.#legacy === undefined ? [] : [this.#legacy]), ...more])];
  }
}

function tooManyAtOnce(): HubError {
  const message = `requests of ${maxModern} kinds of client are under way on this connection; let some end, or open another`;
  return new HubError("overloaded", message, { limit: "client", retry_after_ms: 1000 });
}

// An instance that is a connection to a server somewhere else: over Streamable HTTP or WebSocket. There is no process to end, only a
// session to say goodbye to.
import { type Credential, lackOf, loginNeeded } from "../base/credential.ts";
import { HubError } from "../base/errors.ts";
import type { Connection, Said } from "../links/connection.ts";
import type { Loss } from "../links/losses.ts";
import {
  type ByteString,
  byteText,
  type Frame,
  flatten,
  frameOf,
  integerAt,
  joined,
  type Sent,
  type Splice,
} from "../wire/frame.ts";
import { eraOf } from "../wire/revisions.ts";
import { createScan, type Scan, scan, scanCore, stringAt } from "../wire/scan.ts";
import {
  type EraClue,
  Instance,
  type InstanceDeps,
  type InstanceEvents,
  type InstanceFacts,
  type InstanceLink,
} from "./instance.ts";
import type { Dialled } from "./remote-dial.ts";
import { RateLimit } from "./stderr.ts";
import type { Fall } from "./supervisor.ts";

/** Messages that wait for the connection to open: the handshake, and no more. */
const maxQueued = 16;

type HeadersOf = (method: string, bytes: Buffer, scan: Scan) => Record<string, string>;

export class RemoteInstance extends Instance {
  readonly pid: undefined;
  readonly link: RemoteLink;
  readonly isOrdered: boolean;
  readonly #connection: Connection;
  readonly #gone: Promise<void>;

  /** `dial` begins to connect. */
  constructor(
    facts: InstanceFacts,
    deps: InstanceDeps,
    events: InstanceEvents,
    { dial, isOrdered, headersOf }: Dialled,
    credential: Credential | undefined,
  ) {
    super(facts, deps);
    this.isOrdered = isOrdered;
    let isOpened = false;
    let gone = () => {};
    this.#gone = new Promise((resolve) => {
      gone = resolve;
    });
    const errorOf = (error: HubError) => {
      const lack = error.code === "unauthenticated" && credential !== undefined ? lackOf(credential.state) : undefined;
      return lack === undefined ? coreError(facts.coreName, error) : loginNeeded(facts.coreName, lack);
    };
    const own: HeadersOf = (method, bytes, record) => headersOf(method, bytes, record, facts.tools());
    const link = new RemoteLink(deps, own, (frame, record, requestId) => {
      events.frame(this, frame, record, requestId);
    });
    this.link = link;
    this.#connection = dial({
      opened: () => {
        isOpened = true;
        link.opened();
      },
      message: (frame, idText) => link.received(frame, idText),
      unanswered: (idText, error) => events.unanswered(this, Number(idText), errorOf(error)),
      returned: (idText, frame, loss) => events.returned(this, Number(idText), frame, errorOf(errorOfLoss(loss))),
      // The arguments that a tool wants in headers may be others now.
      mismatched: (idText, frame, refusal) => {
        // Requests of the hub itself have none of them.
        if (this.requests.has(Number(idText))) return link.received(refusal, idText);
        link.hold(idText, refusal);
        events.toolsOutdated(this).then(
          () => link.again(idText, frame),
          () => link.again(idText, undefined),
        );
      },
      missed: () => events.missed(this),
      lost: (loss) => {
        link.close();
        gone();
        events.down(this, fallOf(loss, credential), clueOf(loss, isOrdered && isOpened));
      },
      pressed: () => {},
    });
    link.to(this.#connection);
  }

  get heardMs(): number {
    return this.link.heardMs;
  }

  /** A server elsewhere has no stderr here. */
  stderrTail(): string[] {
    return [];
  }

  override agreed(revision: string): void {
    this.#connection.agreed(revision);
    this.link.isModern = eraOf(revision) === "modern";
    super.agreed(revision);
  }

  /** The connection bounds how long its goodbye takes. */
  end(): Promise<void> {
    this.#connection.close();
    return this.#gone.finally(() => this.link.close());
  }
}

class RemoteLink implements InstanceLink {
  heardMs: number;
  isModern = false;
  readonly #deps: InstanceDeps;
  readonly #headersOf: HeadersOf;
  readonly #frame: (frame: Frame, scan: Scan, requestId: number | undefined) => void;
  readonly #sent = createScan();
  readonly #received = createScan();
  readonly #garbage: RateLimit;
  #connection: Connection | undefined;
  #queue: Frame[] | undefined = [];
  /** Requests that may be sent once more, with how they were refused. */
  readonly #held = new Map<ByteString, Frame>();
  #isOpen = true;

  constructor(
    deps: InstanceDeps,
    headersOf: HeadersOf,
    frame: (frame: Frame, scan: Scan, requestId: number | undefined) => void,
  ) {
    this.#deps = deps;
    this.#headersOf = headersOf;
    this.#frame = frame;
    this.heardMs = deps.clock.now();
    this.#garbage = new RateLimit(deps.clock, 10, (count) => deps.log.warn("core_garbage_dropped", { count }));
  }

  to(connection: Connection): void {
    this.#connection = connection;
  }

  opened(): void {
    const queue = this.#queue ?? [];
    this.#queue = undefined;
    for (const frame of queue) this.#send(frame);
  }

  send(frame: Frame, splices: readonly Splice[]): Sent {
    if (!this.#isOpen) return "closed";
    const whole = splices.length === 0 ? frame : frameOf(joined(frame, splices, "", ""));
    if (this.#queue === undefined) return this.#send(whole);
    if (this.#queue.length >= maxQueued) return "full";
    this.#queue.push(whole);
    return "ok";
  }

  received(frame: Frame, idText?: ByteString): void {
    if (!this.#isOpen) return;
    this.heardMs = this.#deps.clock.now();
    const fault = scanCore(frame, this.#received);
    if (fault !== undefined) {
      if (this.#garbage.take()) this.#deps.log.warn("core_garbage", { why: fault.message });
      return;
    }
    const record = this.#received;
    if (record.kind === "response" && record.idStart >= 0) {
      const id = integerAt(frame, record.idStart, record.idEnd);
      if (id >= 0) this.settled(id);
    }
    this.#frame(frame, record, idText === undefined ? undefined : Number(idText));
  }

  settled(id: number): void {
    this.#connection?.settled(String(id));
  }

  hold(idText: ByteString, refusal: Frame): void {
    this.#held.set(idText, refusal);
  }

  /** Sends it once more, or without a frame lets the refusal stand; nothing where it was taken back meanwhile. */
  again(idText: ByteString, frame: Frame | undefined): void {
    const refusal = this.#held.get(idText);
    if (refusal === undefined || !this.#held.delete(idText)) return;
    if (frame === undefined || this.#send(frame, true) !== "ok") this.received(refusal, idText);
  }

  /** Receives nothing more. */
  close(): void {
    this.#isOpen = false;
    this.#queue = undefined;
    this.#held.clear();
    this.#garbage.close();
  }

  /** A request is told from what needs no answer. */
  #send(frame: Frame, isAgain = false): Sent {
    const bytes = flatten(frame);
    const record = this.#sent;
    if (scan(bytes, record) !== undefined || record.kind === "response")
      return this.#connection?.send(frame) ?? "closed";
    const method = stringAt(bytes, record.methodStart, record.methodEnd);
    const said = this.#said(method, bytes);
    const sent = this.#connection?.send(frame, isAgain ? { ...said, isAgain } : said) ?? "closed";
    const { cancels } = said;
    if (cancels !== undefined) {
      this.#held.delete(cancels);
      // A server may leave the stream of what was taken back open for ever.
      this.#connection?.settled(cancels);
    }
    return sent;
  }

  #said(method: string, bytes: Buffer): Said {
    const record = this.#sent;
    if (record.kind === "notification") {
      const { requestIdStart, requestIdEnd } = record;
      // A client's notifications go on with all that is in them: a request id in any other one takes nothing back.
      if (method !== "notifications/cancelled" || requestIdStart < 0) return { method };
      return { method, cancels: byteText(bytes, requestIdStart, requestIdEnd) };
    }
    const idText = byteText(bytes, record.idStart, record.idEnd);
    // The question for the era is of the modern one, whatever its answer.
    if (!this.isModern && method !== "server/discover") return { method, idText };
    return {
      method,
      idText,
      headers: this.#headersOf(method, bytes, record),
    };
  }
}

function fallOf({ code, reason, retryMs }: Loss, credential: Credential | undefined): Fall {
  const lack = code === "unauthenticated" && credential !== undefined ? lackOf(credential.state) : undefined;
  if (lack === undefined) return { code: "core_down", reason, fatal: false, retryMs };
  return { code: "login_needed", reason: `needs a login: ${lack.why}; ${lack.fix}`, fatal: false };
}

/** `wasOrdered`: one stream of messages that was open. What the way there, a login or a busy server brings about says nothing. */
function clueOf({ kind, status = 0 }: Loss, wasOrdered: boolean): EraClue | undefined {
  if (kind === "refused" || undecided.has(status)) return undefined;
  if (status >= 500) return "unsettled";
  if (kind === "wrong") return status === 0 ? "unsettled" : "legacy";
  return wasOrdered ? "legacy" : undefined;
}

const undecided: ReadonlySet<number> = new Set([401, 403, 407, 408, 429, 503]);

function errorOfLoss({ reason }: Loss): HubError {
  return new HubError("core_down", reason, { may_have_run: false, retry_after_ms: 1000 });
}

/** In the words of the links there is an endpoint that cannot be reached; here it has a name. */
function coreError(core: string, { code, message, data }: HubError): HubError {
  const isUnreachable = code === "hub_unreachable" || code === "unauthenticated";
  return new HubError(isUnreachable ? "core_down" : code, `core "${core}": ${message}`, { ...data, core });
}

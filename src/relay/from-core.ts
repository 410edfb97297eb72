// What Cores send: each message goes to the session that exactly owns it, or to nobody (design rule 3).
import { logLevelOf } from "../sessions/log-level.ts";
import type { Log } from "../telemetry/log.ts";
import type { DropReason } from "../telemetry/metrics.ts";
import { byteText, type Frame, flatten, integerAt, noSplices } from "../wire/frame.ts";
import type { Masker } from "../wire/mask.ts";
import { paramAt } from "../wire/params.ts";
import { type Scan, stringAt } from "../wire/scan.ts";
import type { Asks } from "./asks.ts";
import type { TaskNews } from "./bridge/task-news.ts";
import type { Lane } from "./call.ts";
import type { Calls } from "./calls.ts";
import type { CoreMessage, Owner } from "./owner.ts";
import { spelledAt } from "./resource-uris.ts";
import type { Subscriptions } from "./subscriptions.ts";
import { relatedEdits } from "./task-ids.ts";
import type { Tasks } from "./tasks.ts";
import type { UrlElicitations } from "./url-elicitations.ts";

export interface FromCoreDeps {
  readonly asks: Pick<Asks, "ask" | "cancelled">;
  readonly calls: Pick<Calls, "answer" | "progress">;
  readonly urls: Pick<UrlElicitations, "done">;
  readonly tasks: Pick<Tasks, "status" | "progress">;
  readonly subscriptions: Pick<Subscriptions, "changed">;
  readonly taskNews: Pick<TaskNews, "changed">;
  readonly log: Log;
  readonly masker: Pick<Masker, "active" | "maskFrame">;
  /** Counts a notification that reached nobody. */
  dropped(reason: DropReason): void;
  /** Whose a message is that names no request; undefined where nobody can tell. */
  ownerOf(lane: Lane, message: CoreMessage): Owner | undefined;
}

const progressMethod = "notifications/progress";

export class FromCore {
  readonly #deps: FromCoreDeps;

  constructor(deps: FromCoreDeps) {
    this.#deps = deps;
  }

  /** `scan` belongs to the caller and is valid during this call only. `requestId`: of the request on whose response it came, where that is known. */
  receive(lane: Lane, read: Frame, scan: Scan, requestId?: number): void {
    const { calls, masker } = this.#deps;
    const isResponse = scan.kind === "response";
    // Read before masking, which may take an id for a secret of digits.
    const hubId = isResponse
      ? integerAt(read, scan.idStart, scan.idEnd)
      : integerAt(read, scan.paramTokenStart, scan.paramTokenEnd);
    // Masking keeps every length, so the ranges of the scan stay true.
    if (isResponse) {
      // An answer that nobody waits for: its call was cancelled, timed out, or left with its client.
      calls.answer(lane, masker.active ? masker.maskFrame(read) : read, scan, hubId);
      return;
    }
    const method = stringAt(flatten(read), scan.methodStart, scan.methodEnd);
    // Masking is done in place: only by what they were before it the Core knows its ids, uris and tasks again.
    const before = masker.active && method !== progressMethod ? Buffer.from(flatten(read)) : flatten(read);
    const frame = masker.active ? masker.maskFrame(read) : read;
    const bytes = flatten(frame);
    if (scan.kind === "request") {
      const idText = byteText(before, scan.idStart, scan.idEnd);
      this.#deps.asks.ask(lane, method, idText, { bytes, scan, requestId });
    } else if (method === progressMethod) {
      const { tasks } = this.#deps;
      const isHeard = calls.progress(lane, frame, scan, hubId) || tasks.progress(lane, frame, bytes, scan, hubId);
      if (!isHeard) this.#deps.dropped("no_owner");
    } else if (method === "notifications/message") this.#logMessage(lane, frame, { bytes: before, scan, requestId });
    else if (method === "notifications/cancelled") {
      if (!this.#deps.asks.cancelled(lane, frame, before, scan)) this.#deps.dropped("no_owner");
    } else if (method === "notifications/elicitation/complete") this.#elicitationDone(lane, frame, bytes, scan);
    else if (method === "notifications/tasks/status") {
      if (!this.#deps.tasks.status(lane, frame, before, scan)) this.#deps.dropped("no_owner");
    } else if (method === "notifications/tasks") {
      if (!this.#deps.taskNews.changed(lane, frame, before, scan)) this.#deps.dropped("no_owner");
    } else if (method === "notifications/resources/updated") this.#resourceUpdated(lane, frame, before, scan);
    else this.#other(lane, method, frame);
  }

  #elicitationDone(lane: Lane, frame: Frame, bytes: Buffer, scan: Scan): void {
    const done = this.#deps.urls.done(lane, bytes, scan);
    if (done === undefined) this.#deps.dropped("no_owner");
    else done.session.sink.send(frame, [done.edit]);
  }

  /** `bytes` as they were before masking: the uri must be known again. */
  #resourceUpdated(lane: Lane, frame: Frame, bytes: Buffer, scan: Scan): void {
    const { uriStart, uriEnd } = scan;
    const isNamed = uriStart >= 0 && bytes[uriStart] === 0x22;
    const namespace = lane.policy.uriPrefix;
    const edits =
      !isNamed || namespace === undefined ? noSplices : [spelledAt(flatten(frame), uriStart, uriEnd, namespace)];
    const isHeard =
      isNamed &&
      this.#deps.subscriptions.changed(lane, stringAt(bytes, uriStart, uriEnd), ({ sink }, isNative) => {
        sink.send(frame, isNative ? noSplices : edits);
      });
    if (!isHeard) this.#deps.dropped("no_owner");
  }

  /** Of a kind that the hub knows nothing of: the client of an instance that has only one may know it. */
  #other(lane: Lane, method: string, frame: Frame): void {
    const owner = lane.owner;
    if (owner?.phase === "ready") {
      owner.sink.send(frame, noSplices);
      return;
    }
    this.#deps.dropped("unsupported");
    this.#deps.log.debug("core_notification_dropped", { core: lane.core.name, method });
  }

  /**
   * A log message names no request, though it may name a task. On a shared Core it may belong to a call that was cancelled or answered a moment ago, even
   * while only one runs: it has an owner only where the Core has a single client, or one call at a time.
   */
  #logMessage(lane: Lane, frame: Frame, message: CoreMessage): void {
    const { bytes, scan } = message;
    const owner = this.#deps.ownerOf(lane, message);
    if (owner === undefined) {
      this.#deps.dropped("no_owner");
      this.#deps.log.debug("core_message_without_owner", { core: lane.core.name });
      return;
    }
    const { session, replies } = owner;
    // A client of the modern era asks for them with each request that it wants them of.
    if (session.era === "modern" && session.logLevel === undefined) return;
    const level = paramAt(bytes, scan, "level");
    const severity = level === undefined ? undefined : logLevelOf(stringAt(bytes, level.start, level.end));
    if (severity !== undefined && session.logLevel !== undefined && severity < session.logLevel) return;
    replies.send(frame, relatedEdits(lane.core.namespace, bytes, scan));
  }
}

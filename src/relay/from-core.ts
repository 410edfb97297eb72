// What Cores send: each message goes to the session that exactly owns it, or to nobody (design rule 3).

import { logLevelOf } from "../sessions/log-level.ts";
import type { Log } from "../telemetry/log.ts";
import type { DropReason } from "../telemetry/metrics.ts";
import { type Frame, flatten, integerAt, noSplices } from "../wire/frame.ts";
import { findMember } from "../wire/json.ts";
import type { Masker } from "../wire/mask.ts";
import { type Scan, stringAt } from "../wire/scan.ts";
import type { ClientSession, Lane } from "./call.ts";
import type { Calls } from "./calls.ts";

export interface FromCoreDeps {
  readonly calls: Pick<Calls, "answer" | "progress">;
  readonly log: Log;
  readonly masker: Pick<Masker, "active" | "maskFrame">;
  /** Counts a notification that reached nobody. */
  dropped(reason: DropReason): void;
  /** The one session of a hub that has only one; used where a Core serves a single client. */
  onlySession(): ClientSession | undefined;
}

export class FromCore {
  readonly #deps: FromCoreDeps;

  constructor(deps: FromCoreDeps) {
    this.#deps = deps;
  }

  /** `scan` belongs to the caller and is valid during this call only. */
  receive(lane: Lane, read: Frame, scan: Scan): void {
    const { calls, masker } = this.#deps;
    const isResponse = scan.kind === "response";
    // Read before masking, which may take an id for a secret of digits.
    const hubId = isResponse
      ? integerAt(read, scan.idStart, scan.idEnd)
      : integerAt(read, scan.paramTokenStart, scan.paramTokenEnd);
    // Masking keeps every length, so the ranges of the scan stay true.
    const frame = masker.active ? masker.maskFrame(read) : read;
    if (isResponse) {
      // An answer that nobody waits for: its call was cancelled, timed out, or left with its client.
      calls.answer(lane, frame, scan, hubId);
      return;
    }
    const bytes = flatten(frame);
    const method = stringAt(bytes, scan.methodStart, scan.methodEnd);
    if (method === "notifications/progress") {
      if (!calls.progress(lane, frame, scan, hubId)) this.#deps.dropped("no_owner");
    } else if (method === "notifications/message") this.#logMessage(lane, frame, bytes, scan);
    else {
      this.#deps.dropped("unsupported");
      this.#deps.log.debug("core_notification_dropped", { core: lane.core.name, method });
    }
  }

  /**
   * A log message names no request. On a shared Core it may belong to a call that was cancelled or answered a moment ago, even
   * while only one runs: it has an owner only where the hub has a single client.
   */
  #logMessage(lane: Lane, frame: Frame, bytes: Buffer, scan: Scan): void {
    const owner = lane.policy.exclusive ? this.#deps.onlySession() : undefined;
    if (owner === undefined) {
      this.#deps.dropped("no_owner");
      this.#deps.log.debug("core_message_without_owner", { core: lane.core.name });
      return;
    }
    if (owner.phase !== "ready") {
      this.#deps.dropped("not_ready");
      return;
    }
    const level = scan.paramsStart < 0 ? undefined : findMember(bytes, scan.paramsStart, scan.paramsEnd, "level");
    const severity = level === undefined ? undefined : logLevelOf(stringAt(bytes, level.start, level.end));
    if (severity !== undefined && owner.logLevel !== undefined && severity < owner.logLevel) return;
    owner.sink.send(frame, noSplices);
  }
}

// Asks a Core that is up whether it still answers, and in the era that it was greeted in: behind an address another server may stand by now.
// Decides only that it does not; what follows is the supervisor's.
import type { Clock, Timer } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import type { Era } from "../wire/revisions.ts";
import { isOfOtherEra } from "./discovery.ts";
import { CoreRefusal } from "./own-requests.ts";

export interface HealthDeps {
  readonly clock: Clock;
  /** 0: no pings. */
  readonly pingIntervalMs: number;
  readonly pingFailures: number;
  readonly era: Era;
  /** When the Core last wrote anything to stdout, in Clock milliseconds. */
  heardMs(): number;
  request(method: string, timeoutMs: number): Promise<unknown>;
  /** So many pings in a row were not answered, and nothing else was heard either. Said once, as the other. */
  unresponsive(reason: string): void;
  /** It is not what was greeted any more. */
  changed(reason: string): void;
}

const longestPingMs = 10_000;

/** Starts pinging. Returns what ends it. */
export function watchHealth(deps: HealthDeps): () => void {
  const { clock, pingIntervalMs, era } = deps;
  if (pingIntervalMs === 0) return () => {};
  // The modern era has no ping: what it has to answer always is this.
  const method = era === "modern" ? "server/discover" : "ping";
  const timeoutMs = Math.min(pingIntervalMs, longestPingMs);
  /** There are servers that know no ping, and refuse it from the start. */
  let hasAnswered = era === "modern";
  let failures = 0;
  let ended = false;
  let timer: Timer = clock.after(pingIntervalMs, ask);

  function ask(): void {
    const askedMs = clock.now();
    deps.request(method, timeoutMs).then(
      () => {
        hasAnswered = true;
        next(undefined);
      },
      (error: unknown) => {
        if (error instanceof CoreRefusal) {
          const isOther = isOfOtherEra(error, era);
          if (isOther) failures = deps.pingFailures;
          next(isOther || hasAnswered ? error : undefined);
          return;
        }
        // Any answer is a sign of life, and so is any other message.
        const isSilent = error instanceof HubError && error.code === "core_timeout" && deps.heardMs() <= askedMs;
        next(isSilent ? "silent" : undefined);
      },
    );
  }

  function next(failure: CoreRefusal | "silent" | undefined): void {
    if (ended) return;
    failures = failure === undefined ? 0 : failures + 1;
    if (failures < deps.pingFailures) timer = clock.after(pingIntervalMs, ask);
    else if (failure === "silent")
      deps.unresponsive(`did not answer ${failures} ${failures === 1 ? "ping" : "pings in a row"}`);
    else deps.changed(`is not what it was when it was greeted: ${failure?.message}`);
  }

  return () => {
    ended = true;
    timer.cancel();
  };
}

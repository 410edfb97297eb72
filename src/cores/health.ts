// Asks a Core that is up whether it still answers. Decides only that it does not; what follows is the supervisor's.
import type { Clock, Timer } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";

export interface HealthDeps {
  readonly clock: Clock;
  /** 0: no pings. */
  readonly pingIntervalMs: number;
  readonly pingFailures: number;
  /** When the Core last wrote anything to stdout, in Clock milliseconds. */
  heardMs(): number;
  ping(timeoutMs: number): Promise<unknown>;
  /** So many pings in a row were not answered, and nothing else was heard either. Said once. */
  unresponsive(failures: number): void;
}

const longestPingMs = 10_000;

/** Starts pinging. Returns what ends it. */
export function watchHealth(deps: HealthDeps): () => void {
  const { clock, pingIntervalMs } = deps;
  if (pingIntervalMs === 0) return () => {};
  const timeoutMs = Math.min(pingIntervalMs, longestPingMs);
  let failures = 0;
  let ended = false;
  let timer: Timer = clock.after(pingIntervalMs, ask);

  function ask(): void {
    const askedMs = clock.now();
    deps.ping(timeoutMs).then(
      () => next(true),
      (error: unknown) => {
        // Any answer is a sign of life, a refusal of ping too; and so is any other message.
        const silent = error instanceof HubError && error.code === "core_timeout";
        next(!silent || deps.heardMs() > askedMs);
      },
    );
  }

  function next(alive: boolean): void {
    if (ended) return;
    failures = alive ? 0 : failures + 1;
    if (failures >= deps.pingFailures) deps.unresponsive(failures);
    else timer = clock.after(pingIntervalMs, ask);
  }

  return () => {
    ended = true;
    timer.cancel();
  };
}

// Decides when a Core's process is launched, torn down and given up. Pure: time comes in as a number, work goes out as
// effects; it never starts, stops or waits for anything itself.
//
//   idle ──start──► starting ──up──► up
//                    ▲    │          │
//                 retry  down      down          `down` tears the instance down, whatever is left of it
//                    │    ▼          ▼
//                   backoff ◄────────┘ ──(fatal, or max_restarts in a row)──► failed ──start──► starting
//
//   stop, from any of these ──► draining ──gone──► stopped ──start──► starting
import type { ErrorCode } from "../base/errors.ts";
import type { ResolvedCore } from "../manifest/manifest.ts";

/** Why an instance is of no use any more. */
export interface Fall {
  readonly code: ErrorCode;
  /** A phrase for people that follows the Core's name: `exited with code 1`. */
  readonly reason: string;
  /** Another attempt would end the same way. */
  readonly fatal: boolean;
  /** So long the other side wants to be left alone. */
  readonly retryMs?: number | undefined;
}

/** `since` and `retryAtMs` are Clock milliseconds; `reason` and `code` are those of the fall. */
export type CoreState =
  /** Never started. */
  | { readonly t: "idle"; readonly since: number }
  /** Launched: its process is not known to answer yet, or its first lists are still being read. */
  | { readonly t: "starting"; readonly since: number }
  /** Initialized and listed: calls may be sent. */
  | { readonly t: "up"; readonly since: number }
  /** Down; launched again at `retryAtMs`. */
  | {
      readonly t: "backoff";
      readonly since: number;
      readonly code: ErrorCode;
      readonly reason: string;
      readonly retryAtMs: number;
    }
  /** Given up: nothing happens until someone starts it again. */
  | {
      readonly t: "failed";
      readonly since: number;
      readonly code: ErrorCode;
      readonly reason: string;
      /** The reason of the last fall alone. */
      readonly cause: string;
    }
  /** Being stopped: it may still answer what it was asked. */
  | { readonly t: "draining"; readonly since: number }
  /** Stopped on request; no process is left. */
  | { readonly t: "stopped"; readonly since: number };

export interface Supervised {
  readonly state: CoreState;
  /** Counts launches. An event or a timer that carries an older number comes too late and changes nothing. */
  readonly generation: number;
  /** Restarts since the Core was last up for `steadyMs`. */
  readonly restarts: number;
}

export interface RestartPolicy {
  readonly restartBackoffMs: number;
  readonly maxRestarts: number;
}

/** A server elsewhere may be away for hours, and comes back without anybody here starting it. */
export function restartPolicyOf({ remote, health }: ResolvedCore): RestartPolicy {
  return remote === undefined ? health : { ...health, maxRestarts: Number.POSITIVE_INFINITY };
}

export type SupervisorEvent =
  | { readonly t: "start" }
  | { readonly t: "up"; readonly generation: number }
  /** The instance died or is of no use. */
  | { readonly t: "down"; readonly generation: number; readonly fall: Fall }
  | { readonly t: "retry"; readonly generation: number }
  | { readonly t: "stop" }
  /** Everything of the last instance is gone. */
  | { readonly t: "gone" };

export type Effect =
  | { readonly t: "launch"; readonly generation: number }
  /** End the instance and whatever it left behind; after a `stop`, `gone` is expected when that is done. */
  | { readonly t: "tear_down"; readonly generation: number }
  | { readonly t: "retry_after"; readonly generation: number; readonly ms: number };

/** Up for this long, a Core has proved itself: its restarts are counted from zero again. */
export const steadyMs = 60_000;
/** The longest wait before a restart, unless `restart_backoff_ms` itself is longer. */
const maxBackoffMs = 60_000;

export interface Transition {
  readonly next: Supervised;
  readonly effects: readonly Effect[];
}

export function idleCore(nowMs: number): Supervised {
  return { state: { t: "idle", since: nowMs }, generation: 0, restarts: 0 };
}

export function transition(core: Supervised, event: SupervisorEvent, policy: RestartPolicy, nowMs: number): Transition {
  switch (event.t) {
    case "start":
      return canStart(core.state) ? launch(core, 0, nowMs) : unchanged(core);
    case "up":
      if (event.generation !== core.generation || core.state.t !== "starting") return unchanged(core);
      return { next: { ...core, state: { t: "up", since: nowMs } }, effects: [] };
    case "down":
      if (event.generation !== core.generation || !isRunning(core.state)) return unchanged(core);
      return down(core, event.fall, policy, nowMs);
    case "retry":
      if (event.generation !== core.generation || core.state.t !== "backoff") return unchanged(core);
      return launch(core, core.restarts + 1, nowMs);
    case "stop":
      return stop(core, nowMs);
    case "gone":
      if (core.state.t !== "draining") return unchanged(core);
      return { next: { ...core, state: { t: "stopped", since: nowMs } }, effects: [] };
  }
}

function unchanged(core: Supervised): Transition {
  return { next: core, effects: [] };
}

function canStart(state: CoreState): boolean {
  return state.t === "idle" || state.t === "failed" || state.t === "stopped";
}

function isRunning(state: CoreState): boolean {
  return state.t === "starting" || state.t === "up";
}

function launch(core: Supervised, restarts: number, nowMs: number): Transition {
  const generation = core.generation + 1;
  return {
    next: { state: { t: "starting", since: nowMs }, generation, restarts },
    effects: [{ t: "launch", generation }],
  };
}

function down(core: Supervised, fall: Fall, policy: RestartPolicy, nowMs: number): Transition {
  const { code, reason, fatal } = fall;
  const { generation, state } = core;
  const tearDown: Effect = { t: "tear_down", generation };
  const steady = state.t === "up" && nowMs - state.since >= steadyMs;
  const restarts = steady ? 0 : core.restarts;
  if (fatal || restarts >= policy.maxRestarts) {
    const failed = fatal ? reason : givenUp(reason, restarts);
    return {
      next: { generation, restarts, state: { t: "failed", since: nowMs, code, reason: failed, cause: reason } },
      effects: [tearDown],
    };
  }
  const ms = Math.max(backoffMs(restarts, policy.restartBackoffMs), fall.retryMs ?? 0);
  return {
    next: { generation, restarts, state: { t: "backoff", since: nowMs, code, reason, retryAtMs: nowMs + ms } },
    effects: [tearDown, { t: "retry_after", generation, ms }],
  };
}

function stop(core: Supervised, nowMs: number): Transition {
  const { state, generation } = core;
  if (state.t === "draining" || state.t === "stopped") return unchanged(core);
  if (state.t === "idle") return { next: { ...core, state: { t: "stopped", since: nowMs } }, effects: [] };
  return {
    next: { ...core, state: { t: "draining", since: nowMs } },
    effects: [{ t: "tear_down", generation }],
  };
}

/** The wait before restart number `restarts + 1`. */
export function backoffMs(restarts: number, firstMs: number): number {
  const cap = Math.max(maxBackoffMs, firstMs);
  // 2^17 first waits are over a minute for every policy, and further doubling would only risk infinity.
  return Math.min(cap, firstMs * 2 ** Math.min(restarts, 17));
}

function givenUp(reason: string, restarts: number): string {
  const times = restarts === 1 ? "1 restart" : `${restarts} restarts`;
  return `${reason}; given up after ${times} in a row (health.max_restarts), it stays down until it is started again`;
}

// Decides when a hub is dialled, given up, and counted as there. Pure: time and chance come in as numbers, work goes out as
// effects; it opens, closes and waits for nothing itself.
//
//   idle ──start──► dialling ──opened──► greeting ──greeted──► up
//                      ▲  │                 │                  │
//                   retry └──────lost───────┴───────lost───────┘
//                      │                    ▼
//                      └──────────────── waiting ──(refused, or no patience left)──► failed
//
//   leave, from any of these ──► leaving ──lost──► left        (`leaving` only where a connection is open)
import type { Loss } from "../links/losses.ts";

/** `since` and `retryAtMs` are Clock milliseconds. */
export type LinkState =
  | { readonly t: "idle" }
  | { readonly t: "dialling"; readonly since: number }
  /** Open, and the client's handshake is being said again to a hub that does not know it. */
  | { readonly t: "greeting"; readonly since: number }
  | { readonly t: "up"; readonly since: number }
  | { readonly t: "waiting"; readonly since: number; readonly loss: Loss; readonly retryAtMs: number }
  /** The closing handshake is under way. */
  | { readonly t: "leaving" }
  | { readonly t: "left" }
  | { readonly t: "failed"; readonly loss: Loss };

export interface LinkLife {
  readonly state: LinkState;
  /** Counts connections. An event that carries an older number comes too late and changes nothing. */
  readonly generation: number;
  /** Losses since a connection last was up for `steadyMs`. */
  readonly losses: number;
  /** Whether a hub ever was there. */
  readonly wasUp: boolean;
  readonly startedMs: number;
}

export interface LinkPolicy {
  /** The wait after the first loss; it doubles with each further one up to `maxBackoffMs`. Half of it is chance. */
  readonly firstBackoffMs: number;
  readonly maxBackoffMs: number;
  /** Up for this long, a hub has proved itself: losses are counted from zero again. */
  readonly steadyMs: number;
  /** How long the very first connection is tried. Later ones are tried for as long as the client stays. */
  readonly patienceMs: number;
}

export const defaultLinkPolicy: LinkPolicy = {
  firstBackoffMs: 250,
  maxBackoffMs: 10_000,
  steadyMs: 10_000,
  patienceMs: 30_000,
};

export type LinkEvent =
  | { readonly t: "start" }
  | { readonly t: "opened"; readonly generation: number }
  | { readonly t: "greeted"; readonly generation: number }
  /** The connection is gone, or could not be had. */
  | { readonly t: "lost"; readonly generation: number; readonly loss: Loss }
  | { readonly t: "retry"; readonly generation: number }
  | { readonly t: "leave" };

export type LinkEffect =
  | { readonly t: "dial"; readonly generation: number }
  | { readonly t: "greet" }
  /** Requests may be sent. `again`: to another connection than the client began with. */
  | { readonly t: "ready"; readonly again: boolean }
  /** What was sent is answered by nobody any more. */
  | { readonly t: "forsaken"; readonly loss: Loss }
  | { readonly t: "retry_after"; readonly generation: number; readonly ms: number }
  | { readonly t: "hang_up" }
  | { readonly t: "give_up"; readonly loss: Loss }
  | { readonly t: "left" };

export interface LinkTransition {
  readonly next: LinkLife;
  readonly effects: readonly LinkEffect[];
}

export function idleLink(): LinkLife {
  return { state: { t: "idle" }, generation: 0, losses: 0, wasUp: false, startedMs: 0 };
}

/** `chance` is a random number, 0 ≤ chance < 1: many clients of one hub must not come back in the same moment. */
export function linkTransition(
  life: LinkLife,
  event: LinkEvent,
  policy: LinkPolicy,
  nowMs: number,
  chance: number,
): LinkTransition {
  if ("generation" in event && event.generation !== life.generation) return unchanged(life);
  switch (event.t) {
    case "start":
      return life.state.t === "idle" ? dial({ ...life, startedMs: nowMs }, nowMs) : unchanged(life);
    case "opened":
      if (life.state.t !== "dialling") return unchanged(life);
      return { next: { ...life, state: { t: "greeting", since: nowMs } }, effects: [{ t: "greet" }] };
    case "greeted":
      if (life.state.t !== "greeting") return unchanged(life);
      return {
        next: { ...life, state: { t: "up", since: nowMs }, wasUp: true },
        effects: [{ t: "ready", again: life.wasUp }],
      };
    case "lost":
      return lost(life, event.loss, policy, nowMs, chance);
    case "retry":
      return life.state.t === "waiting" ? dial(life, nowMs) : unchanged(life);
    case "leave":
      return leave(life);
  }
}

function unchanged(life: LinkLife): LinkTransition {
  return { next: life, effects: [] };
}

function dial(life: LinkLife, nowMs: number): LinkTransition {
  const generation = life.generation + 1;
  return {
    next: { ...life, generation, state: { t: "dialling", since: nowMs } },
    effects: [{ t: "dial", generation }],
  };
}

function lost(life: LinkLife, loss: Loss, policy: LinkPolicy, nowMs: number, chance: number): LinkTransition {
  const { state, generation, wasUp } = life;
  if (state.t === "leaving") return { next: { ...life, state: { t: "left" } }, effects: [{ t: "left" }] };
  if (state.t !== "dialling" && state.t !== "greeting" && state.t !== "up") return unchanged(life);
  const forsaken: LinkEffect = { t: "forsaken", loss };
  const steady = state.t === "up" && nowMs - state.since >= policy.steadyMs;
  const losses = (steady ? 0 : life.losses) + 1;
  const ms = backoffMs(losses, policy, chance);
  const patient = wasUp || nowMs + ms - life.startedMs <= policy.patienceMs;
  if (loss.kind === "refused" || (loss.kind === "wrong" && !wasUp) || !patient) {
    return {
      next: { ...life, losses, state: { t: "failed", loss } },
      effects: [forsaken, { t: "give_up", loss }],
    };
  }
  return {
    next: { ...life, losses, state: { t: "waiting", since: nowMs, loss, retryAtMs: nowMs + ms } },
    effects: [forsaken, { t: "retry_after", generation, ms }],
  };
}

function leave(life: LinkLife): LinkTransition {
  switch (life.state.t) {
    case "dialling":
    case "greeting":
    case "up":
      return { next: { ...life, state: { t: "leaving" } }, effects: [{ t: "hang_up" }] };
    case "idle":
    case "waiting":
      return { next: { ...life, state: { t: "left" } }, effects: [{ t: "left" }] };
    case "leaving":
    case "left":
    case "failed":
      return unchanged(life);
  }
}

/** The wait after loss number `losses`: between half of the full wait and all of it. */
function backoffMs(losses: number, policy: LinkPolicy, chance: number): number {
  const full = Math.min(policy.maxBackoffMs, policy.firstBackoffMs * 2 ** Math.min(losses - 1, 16));
  return Math.round(full * (0.5 + chance / 2));
}

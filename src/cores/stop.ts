// How an instance ends, whatever it does: asked, then told, then killed, and after that everything it left behind.
//
//   end stdin ──(half of stop_timeout)──► SIGTERM to the group ──(the other half)──► SIGKILL to the group ──┐
//        └── exited ──────────────────────────── exited ────────────────────────────────── exited ──────────┴─► leftovers
import type { Clock } from "../base/clock.ts";
import { keepAwake } from "../base/keep-awake.ts";

/** What the ladder needs of a process. */
export interface StopTarget {
  /** Settles when the process has ended. */
  readonly exited: Promise<unknown>;
  endInput(): void;
  /** To the whole group. */
  signal(signal: "SIGTERM" | "SIGKILL"): void;
}

export interface StopDeps {
  readonly clock: Clock;
  /** Ends what carries the instance's mark, wherever it went; returns how many there were. */
  sweep(): Promise<number>;
}

export interface StopReport {
  /** What made the process end. `stuck`: nothing did, the kernel holds it. */
  readonly by: "input" | "term" | "kill" | "stuck";
  /** Processes that it left behind. */
  readonly strays: number;
}

/** SIGKILL cannot be refused; a process that is still there after this long hangs in the kernel. */
const killedMs = 2000;

/** Takes at most `stopTimeoutMs` until SIGKILL. Every step is skipped as soon as the process has ended. */
export async function stopInstance(target: StopTarget, deps: StopDeps, stopTimeoutMs: number): Promise<StopReport> {
  const release = keepAwake();
  try {
    const by = await climb(target, deps.clock, stopTimeoutMs / 2);
    return { by, strays: await endLeftovers(target, deps) };
  } finally {
    release();
  }
}

/** For a process that has ended by itself: what it left in its group or elsewhere ends too. */
export async function clearAfter(target: StopTarget, deps: StopDeps): Promise<number> {
  const release = keepAwake();
  try {
    return await endLeftovers(target, deps);
  } finally {
    release();
  }
}

async function climb(target: StopTarget, clock: Clock, stepMs: number): Promise<StopReport["by"]> {
  target.endInput();
  if (await endsWithin(target, clock, stepMs)) return "input";
  target.signal("SIGTERM");
  if (await endsWithin(target, clock, stepMs)) return "term";
  target.signal("SIGKILL");
  if (await endsWithin(target, clock, killedMs)) return "kill";
  return "stuck";
}

async function endLeftovers(target: StopTarget, deps: StopDeps): Promise<number> {
  // The group first gets a chance to leave by itself; then nobody in it is asked again, whatever its environment says.
  target.signal("SIGTERM");
  const strays = await deps.sweep();
  target.signal("SIGKILL");
  return strays;
}

function endsWithin(target: StopTarget, clock: Clock, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, () => resolve(false));
    void target.exited.then(() => {
      timer.cancel();
      resolve(true);
    });
  });
}

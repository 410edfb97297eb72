// Whose session ends when a full house is asked for one more. Pure: knows no door, and looks at every session once or twice.
import type { Principal } from "../../sessions/principal.ts";

export interface Evictable {
  readonly principal: Principal;
  /** 0 while something is under way. */
  idleMs(nowMs: number): number;
}

/** Usually a session that was idle for less is only taken from who has many more than the one who asks. */
const evictableMs = 60_000;

/**
 * The session that was idle longest of who has the most: nobody keeps others out by holding all there are, busy ones left aside. Who has
 * the most themselves makes room among their own only. Undefined: there is no room.
 */
export function toEvict<Session extends Evictable>(
  sessions: Iterable<Session>,
  asking: Principal,
  nowMs: number,
  leastMs = evictableMs,
): Session | undefined {
  const all = [...sessions];
  const counts = new Map<string, number>();
  for (const { principal } of all) counts.set(keyOf(principal), (counts.get(keyOf(principal)) ?? 0) + 1);
  let most = keyOf(asking);
  const own = counts.get(most) ?? 0;
  let count = own;
  for (const [key, held] of counts) {
    if (held <= count) continue;
    most = key;
    count = held;
  }
  const theirs = all.filter(({ principal }) => keyOf(principal) === most);
  const found = idlest(theirs, nowMs, own * 2 < count ? 1 : leastMs);
  return found ?? (most === keyOf(asking) ? undefined : idlest(all, nowMs, leastMs));
}

function idlest<Session extends Evictable>(
  sessions: readonly Session[],
  nowMs: number,
  atLeastMs: number,
): Session | undefined {
  let found: Session | undefined;
  let foundMs = atLeastMs;
  for (const session of sessions) {
    const idleMs = session.idleMs(nowMs);
    if (idleMs < foundMs || (found !== undefined && idleMs === foundMs)) continue;
    found = session;
    foundMs = idleMs;
  }
  return found;
}

function keyOf({ id, shared }: Principal): string {
  return `${shared} ${id}`;
}

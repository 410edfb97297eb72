// What the hub's metrics read at each scrape, of what is the hub's own to know.
import type { DoorKind } from "../base/door-kind.ts";
import { doorKinds } from "../base/door-kind.ts";
import type { Core } from "../cores/core.ts";
import type { Admission, CoreLoad } from "../gates/limits.ts";
import type { RelayParts } from "../relay/parts.ts";
import type { Metrics, Reading } from "../telemetry/metrics.ts";
import type { CoreLogins } from "./core-logins.ts";
import type { Fleet } from "./fleet.ts";
import type { Granted } from "./granted.ts";

export interface NumbersOf {
  readonly fleet: Pick<Fleet, "cores" | "further" | "isUp">;
  restarts(coreKey: string): number;
  /** Gone Cores included. */
  readonly admission: Admission;
  sessions(): Iterable<{ readonly door: DoorKind }>;
  /** Requests that were not let in, by reason. */
  readonly failures: Readonly<Record<string, number>>;
  masked(): number;
  /** Undefined where nobody comes in by them. */
  readonly grants: Pick<Granted, "events" | "live"> | undefined;
  readonly logins: Pick<CoreLogins, "states" | "events">;
  readonly parts: Pick<RelayParts, "asks" | "subscriptions" | "tasks" | "parks" | "listens">;
}

export function watchNumbers(metrics: Metrics, hub: NumbersOf): void {
  const perCore = (read: (core: Core) => number) => () =>
    hub.fleet.cores.map((core): Reading => [core.name, read(core)]);
  // A reading per Core, zero for one that nobody has called yet.
  const perLoad = (read: (load: CoreLoad) => number) => () => {
    const readings = new Map<string, number>(hub.fleet.cores.map((core) => [core.name, 0]));
    for (const load of hub.admission.loads()) if (readings.has(load.core)) readings.set(load.core, read(load));
    return readings;
  };
  metrics.watch(
    "thehub_core_up",
    perCore((core) => (hub.fleet.isUp(core) ? 1 : 0)),
  );
  metrics.watch(
    "thehub_core_instances",
    perCore((core) => [core, ...hub.fleet.further(core.name)].filter(isRunning).length),
  );
  metrics.watch(
    "thehub_core_restarts_total",
    perCore((core) => hub.restarts(core.name)),
  );
  metrics.watch(
    "thehub_queue_depth",
    perLoad((load) => load.queued),
  );
  metrics.watch(
    "thehub_concurrency_in_use",
    perLoad((load) => load.inUse),
  );
  metrics.watch("thehub_calls_delayed_total", () => Object.entries(hub.admission.delayed));
  metrics.watch("thehub_calls_refused_total", () => Object.entries(hub.admission.refused));
  metrics.watch("thehub_auth_failures_total", () => Object.entries(hub.failures));
  const { grants } = hub;
  if (grants !== undefined) {
    metrics.watch("thehub_grants_live", () => [["", grants.live]]);
    metrics.watch("thehub_grants_total", () => Object.entries(grants.events));
  }
  metrics.watch("thehub_core_logins", () => hub.logins.states());
  metrics.watch("thehub_core_login_events_total", () => hub.logins.events());
  metrics.watch("thehub_sessions", () => {
    const doors = new Map<string, number>(doorKinds.map((door) => [door, 0]));
    for (const { door } of hub.sessions()) doors.set(door, (doors.get(door) ?? 0) + 1);
    return doors;
  });
  const { asks, subscriptions, tasks, parks, listens } = hub.parts;
  metrics.watch("thehub_asks_open", () => [["", asks.open]]);
  metrics.watch("thehub_asks_total", () => asks.outcomes);
  metrics.watch("thehub_subscriptions", () => [["", subscriptions.size]]);
  metrics.watch("thehub_tasks", () => [["", tasks.size]]);
  metrics.watch("thehub_parked_calls", () => [["", parks.size]]);
  metrics.watch("thehub_listens", () => [["", listens.size]]);
  metrics.watch("thehub_masked_total", () => [["", hub.masked()]]);
}

function isRunning({ state }: Core): boolean {
  return state.t === "starting" || state.t === "up" || state.t === "draining";
}

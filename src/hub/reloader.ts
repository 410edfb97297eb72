// Reloads one after the other, whoever asks: reads the manifest again, hands it to the hub, and says in the log and in numbers
// what came of it. A reload that is asked for while one runs is run after it, once for all who asked meanwhile.
import type { Clock } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import type { CoreSummary } from "../catalog/summary.ts";
import type { Setup, SetupDiff } from "../manifest/diff.ts";
import type { Problem } from "../manifest/problems.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Reloaded } from "./exchange.ts";
import type { Fallen } from "./fallen.ts";
import { logProblems } from "./log-problems.ts";

/** What came of a reload. Only after `applied` is anything different; everything else left the old manifest in force. */
export type ReloadOutcome =
  | { readonly t: "unchanged" }
  | { readonly t: "applied"; readonly changes: SetupDiff }
  /** The manifest, or a setting, is wrong: every problem, as `thehub check` says them. */
  | { readonly t: "invalid"; readonly problems: readonly Problem[] }
  /** It is right, and could not be put in force: a Core did not come up, or the hub is shutting down. */
  | { readonly t: "failed"; readonly reason: string };

/** What reading the manifest again has given. */
export type Reread =
  | { readonly t: "ok"; readonly setup: Setup; readonly warnings: readonly Problem[] }
  | { readonly t: "invalid"; readonly problems: readonly Problem[] };

/** When, why and what came of it. */
export interface LastReload {
  readonly at: string;
  readonly cause: string;
  readonly outcome: ReloadOutcome["t"];
}

export interface Reloader {
  /** Undefined before the first. */
  readonly last: LastReload | undefined;
  /** Never rejects. `cause`, for the log: `file`, `SIGHUP`, `api`. */
  reload(cause: string): Promise<ReloadOutcome>;
}

export interface ReloaderDeps {
  readonly hub: {
    readonly metrics: Metrics;
    reload(setup: Setup): Promise<Reloaded>;
    summaries(): readonly CoreSummary[];
  };
  readonly clock: Clock;
  readonly log: Log;
  /** May reject, with what is to be said of it. */
  read(): Promise<Reread>;
}

const outcomes: readonly ReloadOutcome["t"][] = ["applied", "unchanged", "invalid", "failed"];

export function createReloader(deps: ReloaderDeps): Reloader {
  return new OneAtATime(deps);
}

class OneAtATime implements Reloader {
  last: LastReload | undefined;
  readonly #deps: ReloaderDeps;
  readonly #counts = new Map<ReloadOutcome["t"], number>(outcomes.map((outcome) => [outcome, 0]));
  #goodSeconds: number;
  #last: Promise<unknown> = Promise.resolve();
  /** Asked for, not begun. */
  #next: Promise<ReloadOutcome> | undefined;

  constructor(deps: ReloaderDeps) {
    this.#deps = deps;
    this.#goodSeconds = this.#nowSeconds();
    const { metrics } = deps.hub;
    metrics.watch("thehub_reloads_total", () => this.#counts);
    metrics.watch("thehub_reload_last_successful", () => [["", isGood(this.last?.outcome ?? "applied") ? 1 : 0]]);
    metrics.watch("thehub_reload_last_success_timestamp_seconds", () => [["", this.#goodSeconds]]);
  }

  reload(cause: string): Promise<ReloadOutcome> {
    this.#next ??= this.#last.then(() => {
      this.#next = undefined;
      return this.#run(cause);
    });
    this.#last = this.#next;
    return this.#next;
  }

  async #run(cause: string): Promise<ReloadOutcome> {
    const { log, clock } = this.#deps;
    const startedMs = clock.now();
    log.debug("reload_started", { cause });
    const outcome = await this.#attempt().catch((error: unknown): ReloadOutcome => {
      const known = HubError.from(error);
      if (known.code === "internal") log.error("reload_broke", { cause, error });
      return { t: "failed", reason: known.message };
    });
    this.last = { at: clock.iso(), cause, outcome: outcome.t };
    this.#counts.set(outcome.t, (this.#counts.get(outcome.t) ?? 0) + 1);
    if (isGood(outcome.t)) this.#goodSeconds = this.#nowSeconds();
    this.#report(outcome, cause, Math.round(clock.now() - startedMs));
    return outcome;
  }

  async #attempt(): Promise<ReloadOutcome> {
    const { hub, log } = this.#deps;
    const reread = await this.#deps.read();
    if (reread.t === "invalid") return reread;
    const reloaded = await hub.reload(reread.setup);
    if (reloaded.t === "applied") logProblems(log, reread.warnings);
    if (reloaded.t !== "failed") return reloaded;
    for (const { core, reason, stderr } of reloaded.falls) log.error("core_reload_failed", { core, reason, stderr });
    return { t: "failed", reason: reasonOf(reloaded.falls) };
  }

  #report(outcome: ReloadOutcome, cause: string, ms: number): void {
    const { log } = this.#deps;
    if (outcome.t === "unchanged") log.debug("reload_unchanged", { cause, ms });
    else if (outcome.t === "applied") this.#reportChanges(outcome.changes, cause, ms);
    else if (outcome.t === "invalid") {
      logProblems(log, outcome.problems);
      const reason = "the manifest is not right, see manifest_problem; the old one stays in force";
      log.error("reload_failed", { cause, ms, reason });
    } else log.error("reload_failed", { cause, ms, reason: `${outcome.reason}; the old manifest stays in force` });
  }

  #reportChanges({ needsRestart, ...changes }: SetupDiff, cause: string, ms: number): void {
    const { hub, log } = this.#deps;
    log.info("reloaded", { cause, ms, ...saidOf(changes) });
    if (needsRestart.length > 0) log.warn("reload_needs_restart", { settings: needsRestart });
    const touched = new Set([...changes.changedCores, ...changes.policyCores, ...changes.addedCores]);
    for (const { core, line } of hub.summaries()) if (touched.has(core)) log.info("core_summary", { summary: line });
  }

  #nowSeconds(): number {
    return Date.parse(this.#deps.clock.iso()) / 1000;
  }
}

/** What was read is in force. */
function isGood(outcome: ReloadOutcome["t"]): boolean {
  return outcome === "applied" || outcome === "unchanged";
}

/** What is empty is left out. */
function saidOf(changes: Omit<SetupDiff, "needsRestart">): Record<string, unknown> {
  const { changedCores, policyCores, addedCores, removedCores, reordered, settings, ...clients } = changes;
  const said = {
    cores_changed: changedCores,
    cores_policy: policyCores,
    cores_added: addedCores,
    cores_removed: removedCores,
    cores_reordered: reordered,
    clients_added: clients.addedClients,
    clients_changed: clients.changedClients,
    clients_rekeyed: clients.rekeyedClients,
    clients_removed: clients.removedClients,
    settings,
  };
  return Object.fromEntries(
    Object.entries(said).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value)),
  );
}

function reasonOf(falls: readonly Fallen[]): string {
  if (falls.length === 0) return "the hub is shutting down";
  const what = falls.map(({ core, reason }) => `core "${core}" did not come up: ${reason}`);
  return what.join("; ");
}

// The hub as an admin sees and steers it: facts about Cores and sessions, made when they are asked for; ending a session; draining a
// Core. Knows no surface: src/admin shows it.
import type { Clock } from "../base/clock.ts";
import type { DoorKind } from "../base/door-kind.ts";
import type { CoreSummary } from "../catalog/summary.ts";
import type { Core } from "../cores/core.ts";
import type { Admission, CoreLoad } from "../gates/limits.ts";
import type { ClientSession } from "../relay/call.ts";
import type { Era } from "../wire/revisions.ts";
import type { Fleet } from "./fleet.ts";

export interface CoreFacts {
  readonly core: string;
  readonly namespace: string;
  /** `draining` also while it still answers what it was asked before. */
  readonly state: Core["state"]["t"];
  /** Wall time, ISO 8601, as all times here. */
  readonly since: string;
  /** Why it is down; absent while it is not. */
  readonly code?: string;
  readonly reason?: string;
  readonly retry_at?: string;
  /** By itself, since the hub started. */
  readonly restarts: number;
  /** Beside this one: of sessions, or of a pool. */
  readonly further_instances: number;
  /** Null while there is no process. */
  readonly pid: number | null;
  /** What it speaks; null before it ever answered. */
  readonly era: Era | null;
  readonly revision: string | null;
  readonly framing: string | null;
  readonly server: { readonly name: string; readonly version: string } | null;
  readonly tools: number;
  readonly hidden_tools: number;
  readonly prompts: number;
  readonly resources: number;
  readonly templates: number;
  /** Calls that run, and calls that wait for it. */
  readonly in_use: number;
  readonly queued: number;
}

export interface SessionFacts {
  readonly id: string;
  readonly door: DoorKind;
  readonly principal: string;
  readonly admin: boolean;
  /** What the client calls itself; null before its handshake, as the revision. */
  readonly client: { readonly name: string; readonly version: string } | null;
  /** The profile that its client goes by; null before initialize. */
  readonly profile: string | null;
  readonly revision: string | null;
  readonly peer: string | null;
  readonly opened: string;
  readonly age_seconds: number;
  /** Requests read and not answered yet. */
  readonly busy: number;
}

export interface OversightDeps {
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly admission: Pick<Admission, "loads">;
  sessions(): Iterable<ClientSession>;
  restarts(coreKey: string): number;
  summaries(): readonly CoreSummary[];
}

export class Oversight {
  readonly #deps: OversightDeps;

  constructor(deps: OversightDeps) {
    this.#deps = deps;
  }

  /** In manifest order. */
  cores(): readonly CoreFacts[] {
    const { fleet } = this.#deps;
    const loads = new Map([...this.#deps.admission.loads()].map((load) => [load.core, load]));
    const summaries = new Map(this.#deps.summaries().map((summary) => [summary.core, summary]));
    return fleet.cores.map((core) => this.#factsOf(core, summaries.get(core.name), loads.get(core.name)));
  }

  /** The last lines that the Core wrote to stderr, masked; undefined for a Core that there is not. */
  lastWords(coreKey: string): readonly string[] | undefined {
    return this.#deps.fleet.core(coreKey)?.stderrTail();
  }

  /** In the order they came. */
  sessions(): readonly SessionFacts[] {
    return [...this.#deps.sessions()].sort(byNumber).map((session) => ({
      id: session.id,
      door: session.door,
      principal: session.principal.name,
      admin: session.principal.admin,
      client: session.client === undefined ? null : named(session.client),
      profile: session.caller.profile?.name ?? null,
      revision: session.revision ?? null,
      peer: session.peer ?? null,
      opened: this.#wallTime(session.openedMs),
      age_seconds: Math.round((this.#deps.clock.now() - session.openedMs) / 1000),
      busy: session.busy,
    }));
  }

  /** False where there is no such session. Its client may come back: only its connection ends. */
  endSession(id: string): boolean {
    for (const session of this.#deps.sessions()) {
      if (session.id !== id) continue;
      session.end("dismissed");
      return true;
    }
    return false;
  }

  /** The Core takes no new call, answers those it has, and stops, until it is restarted. False where there is no such Core. */
  drain(coreKey: string): Promise<boolean> {
    return this.#deps.fleet.drain(coreKey);
  }

  #factsOf(core: Core, summary: CoreSummary | undefined, load: CoreLoad | undefined): CoreFacts {
    const { state, greeting } = core;
    const hasProcess = state.t === "starting" || state.t === "up" || state.t === "draining";
    const isClosing = state.t === "up" && this.#deps.fleet.home(core.name).closing !== undefined;
    return {
      core: core.name,
      namespace: core.namespace,
      state: isClosing ? "draining" : state.t,
      since: this.#wallTime(state.since),
      ...("reason" in state ? { code: state.code, reason: state.reason } : {}),
      ...(state.t === "backoff" ? { retry_at: this.#wallTime(state.retryAtMs) } : {}),
      restarts: this.#deps.restarts(core.name),
      further_instances: this.#deps.fleet.further(core.name).length,
      pid: hasProcess ? (core.pid ?? null) : null,
      era: greeting === undefined ? null : core.era,
      revision: greeting?.protocolVersion ?? null,
      framing: core.framing ?? null,
      server: core.serverInfo === undefined ? null : named(core.serverInfo),
      tools: summary?.tools ?? 0,
      hidden_tools: Object.values(summary?.hidden ?? {}).reduce((sum, count) => sum + count, 0),
      prompts: summary?.prompts ?? 0,
      resources: summary?.resources ?? 0,
      templates: summary?.templates ?? 0,
      in_use: load?.inUse ?? 0,
      queued: load?.queued ?? 0,
    };
  }

  /** Of a time of the clock, which only counts from somewhere. */
  #wallTime(ms: number): string {
    const { clock } = this.#deps;
    return new Date(Date.parse(clock.iso()) + ms - clock.now()).toISOString();
  }
}

/** What a peer calls itself may be as long as a message. */
const maxNameLength = 200;

function named({ name, version }: { readonly name?: unknown; readonly version?: unknown }): {
  name: string;
  version: string;
} {
  const text = (value: unknown) => (typeof value === "string" ? value.slice(0, maxNameLength) : "");
  return { name: text(name), version: text(version) };
}

/** Ids are a letter and a number that grows. */
function byNumber(one: { readonly id: string }, other: { readonly id: string }): number {
  return Number(one.id.slice(1)) - Number(other.id.slice(1));
}

// The endpoints of the admin API: what each shows or does. Knows no HTTP but the statuses.
import { coreStateWords } from "../base/core-states.ts";
import { type ErrorCode, HubError } from "../base/errors.ts";
import type { LastReload, Reloader } from "../hub/reloader.ts";
import type { Hub } from "../hub.ts";
import { nearest } from "../manifest/nearest.ts";
import { effectiveConfig } from "./effective-config.ts";
import { reloadReport } from "./reload-report.ts";

/** Raised only by what breaks who reads the answers; what is added does not. */
const apiVersion = 1;

export interface Service {
  readonly version: string;
  /** ISO 8601. */
  readonly started: string;
  readonly uptimeSeconds: number;
  /** As it was named; null for a manifest that no file is behind. */
  readonly manifest: string | null;
  readonly addresses: readonly string[];
  /** Where this API is, besides. */
  readonly adminAddresses: readonly string[];
  readonly ready: boolean;
  readonly draining: boolean;
}

export interface AdminDeps {
  readonly hub: Pick<Hub, "oversight" | "settings" | "manifest" | "restart" | "health">;
  /** Undefined for a hub whose manifest no file is behind. */
  readonly reloader: Reloader | undefined;
  service(): Service;
}

/** What `/api/status` says. */
export interface StatusFacts {
  readonly api: number;
  readonly version: string;
  readonly pid: number;
  readonly started: string;
  readonly uptime_seconds: number;
  readonly manifest: string | null;
  readonly last_reload: LastReload | null;
  readonly ready: boolean;
  readonly draining: boolean;
  readonly addresses: readonly string[];
  readonly admin_addresses: readonly string[];
  /** By state. */
  readonly cores: Readonly<Record<string, number>>;
  readonly tools: number;
  /** By door. */
  readonly sessions: Readonly<Record<string, number>>;
  readonly calls: { readonly in_use: number; readonly queued: number };
}

export interface Answer {
  readonly status: number;
  readonly body: object;
}

export interface Endpoint {
  readonly method: "GET" | "POST" | "DELETE";
  /** The part behind `/api/`; `:name` stands for any one. */
  readonly path: string;
  readonly says: string;
  /** Rejects with a HubError for what must be refused. */
  run(deps: AdminDeps, name: string): Answer | Promise<Answer>;
}

export const endpoints: readonly Endpoint[] = [
  { method: "GET", path: "", says: "this list", run: () => ok({ api: apiVersion, endpoints: endpoints.map(listed) }) },
  { method: "GET", path: "status", says: "the hub as a whole", run: (deps) => ok(status(deps)) },
  {
    method: "GET",
    path: "cores",
    says: "every Core: state, process, what it offers, how busy it is",
    run: ({ hub }) => ok({ cores: hub.oversight.cores() }),
  },
  {
    method: "GET",
    path: "cores/:name",
    says: "one Core, with the last lines of its stderr",
    run: (deps, name) => ok({ ...coreOf(deps, name), stderr: deps.hub.oversight.lastWords(name) ?? [] }),
  },
  { method: "POST", path: "cores/:name/restart", says: "start the Core anew; calls wait or finish", run: restart },
  { method: "POST", path: "cores/:name/drain", says: "let the Core finish its calls, and stop it", run: drain },
  {
    method: "GET",
    path: "sessions",
    says: "who is connected",
    run: ({ hub }) => ok({ sessions: hub.oversight.sessions() }),
  },
  { method: "DELETE", path: "sessions/:name", says: "end one session", run: endSession },
  {
    method: "GET",
    path: "config",
    says: "the manifest and the settings in force, without secrets",
    run: ({ hub }) => ok(effectiveConfig(hub)),
  },
  { method: "POST", path: "reload", says: "read the manifest again", run: reload },
];

function listed({ method, path, says }: Endpoint): object {
  return {
    method,
    path: path === "" ? "/api" : `/api/${path.replace(":name", path.includes("cores") ? "NAME" : "ID")}`,
    says,
  };
}

function status({ hub, reloader, service }: AdminDeps): StatusFacts {
  const { version, started, uptimeSeconds, manifest, addresses, adminAddresses, ready, draining } = service();
  const cores = hub.oversight.cores();
  const sessions = hub.oversight.sessions();
  return {
    api: apiVersion,
    version,
    pid: process.pid,
    started,
    uptime_seconds: uptimeSeconds,
    manifest,
    last_reload: reloader?.last ?? null,
    ready,
    draining,
    addresses,
    admin_addresses: adminAddresses,
    cores: countBy(cores, (core) => core.state),
    tools: hub.health().tools,
    sessions: countBy(sessions, (session) => session.door),
    calls: {
      in_use: cores.reduce((sum, core) => sum + core.in_use, 0),
      queued: cores.reduce((sum, core) => sum + core.queued, 0),
    },
  };
}

async function restart(deps: AdminDeps, name: string): Promise<Answer> {
  coreOf(deps, name);
  const restarted = await deps.hub.restart(name);
  if (restarted.t === "unknown") throw unknownCore(deps, name);
  if (restarted.t === "restarted") return ok({ outcome: "restarted", ...coreOf(deps, name) });
  const [fall] = restarted.falls;
  if (fall === undefined) throw new HubError("draining", "the hub is shutting down");
  const { state } = coreOf(deps, name);
  const message = `core "${name}" did not come up: ${fall.reason}; ${state === "up" ? "the one before it goes on" : `it ${coreStateWords[state]}, as before`}`;
  return {
    status: 503,
    body: { outcome: "failed", core: name, state, stderr: fall.stderr, error: errorOf("core_down", message) },
  };
}

async function drain(deps: AdminDeps, name: string): Promise<Answer> {
  coreOf(deps, name);
  if (!(await deps.hub.oversight.drain(name))) throw unknownCore(deps, name);
  return ok({ outcome: "drained", ...coreOf(deps, name) });
}

function endSession({ hub }: AdminDeps, id: string): Answer {
  if (!hub.oversight.endSession(id))
    throw new HubError("name_unknown", `no session ${JSON.stringify(id)}; it may have ended`);
  return ok({ outcome: "ended", session: id });
}

async function reload({ reloader, service }: AdminDeps): Promise<Answer> {
  if (reloader === undefined) {
    throw new HubError("request_invalid", "no file is behind this hub's manifest, so there is nothing to read again");
  }
  return reloadReport(await reloader.reload("api"), service().manifest);
}

function coreOf(deps: AdminDeps, name: string) {
  const core = deps.hub.oversight.cores().find((one) => one.core === name);
  if (core === undefined) throw unknownCore(deps, name);
  return core;
}

function unknownCore({ hub }: AdminDeps, name: string): HubError {
  const names = hub.manifest.cores.map(({ key }) => key);
  const near = nearest(name, names);
  const hint = near === undefined ? `there are ${names.join(", ") || "none"}` : `did you mean ${JSON.stringify(near)}?`;
  return new HubError("name_unknown", `no core ${JSON.stringify(name)}; ${hint}`);
}

function ok(body: object): Answer {
  return { status: 200, body };
}

function errorOf(code: ErrorCode, message: string): object {
  return { code, message };
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}

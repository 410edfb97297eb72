// `thehub status`: what a running hub is doing; a table for people, JSON for programs.
import type { StatusFacts } from "../../admin/endpoints.ts";
import type { CoreFacts } from "../../hub/oversight.ts";
import { type AdminOptions, findAdmin } from "../admin-client.ts";
import { oneLine, paint, printJson, type Terminal, table } from "../terminal.ts";

/** Exit 0: it answers. 1: no hub answers, or not to this caller. 3: it answers, and has given a Core up. */
export async function status(terminal: Terminal, options: AdminOptions): Promise<number> {
  const admin = await findAdmin(terminal, options);
  const [hub, list] = await Promise.all([admin.ask("GET", "status"), admin.ask("GET", "cores")]);
  const refusal = hub.error ?? list.error;
  if (refusal !== undefined) throw refusal;
  const facts = hub.body as unknown as StatusFacts;
  const { cores } = list.body as unknown as { readonly cores: readonly CoreFacts[] };
  if (options.json === true) printJson(terminal, { ...facts, cores });
  else terminal.stdout.write(`${head(terminal, facts)}\n${coreTable(terminal, facts, cores)}`);
  return cores.some(({ state }) => state === "failed") ? 3 : 0;
}

function head(terminal: Terminal, facts: StatusFacts): string {
  const { version, uptime_seconds, manifest, last_reload, sessions, calls } = facts;
  const mood = facts.draining ? "shutting down" : facts.ready ? "ready" : "starting";
  const doors = Object.entries(sessions).map(([door, count]) => `${door} ${count}`);
  const total = Object.values(sessions).reduce((sum, count) => sum + count, 0);
  const rows = [
    ["manifest", manifest ?? "the built-in one"],
    ...(last_reload === null ? [] : [["reload", `${last_reload.outcome} (${last_reload.cause}) at ${last_reload.at}`]]),
    ["clients", facts.addresses.join("  ")],
    ...(facts.admin_addresses.length === 0 ? [] : [["admins", facts.admin_addresses.join("  ")]]),
    ["sessions", total === 0 ? "0" : `${total} (${doors.join(", ")})`],
    ["calls", `${calls.in_use} running, ${calls.queued} waiting`],
  ];
  const lines = rows.map(([name = "", value = ""]) => `  ${name.padEnd(10)}${oneLine(value)}\n`);
  return `${paint(terminal, "bold", "TheHub")} ${oneLine(version)}, ${mood}, up ${duration(uptime_seconds)}\n${lines.join("")}`;
}

function coreTable(terminal: Terminal, facts: StatusFacts, cores: readonly CoreFacts[]): string {
  if (cores.length === 0) return "There are no Cores.\n";
  const titles = ["CORE", "STATE", "FOR", "RESTARTS", "TOOLS", "RUNNING", "WAITING", ""];
  // By the hub's own clock, which may not be this machine's.
  const now = Date.parse(facts.started) + facts.uptime_seconds * 1000;
  const rows = cores.map((core) => [
    oneLine(core.core),
    oneLine(core.state),
    duration(Math.max(0, now - Date.parse(core.since)) / 1000),
    String(core.restarts),
    core.hidden_tools === 0 ? String(core.tools) : `${core.tools} (${core.hidden_tools} hidden)`,
    String(core.in_use),
    String(core.queued),
    oneLine(core.reason ?? ""),
  ]);
  return table(terminal, [titles, ...rows]);
}

/** In its largest unit: nobody needs more to see what is new. */
function duration(seconds: number): string {
  const units = [
    ["d", 86_400],
    ["h", 3_600],
    ["min", 60],
  ] as const;
  for (const [unit, size] of units) if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
  return `${Math.floor(seconds)} s`;
}

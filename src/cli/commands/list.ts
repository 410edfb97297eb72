// `thehub list`: what a client would see, from Cores of its own or from a hub that runs already; with --all also what is hidden,
// and why.
import { coreCondition } from "../../base/core-states.ts";
import { HubError } from "../../base/errors.ts";
import { printable } from "../../base/printable.ts";
import { strayRules } from "../../catalog/stray-rules.ts";
import { hiddenBecause } from "../../catalog/summary.ts";
import type { View } from "../../catalog/view.ts";
import type { CoreFacts } from "../../hub/oversight.ts";
import type { Hub } from "../../hub.ts";
import { version } from "../../library/version.ts";
import { formatPath } from "../../manifest/problems.ts";
import { defaultProfileName } from "../../manifest/profiles.ts";
import type { Principal } from "../../sessions/principal.ts";
import { InProcessClient } from "../in-process-client.ts";
import { checkProfile, prepareOrThrow } from "../prepare.ts";
import { type RunningHubOptions, runningHubUrl } from "../running-hub-options.ts";
import { withHub } from "../started-cores.ts";
import { oneLine, paint, printJson, type Terminal, table } from "../terminal.ts";
import { checkTokenList, printTokens } from "./list-tokens.ts";

const kinds = ["cores", "tools", "resources", "prompts"] as const;
type Kind = (typeof kinds)[number];

interface ListOptions extends RunningHubOptions {
  readonly json?: boolean;
  readonly all?: boolean;
  readonly tokens?: boolean;
}

type Row = Readonly<Record<string, unknown>>;

/** Exit 3 when a Core is not up: the list is not whole then. */
export async function list(terminal: Terminal, what: string, options: ListOptions): Promise<number> {
  const kind = kinds.find((known) => known === what);
  if (kind === undefined) {
    throw new HubError("usage", `there is no list of "${what}"; write one of ${kinds.join(", ")}`);
  }
  if (options.tokens === true) checkTokenList(kind, options);
  const url = runningHubUrl(terminal, options);
  if (url !== undefined) return listRunning(terminal, url, kind, options);
  const prepared = prepareOrThrow(terminal, options);
  checkProfile(options.profile, prepared);
  return withHub(terminal, prepared, async (hub) => {
    const client: Principal = { ...hub.everyone, profileName: options.profile };
    if (options.tokens === true) {
      const tools = hub.view(client).searchedTools;
      const coreOf = new Map(tools.map(({ entry: { route } }) => [route.exposed, route.core]));
      const names = hub.manifest.profiles.get(options.profile ?? defaultProfileName);
      printTokens(terminal, kind, { tools: await entryRows(hub, client, "tools"), coreOf, names }, options);
      return sayMissing(terminal, hub);
    }
    const rows = kind === "cores" ? coreRows(hub) : await entryRows(hub, client, kind);
    const leftOut =
      options.all === true ? hub.remarks().notes.map(({ core, message }) => ({ core, why: message })) : [];
    const hidden = options.all === true && kind !== "cores" ? hiddenRows(hub, client, kind) : [];
    const { shelves, config } = hub.remarks();
    const strays = strayRules(shelves, config.nameRules);
    if (options.json === true) {
      const rules = strays.map(({ path, what, fix }) => ({ path: formatPath(path), note: what, fix }));
      const more = options.all === true ? { hidden, left_out: leftOut, rules_without_tool: rules } : {};
      printJson(terminal, { [kind]: rows, ...more });
    } else print(terminal, kind, rows, [...hidden, ...leftOut.map(({ core, why }) => ({ name: core, why }))]);
    const exit = sayMissing(terminal, hub);
    if (kind !== "cores" && options.json !== true) {
      if (kind === "tools") sayCapped(terminal, hub.view(client));
      for (const summary of hub.summaries()) {
        if (Object.keys(summary.hidden).length > 0) terminal.stderr.write(`${oneLine(summary.line)}\n`);
      }
      for (const { message, isName } of strays) {
        if (isName || options.all === true) terminal.stderr.write(`${oneLine(message)}\n`);
      }
    }
    return exit;
  });
}

function sayMissing(terminal: Terminal, hub: Hub): 0 | 3 {
  const missing = hub.summaries().filter((summary) => summary.state !== "up");
  for (const summary of missing) terminal.stderr.write(`${printable(hub.trouble(summary.core) ?? summary.line)}\n`);
  return missing.length > 0 ? 3 : 0;
}

function sayCapped(terminal: Terminal, view: View): void {
  const { hubTools, capped } = view;
  if (hubTools === undefined || capped === undefined) return;
  const { cap, tools, unlisted, leftOut } = capped;
  const found = `${unlisted.length} of ${tools} tools are not listed (tool_cap ${cap})`;
  terminal.stderr.write(`${found}: ${hubTools.nameOf("search_tools")} finds them; list --all names them\n`);
  if (leftOut.length === 0) return;
  terminal.stderr.write(`${leftOut.length} of these are pinned and found no room: raise tool_cap, or pin less\n`);
}

/** What one client of a running hub sees. */
async function listRunning(terminal: Terminal, url: string, kind: Kind, options: ListOptions): Promise<number> {
  if (options.all === true) {
    const fix = "leave --all out, or run thehub list --all --manifest FILE with the hub's manifest";
    throw new HubError("usage", `what a running hub hides, and why, is not told to clients; ${fix}`);
  }
  if (kind === "cores" && options.tokens === true) {
    throw new HubError(
      "usage",
      "a running hub does not tell clients whose a tool is: write thehub list tools --tokens",
    );
  }
  if (kind === "cores") return listRunningCores(terminal, url, options);
  const { withRunningHub } = await import("../running-hub.ts");
  return withRunningHub(
    terminal,
    url,
    options,
    () => {},
    async (client) => {
      const rows = await listedRows(client, kind);
      if (options.tokens === true) printTokens(terminal, kind, { tools: rows }, options);
      else if (options.json === true) printJson(terminal, { [kind]: rows });
      else print(terminal, kind, rows, []);
      return 0;
    },
  );
}

/** Clients are not told of Cores: its admins are, by its API. */
async function listRunningCores(terminal: Terminal, url: string, options: ListOptions): Promise<number> {
  const { findAdmin } = await import("../admin-client.ts");
  const { body, error } = await (await findAdmin(terminal, { ...options, url })).ask("GET", "cores");
  if (error !== undefined) throw error;
  const rows = (body["cores"] as readonly CoreFacts[]).map((facts) => {
    const { core, state, tools, hidden_tools, prompts, resources, templates, reason } = facts;
    const hidden = hidden_tools === 0 ? "" : `, ${hidden_tools} hidden`;
    const now = state === "up" ? "" : `; ${coreCondition(state)}`;
    const summary = `${core}: ${tools} ${tools === 1 ? "tool" : "tools"}${hidden}${now}`;
    const problem = reason === undefined ? {} : { problem: `core "${core}" ${coreCondition(state, facts)}` };
    return { core, state, tools, prompts, resources, templates, summary: oneLine(summary), ...problem };
  });
  if (options.json === true) printJson(terminal, { cores: rows });
  else print(terminal, "cores", rows, []);
  const missing = rows.filter(({ state }) => state !== "up");
  for (const { summary, problem } of missing) terminal.stderr.write(`${oneLine(problem ?? summary)}\n`);
  return missing.length > 0 ? 3 : 0;
}

function coreRows(hub: Hub): Row[] {
  return hub.summaries().map(({ core, state, tools, prompts, resources, templates, line }) => {
    const problem = hub.trouble(core);
    return { core, state, tools, prompts, resources, templates, summary: line, ...(problem ? { problem } : {}) };
  });
}

async function entryRows(hub: Hub, principal: Principal, kind: Exclude<Kind, "cores">): Promise<Row[]> {
  const client = new InProcessClient(hub.doorkeeper, principal);
  try {
    await client.initialize(version);
    return await listedRows(client, kind);
  } finally {
    client.close();
  }
}

async function listedRows(client: InProcessClient, kind: Exclude<Kind, "cores">): Promise<Row[]> {
  const rows = await client.list<Row>(`${kind}/list`, kind);
  if (kind !== "resources") return rows;
  return [...rows, ...(await client.list<Row>("resources/templates/list", "resourceTemplates"))];
}

function hiddenRows(hub: Hub, client: Principal, kind: Exclude<Kind, "cores">): Row[] {
  const wanted = { tools: ["tool"], prompts: ["prompt"], resources: ["resource", "template"] }[kind];
  const rows: Row[] = [];
  for (const thing of hub.view(client).explain()) {
    if (thing.hidden === undefined || !wanted.includes(thing.kind)) continue;
    rows.push({ name: thing.id, core: thing.core, hidden: thing.hidden, why: hiddenBecause(thing.hidden) });
  }
  const { capped, hubTools } = hub.view(client);
  if (kind !== "tools" || capped === undefined) return rows;
  const why = `over tool_cap, found by ${hubTools?.nameOf("search_tools")}`;
  return [
    ...rows,
    ...capped.unlisted.map(({ route }) => ({ name: route.canonical, core: route.core, hidden: "tool_cap", why })),
  ];
}

function print(terminal: Terminal, kind: Kind, rows: readonly Row[], hidden: readonly Row[]): void {
  const text = (value: unknown) => (typeof value === "string" ? oneLine(value.split("\n", 1)[0] ?? "") : "");
  // A program that reads the lines gets them whole.
  const width =
    terminal.stdout.isTTY === true ? Math.max(40, (terminal.stdout.columns ?? 100) - 44) : Number.POSITIVE_INFINITY;
  const short = (value: string) => (value.length > width ? `${value.slice(0, width - 1)}…` : value);
  if (kind === "cores") {
    for (const row of rows) terminal.stdout.write(`${text(row["summary"])}\n`);
    return;
  }
  terminal.stdout.write(
    table(
      terminal,
      rows.map((row) => [
        kind === "resources" ? text(row["uri"] ?? row["uriTemplate"]) : text(row["name"]),
        short(text(row["description"] ?? row["title"])),
      ]),
    ),
  );
  for (const row of hidden) {
    terminal.stdout.write(`${paint(terminal, "dim", `${text(row["name"])}  (${text(row["why"])})`)}\n`);
  }
}

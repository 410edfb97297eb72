// What is asserted in every cell of the matrix: one function for each operation, and the table of what an isolation makes of it.
import assert from "node:assert/strict";
import type { HubProcess } from "../helpers/hub-process.ts";
import type { TwoWayClient } from "../helpers/two-way-client.ts";
import type { Isolation, TwoWayCore } from "./two-way-cores.ts";

/** A client that is in by some door, and the Core that it speaks with. */
export interface Cell {
  readonly client: TwoWayClient;
  readonly hub: HubProcess;
  readonly core: TwoWayCore;
  /** Whose instance the client gets: by stdio it is always its own. */
  readonly isolation: Isolation;
  /** Resolves when the Core has written this line to stderr; where it is no process of the hub's. */
  readonly written?: ((text: string) => Promise<unknown>) | undefined;
}

export type Operation = (cell: Cell) => Promise<void>;

const toolOf = ({ core }: Cell, tool: string): string => `${core.key}__${tool}`;
const uriOf = ({ core }: Cell, path: string): string => `two-way://${core.key}/${path}`;

/** Calls a tool of the cell's Core with a marker of its own, and holds that the Core's answer is to that. */
export async function tell(cell: Cell, tool: string, args: object = {}) {
  const marker = cell.client.marker();
  const told = await cell.client.tell(toolOf(cell, tool), { marker, ...args });
  assert.equal(told.marker, marker);
  assert.equal(told.core, cell.core.key);
  return told;
}

async function list(cell: Cell): Promise<void> {
  const { mcp } = cell.client;
  const { tools } = await mcp.listTools();
  const names = tools.map(({ name }) => name).filter((name) => name.startsWith(`${cell.core.key}__`));
  assert.ok(names.includes(toolOf(cell, "whoami")) && names.length >= 11, String(names));
  assert.ok((await mcp.listPrompts()).prompts.some(({ name }) => name === toolOf(cell, "greet")));
  assert.ok((await mcp.listResources()).resources.some(({ uri }) => uri === uriOf(cell, "thing")));
  const { resourceTemplates } = await mcp.listResourceTemplates();
  assert.ok(resourceTemplates.some(({ uriTemplate }) => uriTemplate === uriOf(cell, "by/{marker}")));
}

async function call(cell: Cell): Promise<void> {
  const told = await tell(cell, "whoami");
  assert.equal(told.generation, cell.core.generation);
  assert.equal(told.framing, cell.core.framing);
  const wanted = cell.isolation === "shared" ? [] : ["elicitation", "roots", "sampling"];
  assert.deepEqual(Object.keys(told.declared ?? {}).sort(), wanted);
}

async function read(cell: Cell): Promise<void> {
  const marker = cell.client.marker();
  for (const path of ["thing", `by/${marker}`]) {
    const uri = uriOf(cell, path);
    const { contents } = await cell.client.mcp.readResource({ uri });
    assert.equal(contents[0]?.uri, uri);
    const told = JSON.parse(contents[0]?.text ?? "");
    assert.equal(told.core, cell.core.key);
    assert.equal(told.marker, path.split("/").at(-1));
  }
}

async function prompt(cell: Cell): Promise<void> {
  const marker = cell.client.marker();
  const { messages } = await cell.client.mcp.getPrompt({ name: toolOf(cell, "greet"), arguments: { marker } });
  const told = JSON.parse(messages[0]?.content.text ?? "");
  assert.equal(told.marker, marker);
  assert.equal(told.core, cell.core.key);
}

async function complete(cell: Cell): Promise<void> {
  const value = cell.client.marker();
  const argument = { name: "marker", value };
  for (const ref of [
    { type: "ref/prompt", name: toolOf(cell, "greet") },
    { type: "ref/resource", uri: uriOf(cell, "by/{marker}") },
  ]) {
    const { completion } = await cell.client.mcp.complete({ ref, argument });
    assert.equal(completion.values[0], value);
    assert.equal(completion.values[2], cell.core.key);
  }
}

async function progress(cell: Cell): Promise<void> {
  const { client } = cell;
  const marker = client.marker();
  const from = client.came.length;
  await client.tell(toolOf(cell, "progress"), { marker, steps: 20 }, { onprogress: () => {} });
  const came = client.came.slice(from).filter((message) => JSON.stringify(message).includes(marker));
  const steps = came.map(({ method, params }) =>
    method === "notifications/progress" ? params?.["progress"] : "answer",
  );
  assert.deepEqual(steps, [...Array.from({ length: 20 }, (_, at) => at + 1), "answer"]);
}

async function cancel(cell: Cell): Promise<void> {
  const { client, hub } = cell;
  const marker = client.marker();
  const aborter = new AbortController();
  const options = { signal: aborter.signal, onprogress: () => aborter.abort(new Error("enough")) };
  await assert.rejects(client.tell(toolOf(cell, "hold"), { marker }, options), /enough/);
  const line = `cancelled ${marker}`;
  await (cell.written?.(line) ?? hub.logged("core_stderr", ({ text }) => text === line));
  await tell(cell, "whoami");
}

const levels = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

/** The levels of what was logged on behalf of this marker, in the order in which it came. */
const loggedFor = ({ client }: Cell, marker: string): unknown[] =>
  client
    .heardOf(marker)
    .filter(({ method }) => method === "notifications/message")
    .map(({ params }) => params?.["level"]);

async function log(cell: Cell): Promise<void> {
  const { client } = cell;
  for (const level of ["warning", "debug"]) {
    await client.setLevel(level);
    const { marker, pid } = await tell(cell, "log");
    const last = await client.heard("notifications/message", (params) => isLast(params, marker));
    assert.deepEqual(last.params?.["data"], { marker, pid });
    assert.deepEqual(loggedFor(cell, marker), levels.slice(levels.indexOf(level)));
  }
}

const isLast = ({ level, data }: Record<string, unknown>, marker: string): boolean =>
  level === "emergency" && (data as { marker: string }).marker === marker;

async function logsToNobody(cell: Cell): Promise<void> {
  const { client } = cell;
  await client.setLevel("debug");
  const { marker } = await tell(cell, "log");
  // What the Core says comes by one pipe: an answer behind it is later than all of it.
  await tell(cell, "whoami");
  assert.deepEqual(loggedFor(cell, marker), []);
}

/**
 * `most`: updates that one change may bring. Two where a client is told that it will hear before the Core knows of it: it is told once more as soon as
 * the Core does, since what changed in between was not heard.
 */
export const subscribing =
  (most: 1 | 2): Operation =>
  async (cell) => {
    const { client } = cell;
    const uri = uriOf(cell, "thing");
    const updates = () =>
      client.came.filter(({ method, params }) => isUpdate(method) && params?.["uri"] === uri).length;
    const before = updates();
    await client.watch(uri);
    await tell(cell, "touch", { uri });
    await client.heard("notifications/resources/updated", (params) => params["uri"] === uri, before + 1);
    await client.unwatch(uri);
    // Where nothing says that the hub has let go, an answer behind it does.
    await tell(cell, "whoami");
    const heard = updates();
    assert.ok(heard <= before + most, `${heard - before} updates of one change`);
    await tell(cell, "touch", { uri });
    await tell(cell, "whoami");
    assert.equal(updates(), heard);
  };

const isUpdate = (method: string | undefined): boolean => method === "notifications/resources/updated";

let lastFresh = 0;

async function listChanged(cell: Cell): Promise<void> {
  // Short: exposed names have a limit.
  const fresh = `fresh-${++lastFresh}`;
  await cell.client.watchLists();
  await tell(cell, "change", { add: fresh });
  await changedUntil(cell, fresh, true);
  await tell(cell, "change", { remove: fresh });
  await changedUntil(cell, fresh, false);
}

/** Waits for news of each list until it shows what was added, or shows it no more. */
async function changedUntil(cell: Cell, name: string, isThere: boolean): Promise<void> {
  const { mcp } = cell.client;
  const shows = {
    tools: async () => (await mcp.listTools()).tools.some((tool) => tool.name === toolOf(cell, name)),
    prompts: async () => (await mcp.listPrompts()).prompts.some((each) => each.name === toolOf(cell, name)),
    resources: async () => (await mcp.listResources()).resources.some(({ uri }) => uri === uriOf(cell, name)),
  };
  for (const [kind, isShown] of Object.entries(shows)) {
    const method = `notifications/${kind}/list_changed`;
    // One that was told of before this is looked at too: the lists are read again after each.
    for (let nth = 1; (await isShown()) !== isThere; nth++) await cell.client.heard(method, undefined, nth);
  }
}

async function sample(cell: Cell): Promise<void> {
  const { marker, answer, error } = await tell(cell, "sample");
  assert.equal(error, undefined, error?.message);
  assert.equal(answer?.["model"], "test");
  assert.deepEqual(answer?.["content"], { type: "text", text: `${cell.client.name}: ${marker}` });
}

async function elicit(cell: Cell): Promise<void> {
  const { client, core } = cell;
  const form = await tell(cell, "elicit");
  assert.equal(form.error, undefined, form.error?.message);
  const content = { marker: `[${core.key}] ${form.marker}`, by: client.name };
  assert.deepEqual(form.answer, { action: "accept", content });

  const page = await tell(cell, "elicit", { mode: "url" });
  assert.equal(page.error, undefined, page.error?.message);
  assert.equal(page.answer?.["action"], "accept");
  const asked = await client.heard("elicitation/create", ({ url }) => url === `https://example.com/${page.marker}`);
  const { elicitationId } = asked.params ?? {};
  assert.equal(elicitationId, `${core.key}~${page.elicitationId}`);
  await client.heard("notifications/elicitation/complete", (params) => params["elicitationId"] === elicitationId);
}

async function roots(cell: Cell): Promise<void> {
  const { answer, error } = await tell(cell, "roots");
  assert.equal(error, undefined, error?.message);
  assert.deepEqual(answer?.["roots"], cell.client.roots);
}

/** Where the Core is the client's own, it hears of changes too. */
async function rootsAndChanges(cell: Cell): Promise<void> {
  const { client } = cell;
  await roots(cell);
  const before = client.roots;
  const uri = `file:///${client.marker()}`;
  client.roots = [...before, { uri }];
  await client.mcp.sendRootsListChanged();
  assert.deepEqual((await tell(cell, "roots-changed", { uri })).roots, client.roots);
  client.roots = before;
}

/** What the Core asks reaches nobody, and the Core is told what to do about it. */
const refused =
  (method: string, tool: string): Operation =>
  async (cell) => {
    const from = cell.client.came.length;
    const { answer, error } = await tell(cell, tool);
    assert.equal(answer, undefined);
    assert.match(error?.message ?? "", /shared by several clients.*isolation: session/);
    assert.deepEqual(
      cell.client.came.slice(from).filter((message) => message.method === method),
      [],
    );
  };

const relatedTask = "io.modelcontextprotocol/related-task";

async function tasks(cell: Cell): Promise<void> {
  const { client } = cell;
  const marker = client.marker();
  const begun = await client.request("tools/call", {
    ...{ name: toolOf(cell, "work"), arguments: { marker }, task: { ttl: 60_000 } },
  });
  const { taskId, status } = begun["task"] as { taskId: string; status: string };
  assert.equal(status, "working");
  const ids = async () => {
    const { tasks: listed } = await client.request("tasks/list", {});
    return (listed as { taskId: string }[]).map((task) => task.taskId);
  };
  assert.ok((await ids()).includes(taskId), `${taskId} is not in ${await ids()}`);
  assert.equal((await client.request("tasks/get", { taskId }))["status"], "working");
  const result = client.request("tasks/result", { taskId });
  await client.tell(toolOf(cell, "finish"), { marker });
  const { content, _meta: meta } = (await result) as { content: { text: string }[]; _meta: Record<string, unknown> };
  assert.equal(JSON.parse(content[0]?.text ?? "").marker, marker);
  assert.deepEqual(meta[relatedTask], { taskId });
  assert.equal((await client.request("tasks/get", { taskId }))["status"], "completed");

  const other = await client.request("tools/call", {
    ...{ name: toolOf(cell, "work"), arguments: { marker: client.marker() }, task: { ttl: 60_000 } },
  });
  const dropped = (other["task"] as { taskId: string }).taskId;
  assert.equal((await client.request("tasks/cancel", { taskId: dropped }))["status"], "cancelled");
}

/** Every operation, where the Core may speak with the client. */
export const operations: Readonly<Record<string, Operation>> = {
  ...{ list, call, read, prompt, complete, progress, cancel, log, subscribe: subscribing(1) },
  ...{ list_changed: listChanged, sample, elicit, roots, tasks },
};

/** What an isolation makes of an operation, where that is another thing: in a word, and as what is asserted. */
export const otherwise: Readonly<Record<Isolation, Readonly<Record<string, readonly [outcome: string, Operation]>>>> = {
  shared: {
    log: ["reaches nobody", logsToNobody],
    sample: ["is refused", refused("sampling/createMessage", "sample")],
    elicit: ["is refused", refused("elicitation/create", "elicit")],
    roots: ["is refused", refused("roots/list", "roots")],
  },
  session: { roots: ["works, with changes", rootsAndChanges] },
  pool: {},
};

// Many sessions at once on one shared Core and on a pool: whatever reaches a client was caused by it. Every message that a two-way Core
// writes carries the marker of whoever caused it, and markers carry the name of their client.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type HubProcess, startHub } from "../helpers/hub-process.ts";
import { metric } from "../helpers/raw-client.ts";
import type { ServerProcess } from "../helpers/server-process.ts";
import type { Generation, TwoWayClient } from "../helpers/two-way-client.ts";
import { startTwoWayServers } from "../helpers/two-way-servers.ts";
import type { Message } from "../helpers/ws-client.ts";
import { doors, type Guest } from "./doors.ts";
import { elsewhere, manifestOf, processes } from "./two-way-cores.ts";

/** Of SDK 1.x, which has tasks: as processes, for which one framing is enough, and over Streamable HTTP. */
const used = [...processes, ...elsewhere].filter(
  ({ generation, framing }) => generation === "1.x" && (framing === "newline" || framing === "http"),
);
const network = doors.filter(({ name }) => !name.startsWith("stdio"));

let folder: string;
let hub: HubProcess;
let servers: ServerProcess;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-crossings-"));
  servers = await startTwoWayServers("1.x");
  const places = { file: (key: string) => join(folder, key), host: () => servers.place };
  hub = await startHub({ manifest: manifestOf(used, places) });
  await hub.logged("core_summary");
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
  await servers[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Runs with sessions over all network doors, of both generations in turn, and lets them leave. */
async function withGuests(count: number, run: (all: [Guest, ...Guest[]]) => Promise<void>): Promise<void> {
  const scene = { hub, stdioManifest: "" };
  const all = await Promise.all(
    Array.from({ length: count }, (_, at) => {
      const generation: Generation = at % 2 === 0 ? "1.x" : "2.x";
      const door = network[Math.floor(at / 2) % network.length];
      assert.ok(door);
      return door.open(scene, `guest${at}`, generation);
    }),
  );
  try {
    await run(all as [Guest, ...Guest[]]);
  } finally {
    await Promise.all(all.map((guest) => guest[Symbol.asyncDispose]()));
  }
}

/** Names of clients in what this client got: its own, and nobody else's. */
function namesIn(client: TwoWayClient): string[] {
  return [...new Set(JSON.stringify(client.came).match(/guest\d+/g))];
}

interface Expectation {
  /** Whether the Core may ask, and be heard. */
  readonly talks: boolean;
}

/** Everything that one client does at once with one Core. */
async function act({ client }: Guest, key: string, { talks }: Expectation): Promise<void> {
  const tell = async (tool: string, args: object = {}) => {
    const marker = client.marker();
    const told = await client.tell(`${key}__${tool}`, { marker, ...args }, { onprogress: () => {} });
    assert.equal(told.marker, marker);
    return told;
  };
  const name = { by: client.name };
  await Promise.all([
    tell("progress", { steps: 10 }).then(({ marker }) => {
      const reports = client.came.filter(({ params }) => params?.["message"] === marker);
      assert.deepEqual(
        reports.map(({ params }) => params?.["progress"]),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      );
    }),
    tell("log"),
    tell("sample").then(({ answer, marker, error }) => {
      if (talks) assert.deepEqual(answer?.["content"], { type: "text", text: `${client.name}: ${marker}` });
      else assert.match(error?.message ?? "", /shared by several clients/);
    }),
    tell("elicit").then(({ answer, marker, error }) => {
      if (talks) assert.deepEqual(answer?.["content"], { marker: `[${key}] ${marker}`, ...name }, error?.message);
      else assert.match(error?.message ?? "", /shared by several clients/);
    }),
    tell("elicit", { mode: "url" }).then(({ answer }) =>
      assert.equal(answer?.["action"], talks ? "accept" : undefined),
    ),
    tell("roots").then(({ answer }) => assert.deepEqual(answer?.["roots"], talks ? client.roots : undefined)),
    client.mcp.complete({
      ref: { type: "ref/prompt", name: `${key}__greet` },
      argument: { name: "marker", value: client.marker() },
    }),
    // On an instance that works on another's task the Core cannot be told apart from the task: it may not ask.
    ...(talks ? [] : [workOf(client, key)]),
    watch(client, key),
  ]);
  // What comes of these on other streams of the same client is behind this.
  await tell("whoami");
}

/** Subscribes to a resource of its own, and waits for the one update that it causes. */
async function watch(client: TwoWayClient, key: string): Promise<void> {
  const uri = `two-way://${key}/by/${client.marker()}`;
  await client.mcp.subscribeResource({ uri });
  await client.tell(`${key}__touch`, { marker: client.marker(), uri });
  await client.heard("notifications/resources/updated", (params) => params["uri"] === uri);
  await client.mcp.unsubscribeResource({ uri });
}

/** A task of its own: it is in its list, and nobody else's is. */
async function workOf(client: TwoWayClient, key: string): Promise<void> {
  if (client.generation === "2.x") return;
  const marker = client.marker();
  const call = { name: `${key}__work`, arguments: { marker }, task: { ttl: 60_000 } };
  const { task } = (await client.request("tools/call", call)) as { task: { taskId: string } };
  const { tasks } = (await client.request("tasks/list", {})) as { tasks: { taskId: string }[] };
  assert.ok(tasks.some(({ taskId }) => taskId === task.taskId));
  assert.ok(tasks.length <= 2, "no more than its own of now and of before");
  await client.tell(`${key}__finish`, { marker });
  const { content } = (await client.request("tasks/result", { taskId: task.taskId })) as {
    content: { text: string }[];
  };
  assert.equal(JSON.parse(content[0]?.text ?? "").marker, marker);
}

for (const core of used) {
  if (core.isolation === "session") continue;
  const expectation = { talks: core.isolation === "pool" };
  for (const count of [2, 50]) {
    const by = core.framing === "http" ? "elsewhere" : "that is a process";
    test(`crossings: ${count} sessions on one ${core.isolation} Core ${by} see what they caused, and nothing of each other`, () =>
      withGuests(count, async (all) => {
        await Promise.all(all.map((guest) => act(guest, core.key, expectation)));
        await Promise.all(all.map(({ client }) => workOf(client, core.key)));
        for (const { client } of all) {
          assert.deepEqual(namesIn(client), [client.name]);
          if (!expectation.talks) assert.deepEqual(client.came.filter(isQuestion), []);
        }
        assert.equal(await metric(await hub.url(), "thehub_asks_open"), 0);
        assert.equal(await metric(await hub.url(), "thehub_subscriptions"), 0);
      }));
  }
}

const isQuestion = ({ id, method }: Message) => id !== undefined && method !== undefined;

for (const core of used.filter(({ isolation }) => isolation === "session")) {
  test(`crossings: on a Core of its own (${core.framing}), what a session changes in a list is changed and told for it alone`, () =>
    withGuests(6, async (all) => {
      const names = async ({ client }: Guest) => {
        const { tools } = await client.mcp.listTools();
        return tools.map(({ name }) => name).filter((name) => name.includes("guest"));
      };
      const told = ({ client }: Guest) => client.came.filter(({ method }) => method?.endsWith("/list_changed")).length;
      await Promise.all(all.map(({ client }) => client.tell(`${core.key}__whoami`, { marker: client.marker() })));
      const [one, ...others] = all;
      for (const guest of all) assert.deepEqual(await names(guest), []);
      const before = others.map(told);
      const add = one.client.marker();
      await one.client.tell(`${core.key}__change`, { marker: one.client.marker(), add });
      await one.client.heard("notifications/prompts/list_changed");
      assert.deepEqual(await names(one), [`${core.key}__${add}`]);
      for (const guest of others) assert.deepEqual(await names(guest), []);
      assert.deepEqual(others.map(told), before);
    }));
}

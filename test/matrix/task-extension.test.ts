// Calls that go on as tasks (the extension io.modelcontextprotocol/tasks) through the built hub, by both network doors: of a modern Core, on STDIO and over
// HTTP, and of official legacy servers whose calls wait for what they ask. No SDK has this extension yet, so that clients and modern Cores are of the test's.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type HubProcess, root, startHub } from "../helpers/hub-process.ts";
import { ModernClient, type ModernOptions } from "../helpers/modern-client.ts";
import { metric } from "../helpers/raw-client.ts";
import { ServerProcess } from "../helpers/server-process.ts";
import type { Message } from "../helpers/ws-client.ts";

const timeout = 30_000;
const extension = "io.modelcontextprotocol/tasks";
const knowing = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {}, extensions: { [extension]: {} } };
const tokens = { ann: "token-of-ann-0123456789", bob: "token-of-bob-0123456789" };
type Person = keyof typeof tokens;
const core = join(root, "test/fixtures/cores/tasks-extension.mjs");

let server: ServerProcess;
let stateDir: string;
let hub: HubProcess;

async function start(): Promise<HubProcess> {
  const node = JSON.stringify(process.execPath);
  const people = Object.entries(tokens).map(([name, token]) => {
    return `  ${name}: { token_sha256: ${createHash("sha256").update(token).digest("hex")} }\n`;
  });
  const old = (name: string, program: string) => {
    const args = JSON.stringify([join(root, "test/fixtures/two-way", program), name, "newline"]);
    return `  ${name}:\n    command: ${node}\n    args: ${args}\n    isolation: session\n`;
  };
  const manifest = `clients:\n${people.join("")}cores:
  pipe:
    command: ${node}
    args: [${JSON.stringify(core)}]
    resources: { uris: prefixed }
  web: { url: "http://${server.place}/mcp", allow_private: true }
  pool:
    command: ${node}
    args: [${JSON.stringify(core)}]
    isolation: pool
    scaling: { min: 1, max: 2 }
${old("old-1", "sdk-1.mjs")}${old("old-2", "sdk-2.mjs")}`;
  // What hubs that serve the same clients have in common: here one after the other.
  const env = { HUB_STATE_DIR: stateDir, HUB_PUBLIC_URL: "https://hub.example", HUB_LOG_LEVEL: "debug" };
  const started = await startHub({ manifest, env });
  for (const name of ["pipe", "web"]) await started.logged("core_up", (line) => line["core"] === name);
  await started.logged("core_summary");
  return started;
}

async function stop(): Promise<void> {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
}

before(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "thehub-tasks-"));
  server = await ServerProcess.start(core, ["http"]);
  hub = await start();
});

after(async () => {
  await stop();
  await server[Symbol.asyncDispose]();
  await rm(stateDir, { recursive: true, force: true });
});

const doors = {
  http: async (options: ModernOptions) => ModernClient.overHttp(await hub.httpUrl(), options),
  websocket: async (options: ModernOptions) => ModernClient.overWebSocket(await hub.wsUrl(), options),
};
type Door = keyof typeof doors;

const come = (door: Door, person: Person, capabilities: object = knowing) =>
  doors[door]({ token: tokens[person], capabilities });

/** Calls, and returns the task that it goes on as. */
async function taskOf(client: ModernClient, name: string, args: object = {}): Promise<string> {
  const { result, error } = await client.call(name, args);
  assert.equal(result?.resultType, "task", JSON.stringify(error ?? result));
  for (const key of ["result", "error", "inputRequests", "requestState"]) assert.equal(result[key], undefined, key);
  assert.match(result.taskId, /^t1\./);
  return result.taskId as string;
}

/** Asks until it is so: what a task does it does by itself. */
async function until(client: ModernClient, taskId: string, status: string): Promise<Message["result"]> {
  for (;;) {
    const { result, error } = await client.request("tasks/get", { taskId });
    assert.equal(error, undefined, JSON.stringify(error));
    assert.deepEqual([result.taskId, result.resultType], [taskId, "complete"]);
    if (result.status === status) return result;
    assert.ok(["working", "input_required"].includes(result.status), JSON.stringify(result));
  }
}

async function textOf(client: ModernClient, name: string): Promise<string> {
  return (await client.call(name)).result.content[0].text;
}

async function update(client: ModernClient, taskId: string, inputResponses: object): Promise<void> {
  const { result, error } = await client.request("tasks/update", { taskId, inputResponses });
  assert.deepEqual([result?.resultType, error], ["complete", undefined]);
}

for (const door of ["http", "websocket"] as const) {
  for (const name of ["pipe", "web"] as const) {
    test(`task extension: by ${door}, a task of the modern Core ${name} is asked after, answered and taken back`, {
      timeout,
    }, async () => {
      await using ann = await come(door, "ann");
      const asked = await taskOf(ann, `${name}__confirm_delete`);
      const { inputRequests } = await until(ann, asked, "input_required");
      const [[key, request]] = Object.entries(inputRequests) as [[string, { params: { message: string } }]];
      assert.equal(request.params.message, `[${name}] Delete it?`);
      await update(ann, asked, { nobody: { action: "cancel" } });
      await update(ann, asked, { [key]: { action: "accept", content: { confirm: true } } });
      assert.equal((await until(ann, asked, "completed")).result.content[0].text, '{"confirm":true}');
      const held = await taskOf(ann, `${name}__hold`);
      assert.equal((await until(ann, held, "working")).ttlMs, 600_000);
      assert.equal((await ann.request("tasks/cancel", { taskId: held })).result.resultType, "complete");
      await until(ann, held, "cancelled");
      const broken = await until(ann, await taskOf(ann, `${name}__protocol_error_job`), "failed");
      assert.deepEqual(broken.error, { code: -32603, message: "it broke" });
    });
  }

  for (const name of ["old-1", "old-2"] as const) {
    test(`task extension: by ${door}, a call that waits in the legacy Core ${name} is a task of the hub`, {
      timeout,
    }, async () => {
      const client = await come(door, "ann");
      const taskId = await taskOf(client, `${name}__rounds`, { marker: "m" });
      // It outlives the connection.
      await client.close();
      await using ann = await come(door, "ann");
      const seen: string[] = [];
      for (let round = 1; round <= 3; round++) {
        const { inputRequests } = await until(ann, taskId, "input_required");
        const [[key, { method, params }]] = Object.entries(inputRequests) as [[string, Message]];
        assert.ok(!seen.includes(key), "a name is used once");
        seen.push(key);
        if (round === 1) assert.equal(params?.["message"], `[${name}] m`);
        const form = { action: "accept", content: { by: `round ${round}` } };
        const completion = { role: "assistant", model: "m", content: { type: "text", text: "c" } };
        await update(ann, taskId, { [key]: method === "elicitation/create" ? form : completion });
      }
      const { result } = await until(ann, taskId, "completed");
      const { answers } = JSON.parse(result.content[0].text);
      assert.deepEqual(answers[1].answer.content, { by: "round 2" });
      // Once more: what came of it is kept, and what is over is not answered.
      await update(ann, taskId, { k1: { action: "cancel" } });
      assert.deepEqual((await until(ann, taskId, "completed")).result, result);
    });
  }

  test(`task extension: by ${door}, a call that waits is taken back, and its Core hears of it`, {
    timeout,
  }, async () => {
    await using ann = await come(door, "ann");
    const open = async () => metric(await hub.url(), "thehub_asks_open");
    const before = await open();
    const taskId = await taskOf(ann, "old-1__elicit", { marker: "m" });
    await until(ann, taskId, "input_required");
    assert.equal(await open(), before + 1);
    await ann.request("tasks/cancel", { taskId });
    const { ttlMs } = await until(ann, taskId, "cancelled");
    assert.ok(ttlMs < 30 * 60_000, "it need not be kept as long as one that waits");
    assert.equal(await open(), before);
  });

  test(`task extension: by ${door}, another's task is as one that there never was`, { timeout }, async () => {
    await using ann = await come(door, "ann");
    await using bob = await come(door, "bob");
    const before = await textOf(ann, "pipe__cancelled");
    for (const [tool, args] of [["pipe__hold"], ["web__hold"], ["old-1__elicit", { marker: "m" }]] as const) {
      const taskId = await taskOf(ann, tool, args);
      const listed = bob.start("subscriptions/listen", { notifications: { taskIds: [taskId] } });
      const { params } = await bob.heard("notifications/subscriptions/acknowledged");
      assert.deepEqual(params?.["notifications"], {});
      bob.came.length = 0;
      listed.answer.catch(() => {});
      listed.cancel();
      for (const method of ["tasks/get", "tasks/update", "tasks/cancel"]) {
        const { error } = await bob.request(method, { taskId, inputResponses: {} });
        const nobodys = await bob.request(method, { taskId: `${taskId.slice(0, -1)}_`, inputResponses: {} });
        assert.deepEqual([error?.code, error?.data?.["code"]], [-32602, "name_unknown"], `${tool} ${method}`);
        assert.equal(nobodys.error?.message, error?.message, `${tool} ${method}`);
      }
      assert.notEqual((await ann.request("tasks/get", { taskId })).result.status, "cancelled", tool);
      await ann.request("tasks/cancel", { taskId });
    }
    const after = JSON.parse(await textOf(ann, "pipe__cancelled")) as string[];
    assert.equal(after.length, (JSON.parse(before) as string[]).length + 1);
  });

  test(`task extension: by ${door}, who listens hears of its tasks under the ids that it knows`, {
    timeout,
  }, async () => {
    await using ann = await come(door, "ann");
    const taskIds = [
      await taskOf(ann, "pipe__hold"),
      await taskOf(ann, "web__hold"),
      await taskOf(ann, "old-1__elicit", { marker: "m" }),
    ];
    const listen = ann.start("subscriptions/listen", { notifications: { taskIds: [...taskIds, "t1.nobody"] } });
    listen.answer.catch(() => {});
    const { params } = await ann.heard("notifications/subscriptions/acknowledged");
    assert.deepEqual(params?.["notifications"], { taskIds });
    for (const name of ["pipe", "web"]) await ann.call(`${name}__release`);
    const { inputRequests } = await until(ann, String(taskIds[2]), "input_required");
    const [key] = Object.keys(inputRequests);
    await update(ann, String(taskIds[2]), { [String(key)]: { action: "decline" } });
    for (const taskId of taskIds) {
      const isIt = (told: Message) => told.params?.["taskId"] === taskId && told.params["status"] === "completed";
      const { params: told } = await ann.heard("notifications/tasks", isIt);
      const meta = told?.["_meta"] as Record<string, unknown>;
      assert.equal(meta["io.modelcontextprotocol/subscriptionId"], listen.id);
      const { result } = await ann.request("tasks/get", { taskId });
      const { _meta, ...task } = told as Record<string, unknown>;
      assert.deepEqual({ resultType: "complete", ...task }, { ...result, resultType: "complete" });
    }
    assert.equal(await metric(await hub.url(), "thehub_listens"), 1);
    listen.cancel();
    while ((await metric(await hub.url(), "thehub_listens")) !== 0);
  });

  test(`task extension: by ${door}, a client that does not know tasks has none`, { timeout }, async () => {
    const { extensions: _, ...others } = knowing;
    await using plain = await come(door, "ann", others);
    await using ann = await come(door, "ann");
    assert.equal((await plain.call("pipe__slow_compute")).result.content[0].text, "done at once");
    const required = { requiredCapabilities: { extensions: { [extension]: {} } } };
    assert.deepEqual((await plain.call("pipe__failing_job")).error?.data, required);
    const taskId = await taskOf(ann, "pipe__hold");
    for (const method of ["tasks/get", "tasks/update", "tasks/cancel"]) {
      const { error } = await plain.request(method, { taskId, inputResponses: {} });
      assert.equal(error?.code, -32021, method);
      assert.deepEqual(error.data?.["requiredCapabilities"], required.requiredCapabilities);
    }
    const listen = await plain.request("subscriptions/listen", { notifications: { taskIds: [taskId] } });
    assert.equal(listen.error?.code, -32021);
    // One that it gets all the same is nobody's, and taken back.
    const { length } = JSON.parse(await textOf(ann, "pipe__cancelled")) as string[];
    assert.equal((await plain.call("pipe__rogue")).error?.data?.["code"], "input_refused");
    while ((JSON.parse(await textOf(ann, "pipe__cancelled")) as string[]).length === length);
    assert.equal((await plain.call("old-1__elicit", { marker: "m" })).result.resultType, "input_required");
  });
}

test("task extension: a Core is told what its client said, unless no instance of it would know another's tasks", {
  timeout,
}, async () => {
  await using ann = await come("http", "ann");
  for (const name of ["pipe", "web"]) assert.deepEqual(JSON.parse(await textOf(ann, `${name}__told`)), knowing);
  assert.deepEqual(JSON.parse(await textOf(ann, "pool__told")), { ...knowing, extensions: {} });
  assert.equal((await ann.call("pool__hold")).result.content[0].text, "done at once");
  const { result } = await ann.request("server/discover");
  assert.deepEqual(result.capabilities.extensions, { [extension]: {} });
});

test("task extension: links in what a task came to are those that clients know", { timeout }, async () => {
  await using ann = await come("http", "ann");
  const taskId = await taskOf(ann, "pipe__hold");
  await ann.call("pipe__release");
  const { result } = await until(ann, taskId, "completed");
  assert.equal(result.content[1].uri, "pipe+test://held");
});

test("task extension: a task of a server elsewhere is known after a restart of the hub, one of its own process is not", {
  timeout,
}, async () => {
  const [web, pipe, waits] = await (async () => {
    await using ann = await come("http", "ann");
    return [await taskOf(ann, "web__hold"), await taskOf(ann, "pipe__hold"), await taskOf(ann, "old-1__elicit")];
  })();
  await stop();
  hub = await start();
  await using ann = await come("http", "ann");
  await until(ann, web, "working");
  await ann.call("web__release");
  assert.equal((await until(ann, web, "completed")).result.content[0].text, "released");
  for (const taskId of [pipe, waits]) {
    assert.equal((await ann.request("tasks/get", { taskId })).error?.code, -32602);
  }
});

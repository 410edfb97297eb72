// A client that reaches for what is another's, and one that does not do its part: by ids, tokens, tasks, cursors; by silence, by answering
// twice or wrongly, by leaving in the middle.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type HubProcess, startHub, twoWay } from "../helpers/hub-process.ts";
import { metric, rawClient, respond, told } from "../helpers/raw-client.ts";
import type { WsClient } from "../helpers/ws-client.ts";

let hub: HubProcess;
let url: string;

before(async () => {
  hub = await startHub({
    manifest: `cores:
  own:
    ${twoWay("sdk-1.mjs", "own", "newline")}
    isolation: session
  pool:
    ${twoWay("sdk-1.mjs", "pool", "newline")}
    isolation: pool
    scaling: { max: 3 }
  shared:
    ${twoWay("sdk-1.mjs", "shared", "newline")}
  hostile:
    ${twoWay("hostile.mjs")}
    isolation: session
`,
  });
  url = await hub.wsUrl();
  await hub.logged("core_summary");
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
});

const value = async (name: string) => metric(await hub.url(), name);
const asked = (client: WsClient, marker: string) =>
  client.notified("elicitation/create", ({ params }) => String(params?.["message"]).endsWith(marker));
const accept = (by: string) => ({ result: { action: "accept", content: { by } } });

/** The next client that leaves with questions open: all of them are over by then. */
const leaves = () => hub.loggedNext("ask_refused", ({ reason }) => /the client left/.test(String(reason)));

/** Everything in one after which all that this client sent has been read and acted on. */
const caughtUp = (client: WsClient) => client.request("ping");

for (const key of ["own", "pool"]) {
  test(`hostile client: no answer, progress or cancel of another client reaches what a ${key} Core asked this one`, async () => {
    await using victim = await rawClient(url);
    await using thief = await rawClient(url);
    const call = victim.start("tools/call", { name: `${key}__elicit`, arguments: { marker: "mine" } });
    const question = await asked(victim, "mine");
    for (const id of [question.id, String(question.id), ...Array.from({ length: 200 }, (_, at) => at)]) {
      respond(thief, id, accept("thief"));
      respond(thief, id, { error: { code: -1, message: "thief" } });
      thief.notify("notifications/progress", { progressToken: id, progress: 1, message: "thief" });
      thief.notify("notifications/cancelled", { requestId: id, reason: "thief" });
    }
    await caughtUp(thief);
    respond(victim, question.id, accept("victim"));
    assert.deepEqual(told(await call.answer).answer, { action: "accept", content: { by: "victim" } });
    assert.deepEqual(victim.strays, []);
    assert.ok(!JSON.stringify([victim.notifications, thief.notifications]).includes("thief"));
  });
}

test("hostile client: a task of another is as unknown as one that never was, and is in nobody else's list", async () => {
  await using owner = await rawClient(url);
  await using thief = await rawClient(url);
  for (const key of ["own", "shared", "pool"]) {
    const begun = await owner.request("tools/call", {
      name: `${key}__work`,
      arguments: { marker: key },
      task: { ttl: 60_000 },
    });
    const { taskId } = begun.result.task;
    const never = `${key}~never`;
    for (const method of ["tasks/get", "tasks/result", "tasks/cancel"]) {
      const [foreign, unknown] = await Promise.all([taskId, never].map((id) => thief.request(method, { taskId: id })));
      assert.ok(foreign?.error, `${method} of another's task is answered`);
      assert.deepEqual([foreign.error.code, foreign.error.message], [unknown?.error?.code, unknown?.error?.message]);
      // As its Core knows it, too.
      assert.ok((await thief.request(method, { taskId: taskId.split("~").at(-1) })).error);
    }
    assert.deepEqual((await thief.request("tasks/list")).result.tasks, []);
    assert.equal((await owner.request("tasks/get", { taskId })).result.status, "working");
  }
});

test("hostile client: cursors that it was not given are refused, and show nothing", async () => {
  await using thief = await rawClient(url);
  const cursors = ["1", "0", "-1", "MQ==", "eyJ2IjoxfQ", "x".repeat(10_000), "\u0000"];
  for (const method of ["tools/list", "prompts/list", "resources/list", "resources/templates/list", "tasks/list"]) {
    for (const cursor of cursors) {
      const { error } = await thief.request(method, { cursor });
      assert.equal(error?.code, -32602, `${method} with ${JSON.stringify(cursor.slice(0, 9))}`);
    }
  }
});

test("hostile client: what another holds it cannot give back, and what it holds is its own", async () => {
  await using owner = await rawClient(url);
  await using thief = await rawClient(url);
  const uri = "two-way://shared/thing";
  await owner.request("resources/subscribe", { uri });
  await thief.request("resources/unsubscribe", { uri });
  await owner.call("shared__touch", { marker: "touch", uri });
  await owner.notified("notifications/resources/updated");
  await caughtUp(thief);
  assert.deepEqual(thief.notifications, []);
});

test("hostile client: of two answers the first counts, and the second is nobody's", async () => {
  await using client = await rawClient(url);
  const call = client.call("own__elicit", { marker: "twice" });
  const { id } = await asked(client, "twice");
  respond(client, id, accept("first"));
  respond(client, id, accept("second"));
  assert.deepEqual(told(await call).answer, { action: "accept", content: { by: "first" } });
  const next = client.call("own__elicit", { marker: "next" });
  const question = await asked(client, "next");
  assert.notEqual(question.id, id);
  respond(client, id, accept("third"));
  respond(client, question.id, accept("fourth"));
  assert.deepEqual(told(await next).answer, { action: "accept", content: { by: "fourth" } });
  assert.deepEqual(client.strays, []);
});

test("hostile client: an answer of no shape is the Core's to judge, and ends the question all the same", async () => {
  await using client = await rawClient(url);
  const shapes = [
    { result: { action: 5 } },
    { result: [] },
    { result: "yes" },
    { error: { code: "x", message: 7 } },
    { error: {} },
  ];
  for (const [at, shape] of shapes.entries()) {
    const marker = `shape-${at}`;
    const call = client.call("own__elicit", { marker });
    respond(client, (await asked(client, marker)).id, shape);
    const outcome = told(await call);
    assert.equal(outcome.answer, undefined, JSON.stringify(outcome));
    assert.ok(outcome.error);
  }
  assert.equal(await value("thehub_asks_open"), 0);
});

test("hostile client: who never answers has so many open questions and no more, and takes them along", async () => {
  const silent = await rawClient(url);
  const before = await value('thehub_asks_total{outcome="left"}');
  void silent.call("hostile__flood", { count: 100 });
  const left = leaves();
  await silent.notified("elicitation/create", () => silent.notifications.length >= 64);
  await caughtUp(silent);
  assert.equal(silent.notifications.length, 64);
  assert.equal(await value("thehub_asks_open"), 64);
  await silent[Symbol.asyncDispose]();
  await left;
  assert.equal(await value("thehub_asks_open"), 0);
  assert.equal(await value('thehub_asks_total{outcome="left"}'), before + 64);
});

for (const key of ["own", "pool"]) {
  test(`hostile client: who dies in the middle leaves nothing open at a ${key} Core, and the next is served`, async () => {
    const dying = await rawClient(url);
    for (const marker of ["a", "b", "c"]) void dying.call(`${key}__elicit`, { marker });
    await Promise.all(["a", "b", "c"].map((marker) => asked(dying, marker)));
    assert.equal(await value("thehub_asks_open"), 3);
    const left = leaves();
    dying.socket.terminate();
    await left;
    assert.equal(await value("thehub_asks_open"), 0);
    await using next = await rawClient(url);
    const call = next.call(`${key}__elicit`, { marker: "next" });
    respond(next, (await asked(next, "next")).id, accept("next"));
    assert.deepEqual(told(await call).answer, { action: "accept", content: { by: "next" } });
  });
}

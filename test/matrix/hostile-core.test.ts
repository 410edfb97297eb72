// A Core that reaches for what is another Core's: by ids, by tokens, by names, by answering twice, by asking too much and too early.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type HubProcess, startHub, twoWay } from "../helpers/hub-process.ts";
import { metric, rawClient, respond, textOf, told } from "../helpers/raw-client.ts";
import type { Message, WsClient } from "../helpers/ws-client.ts";

let hub: HubProcess;
let url: string;

before(async () => {
  hub = await startHub({
    manifest: `cores:
  own:
    ${twoWay("sdk-1.mjs", "own", "newline")}
    isolation: session
  shared:
    ${twoWay("sdk-1.mjs", "shared", "newline")}
  hostile:
    ${twoWay("hostile.mjs")}
    isolation: session
  hostile-shared:
    ${twoWay("hostile.mjs")}
`,
  });
  url = await hub.wsUrl();
  await hub.logged("core_summary");
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
});

/** Answers every question that comes, at once. */
function answering(client: WsClient): WsClient {
  client.socket.on("message", (data) => {
    const { id, method } = JSON.parse(String(data)) as Message;
    if (method === "elicitation/create") respond(client, id, { result: { action: "accept" } });
  });
  return client;
}

for (const attacker of ["hostile", "hostile-shared"]) {
  test(`hostile Core (${attacker}): no id, token, task, page or resource of another Core is within its reach`, async () => {
    await using victim = await rawClient(url);
    await using other = await rawClient(url);
    await victim.request("logging/setLevel", { level: "debug" });
    const uri = "two-way://shared/thing";
    assert.ok((await victim.request("resources/subscribe", { uri })).result);
    const task = await victim.request("tools/call", {
      name: "own__work",
      arguments: { marker: "t" },
      task: { ttl: 60_000 },
    });
    const { taskId } = task.result.task;
    // Under way: a page that somebody has yet to visit, a form, and a call that has reported once.
    const page = victim.call("own__elicit", { marker: "page", mode: "url" });
    const pageAsked = await victim.notified("elicitation/create", ({ params }) => params?.["mode"] === "url");
    const form = victim.call("own__elicit", { marker: "form" });
    const formAsked = await victim.notified("elicitation/create", ({ params }) => params?.["mode"] === "form");
    const held = victim.start("tools/call", {
      name: "shared__hold",
      arguments: { marker: "held" },
      _meta: { progressToken: 1 },
    });
    await victim.notified("notifications/progress");
    const elicitationId = String(pageAsked.params?.["elicitationId"]);

    const heard = victim.notifications.length;
    await other.call(`${attacker}__attack`, {
      upTo: 2000,
      uris: [uri],
      tasks: [taskId, taskId.split("~").at(-1)],
      elicitations: [elicitationId, elicitationId.split("~").at(-1)],
    });
    assert.equal((await other.call(`${attacker}__grow`)).error, undefined);
    // The lists of the shared one are everybody's: that one change, and none of the two thousand that were announced and were none.
    const witness = attacker === "hostile" ? other : victim;
    await witness.notified("notifications/tools/list_changed");
    const unrelated = victim.notifications.slice(heard);
    assert.deepEqual(
      unrelated.map(({ method }) => method),
      attacker === "hostile" ? [] : ["notifications/tools/list_changed"],
    );

    respond(victim, formAsked.id, { result: { action: "accept", content: { by: "victim" } } });
    assert.deepEqual(told(await form).answer, { action: "accept", content: { by: "victim" } });
    respond(victim, pageAsked.id, { result: { action: "accept" } });
    assert.deepEqual(told(await page).answer, { action: "accept" });
    await victim.notified(
      "notifications/elicitation/complete",
      ({ params }) => params?.["elicitationId"] === elicitationId,
    );
    victim.notify("notifications/cancelled", { requestId: held.id });
    const known = await victim.request("tasks/get", { taskId });
    assert.equal(known.result?.status, "working", known.error?.message);
    assert.deepEqual(victim.strays, []);
    assert.ok(!JSON.stringify(victim.notifications).includes("hostile"));
  });
}

test("hostile Core: an answer that comes twice is one answer", async () => {
  await using client = await rawClient(url);
  assert.equal(textOf(await client.call("hostile__twice")), "first");
  assert.equal(textOf(await client.call("hostile__attack")), "attacked");
  assert.deepEqual(client.strays, []);
});

test("hostile Core: what it asks before it has answered initialize is its one client's, or nobody's", async () => {
  await using client = answering(await rawClient(url));
  assert.equal(told(await client.call("hostile__early")), "accept");
  await using other = await rawClient(url);
  assert.match(told(await other.call("hostile-shared__early")), /shared by several clients/);
  assert.deepEqual(other.notifications, []);
});

test("hostile Core: of two questions under one id the second is refused", async () => {
  await using client = answering(await rawClient(url));
  const outcomes = told(await client.call("hostile__same-id"));
  assert.deepEqual([...outcomes].sort(), ["accept", 'id "same" is already in use by a request under way'].sort());
});

test("hostile Core: of a thousand questions at once the client gets what it can bear, and each is answered once", async () => {
  await using client = await rawClient(url);
  const early = client.call("hostile__early");
  respond(client, (await client.notified("elicitation/create")).id, { result: { action: "decline" } });
  assert.equal(told(await early), "decline");
  client.notifications.length = 0;
  const call = client.call("hostile__flood", { count: 1000 });
  const questions = await firstQuestions(client, 64);
  assert.equal(await metric(await hub.url(), "thehub_asks_open"), 64);
  for (const { id } of questions) respond(client, id, { result: { action: "accept" } });
  const counted = told(await call);
  assert.deepEqual(counted, { accept: 64, "too many requests wait for the client's answer already": 936 });
  assert.equal(client.notifications.length, 64);
  assert.equal(await metric(await hub.url(), "thehub_asks_open"), 0);
  assert.equal(textOf(await client.call("hostile__attack")), "attacked");
});

/** The first questions that reach this client, once there are so many. */
function firstQuestions(client: WsClient, count: number): Promise<Message[]> {
  return new Promise((resolve) => {
    const look = () => {
      const questions = client.notifications.filter(({ method }) => method === "elicitation/create");
      if (questions.length < count) return;
      client.socket.off("message", look);
      resolve(questions);
    };
    client.socket.on("message", look);
    look();
  });
}

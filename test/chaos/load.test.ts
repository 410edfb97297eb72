// Many clients, one Core, some calls cancelled, the Core killed meanwhile: each request has one answer, its own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture, startHub } from "../helpers/hub-process.ts";
import { type Message, WsClient } from "../helpers/ws-client.ts";

const clients = 200;
const each = 50;

interface Outcome {
  answered: number;
  wrong: number;
  refusals: Message[];
}

/** Every client makes its calls at once; every tenth of `cancelled` is cancelled. Resolves when all others are answered. */
async function load(url: string, options: { cancel: boolean; atHalf?: () => void }): Promise<Outcome> {
  const outcome: Outcome = { answered: 0, wrong: 0, refusals: [] };
  const all = await Promise.all(Array.from({ length: clients }, () => WsClient.connect(url)));
  const answers: Promise<void>[] = [];
  let made = 0;
  for (const [who, client] of all.entries()) {
    for (let n = 0; n < each; n++) {
      const nonce = `${who}/${n}`;
      const { id, answer } = client.start("tools/call", { name: "m__mirror", arguments: { nonce } });
      if (options.cancel && n % 10 === 9) {
        client.notify("notifications/cancelled", { requestId: id });
        continue;
      }
      answers.push(
        answer.then((message) => {
          outcome.answered++;
          if (message.error !== undefined) outcome.refusals.push(message);
          else if (message.result.raw.nonce !== nonce) outcome.wrong++;
        }),
      );
      made++;
      if (made === (clients * each) / 2) options.atHalf?.();
    }
  }
  await Promise.all(answers);
  assert.equal(outcome.answered, answers.length);
  // A second answer to any call would have been a stray by the time that this later request is answered.
  await Promise.all(all.map((client) => client.request("ping")));
  for (const client of all) {
    assert.deepEqual(client.strays, []);
    await client[Symbol.asyncDispose]();
  }
  return outcome;
}

const policy = (text: string) => `hub:
  limits: { max_concurrency_per_client: 1000, max_queue_per_client: 20000 }
cores:
  m:
    ${fixture("mirror.mjs")}
    policy: { ${text} }
    health: { restart_backoff_ms: 100 }
`;

test("load: 200 clients with 50 calls each get their own answers, whatever is cancelled", async () => {
  await using hub = await startHub({ manifest: policy("max_concurrency: 20000, max_queue: 20000") });
  const outcome = await load(await hub.wsUrl(), { cancel: true });
  assert.equal(outcome.wrong, 0);
  assert.deepEqual(outcome.refusals, []);
  await hub.stop();
});

test("load: when the Core is killed, the only errors are those of calls on it, and it comes back", async () => {
  await using hub = await startHub({ manifest: policy("max_concurrency: 200, max_queue: 20000") });
  const url = await hub.wsUrl();
  await using killer = await WsClient.connect(url);
  await killer.request("tools/list");
  const outcome = await load(url, {
    cancel: true,
    atHalf: () => void killer.start("tools/call", { name: "m__die", arguments: {} }),
  });
  assert.equal(outcome.wrong, 0);
  for (const refusal of outcome.refusals) assert.equal(refusal.error?.data?.["code"], "core_down");
  const again = await killer.call("m__mirror", { nonce: "again" });
  assert.equal(again.result?.raw.nonce, "again");
  await hub.stop();
});

test("load: with default limits every refusal is overloaded and says when to come back", async () => {
  await using hub = await startHub({ manifest: `cores:\n  m:\n    ${fixture("mirror.mjs")}\n` });
  const outcome = await load(await hub.wsUrl(), { cancel: false });
  assert.equal(outcome.wrong, 0);
  assert.ok(outcome.refusals.length > 0, "a load beyond the limits is refused in part");
  for (const refusal of outcome.refusals) {
    assert.equal(refusal.error?.data?.["code"], "overloaded");
    assert.ok(Number(refusal.error?.data?.["retry_after_ms"]) > 0);
  }
  await hub.stop();
});

test("load: one client's calls held by a Core leave room for another's, and a cancel frees its place", async () => {
  await using hub = await startHub({
    manifest: `cores:\n  m:\n    ${fixture("mirror.mjs")}\n    policy: { max_concurrency: 2, max_queue: 1 }\n`,
  });
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
  const first = client.start("tools/call", { name: "m__hold", arguments: { n: 1 } });
  const second = client.start("tools/call", { name: "m__hold", arguments: { n: 2 } });
  const waiting = client.start("tools/call", { name: "m__mirror", arguments: { n: 3 } });
  const refused = await client.call("m__mirror", { n: 4 });
  assert.equal(refused.error?.data?.["code"], "overloaded");
  client.notify("notifications/cancelled", { requestId: first.id, reason: "changed my mind" });
  assert.equal((await waiting.answer).result?.raw.n, 3);
  const held = await client.call("m__held");
  assert.equal(held.result?.content[0].text, "1");
  await client.call("m__release");
  assert.equal((await second.answer).result?.raw.n, 2);
  await hub.stop();
});

test("load: a client that leaves takes its waiting calls with it: none of them reaches the Core", async () => {
  await using hub = await startHub({
    manifest: `hub:\n  limits: { max_concurrency_per_client: 1 }\ncores:\n  m:\n    ${fixture("mirror.mjs")}\n`,
  });
  await using watcher = await WsClient.connect(await hub.wsUrl());
  await watcher.request("tools/list");
  const leaving = await WsClient.connect(await hub.wsUrl());
  for (let n = 0; n < 20; n++) leaving.start("tools/call", { name: "m__hold", arguments: { n } });
  await leaving.request("ping");
  leaving.socket.terminate();
  // The first one was sent and is cancelled; when that has arrived, so would the others have.
  for (;;) {
    const held = await watcher.call("m__held");
    if (held.result?.content[0].text === "0") break;
  }
  const holds = await watcher.call("m__holds");
  assert.equal(holds.result?.content[0].text, "1");
  await hub.stop();
});

test("load: calls that outlast the drain are answered by the hub, once", async () => {
  await using hub = await startHub({
    manifest: `hub:\n  drain_timeout_ms: 200\ncores:\n  m:\n    ${fixture("mirror.mjs")}\n`,
  });
  const client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
  const { answer } = client.start("tools/call", { name: "m__hold", arguments: {} });
  await client.request("ping");
  hub.child.kill("SIGTERM");
  const { error } = await answer;
  assert.equal(error?.data?.["code"], "draining");
  assert.equal(error?.data?.["may_have_run"], true);
  assert.equal((await hub.exited).code, 0);
});

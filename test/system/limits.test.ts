// How much a client and a tool may have: over real doors, with a real process.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import { type Message, WsClient } from "../helpers/ws-client.ts";

const sha256 = (token: string) => createHash("sha256").update(token).digest("hex");

const manifest = `hub: { search_tools: always }
clients:
  ana: { token_sha256: "${sha256("ana's token")}" }
  ben: { token_sha256: "${sha256("ben's token")}" }
  small: { token_sha256: "${sha256("small's token")}", limits: { rate_limit_bytes: 10000, max_queue: 0 } }
cores:
  echo:
    ${fixture("echo.mjs")}
    tools: { slow: { name: wait, limits: { max_concurrency: 1, max_queue: 1 } } }
`;

let hub: HubProcess;
const connect = async (name: string) => {
  return WsClient.connect(await hub.wsUrl(), { authorization: `Bearer ${name}'s token` });
};
const dataOf = ({ error }: Message) => error?.data ?? {};

before(async () => {
  hub = await startHub({ manifest });
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
});

test("limits: a tool's own limit holds for all clients and every spelling, and leaves the Core's other tools alone", async () => {
  await using ana = await connect("ana");
  await using ben = await connect("ben");
  const first = ana.start("tools/call", { name: "echo__wait", arguments: { key: "a" } });
  await ana.call("echo__until-held", { key: "a" });
  const second = ben.start("tools/call", { name: "echo.slow", arguments: { key: "b" } });
  // The hub reads a connection's messages in order: the next one meets a full queue.
  const refused = await ben.call("hub__call_tool", { name: "echo__wait", arguments: {} });
  assert.match(refused.error?.message ?? "", /^too many calls of tool "slow" wait already \(core "echo"\)/);
  const { code, limit, core, retry_after_ms } = dataOf(refused);
  assert.deepEqual([code, limit, core], ["overloaded", "tool", "echo"]);
  assert.ok(Number(retry_after_ms) >= 50);
  assert.equal((await ben.call("echo__release", { key: "a" })).result.content[0].text, "ok");
  await first.answer;
  await ben.call("echo__until-held", { key: "b" });
  await ben.call("echo__release", { key: "b" });
  assert.equal((await second.answer).result.content[0].text, "released");
});

test("limits: a large answer is let through, and its client's next call is told when it is paid for", async () => {
  await using small = await connect("small");
  const large = await small.call("echo__big", { bytes: 100_000 });
  assert.equal(large.result.content[0].text.length, 100_000);
  const { code, limit, retry_after_ms } = dataOf(await small.call("echo__pid"));
  assert.deepEqual([code, limit], ["overloaded", "client"]);
  assert.ok(Number(retry_after_ms) > 5000 && Number(retry_after_ms) < 10_000, String(retry_after_ms));
  await using again = await connect("small");
  assert.equal(dataOf(await again.call("echo__pid"))["limit"], "client", "it is one client, by whatever connection");
  await using ana = await connect("ana");
  assert.equal((await ana.call("echo__big", { bytes: 100_000 })).error, undefined);
});

test("limits: the metrics say which limits were met", async () => {
  const response = await fetch(`${await hub.url()}/metrics`);
  const text = await response.text();
  assert.match(text, /^thehub_calls_delayed_total\{limit="tool"\} 1$/m);
  assert.match(text, /^thehub_calls_refused_total\{limit="tool"\} 1$/m);
  assert.match(text, /^thehub_calls_refused_total\{limit="client"\} 2$/m);
});

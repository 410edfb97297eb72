// What the relay promises of a call and of lists, on the built hub: time limits, progress, the wait for starting Cores, the views
// of named clients, log levels.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { WebSocket } from "ws";
import { ContentLengthClient } from "../helpers/content-length-client.ts";
import { fixture, startHub } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

const mirror = fixture("mirror.mjs");

async function toolsOf(client: WsClient): Promise<string[]> {
  const { result } = await client.request("tools/list");
  return result.tools.map(({ name }: { name: string }) => name);
}

test("relay: a call that is not answered in time is answered by the hub, and its Core told to stop", async () => {
  await using hub = await startHub({ manifest: `cores:\n  m:\n    ${mirror}\n    policy: { timeout_ms: 300 }\n` });
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
  const { error } = await client.call("m.hold");
  assert.equal(error?.code, -32052, error?.message);
  const { code, core, may_have_run: mayHaveRun } = error?.data ?? {};
  assert.deepEqual([code, core, mayHaveRun], ["core_timeout", "m", true]);
  assert.equal((await client.call("m.held")).result?.content[0].text, "0");
  await hub.stop();
});

test("relay: progress gives a call more time, but never more than max_timeout_ms", async () => {
  const policy = "policy: { timeout_ms: 1500, max_timeout_ms: 4000 }";
  await using hub = await startHub({ manifest: `cores:\n  t:\n    command: thehub-template-core\n    ${policy}\n` });
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
  const [longer, endless] = await Promise.all([
    client.call("t.countdown", { from: 8, interval_ms: 250 }, { progressToken: "a" }),
    client.call("t.countdown", { from: 1000, interval_ms: 250 }, { progressToken: "b" }),
  ]);
  assert.equal(longer.result?.content[0].text, "lift-off", JSON.stringify(longer.error));
  assert.equal(endless.error?.data?.["code"], "core_timeout");
  await hub.stop();
});

test("relay: the first list waits for starting Cores as long as it may; one that comes later is announced", async () => {
  await using hub = await startHub({
    manifest: `hub:
  list_wait_ms: 300
cores:
  early:
    ${mirror}
  late:
    command: sh
    args: [-c, "while ! [ -e open ]; do echo waiting >&2; sleep 0.1; done; exec thehub-template-core"]
`,
  });
  await using client = await WsClient.connect(await hub.wsUrl());
  const first = await toolsOf(client);
  assert.ok(first.includes("early__mirror") && !first.includes("late__echo"), `${first}`);
  // What it heard before that list is no news any more.
  client.notifications.length = 0;
  await writeFile(join(hub.folder, "open"), "");
  await client.notified("notifications/tools/list_changed");
  assert.ok((await toolsOf(client)).includes("late__echo"));
  await hub.stop();
});

test("relay: a named client sees and reaches what its rules allow, and nothing else exists for it", async () => {
  const digest = (token: string) => createHash("sha256").update(token).digest("hex");
  await using hub = await startHub({
    manifest: `clients:
  laptop: { token_sha256: ${digest("the-laptop's-token")}, allow: [a.mirror, "#shared"], deny: [b.die] }
  script: { token_sha256: ${digest("the-script's-token")} }
cores:
  a:
    ${mirror}
  b:
    ${mirror}
    tags: [shared]
`,
  });
  const url = await hub.wsUrl();
  const refused = new WebSocket(url, ["mcp"], { headers: { authorization: `Bearer ${digest("the-laptop's-token")}` } });
  const [{ message }] = (await once(refused, "error")) as [Error];
  assert.match(message, /401/);

  await using laptop = await WsClient.connect(url, { authorization: "Bearer the-laptop's-token" });
  await using script = await WsClient.connect(url, { authorization: "Bearer the-script's-token" });
  const all = await toolsOf(script);
  const expected = all.filter((name) => name === "a__mirror" || (name.startsWith("b__") && name !== "b__die"));
  assert.deepEqual(await toolsOf(laptop), expected);
  for (const name of ["a.hold", "a__hold", "b.die", "nobody.knows"]) {
    const { error } = await laptop.call(name);
    assert.equal(error?.message, `unknown tool "${name}"; tools/list shows what there is`);
  }
  assert.deepEqual((await laptop.call("a/mirror", { n: 1 })).result?.raw, { n: 1 });
  await hub.stop();
});

test("relay: the client of a hub of its own hears its Cores' log messages from its level on", async () => {
  await using hub = await startHub({ args: ["stdio"], manifest: `cores:\n  liar:\n    ${fixture("liar.mjs")}\n` });
  const client = new ContentLengthClient(hub.child.stdout, hub.child.stdin);
  await client.request("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: {} });
  const wrong = await client.request("logging/setLevel", { level: "loud" });
  assert.equal(wrong.error?.data?.["code"], "params_invalid");
  assert.deepEqual((await client.request("logging/setLevel", { level: "warning" })).result, {});
  const says = (level: string) =>
    `{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"${level}","data":"${level}"}}`;
  await client.request("tools/call", {
    name: "liar.say",
    arguments: { lines: ["debug", "notice", "warning", "emergency"].map(says) },
  });
  const heard = client.notifications.filter(({ method }) => method === "notifications/message");
  assert.deepEqual(
    heard.map(({ params }) => params?.["data"]),
    ["warning", "emergency"],
  );
  hub.child.stdin.end();
  assert.equal((await hub.exited).code, 0);
});

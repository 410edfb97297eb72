// Bad manifests, bad Cores and bad clients: each gets its stated error, and the hub and the other Cores carry on.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { WebSocket } from "ws";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

const good = `good:\n    ${fixture("mirror.mjs")}`;

async function goodCoreAnswers(hub: HubProcess): Promise<void> {
  await using client = await WsClient.connect(await hub.wsUrl());
  const { result, error } = await client.call("good__mirror", { n: 1 });
  assert.equal(result?.raw.n, 1, JSON.stringify(error));
}

const badCores: Record<string, { lines: string; says: RegExp }> = {
  "whose command does not exist": { lines: "command: no-such-command-anywhere", says: /no-such-command-anywhere/ },
  "that exits at once": { lines: "command: node\n    args: [-e, 'process.exit(3)']", says: /exit/ },
  "that prints garbage": {
    lines: "command: node\n    args: [-e, 'setInterval(() => console.log(\"not json\"), 1)']",
    says: /./,
  },
  "that never answers": {
    lines:
      "command: node\n    args: [-e, 'process.stdin.resume()']\n    framing: newline\n    health: { startup_timeout_ms: 300 }",
    says: /./,
  },
  "without its secret": { lines: "command: node\n    secrets: [NOBODY_HAS_THIS]", says: /NOBODY_HAS_THIS/ },
};

for (const [what, { lines, says }] of Object.entries(badCores)) {
  test(`bad Core: one ${what} is named in the log, and the other Core serves`, async () => {
    await using hub = await startHub({ manifest: `cores:\n  bad:\n    ${lines}\n  ${good}\n` });
    const line = await Promise.any([
      hub.logged("core_down", (log) => log["core"] === "bad"),
      hub.logged("core_failed", (log) => log["core"] === "bad"),
    ]);
    assert.match(String(line["reason"]), says);
    await goodCoreAnswers(hub);
    await hub.stop();
  });
}

test("bad Core: a flood on stderr is cut, and the Core and the hub carry on", async () => {
  const flood = "for (let i = 0; i < 50000; i++) console.error('noise '.repeat(20)); require(process.argv[1])";
  const script = JSON.stringify(flood.replace("require(process.argv[1])", "import(process.argv[1])"));
  const core = fixture("mirror.mjs").replace("args: [", `args: ["-e", ${script}, "--", `);
  await using hub = await startHub({ manifest: `cores:\n  loud:\n    ${core}\n  ${good}\n` });
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
  const { result } = await client.call("loud__mirror", { n: 2 });
  assert.equal(result?.raw.n, 2);
  assert.ok(hub.logs.length < 20_000, `${hub.logs.length} log lines`);
  await goodCoreAnswers(hub);
  await hub.stop();
});

const badManifests: Record<string, { text: string; says: RegExp }> = {
  "broken YAML": { text: "cores:\n  a: [", says: /hub\.yaml","line":2,"column":\d+/ },
  "unknown keys": { text: "cores:\n  a: { comand: node }", says: /command/ },
  "two Cores with one namespace": {
    text: "cores:\n  a: { command: node, namespace: x }\n  b: { command: node, namespace: x }",
    says: /namespace/,
  },
};

for (const [what, { text, says }] of Object.entries(badManifests)) {
  test(`bad manifest: ${what} ends the start with exit 2 and the place of each problem`, async () => {
    await using hub = await startHub({ manifest: text });
    assert.equal((await hub.exited).code, 2);
    assert.match(JSON.stringify(hub.logs), says);
  });
}

test("bad manifest: a missing file ends the start with exit 2 and names the file", async () => {
  await using hub = await startHub({ manifestFile: "/no/such/hub.yaml" });
  assert.equal((await hub.exited).code, 2);
  assert.match(JSON.stringify(hub.logs), /no\/such\/hub\.yaml/);
});

test("bad client: garbage, binary frames, a huge message and silence each end or err alone", async () => {
  await using hub = await startHub({ manifest: `cores:\n  ${good}\n` });
  const url = await hub.wsUrl();

  await using client = await WsClient.connect(url);
  const refused = client.answerTo("null");
  client.socket.send("this is not json");
  assert.equal((await refused).error?.code, -32700);
  const batch = client.answerTo("null");
  client.socket.send("[]");
  assert.equal((await batch).error?.code, -32600);
  const twice = client.answerTo("null");
  client.socket.send('{"jsonrpc":"2.0","id":1,"i\\u0064":2,"method":"ping"}');
  assert.equal((await twice).error?.code, -32600);
  assert.equal((await client.request("no/such")).error?.code, -32601);
  assert.equal((await client.call("good__nothing")).error?.code, -32602);
  assert.deepEqual((await client.request("ping")).result, {});

  const binary = new WebSocket(url, ["mcp"]);
  await once(binary, "open");
  binary.send(Buffer.from([1, 2, 3]));
  assert.equal((await once(binary, "close"))[0], 1003);

  const huge = new WebSocket(url, ["mcp"]);
  await once(huge, "open");
  huge.send("x".repeat(100 * 1024 * 1024));
  huge.on("error", () => {});
  assert.notEqual((await once(huge, "close"))[0], 1000);

  const { port } = new URL(url);
  const silent = connect(Number(port), "127.0.0.1");
  await once(silent, "connect");
  await goodCoreAnswers(hub);
  silent.destroy();
  await hub.stop();
});

// What clients and Cores may get wrong about JSON-RPC and MCP: ids, spellings, order, and messages that belong to nobody.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { WebSocket } from "ws";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

let hub: HubProcess;

before(async () => {
  const liar = fixture("liar.mjs");
  hub = await startHub({ manifest: `cores:\n  liar:\n    ${liar}\n  m:\n    ${fixture("mirror.mjs")}\n` });
  await hub.logged("core_summary", (line) => String(line["summary"]).startsWith("m:"));
});

after(() => hub.stop());

const connected = async () => WsClient.connect(await hub.wsUrl());

/** A connection on which nothing was said yet. */
async function fresh(): Promise<WsClient> {
  const socket = new WebSocket(await hub.wsUrl(), ["mcp"]);
  await once(socket, "open");
  return new WsClient(socket);
}

test("protocol: an id comes back as it was written, whatever kind and spelling it has", async () => {
  await using client = await connected();
  const spellings = ["0", '"0"', "1e0", "1.0", "-5", "12345678901234567890123", '"\\u0061"', '""', '"\\"\\\\"'];
  for (const id of spellings) {
    const answered = client.answerTo(JSON.parse(id));
    client.socket.send(
      `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"m.mirror","arguments":{}}}`,
    );
    await answered;
    assert.equal(client.lastText, `{"jsonrpc":"2.0","id":${id},"result":{"content":[],"raw":{}}}`);
  }
});

test("protocol: a method is what its string says, escaped or not", async () => {
  await using client = await connected();
  const pong = client.answerTo("p");
  client.socket.send('{"jsonrpc":"2.0","id":"p","method":"p\\u0069ng"}');
  assert.deepEqual((await pong).result, {});

  const held = client.start("tools/call", { name: "m.hold", arguments: {} });
  client.socket.send(`{"jsonrpc":"2.0","method":"notifications\\/cance\\u006cled","params":{"requestId":${held.id}}}`);
  // The cancelled call is forgotten, so its id is free again.
  const again = client.answerTo(held.id);
  client.socket.send(`{"jsonrpc":"2.0","id":${held.id},"method":"tools/call","params":{"name":"m.holds"}}`);
  assert.equal((await again).error, undefined);
});

test("protocol: ping is answered before initialize, other requests are not, and initialize only once", async () => {
  await using client = await fresh();
  assert.deepEqual((await client.request("ping")).result, {});
  assert.equal((await client.request("tools/list")).error?.data?.["code"], "not_initialized");
  client.notify("notifications/cancelled", { requestId: 3 });
  const params = { protocolVersion: "1999-01-01", capabilities: {}, clientInfo: { name: "c", version: "1" } };
  assert.equal((await client.request("initialize", params)).result?.protocolVersion, "2025-11-25");
  assert.equal((await client.request("initialize", params)).error?.data?.["code"], "request_invalid");
});

for (const revision of ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]) {
  test(`protocol: a client of ${revision} is met with its own revision`, async () => {
    await using client = await fresh();
    const { result } = await client.request("initialize", {
      protocolVersion: revision,
      capabilities: {},
      clientInfo: {},
    });
    assert.equal(result?.protocolVersion, revision);
  });
}

const lies: Record<string, string> = {
  "answers with an id that nobody asked under": '{"jsonrpc":"2.0","id":99999999,"result":{}}',
  "answers with its id as a string": '{"jsonrpc":"2.0","id":"ID","result":{}}',
  "answers with its id as another number": '{"jsonrpc":"2.0","id":ID.0,"result":{}}',
  "answers a call that is over": '{"jsonrpc":"2.0","id":BEFORE,"result":{}}',
  "answers with no id": '{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"x"}}',
  "asks what the hub declared no capability for": '{"jsonrpc":"2.0","id":"q","method":"roots/list"}',
  "reports progress that nobody asked for":
    '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":ID,"progress":1}}',
  "cancels the client's request": '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}',
  "logs without naming a call":
    '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error","data":"x"}}',
};

for (const [what, line] of Object.entries(lies)) {
  test(`protocol: a Core that ${what} reaches no client with it`, async () => {
    await using client = await connected();
    await using other = await connected();
    await client.call("liar.say");
    const answer = await client.call("liar.say", { lines: [line] });
    assert.equal(answer.result?.content[0].text, "done");
    assert.deepEqual((await other.request("ping")).result, {});
    const heard = [...client.notifications, ...other.notifications].filter(
      ({ method }) => !method?.endsWith("list_changed"),
    );
    assert.deepEqual([...client.strays, ...other.strays, ...heard], []);
  });
}

test("protocol: of two answers to one call the first counts", async () => {
  await using client = await connected();
  const line = '{"jsonrpc":"2.0","id":ID,"result":{"content":[],"n":1}}';
  assert.equal((await client.call("liar.say", { lines: [line] })).result?.n, 1);
  await client.request("ping");
  assert.deepEqual(client.strays, []);
});

// Of a result over 16 KiB only the ends are read. Whoever reads the last of two ids must not take it for another Core's answer.
const large = `{"content":[{"type":"text","text":"${"x".repeat(20_000)}"}]}`;
const besideLarge: Readonly<Record<string, string>> = {
  "behind a large result": `{"jsonrpc":"2.0","id":ID,"result":${large},"id":OTHER,"x":{}}`,
  "behind a large result, its own before the version": `{"id":ID,"jsonrpc":"2.0","result":${large},"id":OTHER,"x":{}}`,
  "behind a large result, before its own": `{"result":${large},"id":OTHER,"x":{},"jsonrpc":"2.0","id":ID}`,
};

for (const [where, line] of Object.entries(besideLarge)) {
  test(`protocol: a Core that names the id of another call ${where} answers only its own`, async () => {
    await using client = await connected();
    const others = client.start("tools/call", { name: "m.hold", arguments: { who: "the other" } });
    const lines = [line.replaceAll("OTHER", String(others.id))];
    const { result } = await client.call("liar.last", { lines });
    assert.equal(result?.content[0].text.length, 20_000);
    await client.call("m.release");
    const answered = await others.answer;
    assert.equal(answered.result?.raw?.who, "the other", JSON.stringify(answered).slice(0, 300));
    assert.deepEqual(client.strays, []);
  });
}

test("protocol: progress has the client's token as it was written, and none follows the answer", async () => {
  await using client = await connected();
  const progress = '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":TOKEN,"progress":1}}';
  const answer = '{"jsonrpc":"2.0","id":ID,"result":{"content":[]}}';
  const lines = [progress, answer, progress];
  for (const token of [7, "7", "", 0]) {
    await client.call("liar.last", { lines }, { progressToken: token });
    await client.request("ping");
    const tokens = client.notifications.filter(({ method }) => method === "notifications/progress");
    assert.deepEqual(
      tokens.splice(0).map(({ params }) => params?.["progressToken"]),
      [token],
    );
    client.notifications.length = 0;
  }
});

test("protocol: what a Core lists wrongly is left out and named in the log, the rest is served under legal names", async () => {
  await using client = await connected();
  const { result } = await client.request("tools/list");
  const names = result.tools
    .map(({ name }: { name: string }) => name)
    .filter((name: string) => name.startsWith("liar"));
  assert.equal(names.length, 4);
  for (const name of names) assert.match(name, /^[A-Za-z0-9_-]{1,64}$/);
  assert.equal((await client.call("liar.with.dots")).result?.content[0].text, "done");
  const left = await hub.logged("list_entry_left_out", (line) => /number 7/.test(String(line["note"])));
  assert.equal(left["core"], "liar");
  await hub.logged("list_entry_left_out", (line) => /"say" is listed twice/.test(String(line["note"])));
});

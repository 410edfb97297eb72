// Members that differ from the protocol's by letters' case only: a Core or a client that reads names loosely would take them for what was judged.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import { type Message, WsClient } from "../helpers/ws-client.ts";

const tokenOf = (name: string): string => `the-token-of-${name}`;
const entry = (name: string, rest: string): string => {
  return `${name}: { token_sha256: ${createHash("sha256").update(tokenOf(name)).digest("hex")}, ${rest} }`;
};

let hub: HubProcess;

before(async () => {
  hub = await startHub({
    manifest: `clients:
  ${entry("denied", 'deny: ["loose.hidden"]')}
  ${entry("reader", "read_only: true")}
  ${entry("worded", 'arguments: { "loose.shown": { properties: { path: { const: "/data" } }, additionalProperties: false } }')}
cores:
  loose:
    ${fixture("loose.mjs")}
    policy: { timeout_ms: 20000 }
`,
  });
  await hub.logged("core_summary");
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
});

async function connect(name: string): Promise<WsClient> {
  return WsClient.connect(await hub.wsUrl(), { authorization: `Bearer ${tokenOf(name)}` });
}

/** Sends the text as it is; it has the id "raw", or none that can be read for certain. */
async function say(client: WsClient, text: string): Promise<Message> {
  const answers = [client.answerTo("raw"), client.answerTo("null")];
  client.socket.send(text);
  return Promise.race(answers);
}

const call = (params: string, rest = "") =>
  `{"jsonrpc":"2.0","id":"raw","method":"tools/call","params":{${params}}${rest}}`;

/** By what each client must not do. */
const attempts: Readonly<Record<string, readonly string[]>> = {
  denied: [
    call('"name":"loose__shown","Name":"hidden"'),
    call('"NAME":"hidden","name":"loose__shown"'),
    call('"name":"loose__shown","\\u004eame":"hidden"'),
    call('"name":"loose__shown"', ',"Params":{"name":"hidden"}'),
    call('"name":"loose__shown"', ',"param\\u017f":{"name":"hidden"}'),
    '{"jsonrpc":"2.0","id":"raw","method":"ping","Method":"tools/call","params":{"name":"hidden"}}',
  ],
  reader: [call('"name":"loose__shown","nAme":"hidden"'), call('"name":"loose__shown","NamE":"hidden"')],
  worded: [
    call('"name":"loose__shown","arguments":{"path":"/data"},"Arguments":{"path":"/etc"}'),
    call('"name":"loose__shown","Arguments":{"path":"/etc"}'),
    call('"name":"loose__shown","argument\u017f":{"path":"/etc"}'),
    call('"name":"loose__shown","_meta":{"progressTo\u212aen":1}'),
    call('"name":"loose__shown","_meta":{"ProgressToken":1}'),
    call('"name":"loose__shown","_Meta":{"progressToken":1}'),
  ],
};

for (const [name, texts] of Object.entries(attempts)) {
  test(`loose readers: what ${name} writes in other letters reaches no Core that would take it for something else`, async () => {
    await using client = await connect(name);
    for (const text of texts) {
      const { error, result } = await say(client, text);
      assert.equal(error?.code, -32600, `${text}: ${JSON.stringify(result ?? error)}`);
      assert.match(String(error?.message), /can be read as "[a-zA-Z_]+": write it so, or leave it out/);
    }
    const { result } = await client.call("loose__shown", { path: "/data" });
    assert.deepEqual(JSON.parse(result.content[0].text), { did: "shown", with: { path: "/data" } });
  });
}

test("loose readers: what is the tool's own may be in any letters", async () => {
  await using client = await connect("denied");
  const text = call(
    '"name":"loose__shown","arguments":{"Name":1,"Params":{"NAME":2,"Arguments":3}},"Other":{"Name":4}',
  );
  const { result } = await say(client, text);
  assert.deepEqual(JSON.parse(result.content[0].text).with, { Name: 1, Params: { NAME: 2, Arguments: 3 } });
});

test("loose readers: a completion is of the prompt that was judged", async () => {
  await using client = await connect("denied");
  const complete = async (ref: string) =>
    say(
      client,
      `{"jsonrpc":"2.0","id":"raw","method":"completion/complete","params":{"ref":${ref},"argument":{"name":"a","value":""}}}`,
    );
  for (const ref of [
    '{"type":"ref/prompt","name":"loose__shown","Name":"hidden"}',
    '{"type":"ref/prompt","name":"hidden","name":"loose__shown"}',
    '{"type":"ref/prompt","name":"loose__shown","n\\u0061me":"hidden"}',
    '{"type":"ref/resource","uri":"loose://shown","URI":"loose://other"}',
  ]) {
    const { error } = await complete(ref);
    assert.equal(error?.code, -32602, ref);
    assert.match(String(error?.message), /params.ref has two meanings/);
  }
  assert.deepEqual((await complete('{"type":"ref/prompt","name":"loose__shown"}')).result.completion.values, ["shown"]);
});

test("loose readers: what a Core writes in other letters is no message, as all else that is none", async () => {
  await using client = await connect("denied");
  const lines = [
    '{"jsonrpc":"2.0","id":ID,"result":{"content":[]},"Result":{"content":[{"type":"text","text":"other"}]}}',
    '{"jsonrpc":"2.0","id":ID,"Id":77,"result":{"content":[]}}',
    '{"jsonrpc":"2.0","id":ID,"result":{"content":[]},"ERROR":{"code":1,"message":"m"}}',
  ];
  assert.equal((await client.call("loose__say", { lines })).result.content[0].text, "done");
  for (const key of ["result", "id", "error"]) {
    await hub.logged("core_stdout_garbage", ({ why }) => String(why).includes(`can be read as "${key}"`));
  }
});

test("loose readers: behind a large result no second id is the one that counts, in whatever letters", async () => {
  await using client = await connect("denied");
  const waiting = client.start("tools/call", { name: "loose__wait" });
  const text = "x".repeat(20_000);
  for (const head of ['"jsonrpc":"2.0","id":ID', ' "id" : ID , "jsonrpc" : "2.0" ']) {
    for (const key of ["id", "Id", "\\u0049D"]) {
      const line = `{${head},"result":{"content":[{"type":"text","text":"${text}"}]},"${key}":${waiting.id},"x":{}}`;
      const { id, answer } = client.start("tools/call", { name: "loose__say", arguments: { lines: [line] } });
      assert.equal((await answer).result.content[0].text, text);
      // To a reader that takes the last of all letters, too.
      const ids = [...client.lastText.matchAll(/"(?:id|\\u0049D)":(\d+)/gi)].map(([, value]) => Number(value));
      assert.equal(ids.at(-1), id);
    }
  }
  assert.deepEqual(client.strays, []);
});

// What the client wrote is what the Core reads, and the other way round, to the byte.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

let hub: HubProcess;
let client: WsClient;

before(async () => {
  hub = await startHub({ manifest: `cores:\n  m:\n    ${fixture("mirror.mjs")}\n` });
  client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
});

after(async () => {
  await client[Symbol.asyncDispose]();
  await hub.stop();
  await hub[Symbol.asyncDispose]();
});

const payloads: Record<string, string> = {
  "an integer beyond 2^53": '{"n":9007199254740993}',
  "a number beyond a double": '{"n":1e400,"m":-1E-400,"z":0.10}',
  "duplicate inner keys": '{"a":1,"a":2,"\\u0061":3}',
  "an escaped NUL": '{"s":"\\u0000"}',
  "lone surrogates, escaped": '{"s":"\\ud800 \\udfff"}',
  "odd escapes": '{"s":"\\/ \\u002F \\b\\f\\n\\r\\t \\" \\\\"}',
  "text beyond the BMP": '{"s":"héllo \u{1F600} \u2028"}',
  "what looks like an envelope": '{"id":1,"method":"x","jsonrpc":"1.0","result":{"id":2},"params":{"name":"y"}}',
  "spaces between tokens": '{ "a" :\t[ 1 , 2 ] }',
  "keys of objects' prototypes": '{"__proto__":{"a":1},"constructor":null}',
  "1 MiB of small tokens": `{"a":[${"1,".repeat(500_000)}2]}`,
  "a 9 MiB string": `{"s":"${"x".repeat(9 * 1024 * 1024)}"}`,
};

let id = 1000;

/** With the id at the end of a large one (docs/decisions/0040-other-letters.md). */
function answerOf(raw: string, key: number): string {
  const result = `"result":{"content":[],"raw":${raw}}`;
  return raw.length > 16 * 1024 ? `{${result},"jsonrpc":"2.0","id":${key}}` : `{"jsonrpc":"2.0","id":${key},${result}}`;
}

async function mirror(raw: string, idText = String(++id)): Promise<string> {
  const key = JSON.parse(idText) as number | string;
  const answered = client.answerTo(key);
  client.socket.send(
    `{"jsonrpc":"2.0","id":${idText},"method":"tools/call","params":{"name":"m__mirror","arguments":${raw}}}`,
  );
  await answered;
  return client.lastText;
}

for (const [what, raw] of Object.entries(payloads)) {
  test(`fidelity: ${what} goes through unchanged`, async () => {
    const text = await mirror(raw);
    const expected = answerOf(raw, id);
    // Not assert.equal: its difference of two long texts would be longer still.
    assert.ok(text === expected, `got ${text.slice(0, 200)}`);
  });
}

for (const idText of ["0", '"0"', "1", '"a b"', '"\\u00e9"', "9007199254740993", "-7", '""']) {
  test(`fidelity: the id ${idText} comes back as it was written`, async () => {
    const text = await mirror("{}", idText);
    assert.equal(text, `{"jsonrpc":"2.0","id":${idText},"result":{"content":[],"raw":{}}}`);
  });
}

test("fidelity: line ends between tokens become spaces on their way to a newline Core, nothing else changes", async () => {
  const answered = client.answerTo(++id);
  client.socket.send(
    `{\n"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"m__mirror","arguments":{\r\n  "a": "b"\n}}}`,
  );
  await answered;
  assert.equal(client.lastText, `{"jsonrpc":"2.0","id":${id},"result":{"content":[],"raw":{    "a": "b" }}}`);
});

test("fidelity: line ends between the tokens of a large message become spaces too, those in its strings stay escapes", async () => {
  const rows = Array.from({ length: 3000 }, (_, n) => ({ n, text: `line\n${n}`, flags: [true, null, -1.5e-7] }));
  const raw = JSON.stringify({ rows }, null, 2);
  assert.ok(raw.length > 256 * 1024);
  const text = await mirror(raw);
  const expected = answerOf(raw.replaceAll("\n", " "), id);
  assert.ok(text === expected, `got ${text.slice(0, 200)}`);
});

test("fidelity: large calls that wait for a Core to start, or for each other, go through unchanged", async () => {
  const policy = "policy: { max_concurrency: 1 }";
  await using busy = await startHub({ manifest: `cores:\n  m:\n    ${fixture("mirror.mjs")}\n    ${policy}\n` });
  await using caller = await WsClient.connect(await busy.wsUrl());
  const answers = Array.from({ length: 5 }, async (_, n) => {
    const key = 1 + n;
    const raw = `{"n":${n},"s":"${String(n).repeat(300_000)}","list":[${`${n},{},`.repeat(20_000)}"end"]}`;
    const answered = caller.answerTo(key).then(() => caller.lastText);
    caller.socket.send(
      `{"jsonrpc":"2.0","id":${key},"method":"tools/call","params":{"name":"m__mirror","arguments":${raw}}}`,
    );
    assert.ok((await answered) === answerOf(raw, key), `call ${key}`);
  });
  await Promise.all(answers);
  await busy.stop();
});

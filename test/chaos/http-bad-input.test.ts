// Bad input over HTTP, against a running hub: the statuses and errors of docs/http.md, and that nothing of it is left behind.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { after, before, test } from "node:test";
import { initialize, json, postText, requestText, sessionIdIn, statusesIn, Wire } from "../helpers/http-wire.ts";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import { seededRandom } from "../helpers/seeded-random.ts";

const tokens = { alice: "the-token-of-alice-0123456789", bob: "the-token-of-bob-9876543210" };
const asAlice = `Authorization: Bearer ${tokens.alice}`;
const asBob = `Authorization: Bearer ${tokens.bob}`;
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

let hub: HubProcess;
let port = 0;
/** Of alice. */
let session = "";

before(async () => {
  const clients = Object.entries(tokens).map(([name, token]) => `  ${name}: { token_sha256: ${sha256(token)} }\n`);
  hub = await startHub({
    manifest: `cores:\n  echo:\n    ${fixture("echo.mjs")}\nclients:\n${clients.join("")}`,
  });
  port = Number(new URL(await hub.url()).port);
  session = sessionIdIn(await answer(postText(undefined, initialize("2025-06-18"), [...json, asAlice])));
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
});

/** The first answer on a connection of its own. */
async function answer(text: string): Promise<string> {
  using wire = await Wire.open(port);
  wire.write(text);
  await wire.until(/^HTTP\/1\.1 (?!100)\d+ [\s\S]*?\r\n\r\n/m);
  const length = Number(/content-length: (\d+)/i.exec(wire.text)?.[1] ?? 0);
  return wire.until(new RegExp(`\\r\\n\\r\\n[\\s\\S]{${length}}`));
}

const ping = { id: 1, method: "ping" };
const withSession = (id: string, ...others: string[]) => [asAlice, `Mcp-Session-Id: ${id}`, ...others];
const post = (body: string | Buffer | undefined, headers: string[] = json) =>
  requestText("POST /mcp", [...headers, ...withSession(session)], body);
const message = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
const tooLarge = 11 * 1024 * 1024;

/** Its text, the status, and the word in `data.code` of the JSON-RPC error (`error.code` where no message could be meant). */
const cases: Record<string, () => [text: string, status: number, code?: string]> = {
  "no token": () => [postText(session, ping), 401, "unauthenticated"],
  "a wrong token": () => [postText(session, ping, [...json, "Authorization: Bearer no"]), 401, "unauthenticated"],
  "a foreign Origin": () => [post(message, [...json, "Origin: https://evil.example"]), 403, "origin_refused"],
  "a foreign Host": () => [post(message).replace("Host: localhost", "Host: evil.example"), 403, "origin_refused"],
  "another method": () => [requestText("PUT /mcp", [asAlice], "{}"), 405, "request_invalid"],
  "another path": () => [requestText("POST /mcpp", [asAlice], "{}"), 404, "name_unknown"],
  "no Content-Type": () => [post(message, []), 415, "request_invalid"],
  "a wrong Content-Type": () => [post(message, ["Content-Type: text/plain"]), 415, "request_invalid"],
  "a Content-Encoding": () => [post(message, [...json, "Content-Encoding: gzip"]), 415, "request_invalid"],
  "a wrong Accept": () => [
    post(message, ["Content-Type: application/json", "Accept: text/html"]),
    406,
    "request_invalid",
  ],
  "a GET that takes no events": () => [
    requestText("GET /mcp", withSession(session, "Accept: application/json")),
    406,
    "request_invalid",
  ],
  "an unknown version header": () => [
    post(message, [...json, "MCP-Protocol-Version: 1999-01-01"]),
    400,
    "request_invalid",
  ],
  "no body": () => [post(undefined), 400, "parse_error"],
  "an empty body": () => [post(""), 400, "parse_error"],
  "a declared body of 11 MiB": () => [
    requestText("POST /mcp", [...json, ...withSession(session), `Content-Length: ${tooLarge}`]),
    413,
    "too_large",
  ],
  "a body of 11 MiB in chunks": () => [
    requestText("POST /mcp", [...json, ...withSession(session), "Transfer-Encoding: chunked"]) +
      `${tooLarge.toString(16)}\r\n${" ".repeat(tooLarge)}\r\n0\r\n\r\n`,
    413,
    "too_large",
  ],
  "no session": () => [postText(undefined, ping, [...json, asAlice]), 400, "not_initialized"],
  "an unknown session": () => [postText("0".repeat(32), ping, [...json, asAlice]), 404, "not_initialized"],
  "two sessions at once": () => [post(message, [...json, "Mcp-Session-Id: x"]), 404, "not_initialized"],
  "another client's session": () => [postText(session, ping, [...json, asBob]), 404, "not_initialized"],
  "another client's stream": () => [
    requestText("GET /mcp", [asBob, `Mcp-Session-Id: ${session}`, "Accept: text/event-stream"]),
    404,
    "not_initialized",
  ],
  "the end of another client's session": () => [
    requestText("DELETE /mcp", [asBob, `Mcp-Session-Id: ${session}`]),
    404,
    "not_initialized",
  ],
  "an event that never was": () => [
    requestText("GET /mcp", withSession(session, "Accept: text/event-stream", "Last-Event-ID: 7-7")),
    400,
    "params_invalid",
  ],
  "a batch where there are none": () => [post(`[${message}]`), 400, "request_invalid"],
  "an unknown SSE session": () => [
    requestText(`POST /messages?sessionId=${"0".repeat(32)}`, [...json, asAlice], message),
    404,
    "not_initialized",
  ],
  "no SSE session": () => [requestText("POST /messages", [...json, asAlice], message), 404, "not_initialized"],
  "an SSE stream that takes no events": () => [
    requestText("GET /sse", [asAlice, "Accept: application/json"]),
    406,
    "request_invalid",
  ],
  "a header of 17 KiB": () => [requestText("GET /mcp", [`X: ${"y".repeat(17_000)}`]), 431, "request_invalid"],
  "a second message behind the first": () => [post(`${message}${message}`), 400, "parse_error"],
  "two messages on two lines": () => [post(`${message}\n${message}`), 400, "parse_error"],
  "bytes behind the message": () => [post(`${message}x`), 400, "parse_error"],
  "a message that was cut": () => [post(message.slice(0, -1)), 400, "parse_error"],
  "a byte order mark": () => [post(`\ufeff${message}`), 400, "parse_error"],
  "a NUL": () => [post(`${message}\0`), 400, "parse_error"],
  "a NUL in a string": () => [post('{"jsonrpc":"2.0","id":"\0","method":"ping"}'), 400, "parse_error"],
  "bad UTF-8": () => [post(Buffer.from(message.replace("ping", "p\xff"), "latin1")), 400, "parse_error"],
  "UTF-16": () => [post(Buffer.from(message, "utf16le")), 400, "parse_error"],
  "a number": () => [post("1"), 400, "request_invalid"],
  "a string": () => [post('"ping"'), 400, "request_invalid"],
  null: () => [post("null"), 400, "request_invalid"],
  "an empty object": () => [post("{}"), 400, "request_invalid"],
  "id null": () => [post('{"jsonrpc":"2.0","id":null,"method":"ping"}'), 400, "request_invalid"],
  "an id that is an object": () => [post('{"jsonrpc":"2.0","id":{},"method":"ping"}'), 400, "request_invalid"],
  "the same key twice": () => [post('{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}'), 400, "request_invalid"],
  "the same key twice, once escaped": () => [
    post('{"jsonrpc":"2.0","id":1,"i\\u0064":2,"method":"ping"}'),
    400,
    "request_invalid",
  ],
  "no version of JSON-RPC": () => [post('{"id":1,"method":"ping"}'), 400, "request_invalid"],
  "nesting without end": () => [
    post(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`),
    400,
    "request_invalid",
  ],
  "an unknown method": () => [post('{"jsonrpc":"2.0","id":1,"method":"no/such"}'), 200, "method_unknown"],
};

for (const [what, of] of Object.entries(cases)) {
  test(`bad HTTP input: ${what} gets its status and its error`, async () => {
    const [text, status, code] = of();
    const got = await answer(text);
    assert.equal(statusesIn(got).at(-1), status, got);
    const { error } = JSON.parse(got.slice(got.lastIndexOf("\r\n\r\n"))) as {
      error: { code: unknown; data?: { code: string } };
    };
    assert.equal(error.data?.code ?? error.code, code, got);
  });
}

test("bad HTTP input: the session that all this was sent to is as it was", async () => {
  assert.match(await answer(post(message)), / 200 .*"result":\{\}\}$/s);
});

test("bad HTTP input: bodies of noise are answered one by one, and the hub lives", async () => {
  const random = seededRandom(4);
  using wire = await Wire.open(port);
  for (let at = 0; at < 300; at++) {
    const bytes = Buffer.from(message);
    for (let n = 0; n < 3; n++) bytes[random.below(bytes.length)] = random.below(256);
    wire.text = "";
    wire.write(post(bytes));
    await wire.until(/HTTP\/1\.1 (200|202|400) /);
  }
});

test("bad HTTP input: ten thousand requests sent at once behind one that hangs keep nobody else waiting", async () => {
  using wire = await Wire.open(port);
  const slow = { id: "held", method: "tools/call", params: { name: "echo__slow" } };
  wire.write(postText(session, slow, [...json, asAlice]) + post(message).repeat(10_000));
  for (let at = 0; at < 20; at++) assert.match(await answer(post(message)), / 200 /);
  assert.deepEqual(statusesIn(wire.text), []);
});

async function sessionsOpen(): Promise<Record<string, number>> {
  const got = await (await fetch(`http://localhost:${port}/metrics`)).text();
  const lines = [...got.matchAll(/^thehub_sessions\{door="(\w+)"\} (\d+)$/gm)];
  return Object.fromEntries(lines.map(([, door, count]) => [door, Number(count)]));
}

/** Sockets that the hub's process holds. */
function socketsOpen(): number {
  const folder = `/proc/${hub.child.pid}/fd`;
  return readdirSync(folder).filter((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`).startsWith("socket:");
    } catch {
      return false;
    }
  }).length;
}

function rssMiB(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${hub.child.pid}/status`, "utf8"))?.[1]) / 1024;
}

const noProc = process.platform === "linux" ? false : "needs /proc";

test("bad HTTP input: 5 000 sessions opened and abandoned, and what they leave", { skip: noProc }, async () => {
  const sockets = socketsOpen();
  const rss = rssMiB();
  const { http: before = 0 } = await sessionsOpen();
  const wires = await Promise.all(Array.from({ length: 20 }, () => Wire.open(port)));
  const ids: string[] = [];
  let wanted = 5_000 - before;
  const open = postText(undefined, initialize(), [...json, asAlice]);
  const each = (use: (wire: Wire) => Promise<void>) => Promise.all(wires.map(use));
  await each(async (wire) => {
    while (wanted-- > 0) ids.push(sessionIdIn(await exchange(wire, open)));
  });
  assert.equal(new Set(ids).size, 5_000 - before);
  assert.equal((await sessionsOpen())["http"], 5_000);
  // Full, and nobody was idle for a minute yet.
  assert.match(await answer(open), / 503 .*retry-after: 5\r\n.*overloaded/s);
  await each(async (wire) => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
      assert.match(await exchange(wire, requestText("DELETE /mcp", withSession(id))), / 204 /);
    }
  });
  for (const wire of wires) wire.socket.destroy();
  while (socketsOpen() > sockets + 5) await sessionsOpen();
  assert.equal((await sessionsOpen())["http"], before);
  assert.ok(rssMiB() < rss + 120, `${rssMiB()} MiB, ${rss} before`);
});

/** One request and its answer, on a connection that others come on as well. */
async function exchange(wire: Wire, text: string): Promise<string> {
  wire.text = "";
  wire.write(text);
  const head = await wire.until(/\r\n\r\n/);
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  return wire.until(new RegExp(`\\r\\n\\r\\n[\\s\\S]{${length}}`));
}

test("bad HTTP input: half-open SSE streams end with their connections", { skip: noProc }, async () => {
  const sockets = socketsOpen();
  const wires = await Promise.all(Array.from({ length: 50 }, () => Wire.open(port)));
  for (const wire of wires) wire.write(requestText("GET /sse", [asAlice, "Accept: text/event-stream"]));
  await Promise.all(wires.map((wire) => wire.until(/sessionId=\w{32}\n\n/)));
  assert.equal((await sessionsOpen())["sse"], 50);
  for (const [at, wire] of wires.entries()) at % 2 === 0 ? wire.socket.end() : wire.socket.destroy();
  await Promise.all(wires.map((wire) => wire.closed));
  // The sessions wait a minute for their clients to come back: test/unit/doors/sse-resumption.test.ts.
  while (socketsOpen() > sockets + 5) assert.equal((await sessionsOpen())["sse"], 50);
});

// Streamable HTTP of the modern era (MCP 2026-07-28): each request is a visit of its own, beside the sessions of the other era.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ErrorCode, errorTable } from "../../../src/base/errors.ts";
import { frameOfText, noSplices } from "../../../src/wire/frame.ts";
import type { AskedVisitor } from "../../helpers/asked-doorkeeper.ts";
import { House, onlyEvents, ping, progress } from "../../helpers/http-house.ts";
import { json, postText, requestText, statusesIn } from "../../helpers/http-wire.ts";
import { envelope, mirrorHeaders, modernBody, modernText, revision, toolCall } from "../../helpers/modern-http.ts";

const onlyJson = ["Content-Type: application/json", "Accept: application/json"];
const answered = (id: number) => new RegExp(`"id":${id},"result":\\{[^}]*\\}\\}`);

/** A house whose visitors answer when they are told to. */
async function openHouse(options: Parameters<typeof House.open>[0] = {}): Promise<House> {
  const house = await House.open(options);
  house.doorkeeper.echoes = false;
  return house;
}

/** The visitor of the request that comes next. */
async function asked(house: House, count: number): Promise<AskedVisitor> {
  await house.until(() => house.doorkeeper.visitors.filter((visitor) => visitor.asked.length > 0).length === count);
  return house.doorkeeper.last;
}

function refuse(visitor: AskedVisitor, code: ErrorCode): void {
  const error = JSON.stringify({ code: errorTable[code].rpc, message: code });
  visitor.asked[0]?.replies.answer(frameOfText(`{"jsonrpc":"2.0","id":1,"error":${error}}`), noSplices, code);
}

test("modern http: a request is a visit that ends with its response, without a session", async () => {
  await using house = await openHouse();
  using wire = await house.wire();
  wire.write(modernText(toolCall(1), ["Mcp-Session-Id: 0123456789abcdef0123456789abcdef", "Last-Event-ID: 1-1"]));
  const visitor = await asked(house, 1);
  assert.equal(house.http.modernRequests, 1);
  visitor.result(0, "{}");
  await house.until(() => visitor.leaves === 1);
  const text = await wire.until(answered(1));
  assert.match(text, /^HTTP\/1\.1 200 OK\r\ncontent-type: application\/json\r\ncontent-length: \d+\r\n/i);
  assert.doesNotMatch(text, /mcp-session-id/i);
  assert.equal(house.http.modernRequests, 0);
  // The next one on the same connection is another visit.
  wire.write(modernText(toolCall(2)));
  const second = await asked(house, 2);
  assert.notEqual(second, visitor);
  second.result(0, "{}");
  await wire.until(answered(2));
  await house.until(() => second.leaves === 1);
  assert.equal(visitor.leaves, 1);
});

test("modern http: a visit knows who comes, from where, and the headers that repeat arguments", async () => {
  await using house = await openHouse({ clients: ["ann"] });
  using wire = await house.wire();
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  wire.write(
    modernText(toolCall(1), [
      "Authorization: Bearer ann",
      "MCP-Param-Region:  us-west1 ",
      "mcp-param-twice: a",
      "mcp-param-twice: b",
      `traceparent: ${traceparent}`,
    ]),
  );
  const visitor = await asked(house, 1);
  const { visit } = visitor;
  assert.deepEqual([visit.principal.name, visit.door, visit.peer], ["ann", "http", "127.0.0.1"]);
  assert.equal(visit.trace?.traceparent, traceparent);
  assert.equal(visitor.asked[0]?.replies.trace?.traceparent, traceparent);
  const { paramHeaders } = visit;
  assert.deepEqual(
    ["region", "twice", "other", "constructor"].map((name) => paramHeaders?.get(name)),
    ["us-west1", "a, b", undefined, undefined],
  );
  visitor.result(0, "{}");
  await wire.until(answered(1));
});

test("modern http: what comes before the answer makes a stream of events, without ids and without a way to resume", async () => {
  await using house = await openHouse();
  using wire = await house.wire();
  wire.write(modernText(toolCall(1)));
  const visitor = await asked(house, 1);
  assert.equal(progress(visitor, 0, 1), "ok");
  const head = await wire.until(/"progress":1/);
  assert.match(head, / 200 OK\r\n.*content-type: text\/event-stream\r\n/is);
  assert.match(head, /x-accel-buffering: no/i);
  assert.equal(visitor.leaves, 0);
  visitor.result(0, '{"content":[]}');
  const text = await wire.until(/\r\n0\r\n\r\n/);
  assert.doesNotMatch(text, /^(id|retry|event):/m);
  assert.deepEqual(
    [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(String(data)).id),
    [undefined, 1],
  );
  await house.until(() => visitor.leaves === 1);
  assert.equal(progress(visitor, 0, 2), "closed");
  assert.equal(house.lost, 1);
});

test("modern http: a client that takes one kind of answer gets that", async () => {
  await using house = await openHouse();
  using events = await house.wire();
  events.write(modernText(toolCall(1), [], onlyEvents));
  (await asked(house, 1)).result(0, "{}");
  assert.match(await events.until(/\r\n0\r\n\r\n/), /text\/event-stream.*data: \{.*"id":1/s);
  using plain = await house.wire();
  plain.write(modernText(toolCall(2), [], onlyJson));
  const visitor = await asked(house, 2);
  assert.equal(progress(visitor, 0, 1), "closed");
  visitor.result(0, "{}");
  const text = await plain.until(answered(2));
  assert.match(text, /content-type: application\/json/i);
  assert.doesNotMatch(text, /progress/);
  assert.equal(house.lost, 1);
});

test("modern http: a client that takes no events is not left listening for what cannot come", async () => {
  await using house = await openHouse();
  const listen = { id: 7, method: "subscriptions/listen", params: { notifications: { toolsListChanged: true } } };
  const { status, body } = await house.answer(modernText(listen, [], onlyJson));
  assert.equal(status, 406);
  assert.match(body, /"id":7,"error":\{"code":-32600,.*needs Accept: text\/event-stream/);
  assert.equal(house.doorkeeper.visitors.length, 0);
});

test("modern http: a request that takes long gets a stream, which is kept alive with comments", async () => {
  await using house = await openHouse();
  using wire = await house.wire();
  wire.write(modernText(toolCall(1)));
  const visitor = await asked(house, 1);
  for (let second = 0; second < 11; second++) house.clock.advance(1_000);
  await wire.until(/text\/event-stream/);
  for (let second = 0; second < 16; second++) house.clock.advance(1_000);
  await wire.until(/: keep-alive\n\n/);
  for (let second = 0; second < 16; second++) house.clock.advance(1_000);
  const text = await wire.until(/: keep-alive\n\n.*: keep-alive\n\n/s);
  assert.doesNotMatch(text, /^(id|data|retry):/m);
  visitor.result(0, "{}");
  await wire.until(answered(1));
});

test("modern http: a client that goes away has taken its request back, whatever had come before", async () => {
  await using house = await openHouse();
  for (const hasBegun of [false, true]) {
    using wire = await house.wire();
    wire.write(modernText(toolCall(1)));
    const visitor = await asked(house, hasBegun ? 2 : 1);
    if (hasBegun) {
      progress(visitor, 0, 1);
      await wire.until(/"progress":1/);
    }
    wire.socket.destroy();
    await house.until(() => visitor.leaves === 1);
    assert.equal(house.http.modernRequests, 0);
    assert.equal(visitor.result(0, "{}"), "closed");
    visitor.asked[0]?.replies.dropped();
  }
});

test("modern http: of pipelined requests each is its own, and all are taken back with their connection", async () => {
  await using house = await openHouse();
  using wire = await house.wire();
  wire.write([1, 2, 3].map((id) => modernText(toolCall(id))).join(""));
  await asked(house, 3);
  const [first, second, third] = house.doorkeeper.visitors;
  second?.result(0, "{}");
  first?.result(0, "{}");
  const text = await wire.until(/"id":1,.*"id":2,/s);
  assert.doesNotMatch(text, /"id":3/);
  await house.until(() => first?.leaves === 1 && second?.leaves === 1);
  wire.socket.destroy();
  await house.until(() => third?.leaves === 1);
  assert.equal(house.http.modernRequests, 0);
});

test("modern http: both eras live on one connection", async () => {
  await using house = await openHouse();
  house.doorkeeper.echoes = true;
  const { id, visitor } = await house.session();
  visitor.echoes = true;
  using wire = await house.wire();
  // A modern request that names a session, and one beside it, are none of the session's.
  wire.write(postText(id, ping(1)) + modernText(toolCall(2), [`Mcp-Session-Id: ${id}`]) + postText(id, ping(3)));
  const text = await wire.until(/"id":1,.*"id":2,.*"id":3,/s);
  assert.deepEqual(statusesIn(text), [200, 200, 200]);
  assert.deepEqual(
    visitor.asked.map(({ method }) => method),
    ["initialize", "ping", "ping"],
  );
  assert.equal(visitor.leaves, 0);
  assert.equal(house.http.sessions, 1);
});

test("modern http: a refusal of the hub has its status, an answer that says no has 200", async () => {
  await using house = await openHouse();
  const outcomes: [ErrorCode, number][] = [
    ["envelope_invalid", 400],
    ["header_mismatch", 400],
    ["capability_missing", 400],
    ["version_unsupported", 400],
    ["request_invalid", 400],
    ["parse_error", 400],
    ["method_unknown", 404],
    ["params_invalid", 200],
    ["name_unknown", 200],
    ["core_down", 200],
    ["overloaded", 200],
  ];
  for (const [at, [code, status]] of outcomes.entries()) {
    using wire = await house.wire();
    // A client that takes events only gets its refusal nevertheless.
    wire.write(modernText(toolCall(1), [], at % 2 === 0 ? json : onlyEvents));
    refuse(await asked(house, at + 1), code);
    const text = await wire.until(new RegExp(`"message":"${code}"`));
    assert.deepEqual(statusesIn(text), [status], code);
  }
});

test("modern http: after something has been sent a refusal is an event like any other", async () => {
  await using house = await openHouse();
  using wire = await house.wire();
  wire.write(modernText(toolCall(1)));
  const visitor = await asked(house, 1);
  progress(visitor, 0, 1);
  refuse(visitor, "capability_missing");
  assert.match(await wire.until(/-32021/), /^HTTP\/1\.1 200.*data: .*progress.*data: .*-32021/s);
});

test("modern http: a request that is refused before anybody is asked is told its id", async () => {
  await using house = await openHouse();
  const body = modernBody(toolCall(7));
  const post = (headers: readonly string[], text = body) =>
    house.answer(requestText("POST /mcp", [...json, ...headers], text));
  const right = mirrorHeaders(toolCall(7));
  const version = `MCP-Protocol-Version: ${revision}`;
  const outcomes: [headers: readonly string[], text: string, rpc: number, message: RegExp][] = [
    [[], body, -32020, /MCP-Protocol-Version header is missing/],
    [["MCP-Protocol-Version: 2025-11-25", ...right.slice(1)], body, -32020, /says another thing than the revision/],
    [[version, "Mcp-Method: TOOLS/CALL", "Mcp-Name: t"], body, -32020, /Mcp-Method header says another/],
    [[version, "Mcp-Name: t"], body, -32020, /Mcp-Method header is missing/],
    [[version, "Mcp-Method: tools/call"], body, -32020, /Mcp-Name header is missing/],
    [[version], '{"jsonrpc":"2.0","id":7,"method":"tools/list"}', -32602, /params\._meta.*is missing/],
    [[version], '{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"_meta":{}}}', -32602, /is missing/],
    [[version, "Mcp-Session-Id: nobody"], '{"jsonrpc":"2.0","id":7,"method":"tools/list"}', -32602, /is missing/],
  ];
  for (const [headers, text, rpc, message] of outcomes) {
    const answer = await post(headers, text);
    assert.equal(answer.status, 400);
    const { id, error } = JSON.parse(answer.body) as { id: number; error: { code: number; message: string } };
    assert.deepEqual([id, error.code], [7, rpc]);
    assert.match(error.message, message);
  }
  const modernMessage = JSON.stringify([JSON.parse(body)]);
  assert.match((await post(right, modernMessage)).body, /-32600/);
  assert.match((await post(right, '{"jsonrpc":"2.0","id":1,"result":{}}')).body, /-32600.*no responses/);
  assert.equal(house.doorkeeper.visitors.length, 0);
});

test("modern http: a batch with a modern message in it is refused, in a session that has batches too", async () => {
  await using house = await House.open();
  const { id, visitor } = await house.session("2025-03-26");
  using wire = await house.wire();
  wire.write(postText(id, `[{"jsonrpc":"2.0","id":1,"method":"ping"},${modernBody(toolCall(2))}]`));
  assert.match(await wire.until(/-32600/), / 400 .*cannot be in a batch/s);
  assert.equal(visitor.asked.length, 1);
});

test("modern http: a notification is accepted, and nobody hears of it", async () => {
  await using house = await openHouse();
  const cancelled = { method: "notifications/cancelled", params: { requestId: 1 } };
  const bodies = [modernBody(cancelled), JSON.stringify({ jsonrpc: "2.0", ...cancelled })];
  for (const body of bodies) {
    const text = requestText("POST /mcp", [...json, `MCP-Protocol-Version: ${revision}`], body);
    const { status, body: answer } = await house.answer(text);
    assert.deepEqual([status, answer], [202, ""]);
  }
  assert.equal(house.doorkeeper.visitors.length, 0);
});

test("modern http: there is no GET and no DELETE", async () => {
  await using house = await openHouse();
  for (const method of ["GET", "DELETE"]) {
    for (const more of [[], ["Mcp-Session-Id: nobody"]]) {
      const headers = [`MCP-Protocol-Version: ${revision}`, "Accept: text/event-stream", ...more];
      const { status, head, body } = await house.answer(requestText(`${method} /mcp`, headers));
      assert.equal(status, 405);
      assert.match(head, /^allow: POST\r?$/im);
      assert.match(body, /has POST only/);
    }
  }
});

test("modern http: a session that is not there is refused as before where the request is not of the modern era", async () => {
  await using house = await openHouse();
  for (const headers of [[], ["MCP-Protocol-Version: 2025-11-25"]]) {
    using wire = await house.wire();
    // It is refused by its headers: nobody waits for a body of which nothing depends.
    wire.write(postText("0123456789abcdef0123456789abcdef", ping(1), [...json, ...headers]).slice(0, -1));
    assert.match(await wire.until(/send initialize again/), / 404 /);
  }
});

test("modern http: one client has so many requests under way, all together so many", async () => {
  const limits = { maxClientPosts: 2, maxAllPosts: 3 };
  await using house = await openHouse({ limits, clients: ["ann", "ben"] });
  using wire = await house.wire();
  const as = (name: string, id: number) => modernText(toolCall(id), [`Authorization: Bearer ${name}`]);
  const refused = async (name: string, id: number) => {
    const { status, head, body } = await house.answer(as(name, id));
    assert.match(head, /retry-after: 1/i);
    assert.match(body, new RegExp(`"id":${id},.*-32054`));
    return status;
  };
  wire.write(as("ann", 1) + as("ann", 2));
  await asked(house, 2);
  assert.equal(await refused("ann", 3), 429);
  wire.write(as("ben", 4));
  await asked(house, 3);
  assert.equal(await refused("ben", 5), 503);
  const [first] = house.doorkeeper.visitors;
  first?.result(0, "{}");
  await house.until(() => first?.leaves === 1);
  using another = await house.wire();
  another.write(as("ann", 6));
  await asked(house, 4);
  for (const visitor of house.doorkeeper.visitors.slice(1)) visitor.result(0, "{}");
  await another.until(answered(6));
});

test("modern http: a client that does not read one response is cut off", async () => {
  await using house = await openHouse({ limits: { maxOutboxBytes: 2_000_000 } });
  using wire = await house.wire();
  wire.socket.pause();
  wire.write(modernText(toolCall(1)));
  const visitor = await asked(house, 1);
  const line = JSON.stringify({
    jsonrpc: "2.0",
    method: "notifications/message",
    params: { data: "x".repeat(500_000) },
  });
  const replies = visitor.asked[0]?.replies;
  let sent = replies?.send(frameOfText(line), noSplices);
  for (let step = 0; step < 200 && sent === "ok"; step++) sent = replies?.send(frameOfText(line), noSplices);
  assert.equal(sent, "full");
  await house.until(() => visitor.leaves === 1);
  assert.ok(house.log.lines.some((entry) => entry.includes("slow_reader_cut")));
});

test("modern http: what all responses of a client hold together is bounded", async () => {
  await using house = await openHouse({ limits: { maxUnreadBytes: 16_000_000 } });
  const wires = await Promise.all([1, 2, 3].map(() => house.wire()));
  for (const [at, wire] of wires.entries()) {
    wire.socket.pause();
    wire.write(modernText(toolCall(at)));
    const visitor = await asked(house, at + 1);
    visitor.result(0, JSON.stringify({ text: "x".repeat(14_000_000) }));
  }
  await house.until(() => house.log.lines.some((entry) => entry.includes("slow_reader_cut")));
  for (const wire of wires) wire.socket.destroy();
  await house.until(() => house.http.modernRequests === 0);
});

test("modern http: what all clients have not read is bounded, and who has the most is cut off", async () => {
  await using house = await openHouse({ limits: { maxAllUnreadBytes: 16_000_000 } });
  using wire = await house.wire();
  wire.socket.pause();
  wire.write(modernText(toolCall(1)));
  const visitor = await asked(house, 1);
  visitor.result(0, JSON.stringify({ text: "x".repeat(31_000_000) }));
  assert.equal(house.http.modernRequests, 1);
  house.clock.advance(1_000);
  await house.until(() => house.http.modernRequests === 0);
  assert.ok(house.log.lines.some((entry) => entry.includes("slow_reader_cut")));
});

test("modern http: at the end of the hub what is under way is finished, and nothing new begins", async () => {
  await using house = await openHouse();
  using wire = await house.wire();
  using later = await house.wire();
  wire.write(modernText(toolCall(1)));
  const visitor = await asked(house, 1);
  const closed = house.close(5_000);
  later.write(modernText(toolCall(2)));
  assert.match(await later.until(/draining/), /^HTTP\/1\.1 503 .*retry-after: 5.*"id":2/is);
  visitor.result(0, "{}");
  await wire.until(answered(1));
  await closed;
  assert.equal(visitor.leaves, 1);
});

test("modern http: when the grace is over what is left is told, and let go", async () => {
  await using house = await openHouse();
  using waiting = await house.wire();
  waiting.write(modernText(toolCall(1)));
  await asked(house, 1);
  using streaming = await house.wire();
  streaming.write(modernText(toolCall(2)));
  const second = await asked(house, 2);
  progress(second, 0, 1);
  await streaming.until(/progress/);
  const closed = house.close(5_000);
  house.clock.advance(5_000);
  await closed;
  assert.match(await waiting.until(/draining/), / 503 /);
  await streaming.until(/\r\n0\r\n\r\n/);
  for (const visitor of house.doorkeeper.visitors) assert.equal(visitor.leaves, 1);
});

test("modern http: a client that may not stay is told why", async () => {
  await using house = await openHouse();
  using wire = await house.wire();
  wire.write(modernText(toolCall(1)));
  const visitor = await asked(house, 1);
  visitor.visit.end("unauthorized");
  assert.equal(visitor.leaves, 1);
  assert.match(await wire.until(/not valid any more/), / 401 .*www-authenticate: Bearer error="invalid_token"/is);
});

test("modern http: a request that will have no answer ends without one", async () => {
  await using house = await openHouse();
  const accepts: [readonly string[], RegExp][] = [
    [json, / 200 .*text\/event-stream/s],
    [onlyJson, / 202 /],
  ];
  for (const [at, [accept, outcome]] of accepts.entries()) {
    using wire = await house.wire();
    wire.write(modernText(toolCall(1), [], accept));
    const visitor = await asked(house, at + 1);
    visitor.drop(0);
    await wire.until(outcome);
    await house.until(() => visitor.leaves === 1);
  }
});

test("modern http: an envelope says nothing of its own to the door", async () => {
  await using house = await openHouse();
  using wire = await house.wire();
  const strange = {
    ...toolCall(1),
    params: { name: "t", _meta: envelope({ "io.modelcontextprotocol/clientCapabilities": 7 }) },
  };
  wire.write(modernText(strange));
  (await asked(house, 1)).result(0, "{}");
  await wire.until(answered(1));
});

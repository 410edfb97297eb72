// The HTTP doors against clients that mean no good, with their limits set low and their time in the test's hands.
import assert from "node:assert/strict";
import { test } from "node:test";
import { batchOf } from "../../../src/doors/http/batch.ts";
import { frameOfText, noSplices } from "../../../src/wire/frame.ts";
import { House, listen, onlyEvents, ping, resume } from "../../helpers/http-house.ts";
import { initialize, json, postText, requestText, statusesIn, type Wire } from "../../helpers/http-wire.ts";

const openSse = requestText("GET /sse", ["Accept: text/event-stream"]);

test("http doors: streams that wait behind a request end with their connection", async () => {
  await using house = await House.open();
  const { id, visitor } = await house.session();
  using wire = await house.wire();
  wire.write(postText(id, ping(1)) + openSse + openSse + listen(id));
  await house.until(() => house.sse.sessions === 2 && visitor.asked.length === 2);
  wire.socket.destroy();
  await house.until(() => house.server.server.connections === 0);
  house.clock.advance(60_000);
  assert.equal(house.sse.sessions, 0);
  visitor.result(1, "{}");
  // A listener that was not told would keep its session from being idle.
  house.clock.advance(31 * 60_000);
  assert.equal(house.http.sessions, 0);
});

test("http doors: a request whose session ends while its body comes in is refused as those after it", async () => {
  await using house = await House.open();
  const { id, visitor } = await house.session();
  using wire = await house.wire();
  const text = postText(id, ping(1));
  wire.write(text.slice(0, -1));
  using other = await house.wire();
  other.write(requestText("DELETE /mcp", [`Mcp-Session-Id: ${id}`]));
  await other.until(/ 204 /);
  wire.write(text.slice(-1));
  assert.match(await wire.until(/send initialize again/), / 404 /);
  assert.equal(visitor.asked.length, 1);
});

test("http doors: a message whose SSE session ends while its body comes in is refused", async () => {
  await using house = await House.open();
  using stream = await house.wire();
  stream.write(openSse);
  const path = /data: (\S+)\n\n/.exec(await stream.until(/sessionId=\w{32}\n\n/))?.[1];
  using wire = await house.wire();
  const text = requestText(`POST ${path}`, json, JSON.stringify({ jsonrpc: "2.0", ...ping(1) }));
  wire.write(text.slice(0, -1));
  house.doorkeeper.last.visit.end("dismissed");
  await stream.until(/\r\n0\r\n\r\n/);
  wire.write(text.slice(-1));
  assert.match(await wire.until(/open \/sse again/), / 404 /);
});

test("http doors: requests that held their bodies back are counted when these come", async () => {
  await using house = await House.open({ limits: { maxPosts: 2 } });
  const { id, visitor } = await house.session();
  const wires = await Promise.all(Array.from({ length: 5 }, () => house.wire()));
  for (const [at, wire] of wires.entries()) wire.write(postText(id, ping(at)).slice(0, -1));
  // Answered on another connection, so those before it have been read as far as they go.
  using other = await house.wire();
  other.write(postText(id, { method: "notifications/initialized" }));
  await other.until(/ 202 /);
  for (const wire of wires) wire.write("}");
  await house.until(() => visitor.asked.length === 3);
  const refused = () => wires.filter(({ text }) => / 429 .*overloaded/s.test(text)).length;
  await house.until(() => refused() === 3);
  assert.equal(visitor.asked.length, 3);
  for (const wire of wires) wire.socket.destroy();
});

test("http doors: a body that comes in single bytes is put together on the way", async () => {
  await using house = await House.open();
  const { id, visitor } = await house.session();
  using wire = await house.wire();
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping", params: { pad: "x".repeat(200_000) } });
  const chunks = [...body].map((byte) => `1\r\n${byte}\r\n`).join("");
  wire.write(requestText("POST /mcp", [...json, `Mcp-Session-Id: ${id}`, "Transfer-Encoding: chunked"]));
  wire.write(`${chunks}0\r\n\r\n`);
  await house.until(() => visitor.asked.length === 2);
  const { chunks: count } = visitor.asked[1] ?? { chunks: 0 };
  assert.ok(count < 2_000, `${count} chunks`);
  visitor.result(1, "{}");
  await wire.until(/"result":\{\}/);
});

test("http doors: what is coming in is bounded over all requests, and free again for the next", async () => {
  await using house = await House.open({ limits: { maxIncomingBytes: 100_000 } });
  const { id, visitor } = await house.session();
  const padded = (pad: number) =>
    requestText("POST /mcp", [...json, `Mcp-Session-Id: ${id}`, "Transfer-Encoding: chunked"]) +
    ["{", '"jsonrpc":"2.0","id":1,"method":"ping","params":{"pad":"', "x".repeat(pad)].map(chunk).join("");
  using first = await house.wire();
  first.write(padded(60_000));
  using second = await house.wire();
  second.write(padded(60_000));
  // One of them was too much, whichever was read first.
  await Promise.any([first.until(/ 503 /), second.until(/ 503 /)]);
  const [refused, other] = first.text === "" ? [second, first] : [first, second];
  assert.match(refused.text, /retry-after: 1.*too much is coming in/is);
  other.write(`${chunk('"}}')}0\r\n\r\n`);
  await house.until(() => visitor.asked.length === 2);
  visitor.result(1, "{}");
  await other.until(/ 200 .*"result":\{\}/s);
  // A client that leaves in the middle gives back what it had.
  using third = await house.wire();
  third.write(padded(60_000));
  third.socket.end();
  await third.closed;
  using fourth = await house.wire();
  fourth.write(`${padded(60_000)}${chunk('"}}')}0\r\n\r\n`);
  await house.until(() => visitor.asked.length === 3);
  fourth.socket.destroy();
});

test("http doors: a batch of millions makes no object for each", () => {
  const parts = batchOf(frameOfText(`[${"1,".repeat(2_000_000)}1]`), 100);
  assert.equal(parts?.length, 101);
  assert.equal(batchOf(frameOfText("[1, 2 ,3]"), 3)?.length, 3);
  assert.equal(batchOf(frameOfText("[1,2"), 3), undefined);
});

test("http doors: a session keeps so many streams that have ended, the latest ones", async () => {
  await using house = await House.open({ limits: { maxStreams: 4 } });
  const { id, visitor } = await house.session();
  visitor.echoes = true;
  using wire = await house.wire();
  for (let at = 1; at <= 10; at++) {
    wire.write(postText(id, ping(at), onlyEvents));
    await wire.until(new RegExp(`id: ${at}-1\\n.*?\\n\\n\\r\\n0\\r\\n\\r\\n`, "s"));
  }
  const outcomes: [string, number][] = [
    ["1-0", 400],
    ["6-0", 400],
    ["7-0", 200],
    ["10-0", 200],
  ];
  for (const [event, status] of outcomes) {
    using again = await house.wire();
    again.write(resume(id, event));
    assert.match(await again.until(/Last-Event-ID names no event|\n\n\r\n0\r\n\r\n/), new RegExp(` ${status} `), event);
  }
});

test("http doors: a stream whose request is under way is kept however many have ended", async () => {
  await using house = await House.open({ limits: { maxStreams: 2 } });
  const { id, visitor } = await house.session();
  using held = await house.wire();
  held.write(postText(id, ping(1), onlyEvents));
  await house.until(() => visitor.asked.length === 2);
  visitor.asked[1]?.replies.send(frameOfText('{"jsonrpc":"2.0","method":"notifications/progress"}'), noSplices);
  await held.until(/id: 1-1/);
  visitor.echoes = true;
  using wire = await house.wire();
  for (let at = 2; at <= 6; at++) {
    wire.write(postText(id, ping(at), onlyEvents));
    await wire.until(new RegExp(`id: ${at}-1`));
  }
  visitor.result(1, "{}");
  await held.until(/id: 1-2/);
});

test("http doors: answers that nobody reads are bounded over a session", async () => {
  const maxUnreadBytes = 24 * 1024 * 1024;
  await using house = await House.open({ limits: { maxUnreadBytes } });
  const { id, visitor } = await house.session();
  const result = JSON.stringify("x".repeat(10 * 1024 * 1024));
  const wires: Wire[] = [];
  for (let at = 1; at <= 8; at++) {
    const wire = await house.wire();
    wires.push(wire);
    wire.socket.pause();
    wire.write(postText(id, ping(at)));
    await house.until(() => visitor.asked.length === at + 1);
    visitor.result(at, result);
  }
  const cuts = house.log.lines.filter((line) => line.includes("slow_reader_cut"));
  assert.ok(cuts.length >= 3, `${cuts.length} of ${wires.length} were cut off`);
  await house.until(() => house.server.server.connections <= wires.length - cuts.length);
  for (const wire of wires) wire.socket.destroy();
});

test("http doors: what all sessions have not read is bounded, and those for whom the most waits are cut off", async () => {
  await using house = await House.open({ limits: { maxAllUnreadBytes: 20 * 1024 * 1024 } });
  const wires: Wire[] = [];
  for (const mebibytes of [30, 14]) {
    const { id, visitor } = await house.session();
    const wire = await house.wire();
    wires.push(wire);
    wire.socket.pause();
    wire.write(postText(id, ping(1)));
    await house.until(() => visitor.asked.length === 2);
    visitor.result(1, JSON.stringify("x".repeat(mebibytes * 1024 * 1024)));
  }
  const cuts = () => house.log.lines.filter((line) => line.includes("slow_reader_cut"));
  assert.equal(cuts().length, 0);
  house.clock.advance(1_000);
  assert.equal(cuts().length, 1);
  await house.until(() => house.server.server.connections === 1);
  house.clock.advance(1_000);
  assert.equal(cuts().length, 1);
  for (const wire of wires) wire.socket.destroy();
});

test("http doors: what all SSE streams have not read is bounded, too", async () => {
  await using house = await House.open({ limits: { maxAllUnreadBytes: 20 * 1024 * 1024 } });
  const streams: Wire[] = [];
  for (const mebibytes of [14, 28]) {
    const { stream, visitor } = await house.sseSession();
    streams.push(stream);
    stream.socket.pause();
    visitor.visit.sink.send(frameOfText(JSON.stringify("x".repeat(mebibytes * 1024 * 1024))), noSplices);
  }
  house.clock.advance(1_000);
  assert.equal(house.log.lines.filter((line) => line.includes("slow_reader_cut")).length, 1);
  await house.until(() => house.sse.sessions === 1);
  for (const stream of streams) stream.socket.destroy();
});

test("http doors: answers that wait behind a stream without end are bounded, too", async () => {
  await using house = await House.open({ limits: { maxUnreadBytes: 1024 * 1024 } });
  const { id, visitor } = await house.session();
  using wire = await house.wire();
  wire.write(listen(id) + Array.from({ length: 100 }, (_, at) => postText(id, ping(at))).join(""));
  await house.until(() => visitor.asked.length === 101);
  const result = JSON.stringify("x".repeat(15_000));
  for (let at = 1; at <= 100; at++) visitor.result(at, result);
  await wire.closed;
  assert.ok(house.log.lines.some((line) => line.includes("slow_reader_cut")));
});

for (const kind of ["an answer", "a stream"] as const) {
  test(`http doors: a client that never reads ${kind} is cut off`, async () => {
    await using house = await House.open({ http: { stallMs: 30_000 } });
    const { id, visitor } = await house.session();
    using wire = await house.wire();
    wire.socket.pause();
    wire.write(postText(id, ping(1), kind === "an answer" ? json : onlyEvents));
    await house.until(() => visitor.asked.length === 2);
    visitor.result(1, JSON.stringify("x".repeat(20 * 1024 * 1024)));
    await house.until(() => house.server.server.connections === 1);
    // Its kernel takes some; from then on nothing moves, and only the clock does.
    const log = house.server.log;
    await house.until(() => {
      house.clock.advance(5_000);
      return log.lines.some((line) => line.includes("took nothing"));
    });
    await house.until(() => house.server.server.connections === 0);
  });
}

test("http doors: what comes behind a request that is being answered never gets into its stream", async () => {
  await using house = await House.open();
  const { id, visitor } = await house.session();
  using wire = await house.wire();
  wire.write(postText(id, ping(1), onlyEvents));
  await house.until(() => visitor.asked.length === 2);
  visitor.asked[1]?.replies.send(frameOfText('{"jsonrpc":"2.0","method":"notifications/progress"}'), noSplices);
  await wire.until(/notifications\/progress/);
  wire.write("GARBAGE\r\n\r\n");
  await wire.closed;
  assert.deepEqual(statusesIn(wire.text), [200]);
});

test("http doors: line ends of every kind in a message stay inside its data", async () => {
  await using house = await House.open();
  const { id, visitor } = await house.session();
  using wire = await house.wire();
  wire.write(postText(id, ping(1), onlyEvents));
  await house.until(() => visitor.asked.length === 2);
  visitor.result(1, '{\r"a":1,\n\n"b":2,\r\n\r\n"event":3\r\r}');
  const text = await wire.until(/\r\n0\r\n\r\n/);
  const [data] = /^data: \{.*$/m.exec(text) ?? [];
  assert.deepEqual(JSON.parse(String(data).slice("data: ".length)).result, { a: 1, b: 2, event: 3 });
});

test("http doors: an answer to a batch that is several messages is not put among them", async () => {
  await using house = await House.open();
  const { id, visitor } = await house.session("2025-03-26");
  const forged = '{}},{"jsonrpc":"2.0","id":2,"result":{"forged":true}';
  for (const accept of ["application/json", "application/json, text/event-stream"]) {
    const at = visitor.asked.length;
    using wire = await house.wire();
    const batch = JSON.stringify([1, 2].map((n) => ({ jsonrpc: "2.0", ...ping(n) })));
    wire.write(postText(id, batch, ["Content-Type: application/json", `Accept: ${accept}`]));
    await house.until(() => visitor.asked.length === at + 2);
    visitor.result(at, `{"pad":"${"x".repeat(20_000)}"}},{"jsonrpc":"2.0","id":2,"result":${forged.slice(0, 2)}`);
    visitor.result(at + 1, '{"real":true}');
    const text = await wire.until(/"real":true\}\}(\]|\n\n)/);
    if (accept === "application/json") assert.match(text, /\[\{.*core_garbled.*\},\{"jsonrpc":"2.0","id":2,/s);
    else assert.match(text, /data: \{.*\n\n.*data: \{"jsonrpc":"2.0","id":2,"result":\{"real":true\}\}\n\n/s);
  }
});

test("http doors: a batch whose answers are large goes on as a stream", async () => {
  await using house = await House.open();
  const { id, visitor } = await house.session("2025-03-26");
  using wire = await house.wire();
  wire.write(postText(id, JSON.stringify([1, 2, 3].map((n) => ({ jsonrpc: "2.0", ...ping(n) })))));
  await house.until(() => visitor.asked.length === 4);
  for (const at of [1, 2, 3]) visitor.result(at, JSON.stringify("x".repeat(600_000)));
  const text = await wire.until(/\r\n0\r\n\r\n/);
  assert.match(text, /text\/event-stream/);
  assert.equal(text.split("data: {").length - 1, 3);
});

test("http doors: a batch whose answers are more than a response may hold is cut off where it cannot be a stream", async () => {
  await using house = await House.open({ limits: { maxOutboxBytes: 1024 * 1024 } });
  const { id, visitor } = await house.session("2025-03-26");
  using wire = await house.wire();
  const batch = JSON.stringify([1, 2, 3].map((n) => ({ jsonrpc: "2.0", ...ping(n) })));
  wire.write(postText(id, batch, ["Content-Type: application/json", "Accept: application/json"]));
  await house.until(() => visitor.asked.length === 4);
  for (const at of [1, 2, 3]) visitor.result(at, JSON.stringify("x".repeat(600_000)));
  await wire.closed;
  assert.equal(wire.text, "");
});

test("http doors: an answer after DELETE, and one whose client is gone, reach nobody", async () => {
  await using house = await House.open();
  const { id, visitor } = await house.session();
  using gone = await house.wire();
  gone.write(postText(id, ping(1)));
  await house.until(() => visitor.asked.length === 2);
  gone.socket.destroy();
  await house.until(() => house.server.server.connections === 0);
  assert.equal(visitor.result(1, "{}"), "closed");
  assert.equal(house.lost, 1);
  using wire = await house.wire();
  wire.write(postText(id, ping(2)));
  await house.until(() => visitor.asked.length === 3);
  using other = await house.wire();
  other.write(requestText("DELETE /mcp", [`Mcp-Session-Id: ${id}`]));
  await other.until(/ 204 /);
  assert.match(await wire.until(/send initialize again/), / 404 /);
  assert.equal(visitor.result(2, "{}"), "closed");
  assert.equal(visitor.say('{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}'), "closed");
  assert.deepEqual(statusesIn(wire.text), [404]);
});

test("http doors: a stream is resumed by its own session only", async () => {
  await using house = await House.open();
  const mine = await house.session();
  const other = await house.session();
  mine.visitor.echoes = true;
  using wire = await house.wire();
  wire.write(postText(mine.id, ping(1), onlyEvents));
  await wire.until(/id: 1-1/);
  for (const event of ["1-0", "1-1", "0-0", "1", "1-0-0", "-1-0", "1-99999999999999999", "../1-0", ""]) {
    using thief = await house.wire();
    thief.write(resume(other.id, event));
    assert.match(await thief.until(/\r\n\r\n.*\n/s), / 400 .*Last-Event-ID names no event/s, event);
  }
});

test("http doors: abandoned sessions end when they were idle long enough, and make room before that", async () => {
  await using house = await House.open({ limits: { maxSessions: 3 } });
  await house.session();
  await house.session();
  house.clock.advance(30_000);
  await house.session();
  using wire = await house.wire();
  wire.write(postText(undefined, initialize()));
  await wire.until(/ 503 .*as many sessions as it may/s);
  house.clock.advance(31_000);
  wire.write(postText(undefined, initialize()));
  await wire.until(/ 200 .*"result":\{\}/s);
  assert.deepEqual(house.doorkeeper.visitors.map(({ leaves }) => leaves).sort(), [0, 0, 0, 1]);
  assert.equal(house.http.sessions, 3);
  house.clock.advance(31 * 60_000);
  assert.equal(house.http.sessions, 0);
});

test("http doors: a slow header and a slow body end in 408", async () => {
  await using house = await House.open({ http: { handshakeTimeoutMs: 50, requestTimeoutMs: 50 } });
  for (const [door, text] of [
    ["header", "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-"],
    ["body", postText(undefined, initialize()).slice(0, -1)],
  ]) {
    using wire = await house.wire();
    wire.write(String(text));
    await wire.closed;
    assert.match(wire.text, /^HTTP\/1\.1 408 .*took too long to arrive/s, door);
  }
});

test("http doors: a client that half-closes has left, and what speaks HTTP/1.0 is answered and let go", async () => {
  await using house = await House.open();
  using old = await house.wire();
  old.write(postText(undefined, initialize()).replace("HTTP/1.1", "HTTP/1.0"));
  await old.closed;
  assert.match(old.text, / 200 .*connection: close.*"result":\{\}\}$/is);
  using half = await house.wire();
  half.socket.end(openSse);
  await half.closed;
  await house.until(() => house.server.server.connections === 0);
  house.clock.advance(60_000);
  assert.equal(house.sse.sessions, 0);
});

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

test("http doors: who asks before it sends its body is refused without it where its headers say enough", async () => {
  await using house = await House.open();
  const { id, visitor } = await house.session();
  visitor.echoes = true;
  const asking = (headers: readonly string[], length: number) =>
    requestText("POST /mcp", [
      ...headers,
      `Mcp-Session-Id: ${id}`,
      "Expect: 100-continue",
      `Content-Length: ${length}`,
    ]);
  for (const [text, status] of [
    [asking(json, 11 * 1024 * 1024), 413],
    [asking(["Content-Type: text/plain"], 10), 415],
    [asking(json, 10).replace(id, "0".repeat(32)), 404],
  ] as const) {
    using wire = await house.wire();
    wire.write(text);
    await wire.closed;
    assert.deepEqual(statusesIn(wire.text), [status]);
  }
  using wire = await house.wire();
  const body = JSON.stringify({ jsonrpc: "2.0", ...ping(1) });
  for (let time = 1; time <= 2; time++) {
    wire.text = "";
    wire.write(asking(json, body.length));
    await wire.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    wire.write(body);
    assert.deepEqual(statusesIn(await wire.until(/"result":\{\}\}/)), [100, 200], "the connection goes on");
  }
});

// What becomes of a session over HTTP+SSE whose stream is cut: gone on with by the id of the last event, by the clients of SDKs that do not
// say it, or not at all.
import assert from "node:assert/strict";
import { test } from "node:test";
import { House, type HouseOptions, ping } from "../../helpers/http-house.ts";
import { json, requestText, statusesIn, type Wire } from "../../helpers/http-wire.ts";

const accept = "Accept: text/event-stream";
const bearer = (name: string) => `Authorization: Bearer ${name}`;
const news = (n: number) => `{"jsonrpc":"2.0","method":"news","params":{"n":${n}}}`;

/** Numbers of the news that came on this connection, in order. */
const newsIn = ({ text }: Wire) => [...text.matchAll(/"n":(\d+)\}\}\n\n/g)].map(([, n]) => Number(n));

class Scene implements AsyncDisposable {
  readonly house: House;

  private constructor(house: House) {
    this.house = house;
  }

  static async open(options: HouseOptions = {}): Promise<Scene> {
    return new Scene(await House.open(options));
  }

  async session(headers: readonly string[] = []) {
    const session = await this.house.sseSession(headers);
    return { ...session, id: session.endpoint.slice(-32) };
  }

  /** A GET that comes back with the id of an event. */
  async back(lastEventId: string, headers: readonly string[] = []): Promise<Wire> {
    const wire = await this.house.wire();
    wire.write(requestText("GET /sse", [accept, `Last-Event-ID: ${lastEventId}`, ...headers]));
    await wire.until(/\r\n\r\n.*\n/s);
    return wire;
  }

  async status(lastEventId: string, headers: readonly string[] = []): Promise<number | undefined> {
    using wire = await this.back(lastEventId, headers);
    if (/ 404 /.test(wire.text)) assert.match(wire.text, /there is no such session \(any more\); open \/sse again/);
    return statusesIn(wire.text)[0];
  }

  /** The client lets go of this connection, and the hub has heard of it. */
  async cut(wire: Wire): Promise<void> {
    const { server } = this.house.server;
    const before = server.connections;
    wire.socket.destroy();
    await this.house.until(() => server.connections === before - 1);
  }

  async post(path: string, message: object, headers: readonly string[] = []): Promise<number> {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    return (await this.house.answer(requestText(`POST ${path}`, [...json, ...headers], body))).status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.house[Symbol.asyncDispose]();
  }
}

test("sse-resumption: a client comes back with the id of its last event, and gets what it has not, once", async () => {
  await using scene = await Scene.open();
  const { stream, visitor, id, endpoint } = await scene.session();
  for (const n of [1, 2, 3]) visitor.say(news(n));
  await stream.until(new RegExp(`id: ${id}-3\n`));
  await scene.cut(stream);
  assert.equal(visitor.say(news(4)), "ok");
  assert.equal(await scene.post(endpoint, ping(1)), 202);
  using back = await scene.back(`${id}-2`);
  visitor.say(news(5));
  const text = await back.until(/"n":5\}\}\n\n/);
  assert.deepEqual(newsIn(back), [3, 4, 5]);
  const events = [...text.matchAll(/^id: \w{32}-(\d+)\n(?:retry: (\d+)\n)?event: (\w+)\ndata: (\/\S+)?/gm)];
  assert.deepEqual(
    events.map(([, seq, retry, event, path]) => [seq, retry, event, path]),
    [
      ["2", "1000", "endpoint", endpoint],
      ["3", undefined, "message", undefined],
      ["4", undefined, "message", undefined],
      ["5", undefined, "message", undefined],
    ],
  );
  assert.equal(visitor.received.length, 1);
  // Back for good.
  scene.house.clock.advance(120_000);
  assert.equal(scene.house.sse.sessions, 1);
  assert.equal(visitor.leaves, 0);
});

test("sse-resumption: the newer of two streams takes over, and the older one is cut", async () => {
  await using scene = await Scene.open();
  const { stream, visitor, id } = await scene.session();
  visitor.say(news(1));
  await stream.until(/"n":1/);
  using newer = await scene.back(`${id}-0`);
  await stream.closed;
  visitor.say(news(2));
  await newer.until(/"n":2\}\}\n\n/);
  assert.deepEqual(newsIn(newer), [1, 2]);
  scene.house.clock.advance(120_000);
  assert.equal(scene.house.sse.sessions, 1);
});

test("sse-resumption: to another caller, and with an id that there never was, a session is unknown and goes on", async () => {
  await using scene = await Scene.open({ clients: ["alice", "bob"] });
  const { stream, visitor, id } = await scene.session([bearer("alice")]);
  visitor.say(news(1));
  assert.equal(await scene.status(`${id}-1`, [bearer("bob")]), 404);
  for (const none of [`${id}-2`, `${"0".repeat(32)}-1`, id, `${id}-`, `${id}-1 `.repeat(2), "17", "0-1"]) {
    assert.equal(await scene.status(none, [bearer("alice")]), 404, none);
  }
  visitor.say(news(2));
  await stream.until(/"n":2/);
  assert.deepEqual([scene.house.sse.sessions, visitor.leaves], [1, 0]);
  assert.equal(scene.house.log.lines.join().includes(id), false);
});

test("sse-resumption: one that nobody comes back to ends after a minute", async () => {
  await using scene = await Scene.open();
  const { stream, visitor, id, endpoint } = await scene.session();
  await scene.cut(stream);
  scene.house.clock.advance(59_000);
  assert.equal(visitor.leaves, 0);
  scene.house.clock.advance(1_000);
  assert.equal(visitor.leaves, 1);
  assert.equal(scene.house.clock.timers, 0);
  assert.deepEqual([await scene.status(`${id}-0`), await scene.post(endpoint, ping(1))], [404, 404]);
});

test("sse-resumption: where events are missing the session ends, at once where it is certain", async () => {
  await using scene = await Scene.open({ limits: { streamBytes: 1_000 } });
  const known = await scene.session();
  for (let n = 0; n < 20; n++) known.visitor.say(news(n));
  await known.stream.until(/"n":19/);
  await scene.cut(known.stream);
  assert.equal(await scene.status(`${known.id}-2`), 404);
  assert.equal(known.visitor.leaves, 1);

  const away = await scene.session();
  await scene.cut(away.stream);
  for (let n = 0; n < 20; n++) assert.equal(away.visitor.say(news(n)), "ok");
  scene.house.clock.advance(1_000);
  assert.equal(away.visitor.leaves, 1);
  assert.equal(away.visitor.say(news(20)), "closed");
  assert.equal(scene.house.sse.sessions, 0);
});

test("sse-resumption: of a stream that is quiet nothing is kept for more than a minute", async () => {
  await using scene = await Scene.open();
  const [one, two] = [await scene.session(), await scene.session()];
  for (const { visitor, stream } of [one, two]) {
    visitor.say(news(1));
    await stream.until(/"n":1/);
  }
  scene.house.clock.advance(62_000);
  assert.deepEqual([await scene.status(`${one.id}-1`), await scene.status(`${two.id}-0`)], [200, 404]);
  assert.deepEqual([one.visitor.leaves, two.visitor.leaves], [0, 1]);
  one.stream.socket.destroy();
});

test("sse-resumption: what is sent again on coming back is kept for as long as what is sent first", async () => {
  await using scene = await Scene.open();
  const { stream, visitor, id } = await scene.session();
  visitor.say(news(1));
  await stream.until(/"n":1/);
  scene.house.clock.advance(10_000);
  await scene.cut(stream);
  scene.house.clock.advance(49_000);
  const lost = await scene.back(`${id}-0`);
  scene.house.clock.advance(2_000);
  await scene.cut(lost);
  using back = await scene.back(`${id}-0`);
  await back.until(/"n":1/);
});

test("sse-resumption: in a full house those whose clients are away give way, of who does not have the most after some seconds", async () => {
  await using scene = await Scene.open({ limits: { maxSessions: 3 }, clients: ["alice", "bob"] });
  const alice = [bearer("alice")];
  const [busy, away, there] = [await scene.session(alice), await scene.session(alice), await scene.session(alice)];
  await scene.post(busy.endpoint, ping(1), alice);
  await scene.cut(away.stream);
  scene.house.clock.advance(1);
  await scene.cut(busy.stream);
  const knock = (name: string) => scene.house.answer(requestText("GET /sse", [accept, bearer(name)]));
  scene.house.clock.advance(9);
  const next = await scene.session([bearer("bob")]);
  assert.deepEqual(
    [busy, away, there, next].map(({ visitor }) => visitor.leaves),
    [0, 1, 0, 0],
  );
  assert.ok(scene.house.log.lines.includes('info session_evicted {"client":"alice","idle_ms":10}'));
  assert.equal((await knock("bob")).status, 503);
  // Who comes back takes no place of others.
  const back = await scene.back(`${busy.id}-0`, alice);
  await scene.cut(back);
  scene.house.clock.advance(5_000);
  const last = await scene.session([bearer("bob")]);
  assert.equal(busy.visitor.leaves, 1);
  last.stream.socket.destroy();
  for (const { stream } of [there, next]) stream.socket.destroy();
});

test("sse-resumption: a client that was cut off since it read too slowly does not come back to the same flood", async () => {
  await using scene = await Scene.open({ limits: { maxOutboxBytes: 4 * 1024 * 1024 } });
  const { stream, visitor, id } = await scene.session();
  stream.socket.pause();
  for (let n = 0; n < 20; n++) visitor.say(`"${"x".repeat(1024 * 1024)}"`);
  assert.equal(scene.house.log.lines.filter((line) => line.includes("slow_reader_cut")).length, 1);
  assert.equal(await scene.status(`${id}-19`), 404);
  await scene.house.until(() => scene.house.sse.sessions === 0);
  stream.socket.destroy();
});

test("sse-resumption: the end of what a client came in with ends its session while it is away", async () => {
  let isLetIn = true;
  await using scene = await Scene.open({ judge: (guest) => (isLetIn ? guest : undefined) });
  const { stream, visitor } = await scene.session();
  await scene.cut(stream);
  scene.house.clock.advance(1_000);
  assert.equal(visitor.leaves, 0);
  isLetIn = false;
  scene.house.clock.advance(1_000);
  assert.equal(visitor.leaves, 1);
});

test("sse-resumption: draining ends who is away with nothing under way, and lets the others come for their answers", async () => {
  await using scene = await Scene.open();
  const [idle, busy, left] = [await scene.session(), await scene.session(), await scene.session()];
  for (const { endpoint } of [busy, left]) await scene.post(endpoint, ping(1));
  for (const { stream } of [idle, busy, left]) await scene.cut(stream);
  const closed = scene.house.close(60_000);
  await idle.visitor.left;
  assert.deepEqual(
    [idle, busy, left].map(({ visitor }) => visitor.leaves),
    [1, 0, 0],
  );
  using back = await scene.back(`${busy.id}-0`);
  busy.visitor.answer();
  await back.until(/"method":"ping"\}\n\n.*\r\n0\r\n\r\n/s);
  assert.equal(busy.visitor.leaves, 1);
  scene.house.clock.advance(60_000);
  await closed;
  assert.equal(left.visitor.leaves, 1);
});

test("sse-resumption: draining waits some seconds for those who have an answer to fetch", async () => {
  await using scene = await Scene.open();
  const [back, gone] = [await scene.session(), await scene.session()];
  for (const { endpoint } of [back, gone]) await scene.post(endpoint, ping(1));
  for (const { stream } of [back, gone]) await scene.cut(stream);
  const closed = scene.house.close(60_000);
  for (const { visitor } of [back, gone]) visitor.answer();
  scene.house.clock.advance(1_000);
  using wire = await scene.back(`${back.id}-0`);
  await wire.until(/"method":"ping"\}\n\n.*\r\n0\r\n\r\n/s);
  assert.deepEqual([back.visitor.leaves, gone.visitor.leaves], [1, 0]);
  scene.house.clock.advance(4_000);
  assert.equal(gone.visitor.leaves, 1);
  await closed;
});

const fetched = "Sec-Fetch-Mode: cors";
const agreed = "MCP-Protocol-Version: 2025-11-25";

/** As the transports of the SDKs do it: the revision goes with everything as soon as there is one. */
async function sdkSession(scene: Scene, headers: readonly string[] = []) {
  const session = await scene.session([fetched, ...headers]);
  session.visitor.revision = "2025-11-25";
  assert.equal(
    await scene.post(session.endpoint, { method: "notifications/initialized" }, [agreed, fetched, ...headers]),
    202,
  );
  return session;
}

/** The address that came last. */
const addressIn = ({ text }: Wire) => [...text.matchAll(/event: endpoint\ndata: (\S+)\n\n/g)].at(-1)?.[1] ?? "";

/** Comes back without the id of an event. Resolves with that of the ping. */
async function comeBack(scene: Scene, headers: readonly string[] = []): Promise<{ wire: Wire; pingId: string }> {
  const wire = await scene.house.wire();
  wire.write(requestText("GET /sse", [accept, agreed, fetched, ...headers]));
  const text = await wire.until(/"method":"ping"\}\n\n/);
  assert.doesNotMatch(text, /event: endpoint/);
  return { wire, pingId: String(/"id":"(\w+)"/.exec(text)?.[1]) };
}

test("sse-resumption: a client of an SDK is asked who it is, and goes on behind the last event whose address it has", async () => {
  await using scene = await Scene.open();
  const others = [await sdkSession(scene), await sdkSession(scene)];
  const { stream, visitor, id } = await sdkSession(scene);
  for (const n of [1, 2]) visitor.say(news(n));
  await stream.until(/after=2\n\n/);
  const address = addressIn(stream);
  assert.equal(address, `/messages?sessionId=${id}&after=2`);
  await scene.cut(stream);
  visitor.say(news(3));
  const { wire, pingId } = await comeBack(scene);
  using back = wire;
  assert.equal(await scene.post(address, { id: pingId, result: {} }, [agreed, fetched]), 202);
  visitor.say(news(4));
  await back.until(/after=4\n\n/);
  assert.deepEqual(newsIn(back), [3, 4]);
  assert.equal(addressIn(back), `/messages?sessionId=${id}&after=4`);
  // The answer is not for the session.
  assert.equal(visitor.received.length, 1);
  scene.house.clock.advance(120_000);
  assert.equal(scene.house.sse.sessions, 3);
  for (const other of others) other.stream.socket.destroy();
});

test("sse-resumption: its address is numbered as soon as it is known to come back by it", async () => {
  await using scene = await Scene.open();
  const { stream, visitor, id } = await sdkSession(scene);
  await stream.until(/after=0\n\n/);
  scene.house.clock.advance(62_000);
  await scene.cut(stream);
  const { wire, pingId } = await comeBack(scene);
  using back = wire;
  await scene.post(`/messages?sessionId=${id}&after=0`, { id: pingId, result: {} });
  visitor.say(news(1));
  await back.until(/after=1\n\n/);
});

test("sse-resumption: the id of the ping means nothing in what is no answer to it", async () => {
  await using scene = await Scene.open();
  const mine = await sdkSession(scene);
  const theirs = await sdkSession(scene);
  const { wire, pingId } = await comeBack(scene);
  const [id, result] = [7, { content: { id: pingId } }];
  const before = theirs.visitor.received.length;
  await scene.post(theirs.endpoint, { id, method: "tools/call", params: { name: "get", arguments: { id: pingId } } });
  await scene.post(theirs.endpoint, { id: pingId, method: "ping" });
  await scene.post(theirs.endpoint, { id, result });
  assert.equal(theirs.visitor.received.length - before, 3);
  theirs.visitor.say(news(1));
  await theirs.stream.until(/"n":1/);
  await scene.post(mine.endpoint, { id: pingId, result: {} });
  mine.visitor.say(news(2));
  await wire.until(/"n":2/);
  assert.deepEqual(newsIn(wire), [2]);
  for (const open of [wire, theirs.stream]) open.socket.destroy();
});

test("sse-resumption: no more of a caller are asked than it has sessions to come back to", async () => {
  await using scene = await Scene.open();
  const { stream } = await sdkSession(scene);
  const first = await comeBack(scene);
  using second = await scene.house.wire();
  second.write(requestText("GET /sse", [accept, agreed, fetched]));
  assert.doesNotMatch(await second.until(/event: endpoint\n/), /ping/);
  for (const wire of [stream, first.wire]) wire.socket.destroy();
});

test("sse-resumption: one that was cut before it had a numbered address gets all there was", async () => {
  await using scene = await Scene.open();
  const session = await scene.session([fetched]);
  session.visitor.revision = "2025-11-25";
  session.visitor.say(news(1));
  await session.stream.until(/"n":1/);
  await scene.post(session.endpoint, { method: "notifications/initialized" }, [agreed, fetched]);
  await scene.cut(session.stream);
  const { wire, pingId } = await comeBack(scene);
  using back = wire;
  await scene.post(session.endpoint, { id: pingId, result: {} });
  await back.until(/"n":1/);
});

test("sse-resumption: one that does not answer, or has lost events, begins anew", async () => {
  await using scene = await Scene.open({ limits: { streamBytes: 1_000 } });
  const { stream, visitor } = await sdkSession(scene);
  const address = addressIn(stream);
  for (let n = 0; n < 20; n++) visitor.say(news(n));
  await stream.until(/after=20\n\n/);
  const silent = await comeBack(scene);
  scene.house.clock.advance(9_000);
  assert.equal(addressIn(silent.wire), "");
  scene.house.clock.advance(1_000);
  await silent.wire.until(/event: endpoint\n/);
  assert.equal(scene.house.sse.sessions, 2);
  const lost = await comeBack(scene);
  await scene.post(address, { id: lost.pingId, result: {} });
  await lost.wire.until(/event: endpoint\n/);
  assert.equal(visitor.leaves, 1);
  await stream.until(/\r\n0\r\n\r\n/);
  for (const { wire } of [silent, lost]) assert.ok(!addressIn(wire).includes(addressIn(stream).slice(0, -9)));
  for (const wire of [stream, silent.wire, lost.wire]) wire.socket.destroy();
});

test("sse-resumption: nobody is asked who can have no session, and who is asked gets none of another caller", async () => {
  await using scene = await Scene.open({ clients: ["alice", "bob"] });
  const { stream } = await sdkSession(scene, [bearer("alice")]);
  const begins = async (...headers: string[]) => {
    using wire = await scene.house.wire();
    wire.write(requestText("GET /sse", [accept, ...headers]));
    assert.doesNotMatch(await wire.until(/\n\n/), /ping/);
  };
  await begins(bearer("bob"), agreed, fetched);
  await begins(bearer("alice"), "MCP-Protocol-Version: 2024-11-05", fetched);
  await begins(bearer("alice"), agreed);
  const { wire, pingId } = await comeBack(scene, [bearer("alice")]);
  const bobs = await scene.session([bearer("bob")]);
  await scene.post(bobs.endpoint, { id: pingId, result: {} }, [bearer("bob")]);
  // Spent, and no session of its own caller: as if it had not answered.
  await wire.until(/event: endpoint\n/);
  assert.notEqual(addressIn(wire), bobs.endpoint);
  bobs.visitor.say(news(1));
  await bobs.stream.until(/"n":1/);
  assert.deepEqual(newsIn(wire), []);
  for (const open of [stream, wire, bobs.stream]) open.socket.destroy();
});

test("sse-resumption: a client that is not known to come back by it never gets a second address", async () => {
  await using scene = await Scene.open();
  for (const [first, then] of [
    [[], [agreed]],
    [[], [agreed, fetched]],
    [
      [fetched, agreed],
      [agreed, fetched],
    ],
    [[fetched], [fetched]],
    [[fetched], ["MCP-Protocol-Version: 2024-11-05", fetched]],
  ] as const) {
    const { stream, visitor, endpoint } = await scene.session(first);
    visitor.revision = "2025-11-25";
    await scene.post(endpoint, { method: "notifications/initialized" }, then);
    visitor.say(news(1));
    await stream.until(/"n":1\}\}\n\n/);
    visitor.say(news(2));
    assert.equal((await stream.until(/"n":2\}\}\n\n/)).split("event: endpoint").length, 2, `${first} ${then}`);
    stream.socket.destroy();
  }
});

// What one session, one request or one principal gets never reaches another, over Streamable HTTP.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  House,
  type HouseSession,
  listen,
  onlyEvents,
  ping,
  progress,
  remove,
  resume,
} from "../../helpers/http-house.ts";
import { json, postText, type Wire } from "../../helpers/http-wire.ts";

const bearer = (name: string) => `Authorization: Bearer ${name}`;
const changed = (n: number) => `{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{"n":${n}}}`;

/** Ids and data of the events in what came, without those that prime. */
function eventsIn(text: string): [id: string, message: Record<string, unknown>][] {
  const events = text.matchAll(/^id: (\S+)\ndata: (.+)\n\n/gm);
  return [...events].map(([, id, data]) => [String(id), JSON.parse(String(data))]);
}

/** A request whose stream has begun with `steps` messages, cut off after that. */
async function cutStream(house: House, { id, visitor }: HouseSession, steps: number): Promise<number> {
  const at = visitor.asked.length;
  using wire = await house.wire();
  wire.write(postText(id, ping(at)));
  await house.until(() => visitor.asked.length === at + 1);
  for (let step = 1; step <= steps; step++) progress(visitor, at, step);
  await wire.until(new RegExp(`"progress":${steps}\\}`));
  const before = house.server.server.connections;
  wire.socket.destroy();
  await house.until(() => house.server.server.connections < before);
  return at;
}

test("http isolation: each response gets its own answer, in whatever order they come, same ids or not", async () => {
  await using house = await House.open();
  const { id, visitor } = await house.session();
  const wires = await Promise.all(Array.from({ length: 4 }, () => house.wire()));
  for (const [at, wire] of wires.entries()) {
    wire.write(postText(id, ping("same"), at % 2 === 0 ? json : onlyEvents));
    await house.until(() => visitor.asked.length === at + 2);
  }
  for (const at of [2, 4, 1, 3]) visitor.result(at, `"${at}"`);
  for (const [at, wire] of wires.entries()) {
    await wire.until(new RegExp(`"id":"same","result":"${at + 1}"`));
    wire.socket.destroy();
  }
});

test("http isolation: what is resumed is one stream, with nothing of another", async () => {
  await using house = await House.open();
  const session = await house.session();
  const first = await cutStream(house, session, 1);
  const second = await cutStream(house, session, 2);
  session.visitor.say(changed(1));
  progress(session.visitor, second, 3);
  using again = await house.wire();
  again.write(resume(session.id, "1-0"));
  await again.until(/"progress":1/);
  progress(session.visitor, second, 4);
  session.visitor.result(second, '"second"');
  session.visitor.result(first, '"first"');
  const text = await again.until(/\r\n0\r\n\r\n/);
  assert.deepEqual(
    eventsIn(text).map(([id]) => id),
    ["1-1", "1-2"],
  );
  assert.doesNotMatch(text, /second|list_changed/);
});

test("http isolation: a stream that is taken over ends where it was", async () => {
  await using house = await House.open();
  const { id, visitor } = await house.session();
  using wire = await house.wire();
  wire.write(postText(id, ping(1)));
  await house.until(() => visitor.asked.length === 2);
  progress(visitor, 1, 1);
  await wire.until(/"progress":1/);
  using again = await house.wire();
  again.write(resume(id, "1-0"));
  await again.until(/"progress":1/);
  await wire.until(/\r\n0\r\n\r\n/);
  visitor.result(1, "{}");
  await again.until(/"result":\{\}/);
  assert.doesNotMatch(wire.text, /"result"/);
});

test("http isolation: a second GET takes over from the first, of its own session only", async () => {
  await using house = await House.open();
  const { id, visitor } = await house.session();
  const other = await house.session();
  const open = async (session: string): Promise<Wire> => {
    const wire = await house.wire();
    wire.write(listen(session));
    await wire.until(/retry: /);
    return wire;
  };
  using foreign = await open(other.id);
  using first = await open(id);
  using second = await open(id);
  await first.until(/\r\n0\r\n\r\n/);
  visitor.say(changed(1));
  await second.until(/"n":1/);
  other.visitor.say(changed(2));
  await foreign.until(/"n":2/);
  assert.doesNotMatch(first.text, /list_changed/);
  assert.doesNotMatch(second.text, /"n":2/);
  assert.doesNotMatch(foreign.text, /"n":1/);
});

test("http isolation: what all streams keep is bounded; a client whose events gave way is told that nothing is left", async () => {
  await using house = await House.open({ limits: { streamBytes: 10_000, totalBytes: 15_000 } });
  const victim = await house.session();
  const at = await cutStream(house, victim, 1);
  victim.visitor.result(at, '"the answer"');
  const greedy = await house.session();
  for (let n = 1; n <= 20; n++) greedy.visitor.say(`{"pad":"${"x".repeat(900)}"}`);
  const more = await house.session();
  for (let n = 1; n <= 20; n++) more.visitor.say(`{"pad":"${"x".repeat(900)}"}`);
  // To an empty stream with an id it would come back for ever.
  const { status, body } = await house.answer(resume(victim.id, "1-1"));
  assert.deepEqual([status, body], [204, ""]);
});

test("http isolation: for another principal a session does not exist, and is not touched", async () => {
  await using house = await House.open({ clients: ["alice", "bob"] });
  const { id, visitor } = await house.session(undefined, [bearer("alice")]);
  visitor.echoes = true;
  for (const text of [
    postText(id, ping(1), [...json, bearer("bob")]),
    postText(id, { method: "notifications/cancelled", params: { requestId: 1 } }, [...json, bearer("bob")]),
    listen(id, [bearer("bob")]),
    listen(id, [bearer("bob"), "Last-Event-ID: 0-0"]),
    remove(id, [bearer("bob")]),
  ]) {
    const { status, body } = await house.answer(text);
    assert.equal(status, 404, text);
    const unknown = await house.answer(postText("f".repeat(32), ping(1), [...json, bearer("bob")]));
    assert.equal(body, unknown.body, "nothing tells it from one that never was");
  }
  assert.equal(visitor.received.length, 1);
  assert.equal((await house.answer(postText(id, ping(2), [...json, bearer("alice")]))).status, 200);
});

test("http isolation: what a request says of its trace goes with it, and with no other", async () => {
  await using house = await House.open();
  const { id, visitor } = await house.session();
  visitor.echoes = true;
  const parent = `00-${"1".repeat(32)}-${"2".repeat(16)}-01`;
  await house.answer(postText(id, ping(1), [...json, `traceparent: ${parent}`, "tracestate: a=1"]));
  await house.answer(postText(id, ping(2)));
  const [, first, second] = visitor.asked;
  assert.deepEqual({ ...first?.replies.trace }, { traceparent: parent, tracestate: "a=1" });
  assert.equal(second?.replies.trace, undefined);
});

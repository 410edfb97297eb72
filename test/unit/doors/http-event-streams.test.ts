// Streams of events over Streamable HTTP: the session's own, how events are numbered, and how a client that was cut off goes on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { HttpDoorLimits } from "../../../src/doors/http/http-door.ts";
import { DoorScene, type Doors } from "../../helpers/door-scene.ts";
import { type Event, EventReader, HttpMcp } from "../../helpers/http-mcp.ts";
import type { Message } from "../../helpers/ws-client.ts";

let scene: DoorScene;

before(async () => {
  scene = await DoorScene.open();
});

after(() => scene[Symbol.asyncDispose]());

async function opened(
  revision = "2025-11-25",
  http: Partial<HttpDoorLimits> = {},
): Promise<{ doors: Doors; client: HttpMcp }> {
  const doors = await scene.doors({ http });
  return { doors, client: await HttpMcp.open(doors.mcp, {}, revision) };
}

/** A call that has reported once, and that the Core holds. */
async function reported(client: HttpMcp, key: string): Promise<EventReader> {
  const reader = new EventReader(await client.start("a__report-and-hold", { key }, "p"));
  return reader;
}

async function all(reader: EventReader): Promise<Event[]> {
  const events: Event[] = [];
  for (let event = await reader.any(); event !== undefined; event = await reader.any()) events.push(event);
  return events;
}

const priming = (id: string) => ({ id, retry: "1000", data: "" });
const changed = '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}';

test("http-event-streams: the session's own stream has what belongs to no request, numbered", async () => {
  const { doors, client } = await opened();
  await using _ = doors;
  const reader = await client.listen();
  assert.deepEqual({ ...(await reader.any()) }, priming("0-0"));
  await scene.grow(client);
  assert.deepEqual({ ...(await reader.any()) }, { id: "0-1", data: changed });
  await scene.grow(client);
  assert.equal((await reader.any())?.id, "0-2");
  reader.close();
});

test("http-event-streams: what came while no stream was open arrives with the next one, once", async () => {
  const { doors, client } = await opened("2025-06-18");
  await using _ = doors;
  await scene.grow(client);
  const first = await client.listen();
  assert.deepEqual({ ...(await first.any()) }, { id: "0-1", data: changed });
  first.close();
  await doors.connections(0);
  await scene.grow(client);
  const second = await client.listen();
  assert.equal((await second.any())?.id, "0-2");
  second.close();
});

test("http-event-streams: a second GET takes the stream over, and the first one ends", async () => {
  const { doors, client } = await opened("2025-06-18");
  await using _ = doors;
  const first = await client.listen();
  const second = await client.listen();
  assert.equal(await first.any(), undefined);
  await scene.grow(client);
  assert.equal((await second.any())?.data, changed);
  second.close();
});

test("http-event-streams: a response of 2025-11-25 starts with an id and a time to come back, older ones do not", async () => {
  for (const [revision, first] of [
    ["2025-11-25", "1-0"],
    ["2025-06-18", "1-1"],
    ["2025-03-26", "1-1"],
  ] as const) {
    const { doors, client } = await opened(revision);
    await using _ = doors;
    const events = await all(new EventReader(await client.start("a__progress", { steps: 1 }, "p")));
    assert.equal(events[0]?.id, first, revision);
    assert.equal(
      events.some(({ retry }) => retry !== undefined),
      revision === "2025-11-25",
    );
    assert.equal(events.at(-1)?.id, "1-2");
    assert.equal(
      events.every(({ event }) => event === undefined),
      true,
    );
  }
});

test("http-event-streams: each stream has a number of its own", async () => {
  const { doors, client } = await opened("2025-06-18");
  await using _ = doors;
  const first = await reported(client, "n1");
  const second = await reported(client, "n2");
  assert.equal((await first.any())?.id, "1-1");
  assert.equal((await second.any())?.id, "2-1");
  await client.call("a__release", { key: "n2" });
  await client.call("a__release", { key: "n1" });
  assert.deepEqual(
    (await all(second)).map(({ id }) => id),
    ["2-2"],
  );
  assert.deepEqual(
    (await all(first)).map(({ id }) => id),
    ["1-2"],
  );
});

test("http-event-streams: a call whose stream was cut goes on, and its answer comes when the client comes back", async () => {
  const { doors, client } = await opened();
  await using _ = doors;
  const cut = await reported(client, "cut");
  const call = client.lastId;
  assert.deepEqual({ ...(await cut.any()) }, priming("1-0"));
  assert.equal((await cut.any())?.id, "1-1");
  cut.close();
  await doors.connections(0);
  // Back before the answer is there: it comes as soon as it is.
  const back = new EventReader(await client.resume("1-1"));
  assert.deepEqual({ ...(await back.any()) }, priming("1-1"));
  back.close();
  await doors.connections(0);
  await client.call("a__until-held", { key: "cut" });
  await client.call("a__release", { key: "cut" });
  // And back after it.
  const late = await all(new EventReader(await client.resume("1-0")));
  assert.deepEqual(
    late.map(({ id }) => id),
    ["1-0", "1-1", "1-2"],
  );
  assert.equal((JSON.parse(late[2]?.data ?? "") as Message).id, call);
  assert.equal((await client.resume("1-2")).statusCode, 204);
});

test("http-event-streams: the session's own stream is resumed behind the event that was seen, and a POST's brings none of it", async () => {
  const { doors, client } = await opened("2025-06-18");
  await using _ = doors;
  const first = await client.listen();
  await scene.grow(client);
  await scene.grow(client);
  assert.equal((await first.any())?.id, "0-1");
  first.close();
  await doors.connections(0);
  await scene.grow(client);
  const back = new EventReader(await client.resume("0-1"));
  assert.deepEqual([(await back.any())?.id, (await back.any())?.id], ["0-2", "0-3"]);
  back.close();
  await all(new EventReader(await client.start("a__progress", { steps: 1 }, "p")));
  assert.deepEqual(
    (await all(new EventReader(await client.resume("1-1")))).map(({ id }) => id),
    ["1-2"],
  );
});

test("http-event-streams: an id that names no event of this session gets 400, one of another session too", async () => {
  const { doors, client } = await opened();
  await using _ = doors;
  await all(new EventReader(await client.start("a__progress", { steps: 1 }, "p")));
  const other = await HttpMcp.open(doors.mcp);
  for (const id of ["", "1", "1-3", "2-0", "x", "1-1x", "1-1-1", "-1-1", "9".repeat(40)]) {
    assert.equal((await client.resume(id)).statusCode, 400, id);
  }
  assert.equal((await other.resume("1-1")).statusCode, 400);
});

test("http-event-streams: a stream that has ended is kept for a minute", async () => {
  const { doors, client } = await opened();
  await using _ = doors;
  await all(new EventReader(await client.start("a__progress", { steps: 1 }, "p")));
  doors.clock.advance(59_000);
  assert.equal((await all(new EventReader(await client.resume("1-0")))).length, 3);
  doors.clock.advance(2_000);
  assert.equal((await client.resume("1-0")).statusCode, 400);
});

test("http-event-streams: a client that comes back late finds the newest events, as many as may be kept", async () => {
  const { doors, client } = await opened("2025-06-18", { streamBytes: 400 });
  await using _ = doors;
  const events = await all(new EventReader(await client.start("a__progress", { steps: 20 }, "p")));
  assert.equal(events.length, 21);
  const kept = await all(new EventReader(await client.resume("1-1")));
  assert.ok(kept.length > 0 && kept.length < 10, `${kept.length} were kept`);
  assert.deepEqual(
    kept.map((event) => ({ ...event })),
    events.slice(-kept.length).map((event) => ({ ...event })),
  );
});

test("http-event-streams: the newest event is kept whatever its size, so an answer is not lost to a cut", async () => {
  const { doors, client } = await opened("2025-06-18", { streamBytes: 400 });
  await using _ = doors;
  const cut = await reported(client, "newest");
  await cut.any();
  cut.close();
  await client.call("a__until-held", { key: "newest" });
  await doors.connections(0);
  await client.call("a__release", { key: "newest", value: "x".repeat(5_000) });
  const [answer, ...more] = await all(new EventReader(await client.resume("1-1")));
  assert.equal((JSON.parse(answer?.data ?? "") as Message).result.content[0].text.length, 5_000);
  assert.deepEqual(more, []);
});

test("http-event-streams: a comment comes only where nothing else came for fifteen seconds", async () => {
  const { doors, client } = await opened("2025-06-18");
  await using _ = doors;
  const reader = await client.listen();
  for (let time = 0; time < 2; time++) {
    doors.clock.advance(14_000);
    await scene.grow(client);
    await reader.message();
    assert.deepEqual(reader.comments, []);
  }
  const next = reader.any();
  doors.clock.advance(15_000);
  await reader.commented(1);
  reader.close();
  await assert.rejects(next);
});

test("http-event-streams: a GET that takes no events gets 406", async () => {
  const { doors, client } = await opened();
  await using _ = doors;
  assert.equal((await client.send("GET", { accept: "application/json" })).statusCode, 406);
});

// How a POST over Streamable HTTP is answered: JSON or events, decided by what happens first; and what does not cancel a call.
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { DoorScene, type Doors } from "../../helpers/door-scene.ts";
import { EventReader, HttpMcp, textOf } from "../../helpers/http-mcp.ts";
import type { Message } from "../../helpers/ws-client.ts";

let scene: DoorScene;

before(async () => {
  scene = await DoorScene.open();
});

after(() => scene[Symbol.asyncDispose]());

const json = { accept: "application/json" };
const events = { accept: "text/event-stream" };

function call(name: string, args: object, token?: string, id = 77): string {
  const meta = token === undefined ? {} : { _meta: { progressToken: token } };
  const params = { name: `a__${name}`, arguments: args, ...meta };
  return JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params });
}

async function opened(revision?: string): Promise<{ doors: Doors; client: HttpMcp }> {
  const doors = await scene.doors();
  return { doors, client: await HttpMcp.open(doors.mcp, {}, revision) };
}

/** A call that the Core holds, and that nothing came of yet. */
async function held(client: HttpMcp, key: string, headers: Record<string, string> = {}) {
  const response = client.send("POST", headers, call("slow", { key }));
  await client.call("a__until-held", { key });
  return { response };
}

test("http-responses: an answer that comes first is JSON with its length", async () => {
  const { doors, client } = await opened();
  await using _ = doors;
  const response = await client.send("POST", {}, call("echo", { text: "ä\u2028" }));
  assert.equal(response.headers["content-type"], "application/json");
  const text = await textOf(response);
  assert.equal(Number(response.headers["content-length"]), Buffer.byteLength(text));
  assert.equal((JSON.parse(text) as Message).result.structuredContent.text, "ä\u2028");
});

test("http-responses: a large answer is JSON with its length, too", async () => {
  const { doors, client } = await opened();
  await using _ = doors;
  const response = await client.send("POST", {}, call("big", { bytes: 3_000_000 }));
  const text = await textOf(response);
  assert.equal(Number(response.headers["content-length"]), text.length);
  const { id, result } = JSON.parse(text) as Message;
  assert.deepEqual([id, result.content[0].text.length], [77, 3_000_000]);
});

test("http-responses: progress that comes first makes it a stream, which no proxy may hold back", async () => {
  const { doors, client } = await opened();
  await using _ = doors;
  const response = await client.send("POST", {}, call("progress", { steps: 2 }, "p"));
  assert.equal(response.headers["x-accel-buffering"], "no");
  assert.equal(response.headers["cache-control"], "no-cache, no-transform");
  assert.equal(response.headers["content-length"], undefined);
  const reader = new EventReader(response);
  const { before } = await reader.answer(77);
  assert.deepEqual(
    before.map(({ params }) => params?.["progress"]),
    [1, 2],
  );
  assert.equal(await reader.any(), undefined);
});

test("http-responses: after ten seconds without an answer it is a stream, and not before", async () => {
  const { doors, client } = await opened();
  await using _ = doors;
  const first = await held(client, "nine");
  doors.clock.advance(9_000);
  await client.call("a__release", { key: "nine" });
  assert.equal((await first.response).headers["content-type"], "application/json");
  const second = await held(client, "ten");
  doors.clock.advance(10_000);
  const reader = new EventReader(await second.response);
  await client.call("a__release", { key: "ten" });
  assert.equal((await reader.answer(77)).answer.result.content[0].text, "released");
});

test("http-responses: a stream that is quiet for fifteen seconds says so in a comment", async () => {
  const { doors, client } = await opened();
  await using _ = doors;
  const { response } = await held(client, "quiet");
  doors.clock.advance(10_000);
  const reader = new EventReader(await response);
  const answer = reader.answer(77);
  doors.clock.advance(14_000);
  doors.clock.advance(1_000);
  await reader.commented(1);
  doors.clock.advance(15_000);
  await reader.commented(2);
  await client.call("a__release", { key: "quiet" });
  await answer;
  assert.deepEqual(reader.comments, ["keep-alive", "keep-alive"]);
});

test("http-responses: a client that takes JSON only gets JSON however long it takes, and its progress is dropped and counted", async () => {
  const { doors, client } = await opened();
  await using _ = doors;
  const response = await client.send("POST", json, call("progress", { steps: 3 }, "p"));
  assert.equal(response.headers["content-type"], "application/json");
  assert.equal((JSON.parse(await textOf(response)) as Message).id, 77);
  assert.deepEqual(doors.dropped, ["no_stream", "no_stream", "no_stream"]);
  const slow = await held(client, "json-only", json);
  doors.clock.advance(60_000);
  await client.call("a__release", { key: "json-only" });
  assert.equal((await slow.response).headers["content-type"], "application/json");
});

test("http-responses: a client that takes events only gets each answer as an event", async () => {
  const { doors, client } = await opened();
  await using _ = doors;
  const reader = new EventReader(await client.send("POST", events, call("echo", {})));
  assert.equal((await reader.any())?.id, "1-1");
  assert.equal(await reader.any(), undefined);
});

test("http-responses: notifications and responses are accepted with 202 and no body", async () => {
  const { doors, client } = await opened();
  await using _ = doors;
  for (const message of [
    { jsonrpc: "2.0", method: "notifications/roots/list_changed" },
    { jsonrpc: "2.0", id: 9, result: {} },
    { jsonrpc: "2.0", id: 9, error: { code: -1, message: "no" } },
  ]) {
    const response = await client.send("POST", {}, JSON.stringify(message));
    assert.equal(response.statusCode, 202);
    assert.equal(await textOf(response), "");
  }
});

test("http-responses: a client that disconnects has not cancelled its call", async () => {
  const { doors, client } = await opened();
  await using _ = doors;
  const headers = { "content-type": "application/json", "mcp-session-id": client.sessionId };
  const asked = request(doors.mcp, { agent: false, method: "POST", headers });
  asked.end(call("slow", { key: "left" }));
  await client.call("a__until-held", { key: "left" });
  const closed = once(asked, "error");
  asked.destroy();
  await closed;
  await doors.connections(0);
  // The call is still held by the Core.
  assert.equal((await client.call("a__release", { key: "left" })).result.content[0].text, "ok");
});

test("http-responses: notifications/cancelled ends the response that waits, and one that streams", async () => {
  const { doors, client } = await opened("2025-11-25");
  await using _ = doors;
  const cancel = () => client.post({ method: "notifications/cancelled", params: { requestId: 77 } });
  const waiting = await held(client, "cancelled-1");
  assert.equal((await cancel()).statusCode, 202);
  assert.equal(await textOf(await waiting.response), "");
  const jsonOnly = await held(client, "cancelled-2", json);
  await cancel();
  const taken = await jsonOnly.response;
  assert.deepEqual([taken.statusCode, await textOf(taken)], [202, ""]);
  const body = call("report-and-hold", { key: "cancelled-3" }, "p");
  const reader = new EventReader(await client.send("POST", {}, body));
  assert.equal((await reader.message()).method, "notifications/progress");
  await client.call("a__until-held", { key: "cancelled-3" });
  await cancel();
  assert.equal(await reader.any(), undefined);
  await client.call("a__until-cancelled", { key: "cancelled-3" });
});

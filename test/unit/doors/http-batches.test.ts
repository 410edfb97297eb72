// Batches over Streamable HTTP, which MCP 2025-03-26 has and no other revision.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DoorScene } from "../../helpers/door-scene.ts";
import { EventReader, HttpMcp, textOf } from "../../helpers/http-mcp.ts";
import type { Message } from "../../helpers/ws-client.ts";

let scene: DoorScene;

before(async () => {
  scene = await DoorScene.open();
});

after(() => scene[Symbol.asyncDispose]());

const ping = (id: number) => ({ jsonrpc: "2.0", id, method: "ping" });
const told = { jsonrpc: "2.0", method: "notifications/roots/list_changed" };
const call = (id: number, name: string, args: object, meta = {}) => {
  return { jsonrpc: "2.0", id, method: "tools/call", params: { name: `a__${name}`, arguments: args, _meta: meta } };
};

async function withClient(
  use: (send: (batch: unknown, headers?: object) => ReturnType<HttpMcp["send"]>, client: HttpMcp) => Promise<void>,
  revision = "2025-03-26",
): Promise<void> {
  await using doors = await scene.doors({ http: { maxBatch: 5 } });
  const client = await HttpMcp.open(doors.mcp, {}, revision);
  await use((batch, headers = {}) => client.send("POST", { ...headers }, JSON.stringify(batch)), client);
}

const idsOf = (messages: readonly Message[]) => messages.map(({ id }) => Number(id)).sort();

test("http-batches: requests come back as an array, what is no request leaves no trace in it", () =>
  withClient(async (send) => {
    const batch = [ping(1), told, call(2, "echo", { x: 1 }), { jsonrpc: "2.0", id: 5, result: {} }];
    const response = await send(batch);
    assert.equal(response.headers["content-type"], "application/json");
    const text = await textOf(response);
    assert.equal(Number(response.headers["content-length"]), text.length);
    const answers = JSON.parse(text) as Message[];
    assert.deepEqual(idsOf(answers), [1, 2]);
    assert.deepEqual(answers.find(({ id }) => id === 2)?.result.structuredContent, { x: 1 });
    const single = JSON.parse(await textOf(await send([ping(3)]))) as Message[];
    assert.deepEqual(single, [{ jsonrpc: "2.0", id: 3, result: {} }]);
  }));

test("http-batches: one without a request is accepted with 202", () =>
  withClient(async (send) => {
    const response = await send([told, told]);
    assert.deepEqual([response.statusCode, await textOf(response)], [202, ""]);
  }));

test("http-batches: progress of one of its calls makes the response a stream, with the answers that were there first", () =>
  withClient(async (send) => {
    const reader = new EventReader(await send([ping(1), call(2, "progress", { steps: 2 }, { progressToken: "p" })]));
    const seen: (string | number | undefined)[] = [];
    for (let event = await reader.next(); event !== undefined; event = await reader.next()) {
      const message = JSON.parse(event.data) as Message;
      seen.push(message.method ?? Number(message.id));
    }
    assert.deepEqual(seen, [1, "notifications/progress", "notifications/progress", 2]);
  }));

test("http-batches: a client that takes events only gets each answer as an event of its own", () =>
  withClient(async (send) => {
    const reader = new EventReader(await send([ping(1), ping(2)], { accept: "text/event-stream" }));
    assert.deepEqual(idsOf([await reader.message(), await reader.message()]), [1, 2]);
    assert.equal(await reader.any(), undefined);
  }));

test("http-batches: a part that is no message is answered as one, and the others are taken", () =>
  withClient(async (send) => {
    const answers = JSON.parse(await textOf(await send([ping(1), 7, { id: 2, method: "ping" }]))) as Message[];
    assert.equal(answers.length, 3);
    assert.equal(answers.filter(({ error }) => error !== undefined).length, 2);
    assert.ok(answers.some(({ id, result }) => id === 1 && result !== undefined));
  }));

test("http-batches: a call that is cancelled is left out of the array; all of them cancelled leave 202 or no event", () =>
  withClient(async (send, client) => {
    const cancel = (requestId: number) => client.post({ method: "notifications/cancelled", params: { requestId } });
    const mixed = send([ping(71), call(72, "slow", { key: "b1" })]);
    await client.call("a__until-held", { key: "b1" });
    await cancel(72);
    assert.deepEqual(idsOf(JSON.parse(await textOf(await mixed)) as Message[]), [71]);
    const all = send([call(73, "slow", { key: "b2" })], { accept: "application/json" });
    await client.call("a__until-held", { key: "b2" });
    await cancel(73);
    assert.equal((await all).statusCode, 202);
  }));

test("http-batches: too many messages, none, an initialize inside, and half an array are refused whole", () =>
  withClient(async (send, client) => {
    const before = JSON.parse((await client.call("a__seen")).result.content[0].text).calls as number;
    const touched = call(1, "echo", {});
    const cases = [
      [],
      [touched, ping(2), ping(3), ping(4), ping(5), ping(6)],
      [touched, { jsonrpc: "2.0", id: 2, method: "initialize", params: { protocolVersion: "2025-03-26" } }],
    ];
    for (const batch of cases) {
      const response = await send(batch);
      assert.equal(response.statusCode, 400);
      assert.equal((JSON.parse(await textOf(response)) as Message).error?.data?.["code"], "request_invalid");
    }
    const half = await client.send("POST", {}, `[${JSON.stringify(touched)}`);
    assert.equal(half.statusCode, 400);
    assert.equal((JSON.parse(await textOf(half)) as Message).error?.code, -32700);
    const after = JSON.parse((await client.call("a__seen")).result.content[0].text).calls as number;
    assert.equal(after, before + 1);
  }));

test("http-batches: other revisions have none, nor has a request without a session", async () => {
  for (const revision of ["2025-06-18", "2025-11-25"]) {
    await withClient(async (send) => {
      const response = await send([ping(1)]);
      assert.equal(response.statusCode, 400);
      assert.match(await textOf(response), /batches exist in MCP 2025-03-26 only/);
    }, revision);
  }
  await withClient(async (send) => {
    assert.equal((await send([ping(1)], { "mcp-session-id": undefined })).statusCode, 400);
  });
});

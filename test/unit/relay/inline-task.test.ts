import assert from "node:assert/strict";
import { test } from "node:test";
import { inlineTask } from "../../../src/relay/inline-task.ts";
import { LaneScene } from "../../helpers/lane-scene.ts";

const created = '"result":{"task":{"taskId":"a\\u0062c","status":"working","createdAt":"x","ttl":null}}';

function scene() {
  const lanes = new LaneScene();
  const client = lanes.client();
  const core = lanes.core();
  const call = () => {
    const request = client.request("tools/call", { name: "long", arguments: { a: 1 } });
    lanes.calls.begin(request, core.lane, undefined, [inlineTask(lanes.calls, request.scan.paramsStart)]);
    return Number(request.idText);
  };
  return { lanes, client, core, call };
}

test("inline task: the Core is asked for a task, then for what came of it, and the client has one answer", () => {
  const { client, core, call } = scene();
  const id = call();
  const [asked] = core.told;
  assert.deepEqual(asked?.params, { task: {}, name: "long", arguments: { a: 1 } });
  core.answers("tools/call", created);
  assert.equal(client.answerTo(id), undefined);
  const wait = core.told[1];
  assert.equal(wait?.method, "tasks/result");
  assert.deepEqual(wait?.params, { taskId: "abc" });
  assert.notEqual(wait?.id, asked?.id);
  core.answers("tasks/result", '"result":{"content":[]}');
  assert.deepEqual(client.answerTo(id)?.result, { content: [] });
  assert.deepEqual(core.own, []);
});

test("inline task: a Core that answers at once, or with an error, has answered", () => {
  const { client, core, call } = scene();
  const first = call();
  core.answers("tools/call", '"result":{"content":[1]}');
  assert.deepEqual(client.answerTo(first)?.result, { content: [1] });
  const second = call();
  core.answers("tools/call", created);
  core.answers("tasks/result", '"error":{"code":-32603,"message":"failed"}');
  assert.equal(client.answerTo(second)?.error?.message, "failed");
  assert.deepEqual(core.own, []);
});

test("inline task: one that nobody waits for any more is ended", () => {
  const { lanes, client, core, call } = scene();
  const id = call();
  core.answers("tools/call", created);
  lanes.clock.advance(2000);
  assert.match(String(client.answerTo(id)?.error?.message), /no answer from core/);
  call();
  core.answers("tools/call", created);
  client.leave();
  const ends = core.own.map(({ method, params }) => [method, params]);
  assert.deepEqual(ends, [
    ["tasks/cancel", { taskId: "abc" }],
    ["tasks/cancel", { taskId: "abc" }],
  ]);
});

test("inline task: where the Core goes down in between the client is told once", () => {
  const { client, core, call } = scene();
  const id = call();
  core.answers("tools/call", created);
  core.becomes({ t: "backoff", since: 0, code: "core_down", reason: "exited", retryAtMs: 1 });
  assert.equal(client.heard.filter((said) => said.id === id).length, 1);
  assert.equal(core.lane.running.size, 0);
});

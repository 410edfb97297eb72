// A call that waits in a legacy Core as a task of its client: what is said of it, how long it is there, and what is left.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BridgeScene } from "../../../helpers/bridge-scene.ts";
import { somebody } from "../../../helpers/echo-doorkeeper.ts";
import { type Said, scanned } from "../../../helpers/lane-scene.ts";

const minute = 60_000;
const gatherMs = 15;
const ann = { ...somebody, id: "ann", name: "ann", shared: false };
const knowing = { elicitation: { form: {} }, extensions: { "io.modelcontextprotocol/tasks": {} } };
const accepted = { action: "accept", content: { name: "Ann" } };

function scene() {
  const at = new BridgeScene();
  const client = at.modern({ capabilities: knowing, principal: ann });
  const core = at.core({ serial: true, label: "books" });
  /** The Core asks, in the middle of the call that it has. */
  const asks = (id: string, message = "Name?") => {
    const params = { message, requestedSchema: { type: "object" } };
    const text = JSON.stringify({ jsonrpc: "2.0", id, method: "elicitation/create", params });
    const { bytes, record } = scanned(text);
    at.asks.ask(core.lane, "elicitation/create", JSON.stringify(id), { bytes, scan: record });
  };
  /** A call that has become a task; the id of the park, and what the client was told. */
  const begun = () => {
    const id = at.call(client, core, { name: "book", arguments: {} });
    asks("q1");
    at.clock.advance(gatherMs);
    const task = client.answerTo(id)?.result;
    const handle = at.handles.find(task.taskId, ann);
    assert.ok(handle !== undefined, "it is none of this client's");
    assert.deepEqual([handle.place, handle.core, handle.tool], ["hub", core.lane.core.name, "ns.tool"]);
    return { parkId: handle.id, task };
  };
  const about = (parkId: string, method: string, params: object = {}): Said["result"] => {
    const said = at.parks.aboutTask(parkId, client.request(method, params));
    return said === undefined ? undefined : JSON.parse(Buffer.from(said, "latin1").toString("utf8"));
  };
  return { at, client, core, asks, begun, about };
}

test("parked tasks: the request ends with a task, which is asked after and answered until it is over", () => {
  const { at, core, asks, begun, about } = scene();
  const { parkId, task } = begun();
  const { resultType, taskId, status, createdAt, lastUpdatedAt, ttlMs, pollIntervalMs, ...more } = task;
  assert.deepEqual(
    [resultType, status, ttlMs, pollIntervalMs, more],
    ["task", "input_required", 60 * minute, 1000, {}],
  );
  assert.equal(createdAt, lastUpdatedAt);
  const first = about(parkId, "tasks/get");
  assert.deepEqual([first.resultType, first.taskId, Object.keys(first.inputRequests)], ["complete", taskId, ["k1"]]);
  assert.equal(first.inputRequests.k1.params.message, "[books] Name?");
  at.clock.advance(1000);
  assert.deepEqual(about(parkId, "tasks/update", { inputResponses: { k9: accepted, k1: accepted } }), {
    resultType: "complete",
  });
  assert.deepEqual(core.told.find(({ id }) => id === "q1")?.result, accepted);
  const working = about(parkId, "tasks/get");
  assert.deepEqual([working.status, working.inputRequests], ["working", undefined]);
  assert.ok(working.lastUpdatedAt > createdAt);
  asks("q2", "Sure?");
  assert.deepEqual(Object.keys(about(parkId, "tasks/get").inputRequests), ["k2"]);
  about(parkId, "tasks/update", { inputResponses: { k2: accepted } });
  core.answers("tools/call", '"result":{"content":[{"type":"text","text":"caf\u00e9"}]}');
  const over = about(parkId, "tasks/get");
  assert.equal(over.status, "completed");
  assert.deepEqual(over.result, { resultType: "complete", content: [{ type: "text", text: "caf\u00e9" }] });
  // Asked, answered, asked, answered, over.
  assert.deepEqual(at.changedTasks, [parkId, parkId, parkId, parkId]);
  at.clock.advance(10 * minute);
  assert.equal(about(parkId, "tasks/get"), undefined);
  assert.equal(at.parks.size, 0);
  at.assertIdle();
});

test("parked tasks: an error of the Core, and its end, are what the task failed of", () => {
  for (const ends of ["refuses", "dies"]) {
    const { at, core, begun, about } = scene();
    const { parkId } = begun();
    if (ends === "refuses") {
      about(parkId, "tasks/update", { inputResponses: { k1: accepted } });
      core.answers("tools/call", '"error":{"code":-32000,"message":"no"}');
    } else core.becomes({ t: "backoff", since: 0, code: "core_down", reason: "died", retryAtMs: 0 });
    const { status, error, result } = about(parkId, "tasks/get");
    assert.deepEqual([status, result], ["failed", undefined], ends);
    assert.equal(error.code, ends === "refuses" ? -32000 : -32051);
    at.clock.advance(10 * minute);
    assert.equal(at.parks.size, 0);
    at.assertIdle();
  }
});

test("parked tasks: one that is taken back is cancelled in the Core, once, and says so for a while", () => {
  const { at, core, begun, about } = scene();
  const { parkId } = begun();
  for (let times = 0; times < 2; times++) {
    assert.deepEqual(about(parkId, "tasks/cancel"), { resultType: "complete" });
    assert.equal(about(parkId, "tasks/get").status, "cancelled");
  }
  assert.equal(core.methods().filter((method) => method === "notifications/cancelled").length, 1);
  assert.equal(core.told.find(({ id }) => id === "q1")?.error?.code, -32603);
  at.clock.advance(10 * minute);
  assert.equal(at.parks.size, 0);
  at.assertIdle();
});

test("parked tasks: nobody has an hour: then the Core is told, and nothing is left", () => {
  const { at, core, begun, about } = scene();
  const { parkId } = begun();
  at.clock.advance(60 * minute - gatherMs);
  assert.notEqual(about(parkId, "tasks/get"), undefined);
  at.clock.advance(gatherMs);
  assert.equal(about(parkId, "tasks/get"), undefined);
  assert.equal(core.methods().at(-1), "notifications/cancelled");
  at.assertIdle();
});

test("parked tasks: no state leads to one, and no more than what is kept of one is kept", () => {
  const { at, client, core, begun, about } = scene();
  const { parkId } = begun();
  const states = client.heard.flatMap(({ result }) => result?.requestState ?? []);
  assert.deepEqual(states, []);
  const large = "x".repeat(11 * 1024 * 1024);
  core.answers("tools/call", `"result":{"content":[{"type":"text","text":"${large}"}]}`);
  const { status, error } = about(parkId, "tasks/get");
  assert.deepEqual([status, error.data.code], ["failed", "too_large"]);
  at.parks.dropAll();
  at.assertIdle();
});

for (const capabilities of [knowing, { elicitation: { form: {} } }]) {
  const how = "extensions" in capabilities ? "as a task" : "for a state";
  test(`parks: a caller that may not come in any more does not keep what waits ${how}`, () => {
    const { at, core, asks } = scene();
    const client = at.modern({ capabilities, principal: ann });
    at.call(client, core, { name: "book", arguments: {} });
    asks("q1");
    at.clock.advance(gatherMs);
    const [session] = at.parks.sessions();
    assert.equal(session?.principal.id, "ann");
    session.end("unauthorized");
    assert.equal(at.parks.size, 0);
    assert.equal(core.methods().at(-1), "notifications/cancelled");
    at.assertIdle();
  });
}

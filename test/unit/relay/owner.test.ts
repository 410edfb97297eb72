// Whose the words of a Core are that is given one call at a time, while a call that was let go may still be talking.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Task } from "../../../src/relay/call.ts";
import { ownerOf } from "../../../src/relay/owner.ts";
import { BridgeScene } from "../../helpers/bridge-scene.ts";
import { somebody } from "../../helpers/echo-doorkeeper.ts";
import { scanned } from "../../helpers/lane-scene.ts";

/** Of the scene's Cores: as long as any call may take. */
const maxTimeoutMs = 1000;
const able = { elicitation: { form: {} } };
const named = (id: string) => ({ ...somebody, id, name: id, shared: false });

function scene() {
  const at = new BridgeScene();
  const core = at.core({ serial: true });
  let asked = 0;
  /** Whether anybody is asked what the Core asks now, on the response of this request. */
  const isHeard = (requestId?: number) => {
    const id = `q${++asked}`;
    const params = { message: "Name?", requestedSchema: { type: "object" } };
    const { bytes, record } = scanned(JSON.stringify({ jsonrpc: "2.0", id, method: "elicitation/create", params }));
    at.asks.ask(core.lane, "elicitation/create", JSON.stringify(id), { bytes, scan: record, requestId });
    return core.told.every((said) => said.id !== id);
  };
  const calls = (of: Parameters<BridgeScene["call"]>[0]) => at.call(of, core, { name: "book", arguments: {} });
  /** The hub's id of the call that the Core was sent last. */
  const lastId = () => Number(core.told.findLast(({ method }) => method === "tools/call")?.id);
  return { at, core, isHeard, calls, lastId };
}

test("owner: a call that was cancelled makes nothing nobody's for the same session, which would hear it anyway", () => {
  const { at, isHeard, calls } = scene();
  const client = at.legacy(able);
  at.cancels(client, calls(client));
  calls(client);
  assert.equal(isHeard(), true);
});

test("owner: for another client what is said is nobody's until the Core has answered the call that was cancelled", () => {
  const { at, core, isHeard, calls } = scene();
  const [one, other] = [at.legacy(able), at.legacy(able, named("bob"))];
  at.cancels(one, calls(one));
  const { id } = core.told.findLast(({ method }) => method === "tools/call") ?? {};
  calls(other);
  assert.equal(isHeard(), false);
  assert.match(String(core.told.at(-1)?.error?.message), /for certain/);
  assert.deepEqual(other.heard, []);
  const { record } = scanned(`{"jsonrpc":"2.0","id":${id},"result":{}}`);
  assert.equal(at.lanes.calls.answer(core.lane, { chunks: [], size: 0 }, record, Number(id)), false);
  assert.equal(isHeard(), true);
});

test("owner: a Core need not answer what was cancelled: after the longest time that a call may take it is not at work on it", () => {
  const { at, core, isHeard, calls } = scene();
  const [one, other] = [at.legacy(able), at.legacy(able, named("bob"))];
  at.cancels(one, calls(one));
  at.clock.advance(maxTimeoutMs - 500);
  calls(other);
  at.clock.advance(400);
  assert.equal(isHeard(), false);
  at.clock.advance(250);
  assert.equal(isHeard(), true);
  assert.equal(core.lane.astray.size, 0);
});

test("owner: of a Core that asks on the response of the call, a call that was cancelled keeps nobody's question", () => {
  const { at, isHeard, calls, lastId } = scene();
  const [one, other] = [at.legacy(able), at.legacy(able, named("bob"))];
  at.cancels(one, calls(one));
  calls(other);
  assert.equal(isHeard(), false);
  assert.equal(isHeard(lastId()), true);
  assert.equal(other.heard.length, 1);
});

test("owner: what comes on the response of another request is not the running call's, however long ago that was let go", () => {
  const { at, core, isHeard, calls, lastId } = scene();
  const [one, other] = [at.legacy(able), at.legacy(able, named("bob"))];
  at.cancels(one, calls(one));
  const letGo = lastId();
  at.clock.advance(maxTimeoutMs - 500);
  calls(other);
  at.clock.advance(750);
  assert.equal(core.lane.astray.size, 0);
  assert.equal(isHeard(letGo), false);
  const ofTheHub = 7;
  assert.equal(isHeard(ofTheHub), false);
  assert.deepEqual(other.heard, []);
  assert.equal(isHeard(), true);
});

test("owner: a call that ran out of time is one that was let go", () => {
  const { at, isHeard, calls } = scene();
  const [one, other] = [at.legacy(able), at.legacy(able, named("bob"))];
  calls(one);
  at.clock.advance(maxTimeoutMs + 250);
  calls(other);
  assert.equal(isHeard(), false);
});

test("owner: a modern client is asked by way of one call, and not of another of its own", () => {
  const { at, core, isHeard, calls } = scene();
  const client = at.modern({ capabilities: able, principal: named("ann") });
  at.cancels(client, calls(client));
  calls(client);
  assert.equal(isHeard(), false);
  const last = calls(client);
  core.lane.astray.clear();
  assert.equal(isHeard(), false, "nor of two");
  at.cancels(client, last);
});

test("owner: however many calls were let go, nobody's are not forgotten for others", () => {
  const { at, core, isHeard, calls } = scene();
  const [one, other] = [at.legacy(able), at.legacy(able, named("bob"))];
  for (let count = 0; count < 2000; count++) at.cancels(one, calls(one));
  assert.equal(core.lane.astray.size, 1025);
  calls(one);
  assert.equal(isHeard(), false, "of so many nobody knows whose they were");
  calls(other);
  assert.equal(isHeard(), false);
});

test("owner: while another's task is at work, nobody is asked for whom it may be, of either era", () => {
  for (const era of ["legacy", "modern"] as const) {
    const { at, core, isHeard, calls } = scene();
    const ann = at.legacy(able, named("ann"));
    const bob =
      era === "legacy" ? at.legacy(able, named("bob")) : at.modern({ capabilities: able, principal: named("bob") });
    const task: Pick<Task, "lane" | "session" | "isOver"> = { lane: core.lane, session: ann.session, isOver: false };
    core.lane.tasks.set("t1", task as Task);
    calls(bob);
    assert.equal(isHeard(), false, era);
    assert.deepEqual(bob.heard, []);
  }
});

test("owner: what comes on the response of a call that was sent again is its client's, on that of the first sending nobody's", () => {
  const at = new BridgeScene();
  const core = at.core({ era: "modern", serial: true });
  const client = at.legacy();
  const sent = () => Number(core.told.findLast(({ method }) => method === "tools/call")?.id);
  const { bytes, record } = scanned(
    '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"x"}}',
  );
  const ownerOn = (requestId: number) => ownerOf(core.lane, { bytes, scan: record, requestId })?.session;
  at.call(client, core, { name: "book", arguments: {} });
  const first = sent();
  assert.equal(ownerOn(first), client.session);
  core.answers("tools/call", '"result":{"resultType":"input_required","requestState":"again"}');
  assert.equal(ownerOn(first), undefined);
  at.clock.advance(250);
  assert.notEqual(sent(), first);
  assert.deepEqual([ownerOn(sent()), ownerOn(first)], [client.session, undefined]);
});

test("owner: a call that could not be written is none that its Core may be at", () => {
  const { at, core, isHeard, calls } = scene();
  const [ann, bob] = [at.legacy(able, named("ann")), at.legacy(able, named("bob"))];
  const { send } = core.port;
  core.port.send = () => "full";
  calls(ann);
  core.port.send = send;
  assert.equal(core.lane.astray.size, 0);
  calls(bob);
  assert.ok(isHeard());
});

// The places of a call that waits in its Core for its client's person: others have them meanwhile, and it has them again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BridgeScene } from "../../../helpers/bridge-scene.ts";
import { somebody } from "../../../helpers/echo-doorkeeper.ts";
import { scanned } from "../../../helpers/lane-scene.ts";

const minute = 60_000;
const gatherMs = 15;
const elicitation = { form: {} };
const tasks = { "io.modelcontextprotocol/tasks": {} };
const accepted = { action: "accept", content: { name: "Ann" } };
const named = (id: string) => ({ ...somebody, id, name: id, shared: false });

/** One call at a time, of each client and of each Core. `serial`: the Core's is one at a time whatever the limits say. */
function scene({ serial = false, extensions }: { serial?: boolean; extensions?: object } = {}) {
  const at = new BridgeScene({ maxConcurrency: 1, maxQueue: 10 });
  const capabilities = extensions === undefined ? { elicitation } : { elicitation, extensions };
  const client = at.modern({ capabilities, principal: named("ann") });
  const other = at.legacy({}, named("bob"));
  const core = at.core(serial ? { serial } : { owner: client.session });
  const quick = at.core();
  const asks = (id: string, requestId?: number) => {
    const params = { message: "Name?", requestedSchema: { type: "object" } };
    const { bytes, record } = scanned(JSON.stringify({ jsonrpc: "2.0", id, method: "elicitation/create", params }));
    at.asks.ask(core.lane, "elicitation/create", JSON.stringify(id), { bytes, scan: record, requestId });
  };
  /** A call that waits; what its client was told. */
  const parked = () => {
    const id = at.call(client, core, { name: "book", arguments: {} });
    asks("q1");
    at.clock.advance(gatherMs);
    return client.answerTo(id)?.result;
  };
  const calls = (of: typeof core) => of.told.filter(({ method }) => method === "tools/call").length;
  const isAnswered = (id: string) => core.told.some((said) => said.id === id && said.method === undefined);
  const load = (of: typeof core) => [...at.lanes.calls.admission.loads()].find((it) => it.core === of.port.name)?.inUse;
  const retry = (requestState: string, more: object) =>
    at.call(client, core, { name: "book", arguments: {}, requestState, ...more });
  return { at, client, other, core, quick, asks, parked, calls, isAnswered, load, retry };
}

test("parked calls: while one waits for a person its client and its Core have its places for others", () => {
  const { at, client, other, core, quick, parked, calls, isAnswered, load, retry } = scene();
  const { requestState } = parked();
  at.clock.advance(5 * minute);
  assert.equal(load(core), 0);
  at.call(client, quick, { name: "look" });
  assert.equal(calls(quick), 1, "its client's place is free");
  at.call(other, core, { name: "look" });
  assert.equal(calls(core), 2, "and its Core's");
  const again = retry(requestState, { inputResponses: { k1: accepted } });
  assert.equal(isAnswered("q1"), false, "it waits for its places, and so does what its client has said");
  at.clock.advance(900);
  assert.equal(client.answerTo(again), undefined, "that is none of its Core's time");
  quick.answers("tools/call", '"result":{}');
  assert.equal(isAnswered("q1"), false, "for all of them");
  core.answers("tools/call", '"result":{}');
  assert.equal(isAnswered("q1"), true);
  assert.equal(load(core), 1);
  const [first] = core.told.filter(({ method }) => method === "tools/call");
  at.clock.advance(900);
  const frame = `{"jsonrpc":"2.0","id":${first?.id},"result":{"content":[]}}`;
  const { bytes, record } = scanned(frame);
  at.lanes.calls.answer(core.lane, { chunks: [bytes], size: bytes.length }, record, Number(first?.id));
  assert.deepEqual(client.answerTo(again)?.result?.content, []);
  assert.equal(load(core), 0);
});

test("parked calls: the time that a person took is not the Core's, whatever else waits there", () => {
  const at = new BridgeScene();
  const client = at.modern({ capabilities: { elicitation }, principal: named("ann") });
  const core = at.core({ owner: client.session });
  /** Over HTTP a question comes on the response of the call that it belongs to. */
  const parked = (n: number) => {
    const id = at.call(client, core, { name: "book", arguments: { n } });
    const requestId = Number(core.told.findLast(({ method }) => method === "tools/call")?.id);
    const params = { message: "Name?", requestedSchema: { type: "object" } };
    const text = JSON.stringify({ jsonrpc: "2.0", id: `q${n}`, method: "elicitation/create", params });
    const { bytes, record } = scanned(text);
    at.asks.ask(core.lane, "elicitation/create", `"q${n}"`, { bytes, scan: record, requestId });
    at.clock.advance(gatherMs);
    return { requestId, requestState: client.answerTo(id)?.result.requestState as string };
  };
  const { requestId, requestState } = parked(1);
  parked(2);
  at.clock.advance(5 * minute);
  const inputResponses = { k1: accepted };
  const again = at.call(client, core, { name: "book", arguments: { n: 1 }, requestState, inputResponses });
  at.clock.advance(700);
  const { bytes, record } = scanned(`{"jsonrpc":"2.0","id":${requestId},"result":{"content":[]}}`);
  at.lanes.calls.answer(core.lane, { chunks: [bytes], size: bytes.length }, record, requestId);
  assert.deepEqual(client.answerTo(again)?.result?.content, []);
  at.parks.dropAll();
});

test("parked calls: after its person has answered, a call has the rest of its time and no more", () => {
  const { at, client, parked, retry } = scene({ serial: true });
  const { requestState } = parked();
  at.clock.advance(5 * minute);
  const again = retry(requestState, { inputResponses: { k1: accepted } });
  at.clock.advance(900);
  assert.equal(client.answerTo(again), undefined);
  at.clock.advance(500);
  assert.equal(client.answerTo(again)?.error?.code, -32052);
});

test("parked calls: one is taken back while it waits for its places, and holds up nobody", () => {
  const { at, client, other, core, parked, calls, isAnswered, load, retry } = scene();
  const { requestState } = parked();
  at.call(other, core, { name: "look" });
  const again = retry(requestState, { inputResponses: { k1: accepted } });
  at.cancels(client, again);
  assert.equal(core.methods().filter((method) => method === "notifications/cancelled").length, 1);
  core.answers("tools/call", '"result":{}');
  assert.equal(core.told.find(({ id }) => id === "q1")?.result, undefined);
  assert.equal(isAnswered("q1"), true, "with an error");
  assert.equal(load(core), 0);
  at.call(other, core, { name: "look" });
  assert.equal(calls(core), 3);
  core.answers("tools/call", '"result":{}');
  at.assertIdle();
});

test("parked calls: the places of a task are others' for as long as its client takes, and each time that it is asked", () => {
  const { at, client, core, asks, parked, load } = scene({ extensions: tasks });
  const { taskId } = parked();
  const parkId = at.handles.find(taskId, named("ann"))?.id ?? "";
  at.clock.advance(9 * minute);
  assert.equal(load(core), 0);
  const answers = (key: string) =>
    at.parks.aboutTask(parkId, client.request("tasks/update", { inputResponses: { [key]: accepted } }));
  answers("k1");
  assert.equal(load(core), 1);
  asks("q2");
  assert.equal(load(core), 0);
  asks("q3");
  answers("k2");
  assert.equal(load(core), 0, "the Core waits still");
  answers("k3");
  assert.equal(load(core), 1);
  core.answers("tools/call", '"result":{}');
  assert.equal(load(core), 0);
  at.parks.dropAll();
  at.assertIdle();
});

test("parked calls: a Core that is told that there will be no answer is at work again", () => {
  const { at, core, parked, load } = scene({ extensions: tasks });
  parked();
  assert.equal(load(core), 0);
  at.clock.advance(10 * minute + 1000);
  assert.equal(core.told.find(({ id }) => id === "q1")?.error?.code, -32603);
  assert.equal(load(core), 1);
  at.parks.dropAll();
  assert.equal(load(core), 0);
  at.assertIdle();
});

test("parked calls: a Core of one call at a time has this one still, and its client has its place for other Cores", () => {
  const { at, client, other, core, quick, asks, parked, calls, isAnswered, load, retry } = scene({ serial: true });
  const { requestState } = parked();
  assert.equal(load(core), 1);
  asks("q2");
  assert.equal(load(core), 1, "however often it asks");
  at.call(client, quick, { name: "look" });
  assert.equal(calls(quick), 1);
  at.call(other, core, { name: "look" });
  assert.equal(calls(core), 1, "the next one waits");
  // Nor does it wait for its client's place, which a call may have that waits for the Core's.
  retry(requestState, { inputResponses: { k1: accepted, k2: accepted } });
  assert.equal(isAnswered("q1"), true);
  core.answers("tools/call", '"result":{}');
  assert.equal(calls(core), 2);
  core.answers("tools/call", '"result":{}');
  quick.answers("tools/call", '"result":{}');
  assert.deepEqual([load(core), load(quick)], [0, 0]);
});

test("parked calls: one that is asked for more while it waits in line keeps no place when its turn comes", () => {
  const { at, client, other, core, asks, parked, load, retry } = scene();
  const { requestState } = parked();
  const { id } = core.told.find(({ method }) => method === "tools/call") ?? {};
  at.call(other, core, { name: "look" });
  const again = retry(requestState, { inputResponses: { k1: accepted } });
  asks("q2", Number(id));
  at.clock.advance(gatherMs);
  assert.equal(client.answerTo(again)?.result?.resultType, "input_required");
  core.answers("tools/call", '"result":{}');
  assert.equal(load(core), 0, "it waits for its person again");
  at.parks.dropAll();
  at.assertIdle();
});

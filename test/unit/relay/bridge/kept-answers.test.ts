// What is kept of parked calls that are over: answers that a client may not have got, and what came of tasks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { KeptAnswers } from "../../../../src/relay/bridge/kept-answers.ts";
import { BridgeScene } from "../../../helpers/bridge-scene.ts";
import { somebody } from "../../../helpers/echo-doorkeeper.ts";
import { scanned } from "../../../helpers/lane-scene.ts";

const mib = 1024 * 1024;
const gatherMs = 15;
const parkMs = 10 * 60_000;
const book = { name: "book", arguments: {} };
const gone = { code: -32602, message: "invalid or expired requestState" };

function scene() {
  const at = new BridgeScene();
  const core = at.core({ serial: true });
  const client = (id: string) => {
    const principal = { ...somebody, id, name: id, shared: false };
    return at.modern({ capabilities: { elicitation: { form: {} } }, principal });
  };
  const ann = client("ann");
  let asked = 0;
  /** A call that its Core answers while no request waits for it; returns the state that its client has. */
  const missed = (bytes = 0, of = ann) => {
    const id = at.call(of, core, book);
    const askId = `q${++asked}`;
    const params = { message: "Name?", requestedSchema: { type: "object" } };
    const { bytes: text, record } = scanned(
      JSON.stringify({ jsonrpc: "2.0", id: askId, method: "elicitation/create", params }),
    );
    at.asks.ask(core.lane, "elicitation/create", JSON.stringify(askId), { bytes: text, scan: record });
    at.clock.advance(gatherMs);
    const state = of.answerTo(id)?.result.requestState as string;
    core.answers("tools/call", `"result":{"content":[{"type":"text","text":"${"x".repeat(bytes)}"}]}`);
    return state;
  };
  /** What a request that brings this state is answered with. */
  const again = (requestState: string, of = ann) => of.answerTo(at.call(of, core, { ...book, requestState }));
  return { at, client, core, missed, again };
}

test("kept answers: of one client the last 64 are there as long as it may take to come back, and an older one is gone before", () => {
  const { at, missed, again } = scene();
  const states = Array.from({ length: 65 }, () => missed());
  assert.equal(at.parks.size, 64);
  assert.deepEqual(again(states[0] ?? "")?.error, gone);
  assert.equal(again(states[1] ?? "")?.result.content.length, 1);
  at.clock.advance(parkMs - 1);
  assert.equal(again(states[64] ?? "")?.result.content.length, 1);
  at.clock.advance(1);
  assert.equal(at.parks.size, 0);
  assert.deepEqual(again(states[64] ?? "")?.error, gone);
  at.assertIdle();
});

test("kept answers: of one client there are 16 MiB, and of all together 64", () => {
  const { at, client, missed, again } = scene();
  const first = missed(9 * mib);
  const second = missed(9 * mib);
  assert.deepEqual(again(first)?.error, gone);
  assert.equal(again(second)?.result.content[0].text.length, 9 * mib);
  for (let count = 0; count < 6; count++) missed(9 * mib, client(`other ${count}`));
  assert.equal(at.parks.size, 7);
  missed(9 * mib, client("one more"));
  assert.equal(at.parks.size, 7);
  assert.deepEqual(again(second)?.error, gone);
  at.parks.dropAll();
  at.assertIdle();
});

test("kept answers: of what no request waits for no more than 10 MiB is kept", () => {
  const { at, missed, again } = scene();
  const state = missed(11 * mib);
  const error = again(state)?.error as { data?: { code?: string } } | undefined;
  assert.equal(error?.data?.code, "too_large");
  at.parks.dropAll();
  at.assertIdle();
});

test("kept answers: the oldest make room, of one client and of all, in number and in bytes", () => {
  const kept = new KeptAnswers();
  const dropped: string[] = [];
  const add = (name: string, sub: string, bytes: number) => {
    const letGo = kept.add({
      ...{ sub, bytes },
      drop: () => {
        dropped.push(name);
        letGo();
      },
    });
    return letGo;
  };
  for (let count = 1; count <= 66; count++) add(`a${count}`, "ann", 1);
  assert.deepEqual(dropped.splice(0), ["a1", "a2"]);
  const letGo = add("large", "ann", 16 * mib);
  assert.equal(dropped.splice(0).length, 64, "all others of hers");
  for (const sub of ["bob", "cid", "dan"]) add(sub, sub, 16 * mib);
  assert.deepEqual(dropped, []);
  add("eve", "eve", 1);
  assert.deepEqual(dropped.splice(0), ["large"]);
  letGo();
  add("fay", "fay", 16 * mib - 1);
  assert.deepEqual(dropped.splice(0), [], "what is let go twice counts once");
  for (let count = 0; count < 1019; count++) add(`m${count}`, `many ${count}`, 0);
  assert.deepEqual(dropped.splice(0), []);
  add("last", "last", 0);
  assert.deepEqual(dropped, ["bob"]);
});

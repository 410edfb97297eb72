// The ids by which clients know tasks of the extension: nobody can make one, and each is good for one caller.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { SealedStates } from "../../../../src/relay/bridge/sealed-state.ts";
import type { SealKey } from "../../../../src/relay/bridge/sealer.ts";
import { type TaskHandle, TaskHandles } from "../../../../src/relay/bridge/task-handles.ts";
import { LogRecord } from "../../../helpers/core-run.ts";
import { somebody } from "../../../helpers/echo-doorkeeper.ts";
import { FakeClock } from "../../../helpers/fake-clock.ts";

const ann = { ...somebody, id: "ann", shared: false };
const task: TaskHandle = { place: "core", core: "jobs", tool: "jobs.run", id: '"caf\u00c3\u00a9\\u0031"' };

function handles(keys: readonly SealKey[] = [keyOf("k1")], audience = "here") {
  const of = {
    current: () => keys[0] as SealKey,
    find: (kid: string) => keys.find((key) => key.kid === kid),
  };
  return new TaskHandles({ keys: of, audience: () => audience });
}

function keyOf(kid: string): SealKey {
  return { kid, key: randomBytes(32) };
}

test("task handles: one says where its task is, byte for byte, to whom it was given", () => {
  const all = handles();
  const name = all.nameOf(task, ann);
  assert.match(name, /^t1\.k1\.[A-Za-z0-9_-]+$/);
  assert.deepEqual(all.find(name, ann), task);
  assert.notEqual(all.nameOf(task, ann), name, "one tells nothing of another");
});

test("task handles: another caller's, another hub's, a changed and a made one are nobody's", () => {
  const keys = [keyOf("k1")];
  const all = handles(keys);
  const name = all.nameOf(task, ann);
  assert.equal(all.find(name, { ...ann, id: "bob" }), undefined);
  assert.equal(all.find(name, { ...ann, shared: true }), undefined, "who shares a token is not who is named so");
  assert.equal(handles(keys, "elsewhere").find(name, ann), undefined);
  assert.equal(handles([keyOf("k1")]).find(name, ann), undefined);
  const last = name.length - 1;
  for (let at = 0; at < name.length; at++) {
    const changed = `${name.slice(0, at)}${name[at] === "A" ? "B" : "A"}${name.slice(at + 1)}`;
    assert.equal(all.find(changed, ann), undefined, `at ${at} of ${last}`);
  }
  for (const made of ["", "t1", "t1.k1.", "t1.k1.AAAA", `${name}A`, `${name}.x`, "x".repeat(10_000)]) {
    assert.equal(all.find(made, ann), undefined, made.slice(0, 20));
  }
});

test("task handles: a request state of the same hub is no task, and a task no state", () => {
  const key = keyOf("k1");
  const keys = { current: () => key, find: () => key };
  const deps = { keys, audience: () => "here", clock: new FakeClock(), log: new LogRecord().log };
  const states = new SealedStates(deps);
  const all = new TaskHandles(deps);
  const state = states.seal(
    { t: "wrap", id: "i", core: "jobs", fp: "f", sub: "client ann", round: 1, exp: Number.MAX_SAFE_INTEGER },
    "task",
  );
  assert.equal(all.find(state, ann), undefined);
  assert.equal(all.find(state.replace(/^h1/, "t1"), ann), undefined);
  const by = { core: "jobs", fp: "f", sub: "client ann", endpoint: "task" };
  assert.throws(() => states.open(all.nameOf(task, ann).replace(/^t1/, "h1"), by));
});

// A call of a modern client that came back from the hub's page for a login: it waits for its person, and not longer than it is waited for.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Call } from "../../../src/relay/call.ts";
import { broughtAction, declined, LoginRounds } from "../../../src/relay/login-rounds.ts";
import { textOf } from "../../../src/wire/frame.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { LaneScene } from "../../helpers/lane-scene.ts";

function scene() {
  const clock = new FakeClock();
  const answers: (string | undefined)[] = [];
  const call = { state: "taken" } as Call;
  const rounds = new LoginRounds({
    clock,
    inputRequired: (_call, requests) => {
      answers.push(requests);
      return { chunks: [], size: 0 };
    },
    finish: (finished) => {
      finished.state = "done";
      rounds.over(finished);
    },
  });
  let signIn = () => {};
  let fail = (_error: Error) => {};
  const done = new Promise<void>((resolve, reject) => {
    signIn = resolve;
    fail = reject;
  });
  return { clock, answers, call, rounds, page: { url: "https://hub.example/p", done }, signIn, fail };
}

test("login rounds: the page is all that is asked, under a name of the hub's own", () => {
  const { rounds, call, page, answers } = scene();
  assert.equal(rounds.send(call, page, "caf\u00e9?"), true);
  const [asked] = answers;
  assert.deepEqual(JSON.parse(`{${textOf(asked ?? "")}}`), {
    login: { method: "elicitation/create", params: { mode: "url", message: "caf\u00e9?", url: page.url } },
  });
});

test("login rounds: who signs in meanwhile has their call go on, and no timer is left", async () => {
  const { clock, rounds, call, page, signIn, answers } = scene();
  const waits = rounds.wait(call, page);
  assert.equal(clock.timers, 1);
  signIn();
  assert.equal(await waits, true);
  assert.deepEqual([clock.timers, answers], [0, []]);
});

test("login rounds: after 25 seconds the client is told to come back, and asked nothing", async () => {
  const { clock, rounds, call, page, answers } = scene();
  const waits = rounds.wait(call, page);
  clock.advance(25_000);
  assert.equal(await waits, false);
  assert.deepEqual([clock.timers, answers, call.state], [0, [undefined], "done"]);
});

test("login rounds: a call that is taken back leaves no timer, and a login that fails is what the call fails of", async () => {
  const { clock, rounds, call, page, fail, answers } = scene();
  const waits = rounds.wait(call, page);
  call.state = "done";
  rounds.over(call);
  assert.equal(clock.timers, 0);
  fail(new Error("denied"));
  await assert.rejects(waits, /denied/);
  assert.deepEqual(answers, []);
});

test("login rounds: what the client brings back is read, and what it may not say is nothing", () => {
  const { request } = new LaneScene().client();
  const brought = (inputResponses?: object) => broughtAction(request("tools/call", { name: "t", inputResponses }));
  assert.equal(brought(undefined), "accept", "it was only told to come back");
  assert.equal(brought({}), undefined);
  assert.equal(brought({ login: { action: "decline" } }), "decline");
  assert.equal(brought({ login: { action: 1 } }), undefined);
  assert.deepEqual(["accept", "decline", "cancel", undefined].map(declined), [false, true, true, false]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Decided, type Decision, Decisions, questionOf } from "../../../src/gates/decisions.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

interface Asked {
  readonly question: string;
  answer(decision: Decision): void;
}

function scene({ cacheMs = 1000, maxWaiting = 2 } = {}) {
  const clock = new FakeClock();
  const asked: Asked[] = [];
  const ask = (question: Buffer) => {
    return new Promise<Decision>((answer) => asked.push({ question: question.toString(), answer }));
  };
  const decisions = new Decisions({ clock, cacheMs, maxWaiting, ask });
  const decide = (text: string, before?: Decided, asker = text) => {
    return decisions.decide(questionOf(Buffer.from(text)), asker, before);
  };
  return { clock, asked, decisions, decide };
}

const yes: Decision = { t: "allowed" };
const no: Decision = { t: "denied", reason: "no" };

test("decisions: who asks the same meanwhile waits for the same answer", async () => {
  const { asked, decide, decisions } = scene();
  const [one, other] = [decide("a"), decide("a")];
  assert.equal(one, other);
  asked[0]?.answer(yes);
  assert.deepEqual(((await one) as Decided).decision, yes);
  assert.equal(asked.length, 1);
  assert.equal(decisions.counts.allowed, 1);
});

test("decisions: an answer counts until its time is over, a failure for nobody else", async () => {
  const { asked, decide, clock, decisions } = scene();
  const first = decide("a");
  asked[0]?.answer(no);
  await first;
  clock.advance(999);
  assert.deepEqual((decide("a") as Decided).decision, no);
  clock.advance(1);
  assert.ok(decide("a") instanceof Promise);
  asked[1]?.answer({ t: "failed", why: "gone" });
  await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(decide("a") instanceof Promise);
  assert.deepEqual(decisions.counts, { allowed: 0, denied: 1, failed: 1, cached: 1, refused: 0 });
});

test("decisions: who waited has its answer where none is kept, for its own question and of this point alone", async () => {
  const { asked, decide } = scene({ cacheMs: 0 });
  const waited = decide("a");
  asked[0]?.answer(yes);
  const decided = (await waited) as Decided;
  assert.equal(decide("a", decided), decided);
  assert.ok(decide("b", decided) instanceof Promise);
  assert.ok(scene().decide("a", decided) instanceof Promise);
  assert.ok(decide("a") instanceof Promise);
});

test("decisions: no more questions are under way than may be", async () => {
  const { asked, decide, decisions } = scene();
  const first = decide("a");
  decide("b");
  assert.equal(decide("c"), "full");
  assert.ok(decide("b") instanceof Promise);
  asked[0]?.answer(yes);
  await first;
  assert.ok(decide("c") instanceof Promise);
  assert.equal(decisions.counts.refused, 1);
});

test("decisions: of many answers those that were used last are kept", async () => {
  const { asked, decide } = scene({ maxWaiting: 10_000 });
  const waiting = Array.from({ length: 4097 }, (_, at) => decide(`q${at}`));
  for (const { answer } of asked) answer(yes);
  await Promise.all(waiting);
  assert.ok(decide("q0") instanceof Promise);
  assert.ok(!(decide("q1") instanceof Promise));
});

test("decisions: one asker has at most half of the questions that may be under way", async () => {
  const { asked, decide } = scene({ maxWaiting: 4 });
  const first = decide("a", undefined, "eager");
  decide("b", undefined, "eager");
  assert.equal(decide("c", undefined, "eager"), "full");
  assert.ok(decide("b", undefined, "eager") instanceof Promise);
  assert.ok(decide("c", undefined, "other") instanceof Promise);
  asked[0]?.answer(yes);
  await first;
  assert.ok(decide("d", undefined, "eager") instanceof Promise);
});

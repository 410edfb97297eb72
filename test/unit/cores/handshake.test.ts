import assert from "node:assert/strict";
import { test } from "node:test";
import { initializeParams, patiently, readGreeting } from "../../../src/cores/handshake.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

const result = (value: unknown) => readGreeting(Buffer.from(JSON.stringify(value)));

test("handshake: asks with the newest legacy version, declaring what a client can be asked", () => {
  assert.deepEqual(initializeParams("1.2.3", { roots: {} }), {
    protocolVersion: "2025-11-25",
    capabilities: { roots: {} },
    clientInfo: { name: "thehub", version: "1.2.3" },
  });
});

test("handshake: takes what a Core says of itself, and does without what it leaves out", () => {
  const full = result({
    protocolVersion: "2025-06-18",
    capabilities: { tools: {} },
    serverInfo: { name: "x", version: "1" },
    instructions: "be kind",
  });
  assert.deepEqual(full, {
    t: "ok",
    greeting: {
      protocolVersion: "2025-06-18",
      capabilities: { tools: {} },
      serverInfo: { name: "x", version: "1" },
      instructions: "be kind",
    },
  });
  const bare = result({ protocolVersion: "2024-11-05" });
  assert.deepEqual(bare.t === "ok" && bare.greeting.capabilities, {});
});

test("handshake: an unknown version is era_unsupported, no version or no object is garbled", () => {
  const modern = result({ protocolVersion: "2026-07-28", capabilities: {} });
  assert.equal(modern.t, "era_unsupported");
  assert.match(modern.t === "era_unsupported" ? modern.reason : "", /"2026-07-28".*2025-11-25/);
  for (const value of [{}, [], null, 1, { protocolVersion: 5 }]) assert.equal(result(value).t, "garbled");
  assert.equal(readGreeting(Buffer.from('{"a":')).t, "garbled");
});

class Waiting {
  readonly clock = new FakeClock();
  heardMs = 0;
  outcome: unknown = "waiting";
  answer: (value: string) => void = () => {};
  fail: (error: Error) => void = () => {};

  constructor(quietMs: number, totalMs: number) {
    const answer = new Promise<string>((resolve, reject) => {
      this.answer = resolve;
      this.fail = reject;
    });
    patiently(answer, { clock: this.clock, heardMs: () => this.heardMs, quietMs, totalMs }).then(
      (value) => {
        this.outcome = value;
      },
      (error: unknown) => {
        this.outcome = error;
      },
    );
  }

  async advance(ms: number): Promise<unknown> {
    this.clock.advance(ms);
    await settled();
    return this.outcome;
  }
}

/** Every promise that could settle has. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("patience: ends after silence", async () => {
  const waiting = new Waiting(3000, 60_000);
  assert.equal(await waiting.advance(2999), "waiting");
  assert.equal(await waiting.advance(1), "silent");
});

test("patience: every byte starts the silence again, up to the total", async () => {
  const waiting = new Waiting(3000, 10_000);
  for (let at = 2000; at < 10_000; at += 2000) {
    assert.equal(await waiting.advance(2000), "waiting");
    waiting.heardMs = at;
  }
  assert.equal(await waiting.advance(2000), "late");
});

test("patience: an answer or an error ends it at once and leaves no timer", async () => {
  const answered = new Waiting(3000, 60_000);
  answered.answer("hello");
  assert.equal(await answered.advance(0), "hello");
  assert.equal(answered.clock.timers, 0);
  const failed = new Waiting(3000, 60_000);
  const error = new Error("gone");
  failed.fail(error);
  assert.equal(await failed.advance(0), error);
  assert.equal(failed.clock.timers, 0);
});

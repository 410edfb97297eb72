// What an event that is kept holds on to.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { RingBudget } from "../../../src/doors/http/event-ring.ts";
import { EventStream, eventBytes } from "../../../src/doors/http/event-stream.ts";
import { frameOfText, noSplices, TextFrame } from "../../../src/wire/frame.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

test("event-stream: a small event that is kept does not keep alive what small buffers share", () => {
  const budget = new RingBudget({ streamBytes: 1_000_000, totalBytes: 100_000_000 });
  const home = { clock: new FakeClock(), maxBytes: 1_000_000, unread: undefined, slow() {} };
  const frame = frameOfText('{"jsonrpc":"2.0","id":1,"result":{}}');
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  const streams = Array.from({ length: 10_000 }, (_, name) => {
    const stream = new EventStream({ name, primes: false, budget, home });
    stream.send(frame, noSplices);
    // As other work between two events does: it takes its part of the shared memory and lets go of it.
    Buffer.from("x".repeat(3_000));
    return stream;
  });
  collectGarbage();
  const growth = process.memoryUsage().arrayBuffers - before;
  assert.ok(growth < 10_000 * 1_000, `${growth} bytes for ${streams.length} events`);
  assert.ok(budget.bytes < 10_000 * 100);
});

test("event-stream: a message of one line stays one, whatever is put into it", () => {
  const event = eventBytes("", new TextFrame('{"id":1}', true), [{ start: 6, end: 7, text: "[2,\n3]" }]);
  assert.equal(event.toString(), 'data: {"id":[2, 3]}\n\n');
});

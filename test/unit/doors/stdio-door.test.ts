import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { PassThrough, Writable } from "node:stream";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openStdioDoor, type StdioDoor, type StdioLimits, type StdioPressure } from "../../../src/doors/stdio-door.ts";
import { EchoDoorkeeper, type EchoVisitor, MemoryLog, somebody } from "../../helpers/echo-doorkeeper.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

interface Opened {
  readonly input: PassThrough;
  readonly door: StdioDoor;
  readonly visitor: EchoVisitor;
  readonly clock: FakeClock;
  readonly log: MemoryLog;
}

function open(
  output: Writable,
  limits: Partial<StdioLimits> = {},
  echoes = true,
  pressure: { pressure?: StdioPressure } = {},
): Opened {
  const input = new PassThrough();
  const clock = new FakeClock();
  const log = new MemoryLog();
  const doorkeeper = new EchoDoorkeeper();
  doorkeeper.echoes = echoes;
  const door = openStdioDoor({
    input,
    output,
    principal: somebody,
    doorkeeper,
    clock,
    log,
    limits: { maxMessageBytes: 1000, maxOutboxBytes: 1024 * 1024, drainMs: 30_000, ...limits },
    ...pressure,
  });
  return { input, door, visitor: doorkeeper.last, clock, log };
}

/** Gathers what is written to it. */
class Gather extends Writable {
  text = "";

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Takes nothing, ever. */
class Deaf extends Writable {
  override _write(): void {}
}

test("stdio-door: answers newline-delimited messages as such", async () => {
  const output = new Gather();
  const { input, door, visitor, clock } = open(output);
  input.write('{"id":1}\n{"i');
  input.end('d":2}\n');
  assert.equal(await door.ended, "input_ended");
  assert.equal(output.text, '{"id":1}\n{"id":2}\n');
  assert.equal(visitor.visit.door, "stdio");
  assert.equal(visitor.leaves, 1);
  assert.equal(clock.timers, 0);
});

test("stdio-door: answers Content-Length messages as such", async () => {
  const output = new Gather();
  const { input, door } = open(output);
  input.end('Content-Length: 8\r\n\r\n{"id":1}Content-Length: 10\r\n\r\n{\n"id":2\n}');
  assert.equal(await door.ended, "input_ended");
  assert.equal(output.text, 'Content-Length: 8\r\n\r\n{"id":1}Content-Length: 10\r\n\r\n{\n"id":2\n}');
});

test("stdio-door: answers what was read before the end of the input", async () => {
  const output = new Gather();
  const { input, door, visitor, clock } = open(output, {}, false);
  input.end('{"id":1}\n');
  await once(input, "end");
  assert.equal(visitor.leaves, 0);
  visitor.answer();
  assert.equal(await door.ended, "input_ended");
  assert.equal(output.text, '{"id":1}\n');
  assert.equal(visitor.say("late"), "closed");
  assert.equal(clock.timers, 0);
});

test("stdio-door: does not wait for answers longer than it may", async () => {
  const { input, door, visitor, clock, log } = open(new Gather(), {}, false);
  input.end('{"id":1}\n');
  await once(input, "end");
  clock.advance(30_000);
  assert.equal(await door.ended, "input_ended");
  assert.equal(visitor.leaves, 1);
  assert.match(log.lines.join(), /drain_timeout .*"busy":1/);
});

test("stdio-door: does not wait for a reader longer than it may", async () => {
  const { input, door, clock } = open(new Deaf());
  input.end('{"id":1}\n');
  await once(input, "end");
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(30_000);
  assert.equal(await door.ended, "input_ended");
});

test("stdio-door: what is no message is the visitor's to answer, and reading goes on", async () => {
  const output = new Gather();
  const { input, door, visitor } = open(output);
  input.end(`"${"x".repeat(2000)}"\n{"id":2}\n`);
  assert.equal(await door.ended, "input_ended");
  assert.equal(visitor.faults.length, 1);
  assert.match(visitor.faults[0] ?? "", /^too_large /);
  assert.equal(output.text, '{"error":"too_large"}\n{"id":2}\n');
});

test("stdio-door: headers that cannot be followed end the visit", async () => {
  const output = new Gather();
  const { input, door, visitor } = open(output);
  input.write("Content-Length: many\r\n\r\n{}");
  assert.equal(await door.ended, "protocol_error");
  assert.match(visitor.faults[0] ?? "", /^parse_error /);
  assert.match(output.text, /^Content-Length: \d+\r\n\r\n\{"error":"parse_error"\}$/);
});

test("stdio-door: an output that breaks ends the visit", async () => {
  const output = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error("EPIPE"), { code: "EPIPE" })),
  });
  const { input, door, visitor } = open(output);
  input.write('{"id":1}\n');
  assert.equal(await door.ended, "output_closed");
  assert.equal(visitor.leaves, 1);
  input.write('{"id":2}\n');
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(visitor.received, ['{"id":1}']);
});

test("stdio-door: a reader that takes nothing is cut off when its outbox is full", async () => {
  const { door, visitor, log } = open(new Deaf(), { maxOutboxBytes: 100_000 });
  const json = `"${"x".repeat(30_000)}"`;
  assert.deepEqual([visitor.say(json), visitor.say(json), visitor.say(json)], ["ok", "ok", "ok"]);
  assert.equal(visitor.say(json), "full");
  assert.equal(await door.ended, "slow_reader");
  assert.equal(visitor.say("1"), "closed");
  assert.match(log.lines.join(), /slow_reader_cut/);
});

test("stdio-door: close reads no more and answers what was read", async () => {
  const output = new Gather();
  const { input, door, visitor } = open(output, {}, false);
  input.write('{"id":1}\n');
  await new Promise((resolve) => setImmediate(resolve));
  door.close();
  input.write('{"id":2}\n');
  await new Promise((resolve) => setImmediate(resolve));
  visitor.answer();
  assert.equal(await door.ended, "shutdown");
  assert.deepEqual(visitor.received, ['{"id":1}']);
  assert.equal(output.text, '{"id":1}\n');
});

/** The door on a real process's own streams. */
function echoProcess() {
  const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    const { openStdioDoor } = await import(${url("../../../src/doors/stdio-door.ts")});
    const { systemClock } = await import(${url("../../../src/base/clock.ts")});
    const { EchoDoorkeeper, MemoryLog, somebody } = await import(${url("../../helpers/echo-doorkeeper.ts")});
    const end = await openStdioDoor({
      input: process.stdin, output: process.stdout, principal: somebody, doorkeeper: new EchoDoorkeeper(),
      clock: systemClock, log: new MemoryLog(),
      limits: { maxMessageBytes: 10_000_000, maxOutboxBytes: 30_000_000, drainMs: 30_000 },
    }).ended;
    process.stderr.write(end);
  `;
  const cwd = fileURLToPath(new URL("../../../", import.meta.url));
  return spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], { cwd });
}

test("stdio-door: on a process's own streams everything is out before it exits", async () => {
  const child = echoProcess();
  const sent = Array.from({ length: 200 }, (_, id) => `{"id":${id},"x":"${"y".repeat(id * 100)}"}`);
  child.stdin.end(`${sent.join("\n")}\n`);
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    out += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    err += chunk;
  });
  const [code] = (await once(child, "close")) as [number];
  assert.deepEqual([code, err], [0, "input_ended"]);
  assert.equal(out, `${sent.join("\n")}\n`);
});

test("stdio-door: on a process's own streams a closed output is no crash", async () => {
  const child = echoProcess();
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    err += chunk;
  });
  // The first answer proves that the door is open; the next one meets a pipe that nobody reads.
  child.stdin.write('{"id":1}\n');
  await once(child.stdout, "data");
  child.stdout.destroy();
  await once(child.stdout, "close");
  child.stdin.on("error", () => {});
  child.stdin.write('{"id":2}\n');
  const [code] = (await once(child, "exit")) as [number];
  if (!child.stderr.readableEnded) await once(child.stderr, "end");
  assert.deepEqual([code, err], [0, "output_closed"]);
});

/** Takes a chunk only when it is told to. */
class Reluctant extends Writable {
  #taken: (() => void) | undefined;

  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#taken = done;
  }

  take(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }

  get holds(): boolean {
    return this.#taken !== undefined;
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("stdio-door: says when its reader becomes slow, and when it has caught up", async () => {
  const output = new Reluctant();
  const changes: boolean[] = [];
  const pressure = { bytes: 100_000, stallMs: 30_000, changed: (pressed: boolean) => void changes.push(pressed) };
  const { visitor, clock } = open(output, {}, true, { pressure });
  for (let n = 0; n < 4; n++) visitor.say(JSON.stringify("x".repeat(50_000)));
  assert.deepEqual(changes, [true]);
  await turn();
  for (let taken = 0; output.holds; taken++) {
    // A slow reader that takes something is not a stalled one.
    if (taken > 0) clock.advance(30_000);
    output.take();
    await turn();
  }
  assert.deepEqual(changes, [true, false]);
  assert.equal(visitor.leaves, 0);
  assert.equal(clock.timers, 0);
});

test("stdio-door: a slow reader that takes nothing at all is cut off", async () => {
  const changes: boolean[] = [];
  const pressure = { bytes: 100_000, stallMs: 30_000, changed: (pressed: boolean) => void changes.push(pressed) };
  const { visitor, clock, door, log } = open(new Deaf(), {}, true, { pressure });
  for (let n = 0; n < 4; n++) visitor.say(JSON.stringify("x".repeat(50_000)));
  await turn();
  clock.advance(30_000);
  clock.advance(30_000);
  assert.equal(await door.ended, "slow_reader");
  assert.match(log.lines.join(), /slow_reader_cut .*took nothing/);
  assert.equal(visitor.leaves, 1);
});

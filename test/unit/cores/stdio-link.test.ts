import assert from "node:assert/strict";
import { PassThrough, Writable } from "node:stream";
import { test } from "node:test";
import { StdioLink } from "../../../src/cores/stdio-link.ts";
import type { Fall } from "../../../src/cores/supervisor.ts";
import { flatten, frameOfText } from "../../../src/wire/frame.ts";
import type { Framing } from "../../../src/wire/framing.ts";
import { LogRecord } from "../../helpers/core-run.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

function open(options: { stdin?: Writable; framing?: Framing } = {}) {
  const clock = new FakeClock();
  const record = new LogRecord();
  const stdin = options.stdin ?? new PassThrough();
  const stdout = new PassThrough();
  const frames: string[] = [];
  const falls: Fall[] = [];
  const masker = { maskText: (text: string) => text.replaceAll("secret", "******"), look: () => undefined };
  const limits = { maxMessageBytes: 1000, maxPendingBytes: 10_000, stallMs: 30_000 };
  const link = new StdioLink(
    { stdin, stdout },
    options.framing ?? "newline",
    limits,
    { clock, log: record.log, masker },
    {
      frame: (frame, scan) => frames.push(`${scan.kind} ${flatten(frame)}`),
      broken: (fall) => falls.push(fall),
    },
  );
  const says = async (text: string) => {
    stdout.write(text);
    await settled();
  };
  return { clock, record, stdin, stdout, frames, falls, link, says };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const note = '{"jsonrpc":"2.0","method":"a"}';

test("link: messages come as they are, whatever stands between them", async () => {
  const { says, frames, record } = open();
  await says(`hello\n${note}\n\nthe secret is out\n{"jsonrpc":"2.0","id":1,"result":{}}\n`);
  assert.deepEqual(frames, [`notification ${note}`, 'response {"jsonrpc":"2.0","id":1,"result":{}}']);
  assert.deepEqual(
    record.lines.map((line) => line["text"]),
    ["hello", "the ****** is out"],
  );
});

test("link: a hundred lines in a row may be garbage, one more may not; a message starts the count again", async () => {
  const { says, falls, frames } = open();
  await says(`${"x\n".repeat(100)}${note}\n${"x\n".repeat(100)}`);
  assert.equal(falls.length, 0);
  await says(`x\n${note}\n${"x\n".repeat(200)}`);
  assert.deepEqual(
    falls.map((fall) => fall.code),
    ["core_garbled"],
  );
  assert.equal(frames.length, 1, "nothing is received after the fall");
});

test("link: a message that is too large is skipped and logged, the next one comes", async () => {
  const { says, frames, falls, record } = open();
  await says(`{"jsonrpc":"2.0","method":"${"x".repeat(2000)}"}\n${note}\n`);
  assert.equal(frames.length, 1);
  assert.deepEqual(falls, []);
  assert.equal(record.lines[0]?.msg, "core_message_too_large");
});

test("link: broken Content-Length headers end it, because nothing after them can be understood", async () => {
  const { says, falls } = open({ framing: "content-length" });
  await says("Content-Length: many\r\n\r\n{}");
  assert.deepEqual(
    falls.map((fall) => fall.code),
    ["core_garbled"],
  );
});

test("link: a stdout that is closed by a process that lives on ends it", async () => {
  const { clock, stdout, falls } = open();
  stdout.end();
  await settled();
  await settled();
  clock.advance(1000);
  assert.match(falls[0]?.reason ?? "", /has closed its stdout/);
});

test("link: a stdin that is not read is full at its limit and ends the link when it stays so", async () => {
  const stuck = new Writable({ highWaterMark: 1, write: () => {} });
  const { clock, link, falls } = open({ stdin: stuck });
  const frame = frameOfText(`{"jsonrpc":"2.0","method":"${"x".repeat(3000)}"}`);
  assert.deepEqual(
    [1, 2, 3, 4].map(() => link.send(frame, [])),
    ["ok", "ok", "ok", "full"],
  );
  await settled();
  clock.advance(25_000);
  assert.equal(falls.length, 0);
  clock.advance(5000);
  assert.deepEqual(
    falls.map((fall) => fall.code),
    ["core_timeout"],
  );
});

test("link: slow reading is not a stall, and no timer is left when all is read", async () => {
  const pending: (() => void)[] = [];
  const slow = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => void pending.push(done) });
  const { clock, link, falls } = open({ stdin: slow });
  for (let n = 0; n < 4; n++) {
    link.send(frameOfText(`{"jsonrpc":"2.0","method":"${n}${"x".repeat(1000)}"}`), []);
    await settled();
    clock.advance(25_000);
    pending.shift()?.();
    await settled();
  }
  assert.deepEqual(falls, []);
  while (pending.length > 0) {
    pending.shift()?.();
    await settled();
  }
  clock.advance(60_000);
  assert.equal(clock.timers, 0);
  assert.deepEqual(falls, []);
});

test("link: a pipe that breaks is closed for senders and throws nothing", async () => {
  const broken = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error("EPIPE"), { code: "EPIPE" })),
  });
  const { link, falls } = open({ stdin: broken });
  link.send(frameOfText(note), []);
  await settled();
  assert.equal(link.send(frameOfText(note), []), "closed");
  assert.deepEqual(falls, []);
});

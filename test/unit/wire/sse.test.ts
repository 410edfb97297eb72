import assert from "node:assert/strict";
import { test } from "node:test";
import { type Frame, flatten } from "../../../src/wire/frame.ts";
import { SseReader } from "../../../src/wire/sse.ts";

function open(maxBytes = 1000) {
  const heard: string[] = [];
  const frames: Frame[] = [];
  const reader = new SseReader(
    { maxBytes },
    {
      event: (type, data) => {
        heard.push(`${type} ${flatten(data)}`);
        frames.push(data);
      },
      tooLarge: () => heard.push("too large"),
    },
  );
  const push = (text: string) => reader.push(Buffer.from(text));
  return { heard, frames, reader, push };
}

test("sse: an event is its data, under the type it names or as a message", () => {
  const { heard, push } = open();
  push('data: {"a":1}\n\nevent: ping\ndata: x\n\ndata:no space\n\ndata:  two\n\n');
  assert.deepEqual(heard, ['message {"a":1}', "ping x", "message no space", "message  two"]);
});

test("sse: lines end with LF, CR LF or CR, and a CR LF between two chunks is one end", () => {
  const { heard, push } = open();
  push("data: a\r\n\r\ndata: b\r\rdata: c\n\n");
  push("data: d\r");
  push("\n\r");
  push("\ndata: e\n\n");
  assert.deepEqual(heard, ["message a", "message b", "message c", "message d", "message e"]);
});

test("sse: lines of data are joined, and only an event of one line is known to be one", () => {
  const { heard, frames, push } = open();
  push("data: {\ndata\ndata: }\n\ndata: {}\n\n");
  assert.deepEqual(heard, ["message {\n\n}", "message {}"]);
  assert.deepEqual(
    frames.map(({ isOneLine }) => isOneLine),
    [undefined, true],
  );
});

test("sse: a byte order mark is skipped at the start, and only there", () => {
  const { heard, push } = open();
  const bytes = Buffer.from("\ufeffdata: a\n\n\ufeffdata: b\n\ndata: c\n\n");
  const { reader } = open();
  for (const byte of bytes) reader.push(Buffer.from([byte]));
  push(bytes.toString());
  assert.deepEqual(heard, ["message a", "message c"]);
});

test("sse: comments, unknown fields, and an event without data are nothing", () => {
  const { heard, push } = open();
  push(": keep-alive\n\n:\n\nevent: x\n\ndatum: 1\nDATA: 2\ndata 3\nx\n\ndata: end\n\n");
  assert.deepEqual(heard, ["message end"]);
});

test("sse: an event with an empty line of data is one without content", () => {
  const { heard, reader, push } = open();
  push("id: 7\nretry: 500\ndata:\n\n");
  assert.deepEqual(heard, ["message "]);
  assert.equal(reader.lastId, "7");
  assert.equal(reader.retryMs, 500);
});

test("sse: the id counts from the end of its event, stays, and is taken back by an empty one", () => {
  const { reader, push } = open();
  push("id: 1\ndata: a\n");
  assert.equal(reader.lastId, undefined);
  push("\n");
  assert.equal(reader.lastId, "1");
  push("data: b\n\n");
  assert.equal(reader.lastId, "1");
  push("id: 2\n\n");
  assert.equal(reader.lastId, "2");
  push("id: 3\0\n\n");
  assert.equal(reader.lastId, "2");
  push("id\n\n");
  assert.equal(reader.lastId, undefined);
});

test("sse: a retry that is no number, or one that is too long, changes nothing", () => {
  const { reader, push } = open();
  push("retry: 20\nretry: soon\nretry:\nretry: -1\nretry: 99999999999999\n\n");
  assert.equal(reader.retryMs, 20);
});

test("sse: an event with too much data is reported once and skipped, and the next one is read", () => {
  const { heard, reader, push } = open(4);
  push("id: 1\ndata: 1234\n\nid: 2\ndata: 12345");
  assert.deepEqual(heard, ["message 1234", "too large"]);
  push("678\ndata: 9\n\ndata: 1\ndata: 23\n\ndata: ok\n\n");
  assert.deepEqual(heard, ["message 1234", "too large", "message 1\n23", "message ok"]);
  assert.equal(reader.lastId, "2");
});

test("sse: endless lines take no memory: a comment, a name, an id, a type", () => {
  const { heard, reader, push } = open();
  const long = "x".repeat(1 << 20);
  for (const head of [": ", "", "id: ", "event: "]) {
    push(`id: 1\n\n${head}${long}`);
    push(`${long}\ndata: a\n\n`);
  }
  assert.deepEqual(
    heard.map((text) => [text.length <= 1026, text.slice(-2)]),
    Array.from({ length: 4 }, () => [true, " a"]),
  );
  push(`id: ${long}\n\n`);
  assert.equal(reader.lastId, undefined);
});

test("sse: what the stream's end cuts off is no event", () => {
  const { heard, reader, push } = open();
  push("id: 1\ndata: a\n\nid: 2\ndata: b\n");
  assert.deepEqual(heard, ["message a"]);
  assert.equal(reader.lastId, "1");
});

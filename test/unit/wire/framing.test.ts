import assert from "node:assert/strict";
import { test } from "node:test";
import { type Frame, flatten } from "../../../src/wire/frame.ts";
import { FrameReader, type Framing } from "../../../src/wire/framing.ts";

interface Heard {
  readonly log: string[];
  readonly frames: Frame[];
  readonly framing: Framing | undefined;
}

function read(chunks: readonly Buffer[], options: { maxBytes?: number; framing?: Framing | "auto" } = {}): Heard {
  const log: string[] = [];
  const frames: Frame[] = [];
  const reader = new FrameReader(
    { maxBytes: options.maxBytes ?? 1_000_000, framing: options.framing ?? "auto" },
    {
      frame(frame) {
        frames.push(frame);
        log.push(flatten(frame).toString("latin1"));
      },
      fault: ({ code, fatal }) => log.push(`${fatal ? "fatal " : ""}${code}`),
    },
  );
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return { log, frames, framing: reader.framing };
}

/** Reads the stream whole, byte by byte and cut in two everywhere; all must be heard alike. */
function hear(stream: string, options: { maxBytes?: number; framing?: Framing | "auto" } = {}): string[] {
  const bytes = Buffer.from(stream, "latin1");
  const whole = read([bytes], options).log;
  assert.deepEqual(
    read(
      [...bytes].map((byte) => Buffer.from([byte])),
      options,
    ).log,
    whole,
    "byte by byte",
  );
  for (let at = 0; at <= bytes.length; at++) {
    assert.deepEqual(read([bytes.subarray(0, at), bytes.subarray(at)], options).log, whole, `cut at ${at}`);
  }
  return whole;
}

test("frame reader: cuts lines, skips empty ones, trims carriage returns", () => {
  assert.deepEqual(hear('{"a":1}\n\r\n\n{"b":2}\r\n[3]\n'), ['{"a":1}', '{"b":2}', "[3]"]);
});

test("frame reader: delivers a last line without a newline", () => {
  assert.deepEqual(hear('{"a":1}\n{"b":2}'), ['{"a":1}', '{"b":2}']);
  assert.deepEqual(hear('{"a":1}\r'), ['{"a":1}']);
  assert.deepEqual(hear(""), []);
  assert.deepEqual(hear("\n"), []);
});

test("frame reader: a BOM and whitespace before the first message are skipped", () => {
  assert.deepEqual(hear("\xef\xbb\xbf \r\n\t{}\n"), ["{}"]);
  assert.deepEqual(hear("\xef\xbb\xbf{}\n", { framing: "newline" }), ["{}"]);
  assert.deepEqual(hear("\xef\xbb\xbfContent-Length: 2\r\n\r\n{}"), ["{}"]);
});

test("frame reader: half a BOM belongs to the message", () => {
  assert.deepEqual(hear("\xef\xbb{}\n"), ["\xef\xbb{}"]);
  assert.deepEqual(hear("\xef\n"), ["\xef"]);
});

test("frame reader: the first byte settles the framing for good", () => {
  const framing = (text: string) => read([Buffer.from(text)]).framing;
  assert.equal(framing(" "), undefined);
  for (const text of ["{", "[", "x", "\n 5"]) assert.equal(framing(text), "newline");
  for (const text of ["C", "content-type: x"]) assert.equal(framing(text), "content-length");
  assert.deepEqual(hear("{}\nContent-Length: 2\r\n\r\n{}"), ["{}", "Content-Length: 2", "{}"]);
  assert.deepEqual(hear("hello\n"), ["hello"]);
  assert.deepEqual(hear("Content\n", { framing: "newline" }), ["Content"]);
});

test("frame reader: a line over the limit is one fault, and the next line is read", () => {
  assert.deepEqual(hear("{1234567}\n{12345678}\n{1}\n", { maxBytes: 9 }), ["{1234567}", "too_large", "{1}"]);
  assert.deepEqual(hear("{123456789012345678901234567890\n{1}\n{234567890\n", { maxBytes: 9 }), [
    "too_large",
    "{1}",
    "too_large",
  ]);
  assert.deepEqual(hear("{12345678", { maxBytes: 8 }), ["too_large"]);
});

test("frame reader: an endless line is reported at the limit and not kept", () => {
  const log: string[] = [];
  const reader = new FrameReader(
    { maxBytes: 1000, framing: "newline" },
    { frame: () => log.push("frame"), fault: ({ code }) => log.push(code) },
  );
  const chunk = Buffer.alloc(300, "x");
  for (let i = 0; i < 4; i++) reader.push(chunk);
  assert.deepEqual(log, ["too_large"]);
  for (let i = 0; i < 100; i++) reader.push(chunk);
  reader.push(Buffer.from("\n{}\n"));
  assert.deepEqual(log, ["too_large", "frame"]);
});

test("frame reader: reads bodies by their Content-Length", () => {
  assert.deepEqual(
    hear(
      'Content-Length: 7\r\n\r\n{"a":1}content-length:2\nContent-Type: application/x; charset=utf-8\n\n{}\r\nCONTENT-LENGTH : 4\r\n\r\n{\n\n}',
    ),
    ['{"a":1}', "{}", "{\n\n}"],
  );
  assert.deepEqual(hear("Content-Type: x\r\nContent-Length: 2\r\n\r\n{}", { framing: "content-length" }), ["{}"]);
  assert.deepEqual(hear("Content-Length: 0\r\n\r\nContent-Length: 2\r\n\r\n{}"), ["{}"]);
  assert.deepEqual(hear("Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"), ["{}"]);
});

test("frame reader: a body over the limit is skipped", () => {
  assert.deepEqual(hear("Content-Length: 9\r\n\r\n{1234567}Content-Length: 2\r\n\r\n{}", { maxBytes: 8 }), [
    "too_large",
    "{}",
  ]);
});

test("frame reader: headers it cannot follow are fatal", () => {
  for (const headers of [
    "Content-Length: x",
    "Content-Length: -1",
    "Content-Length: 1e3",
    "Content-Length:",
    "Content-Length: 9999999999999999",
    "Content-Length: 2\r\nContent-Length: 3",
    "Content-Type: x",
    "Content",
  ]) {
    assert.deepEqual(hear(`${headers}\r\n\r\n{}Content-Length: 2\r\n\r\n{}`), ["fatal parse_error"], headers);
  }
  assert.deepEqual(hear("{}", { framing: "content-length" }), ["fatal parse_error"]);
});

test("frame reader: headers of more than 16 KiB are fatal", () => {
  const headers = (size: number) => Buffer.from(`Content-Length: 2\r\nX: ${"x".repeat(size - 26)}\r\n\r\n{}`);
  const pairs = (bytes: Buffer) =>
    Array.from({ length: Math.ceil(bytes.length / 2) }, (_, i) => bytes.subarray(2 * i, 2 * i + 2));
  for (const cut of [(bytes: Buffer) => [bytes], pairs]) {
    assert.deepEqual(read(cut(headers(16 * 1024))).log, ["{}"]);
    assert.deepEqual(read(cut(headers(16 * 1024 + 1))).log, ["fatal parse_error"]);
  }
});

test("frame reader: headers are counted for each message anew", () => {
  const message = Buffer.from(`Content-Length: 2\r\nX: ${"x".repeat(9000)}\r\n\r\n{}`);
  assert.deepEqual(read([message, message, message]).log, ["{}", "{}", "{}"]);
});

test("frame reader: a stream that ends inside headers or a body is a fault", () => {
  assert.deepEqual(hear("Content-Length: 5\r\n\r\n{}"), ["fatal parse_error"]);
  assert.deepEqual(hear("Content-Length: 5\r\n\r\n"), ["fatal parse_error"]);
  assert.deepEqual(hear("Content-Len"), ["fatal parse_error"]);
  assert.deepEqual(hear("Content-Length: 2\r\n\r\n{}\r\n"), ["{}"]);
});

test("frame reader: a frame inside one chunk is a view of it, not a copy", () => {
  const chunk = Buffer.from("{1}\n{2}\n");
  const { frames } = read([chunk]);
  for (const frame of frames) assert.equal(frame.chunks[0]?.buffer, chunk.buffer);
  assert.deepEqual(
    frames.map((frame) => frame.chunks.length),
    [1, 1],
  );
});

test("frame reader: a small frame in many chunks becomes one, a large one keeps its chunks", () => {
  const small = read([Buffer.from("{1"), Buffer.from("2"), Buffer.from("}\n")]).frames[0];
  assert.equal(small?.chunks.length, 1);
  const chunk = Buffer.alloc(30_000, "x");
  const large = read([Buffer.from("{"), chunk, chunk, chunk, Buffer.from("}\r"), Buffer.from("\n")]).frames[0];
  assert.equal(large?.size, 90_002);
  assert.equal(large?.chunks.length, 5);
  assert.equal(large?.chunks[1], chunk);
});

test("frame reader: a large frame that trickles in is joined on the way, without loss", () => {
  const text = `{"a":"${"0123456789".repeat(30_000)}"}`;
  const bytes = Buffer.from(`${text}\n`);
  const frame = read([...bytes].map((_, i) => bytes.subarray(i, i + 1))).frames[0];
  assert.ok(frame);
  assert.equal(flatten(frame).toString(), text);
  assert.ok(frame.chunks.length < 3000, `${frame.chunks.length} chunks`);
});

test("frame reader: nothing is delivered after the end", () => {
  const log: string[] = [];
  const reader = new FrameReader(
    { maxBytes: 100, framing: "auto" },
    { frame: () => log.push("frame"), fault: ({ code }) => log.push(code) },
  );
  reader.push(Buffer.from("{}\n"));
  reader.end();
  reader.push(Buffer.from("{}\n"));
  reader.end();
  assert.deepEqual(log, ["frame"]);
});

test("frame reader: says of a frame that came in pieces whether it is UTF-8", () => {
  const lines = ["plain", "über €uro 😀", "bad: \xff", "bad: \xc3", "bad: \xe2\x82(", "fine again"];
  const bytes = Buffer.concat(lines.map((line) => Buffer.from(`${line}\n`, line.includes("😀") ? "utf8" : "latin1")));
  for (let size = 1; size < 5; size++) {
    const said: (boolean | undefined)[] = [];
    const reader = new FrameReader(
      { maxBytes: 100, framing: "newline" },
      { frame: ({ isUtf8 }) => said.push(isUtf8), fault: ({ message }) => assert.fail(message) },
    );
    for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
    assert.deepEqual(said, [true, true, false, false, false, true], `in pieces of ${size}`);
  }
});

test("frame reader: what was too large says nothing of the next frame", () => {
  const frames: Frame[] = [];
  const reader = new FrameReader(
    { maxBytes: 8, framing: "newline" },
    { frame: (frame) => frames.push(frame), fault() {} },
  );
  for (const part of ["\xc3", "\xff and too long", "\nfi", "ne\n"]) reader.push(Buffer.from(part, "latin1"));
  assert.deepEqual(
    frames.map(({ isUtf8 }) => isUtf8),
    [true],
  );
});

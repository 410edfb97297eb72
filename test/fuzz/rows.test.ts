// Messages that stand one behind the other are scanned in one go where they are usual: what is read of them must be what is read one by one.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { Secret } from "../../src/base/secret.ts";
import { type Frame, flatten } from "../../src/wire/frame.ts";
import { FrameReader } from "../../src/wire/framing.ts";
import { IncomingBudget } from "../../src/wire/incoming-budget.ts";
import { createMasker } from "../../src/wire/mask.ts";
import { MessageReader } from "../../src/wire/message-reader.ts";
import { byteIn, partIn, stringIn } from "../../src/wire/read-message.ts";
import { createScan, type Scan, scan, scanCore } from "../../src/wire/scan.ts";
import { ScanMemory } from "../../src/wire/scan-memory.ts";
import { WsReader } from "../../src/wire/ws-codec.ts";
import { message, mutate } from "../helpers/random-messages.ts";
import { type Random, seededRandom } from "../helpers/seeded-random.ts";
import { clientFrame, text as textFrame } from "../helpers/ws-frames.ts";

/** Readers that take no larger messages than this read one by one. */
const oneByOne = 4000;
const inRows = 1024 * 1024;
const memory = new ScanMemory();
const vectors = new ScanMemory();
const incoming = new IncomingBudget(Number.POSITIVE_INFINITY);
let rows = 0;

before(() => {
  // What comes first is read one by one in any case.
  const call = Buffer.from('{"jsonrpc":"2.0","id":1,"method":"ping"}');
  for (let n = 0; n < 600; n++) scan(call, createScan());
});

const rangesOf = ({ knownMeta: _, isPlain: __, ...ranges }: Scan) => ranges;

/** All that a client's message is found to be, as the relay reads it. */
function heard(frame: Frame, reader: MessageReader): string {
  if (frame.text !== undefined && frame.size > 0) rows++;
  reader.read(frame);
  const { scan: found, fault } = reader;
  const said = { fault, ranges: fault === undefined ? rangesOf(found) : undefined, parts: [] as unknown[] };
  if (fault === undefined) {
    for (const [start, end] of [
      [found.idStart, found.idEnd],
      [found.methodStart, found.methodEnd],
      [found.nameStart, found.nameEnd],
      [found.metaStart, found.metaEnd],
    ] as const) {
      if (start < 0) continue;
      const isString = byteIn(reader, start) === 0x22;
      said.parts.push(partIn(reader, start, end), isString ? stringIn(reader, start, end) : undefined);
    }
    said.parts.push(reader.meta?.text, reader.meta?.claim?.revision, reader.text);
  }
  const bytes = reader.bytes.toString("latin1");
  reader.release();
  // Its bytes from whoever has the frame, too.
  assert.equal(flatten(frame).toString("latin1"), bytes);
  return `${JSON.stringify(said)} ${bytes}`;
}

function framesIn(chunks: readonly Buffer[], maxBytes: number): string[] {
  const events: string[] = [];
  const messages = new MessageReader();
  const reader = new WsReader(
    { maxBytes, memory, vectors, incoming },
    {
      message: (frame) => events.push(heard(frame, messages)),
      ping: (payload) => events.push(`ping ${payload.toString("latin1")}`),
      pong: () => events.push("pong"),
      close: (code) => events.push(`close ${code}`),
      fault: (code) => events.push(`fault ${code}`),
    },
  );
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  return events;
}

function linesIn(chunks: readonly Buffer[], maxBytes: number): string[] {
  const events: string[] = [];
  const record = createScan();
  const reader = new FrameReader(
    { maxBytes, framing: "newline" },
    {
      frame(frame) {
        if (frame.text !== undefined) rows++;
        const fault = scanCore(frame, record);
        const ranges = fault === undefined ? rangesOf(record) : undefined;
        events.push(`${JSON.stringify({ fault, ranges })} ${flatten(frame).toString("latin1")}`);
      },
      fault: ({ code }) => events.push(`fault ${code}`),
    },
  );
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  return events;
}

function cut(random: Random, bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random.below(random.pick([8, 200, 3000, 20_000]));
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

const usual = (random: Random): string =>
  random.pick([
    `{"jsonrpc":"2.0","id":${random.below(1000)},"method":"tools/call","params":{"name":"a__b","arguments":{"text":"${"x".repeat(random.below(random.pick([10, 300])))}"}}}`,
    `{"jsonrpc":"2.0","id":"${random.below(100)}-and-a-long-id","method":"tools/call","params":{"name":"a__b","arguments":{},"_meta":{"progressToken":${random.below(9)}}}}`,
    `{"jsonrpc":"2.0","id":${random.below(9)},"result":{"content":[{"type":"text","text":"${random.next()}"}]}}`,
    `{"jsonrpc":"2.0","id":${random.below(9)},"method":"tools/call","params":{"name":"a","_meta":{"io.modelcontextprotocol/protocolVersion":"${random.pick(["2026-07-28", "2027-01-01"])}","a":${random.below(2)}}}}`,
    '{"jsonrpc":"2.0","method":"notifications/initialized"}',
    `{ "jsonrpc": "2.0",\t"id": 7, "method": "a\\n${random.below(9)}" }`,
  ]);

const anything = (random: Random): Buffer => {
  const kind = random.below(12);
  const text = kind < 4 ? message(random) : "";
  if (text === "" || text.length > oneByOne / 2) return Buffer.from(usual(random));
  return kind === 0 ? mutate(random, Buffer.from(text)) : Buffer.from(text);
};

test("rows: lines of a Core are what they are one by one, wherever reads end", () => {
  const random = seededRandom(11);
  rows = 0;
  for (let round = 0; round < 600; round++) {
    const lines: Buffer[] = [];
    for (let count = random.below(40); count >= 0; count--) {
      const end = random.below(30) === 0 ? random.pick(["\r\n", "\n\n", " \n"]) : "\n";
      lines.push(anything(random), Buffer.from(end));
    }
    const chunks = cut(random, Buffer.concat(lines));
    assert.deepEqual(linesIn(chunks, inRows), linesIn(chunks, oneByOne));
  }
  assert.ok(rows > 1000, `${rows} were read in rows`);
});

test("rows: frames of a client are what they are one by one, wherever reads end", () => {
  const random = seededRandom(12);
  rows = 0;
  for (let round = 0; round < 600; round++) {
    const frames: Buffer[] = [];
    for (let count = random.below(40); count >= 0; count--) {
      const mask = Buffer.from([0, 0, 0, 0].map(() => random.below(256)));
      const payload = anything(random);
      const kind = random.below(60);
      if (kind === 0) frames.push(clientFrame({ opcode: random.pick([9, 10]), payload: "p", mask }));
      else if (kind === 1) {
        const at = random.below(payload.length);
        frames.push(clientFrame({ opcode: 1, fin: false, payload: payload.subarray(0, at), mask }));
        frames.push(clientFrame({ opcode: 0, payload: payload.subarray(at), mask }));
      } else if (kind === 2 && round % 9 === 0) {
        frames.push(
          random.pick([
            clientFrame({ opcode: 2, payload, mask }),
            clientFrame({ opcode: 1, rsv: 0x40, payload, mask }),
            clientFrame({ opcode: 1, payload, mask: false }),
            clientFrame({ opcode: 8, payload: Buffer.from([3, 232]), mask }),
            clientFrame({ opcode: 0, payload, mask }),
          ]),
        );
      } else frames.push(textFrame(payload, { mask }));
    }
    const chunks = cut(random, Buffer.concat(frames));
    assert.deepEqual(framesIn(chunks, inRows), framesIn(chunks, oneByOne));
  }
  assert.ok(rows > 1000, `${rows} were read in rows`);
});

test("rows: what is taken is right by the plain scan, with every byte of a message changed", () => {
  const good = '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a__b","_meta":{"progressToken":"t"}}}';
  const other = '{"jsonrpc":"2.0","id":8,"result":{"a":[1,2.5e3,"x"]}}';
  for (const one of [good, other]) {
    for (let at = 0; at < one.length; at++) {
      for (const byte of [0x00, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x30, 0x3a, 0x5c, 0x5d, 0x7b, 0x7d, 0x80, 0xff]) {
        const changed = Buffer.from(one);
        changed[at] = byte;
        const chunk = Buffer.concat([Buffer.from(`${good}\n`), changed, Buffer.from(`\n${other}\n`)]);
        assert.deepEqual(linesIn([Buffer.from("\n"), chunk], inRows), linesIn([Buffer.from("\n"), chunk], oneByOne));
        const frames = Buffer.concat([textFrame(good), textFrame(changed), textFrame(other)]);
        assert.deepEqual(framesIn([frames], inRows), framesIn([frames], oneByOne));
      }
    }
  }
});

test("rows: a secret is masked in what was read in a row, also one that is looked for since", () => {
  const secret = "s3cret-Value-of-a-core";
  const result = (text: string) => `{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"${text}"}]}}\n`;
  for (const isKnownBefore of [true, false]) {
    const masker = createMasker();
    masker.add(new Secret("another-Secret-of-it"));
    if (isKnownBefore) masker.add(new Secret(secret));
    const shown: string[] = [];
    const reader = new FrameReader(
      { maxBytes: inRows, framing: "newline", look: (chunk) => masker.look(chunk) },
      {
        frame(frame) {
          assert.ok(frame.text !== undefined || frame.size === 2);
          if (!isKnownBefore) masker.add(new Secret(secret));
          const masked = masker.maskFrame(frame);
          shown.push(masked.text ?? flatten(masked).toString("latin1"));
        },
        fault: ({ message }) => assert.fail(message),
      },
    );
    reader.push(Buffer.from("{}\n"));
    reader.push(Buffer.from(result("a") + result(`is ${secret}!`) + result("b")));
    const want = ["a", `is ${"*".repeat(secret.length)}!`, "b"].map((text) => result(text).slice(0, -1));
    assert.deepEqual(shown.slice(1), want);
  }
});

test("rows: a message that leads to others, or whose reader throws, leaves those behind it as they are", () => {
  const one = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
  const two = '{"jsonrpc":"2.0","id":"x","method":"tools/list","params":{"cursor":"c"}}';
  const seen: string[] = [];
  const record = createScan();
  const note = (frame: Frame) => {
    assert.equal(scanCore(frame, record), undefined);
    const text = flatten(frame).toString("latin1");
    seen.push(`${text.slice(record.idStart, record.idEnd)} ${text}`);
  };
  const events = { fault: () => assert.fail("a fault") };
  const inner = new FrameReader({ maxBytes: inRows, framing: "newline" }, { ...events, frame: note });
  let isThrowing = false;
  const outer = new FrameReader(
    { maxBytes: inRows, framing: "newline" },
    {
      ...events,
      frame(frame) {
        if (isThrowing) throw new Error("of the reader");
        inner.push(Buffer.from(`${two}\n${one}\n`));
        note(frame);
      },
    },
  );
  outer.push(Buffer.from(`${one}\n${two}\n${one}\n`));
  const inside = [`"x" ${two}`, `1 ${one}`];
  assert.deepEqual(seen, [...inside, `1 ${one}`, ...inside, `"x" ${two}`, ...inside, `1 ${one}`]);
  isThrowing = true;
  assert.throws(() => outer.push(Buffer.from(`${one}\n${two}\n`)), /of the reader/);
  isThrowing = false;
  seen.length = 0;
  inner.push(Buffer.from(`${one}\n${two}\n`));
  assert.deepEqual(seen, [`1 ${one}`, `"x" ${two}`]);
});

test("rows: a message of which somebody has had the bytes made before it is read is the same", () => {
  const call = '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a__b","arguments":{"a":1}}}';
  const reader = new MessageReader();
  const seen: string[] = [];
  const frames = new WsReader(
    { maxBytes: inRows, memory, vectors, incoming },
    {
      message(frame) {
        assert.ok(frame.text !== undefined);
        assert.equal(frame.chunks.length, 1);
        reader.read(frame);
        assert.equal(reader.fault, undefined);
        seen.push(
          reader.bytes.toString(),
          reader.text ?? "",
          partIn(reader, reader.scan.nameStart, reader.scan.nameEnd),
        );
      },
      ping: () => {},
      pong: () => {},
      close: () => {},
      fault: (_, reason) => assert.fail(reason),
    },
  );
  frames.push(Buffer.concat([textFrame(call), textFrame(call)]));
  assert.deepEqual(seen, [call, call, '"a__b"', call, call, '"a__b"']);
});

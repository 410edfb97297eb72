import assert from "node:assert/strict";
import { test } from "node:test";
import { type Frame, frameOfText } from "../../../src/wire/frame.ts";
import { createScan, scan, scanCore } from "../../../src/wire/scan.ts";

const big = JSON.stringify({ content: [{ type: "text", text: "é😀 ".repeat(5000) }], ok: { deep: { er: {} } } });
const record = createScan();

/** The text in chunks of the size; characters may straddle. */
function chunked(text: string, size: number): Frame {
  const bytes = Buffer.from(text);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return { chunks, size: bytes.length };
}

/** `isOpen`: whether something may stand behind the result that nobody has read. */
function expectCut(text: string, isOpen = false): void {
  const whole = createScan();
  assert.equal(scan(Buffer.from(text), whole), undefined);
  for (const size of [7, 1000, 16_384, 1 << 30]) {
    assert.equal(scanCore(chunked(text, size), record), undefined);
    assert.deepEqual(record, { ...whole, isOpen }, `${text.slice(0, 60)} in chunks of ${size}`);
  }
}

test("scanCore: cuts large results with their usual heads and tails as scan would", () => {
  expectCut(`{"jsonrpc":"2.0","id":41,"result":${big}}`, true);
  expectCut(`{"id":41,"jsonrpc":"2.0","result":${big}}`, true);
  expectCut(`{"result":${big},"jsonrpc":"2.0","id":0}`);
  expectCut(`{"result":${big},"id":9007199254740993,"jsonrpc":"2.0"}`);
  expectCut(` { "jsonrpc" : "2.0" ,\n "id" : -5 , "result" : ${big} } \r\n`, true);
  expectCut(`{ "result" : ${big} , "jsonrpc" : "2.0" , "id" : 7 }`);
});

test("scanCore: scans large messages of any other form", () => {
  expectCut(`{"jsonrpc":"2.0","id":"s","result":${big}}`);
  expectCut(`{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m","data":${big}}}`);
  expectCut(`{"jsonrpc":"2.0","method":"notifications/message","params":{"data":${big}}}`);
  expectCut(`{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{"data":${big}}}`);
  expectCut(`{"jsonrpc":"2.0","result":${big},"id":3}`);
  expectCut(`{"jsonrpc":"2.0","id":1,"result":[${big}]}`);
  expectCut(`{"jsonrpc":"2.0","id":1,"result":${big},"extra":1}`);
  expectCut(`{"extra":1,"jsonrpc":"2.0","id":1,"result":${big}}`);
});

test("scanCore: an inner tail is not taken for the envelope's", () => {
  const inner = `{"a":${big},"jsonrpc":"2.0","id":5}`;
  assert.equal(scanCore(frameOfText(`{"result":${inner}}`), record)?.code, "request_invalid");
  expectCut(`{"result":${inner},"jsonrpc":"2.0","id":6}`);
  expectCut(
    `{"result":{"a":${JSON.stringify(big)},"b":"},\\"jsonrpc\\":\\"2.0\\",\\"id\\":5}"},"jsonrpc":"2.0","id":6}`,
  );
});

test("scanCore: small messages are scanned whole, in any number of chunks", () => {
  const text = '{"jsonrpc":"2.0","id":1,"result":{"a":"é"}}';
  for (let size = 1; size <= text.length; size++) {
    assert.equal(scanCore(chunked(text, size), record), undefined);
    assert.equal(record.resultStart, text.indexOf('{"a"'));
  }
  assert.equal(scanCore(frameOfText('{"jsonrpc":"2.0","id":1,"result":{"a":}}'), record)?.code, "parse_error");
  assert.equal(scanCore({ chunks: [], size: 0 }, record)?.code, "parse_error");
});

test("scanCore: bad UTF-8 is found wherever the chunks break", () => {
  for (const bad of ["\xff", "\xe2\x82", "\xf0\x9f\x98", "\xed\xa0\x80", "\xc3", "\x80", "\xf5\x80\x80\x80"]) {
    const bytes = Buffer.from(`{"jsonrpc":"2.0","id":12,"result":{"a":"${"x".repeat(17_000)}${bad}"}}`, "latin1");
    for (const size of [1, 2, 3, 17_040, 17_041, 17_042, 17_043, 1 << 20]) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
      const fault = scanCore({ chunks, size: bytes.length }, record);
      assert.deepEqual(fault, { code: "parse_error", message: "not valid UTF-8", id: "12" });
    }
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { idEdits } from "../../../src/relay/answers.ts";
import { frameOf, joined } from "../../../src/wire/frame.ts";
import { createScan, scanCore } from "../../../src/wire/scan.ts";

const record = createScan();

/** The answer as its client gets it, who calls it "é". */
function answered(text: string): string {
  const frame = frameOf(Buffer.from(text));
  assert.equal(scanCore(frame, record), undefined);
  return joined(frame, idEdits(Buffer.from('"é"').toString("latin1"), record), "", "").toString();
}

const big = `{"text":"${"x".repeat(16 * 1024)}"}`;

test("answer id: a small answer has it where the Core's was", () => {
  assert.equal(answered('{"jsonrpc":"2.0","id":7,"result":{}}'), '{"jsonrpc":"2.0","id":"é","result":{}}');
  assert.equal(answered('{"result":1,"id":7,"jsonrpc":"2.0"}'), '{"result":1,"id":"é","jsonrpc":"2.0"}');
});

test("answer id: a large result that came behind its id leaves before it, to the byte", () => {
  const whole = `{"result":${big},"jsonrpc":"2.0","id":"é"}`;
  assert.equal(answered(`{"jsonrpc":"2.0","id":7,"result":${big}}`), whole);
  assert.equal(answered(`{"id":-7,"jsonrpc":"2.0","result":${big}}`), whole);
  assert.equal(answered(` {\t"jsonrpc" : "2.0",\r\n"id" :7, "result" : ${big} } `), whole.replace(/\}$/, " } "));
});

test("answer id: behind whatever a Core puts after a large result", () => {
  const more = `"id":8,"Id":9,"method":"m","x":{}`;
  assert.equal(
    answered(`{"jsonrpc":"2.0","id":7,"result":${big},${more}}`),
    `{"result":${big},${more},"jsonrpc":"2.0","id":"é"}`,
  );
});

test("answer id: a large answer of another form, which was read whole, has it where the Core's was", () => {
  for (const [before, after] of [
    [`{"result":${big},"jsonrpc":"2.0","id":`, "}"],
    [`{"extra":1,"jsonrpc":"2.0","id":`, `,"result":${big}}`],
    ['{"jsonrpc":"2.0","id":', `,"error":{"code":1,"message":"m","data":${big}}}`],
    [`{"extra":"${"y".repeat(500)}","id":`, `,"jsonrpc":"2.0","result":${big}}`],
  ]) {
    assert.equal(answered(`${before}7${after}`), `${before}"é"${after}`);
  }
});

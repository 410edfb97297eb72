import assert from "node:assert/strict";
import { test } from "node:test";
import { createScan, scan } from "../../../src/wire/scan.ts";

const record = createScan();

function accept(text: string): void {
  assert.equal(scan(Buffer.from(text), record), undefined, text);
}

function refused(bytes: Buffer): { code: string; message: string; id: string } {
  const fault = scan(bytes, record);
  assert.ok(fault, `accepted ${bytes}`);
  return fault;
}

function refusal(text: string | Buffer): string {
  const { code, id } = refused(Buffer.from(text));
  return `${code} ${id}`;
}

test("scan: a string of 9 MiB passes, and one flaw anywhere in it does not", () => {
  const head = '{"jsonrpc":"2.0","id":5,"method":"m","params":{"arguments":{"text":"';
  const bytes = Buffer.alloc(head.length + 9 * 1024 * 1024 + 4, "x");
  bytes.write(head);
  bytes.write('"}}}', bytes.length - 4);
  assert.equal(scan(bytes, record), undefined);
  for (const at of [head.length, head.length + 70, head.length + 5_000_001, bytes.length - 5]) {
    for (const flaw of [0x00, 0x0a, 0x1f, 0x5c, 0xff]) {
      const kept = bytes[at] as number;
      bytes[at] = flaw;
      assert.equal(refusal(bytes), "parse_error 5", `${flaw} at ${at}`);
      bytes[at] = kept;
    }
  }
});

test("scan: finds a control character at every place of a long string, at every alignment", () => {
  for (let offset = 0; offset < 4; offset++) {
    const head = `${" ".repeat(offset)}{"jsonrpc":"2.0","id":5,"result":"`;
    const bytes = Buffer.from(`${head}${"é~".repeat(150)}"}`);
    assert.equal(scan(bytes, record), undefined);
    for (let at = head.length; at < bytes.length - 2; at++) {
      const kept = bytes[at] as number;
      bytes[at] = 0x1f;
      assert.equal(refused(bytes).message, `not valid JSON at byte ${at}`);
      bytes[at] = kept;
    }
  }
});

test("scan: escapes at every place of a long string are seen", () => {
  for (let at = 0; at < 200; at++) {
    const around = (middle: string) =>
      `{"jsonrpc":"2.0","id":5,"result":"${"x".repeat(at)}${middle}${"y".repeat(200 - at)}"}`;
    accept(around('\\"'));
    accept(around("\\\\"));
    accept(around('\\\\\\"'));
    accept(around("\\u0041"));
    assert.equal(refusal(around("\\q")), "parse_error 5");
    assert.equal(refusal(around("\\u00g1")), "parse_error 5");
    assert.equal(refusal(around('\\\\"')), "parse_error 5");
  }
});

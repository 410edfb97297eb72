import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Frame } from "../../../src/wire/frame.ts";
import { createScan, scan } from "../../../src/wire/scan.ts";
import { ScanMemory } from "../../../src/wire/scan-memory.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";

const mebibyte = 1024 * 1024;

function cut(text: string | Buffer, size: number): Frame {
  const bytes = Buffer.from(text as string);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return { chunks, size: bytes.length };
}

/** The scan of a frame in memory, which must be the one it gets without. */
function scanned(memory: ScanMemory, text: string | Buffer, size = 65_536) {
  const frame = cut(text, size);
  const bytes = memory.load(frame);
  assert.ok(bytes, "there is no WebAssembly here");
  assert.ok(bytes.equals(Buffer.concat(frame.chunks)));
  const record = createScan();
  const plain = createScan();
  const fault = scan(bytes, record, memory);
  const expected = scan(Buffer.concat(frame.chunks), plain);
  assert.deepEqual(fault, expected);
  if (fault === undefined) assert.deepEqual(record, plain);
  return { fault, record, isOneLine: fault === undefined && memory.isOneLine() };
}

const call = (input: string, rest = "") =>
  `{"jsonrpc":"2.0","id":"é","method":"tools/call","params":{"name":"n","arguments":${input}${rest}}}`;

test("scan-memory: a frame in any chunks is scanned as it is without", () => {
  const memory = new ScanMemory();
  const input = JSON.stringify({
    text: 'é"\\\n'.repeat(20_000),
    list: Array.from({ length: 9000 }, (_, n) => [n, { n }]),
  });
  for (const size of [1, 1000, 4096, 65_536, mebibyte]) {
    const { fault } = scanned(memory, call(input, ',"_meta":{"progressToken":7,"deep":[[1],{"a":2}]}'), size);
    assert.equal(fault, undefined);
  }
});

test("scan-memory: every fault is told as it is without", () => {
  const memory = new ScanMemory();
  const long = `"${"x".repeat(5000)}"`;
  for (const text of [
    call(`{"a":[1,2,${long},]}`),
    call(`{"a":${long}`),
    call(`{"a":${long}}}`),
    call(`{"a":${long}}`).slice(0, -1),
    call(`${"[".repeat(127)}${"]".repeat(127)}`),
    call(`${"[".repeat(126)}${"]".repeat(126)}`),
    call(`[${long},"\u0001"]`),
    call(`[${long},"\\x"]`),
    call(`[${long}],"name":"again"`),
    call(`[${long}]`, ',"arguments":[1]'),
    `[${call(`[${long}]`)}]`,
    `  ${long}  `,
    call(`[${long}]`).replace("2.0", "1.0"),
    Buffer.concat([Buffer.from(call(`[${long}]`).slice(0, -4)), Buffer.from([0xff]), Buffer.from('"]}}')]),
    Buffer.from(call(`[${long}]`).replace("xxxx", "\u00e9"), "latin1"),
  ]) {
    scanned(memory, text);
  }
});

test("scan-memory: nothing of an earlier frame shows in a later one", () => {
  const memory = new ScanMemory();
  const random = seededRandom(31);
  for (let round = 0; round < 200; round++) {
    const list = Array.from({ length: random.below(400) }, () =>
      random.pick(["1", "{}", '"]}"', "[[2]]", '"\\\\"', "-1.5e3"]),
    );
    const text = call(`[${list.join(",")}]`);
    const { fault } = scanned(
      memory,
      random.below(3) === 0 ? text.slice(0, random.below(text.length)) : text,
      1 + random.below(3000),
    );
    if (random.below(4) === 0) memory.release();
    assert.ok(fault === undefined || fault.code === "parse_error");
  }
});

test("scan-memory: says of a right frame whether it is known to be one line", () => {
  const memory = new ScanMemory();
  const long = `"${"x\\n".repeat(500)}"`;
  assert.equal(scanned(memory, call(`{"a": ${long}}`)).isOneLine, true);
  assert.equal(scanned(memory, call(`{"a": ${long}}`, `, "b": ${long}`)).isOneLine, true);
  for (const space of ["\n", "\r"]) {
    assert.equal(scanned(memory, call(`{"a":${space}${long}}`)).isOneLine, false, "in a value");
    assert.equal(scanned(memory, call(`${space}{"a":${long}}`)).isOneLine, false, "before a value");
    assert.equal(scanned(memory, call(`{"a":${long}}`, space)).isOneLine, false, "behind a value");
    assert.equal(scanned(memory, `${space}${call(long)}`).isOneLine, false, "at the start");
    assert.equal(scanned(memory, `${call(long)}${space}`).isOneLine, false, "at the end");
    assert.equal(scanned(memory, call(`[1]`, `,"b":[2],${space}"c":[3]`)).isOneLine, false, "between values");
  }
});

test("scan-memory: is made at the first frame, grows with it, and gives unusual size back", () => {
  const memory = new ScanMemory();
  assert.equal(memory.keptBytes, 0);
  scanned(memory, call(`["${"x".repeat(mebibyte)}"]`));
  memory.release();
  const usual = memory.keptBytes;
  assert.ok(usual > mebibyte && usual < 2 * mebibyte, `${usual}`);
  scanned(memory, call(`["${"x".repeat(9 * mebibyte)}"]`));
  assert.ok(memory.keptBytes > 9 * mebibyte);
  memory.release();
  assert.equal(memory.keptBytes, 0);
  assert.equal(scanned(memory, call('{"a":1}')).fault, undefined);
});

test("scan-memory: where WebAssembly is switched off, there is none, and no error", async () => {
  const file = fileURLToPath(new URL("../../../src/wire/scan-memory.ts", import.meta.url));
  const program = `
    const { ScanMemory } = await import(${JSON.stringify(file)});
    delete globalThis.WebAssembly;
    const memory = new ScanMemory();
    const frame = { chunks: [Buffer.from("{}")], size: 2 };
    console.log(memory.load(frame), memory.load(frame), memory.keptBytes);`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  assert.equal(stdout.trim(), "undefined undefined 0");
});

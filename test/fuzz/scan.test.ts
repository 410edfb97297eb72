import assert from "node:assert/strict";
import { test } from "node:test";
import { type Frame, flatten } from "../../src/wire/frame.ts";
import { FrameReader } from "../../src/wire/framing.ts";
import { elements, members } from "../../src/wire/json.ts";
import { createScan, type Scan, type ScanFault, scan, scanCore, stringAt } from "../../src/wire/scan.ts";
import { message, mutate, object, value } from "../helpers/random-messages.ts";
import { type Random, seededRandom } from "../helpers/seeded-random.ts";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What JSON.parse says; undefined for what is not JSON or not UTF-8. */
function parse(bytes: Buffer): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(strict.decode(bytes)) };
  } catch {
    return undefined;
  }
}

/** The keys of an object as JSON bytes, decoded, and whether one of `watched` (or any) comes twice. */
function hasTwice(bytes: Buffer, start: number, end: number, watched?: readonly string[]): boolean {
  const seen = new Set<string>();
  let isTwice = false;
  members(bytes, start, end, (key) => {
    if (watched === undefined || watched.includes(key)) {
      isTwice ||= seen.has(key);
      seen.add(key);
    }
  });
  return isTwice;
}

/** Keys that nobody may write in other letters, as regular expressions that Unicode's simple case folding is applied to. */
const guarded = {
  envelope: /^(?:jsonrpc|id|method|params|result|error)$/iu,
  params: /^(?:name|uri|_meta|progressToken|requestId|arguments|task|taskId)$/iu,
  meta: /^(?:progressToken$|io\.modelcontextprotocol\/)/iu,
};

/** Whether an object as JSON bytes has a key that matches only because letters' case does not count. */
function hasOtherLetters(bytes: Buffer, start: number, end: number, keys: RegExp): boolean {
  let isFound = false;
  const exact = new RegExp(keys.source, "u");
  members(bytes, start, end, (key) => {
    isFound ||= keys.test(key) && !exact.test(key);
  });
  return isFound;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isIdLike = (value: unknown): boolean => typeof value === "string" || typeof value === "number";

/** The rules of scan, said over parsed JSON. */
function expected(bytes: Buffer): "ok" | "parse_error" | "request_invalid" {
  const parsed = parse(bytes);
  if (parsed === undefined) return "parse_error";
  const { value } = parsed;
  if (!isRecord(value)) return "request_invalid";
  const first = bytes.indexOf("{");
  const last = bytes.lastIndexOf("}") + 1;
  if (hasTwice(bytes, first, last, ["jsonrpc", "id", "method", "params", "result", "error"])) return "request_invalid";
  if (hasOtherLetters(bytes, first, last, guarded.envelope)) return "request_invalid";
  const { jsonrpc, id, method, params, result, error } = value as Record<string, unknown>;
  if (jsonrpc !== "2.0") return "request_invalid";
  if (params !== undefined && !isRecord(params)) return "request_invalid";
  if (error !== undefined && !isRecord(error)) return "request_invalid";
  if (isRecord(params)) {
    let isBad = false;
    members(bytes, first, last, (key, start, end) => {
      if (key !== "params") return;
      isBad ||= hasTwice(bytes, start, end) || hasOtherLetters(bytes, start, end, guarded.params);
      members(bytes, start, end, (inner, from, to) => {
        if (inner === "_meta") isBad ||= hasTwice(bytes, from, to) || hasOtherLetters(bytes, from, to, guarded.meta);
      });
    });
    const meta = params["_meta"];
    if (isRecord(meta) && meta["progressToken"] !== undefined && !isIdLike(meta["progressToken"])) isBad = true;
    if (isBad) return "request_invalid";
  }
  if (method !== undefined) {
    if (typeof method !== "string" || result !== undefined || error !== undefined) return "request_invalid";
    return id === undefined || isIdLike(id) ? "ok" : "request_invalid";
  }
  if ((result === undefined) === (error === undefined)) return "request_invalid";
  return isIdLike(id) || (id === null && error !== undefined) ? "ok" : "request_invalid";
}

function checkRanges(bytes: Buffer, s: Scan): void {
  const message = parse(bytes)?.value as Record<string, unknown>;
  const params = message["params"] as Record<string, unknown> | undefined;
  const meta = isRecord(params?.["_meta"]) ? params["_meta"] : undefined;
  const same = (start: number, end: number, value: unknown, label: string) => {
    if (start < 0) assert.equal(value, undefined, label);
    else assert.deepEqual(JSON.parse(bytes.toString("utf8", start, end)), value, label);
  };
  const idLike = (value: unknown) => (isIdLike(value) ? value : undefined);
  same(s.idStart, s.idEnd, message["id"] ?? undefined, "id");
  same(s.methodStart, s.methodEnd, message["method"], "method");
  same(s.paramsStart, s.paramsEnd, params, "params");
  same(s.resultStart, s.resultEnd, message["result"], "result");
  same(s.errorStart, s.errorEnd, message["error"], "error");
  same(s.nameStart, s.nameEnd, params?.["name"], "name");
  same(s.uriStart, s.uriEnd, params?.["uri"], "uri");
  same(s.metaStart, s.metaEnd, params?.["_meta"], "_meta");
  same(s.tokenStart, s.tokenEnd, meta?.["progressToken"], "token");
  same(s.paramTokenStart, s.paramTokenEnd, idLike(params?.["progressToken"]), "paramToken");
  same(s.requestIdStart, s.requestIdEnd, idLike(params?.["requestId"]), "requestId");
  if (s.methodStart >= 0) assert.equal(stringAt(bytes, s.methodStart, s.methodEnd), message["method"]);
}

function checkFault(bytes: Buffer, fault: ScanFault): void {
  if (fault.id === "null") return;
  assert.ok(isIdLike(JSON.parse(Buffer.from(fault.id, "latin1").toString())), fault.id);
  assert.ok(bytes.includes(Buffer.from(fault.id, "latin1")), "the id is one that was sent");
}

function randomChunks(random: Random, bytes: Buffer): Frame {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random.below(random.pick([3, 50, 30_000]));
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return { chunks, size: bytes.length };
}

test("scan: agrees with JSON.parse and with the rules said over it, for messages whole and damaged", () => {
  const random = seededRandom(1);
  const s = createScan();
  const tally = { ok: 0, parse_error: 0, request_invalid: 0 };
  for (let round = 0; round < 8000; round++) {
    const text = Buffer.from(message(random));
    const bytes = random.below(2) === 0 ? text : mutate(random, text);
    const fault = scan(bytes, s);
    const outcome = fault?.code ?? "ok";
    tally[outcome]++;
    assert.equal(outcome, expected(bytes), `round ${round}: ${bytes} ${fault?.message}`);
    if (fault === undefined) checkRanges(bytes, s);
    else checkFault(bytes, fault);
  }
  for (const [outcome, count] of Object.entries(tally)) assert.ok(count > 500, `${outcome} came up ${count} times`);
});

test("scan: messages read byte by byte are scanned as when read whole", () => {
  const random = seededRandom(2);
  const whole = createScan();
  const s = createScan();
  for (let round = 0; round < 600; round++) {
    const text = Buffer.from(message(random));
    const bytes = Buffer.from((random.below(2) === 0 ? text : mutate(random, text)).filter((byte) => byte !== 0x0a));
    const frames: Frame[] = [];
    const reader = new FrameReader(
      { maxBytes: 1 << 20, framing: "newline" },
      { frame: (frame) => frames.push(frame), fault: ({ message }) => assert.fail(message) },
    );
    for (let at = 0; at < bytes.length; at++) reader.push(bytes.subarray(at, at + 1));
    reader.end();
    const [frame] = frames;
    if (frame === undefined) continue;
    const read = flatten(frame);
    assert.deepEqual(scan(read, s), scan(Buffer.from(read), whole));
    assert.deepEqual(s, whole);
  }
});

test("scanCore: ranges in any chunks are those of scan", () => {
  const random = seededRandom(3);
  const whole = createScan();
  const s = createScan();
  for (let round = 0; round < 600; round++) {
    const result = object(random, [
      ["a", value(random, 0)],
      ["pad", `"${"é😀x".repeat(random.below(5000))}"`],
      ["b", value(random, 1)],
    ]);
    const text = random.pick([
      `{"jsonrpc":"2.0","id":7,"result":${result}}`,
      `{"id":7,"jsonrpc":"2.0","result":${result}}`,
      `{"result":${result},"jsonrpc":"2.0","id":7}`,
      `{"jsonrpc":"2.0","id":7,"error":${result}}`,
      `{"jsonrpc":"2.0","method":"m","params":${result}}`,
      message(random),
    ]);
    const bytes = Buffer.from(text);
    assert.deepEqual(scanCore(randomChunks(random, bytes), s), scan(bytes, whole));
    // Only of what was cut there is more than a scan could say.
    assert.deepEqual({ ...s, isOpen: false }, whole, text.slice(0, 80));
  }
});

test("scanCore: takes no bad UTF-8 and names no id that was not sent, whatever a Core sends", () => {
  const random = seededRandom(4);
  const s = createScan();
  for (let round = 0; round < 600; round++) {
    const bytes = mutate(
      random,
      Buffer.from(`{"jsonrpc":"2.0","id":7,"result":{"pad":"${"é😀x".repeat(2500)}","v":${value(random, 0)}}}`),
    );
    const fault = scanCore(randomChunks(random, bytes), s);
    if (fault !== undefined) {
      checkFault(bytes, fault);
    } else {
      assert.doesNotThrow(() => strict.decode(bytes));
      assert.ok(isIdLike(JSON.parse(bytes.toString("utf8", s.idStart, s.idEnd))));
      assert.ok(s.resultStart > 0 && s.resultEnd <= bytes.length);
    }
  }
});

test("members, elements: whole if and only if JSON.parse takes the range, with its values", () => {
  const random = seededRandom(5);
  for (let round = 0; round < 4000; round++) {
    const text = Buffer.from(value(random, 0));
    const damaged = random.below(2) === 0 ? text : mutate(random, text);
    if (damaged.length === 0 || ![0x7b, 0x5b].includes(damaged[0] as number)) continue;
    const bytes = Buffer.concat([Buffer.from("??"), damaged, Buffer.from("}]")]);
    const end = bytes.length - 2;
    const found: [string, unknown][] = [];
    const json = (from: number, to: number): unknown => JSON.parse(bytes.toString("utf8", from, to));
    const isArray = damaged[0] === 0x5b;
    const isWhole = isArray
      ? elements(bytes, 2, end, (from, to) => found.push(["", json(from, to)]))
      : members(bytes, 2, end, (key, from, to) => found.push([key, json(from, to)]));
    // Damaged UTF-8 is not theirs to find, and space behind the range's last brace is not theirs to skip.
    let parsed: unknown;
    try {
      parsed = JSON.parse(damaged.toString());
    } catch {
      parsed = undefined;
    }
    const isTight = [0x7d, 0x5d].includes(damaged.at(-1) as number);
    assert.equal(isWhole, parsed !== undefined && isTight, damaged.toString());
    if (isWhole) assert.deepEqual(isArray ? found.map(([, item]) => item) : Object.fromEntries(found), parsed);
  }
});

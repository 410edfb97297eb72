// The WebAssembly scan of small messages against the plain one and JSON.parse: what it takes must be right, and read in the same way.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createScan, type Scan, scanAny } from "../../src/wire/scan.ts";
import { SmallScan, smallMessageBytes } from "../../src/wire/small-scan.ts";
import { message, mutate, value } from "../helpers/random-messages.ts";
import { seededRandom } from "../helpers/seeded-random.ts";

const small = new SmallScan();
assert.ok(small.start(), "there is no WebAssembly with vectors here");
const fields = (Object.keys(createScan()) as (keyof Scan)[]).filter(
  (field) => field !== "knownMeta" && field !== "isPlain",
);
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const got = createScan();
const want = createScan();

/** Whether it is taken; if so, the plain scan must take it too, with the same ranges, and so must JSON.parse. */
function isTaken(text: Buffer | string, by = small): boolean {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  if (!by.scan(bytes, got)) return false;
  const fault = scanAny(bytes, want);
  if (fault !== undefined) assert.fail(`taken in spite of "${fault.message}": ${bytes.toString("latin1")}`);
  for (const field of fields) {
    if (got[field] !== want[field]) assert.fail(`${field}: ${got[field]}, not ${want[field]}: ${bytes}`);
  }
  JSON.parse(strict.decode(bytes));
  return true;
}

/** What clients and Cores send, in the orders and layouts of the libraries that are around. */
const usual = [
  '{"method":"tools/call","params":{"name":"files__read_file","arguments":{"path":"/srv/a b.txt","limit":100}},"jsonrpc":"2.0","id":17}',
  '{"method":"tools/call","params":{"name":"a__b","arguments":{},"_meta":{"progressToken":17}},"jsonrpc":"2.0","id":17}',
  '{"jsonrpc":"2.0","id":"a-1","method":"tools/call","params":{"_meta":{"progressToken":"t","traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","tracestate":"a=b","x":[1]},"name":"n","arguments":{"a":[{"b":[]},null]}}}',
  '{"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": "n", "arguments": {"a": -1.5e+3, "b": [true, false]}}}\r\n',
  '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"p","progress":0.5,"total":1}}',
  '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":12,"reason":"the user asked \\"stop\\"\\n"}}',
  '{"jsonrpc":"2.0","id":0,"method":"resources/read","params":{"uri":"file:///a%20b"}}',
  '{"jsonrpc":"2.0","id":1,"method":"ping"}',
  '{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"n","arguments":{},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"c","version":"1"},"io.modelcontextprotocol/clientCapabilities":{},"progressToken":4}}}',
  '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"n","requestState":"s","inputResponses":{"k":{"action":"accept"}},"task":{}}}',
  '{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{}}',
  '{"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"0123456789abcdef-0123"}]}}',
  '{"result":{"content":[{"type":"text","text":"grüße 😀\\nline"}],"isError":false},"jsonrpc":"2.0","id":1234567}',
  '{"jsonrpc":"2.0","id":"x","error":{"code":-32602,"message":"no such \\"tool\\"","data":{"a":1E-7}}}',
  '{"id":9,"jsonrpc":"2.0","result":{"sum":0.30000000000000004,"big":-123456789012345678901234567890123,"e":1.25e-07}}',
  '{"id":9,"jsonrpc":"2.0","result":{"text":"caf\\u00e9 \\uD83D\\ude00"}}',
];

test("small-scan: takes what clients and Cores usually send", () => {
  for (const text of usual) assert.ok(isTaken(text), text);
});

test("small-scan: leaves to the plain scan what it is not made for, and the record as it was", () => {
  const call = (params: string, rest = "") => `{"jsonrpc":"2.0","id":1,"method":"m","params":${params}${rest}}`;
  for (const text of [
    "",
    " ",
    "{}",
    "[]",
    `[${usual[0]}]`,
    `\ufeff${usual[0]}`,
    `${usual[0]}\0`,
    `${usual[0]}{}`,
    '{"id":1,"method":"m"}',
    '{"jsonrpc":"2.1","id":1,"method":"m"}',
    '{"jsonrpc":2.0,"id":1,"method":"m"}',
    '{"jsonrpc":"2.0","id":null,"method":"m"}',
    '{"jsonrpc":"2.0","id":null,"error":{}}',
    '{"jsonrpc":"2.0","i\\u0064":1,"method":"m"}',
    '{"jsonrpc":"2.0","id":1,"method":"m","extra":1}',
    '{"jsonrpc":"2.0","id":1,"method":"m","result":1}',
    '{"jsonrpc":"2.0","id":1,"result":1,"error":{}}',
    '{"jsonrpc":"2.0","id":1}',
    '{"jsonrpc":"2.0","result":1}',
    call("[]"),
    call("null"),
    call('{"_meta":{"progressToken":null}}'),
    call('{"progressToken":{}}'),
    call('{"a":1,"b":1,"c":1,"d":1,"e":1}'),
    call('{"a":1,"a":2}'),
    call('{"_meta":{"a":1,"b":2,"c":3,"d":4,"e":5}}'),
    call('{"\\u006eame":"n"}'),
    call(`{"a":${"[".repeat(49)}${"]".repeat(49)}}`),
    call(`{"a":"${"x".repeat(smallMessageBytes)}"}`),
  ]) {
    const record = createScan();
    assert.equal(small.scan(Buffer.from(text), record), false, text);
    assert.deepEqual(record, createScan());
  }
  assert.ok(isTaken(call(`{"a":${"[".repeat(48)}${"]".repeat(48)},"b":1,"c":1,"d":1}`)));
  const room = smallMessageBytes - call('{"a":""}').length;
  assert.ok(isTaken(call(`{"a":"${"x".repeat(room)}"}`)));
});

test("small-scan: no part of a message is taken, though the rest of it still lies behind in the memory", () => {
  for (const text of usual) {
    const bytes = Buffer.from(text.trimEnd());
    for (let size = 0; size < bytes.length; size++) {
      assert.ok(isTaken(bytes));
      assert.equal(isTaken(bytes.subarray(0, size)), false, text.slice(0, size));
      isTaken(bytes);
      assert.equal(isTaken(Buffer.concat([bytes, bytes.subarray(size)])), false);
    }
  }
});

test("small-scan: agrees on every change of one byte", () => {
  let taken = 0;
  for (const text of usual) {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      for (let other = 0; other < 256; other++) {
        bytes[at] = other;
        if (isTaken(bytes)) taken++;
      }
      bytes[at] = byte;
      if (isTaken(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]))) taken++;
      for (const more of Buffer.from('"{}[],:\\ \n0-.eE+tnu\x00\x1f\x7f\x80\xc3\xff', "latin1")) {
        if (isTaken(Buffer.concat([bytes.subarray(0, at), Buffer.of(more), bytes.subarray(at)]))) taken++;
      }
    }
  }
  assert.ok(taken > 10_000, `${taken} were taken`);
});

test("small-scan: knows a _meta again, and no other, whatever is changed in it or around it", () => {
  const said = '{"a/protocolVersion":"2026-07-28","b":{"c":[1, "\\u00e9"]}, "d":null}';
  const [first, second] = [Buffer.from(said), Buffer.from('{"b":"a _meta of 33 bytes in all"}')];
  const knowing = new SmallScan();
  assert.ok(knowing.start());
  for (const meta of [first, second, first]) {
    const number = knowing.know(meta);
    let known = 0;
    const look = (bytes: Buffer) => {
      if (!isTaken(bytes, knowing)) return;
      const isIt = bytes.subarray(got.metaStart, got.metaEnd).equals(meta);
      assert.equal(got.knownMeta, got.metaStart >= 0 && isIt ? number : 0, bytes.toString("latin1"));
      if (isIt) known++;
    };
    for (const text of [
      `{"jsonrpc":"2.0","id":1,"method":"m","params":{"name":"n","_meta":${meta}}}`,
      `{"jsonrpc":"2.0","params":{"_meta" : ${meta} ,"name":"n","x":1},"id":1,"method":"m"}`,
      `{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":${meta}}}`,
      `{"jsonrpc":"2.0","id":1,"result":${meta}}`,
    ]) {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at++) {
        look(bytes.subarray(0, at));
        const byte = bytes[at] as number;
        for (let other = 0; other < 256; other++) {
          bytes[at] = other;
          look(bytes);
        }
        bytes[at] = byte;
      }
      look(bytes);
    }
    assert.ok(known > 1000, `${known} were known`);
  }
  for (const other of [Buffer.from("{}"), Buffer.from(`{"é":"${"x".repeat(20)}"}`), Buffer.alloc(2049, " ")]) {
    assert.equal(knowing.know(other), 0);
  }
});

test("small-scan: agrees on random messages, whole and damaged", () => {
  const random = seededRandom(11);
  let taken = 0;
  for (let round = 0; round < 20_000; round++) {
    const whole = random.below(3) === 0 ? Buffer.from(message(random)) : Buffer.from(random.pick(usual));
    if (isTaken(random.below(4) === 0 ? whole : mutate(random, whole))) taken++;
    const result = Buffer.from(`{"result":${value(random, 0)},"jsonrpc":"2.0","id":1}`);
    if (isTaken(random.below(2) === 0 ? result : mutate(random, result))) taken++;
  }
  assert.ok(taken > 4000, `${taken} were taken`);
});

function* orders<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield [];
  for (const item of items) for (const rest of orders(items.filter((other) => other !== item))) yield [item, ...rest];
}

test("small-scan: takes the members of a call in every order", () => {
  const params = ['"name":"n"', '"arguments":{"id":1,"name":2}', '"_meta":{"progressToken":1}', '"uri":"u"'];
  for (const inner of orders(params)) {
    const members = ['"jsonrpc":"2.0"', '"id":1', '"method":"m"', `"params":{${inner}}`];
    for (const outer of orders(members)) assert.ok(isTaken(`{${outer}}`), `{${outer}}`);
  }
});

/** The key in quotes: as it is, with each of its letters escaped, and with all. */
function spellings(key: string): string[] {
  const escapes = [...key].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const one = escapes.map((written, at) => key.slice(0, at) + written + key.slice(at + 1));
  return [key, ...one, escapes.join("").toUpperCase().replaceAll("\\U", "\\u")].map((text) => `"${text}"`);
}

test("small-scan: takes no key twice, at any place and in any spelling, of any value", () => {
  const levels: [string, string[], string][] = [
    ["{", ['"jsonrpc":"2.0"', '"id":1', '"method":"m"', '"params":{"name":"n"}'], "}"],
    ["{", ['"jsonrpc":"2.0"', '"id":1', '"result":{}'], "}"],
    ["{", ['"jsonrpc":"2.0"', '"id":1', '"error":{}'], "}"],
    [
      '{"jsonrpc":"2.0","id":1,"method":"m","params":{',
      [
        '"name":"n"',
        '"arguments":{}',
        '"_meta":{}',
        '"uri":"u"',
        '"progressToken":1',
        '"requestId":1',
        '"a":1',
        '"bc":1',
      ],
      "}}",
    ],
    [
      '{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{',
      ['"progressToken":1', '"a":1', '"bc":1'],
      '},"name":"n"}}',
    ],
  ];
  for (const [before, members, after] of levels) {
    assert.ok(isTaken(before + members + after));
    for (const member of members) {
      const key = member.slice(1, member.indexOf('"', 1));
      for (const again of spellings(key)) {
        for (const other of ["1", '"2.0"', '"x"', "{}", "[]", "null"]) {
          for (let at = 0; at <= members.length; at++) {
            for (const space of ["", " "]) {
              const list = members.toSpliced(at, 0, `${space}${again}${space}:${space}${other}`);
              assert.equal(isTaken(before + list + after), false, before + list + after);
            }
          }
        }
      }
    }
  }
});

test("small-scan: takes no key of the protocol in other letters, beside that key or in its place", () => {
  const calls: [string, string[], string][] = [
    ["{", ['"jsonrpc":"2.0"', '"id":1', '"method":"m"', '"params":{}'], "}"],
    [
      '{"jsonrpc":"2.0","id":1,"method":"m","params":{',
      ['"name":1', '"arguments":1', '"_meta":{}', '"task":1', '"requestId":1', '"requestState":1', '"elicitationId":1'],
      "}}",
    ],
    [
      '{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{',
      ['"progressToken":1', '"io.modelcontextprotocol/clientCapabilities":{}', '"io.modelcontextprotocol/x":1'],
      "}}}",
    ],
  ];
  for (const [before, members, after] of calls) {
    assert.ok(isTaken(before + members + after), before + members + after);
    for (const [place, member] of members.entries()) {
      const key = member.slice(1, member.indexOf('"', 1));
      for (let at = 0; at < key.length; at++) {
        const letter = key[at] as string;
        const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
        // Of a reserved key that nobody knows only what it begins with counts.
        if (other === letter || (key.endsWith("/x") && at === key.length - 1)) continue;
        const written = member.replace(key, key.slice(0, at) + other + key.slice(at + 1));
        assert.equal(isTaken(before + members.with(place, written) + after), false, written);
        assert.equal(isTaken(before + [written, ...members] + after), false, written);
        assert.equal(isTaken(before + [...members, written] + after), false, written);
      }
    }
  }
});

test("small-scan: is not led to members that stand in strings, in values or one level off", () => {
  const hidden = ['"id":2', '"method":"x"', '"name":"x"', '"params":{"name":"x"}', '"progressToken":9', '"uri":"x"'];
  for (const member of hidden) {
    const text = JSON.stringify(`,${member},"a":{${member}}`);
    for (const inner of [text, `{${member}}`, `[{${member}}]`, `{"params":{${member}}}`, `{"_meta":{${member}}}`]) {
      assert.ok(isTaken(`{"jsonrpc":"2.0","id":1,"method":"m","params":{"name":"n","arguments":${inner}}}`));
      assert.ok(isTaken(`{"jsonrpc":"2.0","id":1,"method":"m","params":{"name":${inner},"arguments":1}}`));
      assert.ok(isTaken(`{"jsonrpc":"2.0","id":1,"method":"m","params":{"name":1,"_meta":{"a":${inner}}}}`));
      assert.ok(isTaken(`{"jsonrpc":"2.0","id":1,"method":"m","params":{"other":${inner},"name":1}}`));
      assert.ok(isTaken(`{"result":${inner},"jsonrpc":"2.0","id":1}`));
      assert.ok(isTaken(`{"error":{"message":${inner}},"jsonrpc":"2.0","id":1}`));
    }
    assert.ok(isTaken(`{"jsonrpc":"2.0","id":1,"method":${text},"params":{}}`));
    assert.ok(isTaken(`{"jsonrpc":"2.0","id":${text},"method":"m"}`));
  }
});

/** Tries all texts of up to `length` parts between `before` and `after`; how many are taken. */
function exhaust(parts: readonly string[], length: number, before: string, after: string): number {
  let taken = 0;
  const grow = (text: string, left: number): void => {
    const bytes = Buffer.from(before + text + after, "latin1");
    const isRight = isTaken(bytes);
    if (isRight) taken++;
    else if (scanAny(bytes, want) === undefined) assert.fail(`not taken: ${bytes}`);
    if (left > 0) for (const part of parts) grow(text + part, left - 1);
  };
  grow("", length);
  return taken;
}

test("small-scan: takes exactly the right ones of all short values", () => {
  const result = '{"jsonrpc":"2.0","id":1,"result":';
  const params = '{"jsonrpc":"2.0","method":"m","params":{"arguments":';
  const numbers = exhaust(["0", "1", "9", "-", "+", ".", "e", "E"], 5, result, "}");
  const tokens = exhaust(["{", "}", "[", "]", ",", ":", '"a"', "1", "true", " "], 5, params, "}}");
  const strings = exhaust(['"', "\\", "n", "/", "a", "\n", "\x7f"], 5, result, "}");
  const literals = exhaust(["t", "true", "false", "null", "e", "s", "nul", "\t", ","], 4, `${result}[`, "]}");
  assert.deepEqual([numbers > 1000, tokens > 100, strings > 100, literals > 10], [true, true, true, true]);
});

test("small-scan: strings of every length end where they do, whatever stands where in them", () => {
  for (let size = 0; size < 70; size++) {
    for (let at = 0; at <= size; at++) {
      for (const part of ["", '\\"', "\\\\", "\\", '"', "\n", "é", "\x80", "\\u0041", "\\x"]) {
        const inner = "x".repeat(at) + part + "y".repeat(size - at);
        isTaken(`{"jsonrpc":"2.0","id":1,"result":"${inner}"}`);
        isTaken(`{"jsonrpc":"2.0","id":"${inner}","method":"m","params":{"${inner}":1}}`);
        isTaken(Buffer.from(`{"jsonrpc":"2.0","id":1,"result":"${inner}"}`, "latin1"));
      }
    }
    assert.ok(isTaken(`{"jsonrpc":"2.0","id":"${"x".repeat(size)}","result":"${"y".repeat(size)}"}`));
  }
});

test("small-scan: starts by itself once enough messages came", () => {
  const lazy = new SmallScan();
  const bytes = Buffer.from(usual[0] as string);
  assert.equal(lazy.scan(bytes, got), false);
  let count = 1;
  while (!lazy.scan(bytes, got) && count < 10_000) count++;
  assert.ok(count >= 512 && count < 10_000, `it took ${count} messages`);
});

test("small-scan: where WebAssembly is switched off, nothing is taken, and there is no error", () => {
  const host = Object.getOwnPropertyDescriptor(globalThis, "WebAssembly") as PropertyDescriptor;
  Object.defineProperty(globalThis, "WebAssembly", { ...host, value: undefined });
  const none = new SmallScan();
  const bytes = Buffer.from(usual[0] as string);
  for (let count = 0; count < 2000; count++) assert.equal(none.scan(bytes, got), false);
  assert.equal(none.start(), false);
  Object.defineProperty(globalThis, "WebAssembly", host);
});

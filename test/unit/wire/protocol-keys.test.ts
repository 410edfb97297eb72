// Keys that are one of the protocol's in other letters: refused wherever the hub reads that key, by each of the scanners, and nowhere else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { frameOf } from "../../../src/wire/frame.ts";
import { foldedKey, metaKeysRead, paramKeys } from "../../../src/wire/protocol-keys.ts";
import { createScan, type ScanFault, scan, scanAny } from "../../../src/wire/scan.ts";
import { ScanMemory } from "../../../src/wire/scan-memory.ts";
import { SmallScan } from "../../../src/wire/small-scan.ts";

const small = new SmallScan();
assert.ok(small.start(), "there is no WebAssembly with vectors here");
const memory = new ScanMemory();
const record = createScan();

/** What all scanners say of the message. */
function fault(text: string): ScanFault | undefined {
  const bytes = Buffer.from(text);
  const said = scanAny(bytes, record);
  const loaded = memory.load(frameOf(bytes));
  assert.ok(loaded);
  assert.deepEqual(scan(loaded, record, memory), said);
  assert.equal(small.scan(bytes, record) && said !== undefined, false, text);
  return said;
}

const escaped = (text: string) =>
  [...text].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");

/** The key in other letters, as it may stand in JSON: one letter after the other, all at once, with those that fold to ASCII, and with escapes. */
function otherLetters(key: string): string[] {
  const found = new Set<string>();
  for (let at = 0; at < key.length; at++) {
    const [before, letter, after] = [key.slice(0, at), key[at] as string, key.slice(at + 1)];
    const others = [letter.toUpperCase(), letter.toLowerCase()];
    if (/s/i.test(letter)) others.push("\u017f");
    if (/k/i.test(letter)) others.push("\u212a");
    if (/i/i.test(letter)) others.push("\u0131", "\u0130");
    for (const other of others) {
      if (other === letter) continue;
      found.add(before + other + after).add(before + escaped(other) + after);
    }
  }
  const whole = [key.toUpperCase(), key.toLowerCase(), key.replaceAll("ss", "\u00df")].filter((text) => text !== key);
  for (const text of whole) found.add(text).add(escaped(text));
  return [...found];
}

const places: readonly (readonly [place: string, keys: readonly string[], with_: (member: string) => string])[] = [
  [
    "the message",
    ["jsonrpc", "id", "method", "params", "result", "error"],
    (member) => `{"jsonrpc":"2.0","id":5,${member},"method":"m"}`,
  ],
  ["params", paramKeys, (member) => `{"jsonrpc":"2.0","id":5,"method":"m","params":{"a":1,${member}}}`],
  [
    "params._meta",
    [...metaKeysRead, "io.modelcontextprotocol/else"],
    (member) => `{"jsonrpc":"2.0","id":5,"method":"m","params":{"_meta":{${member},"a":1}}}`,
  ],
];

for (const [place, keys, put] of places) {
  test(`protocol keys: one of ${place} is refused in any other letters, with its name and the fix`, () => {
    for (const key of keys) {
      for (const other of otherLetters(key)) {
        const text = put(`"${other}":{}`);
        const said = fault(text);
        // Of the reserved ones that nobody knows only the front is looked at.
        if (said === undefined && key.endsWith("/else") && other.startsWith("io.modelcontextprotocol/")) continue;
        assert.equal(said?.code, "request_invalid", text);
        const meant = key.startsWith("io.")
          ? /"io\.modelcontextprotocol\//
          : new RegExp(`"${key}": write it so, or leave it out$`);
        assert.match(said.message, meant);
        assert.ok(said.message.includes(` in ${place} can be read as `), said.message);
        assert.equal(said.id, key === "id" ? "null" : "5");
      }
    }
  });

  test(`protocol keys: one of ${place} as it is, and what is none of them, is let pass`, () => {
    for (const key of keys) {
      if (place !== "the message") {
        const value = key === "progressToken" || key === "requestId" ? "1" : "{}";
        assert.equal(fault(put(`"${key}":${value}`)), undefined, key);
        assert.ok(small.scan(Buffer.from(put(`"${key}":${value}`)), record), `${key} costs a second scan`);
      }
      for (const other of [
        `${key}s`,
        `x${key}`,
        key.slice(1),
        `${key}\u0000`,
        `${key} `,
        `${key}\u0307`,
        `\u00e9${key.slice(1)}`,
      ]) {
        const text = put(`${JSON.stringify(other)}:1`);
        if (other !== "" && !keys.some((one) => foldedKey(one) === foldedKey(other)))
          assert.equal(fault(text), undefined, text);
      }
    }
    assert.equal(fault(put('"\u007fmeta":1')), undefined);
    assert.equal(fault(put('"":1')), undefined);
  });
}

test("protocol keys: there is room for all of them in the tables of the WebAssembly scan", () => {
  assert.ok(paramKeys.length <= 32 && metaKeysRead.length <= 16, "make the tables of wasm/protocol-keys.ts larger");
  for (const key of [...paramKeys, ...metaKeysRead]) assert.ok(Buffer.byteLength(key) < 48, key);
});

test("protocol keys: what the hub does not read may have any letters", () => {
  const other = '{"Name":1,"Params":{"Arguments":2,"_Meta":3},"ID":4,"ProgressToken":5}';
  for (const text of [
    `{"jsonrpc":"2.0","id":5,"method":"m","params":{"arguments":${other},"name":${other},"more":${other}}}`,
    `{"jsonrpc":"2.0","id":5,"method":"m","params":{"_meta":{"more":${other}}}}`,
    `{"jsonrpc":"2.0","id":5,"method":"m","params":{"_meta":[${other}]}}`,
    `{"jsonrpc":"2.0","id":5,"method":"m","more":${other}}`,
    `{"jsonrpc":"2.0","id":5,"result":${other}}`,
    `{"jsonrpc":"2.0","id":5,"error":${other}}`,
  ])
    assert.equal(fault(text), undefined, text);
});

test("protocol keys: the same key at another place of a message is none of the protocol's", () => {
  assert.equal(fault('{"jsonrpc":"2.0","id":5,"method":"m","Name":1,"Uri":2,"_Meta":3,"Arguments":4}'), undefined);
  assert.equal(
    fault('{"jsonrpc":"2.0","id":5,"method":"m","params":{"Id":1,"Method":2,"Params":3,"Jsonrpc":4}}'),
    undefined,
  );
  assert.equal(
    fault('{"jsonrpc":"2.0","id":5,"method":"m","params":{"_meta":{"Name":1,"Arguments":2,"TaskId":3}}}'),
    undefined,
  );
});

test("protocol keys: a likeness is told in few words, however long it is", () => {
  const key = `IO.modelcontextprotocol/${"x".repeat(5000)}`;
  const { message = "" } = fault(`{"jsonrpc":"2.0","id":5,"method":"m","params":{"_meta":{"${key}":1}}}`) ?? {};
  assert.ok(message.length < 200, message);
});

test("protocol keys: more keys than anybody needs are refused in the envelope as well, and not looked into", () => {
  const many = (count: number) => Array.from({ length: count }, (_, n) => `"k${n}":1`).join(",");
  assert.equal(fault(`{"jsonrpc":"2.0","id":5,"method":"m",${many(253)}}`), undefined);
  assert.equal(
    fault(`{"jsonrpc":"2.0","id":5,"method":"m",${many(254)}}`)?.message,
    "more than 256 keys in the message",
  );
});

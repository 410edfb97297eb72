import assert from "node:assert/strict";
import { test } from "node:test";
import { frameOfText } from "../../../src/wire/frame.ts";
import { MessageReader } from "../../../src/wire/message-reader.ts";
import { ByMeta } from "../../../src/wire/meta.ts";

const own = '"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}';

function metaOf(reader: MessageReader, meta: string, more = "") {
  reader.read(frameOfText(`{"jsonrpc":"2.0","id":1,"method":"m","params":{${more}"_meta":${meta}}}`));
  assert.equal(reader.fault, undefined);
  return reader.meta;
}

test("meta: the same words are the same object, wherever they stand and whatever the token of progress is", () => {
  const reader = new MessageReader();
  const first = metaOf(reader, `{${own}}`);
  assert.equal(first?.claim?.revision, "2026-07-28");
  // More than it takes for the quick scan to begin, and to know them.
  for (let n = 0; n < 1200; n++) {
    assert.equal(metaOf(reader, `{${own}}`, `"name":"${"x".repeat(n % 50)}",`), first);
  }
  const token = metaOf(reader, `{${own},"progressToken":1}`);
  assert.notEqual(token, first);
  assert.equal(metaOf(reader, `{${own},"progressToken":"another"}`), token);
  assert.equal(metaOf(reader, `{${own}}`), first);
  assert.notEqual(metaOf(reader, `{ ${own}}`), first);
  assert.equal(metaOf(reader, `{${own}}`), first);
});

test("meta: two readers know their own, one after the other", () => {
  const readers = [new MessageReader(), new MessageReader()];
  const metas = readers.map((reader) => metaOf(reader, `{${own}}`));
  for (let n = 0; n < 20; n++) {
    for (const [at, reader] of readers.entries()) assert.equal(metaOf(reader, `{${own}}`), metas[at]);
  }
  for (let n = 0; n < 20; n++) {
    for (const reader of readers) {
      assert.equal(metaOf(reader, `{"n":${n},${own}}`)?.text, `{"n":${n},${own}}`);
      assert.equal(metaOf(reader, `{"n":${n},${own}}`)?.text, `{"n":${n},${own}}`);
    }
  }
});

test("meta: a message says its era by a revision, however the key is written, and only in an object", () => {
  const reader = new MessageReader();
  assert.equal(metaOf(reader, "{}")?.claim, undefined);
  assert.equal(metaOf(reader, '{"progressToken":1}')?.claim, undefined);
  assert.deepEqual(metaOf(reader, '{"io.modelcontextprotocol\\/protocolVersion":"x"}')?.claim, { revision: "x" });
  assert.deepEqual(metaOf(reader, '{"io.modelcontextprotocol/protocolVersion":1}')?.claim, { revision: undefined });
  assert.equal(metaOf(reader, '["io.modelcontextprotocol/protocolVersion"]'), undefined);
  reader.read(frameOfText('{"jsonrpc":"2.0","id":1,"method":"m"}'));
  assert.equal(reader.meta, undefined);
});

test("meta: what many different clients say is not all kept", () => {
  const reader = new MessageReader();
  const first = metaOf(reader, `{"n":0,${own}}`);
  for (let n = 1; n <= 256; n++) metaOf(reader, `{"n":${n},${own}}`);
  const again = metaOf(reader, `{"n":0,${own}}`);
  assert.notEqual(again, first);
  assert.deepEqual(again, first);
  const long = `{"a":"${"x".repeat(5000)}",${own}}`;
  const one = metaOf(reader, long);
  metaOf(reader, "{}");
  assert.notEqual(metaOf(reader, long), one);
});

test("meta: what was made of the words is found by them", () => {
  const reader = new MessageReader();
  const made = new ByMeta<number>();
  const one = metaOf(reader, '{"a":1}');
  const other = metaOf(reader, '{"a":2}');
  assert.ok(one !== undefined && other !== undefined);
  assert.equal(made.get(one), undefined);
  made.set(one, 1);
  assert.equal(made.get(other), undefined);
  made.set(other, 2);
  assert.deepEqual([made.get(one), made.get(other), made.get(one)], [1, 2, 1]);
});

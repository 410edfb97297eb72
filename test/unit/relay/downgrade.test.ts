import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContentKind, Downgrade } from "../../../src/base/client-profile.ts";
import type { Call } from "../../../src/relay/call.ts";
import { downgradeHooks } from "../../../src/relay/downgrade.ts";
import { frameOfText, joined } from "../../../src/wire/frame.ts";
import { MessageReader } from "../../../src/wire/message-reader.ts";

const call = { lane: { policy: {}, core: { era: "legacy" } } } as Call;

function passed(result: object | string, downgrade: Downgrade, revision = "2025-11-25"): string {
  const text = typeof result === "string" ? result : JSON.stringify(result);
  const frame = frameOfText(`{"jsonrpc":"2.0","id":1,"result":${text}}`);
  const reader = new MessageReader();
  reader.read(frame);
  const [hook] = downgradeHooks(downgrade, revision) ?? [];
  const edits = hook?.edits?.(frame, reader.scan, call) ?? [];
  const out = joined(frame, edits, "", "").toString();
  assert.equal((JSON.parse(out) as { id: number }).id, 1);
  return out.slice('{"jsonrpc":"2.0","id":1,"result":'.length, -1);
}

const no = (...kinds: ContentKind[]): Downgrade => ({ kinds, byRevision: false });
const byRevision: Downgrade = { kinds: [], byRevision: true };
const textOf = (out: string) => (JSON.parse(out) as { content: { text?: string }[] }).content.map(({ text }) => text);

test("downgrade: nothing is looked at unless a profile asks for it, or the revision knows it all", () => {
  assert.equal(downgradeHooks(undefined, "2024-11-05"), undefined);
  assert.equal(downgradeHooks(byRevision, "2025-06-18"), undefined);
  assert.notEqual(downgradeHooks(byRevision, "2025-03-26"), undefined);
});

test("downgrade: what a client cannot show is said in words, the rest stays byte for byte", () => {
  const result = `{ "content": [ {"type":"text","text":"é\\u00e9 12345678901234567890"}, {"type":"audio","mimeType":"audio/wav","data":"${"A".repeat(16)}","annotations":{"audience":["user"]}} , {"type":"image","data":"AAAA","mimeType":"image/png"}], "isError" : false }`;
  assert.equal(
    passed(result, no("audio")),
    result.replace(
      /\{"type":"audio".*?\]\}\}/,
      '{"type":"text","text":"[audio: audio/wav, 12 bytes]","annotations":{"audience":["user"]}}',
    ),
  );
  assert.deepEqual(textOf(passed(result, no("image", "audio"))).slice(1), [
    "[audio: audio/wav, 12 bytes]",
    "[image: image/png, 3 bytes]",
  ]);
  assert.equal(passed(result, no("resource_link")), result);
});

test("downgrade: links and embedded resources are what there is to read of them", () => {
  const content = [
    { type: "resource_link", uri: "file:///ä", name: "n", title: "Täitle" },
    { type: "resource", resource: { uri: "x://1", text: 'line "1"\n' } },
    { type: "resource", resource: { uri: "x://2", mimeType: "a/b", blob: "AAAAAAAA" } },
    { type: "resource" },
    "not a block",
  ];
  const out = passed({ content }, no("resource_link", "resource"));
  assert.deepEqual(textOf(out).slice(0, 4), [
    "[resource: Täitle, file:///ä]",
    'line "1"\n',
    "[resource: x://2, a/b, 6 bytes]",
    "[resource: ]",
  ]);
});

test("downgrade: structured content is taken out, or is the text where there is no other", () => {
  const kept = no("structured_content");
  const value = { n: 1.5, é: "ü" };
  const block = { type: "text", text: JSON.stringify(value) };
  assert.equal(
    passed('{"structuredContent":{"a":1},"content":[{"type":"text","text":"t"}]}', kept),
    '{"content":[{"type":"text","text":"t"}]}',
  );
  assert.equal(
    passed('{"content":[{"type":"text","text":"t"}] , "structuredContent":{"a":1}}', kept),
    '{"content":[{"type":"text","text":"t"}]}',
  );
  assert.deepEqual(JSON.parse(passed({ content: [], structuredContent: value }, kept)), { content: [block] });
  assert.deepEqual(JSON.parse(passed({ structuredContent: value, isError: true }, kept)), {
    content: [block],
    isError: true,
  });
  assert.deepEqual(JSON.parse(passed({ isError: true, structuredContent: value }, kept)), {
    content: [block],
    isError: true,
  });
  assert.deepEqual(JSON.parse(passed({ structuredContent: value }, kept)), { content: [block] });
  assert.equal(passed('{"content":[]}', kept), '{"content":[]}');
});

test("downgrade: a revision knows what came with it", () => {
  const content = [
    { type: "audio", data: "AAAA", mimeType: "audio/wav" },
    { type: "resource_link", uri: "x://1", name: "n" },
    { type: "image", data: "AAAA", mimeType: "image/png" },
  ];
  const types = (revision: string) =>
    (JSON.parse(passed({ content }, byRevision, revision)) as { content: { type: string }[] }).content.map(
      ({ type }) => type,
    );
  assert.deepEqual(types("2024-11-05"), ["text", "text", "image"]);
  assert.deepEqual(types("2025-03-26"), ["audio", "text", "image"]);
  assert.deepEqual(types("2025-06-18"), ["audio", "resource_link", "image"]);
});

test("downgrade: the messages of prompts hold one block each", () => {
  const messages = [
    { role: "user", content: { type: "audio", data: "AAAA", mimeType: "audio/wav" } },
    { role: "user", content: { type: "text", text: "t" } },
  ];
  assert.deepEqual(JSON.parse(passed({ messages }, no("audio"))), {
    messages: [{ role: "user", content: { type: "text", text: "[audio: audio/wav, 3 bytes]" } }, messages[1]],
  });
});

test("downgrade: results of other shapes are left as they are", () => {
  for (const result of ["{}", "[]", "1", '{"content":1}', '{"content":{"type":"text"}}', '{"messages":{}}']) {
    assert.equal(passed(result, no("audio", "image", "resource", "resource_link")), result);
  }
});

test("downgrade: a large result is read in the pieces that it came in", () => {
  const data = "A".repeat(300_000);
  const out = passed({ content: [{ type: "image", data, mimeType: "image/png" }] }, no("image"));
  assert.deepEqual(textOf(out), ["[image: image/png, 225000 bytes]"]);
});

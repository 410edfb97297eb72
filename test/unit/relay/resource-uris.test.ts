import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContentKind } from "../../../src/base/client-profile.ts";
import type { Call, CallHook, Lane } from "../../../src/relay/call.ts";
import { downgradeHooks } from "../../../src/relay/downgrade.ts";
import { ResourceUris } from "../../../src/relay/resource-uris.ts";
import { frameOfText, joined } from "../../../src/wire/frame.ts";
import { MessageReader } from "../../../src/wire/message-reader.ts";

const session = { limitKey: "ann" } as Call["session"];

function laneOf(uriPrefix: string | undefined, capabilities: object = { resources: {} }): Lane {
  return { policy: { uriPrefix }, core: { name: "files", capabilities } } as unknown as Lane;
}

/** What a client of this lane gets of a result. */
function passed(uris: ResourceUris, lane: Lane, method: string, result: string, others?: readonly CallHook[]): string {
  const frame = frameOfText(`{"jsonrpc":"2.0","id":1,"result":${result}}`);
  const reader = new MessageReader();
  reader.read(frame);
  const call = { lane, method, session } as Call;
  const edits = (uris.hooks(lane, method, others) ?? []).flatMap(
    (hook) => hook.edits?.(frame, reader.scan, call) ?? [],
  );
  return joined(frame, edits, "", "").toString().slice('{"jsonrpc":"2.0","id":1,"result":'.length, -1);
}

const prefixed = (method: string, result: string) => passed(new ResourceUris(), laneOf("files"), method, result);

test("resource uris: those of a prefixed Core are edited where they are uris, and the rest is the Core's, byte for byte", () => {
  const blocks = (a: string, b: string) =>
    `[ {"type":"text","text":"file:///a \\u00e9","uri":"file:///a"}, {"uri" : "${a}" ,"name":"uri","type":"resource_link","_meta":{"uri":"file:///a"}} ,{"type":"resource","uri":"file:///a","resource":{"text":"file:///a","uri":"${b}"}},7,{"type":"resource_link","uri":5}]`;
  const content = (a: string, b: string) =>
    `{"uri":"file:///a","content":${blocks(a, b)},"contents":[{"uri":"file:///a"}],"structuredContent":{"uri":"file:///a"}}`;
  assert.equal(
    prefixed("tools/call", content("file:///\\u0061", "ui://x/y")),
    content("files+file:///a", "ui://files+x/y"),
  );
  const messages = (a: string, b: string, c: string) =>
    `{"messages":[{"role":"user","content":{"type":"resource","resource":{"uri":"${a}","text":"t"}}},{"role":"user","content":${blocks(b, c)}}]}`;
  assert.equal(prefixed("prompts/get", messages("x:ä", "x:2", "x:3")), messages("files+x:ä", "files+x:2", "files+x:3"));
  const read = (a: string, b: string) =>
    `{"contents":[{"uri":"${a}","text":"x:1"},{"text":"","uri":"${b}","uri":"${b}"}],"content":[{"type":"resource_link","uri":"x:1"}]}`;
  assert.equal(prefixed("resources/read", read("x:1", "x:2")), read("files+x:1", "files+x:2"));
  assert.equal(prefixed("completion/complete", content("x:1", "x:2")), content("x:1", "x:2"));
});

test("resource uris: where a downgrade puts a text, it has the uri that the client can read", () => {
  const no = (...kinds: ContentKind[]) => downgradeHooks({ kinds, byRevision: false }, undefined);
  const link = '{"type":"resource_link","uri":"x:1","name":"n"}';
  const embedded = '{"type":"resource","resource":{"uri":"x:2","blob":"AAAA"}}';
  const lane = laneOf("files");
  const result = `{"content":[${link},${embedded}]}`;
  assert.equal(
    passed(new ResourceUris(), lane, "tools/call", result, no("resource_link")),
    '{"content":[{"type":"text","text":"[resource: n, files+x:1]"},{"type":"resource","resource":{"uri":"files+x:2","blob":"AAAA"}}]}',
  );
  assert.equal(
    passed(new ResourceUris(), lane, "tools/call", result, no("resource")),
    '{"content":[{"type":"resource_link","uri":"files+x:1","name":"n"},{"type":"text","text":"[resource: files+x:2, 3 bytes]"}]}',
  );
});

test("resource uris: what else takes part in an answer stays, beside its edits", () => {
  const told: string[] = [];
  const other: CallHook = { untilMs: 5, over: (outcome) => told.push(outcome), edits: () => [] };
  const hooks = new ResourceUris().hooks(laneOf("files"), "tasks/result", [other]) ?? [];
  for (const hook of hooks) hook.over?.("answered", {} as Call);
  assert.deepEqual(told, ["answered"]);
  assert.deepEqual(
    hooks.map(({ untilMs }) => untilMs),
    [5, undefined],
  );
});

test("resource uris: of a Core with resources they are learned, up to 64 KiB, and nothing is changed", () => {
  const uris = new ResourceUris();
  const saidBy = uris.saidBy(session);
  const say = (uri: string, more = "") =>
    passed(uris, laneOf(undefined), "tools/call", `{"content":[{"type":"resource_link","uri":"${uri}"${more}}]}`);
  assert.equal(say("x:1"), '{"content":[{"type":"resource_link","uri":"x:1"}]}');
  assert.deepEqual(saidBy("x:1"), ["files"]);
  say("x:2", `,"name":"${"n".repeat(64 * 1024)}"`);
  passed(
    uris,
    laneOf(undefined),
    "tools/call",
    '{"structuredContent":{"uri":"x:3"},"content":[{"type":"text","uri":"x:3"}]}',
  );
  assert.deepEqual([saidBy("x:2"), saidBy("x:3")], [[], []]);
  assert.deepEqual(uris.saidBy({ limitKey: "bob" } as Call["session"])("x:1"), []);
  assert.equal(uris.hooks(laneOf(undefined, {}), "tools/call", undefined), undefined);
});

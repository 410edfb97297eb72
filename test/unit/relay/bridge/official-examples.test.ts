// Every official example of 2026-07-28, through the scanner and, where it is a request or a result, across to the other era and back: what comes out is what
// went in, but for what the crossing is there to change, and in between it is a message of the other era.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Envelopes } from "../../../../src/relay/bridge/envelopes.ts";
import { readInputRequired } from "../../../../src/relay/bridge/input-required.ts";
import { roundOf, withEnvelope, withoutEnvelope } from "../../../../src/relay/bridge/requests.ts";
import { answerEdits, rulesOf } from "../../../../src/relay/bridge/results.ts";
import { byteString, byteText, flatten, frameOf, joined, noSplices, type Splice } from "../../../../src/wire/frame.ts";
import { findMember } from "../../../../src/wire/json.ts";
import { Metas } from "../../../../src/wire/meta.ts";
import { createScan, type Scan, scan, scanCore } from "../../../../src/wire/scan.ts";
import { requestType } from "../../../helpers/method-types.ts";
import { type Example, missingSchemas, OfficialSchema, officialExamples } from "../../../helpers/official-schemas.ts";

const modern = "2026-07-28";
const legacy = "2025-11-25";
const serverInfo = '{"name":"thehub","version":"1"}';

/** As whole messages: what is not one is the result, the error or the params of one. */
function messageOf({ type, text }: Example): string {
  const value = JSON.parse(text);
  if (value.jsonrpc !== undefined) return text;
  if (type.endsWith("RequestParams")) return `{"jsonrpc":"2.0","id":1,"method":"x/y","params":${text}}`;
  if (type.endsWith("NotificationParams")) return `{"jsonrpc":"2.0","method":"notifications/x","params":${text}}`;
  if (type.endsWith("Error") && value.code !== undefined) return `{"jsonrpc":"2.0","id":1,"error":${text}}`;
  return `{"jsonrpc":"2.0","id":1,"result":${text}}`;
}

const range = (bytes: Buffer, start: number, end: number): unknown =>
  start < 0 ? undefined : JSON.parse(bytes.toString("utf8", start, end));

/** All that a scan says, as what the ranges hold. */
const heldBy = (bytes: Buffer, found: Scan) => ({
  id: range(bytes, found.idStart, found.idEnd),
  method: range(bytes, found.methodStart, found.methodEnd),
  params: range(bytes, found.paramsStart, found.paramsEnd),
  result: range(bytes, found.resultStart, found.resultEnd),
  error: range(bytes, found.errorStart, found.errorEnd),
  name: range(bytes, found.nameStart, found.nameEnd),
  uri: range(bytes, found.uriStart, found.uriEnd),
  meta: range(bytes, found.metaStart, found.metaEnd),
});

const edited = (bytes: Buffer, edits: readonly Splice[]): Buffer => joined(frameOf(bytes), edits, "", "");

function scanned(bytes: Buffer): { bytes: Buffer; text: string; scan: Scan } {
  const found = createScan();
  assert.equal(scan(bytes, found), undefined, String(bytes));
  return { bytes, text: byteText(bytes, 0, bytes.length), scan: found };
}

/** A result as a client of one revision gets it from a Core of the other. */
function crossed(bytes: Buffer, client: string, core: string, method: string): Buffer {
  const found = createScan();
  assert.equal(scanCore(frameOf(bytes), found), undefined);
  const rules = rulesOf(client, core);
  if (rules === undefined) return bytes;
  const about = { method, wrapsOutput: false, dropsStructured: false, serverInfo };
  return edited(bytes, answerEdits(rules, frameOf(bytes), found, about));
}

const examples = officialExamples();
const of = (pattern: RegExp) => examples.filter(({ type }) => pattern.test(type));
/** What both eras have, and Cores answer: lists are the hub's own. */
const methods: Readonly<Record<string, string>> = {
  CallToolResult: "tools/call",
  CompleteResult: "completion/complete",
  GetPromptResult: "prompts/get",
  ReadResourceResult: "resources/read",
};
const options = { skip: missingSchemas };

test("official examples: each is what its schema says, and there are as many as were published", options, () => {
  const schema = new OfficialSchema(modern);
  assert.equal(examples.length, 129);
  for (const { type, name, text } of examples) assert.equal(schema.problemWith(type, JSON.parse(text)), "", name);
});

test("official examples: the scanner finds in each what is there, and leaves it as it is", options, () => {
  for (const example of examples) {
    const text = messageOf(example);
    const { id, method, params, result, error } = JSON.parse(text);
    const expected = { id, method, params, result, error };
    const { name, uri, _meta: meta } = params ?? {};
    const bytes = Buffer.from(text);
    const isAnswer = method === undefined;
    assert.deepEqual(heldBy(bytes, scanned(bytes).scan), { ...expected, name, uri, meta }, example.name);
    if (isAnswer) {
      const found = createScan();
      assert.equal(scanCore(frameOf(bytes), found), undefined);
      assert.deepEqual([range(bytes, found.idStart, found.idEnd), found.errorStart >= 0], [id, error !== undefined]);
    }
    assert.equal(String(flatten({ chunks: [bytes], size: bytes.length })), text);
    assert.equal(String(joined(frameOf(bytes), noSplices, "", "")), text);
  }
});

test("official examples: each request crosses to the other era and back", options, () => {
  const schema = new OfficialSchema(legacy);
  let crossings = 0;
  for (const { name, text } of of(/Request$/)) {
    // What is asked within a result is no message.
    if (JSON.parse(text).jsonrpc === undefined) continue;
    const message = scanned(Buffer.from(text));
    if (message.scan.metaStart < 0) continue;
    const { params, method } = JSON.parse(text);
    const envelope = new Envelopes().read({ ...message, meta: new Metas().of({ ...message, text: undefined }) });
    assert.equal(envelope?.revision, modern, name);
    const there = scanned(edited(message.bytes, withoutEnvelope(message, roundOf(message))));
    const type = requestType(method);
    if (schema.has(type)) assert.equal(schema.problemWith(type, JSON.parse(String(there.bytes))), "", name);
    const back = edited(there.bytes, withEnvelope(there, byteString(own(params._meta))));
    const { inputResponses: _, requestState: __, ...kept } = params;
    assert.deepEqual(JSON.parse(String(back)), { ...JSON.parse(text), params: kept }, name);
    crossings++;
  }
  assert.ok(crossings >= 10, `${crossings} crossings`);
});

/** The members of an envelope as text, as they stand in `_meta`. */
function own(meta: Record<string, unknown>): string {
  const members = Object.entries(meta).filter(([key]) => key.startsWith("io.modelcontextprotocol/"));
  return members.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",");
}

test("official examples: each result crosses to the other era and back", options, () => {
  const schema = new OfficialSchema(legacy);
  for (const example of of(/Result$/)) {
    const method = methods[example.type];
    if (method === undefined) continue;
    const bytes = Buffer.from(messageOf(example));
    const original = JSON.parse(String(bytes)).result;
    const there = crossed(bytes, legacy, modern, method);
    const { resultType, ttlMs, cacheScope, _meta: meta, ...rest } = original;
    const { "io.modelcontextprotocol/serverInfo": ___, ...metaLeft } = meta ?? {};
    const told = JSON.parse(String(there)).result;
    // Only objects are structured content in the other era.
    if (Array.isArray(rest.structuredContent)) rest.structuredContent = { result: rest.structuredContent };
    assert.deepEqual({ ...told, _meta: undefined }, { ...rest, _meta: undefined }, example.name);
    assert.deepEqual(told._meta ?? {}, metaLeft, example.name);
    assert.equal(schema.problemWith(example.type, told), "", example.name);
    const back = JSON.parse(String(crossed(there, modern, legacy, method))).result;
    assert.equal(back.resultType, resultType ?? "complete", example.name);
    assert.equal(new OfficialSchema(modern).problemWith(example.type, back), "", example.name);
    if (ttlMs !== undefined) assert.deepEqual([back.ttlMs, back.cacheScope], [0, "private"], example.name);
  }
});

test("official examples: what is asked in an InputRequiredResult is read as it is", options, () => {
  for (const example of of(/^InputRequiredResult$/)) {
    const bytes = Buffer.from(messageOf(example));
    const found = createScan();
    assert.equal(scanCore(frameOf(bytes), found), undefined);
    const read = readInputRequired(frameOf(bytes), found);
    assert.ok(typeof read === "object", `${example.name}: ${read}`);
    const { inputRequests = {}, requestState } = JSON.parse(example.text);
    assert.deepEqual(
      read.requests.map(({ key }) => key),
      Object.keys(inputRequests),
      example.name,
    );
    const state = findMember(bytes, found.resultStart, found.resultEnd, "requestState");
    assert.equal(state && range(bytes, state.start, state.end), requestState, example.name);
  }
});

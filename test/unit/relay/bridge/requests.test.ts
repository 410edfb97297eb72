import assert from "node:assert/strict";
import { test } from "node:test";
import {
  EnvelopeCuts,
  envelopedRound,
  roundOf,
  withEnvelope,
  withoutEnvelope,
} from "../../../../src/relay/bridge/requests.ts";
import { byteString, frameOf, frameOfText, joined, merged, type Splice } from "../../../../src/wire/frame.ts";
import { MessageReader } from "../../../../src/wire/message-reader.ts";
import { Metas } from "../../../../src/wire/meta.ts";
import { createScan, scan } from "../../../../src/wire/scan.ts";

function scanned(text: string) {
  const bytes = Buffer.from(text);
  const record = createScan();
  assert.equal(scan(bytes, record), undefined, text);
  return { bytes, scan: record };
}

function applied(bytes: Buffer, edits: readonly Splice[]): string {
  let at = 0;
  for (const { start, end } of edits) {
    assert.ok(start >= at && end >= start, "edits are in order, and apart");
    at = end;
  }
  const text = joined(frameOf(bytes), edits, "", "").toString();
  JSON.parse(text);
  return text;
}

const head = '{"jsonrpc":"2.0","id":1,"method":"tools/call"';
const key = "io.modelcontextprotocol/";
const own = `"${key}protocolVersion":"2026-07-28","${key}clientInfo":{"name":"é"},"${key}clientCapabilities":{}`;

function stripped(params: string): string {
  const message = scanned(`${head},"params":${params}}`);
  const text = applied(message.bytes, withoutEnvelope(message, roundOf(message)));
  return text.slice(head.length + '"params":'.length + 1, -1);
}

test("requests: a legacy Core gets no envelope, and all else as it was written", () => {
  const cases: [string, string][] = [
    [`{"name":"a","_meta":{${own}}}`, '{"name":"a","_meta":{}}'],
    [`{"_meta":{${own},"progressToken":7},"name":"a"}`, '{"_meta":{"progressToken":7},"name":"a"}'],
    [`{"_meta":{"progressToken":7,${own}},"name":"a"}`, '{"_meta":{"progressToken":7},"name":"a"}'],
    [`{"_meta":{"traceparent":"t",${own}, "x/y" : 1.0 }}`, '{"_meta":{"traceparent":"t", "x/y" : 1.0 }}'],
    ['{"_meta":{"io.modelcontextprotocol\\/x":1,"a":2}}', '{"_meta":{"a":2}}'],
    ['{"name":"a","_meta":{}}', '{"name":"a","_meta":{}}'],
    ['{"name":"a"}', '{"name":"a"}'],
  ];
  for (const [given, expected] of cases) assert.equal(stripped(given), expected);
});

test("requests: cuts that are known from another request are those of this one", () => {
  const cuts = new EnvelopeCuts();
  const metas = new Metas();
  const cutsOf = (message: ReturnType<typeof scanned>) =>
    cuts.of(message, metas.of({ ...message, text: undefined }), true);
  const last = `"${key}logLevel":"debug","a":1`;
  const other = `"${key}protocolVersion":"2026-07-28","a":1,"${key}clientCapabilities":{}`;
  for (const [id, meta] of [
    [1, own],
    [22, own],
    [22, own],
    [3, other],
    [44, other],
    [5, own],
    [6, `${own},"progressToken":3`],
    [7, `${own},"progressToken":"another one",${last}`],
    [8, `${own},"progressToken":8,${last}`],
    [999, `${own},"progressToken":"a b",${last}`],
    [9, `"progressToken":9,${own}`],
    [10, `"progressToken":"10",${own}`],
    [11, '"progressToken":11'],
    // Blanks that move from one side of the token to the other.
    [12, `"progressToken":1   ,${own}`],
    [13, `"progressToken":   1,${own}`],
    [14, `${own},"progressToken":   1`],
    [15, `${own},"progressToken":1   `],
  ]) {
    const message = scanned(`{"jsonrpc":"2.0","id":${id},"method":"m","params":{"name":"a","_meta":{${meta}}}}`);
    assert.deepEqual(cutsOf(message), withoutEnvelope(message, undefined));
  }
  const none = scanned(`${head},"params":{}}`);
  assert.deepEqual(cutsOf(none), []);
});

test("requests: a legacy Core gets no empty _meta where it stands as clients write it, and nothing is put into it", () => {
  const cuts = new EnvelopeCuts();
  const reader = new MessageReader();
  const sent = (params: string, staysOpen = false) => {
    reader.read(frameOfText(`${head},"params":${params}}`));
    const { bytes, scan: record, text, meta } = reader;
    return applied(bytes, cuts.of({ bytes, scan: record, text }, meta, staysOpen)).slice(head.length + 10, -1);
  };
  const last = `{"name":"a","_meta":{${own}}}`;
  assert.equal(sent(last), '{"name":"a"}');
  assert.equal(sent(last, true), '{"name":"a","_meta":{}}');
  assert.equal(sent(`{"_meta":{${own}},"name":"a"}`), '{"_meta":{},"name":"a"}');
  assert.equal(sent(`{"_meta":{${own}}}`), '{"_meta":{}}');
  assert.equal(sent(`{"name":"a", "_meta" : {${own}}}`), '{"name":"a", "_meta" : {}}');
  assert.equal(sent(`{"name":"a","_meta":{${own}},"x":1}`), '{"name":"a","x":1}');
  assert.equal(sent(`{"name":"a","_meta":{${own},"b":1}}`), '{"name":"a","_meta":{"b":1}}');
  assert.equal(sent(`{"name":"a","_meta":{}}`), '{"name":"a","_meta":{}}');
});

test("requests: what belongs to a round goes, wherever it stands and however it is spelled", () => {
  const cases: [string, string][] = [
    [`{"name":"a","_meta":{${own}},"inputResponses":{"k":{}},"requestState":"s"}`, '{"name":"a","_meta":{}}'],
    [`{"requestState":"s","inputResponses":{},"_meta":{"a":1,${own}},"name":"a"}`, '{"_meta":{"a":1},"name":"a"}'],
    [
      '{"name":"a","request\\u0053tate":"s","arguments":{"requestState":1}}',
      '{"name":"a","arguments":{"requestState":1}}',
    ],
    ['{"requestState":"s"}', "{}"],
  ];
  for (const [given, expected] of cases) assert.equal(stripped(given), expected);
});

test("requests: only a retry has something of a round", () => {
  const of = (params: string) => roundOf(scanned(`${head},"params":${params}}`));
  assert.equal(of('{"name":"a","arguments":{"requestState":"s","x":"\\u00e9"}}'), undefined);
  assert.equal(roundOf(scanned(`${head}}`)), undefined);
  const text = `${head},"params":{"name":"a","requestState":"s"}}`;
  const message = { ...scanned(text), text: byteString(text) };
  const round = roundOf(message);
  assert.equal(round?.inputResponses, undefined);
  assert.equal(message.bytes.toString("utf8", round?.requestState?.start, round?.requestState?.end), '"s"');
});

function enveloped(rest: string): string {
  const message = scanned(`${head}${rest}}`);
  return applied(message.bytes, withEnvelope(message, byteString(own))).slice(head.length, -1);
}

test("requests: a modern Core gets an envelope, whatever the request has of params and _meta", () => {
  const cases: [string, string][] = [
    ["", `,"params":{"_meta":{${own}}}`],
    [',"params":{}', `,"params":{"_meta":{${own}}}`],
    [',"params":{ }', `,"params":{"_meta":{${own}} }`],
    [',"params":{"name":"a"}', `,"params":{"_meta":{${own}},"name":"a"}`],
    [',"params":{"name":"a","_meta":{}}', `,"params":{"name":"a","_meta":{${own}}}`],
    [',"params":{"_meta":null}', `,"params":{"_meta":{${own}}}`],
    [',"params":{"_meta":{"progressToken":1}}', `,"params":{"_meta":{${own},"progressToken":1}}`],
  ];
  for (const [given, expected] of cases) assert.equal(enveloped(given), expected);
});

test("requests: a legacy client cannot say itself what the hub says of it", () => {
  const spoofed = `"${key}clientCapabilities":{"sampling":{}}`;
  const cases: [string, string][] = [
    [`{${spoofed}}`, `{${own}}`],
    [`{${spoofed},"a":1}`, `{${own},"a":1}`],
    [`{"a":1,${spoofed}}`, `{${own},"a":1}`],
    [`{"a":1,${spoofed},"b":2,"${key}related-task":{}}`, `{${own},"a":1,"b":2}`],
  ];
  for (const [given, expected] of cases) {
    assert.equal(enveloped(`,"params":{"_meta":${given}}`), `,"params":{"_meta":${expected}}`);
  }
});

test("requests: an id behind the params is no obstacle", () => {
  const message = scanned('{"method":"tools/list","jsonrpc":"2.0","id":1}');
  const text = applied(message.bytes, withEnvelope(message, byteString(own)));
  assert.equal(JSON.parse(text).params._meta[`${key}protocolVersion`], "2026-07-28");
});

test("requests: a legacy client brings nothing of a round to a modern Core, and calls by the Core's own name all the same", () => {
  const envelope = '"e":1';
  for (const [given, expected] of [
    ['{"name":"a","arguments":{"n":1},"requestState":"x"}', { name: "native", arguments: { n: 1 }, _meta: { e: 1 } }],
    ['{"requestState":"x","name":"a"}', { name: "native", _meta: { e: 1 } }],
    [
      '{"name":"a","_meta":{"progressToken":5,"x/y":1},"inputResponses":{}}',
      { name: "native", _meta: { e: 1, progressToken: 5, "x/y": 1 } },
    ],
    ['{"inputResponses":{},"requestState":"x"}', { _meta: { e: 1 } }],
  ] as const) {
    const message = scanned(`${head},"params":${given}}`);
    const { nameStart: start, nameEnd: end } = message.scan;
    const rename = start < 0 ? [] : [{ start, end, text: '"native"' }];
    const round = roundOf(message);
    assert.ok(round !== undefined, given);
    const text = applied(message.bytes, merged(rename, envelopedRound(message, round, envelope)));
    assert.deepEqual(JSON.parse(text).params, expected);
  }
});

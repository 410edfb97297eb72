import assert from "node:assert/strict";
import { test } from "node:test";
import { type Scanned, withEnvelope, withoutEnvelope } from "../../../src/relay/bridge/requests.ts";
import { frameOf, joined, type Splice } from "../../../src/wire/frame.ts";
import { createScan, scan } from "../../../src/wire/scan.ts";
import { mergeSplices, type TraceText, tracePlace, traceSplices, traceText } from "../../../src/wire/trace-context.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";

const wanted: TraceText = { traceparent: "00-new", tracestate: 'a="ü"' };

/** What a Core would get of this request. */
function spliced(json: string, text: TraceText = wanted): { before: TraceText | undefined; after: string } {
  const bytes = Buffer.from(json);
  const record = createScan();
  assert.equal(scan(bytes, record), undefined);
  const place = tracePlace(bytes, record);
  if (place === undefined) return { before: undefined, after: json };
  let after = "";
  let at = 0;
  const id = { start: record.idStart, end: record.idEnd, text: "7" };
  for (const splice of mergeSplices([id], place, traceSplices(place, text))) {
    assert.ok(splice.start >= at, "splices are in order and do not overlap");
    after += bytes.toString("latin1", at, splice.start) + splice.text;
    at = splice.end;
  }
  after += bytes.toString("latin1", at);
  return { before: traceText(bytes, place), after: Buffer.from(after, "latin1").toString() };
}

test("trace context: is put in where there is no _meta, at the front of params", () => {
  const { before, after } = spliced('{"jsonrpc":"2.0","id":1,"method":"m","params":{"name":"n"}}', {
    traceparent: "t",
  });
  assert.deepEqual(before, {});
  assert.equal(after, '{"jsonrpc":"2.0","id":7,"method":"m","params":{"_meta":{"traceparent":"t"},"name":"n"}}');
});

test("trace context: is put in where _meta or params are empty", () => {
  const empty = spliced('{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{ },"name":"n"}}', {
    traceparent: "t",
  });
  assert.equal(empty.after, '{"jsonrpc":"2.0","id":7,"method":"m","params":{"_meta":{"traceparent":"t" },"name":"n"}}');
  const none = spliced('{"jsonrpc":"2.0","method":"m","params":{\n},"id":1}', { traceparent: "t" });
  assert.equal(none.after, '{"jsonrpc":"2.0","method":"m","params":{"_meta":{"traceparent":"t"}\n},"id":7}');
});

test("trace context: replaces what is there, whatever it is and however its key is written", () => {
  const meta = '{"tracestate": [1], "k":1.0, "trace\\u0070arent":"old","baggage":"b"}';
  const { before, after } = spliced(`{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":${meta}}}`);
  assert.deepEqual(before, { traceparent: "old", baggage: "b" });
  const expected = '{"tracestate": "a=\\"ü\\"", "k":1.0, "trace\\u0070arent":"00-new","baggage":"b"}';
  assert.equal(after, `{"jsonrpc":"2.0","id":7,"method":"m","params":{"_meta":${expected}}}`);
});

test("trace context: has no place in a request without params, or whose _meta is no object", () => {
  for (const rest of ["", ',"params":{"_meta":null}', ',"params":{"_meta":"x"}', ',"params":{"_meta":[]}']) {
    assert.equal(spliced(`{"jsonrpc":"2.0","id":1,"method":"m"${rest}}`).before, undefined, rest);
  }
});

test("trace context: whatever params look like, the Core gets them with the new context and nothing else changed", () => {
  const random = seededRandom(11);
  for (let round = 0; round < 3000; round++) {
    const space = (): string => random.pick(["", "", " ", "\n\t"]);
    const members = [
      '"traceparent":"x"',
      '"tracestate":7',
      '"baggage":{"a":[]}',
      '"progressToken":1',
      '"z":{"traceparent":2}',
    ];
    const object = (parts: readonly string[]): string =>
      `{${space()}${parts.map((part) => `${part}${space()}`).join(`,${space()}`)}}`;
    const meta = object(members.filter(() => random.next() < 0.5).sort(() => random.next() - 0.5));
    const others = ['"name":"n"', '"arguments":{"_meta":{"traceparent":"mine"}}'].filter(() => random.next() < 0.7);
    const params = object(
      [...others, ...(random.next() < 0.7 ? [`"_meta":${meta}`] : [])].sort(() => random.next() - 0.5),
    );
    const { after } = spliced(`{"jsonrpc":"2.0","id":1,"method":"m","params":${params}}`);
    const expected = JSON.parse(params);
    expected._meta = { ...expected._meta, ...wanted };
    assert.deepEqual(JSON.parse(after).params, expected, params);
  }
});

test("trace context: shares its place with an envelope that is put in, or taken away", () => {
  const key = "io.modelcontextprotocol/x";
  const cases: [string, (message: Scanned) => readonly Splice[]][] = [
    ['{"name":"n"}', (message) => withEnvelope(message, '"e":1')],
    ["{}", (message) => withEnvelope(message, '"e":1')],
    ['{"_meta":{}}', (message) => withEnvelope(message, '"e":1')],
    ['{"_meta":{"a":2}}', (message) => withEnvelope(message, '"e":1')],
    [`{"_meta":{"${key}":2,"a":2}}`, (message) => withEnvelope(message, '"e":1')],
    [`{"_meta":{"${key}":2}}`, (message) => withoutEnvelope(message, undefined)],
    [`{"_meta":{"${key}":2,"a":2}}`, (message) => withoutEnvelope(message, undefined)],
    [`{"_meta":{"a":2,"${key}":2}}`, (message) => withoutEnvelope(message, undefined)],
    [`{"_meta":{"${key}":2,"traceparent":"old","baggage":"b"}}`, (message) => withoutEnvelope(message, undefined)],
  ];
  for (const [params, edits] of cases) {
    const bytes = Buffer.from(`{"jsonrpc":"2.0","id":1,"method":"m","params":${params}}`);
    const record = createScan();
    assert.equal(scan(bytes, record), undefined);
    const place = tracePlace(bytes, record);
    assert.ok(place !== undefined);
    const others = edits({ bytes, scan: record });
    const expected = JSON.parse(joined(frameOf(bytes), others, "", "").toString());
    const merged = mergeSplices(others, place, traceSplices(place, { traceparent: "t", tracestate: "s" }));
    const got = JSON.parse(joined(frameOf(bytes), merged, "", "").toString());
    Object.assign(expected.params._meta, { traceparent: "t", tracestate: "s" });
    assert.deepEqual(got, expected, params);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { problemsOf } from "./load-text.ts";

const manifest = (schema: string, tools = "files.write"): string => `cores: { files: { command: x } }
clients:
  a:
    token_sha256: ${"a".repeat(64)}
    arguments:
      ${tools}: ${schema}
`;

test("argument rules: what cannot be kept, or says nothing, is an error at its place", async () => {
  const cases: readonly [string, RegExp][] = [
    ["{ propertes: {} }", /^6:22 error .*propertes: unknown key/],
    ["{ properties: { path: { patern: a } } }", /^6:44 error .*\.patern: unknown key/],
    ["{ $ref: '#' }", /unknown key/],
    ["{ uniqueItems: true }", /unknown key/],
    ["{ type: text }", /^6:28 error .*\.type: "text" is no type/],
    ["{ type: strin }", /"strin" is no type/],
    ["{ type: [string, nul] }", /"nul" is not a known value/],
    ["{ properties: { a: { pattern: '[a' } } }", /^6:50 error .*\.pattern: not a regular expression/],
    ["{ patternProperties: { '(': true } }", /not a regular expression/],
    ["{ minLength: -1 }", /out of range/],
    ["{ minLength: 5, maxLength: 4 }", /maxLength is less than minLength/],
    ["{ then: { type: string } }", /then says nothing without if/],
    ["{ allOf: [{ not: { else: true } }] }", /allOf\[0\]\.not\.else: else says nothing without if/],
    ["{ required: path }", /must be a list, not "path"/],
    ["7", /must be/],
    ["{ enum: [] }", /the list is empty/],
  ];
  for (const [schema, expected] of cases) {
    const problems = await problemsOf(manifest(schema));
    assert.ok(
      problems.some((problem) => expected.test(problem)),
      `${schema}: ${problems.join("; ")}`,
    );
  }
});

test("argument rules: a rule about no tool that there can be is a warning", async () => {
  assert.match(
    (await problemsOf(manifest("true", "fils.write"))).join(),
    /6:7 warning .*no Core has the namespace fils/,
  );
  assert.match((await problemsOf(manifest("true", "'#prod'"))).join(), /warning .*no Core has the tag prod/);
  assert.deepEqual(await problemsOf(manifest("{ properties: { a: { const: { anything: 1 } } } }")), []);
});

test("argument rules: a read-only client that is an admin is a warning", async () => {
  const text = manifest("true").replace("arguments:", "read_only: true\n    admin: true\n    arguments:");
  assert.match((await problemsOf(text)).join(), /5:5 warning clients\.a\.read_only: an admin may stop Cores/);
});

test("decision point: its address holds no password, and is http or https", async () => {
  const hub = (url: string) => problemsOf(`hub: { decision: { url: "${url}" } }\ncores: { a: { command: x } }\n`);
  assert.deepEqual(await hub("https://opa.internal:8181/v1/data/a?pretty=false"), []);
  for (const url of ["ftp://a/", "http://user:hush@a/", "opa:8181", "http://a b/"]) {
    const problems = (await hub(url)).join();
    assert.match(problems, /1:\d+ error hub\.decision\.url: .* is not allowed here/);
  }
});

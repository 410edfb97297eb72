import assert from "node:assert/strict";
import { test } from "node:test";
import { isModernOnly, readDiscovery, readRefusal } from "../../../src/cores/discovery.ts";
import { Known } from "../../../src/cores/known.ts";
import { CoreRefusal } from "../../../src/cores/own-requests.ts";

const read = (value: unknown) => readDiscovery(Buffer.from(JSON.stringify(value)));
const refused = (code: number, data?: unknown) => new CoreRefusal("c", "refused", code, data);

test("discovery: a result that names the modern revision makes a Core modern, with what it says of itself", () => {
  const found = read({
    resultType: "complete",
    supportedVersions: ["2025-11-25", "2026-07-28"],
    capabilities: { tools: {} },
    instructions: "be kind",
    _meta: { "io.modelcontextprotocol/serverInfo": { name: "x", version: "1" } },
  });
  assert.deepEqual(found, {
    t: "modern",
    greeting: {
      protocolVersion: "2026-07-28",
      capabilities: { tools: {} },
      serverInfo: { name: "x", version: "1" },
      instructions: "be kind",
    },
  });
  const bare = read({ supportedVersions: ["2026-07-28"] });
  assert.deepEqual(bare.t === "modern" && [bare.greeting.capabilities, bare.greeting.serverInfo], [{}, {}]);
});

test("discovery: any other result says nothing of this era", () => {
  for (const value of [{}, [], null, 1, { supportedVersions: "2026-07-28" }, { supportedVersions: ["2025-11-25"] }])
    assert.deepEqual(read(value), { t: "legacy" });
  assert.deepEqual(readDiscovery(Buffer.from('{"a":')), { t: "legacy" });
});

test("discovery: an error is of the other era, but for one that names only versions nobody speaks", () => {
  for (const error of [
    refused(-32601),
    refused(-32020),
    refused(-32022),
    refused(-32022, { supported: "all" }),
    refused(-32022, { supported: ["2031-01-01", "2025-06-18"] }),
  ]) {
    assert.deepEqual(readRefusal(error), { t: "legacy" });
  }
  const unknown = readRefusal(refused(-32022, { supported: ["2031-01-01"] }));
  assert.match(unknown.t === "unsupported" ? unknown.reason : "", /speaks protocol "2031-01-01".*2026-07-28/);
});

test("discovery: whoever refuses initialize with -32022 and the modern revision speaks that alone", () => {
  assert.ok(isModernOnly(refused(-32022, { supported: ["2026-07-28"] })));
  assert.ok(!isModernOnly(refused(-32022, { supported: ["2031-01-01"] })));
  assert.ok(!isModernOnly(refused(-32601, { supported: ["2026-07-28"] })));
});

test("known: a legacy era is asked for again after a day, a modern one when it fails", () => {
  const known = new Known();
  known.learn("legacy", 0);
  known.learn("legacy", 1000);
  const dayMs = 24 * 60 * 60 * 1000;
  assert.equal(known.era(dayMs - 1), "legacy");
  assert.equal(known.era(dayMs), undefined);
  known.learn("modern", 0);
  assert.equal(known.era(10 * dayMs), "modern");
  known.forgetEra();
  assert.equal(known.era(0), undefined);
});

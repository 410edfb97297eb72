import assert from "node:assert/strict";
import { test } from "node:test";
import { GrantCounts } from "../../../src/hub/grant-counts.ts";
import type { Grant } from "../../../src/identity/builtin/builtin.ts";

function grant(id: string): Grant {
  const client = { clientId: "c", clientName: "C", host: "c.example" };
  return { id, holder: undefined, digest: "", ...client, cores: [], readOnly: false, madeAt: 0, endsAt: 1 };
}

test("grant counts: each end is counted once, as whoever knows it first says, and by time where nobody does", () => {
  const bad = new Set<string>();
  const counts = new GrantCounts(({ id }) => !bad.has(id));
  const ended = () => [counts.events.returned, counts.events.revoked, counts.events.expired];
  const kept = ["a", "b", "c", "d"].map(grant);
  assert.equal(counts.look(kept), 4, "kept from before the hub was started");
  assert.equal(counts.events.given, 0);
  counts.given("e");
  assert.equal(counts.look([...kept, grant("e")]), 5);
  counts.ended("a", "returned");
  counts.ended("a", "revoked");
  counts.ended("nobody", "returned");
  bad.add("b");
  assert.equal(counts.look([grant("b"), grant("d"), grant("e")]), 2);
  assert.deepEqual(ended(), [1, 1, 1], "a was given back, b taken back, the time of c was over");
  counts.look([grant("b"), grant("d"), grant("e")]);
  assert.deepEqual(ended(), [1, 1, 1]);
  bad.delete("b");
  assert.equal(counts.look([grant("b")]), 1, "it counts again");
  assert.deepEqual([...ended(), counts.events.given], [1, 1, 3, 1]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppOnly } from "../../../src/catalog/visibility.ts";
import { membersOf } from "../../../src/wire/cut-members.ts";

test("visibility: a tool is for an app's page only where its definition says so and names no model", () => {
  const appOnly = (members: string) => {
    const bytes = Buffer.from(`{"name":"t",${members}}`);
    return isAppOnly(bytes, membersOf(bytes, 0, bytes.length) ?? []);
  };
  assert.equal(appOnly('"_meta":{"ui":{"visibility":["app"]}}'), true);
  assert.equal(appOnly(String.raw`"_meta":{"ui":{"visibili\u0074y":[ "\u0061pp" ]}}`), true);
  for (const members of [
    '"x":1',
    '"_meta":null',
    '"_meta":{"ui":7}',
    '"_meta":{"ui":{}}',
    '"_meta":{"ui":{"visibility":"app"}}',
    '"_meta":{"ui":{"visibility":[]}}',
    '"_meta":{"ui":{"visibility":["model"]}}',
    '"_meta":{"ui":{"visibility":["app","model"]}}',
    '"_meta":{"ui":{"visibility":[["app"]]}}',
  ]) {
    assert.equal(appOnly(members), false, members);
  }
});

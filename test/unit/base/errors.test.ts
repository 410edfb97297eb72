import assert from "node:assert/strict";
import { test } from "node:test";
import { HubError } from "../../../src/base/errors.ts";

test("errors: a HubError of another copy of the code is taken as it is, anything else as internal", async () => {
  const copy = `../../../src/base/errors.ts?copy`;
  const { HubError: Other } = (await import(copy)) as typeof import("../../../src/base/errors.ts");
  assert.notEqual(Other, HubError);
  const error = new Other("usage", "written wrongly");
  assert.equal(HubError.from(error), error);
  assert.equal(HubError.from(error).facts.exit, 2);
  const foreign = Object.assign(new Error("not ours"), { name: "HubError" });
  assert.equal(HubError.from(foreign).code, "internal");
});

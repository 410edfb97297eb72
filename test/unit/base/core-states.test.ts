import assert from "node:assert/strict";
import { test } from "node:test";
import { coreCondition } from "../../../src/base/core-states.ts";

test("core states: each is said so that it goes behind the Core's name, with the reason where there is one", () => {
  assert.equal(coreCondition("backoff"), "is down, and will be tried again");
  const exited = { code: "core_down", reason: "exited with code 1" };
  assert.equal(coreCondition("failed", exited), "was given up: exited with code 1");
  // What has to be done is all that matters.
  const reason = "needs a login: there is none; run thehub login wiki";
  assert.equal(coreCondition("backoff", { code: "login_needed", reason }), reason);
  assert.equal(coreCondition("hibernating" as "idle"), "is hibernating");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { editDistance, nearest } from "../../../src/manifest/nearest.ts";

test("nearest: counts a swap of neighbours as one step", () => {
  assert.equal(editDistance("comand", "command"), 1);
  assert.equal(editDistance("nidxe", "index"), 2);
  assert.equal(editDistance("ocmmand", "command"), 1);
  assert.equal(editDistance("", "abc"), 3);
  assert.equal(editDistance("same", "same"), 0);
});

test("nearest: finds the word that was meant", () => {
  const keys = ["command", "args", "cwd", "env", "secrets", "namespace", "inherit_env"];
  assert.equal(nearest("comand", keys), "command");
  assert.equal(nearest("secret", keys), "secrets");
  assert.equal(nearest("inheritEnv", keys), "inherit_env");
  assert.equal(nearest("environment", keys), "env");
});

test("nearest: says nothing when no word is close", () => {
  assert.equal(nearest("banana", ["command", "args"]), undefined);
  assert.equal(nearest("x", ["args"]), undefined);
  assert.equal(nearest("anything", []), undefined);
});

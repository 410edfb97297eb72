import assert from "node:assert/strict";
import { test } from "node:test";
import { readPlainCommand } from "../../../src/cli/plain-commands.ts";

test("plain commands: reads the plain spellings of the commands that start quickly", () => {
  const read = (line: string) => readPlainCommand(line.split(" "));
  assert.deepEqual(read("check"), { name: "check", operands: [], options: {} });
  assert.deepEqual(read("check hub.yaml --json"), { name: "check", operands: ["hub.yaml"], options: { json: true } });
  assert.deepEqual(read("check -m hub.yaml"), { name: "check", operands: [], options: { manifest: "hub.yaml" } });
  assert.deepEqual(read("serve -m hub.yaml --listen :3000"), {
    name: "serve",
    operands: [],
    options: { manifest: "hub.yaml", listen: ":3000" },
  });
  assert.deepEqual(read("health --json --timeout-ms 500"), {
    name: "health",
    operands: [],
    options: { json: true, timeoutMs: "500" },
  });
  assert.deepEqual(read("stdio --manifest a --profile claude"), {
    name: "stdio",
    operands: [],
    options: { manifest: "a", profile: "claude" },
  });
});

test("plain commands: leaves everything else to the full parser", () => {
  const lines = [
    "",
    "list",
    "help check",
    "constructor",
    "check --help",
    "check a b",
    // What starts Cores is no quick command.
    "check a --start",
    "health --manifest a",
    "check -- a",
  ];
  lines.push(
    "serve --listen=:3000",
    "serve --listen",
    "serve -m --listen",
    "serve extra",
    "serve --json",
    "stdio -l :1",
  );
  lines.push("check -", "check --toString", "check toString -x");
  for (const line of lines) assert.equal(readPlainCommand(line.split(" ")), undefined, line);
});

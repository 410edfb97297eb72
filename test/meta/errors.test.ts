// docs/errors.md and the error table say the same, both ways.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { errorTable } from "../../src/base/errors.ts";

test("errors: the table in docs/errors.md is the table in the code", () => {
  const text = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");
  const documented = new Map<string, string>();
  for (const [, code = "", rpc = "", http = "", exit = "", retry = ""] of text.matchAll(
    /^\| *`(\w+)` *\| *(-\d+) *\| *(\d+) *\| *(\d) *\| *(yes|no) *\|/gm,
  )) {
    documented.set(code, `${rpc} ${http} ${exit} ${retry}`);
  }
  const real = new Map<string, string>();
  for (const [code, facts] of Object.entries(errorTable)) {
    real.set(code, `${facts.rpc} ${facts.http} ${facts.exit} ${facts.retry ? "yes" : "no"}`);
  }
  assert.deepEqual(documented, real);
});

// docs/logs.md and the log lines that the code writes are the same, both ways, levels included.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * `log.warn("name"`; `log[level]("name"`, of which the level cannot be read; and the helpers that cut a client off at warn, and
 * tell of a call at debug.
 */
const call = /(?:\blog(?:\.(debug|info|warn|error)|\[[^\]]+\])|#(cut)|#(say)(?=\(\s*"call_))\(\s*([^,()]*"\w+")/g;

test("logs: docs/logs.md lists every msg with its levels, and none that is not written", () => {
  const written = new Map<string, Set<string>>();
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  for (const file of files.filter((name) => name.endsWith(".ts"))) {
    for (const [, level, cut, say, first = ""] of readFileSync(join(root, "src", file), "utf8").matchAll(call)) {
      for (const [, msg = ""] of first.matchAll(/"(\w+)"/g)) {
        const levels = written.get(msg) ?? new Set();
        written.set(msg, levels.add(level ?? (cut === undefined ? (say === undefined ? "any" : "debug") : "warn")));
      }
    }
  }
  assert.ok(written.size > 40, "the log calls could not be read");

  const documented = new Map<string, string[]>();
  for (const [, msg = "", levels = ""] of readFileSync(join(root, "docs/logs.md"), "utf8").matchAll(
    /^\| `(\w+)` *\| ([\w, ]+?) *\|/gm,
  )) {
    documented.set(msg, levels.split(", "));
  }
  assert.deepEqual([...documented.keys()].sort(), [...written.keys()].sort());
  for (const [msg, levels] of written) {
    if (levels.has("any")) continue;
    assert.deepEqual(documented.get(msg)?.sort(), [...levels].sort(), msg);
  }
});

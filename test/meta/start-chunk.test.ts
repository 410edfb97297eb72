// What a start reads, without a stopwatch: which parts are in the file that serves, and how large it may become.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../helpers/hub-process.ts";

const reason = "docs/decisions/0030-start-in-chunks.md";

/** Of dist/cli: the text, and the sources in it, which esbuild names in a comment over each. */
function built(name: string): { readonly code: string; readonly sources: readonly string[] } {
  const code = readFileSync(join(root, "dist/cli", name), "utf8");
  return { code, sources: [...code.matchAll(/^\/\/ ((?:src|node_modules)\/\S+)$/gm)].map(([, source = ""]) => source) };
}

function packagesOf(sources: readonly string[]): string[] {
  const names = sources.map((source) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
  return [...new Set(names.flat())].sort();
}

test("start: the packages that are read before the first Core starts are the log's and the manifest's", () => {
  const log = ["atomic-sleep", "on-exit-leak-free", "pino", "pino-std-serializers"];
  const logToo = ["quick-format-unescaped", "safe-stable-stringify", "sonic-boom"];
  const wanted = [...log, ...logToo, "yaml"];
  const { sources } = built("serving.code.js");
  assert.deepEqual(
    packagesOf(sources),
    wanted,
    `import a package with import() where a Core or a setting needs it: ${reason}`,
  );
  assert.deepEqual(packagesOf(built("check.code.js").sources), ["yaml"]);
});

test("start: what few manifests need is not in the file that serves", () => {
  const { sources } = built("serving.code.js");
  const small = [
    "src/links/address.ts",
    "src/links/message-headers.ts",
    "src/links/reach.ts",
    "src/logins/owner.ts",
    "src/logins/target.ts",
  ];
  const apart = /^src\/(links|logins|connect|telemetry\/otel)\//;
  const found = sources.filter((source) => apart.test(source) && !small.includes(source));
  assert.deepEqual(found, [], `load it with import() where a Core or a setting needs it: ${reason}`);
});

test("start: the files that must start quickly stay small", () => {
  for (const [name, limit] of [
    ["main.js", 8],
    ["check.code.js", 450],
    ["serving.code.js", 1475],
  ] as const) {
    const kib = Math.ceil(built(name).code.length / 1024);
    const fix = `a Node that has no compiled code of it reads 70 KiB in a millisecond; load with import() what not every start needs: ${reason}`;
    assert.ok(kib <= limit, `dist/cli/${name} has ${kib} KiB, more than ${limit}; ${fix}`);
  }
});

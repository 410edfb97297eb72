// Runs the test files of the folders named, with node's own runner: `node --test` of Node 20 takes files, not patterns.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../", import.meta.url));
const { values: options, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: {
    "timeout-ms": { type: "string", default: "120000" },
    concurrency: { type: "string", default: "3" },
  },
});

const files = folders.flatMap((folder) =>
  readdirSync(join(root, "test", folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join("test", folder, file)),
);
if (files.length === 0) throw new Error(`no tests in ${folders.join(", ")}`);

const limits = [`--test-timeout=${options["timeout-ms"]}`, `--test-concurrency=${options.concurrency}`];
const args = ["--import", "tsx", "--test", ...limits, ...files.sort()];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
process.exitCode = status ?? 1;

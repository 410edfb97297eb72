// Runs the test files of the folders named, with node's own runner: `node --test` of Node 20 takes files, not patterns.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const folders = process.argv.slice(2);

const files = folders.flatMap((folder) =>
  readdirSync(join(root, "test", folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join("test", folder, file)),
);
if (files.length === 0) throw new Error(`no tests in ${folders.join(", ")}`);

const args = ["--import", "tsx", "--test", "--test-timeout=120000", "--test-concurrency=2", ...files.sort()];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
process.exitCode = status ?? 1;

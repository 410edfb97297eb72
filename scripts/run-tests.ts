// Runs the test files of the folders named, with node's own runner: `node --test` of Node 20 takes files, not patterns, and has a process for each. Most unit
// and meta tests are over before theirs has started, so several of a folder share one.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../", import.meta.url));
const { values: options, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: {
    "timeout-ms": { type: "string", default: "120000" },
    concurrency: { type: "string", default: "3" },
  },
});

const perProcess = 12;
const quick = new Set(["unit", "meta"]);

const filesOf = (folder: string): string[] =>
  readdirSync(join(root, "test", folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join("test", folder, file))
    .sort();

/** Files of one folder that are run together. */
function groups(files: readonly string[]): string[][] {
  const all: string[][] = [];
  for (const file of files) {
    const last = all.at(-1);
    if (last !== undefined && last.length < perProcess && dirname(last[0] as string) === dirname(file)) last.push(file);
    else all.push([file]);
  }
  return all;
}

const scratch = mkdtempSync(join(tmpdir(), "thehub-tests-"));
/** A file that is all of these. */
function together(files: readonly string[]): string {
  const name = (files[0] as string).replaceAll(/[/\\]/g, "-").replace(/\.ts$/, ".mjs");
  const path = join(scratch, name);
  writeFileSync(
    path,
    files.map((file) => `import ${JSON.stringify(pathToFileURL(join(root, file)).href)};\n`).join(""),
  );
  return path;
}

const files = folders.flatMap((folder) =>
  quick.has(folder) ? groups(filesOf(folder)).map(together) : filesOf(folder),
);
if (files.length === 0) throw new Error(`no tests in ${folders.join(", ")}`);

const limits = [`--test-timeout=${options["timeout-ms"]}`, `--test-concurrency=${options.concurrency}`];
const { status } = spawnSync(process.execPath, ["--import", "tsx", "--test", ...limits, ...files], {
  cwd: root,
  stdio: "inherit",
});
rmSync(scratch, { recursive: true });
process.exitCode = status ?? 1;

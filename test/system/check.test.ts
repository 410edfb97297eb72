// `thehub check` on what is not in the manifest itself: secrets that are not there, Cores that do not come up.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { fixture, mainFile } from "../helpers/hub-process.ts";
import { thehub } from "../helpers/thehub.ts";

let folder = "";
let file = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-check-"));
  file = join(folder, "hub.yaml");
});

after(() => rm(folder, { recursive: true, force: true }));

const env = () => ({ HUB_STATE_DIR: join(folder, "state") });

test("check: the secrets of all Cores are looked up side by side", async () => {
  const fifo = join(folder, "fifo");
  // Each end of it waits for the other one.
  const secret = (script: string) =>
    `{ command: x, secrets: [{ name: S, from: { command: [sh, "-c", "${script}"] } }] }`;
  await writeFile(
    file,
    `cores:\n  a: ${secret(`cat '${fifo}'`)}\n  b: ${secret(`echo secret-of-a > '${fifo}'; echo secret-of-b`)}\n`,
  );
  await promisify(execFile)("mkfifo", [fifo]);
  const { code, stderr } = await thehub(["check", file], env());
  assert.deepEqual([code, stderr], [0, ""]);
});

test("check: a secret that is not there is an error, with its place and the fix", async () => {
  await writeFile(
    file,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the manifest's own placeholder
    'cores:\n  t: { command: x, secrets: [A_SECRET] }\n  far: { url: https://x.example, headers: { X-Key: "${secret:B}", X-Team: "${env:TEAM}" } }\n',
  );
  const json = await thehub(["check", file, "--json"], { ...env(), HUB_SECRETS_DIR: folder });
  const { ok, errors, problems, cores } = JSON.parse(json.stdout);
  assert.deepEqual([json.code, ok, errors], [3, false, 3]);
  const looked = (...names: string[]) => `looked in ${names.join(", ")}`;
  assert.deepEqual(problems, [
    {
      ...{ severity: "error", file, line: 2, column: 30, path: "cores.t.secrets[0]" },
      message: `secret A_SECRET of Core t is missing: ${looked("HUB_SECRET_T_A_SECRET", "HUB_SECRET_A_SECRET", join(folder, "t", "A_SECRET"), join(folder, "A_SECRET"), "A_SECRET")}`,
      hint: `set HUB_SECRET_T_A_SECRET, or write it into ${join(folder, "A_SECRET")}`,
    },
    {
      ...{ severity: "error", file, line: 3, column: 3, path: "cores.far" },
      message: `secret B of Core far is missing: ${looked("HUB_SECRET_FAR_B", "HUB_SECRET_B", join(folder, "far", "B"), join(folder, "B"), "B")}`,
      hint: `set HUB_SECRET_FAR_B, or write it into ${join(folder, "B")}`,
    },
    {
      ...{ severity: "error", file, line: 3, column: 67, path: "cores.far.headers.X-Team" },
      ...{ message: "the variable TEAM is not set", hint: "start the hub with it" },
    },
  ]);
  assert.equal(cores[0].secrets[0].found, false);
  const text = await thehub(["check", file], env());
  assert.deepEqual([text.code, text.stdout.includes(`${file}: ok`)], [3, false]);
  assert.match(
    text.stderr,
    /hub\.yaml:2:30: error: cores\.t\.secrets\[0\]: secret A_SECRET of Core t is missing: .*\n/,
  );
  assert.match(text.stderr, /\n {4}set HUB_SECRET_T_A_SECRET, or HUB_SECRETS_DIR to a folder with a file A_SECRET\n/);
  assert.match(text.stderr, /\n3 errors, 0 warnings\n$/);
});

test("check: takes its manifest as an operand, or as all commands do, and not both", async () => {
  await writeFile(file, "cores:\n  t: { command: x }\n");
  const said = { code: 0, stdout: `t: namespace t\n${file}: ok\n`, stderr: "" };
  for (const words of [[file], ["-m", file], ["--manifest", file]]) {
    assert.deepEqual(await thehub(["check", ...words], env()), said);
  }
  const both = await thehub(["check", file, "-m", "other.yaml"], env());
  assert.deepEqual([both.code, both.stderr.includes("name one of them")], [2, true]);
});

test("check --start: says why a Core did not come up, and its last words", async () => {
  const broken = `  broken:\n    ${fixture("exit-at-once.mjs")}\n    health: { max_restarts: 0 }\n`;
  await writeFile(file, `cores:\n  good:\n    ${fixture("echo.mjs")}\n  t: { command: nosuchprogram }\n${broken}`);
  const json = await thehub(["check", file, "--start", "--json"], env());
  const { ok, errors, problems, cores } = JSON.parse(json.stdout);
  assert.deepEqual([json.code, ok, errors], [3, false, 2]);
  assert.deepEqual(
    problems.map((problem: Record<string, unknown>) => [problem["severity"], problem["path"], problem["line"]]),
    [
      ["error", "cores.t", 5],
      ["error", "cores.broken", 6],
    ],
  );
  assert.match(problems[0].message, /^core "t" was given up: .*nosuchprogram/);
  const [good, t, other] = cores;
  assert.deepEqual([good.state, good.problem, t.state, other.state], ["up", undefined, "failed", "failed"]);
  assert.equal(t.problem, problems[0].message);
  assert.match(other.problem, /^core "broken" was given up: exited with code \d+/);
  const text = await thehub(["check", file, "--start"], env());
  assert.equal(text.code, 3);
  assert.match(text.stderr, /hub\.yaml:5:3: error: cores\.t: core "t" was given up: .*nosuchprogram/);
  assert.match(text.stdout, /good: namespace good\n {2}good: \d+ tools/);
});

test("check --start, list: a rule whose name is of no tool is a warning at its place, and leaves the exit code", async () => {
  const echo = fixture("echo.mjs");
  await writeFile(
    file,
    `cores:\n  e:\n    ${echo}\n    policy:\n      deny_tools: [ehco, "rm_*"]\nclients:\n  ann: { token_sha256: "${"0ff1ce00".repeat(8)}", deny: [e.ehco] }\n`,
  );
  const json = await thehub(["check", file, "--start", "--json"], env());
  const { ok, warnings, problems } = JSON.parse(json.stdout);
  assert.deepEqual([json.code, ok, warnings], [0, true, 2], json.stdout);
  assert.deepEqual(
    problems.map(({ severity, path, line, hint }: Record<string, unknown>) => [severity, path, line, hint]),
    [
      ["warning", "clients.ann.deny[0]", 8, "did you mean e.echo?"],
      ["warning", "cores.e.policy.deny_tools[0]", 6, "did you mean echo?"],
      ["info", "cores.e.policy.deny_tools[1]", 6, "thehub list --all has their names"],
    ],
  );
  const listed = await thehub(["list", "--manifest", file], env());
  assert.equal(listed.code, 0);
  assert.match(listed.stderr, /^cores\.e\.policy\.deny_tools\[0\]: ehco matches none .*; did you mean echo\?$/m);
  assert.doesNotMatch(listed.stderr, /rm_/);
});

test("check: an answer that cannot be written is a failure, and one that nobody reads is none", {
  skip: existsSync("/dev/full") ? false : "needs /dev/full",
}, async () => {
  await writeFile(file, "cores: { a: { command: thehub-template-core } }\n");
  const run = (command: string) =>
    promisify(execFile)("sh", ["-c", `node '${mainFile}' ${command}`], { cwd: folder }).then(
      ({ stderr }) => ({ code: 0, stderr }),
      ({ code, stderr }) => ({ code, stderr }),
    );
  for (const command of ["check", "--help", "--version", "-V"]) {
    const { code, stderr } = await run(`${command} >/dev/full`);
    assert.equal(code, 1, command);
    assert.match(stderr, /^thehub: ENOSPC/, command);
    assert.deepEqual(await run(`${command} | true`), { code: 0, stderr: "" }, command);
  }
});

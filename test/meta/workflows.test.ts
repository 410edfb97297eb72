// What .github/workflows may look like: every action is pinned, every job has the rights it needs and no more, expressions name
// things that exist.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { root } from "../helpers/hub-process.ts";

const folder = join(root, ".github/workflows");
const files = readdirSync(folder);

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Record<string, unknown>;
}

interface Job {
  readonly permissions?: Record<string, string>;
  readonly "timeout-minutes"?: number;
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly environment?: string;
  readonly needs?: string | readonly string[];
  readonly outputs?: Record<string, string>;
  readonly strategy?: { readonly matrix: object };
}

interface Workflow {
  readonly on: Record<string, unknown>;
  readonly permissions?: Record<string, string>;
  readonly jobs: Record<string, Job>;
}

const textOf = (file: string): string => readFileSync(join(folder, file), "utf8");
const workflowOf = (file: string): Workflow => parse(textOf(file)) as Workflow;

/** Every job as [where it is, the job]. */
const jobs: [string, Job][] = files.flatMap((file) =>
  Object.entries(workflowOf(file).jobs).map(([name, job]): [string, Job] => [`${file}: ${name}`, job]),
);

test("workflows: every action is pinned by the full hash of a commit, with its version beside it", () => {
  for (const file of files) {
    for (const [line, , action = ""] of textOf(file).matchAll(/^( *(?:- )?uses: )(.*)$/gm)) {
      if (action.startsWith("./")) continue;
      assert.match(action, /^[\w.-]+(\/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, `${file}: ${line.trim()}`);
    }
  }
});

test("workflows: one action has one version everywhere", () => {
  const versions = new Map<string, string>();
  for (const file of files) {
    for (const [, action = "", pin = ""] of textOf(file).matchAll(/uses: ([\w.-]+\/[\w.-]+)[^@\s]*@(.*)$/gm)) {
      assert.equal(versions.get(action) ?? pin, pin, `${file}: ${action}`);
      versions.set(action, pin);
    }
  }
});

test("workflows: each starts with reading at most, and each job that may write says so itself", () => {
  for (const file of files) {
    const { permissions } = workflowOf(file);
    assert.ok(permissions !== undefined, `${file} declares no permissions`);
    for (const [scope, level] of Object.entries(permissions)) assert.equal(level, "read", `${file}: ${scope}`);
  }
  const writers = jobs.flatMap(([where, { permissions = {} }]) =>
    Object.entries(permissions)
      .filter(([, level]) => level === "write")
      .map(([scope]) => `${where}: ${scope}`),
  );
  assert.deepEqual(writers.sort(), [
    "codeql.yml: analyze: security-events",
    "release.yml: image: packages",
    "release.yml: names: attestations",
    "release.yml: names: id-token",
    "release.yml: names: packages",
    "release.yml: npm: id-token",
    "release.yml: release: contents",
  ]);
});

test("workflows: each job ends in time, and checkouts leave no credentials behind", () => {
  for (const [where, job] of jobs) {
    if (job.uses !== undefined) continue;
    assert.ok((job["timeout-minutes"] ?? 0) > 0, where);
    for (const step of job.steps ?? []) {
      if (!step.uses?.startsWith("actions/checkout@")) continue;
      assert.equal(step.with?.["persist-credentials"], false, where);
    }
  }
});

test("workflows: no script has an expression in it, so that no title or branch name becomes a command", () => {
  for (const [where, { steps = [] }] of jobs) {
    for (const { run = "" } of steps) assert.ok(!run.includes("${{"), `${where}: ${run}`);
  }
});

test("workflows: no one from outside can start what has secrets or may write", () => {
  for (const file of files) assert.equal("pull_request_target" in workflowOf(file).on, false, file);
  assert.deepEqual(workflowOf("release.yml").on, { push: { tags: ["v*"] } });
  for (const [where, job] of jobs) {
    if (JSON.stringify(job).includes("secrets.")) assert.ok(job.environment !== undefined, where);
  }
});

test("workflows: names get to images after the scan, and everything after the tests", () => {
  const { jobs } = parse(textOf("release.yml")) as { jobs: Record<string, { needs?: string | string[] }> };
  const before = (name: string): Set<string> => {
    const direct = [jobs[name]?.needs ?? []].flat();
    return new Set([...direct, ...direct.flatMap((needed) => [...before(needed)])]);
  };
  for (const name of ["npm", "names", "release"]) {
    for (const needed of ["version", "test", "package", "image", "scan"])
      assert.ok(before(name).has(needed), `${name} ${needed}`);
  }
  for (const [name, text] of Object.entries(jobs)) {
    const publishes = /npm publish|imagetools create|gh release create/.test(JSON.stringify(text));
    assert.equal(publishes, ["npm", "names", "release"].includes(name), name);
  }
});

test("workflows: every job, step, output and matrix value that an expression names is there", () => {
  for (const [where, job] of jobs) {
    const text = JSON.stringify(job);
    const all = workflowOf(where.split(":")[0] as string).jobs;
    for (const [, needed = "", output = ""] of text.matchAll(/needs\.([\w-]+)\.outputs\.([\w-]+)/g)) {
      assert.ok([job.needs ?? []].flat().includes(needed), `${where} does not need ${needed}`);
      assert.ok(all[needed]?.outputs?.[output] !== undefined, `${where}: ${needed} has no output ${output}`);
    }
    for (const needed of [job.needs ?? []].flat()) assert.ok(all[needed] !== undefined, `${where}: ${needed}`);
    for (const [, id = ""] of text.matchAll(/steps\.([\w-]+)\./g)) {
      assert.ok(
        job.steps?.some((step) => step.id === id),
        `${where} has no step ${id}`,
      );
    }
    for (const [, name = ""] of text.matchAll(/matrix\.([\w-]+)/g)) {
      assert.ok(JSON.stringify(job.strategy?.matrix ?? {}).includes(`"${name}":`), `${where}: matrix.${name}`);
    }
  }
});

test("workflows: CI runs the gate on every version of Node that is promised, and the README's commands", () => {
  const { jobs } = parse(textOf("ci.yml")) as { jobs: Record<string, { strategy: { matrix: { node: string[] } } }> };
  const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { engines: { node: string } };
  assert.deepEqual(jobs["check"]?.strategy.matrix.node, [engines.node.replace(">=", ""), "22", "24", "26"]);
  const commands = jobsCommands("ci.yml");
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  for (const command of ["npm ci", "npm run check", "npm run test:deploy"])
    assert.ok(commands.includes(command), command);
  for (const [, script = ""] of commands.join("\n").matchAll(/npm run ([\w:]+)/g))
    assert.ok(scripts[script] !== undefined, script);
  // The README's own test command is the last step of the gate.
  assert.match(readFileSync(join(root, "README.md"), "utf8"), /^npm ci && npm test$/m);
  assert.match(scripts["check"] ?? "", /&& npm test$/);
});

test("workflows: the folders of tests that CI names are there", () => {
  const folders = [...textOf("ci.yml").matchAll(/^ +tests: (.*)$/gm)].flatMap(([, list = ""]) => list.split(" "));
  assert.ok(folders.length > 5);
  for (const name of folders) assert.ok(existsSync(join(root, "test", name)), name);
});

function jobsCommands(file: string): string[] {
  return Object.values(workflowOf(file).jobs).flatMap(({ steps = [] }) =>
    steps.flatMap(({ run = "" }) => run.trim().split("\n")),
  );
}

test("workflows: docs/releasing.md explains every job of a release, in order", () => {
  const page = readFileSync(join(root, "docs/releasing.md"), "utf8");
  const explained = [...page.matchAll(/^\| `([a-z]+)` /gm)].map(([, name]) => name);
  assert.deepEqual(explained, Object.keys(workflowOf("release.yml").jobs));
});

test("github: every YAML file of .github parses", () => {
  const all = readdirSync(join(root, ".github"), { recursive: true, encoding: "utf8" });
  for (const file of all.filter((name) => /\.ya?ml$/.test(name))) {
    assert.equal(typeof parse(readFileSync(join(root, ".github", file), "utf8")), "object", file);
  }
});

// Which era is found on real processes, however they meet the question, and what is spoken from then on.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Known } from "../../src/cores/known.ts";
import { CoreRun, type RunOptions } from "../helpers/core-run.ts";

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "eras-"));
});
after(() => rm(folder, { recursive: true, force: true }));

interface Scene {
  readonly run: CoreRun;
  /** What the Core's processes have read, in order. */
  heard(): Promise<string[]>;
}

function scene(name: string, way: string, options: RunOptions = {}): Scene {
  const file = join(folder, name);
  const run = new CoreRun({ fixture: "eras.mjs", args: [way, file], ...options });
  return { run, heard: async () => (await readFile(file, "utf8")).trim().split("\n") };
}

const lists = ["notifications/initialized", "tools/list"];

for (const [way, era, heard] of [
  ["legacy", "legacy", ["start", "server/discover", "initialize", ...lists]],
  ["old", "legacy", ["start", "server/discover", "initialize", ...lists]],
  ["names-old", "legacy", ["start", "server/discover", "initialize", ...lists]],
  ["empty", "legacy", ["start", "server/discover", "initialize", ...lists]],
  ["exits", "legacy", ["start", "server/discover", "start", "initialize", ...lists]],
  ["modern", "modern", ["start", "server/discover", "tools/list"]],
  ["dual", "modern", ["start", "server/discover", "tools/list"]],
] as const) {
  test(`era: a Core that meets the question as "${way}" is ${era}, and the next start goes straight`, async () => {
    const scened = scene(`plain-${way}`, way);
    await using run = await scened.run.up();
    assert.equal(run.core.era, era);
    assert.equal(run.core.greeting?.protocolVersion, era === "modern" ? "2026-07-28" : "2025-11-25");
    assert.equal(run.core.instructions, era === "modern" ? "modern words" : undefined);
    assert.equal(run.core.serverInfo?.["version"], era === "modern" ? "2" : "1");
    assert.deepEqual(run.toolNames(), ["hello"]);
    assert.equal(await run.call("hello"), "hello");
    await run.core.stop();
    await run.up();
    const first = [...heard, "tools/call"];
    const straight = ["start", ...(era === "modern" ? ["server/discover"] : ["initialize", lists[0]]), "tools/list"];
    assert.deepEqual(await scened.heard(), [...first, ...straight]);
  });
}

test("era: a Core of both that the manifest wants legacy is not asked, and is what the manifest says", async () => {
  for (const era of ["legacy", "modern"] as const) {
    const { run: starting, heard } = scene(`pinned-${era}`, "dual", { definition: { era } });
    await using run = await starting.up();
    assert.equal(run.core.era, era);
    assert.equal(await run.call("hello"), "hello");
    const first = era === "modern" ? ["server/discover", "tools/list"] : ["initialize", ...lists];
    assert.deepEqual(await heard(), ["start", ...first, "tools/call"]);
  }
});

test("era: a Core that has not the one that the manifest wants is given up, with what to change", async () => {
  for (const [era, way, says] of [
    ["modern", "legacy", /era: modern/],
    ["legacy", "modern", /era: legacy/],
  ] as const) {
    const { run: starting } = scene(`unlike-${era}`, way, { definition: { era }, health: { maxRestarts: 5 } });
    await using run = starting;
    run.core.start();
    const { code, reason } = await run.reach("failed");
    assert.equal(code, "era_unsupported");
    assert.match(reason, says);
  }
});

test("era: a Core that ignores the question is greeted behind it, on the same process", async () => {
  const { run: starting, heard } = scene("ignores", "ignores", { health: { startupTimeoutMs: 3000 } });
  await using run = await starting.up();
  assert.equal(run.core.era, "legacy");
  assert.deepEqual(await heard(), ["start", "server/discover", "initialize", ...lists]);
});

test("era: a Core that is slow answers both, and is started again in the era it has", async () => {
  const { run: starting, heard } = scene("slow", "slow", { health: { startupTimeoutMs: 3000 } });
  await using run = await starting.up();
  assert.equal(run.core.era, "modern");
  assert.deepEqual(await heard(), ["start", "server/discover", "initialize", "start", "server/discover", "tools/list"]);
});

test("era: a Core that the question has made deaf is greeted on another process, and silence is not remembered", async () => {
  const known = new Known();
  const { run: starting, heard } = scene("dies", "dies", { known, health: { startupTimeoutMs: 1500 } });
  await using run = await starting.up();
  assert.equal(run.core.era, "legacy");
  assert.deepEqual(await heard(), ["start", "server/discover", "start", "initialize", ...lists]);
  assert.equal(known.era(0), undefined);
});

test("era: a Core that names only versions nobody speaks is given up", async () => {
  const { run: starting } = scene("names-new", "names-new", { health: { maxRestarts: 5 } });
  await using run = starting;
  run.core.start();
  const { code, reason } = await run.reach("failed");
  assert.equal(code, "era_unsupported");
  assert.match(reason, /2031-01-01/);
});

test("era: one that has changed since is asked again after it has failed", async () => {
  const known = new Known();
  for (const [was, way, now] of [
    ["legacy", "modern", "modern"],
    ["modern", "legacy", "legacy"],
  ] as const) {
    known.learn(was, performance.now());
    const { run: starting } = scene(`changed-${was}`, way, { known, health: { maxRestarts: 1 } });
    await using run = starting;
    run.core.start();
    await run.reach("up");
    assert.equal(run.core.era, now);
    assert.equal(known.era(0), now);
  }
});

test("era: a modern Core is asked with server/discover whether it still answers", async () => {
  const { run: starting, heard } = scene("health", "dual", { health: { pingIntervalMs: 20 } });
  await using run = await starting.up();
  const asked = async () => (await heard()).filter((line) => line === "server/discover").length;
  while ((await asked()) < 3) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(run.core.state.t, "up");
  assert.ok(!(await heard()).includes("ping"));
});

for (const mode of ["dual", "modern"] as const) {
  test(`era: the SDK's own server (${mode}) is modern over STDIO`, async () => {
    await using run = await new CoreRun({ fixture: "sdk-eras.mjs", args: [mode] }).up();
    assert.equal(run.core.era, "modern");
    assert.equal(await run.call("era"), "modern");
    assert.equal(await run.call("echo", { a: 1 }), '{"a":1}');
    assert.equal(run.core.instructions, "both");
    assert.equal(run.core.lists?.resources.length, 1);
  });
}

test("era: a modern Core over STDIO is listened to: its lists are read again, changes of watched resources go upward as of old", async () => {
  await using run = await new CoreRun({ fixture: "sdk-eras.mjs" }).up();
  await run.record.line("core_listening");
  const before = run.listings;
  await run.call("grow");
  await run.until(() => run.listings > before);
  assert.ok(run.toolNames().includes("grown"));
  run.core.watch(new Set(["test://a"]));
  await run.record.line("core_listening", ({ resources }) => resources === 1);
  // What changed before the Core knew of it nobody heard: it is told once.
  await run.until(() => run.upward.length === 1);
  await run.call("touch", { uri: "test://b" });
  await run.call("touch", { uri: "test://a" });
  await run.until(() => run.upward.length > 1);
  const updated = { jsonrpc: "2.0", method: "notifications/resources/updated", params: { uri: "test://a" } };
  assert.deepEqual(
    run.upward.map((text) => JSON.parse(text)),
    [updated, updated],
  );
  run.core.watch(new Set());
  const listened = () => run.record.lines.filter(({ msg }) => msg === "core_listening").length;
  await run.record.line("core_listening", ({ resources }) => resources === 0 && listened() === 3);
});

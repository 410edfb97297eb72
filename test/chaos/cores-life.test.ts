// Cores as real processes: how they start, fail, restart and end, and that nothing of them is left.
import assert from "node:assert/strict";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { HubError } from "../../src/base/errors.ts";
import { CoreRun, gone } from "../helpers/core-run.ts";

test("core: comes up with its lists, answers, and leaves when its stdin ends", async () => {
  await using run = await new CoreRun({ fixture: "echo.mjs" }).up();
  assert.ok(run.toolNames().includes("echo"));
  assert.equal(run.core.lists?.templates.length, 1);
  assert.equal(run.core.lists?.prompts.length, 1);
  assert.equal(run.core.instructions, "a fixture");
  assert.equal(await run.call("echo", { a: 1 }), '{"a":1}');
  await run.core.stop();
  assert.deepEqual(run.states, ["starting", "up", "draining", "stopped"]);
  const ended = await run.record.line("core_process_ended");
  assert.equal(ended["by"], "input");
});

test("core: answers to relay ids and notifications go upward byte for byte", async () => {
  await using run = await new CoreRun({ fixture: "echo.mjs" }).up();
  const answer = await run.relayed("tools/call", { name: "echo", arguments: { big: "x".repeat(3), n: [1, 2] } });
  assert.match(answer, /"structuredContent":\{"big":"xxx","n":\[1,2\]\}/);
  await run.relayed("tools/call", { name: "progress", arguments: { steps: 2 }, _meta: { progressToken: 7 } });
  const progress = run.upward.filter((text) => text.includes("notifications/progress"));
  assert.equal(progress.length, 2);
  assert.ok(
    run.upward.every((text) => !text.includes("initialize")),
    "own answers stay below",
  );
});

test("core: a Core's ping is answered by the hub, and what it asks beside that goes upward", async () => {
  await using run = await new CoreRun({ fixture: "echo.mjs" }).up();
  assert.deepEqual(JSON.parse(await run.call("ask", { method: "ping" })).result, {});
  void run.call("ask", { method: "roots/list" }).catch(() => {});
  await run.until(() => run.upward.some((text) => text.includes("roots/list")));
  assert.ok(run.upward.every((text) => !text.includes("ping")));
});

test("core: list_changed is swallowed, read again, and told as new lists", async () => {
  await using run = await new CoreRun({ fixture: "echo.mjs" }).up();
  const before = run.listings;
  await run.call("grow", { name: "grown" });
  await run.until(() => run.listings > before);
  assert.ok(run.toolNames().includes("grown"));
  assert.ok(run.upward.every((text) => !text.includes("list_changed")));
});

test("core: a Core that refuses a request of the hub rejects it with its own words", async () => {
  await using run = await new CoreRun({ fixture: "echo.mjs" }).up();
  await assert.rejects(
    run.call("fail", { code: -32000, message: "no coffee" }),
    (error) => error instanceof HubError && /no coffee/.test(error.message) && error.data["core_error"] === -32000,
  );
});

test("core: a Core that dies under a call rejects it, keeps its lists, and is started again", async () => {
  await using run = await new CoreRun({ fixture: "crash-on-call.mjs", health: { maxRestarts: 1 } }).up();
  const first = run.core.pid;
  await assert.rejects(run.call("crash"), (error) => error instanceof HubError && error.code === "core_down");
  assert.deepEqual(run.toolNames(), ["crash"]);
  await run.until(() => run.core.state.t === "up");
  assert.notEqual(run.core.pid, first);
  assert.equal(run.core.generation, 2);
  const down = await run.record.line("core_down");
  assert.equal(down["reason"], "was killed by SIGKILL");
  await assert.rejects(run.call("crash"));
  const failed = await run.reach("failed");
  assert.match(failed.reason, /given up after 1 restart in a row \(health\.max_restarts\)/);
});

test("core: a Core that exits at once fails with its exit code, its last words in the log", async () => {
  await using run = new CoreRun({ fixture: "exit-at-once.mjs" });
  run.core.start();
  const { code, reason } = await run.reach("failed");
  assert.equal(code, "core_down");
  assert.match(reason, /^exited with code 3/);
  assert.deepEqual(run.core.stderrTail(), ["cannot start: the flux capacitor is missing"]);
  const line = await run.record.line("core_failed");
  assert.deepEqual(line["stderr"], run.core.stderrTail());
});

test("core: a Core that never answers fails as core_timeout and its process is gone", async () => {
  await using run = new CoreRun({ fixture: "silent.mjs", health: { startupTimeoutMs: 200 } });
  run.core.start();
  const { code, reason } = await run.reach("failed");
  assert.equal(code, "core_timeout");
  assert.match(reason, /^was silent for 200 ms after initialize \(framing newline\)/);
});

test("core: a Core that prints garbage fails as core_garbled, a few lines of it logged", async () => {
  await using run = new CoreRun({ fixture: "garbage.mjs" });
  run.core.start();
  const { code, reason } = await run.reach("failed");
  assert.equal(code, "core_garbled");
  assert.match(reason, /more than 100 lines in a row/);
  const logged = run.record.lines.filter((line) => line.msg === "core_stdout_garbage");
  // Of each of two processes: what was asked of the first may have been the reason.
  assert.equal(logged.length, 20);
  await run.core.stop();
  assert.equal((await run.record.line("core_stdout_garbage_dropped"))["count"], 91);
});

test("core: stray lines on stdout are logged and the Core serves", async () => {
  await using run = await new CoreRun({ fixture: "chatty.mjs" }).up();
  assert.equal(await run.call("hello"), "hello");
  const line = await run.record.line("core_stdout_garbage");
  assert.equal(line["text"], "Welcome to the chatty server");
});

test("core: a flood on stderr is logged at a bounded rate, and the Core serves", async () => {
  await using run = await new CoreRun({ fixture: "flood-stderr.mjs" }).up();
  assert.equal(await run.call("hello"), "hello");
  await run.record.line("core_stderr_dropped");
  assert.equal(await run.call("hello"), "hello");
  assert.equal(run.core.stderrTail().length, 100);
});

test("core: one that ignores its stdin's end and SIGTERM is killed", async () => {
  await using run = await new CoreRun({ fixture: "unkillable.mjs", health: { stopTimeoutMs: 100 } }).up();
  const pid = Number(await run.call("pid"));
  await run.core.stop();
  assert.equal((await run.record.line("core_process_ended"))["by"], "kill");
  await gone(pid);
});

for (const how of ["stop", "exit"] as const) {
  const name = how === "stop" ? "when it is stopped" : "when it dies by itself";
  test(`core: grandchildren end ${name}, also one in a session of its own that ignores SIGTERM`, async () => {
    await using run = await new CoreRun({ fixture: "grandchild.mjs" }).up();
    const pids = JSON.parse(await run.call("pids")) as number[];
    assert.equal(pids.length, 3);
    if (how === "exit") await assert.rejects(run.call("exit"));
    await run.core.stop();
    for (const pid of pids) await gone(pid);
  });
}

test("core: stop during the start leaves nothing and rejects nothing unhandled", async () => {
  await using run = new CoreRun({ fixture: "silent.mjs" });
  run.core.start();
  await run.record.line("core_spawned");
  await run.core.stop();
  assert.deepEqual(run.states, ["starting", "draining", "stopped"]);
});

test("core: can be started again after a stop, with lists that did not change told once", async () => {
  await using run = await new CoreRun({ fixture: "echo.mjs" }).up();
  await run.core.stop();
  await run.up();
  assert.equal(run.listings, 1);
  assert.equal(await run.call("echo", {}), "{}");
});

test("core: framing auto tries Content-Length after silence and remembers it", async () => {
  const definition = { framing: "auto" } as const;
  // Silence in the wrong framing costs this long; a Node that starts on a busy machine must not look silent in the right one.
  const health = { startupTimeoutMs: 2000, maxRestarts: 3 };
  await using run = await new CoreRun({ fixture: "content-length-only.mjs", definition, health }).up();
  assert.equal(run.core.framing, "content-length");
  assert.equal(await run.call("hello"), "hello");
  await run.core.stop();
  const silences = () => run.record.lines.filter((line) => line.msg === "core_silent").length;
  const before = silences();
  await run.up();
  assert.equal(silences(), before);
});

test("core: all pages are read; a cursor that leads back or is empty ends them", async () => {
  for (const [ending, count] of [
    [undefined, 8],
    ["loop", 8],
    ["empty", 8],
  ] as const) {
    const args = ["4", "2", ...(ending === undefined ? [] : [ending])];
    await using run = await new CoreRun({ fixture: "paged.mjs", args }).up();
    const names = new Set(run.toolNames());
    assert.equal(names.size, count, ending);
    if (ending === "loop") await run.record.line("core_list_loops");
  }
});

test("core: a list beyond the caps is cut and the Core named", async () => {
  await using run = await new CoreRun({ fixture: "paged.mjs", args: ["100", "1"] }).up();
  assert.equal(run.toolNames().length, 64);
  const line = await run.record.line("core_list_cut");
  assert.equal(line["core"], "fix");
  assert.equal(line["kept"], 64);
});

test("core: every legacy revision is accepted, another one is era_unsupported and final", async () => {
  for (const version of ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]) {
    await using run = await new CoreRun({ fixture: "version.mjs", args: [version] }).up();
    assert.equal(run.core.greeting?.protocolVersion, version);
  }
  await using run = new CoreRun({ fixture: "version.mjs", args: ["2031-01-01"], health: { maxRestarts: 5 } });
  run.core.start();
  const { code, reason } = await run.reach("failed");
  assert.equal(code, "era_unsupported");
  assert.match(reason, /2031-01-01/);
  assert.equal(run.core.generation, 1);
});

test("core: a missing secret fails the Core without a process", async () => {
  await using run = new CoreRun({ fixture: "echo.mjs", missing: "secret API_TOKEN is missing: looked in nowhere" });
  run.core.start();
  const { code, reason } = await run.reach("failed");
  assert.equal(code, "secret_missing");
  assert.match(reason, /API_TOKEN/);
  assert.equal(run.core.pid, undefined);
});

test("core: a command that does not exist fails at once and says which PATH was searched", async () => {
  const definition = { command: "no-such-program", args: [] };
  await using run = new CoreRun({
    definition,
    hubEnv: { PATH: "/nowhere" },
    extraPath: ["/else"],
    health: { maxRestarts: 5 },
  });
  run.core.start();
  const { reason } = await run.reach("failed");
  assert.match(reason, /"no-such-program" was not found on PATH \(\/nowhere:\/else\)/);
});

test("core: a script whose interpreter is missing fails with that reason", async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-core-"));
  await writeFile(join(folder, "run"), "#!/no/such/interpreter\n", { mode: 0o755 });
  await using run = new CoreRun({ definition: { command: "./run", args: [], cwd: folder } });
  run.core.start();
  assert.match((await run.reach("failed")).reason, /interpreter named in its first line/);
  await rm(folder, { recursive: true });
});

test("core: the child gets the safe set, env, secrets and the mark, runs in cwd, and nothing leaks to stderr or errors", async () => {
  const secret = "sesame-open-0123456789";
  const cwd = await realpath(tmpdir());
  await using run = await new CoreRun({
    fixture: "env-printer.mjs",
    secrets: { API_TOKEN: secret },
    definition: { env: { COLOUR: "blue" }, inheritEnv: ["EXTRA"], cwd },
    hubEnv: { PATH: "/usr/bin:/bin", HOME: "/home/x", HUB_TOKEN: "do-not-hand-on", EXTRA: "1", NOISE: "2" },
  }).up();
  const result = await run.relayed("tools/call", { name: "env", arguments: {} });
  const inner = JSON.parse(result).result.content[0].text as string;
  const told = JSON.parse(inner) as { env: Record<string, string>; cwd: string };
  assert.equal(told.cwd, cwd);
  assert.deepEqual(Object.keys(told.env).sort(), ["API_TOKEN", "COLOUR", "EXTRA", "HOME", "PATH", "THEHUB_INSTANCE"]);
  assert.equal(told.env["API_TOKEN"], secret);
  assert.match(told.env["THEHUB_INSTANCE"] ?? "", new RegExp(`^${run.hubId}\\.fix\\.1$`));
  assert.deepEqual(run.core.stderrTail(), [`starting with token ${"*".repeat(secret.length)}`]);
  assert.ok(!JSON.stringify(run.record.lines).includes(secret));
  assert.equal((await run.call("env")).includes(secret), false, "what the hub reads itself is masked");
});

test("core: one that stops answering pings is restarted", async () => {
  const health = { pingIntervalMs: 50, pingFailures: 2, stopTimeoutMs: 100 };
  await using run = await new CoreRun({ fixture: "deaf.mjs", health }).up();
  const { code, reason } = await run.reach("failed");
  assert.equal(code, "core_timeout");
  assert.match(reason, /^did not answer 2 pings in a row/);
});

test("core: one that stops reading is bounded: full is said, then the stall ends it", async () => {
  const limits = { maxPendingBytes: 1024 * 1024, stallMs: 600 };
  await using run = await new CoreRun({ fixture: "deaf.mjs", limits, health: { stopTimeoutMs: 100 } }).up();
  const frame = {
    chunks: [Buffer.from(`{"jsonrpc":"2.0","method":"x","params":"${"x".repeat(256 * 1024)}"}`)],
    size: 0,
  };
  frame.size = frame.chunks[0]?.length ?? 0;
  let sent = 0;
  while (run.core.send(frame, []) === "ok") sent++;
  assert.ok(sent >= 3 && sent < 10, `${sent} frames`);
  const { code, reason } = await run.reach("failed");
  assert.equal(code, "core_timeout");
  assert.match(reason, /has not read its stdin/);
});

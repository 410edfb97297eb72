import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import type { Clock } from "../../../src/base/clock.ts";
import { HubError } from "../../../src/base/errors.ts";
import { Secret } from "../../../src/base/secret.ts";
import { createLog, type Log, type LogOptions } from "../../../src/telemetry/log.ts";
import { createMasker } from "../../../src/wire/mask.ts";

const clock: Clock = {
  wall: () => 0,
  now: () => 0,
  iso: () => "2026-09-01T10:20:30.456Z",
  after: () => ({ cancel: () => {} }),
};
const noMask = { maskText: (text: string) => text, maskJson: (json: string) => json };

function logTo(lines: string[], options: Partial<LogOptions> = {}): Log {
  const stream = { write: (line: string) => lines.push(line) };
  return createLog({ clock, level: "info", format: "json", mask: noMask, stream, ...options });
}

function only(lines: string[]): Record<string, unknown> {
  assert.equal(lines.length, 1);
  const [line = ""] = lines;
  assert.ok(line.endsWith("}\n") && line.indexOf("\n") === line.length - 1);
  return JSON.parse(line) as Record<string, unknown>;
}

test("log: writes one JSON line with ts, level, msg, component, then the context", () => {
  const lines: string[] = [];
  logTo(lines).info("core_up", { core: "files", tools: 14, missing: undefined, big: 2n ** 60n });
  assert.deepEqual(only(lines), {
    ts: "2026-09-01T10:20:30.456Z",
    level: "info",
    msg: "core_up",
    component: "hub",
    core: "files",
    tools: 14,
    big: "1152921504606846976",
  });
});

test("log: writes nothing below its level", () => {
  const lines: string[] = [];
  const log = logTo(lines, { level: "warn" });
  log.debug("a");
  log.info("b");
  log.warn("c");
  log.error("d");
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { msg: string }).msg),
    ["c", "d"],
  );
  assert.equal(log.isDebug, false);
  assert.equal(logTo(lines, { level: "debug" }).isDebug, true);
});

test("log: a child adds its context, and a line's own context wins", () => {
  const lines: string[] = [];
  const child = logTo(lines).child({ component: "core", core: "files" }).child({ pid: 7 });
  child.info("core_stderr", { pid: 8, text: "hello" });
  const { component, core, pid, text } = only(lines);
  assert.deepEqual({ component, core, pid, text }, { component: "core", core: "files", pid: 8, text: "hello" });
});

test("log: context cannot overwrite ts, level or msg", () => {
  const lines: string[] = [];
  logTo(lines).info("real", { msg: "fake", level: "error", ts: "never" });
  const { msg, level, msg_, level_, ts_ } = only(lines);
  assert.deepEqual([msg, level, msg_, level_, ts_], ["real", "info", "fake", "error", "never"]);
});

test("log: replaces what is named like a credential at any depth", () => {
  const lines: string[] = [];
  const hidden = {
    Authorization: "Bearer abc",
    "x-api-key": "k",
    accessToken: "t",
    DB_PASSWORD: "p",
    "Set-Cookie": ["c"],
  };
  logTo(lines).info("x", { headers: hidden, list: [{ client_secret: "s" }], progressToken: 5, token: true, tokens: 3 });
  const { headers, list, progressToken, token, tokens } = only(lines);
  assert.deepEqual(Object.values(headers as object), Array(5).fill("[secret]"));
  assert.deepEqual(list, [{ client_secret: "[secret]" }]);
  assert.deepEqual([progressToken, token, tokens], [5, true, 3]);
});

test("log: shows a Secret as [secret]", () => {
  const lines: string[] = [];
  logTo(lines).info("x", { value: new Secret("hunter2hunter2") });
  assert.equal(only(lines)["value"], "[secret]");
});

test("log: masks secrets anywhere in the line and keeps it JSON", () => {
  const masker = createMasker();
  masker.add(new Secret('hun"ter2\\hunter2'));
  masker.add(new Secret("12345678"));
  const lines: string[] = [];
  const log = logTo(lines, { mask: masker });
  log.info("x", { text: 'say hun"ter2\\hunter2!', 'k hun"ter2\\hunter2': 1, port: 12345678, code: "12345678" });
  const text = lines.join("");
  assert.ok(!text.includes("hunter2") && !text.includes("12345678"));
  const line = only(lines);
  assert.equal(line["text"], `say ${"*".repeat(16)}!`);
  assert.equal(line["port"], 11111111);
});

test("log: masks before it cuts long texts", () => {
  const masker = createMasker();
  masker.add(new Secret("hunter2hunter2"));
  const lines: string[] = [];
  logTo(lines, { mask: masker }).info("x", { text: `${"y".repeat(8192 - 7)}hunter2hunter2${"z".repeat(100)}` });
  const text = String(only(lines)["text"]);
  assert.ok(!text.includes("hunter2"));
  assert.match(text, /\*{7}\[107 more\]$/);
});

test("log: shows errors as name, message, code and cause, with stacks only at debug", () => {
  const lines: string[] = [];
  const error = new HubError(
    "core_down",
    "core down",
    {},
    Object.assign(new Error("spawn failed"), { code: "ENOENT" }),
  );
  logTo(lines).error("x", { error });
  const cause = { name: "Error", message: "spawn failed", code: "ENOENT" };
  assert.deepEqual(only(lines)["error"], { name: "HubError", message: "core down", code: "core_down", cause });
  lines.length = 0;
  logTo(lines, { level: "debug" }).error("x", { error });
  assert.match((only(lines)["error"] as { stack: string }).stack, /log\.test/);
});

test("log: bounds circular, deep and long values, and survives hostile ones", () => {
  const lines: string[] = [];
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  const wide: unknown[] = [];
  for (let at = 0; at < 60; at++) wide.push(wide);
  const proxy = new Proxy({}, { ownKeys: () => assert.fail("no") });
  const hostile = {
    get boom(): string {
      throw new Error("no");
    },
    toJSON: 5,
  };
  const told = {
    toJSON(): never {
      throw new Error("no");
    },
  };
  logTo(lines).info("x", { circle, list: Array(1000).fill(1), hostile, told, bytes: Buffer.alloc(9), nothing: null });
  const line = only(lines);
  assert.ok((lines[0] ?? "").length < 2000);
  logTo(lines).info("x", { wide });
  logTo(lines).info("x", { proxy });
  assert.ok((lines[1] ?? "").length < 20_000);
  assert.match(lines.pop() ?? "", /unreadable/);
  lines.pop();
  assert.deepEqual(line["hostile"], { boom: "[unreadable]", toJSON: 5 });
  assert.equal(line["told"], "[unreadable]");
  assert.equal(line["bytes"], "[9 bytes]");
  assert.equal(line["nothing"], null);
});

test("log: pretty is one plain line, coloured only when asked", () => {
  const lines: string[] = [];
  logTo(lines, { format: "pretty" }).warn("core_stderr", { core: "files", text: "a \x1b[31mb\nc\x9b" });
  assert.deepEqual(lines, ['10:20:30.456 warn  hub: core_stderr core=files text="a \\u001b[31mb\\nc\\u009b"\n']);
  logTo(lines, { format: "pretty", colour: true }).warn("x");
  assert.ok(lines[1]?.includes("\x1b[33m"));
});

test("log: no form of it has a character that a terminal obeys, and the JSON says the same", () => {
  const text = "a\u001b[2J\u009b31m\u007f\u202eb";
  for (const format of ["json", "pretty"] as const) {
    const lines: string[] = [];
    logTo(lines, { format }).warn("core_stderr", { text });
    assert.ok(lines[0]?.includes('"a\\u001b[2J\\u009b31m\\u007f\\u202eb"'), lines[0]);
    if (format === "json") assert.equal(JSON.parse(lines[0] ?? "").text, text);
  }
});

test("log: a line is out before a crash", () => {
  const script = `
    import { createLog } from "./src/telemetry/log.ts";
    import { systemClock } from "./src/base/clock.ts";
    const mask = { maskText: (t) => t, maskJson: (t) => t };
    createLog({ clock: systemClock, level: "info", format: "json", mask }).error("last_words", { n: 1 });
    process.kill(process.pid, "SIGKILL");`;
  const args = ["--import", "tsx", "--input-type=module", "-e", script];
  const { stderr, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.match(stderr, /"msg":"last_words","component":"hub","n":1}\n/);
  assert.equal(stdout, "");
});

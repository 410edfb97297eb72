// `thehub list` and `thehub call` with --url: what a client of a hub that runs already sees, in each way to it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PassThrough, type Readable, type Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { call } from "../../src/cli/commands/call.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { manifest, token, withToken } from "../helpers/connect-process.ts";
import { type HubProcess, mainFile, startHub } from "../helpers/hub-process.ts";
import { ScriptedHttpHub } from "../helpers/scripted-http-hub.ts";
import { thehub } from "../helpers/thehub.ts";

let folder = "";
let hub: HubProcess;
let ways: Record<string, string> = {};

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-running-"));
  const socket = join(folder, "hub.sock");
  hub = await startHub({ manifest, env: withToken, args: ["serve", "--listen", `localhost:0,unix:${socket}`] });
  ways = { ws: await hub.wsUrl(), http: await hub.httpUrl(), unix: `unix:${socket}` };
});

after(async () => {
  await hub.stop();
  await rm(folder, { recursive: true, force: true });
});

test("running hub: list shows what Cores of one's own would, by --url and by HUB_URL, in each way to the hub", async () => {
  const file = join(folder, "own.yaml");
  await writeFile(file, manifest);
  for (const what of [["tools"], ["tools", "--json"], ["resources"], ["prompts", "--json"]]) {
    const own = await thehub(["list", ...what, "--manifest", file], { HUB_STATE_DIR: join(folder, "state") });
    assert.equal(own.code, 0, own.stderr);
    assert.notEqual(own.stdout, "");
    for (const url of Object.values(ways)) {
      assert.deepEqual(await thehub(["list", ...what, "--url", url], withToken), { ...own, stderr: "" });
    }
    const byVariable = await thehub(["list", ...what], { ...withToken, HUB_URL: ways["http"] ?? "" });
    assert.equal(byVariable.stdout, own.stdout);
  }
});

test("running hub: its Cores are listed by its admin API", async () => {
  for (const url of Object.values(ways)) {
    const listed = await thehub(["list", "cores", "--url", url], withToken);
    assert.equal(listed.code, 0, listed.stderr);
    assert.match(listed.stdout, /^echo: \d+ tools\nm: \d+ tools\n$/);
    const { cores } = JSON.parse((await thehub(["list", "cores", "--json", "--url", url], withToken)).stdout);
    assert.deepEqual(
      cores.map(({ core, state }: { core: string; state: string }) => [core, state]),
      [
        ["echo", "up"],
        ["m", "up"],
      ],
    );
  }
});

test("running hub: call prints the answer, and exits by it, in each way to the hub", async () => {
  for (const url of Object.values(ways)) {
    const ask = (...args: string[]) => thehub(["call", ...args, "--url", url], withToken);
    const raw = '{"n":9007199254740993}';
    assert.match((await ask("echo.echo", raw, "--json")).stdout, /"structuredContent":\{"n":9007199254740993\}/);
    assert.deepEqual(await ask("echo__echo", raw), { code: 0, stdout: `${raw}\n`, stderr: "" });
    assert.deepEqual(await ask("echo__refuse"), { code: 1, stdout: "refused\n", stderr: "" });
    assert.deepEqual(await ask("echo__fail"), { code: 1, stdout: "", stderr: "thehub: it failed\n" });
    const unknown = await ask("nothing", "--json");
    assert.equal(unknown.code, 1);
    assert.equal(JSON.parse(unknown.stdout).error.data.code, "name_unknown");
  }
});

test("running hub: what is wrong is named with the fix, and no secret is repeated", async () => {
  const { http = "" } = ways;
  for (const [args, env, code, says] of [
    [["list", "--url", http], {}, 1, /wants a token: put it into HUB_TOKEN/],
    [["list", "--url", http, "--token-env", "MINE"], { MINE: "a-wrong-token-0123456" }, 1, /the token of MINE/],
    [["call", "echo.echo", "--url", http.replace("/mcp", "/no")], withToken, 1, /404.*at \/mcp/],
    [["list", "--url", "http://127.0.0.1:1"], {}, 1, /nothing listens there/],
    [["list", "--url", `http://x:${token}@localhost`], {}, 2, /HUB_TOKEN/],
    [["list", "--url", http, "--manifest", "hub.yaml"], {}, 2, /name one of them/],
    [["list", "--token-env", "MINE"], { MINE: "x" }, 2, /name it with --url/],
    [["list", "--all", "--url", http], withToken, 2, /not told to clients; leave --all out/],
    [["list", "cores", "--url", http], {}, 1, /token of an admin/],
    [["list", "--url", http.replace("localhost", "0.0.0.0")], withToken, 1, /unencrypted.*\n.*HUB_ALLOW_HOSTS/],
  ] as const) {
    const ran = await thehub(args, env);
    assert.equal(ran.code, code, ran.stderr);
    assert.match(ran.stderr, says);
    assert.equal(ran.stdout, "");
    assert.ok(!ran.stderr.includes(token) && !ran.stderr.includes("wrong-token"), ran.stderr);
  }
});

test("running hub: an interrupt cancels the call", async () => {
  for (const [way, url] of Object.entries(ways)) {
    const key = JSON.stringify({ key: way });
    const env = { PATH: process.env["PATH"] ?? "", ...withToken };
    const held = spawn(process.execPath, [mainFile, "call", "echo__slow", key, "--url", url], { env });
    const exited = once(held, "exit");
    assert.equal((await thehub(["call", "echo.until-held", key, "--url", url], withToken)).stdout, "held\n");
    const cancelled = thehub(["call", "echo.until-cancelled", key, "--url", url], withToken);
    held.kill("SIGINT");
    assert.deepEqual(await exited, [130, null]);
    assert.equal((await cancelled).stdout, "cancelled\n");
  }
});

test("running hub: an interrupt cancels a call to Cores of one's own, which are stopped at once", async () => {
  const file = join(folder, "own.yaml");
  await writeFile(file, manifest);
  const env = { PATH: process.env["PATH"] ?? "", HUB_STATE_DIR: join(folder, "state"), HUB_LOG_LEVEL: "debug" };
  const args = ["call", "echo__slow", "--manifest", file];
  const held = spawn(process.execPath, [mainFile, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(held, "exit");
  const lines = createInterface({ input: held.stderr });
  for await (const line of lines) {
    if (!line.includes('"call_sent"')) continue;
    held.kill("SIGINT");
    break;
  }
  held.stderr.resume();
  assert.deepEqual(await exited, [130, null]);
});

test("running hub: a list of several pages is listed whole", async () => {
  await using server = await ScriptedHttpHub.open();
  const pages: Record<string, object> = {
    first: { tools: [{ name: "a" }], nextCursor: "2" },
    "2": { tools: [], nextCursor: "3" },
    "3": { tools: [{ name: "b" }] },
  };
  const listed = thehub(["list", "tools", "--url", server.url]);
  for (let isOver = false; !isOver; ) {
    const request = await server.any();
    if (request.what === "POST initialize") {
      request.answer({ protocolVersion: "2025-06-18", capabilities: { tools: {} } }, { "mcp-session-id": "1" });
    } else if (request.what === "POST tools/list") {
      request.answer(pages[String(request.message.params?.["cursor"] ?? "first")] ?? {});
    } else request.refuse(request.what === "GET" ? 405 : 202);
    isOver = request.what === "DELETE";
  }
  assert.deepEqual(await listed, { code: 0, stdout: "a\t\nb\t\n", stderr: "" });
});

/** Keeps what is written to it. */
class Screen extends PassThrough {
  readonly isTTY = true;
}

test("running hub: progress of a call is shown on a terminal", async () => {
  const stderr = new Screen();
  const stdout = new PassThrough();
  const terminal: Terminal = {
    env: withToken,
    cwd: folder,
    stdin: new PassThrough() as Readable,
    stdout: stdout as Writable,
    stderr,
  };
  assert.equal(await call(terminal, "echo__progress", '{"steps":2}', { url: ways["http"] ?? "" }), 0);
  stdout.end();
  stderr.end();
  assert.match(await text(stdout), /^\d+\n$/);
  assert.equal(await text(stderr), "\r\x1b[K1/2\r\x1b[K2/2\r\x1b[K");
});

// The last one: the Core is gone for a while.
test("running hub: a Core that fails in the call is exit 3", async () => {
  const { code, stderr } = await thehub(["call", "echo__crash", "--url", ways["http"] ?? ""], withToken);
  assert.equal(code, 3);
  assert.match(stderr, /^thehub: .*echo/);
});

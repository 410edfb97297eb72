// createHub as programs use it: from an installed package, and with everything that can go wrong.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { Client } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { createHub, type EmbeddedHub, type HubDeps } from "../../src/library/create-hub.ts";
import { fixture, root } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

const run = promisify(execFile);
const token = "a-token-for-the-library-test-0123";
const echo = { command: process.execPath, args: [join(root, "test/fixtures/cores/echo.mjs")] };
let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-library-"));
});

after(() => rm(folder, { recursive: true, force: true }));

const env = {
  PATH: process.env["PATH"],
  get HUB_STATE_DIR(): string {
    return join(folder, "state");
  },
};

async function withHub(
  manifest: Parameters<typeof createHub>[0],
  deps: Partial<HubDeps>,
  use: (hub: EmbeddedHub) => Promise<void>,
): Promise<void> {
  const hub = await createHub(manifest, { ...deps, env: { ...env, ...deps.env } });
  try {
    await use(hub);
  } finally {
    await hub.close();
  }
}

test("library: the example runs from a packed package in an empty folder, and its types hold", async () => {
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
    cwd: root,
  });
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf("["))) as [{ filename: string }];
  const modules = join(folder, "program/node_modules");
  await mkdir(join(modules, "@ghively"), { recursive: true });
  await run("tar", ["-xzf", join(folder, filename), "-C", join(modules, "@ghively")]);
  await run("mv", [join(modules, "@ghively/package"), join(modules, "@ghively/thehub")]);
  // The client is the program's own dependency; the package itself is whole as it is.
  for (const name of ["@modelcontextprotocol", "@types"])
    await symlink(join(root, "node_modules", name), join(modules, name));
  await copyFile(join(modules, "@ghively/thehub/examples/embed/embed.mjs"), join(folder, "program/embed.mjs"));
  const options = { cwd: join(folder, "program"), env: { ...env } };
  const { stdout: said } = await run(process.execPath, ["embed.mjs"], options);
  assert.match(said, /^template is up with 3 tools\n.*\\"sum\\":5.*\nlistening on http:\/\/127\.0\.0\.1:\d+\n$/);

  const strict = ["--strict", "--exactOptionalPropertyTypes", "--module", "nodenext", "--target", "es2022"];
  const check = ["--noEmit", "--allowJs", "--checkJs", "--types", "node", ...strict, "embed.mjs"];
  await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), ...check], options).catch((error) => {
    assert.fail(error.stdout);
  });

  await writeFile(join(folder, "program/closed.mjs"), 'await import("@ghively/thehub/dist/cli/main.js");\n');
  await assert.rejects(run(process.execPath, ["closed.mjs"], options), /ERR_PACKAGE_PATH_NOT_EXPORTED/);
});

test("library: clients of both SDKs, in the process and over WebSocket, share one Core, which ends with the hub", async () => {
  let pid = 0;
  await withHub({ cores: { echo } }, {}, async (hub) => {
    await hub.ready();
    const [status, ...others] = hub.cores();
    assert.ok((status?.tools ?? 0) > 10);
    assert.deepEqual({ ...status, tools: 0 }, { core: "echo", state: "up", tools: 0, prompts: 1, resources: 1 });
    assert.deepEqual(others, []);
    const v1 = new ClientV1({ name: "v1", version: "1" });
    await v1.connect(hub.channel());
    const v2 = new Client({ name: "v2", version: "1" });
    await v2.connect(hub.channel());
    const [address = ""] = await hub.listen("localhost:0");
    await using ws = await WsClient.connect(`${address.replace("http", "ws")}/mcp`);
    const pids = [
      JSON.stringify((await v1.callTool({ name: "echo__pid" })).content),
      JSON.stringify((await v2.callTool({ name: "echo__pid" })).content),
      JSON.stringify((await ws.call("echo__pid")).result.content),
    ];
    assert.equal(new Set(pids).size, 1);
    pid = Number(/\d+/.exec(pids[0] ?? ""));
    let closed = false;
    v2.onclose = () => {
      closed = true;
    };
    await hub.close();
    assert.ok(closed);
    assert.throws(() => hub.channel(), /this hub is closed/);
    await assert.rejects(hub.listen("localhost:0"), { code: "usage" });
  });
  assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
});

test("library: a call under way gets its answer before its channel is closed, however the hub is closed", async () => {
  await withHub({ hub: { drain_timeout_ms: 100 }, cores: { echo } }, {}, async (hub) => {
    const client = new Client({ name: "c", version: "1" });
    await client.connect(hub.channel());
    await client.listTools();
    const held = client.callTool({ name: "echo__hang" });
    const refused = assert.rejects(held, { code: -32055 });
    await client.callTool({ name: "echo__pid" });
    await hub.close();
    await refused;
  });
});

test("library: a manifest may be a file, relative to cwd, and an object's problems are all named with the fix", async () => {
  await writeFile(join(folder, "hub.yaml"), `cores:\n  e:\n    ${fixture("echo.mjs")}\n`);
  await withHub("hub.yaml", { cwd: folder }, async (hub) => {
    await hub.ready();
    assert.equal(hub.cores()[0]?.core, "e");
  });
  await assert.rejects(
    createHub({ cores: { a: { comand: "x" }, b: {} } }, { env }),
    (error: Error & { code?: string }) => {
      assert.equal(error.code, "manifest_invalid");
      assert.match(error.message, /manifest:\d+:\d+/);
      assert.match(error.message, /command/);
      assert.match(error.message, /\bb\b/);
      return true;
    },
  );
  await assert.rejects(createHub("nowhere.yaml", { env, cwd: folder }), /nowhere\.yaml/);
  await assert.rejects(createHub({ cores: {} }, { env: { ...env, HUB_LOG_LEVEL: "loud" } }), /HUB_LOG_LEVEL/);
});

test("library: settings come from the env that is given, the log goes where it is told, and holds no secret", async () => {
  const lines: string[] = [];
  const deps = { env: { HUB_TOKEN: token, HUB_LISTEN: "127.0.0.1:0" }, log: (line: string) => void lines.push(line) };
  await withHub({ cores: { echo } }, deps, async (hub) => {
    const [address = "", ...others] = await hub.listen();
    assert.deepEqual(others, []);
    const url = `${address.replace("http", "ws")}/mcp`;
    await assert.rejects(WsClient.connect(url), /401/);
    await using ws = await WsClient.connect(url, { authorization: `Bearer ${token}` });
    await ws.call("echo__stderr", { line: `it is ${token}` });
    await hub.ready();
    await assert.rejects(hub.listen(), /listens already/);
  });
  const messages = lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
  for (const msg of ["listening", "core_up", "core_stderr"]) assert.ok(messages.includes(msg), messages.join());
  assert.ok(!lines.join("").includes(token));
});

test("library: listening beyond this machine wants a token, and an address that cannot be had may be tried again", async () => {
  await withHub({ cores: { echo } }, {}, async (hub) => {
    await assert.rejects(hub.listen(":0"), { code: "usage", message: /HUB_TOKEN in deps\.env/ });
    await assert.rejects(hub.listen("nonsense"), /host:port/);
    await assert.rejects(hub.listen(`unix:${join(folder, "no/such/folder/hub.sock")}`), /folder does not exist/);
    assert.equal(
      (await hub.listen(["localhost:0", `unix:${join(folder, "hub.sock")}`])).at(-1),
      `unix:${join(folder, "hub.sock")}`,
    );
  });
  await withHub({ cores: { echo } }, { env: { HUB_TOKEN: token } }, async (hub) => {
    assert.equal((await hub.listen("0.0.0.0:0")).length, 1);
  });
});

test("library: a Core that does not start is no failure of the hub, and says what is wrong", async () => {
  await withHub({ cores: { echo, bad: { command: "no-such-command-anywhere" } } }, {}, async (hub) => {
    await hub.ready();
    const [good, bad] = hub.cores();
    assert.equal(good?.state, "up");
    assert.match(bad?.trouble ?? "", /no-such-command-anywhere/);
  });
});

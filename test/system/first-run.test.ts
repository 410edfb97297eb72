// The first five minutes: the built-in manifest serves the same tools from a clone, from an installed package in an empty
// folder, and when it lies alone in another folder.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { copyFile, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { HubProcess, mainFile, root, startHub } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

const run = promisify(execFile);
const expected = ["template__add", "template__countdown", "template__echo"];
const manifest = join(root, "examples/manifests/hub.yaml");
let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-first-run-"));
});

after(() => rm(folder, { recursive: true, force: true }));

async function toolsOf(hub: HubProcess): Promise<string[]> {
  await using client = await WsClient.connect(await hub.wsUrl(""));
  const { result } = await client.request("tools/list");
  const echo = await client.call("template.echo", { text: "hello" });
  assert.equal(echo.result?.content[0].text, "hello");
  return result.tools.map((tool: { name: string }) => tool.name);
}

test("first run: a clone serves the template Core on ws://localhost with nothing set up, and prints what to paste", async () => {
  await using hub = await startHub({ env: {} });
  let printed = "";
  hub.child.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  assert.deepEqual(await toolsOf(hub), expected);
  await hub.stop();
  assert.match(printed, /ws:\/\/localhost:\d+\s/);
  for (const name of expected) assert.ok(printed.includes(name), `${name} is not in ${printed}`);
});

test("first run: the configuration that is printed to paste connects an official client", async () => {
  await using hub = await startHub({ env: {} });
  let printed = "";
  const shown = new Promise<void>((resolve) => {
    hub.child.stdout.on("data", (chunk) => {
      printed += chunk;
      if (printed.includes('"stdio"')) resolve();
    });
  });
  await shown;
  const [json = ""] = /^ {2}\{$.*?^ {2}\}$/ms.exec(printed) ?? [];
  const { type, url } = JSON.parse(json).mcpServers.thehub;
  assert.equal(type, "http");
  const client = new Client({ name: "client", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  assert.deepEqual(
    (await client.listTools()).tools.map(({ name }) => name),
    expected,
  );
  await client.close();
  await hub.stop();
});

test("first run: what is printed to paste has the URL that clients see, where one is set", async () => {
  await using hub = await startHub({ env: { HUB_PUBLIC_URL: "https://hub.example/tools/" } });
  let printed = "";
  hub.child.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  await hub.logged("core_summary");
  await hub.stop();
  assert.match(printed, /"url": "https:\/\/hub\.example\/tools\/mcp"/);
  assert.match(printed, /wss:\/\/hub\.example\/tools\s/);
});

test("first run: check names what is disabled", async () => {
  const file = join(folder, "disabled.yaml");
  await writeFile(file, "cores:\n  on: { command: node }\n  off: { command: node, disabled: true }\n");
  const { stdout } = await run(process.execPath, [mainFile, "check", file]);
  assert.equal(stdout, `on: namespace on\noff: disabled\n${file}: ok\n`);
});

test("first run: the manifest serves the same when it lies alone in another folder", async () => {
  const alone = join(folder, "hub.yaml");
  await copyFile(manifest, alone);
  await using hub = await startHub({ manifestFile: alone, cwd: folder });
  assert.deepEqual(await toolsOf(hub), expected);
  await hub.stop();
});

test("first run: an installed package serves the same in an empty folder", async () => {
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
    cwd: root,
  });
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf("["))) as [{ filename: string }];
  const installed = join(folder, "package");
  await run("tar", ["-xzf", join(folder, filename), "-C", folder]);
  // The package's dependencies as an installation would bring them, without asking a registry.
  await run("ln", ["-s", join(root, "node_modules"), join(folder, "node_modules")]);
  assert.ok((await stat(join(installed, "dist/cli/main.js"))).isFile());
  const empty = await mkdtemp(join(folder, "empty-"));
  const child = spawn(process.execPath, [join(installed, "dist/cli/main.js"), "serve", "--listen", "localhost:0"], {
    cwd: empty,
    env: { PATH: process.env["PATH"] ?? "", HUB_STATE_DIR: join(empty, "state"), HUB_LOG_FORMAT: "json" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  await using hub = new HubProcess(child, empty);
  assert.deepEqual(await toolsOf(hub), expected);
  await hub.stop();
});

test("first run: list and call work without a manifest, and thehub alone speaks STDIO where stdin is not a terminal", async () => {
  const env = { ...process.env, HUB_STATE_DIR: join(folder, "state"), HUB_LISTEN: "", HUB_MANIFEST: "" };
  const list = await run(process.execPath, [mainFile, "list", "--json"], { cwd: folder, env });
  assert.deepEqual(
    JSON.parse(list.stdout).tools.map((tool: { name: string }) => tool.name),
    expected,
  );
  const call = await run(process.execPath, [mainFile, "call", "template__add", '{"a":2,"b":3}'], { cwd: folder, env });
  assert.match(call.stdout, /5/);
  const version = await run(process.execPath, [mainFile, "--version"], { env });
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
  const alone = run(process.execPath, [mainFile], { cwd: folder, env });
  alone.child.stdin?.end('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
  assert.equal((await alone).stdout, '{"jsonrpc":"2.0","id":1,"result":{}}\n');
});

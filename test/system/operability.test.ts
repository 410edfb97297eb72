// What an operator sees of the built hub: the probes, the metrics, and stderr that is JSON lines and nothing else.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fixture, mainFile, root, startHub } from "../helpers/hub-process.ts";
import { thehub } from "../helpers/thehub.ts";
import { WsClient } from "../helpers/ws-client.ts";

const manifest = `cores:\n  m:\n    ${fixture("mirror.mjs")}\n`;

test("operability: /metrics of the built hub has every metric of docs/metrics.md, and no other", async () => {
  await using hub = await startHub({ manifest });
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
  await client.call("m__mirror", { n: 1 });
  await client.call("m__nobody");
  const response = await fetch(`${await hub.url()}/metrics`);
  const page = await response.text();
  assert.equal(response.status, 200, `${page} ${hub.tail()}`);
  assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);

  const docs = readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8");
  // What only a hub with telemetry on, or with TLS of its own, has to show.
  const optional = /^thehub_(telemetry_lost|tls)_/;
  const documented = [...docs.matchAll(/^\| `(\w+)` *\| (counter|gauge|histogram) *\|/gm)]
    .map(([, name, type]) => `${name} ${type}`)
    .filter((row) => !optional.test(row));
  const shown = [...page.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`);
  assert.deepEqual(shown.sort(), documented.sort());

  for (const line of [
    'thehub_requests_total{core="m",method="tools/call"} 1',
    'thehub_requests_total{core="",method="initialize"} 1',
    'thehub_requests_total{core="",method="tools/list"} 1',
    'thehub_requests_total{core="",method="tools/call"} 1',
    'thehub_errors_total{core="",code="name_unknown"} 1',
    'thehub_core_up{core="m"} 1',
    'thehub_sessions{door="websocket"} 1',
  ]) {
    assert.ok(page.split("\n").includes(line), `no ${line} in\n${page}`);
  }
  await hub.stop();
});

test("operability: the probes say alive, ready and healthy, in JSON and without names", async () => {
  await using hub = await startHub({ manifest });
  const url = await hub.url();
  await hub.logged("core_summary");
  for (const [path, body] of [
    ["/livez", { ok: true }],
    ["/readyz", { ok: true }],
    ["/healthz", { ok: true, cores: 1, tools: 8 }],
  ] as const) {
    const response = await fetch(url + path);
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), body);
  }
  await hub.stop();
});

test("operability: a hub whose stdout nobody reads any more goes on serving", async () => {
  await using hub = await startHub();
  hub.child.stdout.destroy();
  await hub.logged("core_summary");
  await using client = await WsClient.connect(await hub.wsUrl());
  assert.equal((await client.call("template.echo", { text: "on" })).result?.content[0].text, "on");
  await hub.stop();
});

test("operability: list gives a program that reads it whole lines, one a tool", async () => {
  const list = spawn(process.execPath, [mainFile, "list"], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = (await text(list.stdout)).split("\n");
  assert.ok(
    lines.includes("template__countdown\tCounts down to zero and reports each step as progress. Can be cancelled."),
  );
});

test("operability: list says what is wrong with a Core in words, and ends with 3", async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-list-"));
  const file = join(folder, "gone.yaml");
  await writeFile(file, "cores: { gone: { command: no-such-command-anywhere } }");
  const list = spawn(process.execPath, [mainFile, "list", "--manifest", file], { stdio: ["ignore", "ignore", "pipe"] });
  const exited = once(list, "exit");
  const said = await text(list.stderr);
  assert.match(said, /^core "gone" was given up: command "no-such-command-anywhere" was not found on PATH .*\n$/);
  assert.equal((await exited)[0], 3);
  await rm(folder, { recursive: true });
});

test("operability: list --all names the entries that cannot be served", async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-list-"));
  const file = join(folder, "liar.yaml");
  await writeFile(file, `cores:\n  liar:\n    ${fixture("liar.mjs")}\n`);
  const list = (args: string[]) =>
    spawn(process.execPath, [mainFile, "list", "--manifest", file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  assert.match(
    await text(list(["--all"]).stdout),
    /^liar {2}\(tool number 7 is left out: it has no name that is a string\)$/m,
  );
  const { left_out: leftOut } = JSON.parse(await text(list(["--all", "--json"]).stdout));
  assert.deepEqual(leftOut[0], { core: "liar", why: 'tool "say" is listed twice; the first one counts' });
  await rm(folder, { recursive: true });
});

test("operability: a command whose output is cut off ends quietly", async () => {
  const list = spawn("sh", ["-c", `"${process.execPath}" "${mainFile}" list | :`], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  assert.equal(await text(list.stderr), "");
});

test("operability: a start that fails for want of a token says so as a log line", async () => {
  await using hub = await startHub({
    args: ["serve", "--listen", "0.0.0.0:0"],
    env: { HUB_STATE_DIR: join(root, "package.json") },
  });
  const line = await hub.logged("start_failed");
  assert.match(JSON.stringify(line["error"]), /needs a token.*HUB_STATE_DIR.*"cause"/);
  assert.equal(line["cause"], undefined);
  assert.equal((await hub.exited).code, 2);
});

test("operability: a call of a tool that is not there says first which Core is not up, and what a person can run", async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-call-"));
  const file = join(folder, "hub.yaml");
  await writeFile(file, "cores: { t: { command: nosuchprogram, health: { max_restarts: 0 } } }\n");
  const { code, stderr } = await thehub(["call", "t.echo", "--manifest", file], { HUB_STATE_DIR: folder });
  await rm(folder, { recursive: true });
  assert.match(
    stderr,
    /^core "t" was given up: .*nosuchprogram.*\nthehub: unknown tool "t\.echo"; thehub list shows what there is\n$/s,
  );
  assert.equal(code, 3);
});

test("operability: an address that cannot be read is blamed on the option that has it", async () => {
  await using hub = await startHub({ args: ["serve", "--listen", "foo"], env: { HUB_STATE_DIR: "/nowhere" } });
  const line = await hub.logged("manifest_problem");
  assert.deepEqual([line["path"], line["file"]], ["--listen", "command line"]);
  assert.equal((await hub.exited).code, 2);
});

test("operability: an address that is taken ends the start with exit 1 and says so", async () => {
  await using first = await startHub({ manifest });
  const { port } = new URL(await first.url());
  await using second = await startHub({ manifest, args: ["serve", "--listen", `127.0.0.1:${port}`] });
  const line = await second.logged("start_failed");
  assert.match(JSON.stringify(line["error"]), /cannot listen on .*: the port is in use.*"listen_failed"/);
  assert.equal((await second.exited).code, 1);
  await first.stop();
});

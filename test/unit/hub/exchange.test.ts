// A hub in this process, with real Cores: one Core anew, and what happens to changes that are asked for at the same time.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Hub, openHub } from "../../../src/hub.ts";
import { Channel } from "../../../src/library/channel.ts";
import type { Setup } from "../../../src/manifest/diff.ts";
import { loadManifest } from "../../../src/manifest/load.ts";
import { resolveSettings } from "../../../src/manifest/settings.ts";
import { createMasker } from "../../../src/wire/mask.ts";
import { LogRecord } from "../../helpers/core-run.ts";
import { FaultyServer } from "../../helpers/faulty-server.ts";
import { inline, root } from "../../helpers/hub-process.ts";
import type { Message } from "../../helpers/ws-client.ts";

class Scene implements AsyncDisposable {
  readonly record = new LogRecord();
  readonly hub: Hub;
  /** Of resources, that were told. */
  updates = 0;
  readonly #folder: string;
  readonly #channel: Channel;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #lastId = 0;

  static async open(manifest: string): Promise<Scene> {
    const folder = await mkdtemp(join(tmpdir(), "thehub-exchange-"));
    const record = new LogRecord();
    const hub = await openHub({
      ...setupOf(manifest, folder),
      log: record.log,
      masker: createMasker(),
      env: { PATH: process.env["PATH"], HUB_STATE_DIR: folder },
      platform: process.platform,
      extraPath: [],
      version: "0",
      exclusive: false,
    });
    const scene = new Scene(hub, folder, record);
    await hub.settled();
    await scene.request("initialize", {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "test", version: "1" },
    });
    return scene;
  }

  constructor(hub: Hub, folder: string, record: LogRecord) {
    this.hub = hub;
    this.record = record;
    this.#folder = folder;
    this.#channel = new Channel(hub.doorkeeper, hub.everyone, {
      message: (text) => {
        const message = JSON.parse(text) as Message;
        if (message.method === undefined) this.#waiting.get(Number(message.id))?.(message);
        else if (message.method === "notifications/resources/updated") this.updates++;
      },
    });
  }

  setup(manifest: string): Setup {
    return setupOf(manifest, this.#folder);
  }

  request(method: string, params: object = {}): Promise<Message> {
    const id = ++this.#lastId;
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#channel.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return answer;
  }

  async text(name: string, args: object = {}): Promise<string> {
    return textIn(await this.request("tools/call", { name, arguments: args }));
  }

  /** As a client of the modern era. */
  async modern(name: string, args: object = {}): Promise<string> {
    const said = { protocolVersion: "2026-07-28", clientInfo: { name: "test", version: "1" }, clientCapabilities: {} };
    const _meta = Object.fromEntries(
      Object.entries(said).map(([key, value]) => [`io.modelcontextprotocol/${key}`, value]),
    );
    return textIn(await this.request("tools/call", { name, arguments: args, _meta }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#channel.close();
    await this.hub.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function textIn({ result, error }: Message): string {
  return error === undefined ? result.content[0].text : String(error.data?.["code"]);
}

function setupOf(manifest: string, stateDir: string): Setup {
  const loaded = loadManifest({ text: manifest, file: "hub.yaml", folder: root });
  assert.ok(loaded.t === "ok", JSON.stringify(loaded));
  const resolved = resolveSettings({ env: { HUB_STATE_DIR: stateDir }, cwd: root, hub: loaded.manifest.hub });
  assert.ok(resolved.t === "ok");
  return { manifest: loaded.manifest, settings: resolved.settings };
}

/** Lets nobody in. */
async function guardedServer(at = 0): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((_request, response) => response.writeHead(401).end()).listen(at, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/mcp`, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const echo = (more = "") => `{ ${inline("echo.mjs")}${more} }`;

test("exchange: a Core that is started anew takes over, and the old process answers what it has", async () => {
  await using scene = await Scene.open(`cores: { a: ${echo()} }`);
  const { hub } = scene;
  const old = await scene.text("a__pid");
  const slow = scene.text("a__slow");
  assert.deepEqual(await hub.restart("a"), { t: "restarted" });
  assert.notEqual(await scene.text("a__pid"), old);
  process.kill(Number(old), "SIGUSR1");
  assert.equal(await slow, "released by signal");
  await scene.record.line("core_stopped");
  assert.deepEqual(await hub.restart("b"), { t: "unknown" });
});

test("exchange: a Core that was given up is started anew; one that falls again leaves everything as it was", async () => {
  const file = join(tmpdir(), `thehub-exchange-${process.pid}`);
  const command = `{ command: sh, args: ["-c", "test -e ${file} && exec ${process.execPath} test/fixtures/cores/echo.mjs; echo not yet >&2; exit 4"], health: { max_restarts: 0 } }`;
  await using scene = await Scene.open(`cores: { a: ${command} }`);
  const failed = await scene.hub.restart("a");
  assert.deepEqual(failed, { t: "failed", falls: [{ core: "a", reason: "exited with code 4", stderr: ["not yet"] }] });
  assert.equal(await scene.text("a__pid"), "name_unknown");
  await writeFile(file, "");
  assert.deepEqual(await scene.hub.restart("a"), { t: "restarted" });
  assert.match(await scene.text("a__pid"), /^\d+$/);
  await rm(file);
});

test("exchange: a Core that is drained while its process is down starts nothing for sessions either", async () => {
  const core = echo(", isolation: session, health: { restart_backoff_ms: 60000 }");
  await using scene = await Scene.open(`cores: { a: ${core} }`);
  const { hub, record } = scene;
  const { pid } = hub.oversight.cores()[0] ?? {};
  process.kill(Number(pid), "SIGKILL");
  await record.line("core_down");
  assert.match(await scene.text("a__pid"), /^\d+$/);
  assert.equal(await hub.oversight.drain("a"), true);
  assert.equal(await scene.text("a__pid"), "core_down");
  assert.equal(hub.oversight.cores()[0]?.further_instances, 0);
  assert.deepEqual(await hub.restart("a"), { t: "restarted" });
  assert.match(await scene.text("a__pid"), /^\d+$/);
});

test("exchange: what a session's own instance told it of the home instance tells it of, where sessions have none any more", async () => {
  const core = (isolation: string) => echo(`, isolation: ${isolation}, health: { restart_backoff_ms: 1 }`);
  for (const isolation of ["pool", "shared"]) {
    await using scene = await Scene.open(`cores: { a: ${core("session")} }`);
    const { hub, record } = scene;
    const renewed = (count: number) => () => {
      return record.lines.filter(({ msg }) => msg === "subscriptions_renewed").length === count;
    };
    assert.match(await scene.text("a__pid"), /^\d+$/);
    assert.deepEqual((await scene.request("resources/subscribe", { uri: "fixture://one" })).result, {});
    assert.equal((await hub.reload(scene.setup(`cores: { a: ${core(isolation)} }`))).t, "applied");
    await record.line("subscriptions_renewed", renewed(1));
    // It knows whose it is when it starts anew, too.
    process.kill(Number(hub.oversight.cores()[0]?.pid), "SIGKILL");
    await record.line("subscriptions_renewed", renewed(2));
    assert.equal(scene.updates, 2);
  }
});

test("exchange: calls that a session's own instance holds while it is down go to that of the new definition", async () => {
  const core = (n: number) => echo(`, isolation: session, health: { restart_backoff_ms: 4000 }, env: { N: "${n}" }`);
  await using scene = await Scene.open(`cores: { a: ${core(1)} }`);
  const { hub, record } = scene;
  process.kill(Number(await scene.text("a__pid")), "SIGKILL");
  await record.line("core_down");
  const held = scene.text("a__env", { name: "N" });
  assert.equal((await hub.reload(scene.setup(`cores: { a: ${core(2)} }`))).t, "applied");
  assert.equal(await held, "2");
});

test("exchange: a resource that becomes another Core's is told of by that one from then on", async () => {
  await using scene = await Scene.open(`cores: { a: ${echo()}, b: ${echo()} }`);
  const { hub } = scene;
  const uri = "fixture://one";
  assert.deepEqual((await scene.request("resources/subscribe", { uri })).result, {});
  assert.equal((await hub.reload(scene.setup(`cores: { b: ${echo()}, a: ${echo()} }`))).t, "applied");
  await scene.text("b__touch", { uri });
  const told = scene.updates;
  assert.ok(told > 0);
  await scene.text("a__touch", { uri });
  assert.equal(scene.updates, told);
});

test("exchange: changes that are asked for at once are made one after the other", async () => {
  await using scene = await Scene.open(`cores: { a: ${echo()}, b: ${echo()} }`);
  const env = (n: number) => `cores: { a: ${echo(`, env: { N: "${n}" }`)}, b: ${echo()} }`;
  const { hub } = scene;
  const results = await Promise.all([
    hub.reload(scene.setup(env(1))),
    hub.restart("a"),
    hub.reload(scene.setup(env(2))),
    hub.reload(scene.setup(env(2))),
    hub.reload(scene.setup(`cores: { a: ${echo(', env: { N: "2" }')} }`)),
    hub.restart("b"),
  ]);
  assert.deepEqual(
    results.map(({ t }) => t),
    ["applied", "restarted", "applied", "unchanged", "applied", "unknown"],
  );
  assert.equal(await scene.text("a__env", { name: "N" }), "2");
  assert.equal(hub.manifest.cores.length, 1);
});

test("exchange: a Core that is tried and one in force have no id in common", async () => {
  await using scene = await Scene.open(`cores: { a: ${echo()} }`);
  const meta = () => scene.request("tools/call", { name: "a__meta", arguments: {}, _meta: { progressToken: "p" } });
  const seen: number[] = [];
  for (let n = 0; n < 3; n++) {
    const { result } = await meta();
    seen.push(JSON.parse(result.content[0].text).progressToken);
    assert.equal((await scene.hub.restart("a")).t, "restarted");
  }
  assert.deepEqual(
    seen.toSorted((x, y) => x - y),
    seen,
  );
  assert.equal(new Set(seen).size, 3);
});

test("exchange: nothing is put in force once the hub is ending", async () => {
  await using scene = await Scene.open(`cores: { a: ${echo()} }`);
  await scene.hub.drain();
  const setup = scene.setup("cores: {}");
  assert.deepEqual(await scene.hub.reload(setup), { t: "failed", falls: [] });
  assert.equal(scene.hub.manifest.cores.length, 1);
});

test("exchange: a Core that dies while another one is still tried fails the whole, and nothing of it is left", async () => {
  await using scene = await Scene.open(`cores: { a: ${echo()} }`);
  const old = await scene.text("a__pid");
  const changed = `a: ${echo(', env: { X: "1" }')}`;
  const silent = `b: { ${inline("silent.mjs")}, framing: newline, health: { startup_timeout_ms: 60000 } }`;
  const reloading = scene.hub.reload(scene.setup(`cores: { ${changed}, ${silent} }`));
  const up = await scene.record.line("core_up", ({ pid }) => pid !== Number(old));
  const tried = await scene.record.line("core_spawned", ({ core }) => core === "b");
  process.kill(Number(up["pid"]), "SIGKILL");
  const outcome = await reloading;
  assert.ok(outcome.t === "failed");
  assert.deepEqual(
    outcome.falls.map(({ core, reason }) => [core, reason]),
    [["a", "was killed by SIGKILL"]],
  );
  assert.throws(() => process.kill(Number(tried["pid"]), 0), /ESRCH/);
  assert.equal(await scene.text("a__pid"), old);
  assert.match(await scene.hub.metrics.text(), /^thehub_core_up\{core="a"\} 1$/m);
});

test("exchange: a Core that waits for a login is put in force, as a start does, and keeps nothing else back", async () => {
  await using guarded = await guardedServer();
  await using scene = await Scene.open(`cores: { a: ${echo()} }`);
  const { hub } = scene;
  const wiki = (org: string) => `wiki: { url: "${guarded.url}", allow_private: true, headers: { X-Org: ${org} } }`;
  const added = scene.setup(`cores: { a: ${echo(', env: { N: "1" }')}, ${wiki("one")} }`);
  assert.equal((await hub.reload(added)).t, "applied");
  assert.equal(await scene.text("a__env", { name: "N" }), "1");
  const changed = scene.setup(`cores: { a: ${echo(', env: { N: "2" }')}, ${wiki("two")} }`);
  assert.equal((await hub.reload(changed)).t, "applied");
  assert.equal(await scene.text("a__env", { name: "N" }), "2");
  assert.deepEqual(await hub.restart("wiki"), { t: "restarted" });
});

test("exchange: a Core that waits for a login does not take the place of one that is up", async () => {
  await using guarded = await guardedServer();
  await using open = await FaultyServer.open();
  const wiki = (url: string) => `cores: { wiki: { url: "${url}", allow_private: true } }`;
  await using scene = await Scene.open(wiki(open.url));
  const outcome = await scene.hub.reload(scene.setup(wiki(guarded.url)));
  assert.ok(outcome.t === "failed");
  assert.match(outcome.falls[0]?.reason ?? "", /needs a login: .*thehub login wiki/);
  assert.equal(await scene.text("wiki__echo", { marker: "still" }), "still");
});

test("exchange: a Core whose login has ended keeps its tools until there is a next one", async () => {
  const open = await FaultyServer.open();
  const wiki = (more = "") => `cores: { wiki: { url: "${open.url}", allow_private: true${more} } }`;
  await using scene = await Scene.open(wiki());
  await open[Symbol.asyncDispose]();
  await using _guarded = await guardedServer(Number(new URL(open.url).port));
  // Connections to the old server may still have to be found closed.
  let code = "core_down";
  while (code === "core_down") code = await scene.text("wiki__echo");
  assert.equal(code, "login_needed");
  const restarted = await scene.hub.restart("wiki");
  assert.ok(restarted.t === "failed");
  assert.match(restarted.falls[0]?.reason ?? "", /needs a login: .*thehub login wiki/);
  assert.equal((await scene.hub.reload(scene.setup(wiki(", headers: { X-Org: two }")))).t, "failed");
  assert.equal(await scene.text("wiki__echo"), "login_needed");
  const { result } = await scene.request("tools/list");
  assert.deepEqual(
    result.tools.map(({ name }: { name: string }) => name),
    ["wiki__echo"],
  );
});

test("exchange: a Core that runs is watched under the health that a reload gives it", async () => {
  await using scene = await Scene.open(`cores: { a: ${echo(", health: { ping_interval_ms: 0 }")} }`);
  const old = Number(await scene.text("a__pid"));
  const health = "health: { ping_interval_ms: 50, ping_failures: 1, restart_backoff_ms: 1, stop_timeout_ms: 100 }";
  assert.equal((await scene.hub.reload(scene.setup(`cores: { a: ${echo(`, ${health}`)} }`))).t, "applied");
  process.kill(old, "SIGSTOP");
  const { reason } = await scene.record.line("core_down");
  assert.equal(reason, "did not answer 1 ping");
  await scene.record.line("core_up", ({ generation }) => generation === 2);
});

test("exchange: calls of a client without a session that wait for a place run in an instance of the new definition", async () => {
  const core = (n: number) => echo(`, isolation: session, policy: { max_concurrency: 1 }, env: { N: "${n}" }`);
  await using scene = await Scene.open(`cores: { a: ${core(1)} }`);
  const running = scene.modern("a__slow");
  const { pid } = await scene.record.line("core_up", ({ instance }) => instance === "pool");
  const waiting = scene.modern("a__env", { name: "N" });
  assert.equal((await scene.hub.reload(scene.setup(`cores: { a: ${core(2)} }`))).t, "applied");
  process.kill(Number(pid), "SIGUSR1");
  assert.equal(await running, "released by signal");
  assert.equal(await waiting, "2");
});

test("exchange: a Core that is drained serves such calls first, and leaves no instance", async () => {
  for (const isolation of ["session", "pool"]) {
    const core = echo(`, isolation: ${isolation}, policy: { max_concurrency: 1 }`);
    await using scene = await Scene.open(`cores: { a: ${core} }`);
    const running = scene.modern("a__slow");
    const { pid } = await scene.record.line("core_up", ({ instance }) => instance === "pool");
    const waiting = scene.modern("a__pid");
    const drained = scene.hub.oversight.drain("a");
    process.kill(Number(pid), "SIGUSR1");
    assert.equal(await running, "released by signal");
    assert.match(await waiting, /^\d+$/);
    assert.equal(await drained, true);
    assert.equal(scene.hub.oversight.cores()[0]?.further_instances, 0);
  }
});

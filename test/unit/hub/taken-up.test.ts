// A hub in this process, with real Cores and a clock of the test's: requests that wait, and are taken up again while others are at work.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Hub, openHub } from "../../../src/hub.ts";
import { Channel } from "../../../src/library/channel.ts";
import { loadManifest } from "../../../src/manifest/load.ts";
import { resolveSettings } from "../../../src/manifest/settings.ts";
import { createMasker } from "../../../src/wire/mask.ts";
import { LogRecord } from "../../helpers/core-run.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { inline, root } from "../../helpers/hub-process.ts";
import type { Message } from "../../helpers/ws-client.ts";

const listWaitMs = 1000;

class Scene implements AsyncDisposable {
  readonly record = new LogRecord();
  readonly clock = new FakeClock();
  readonly folder: string;
  hub!: Hub;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** One Core `a`, and `late`, which comes up when it is `let`. */
  static async open(): Promise<Scene> {
    const scene = new Scene(await mkdtemp(join(tmpdir(), "thehub-taken-up-")));
    const { folder, record, clock } = scene;
    const script = `until test -e ${folder}/let; do sleep 0.05; done; exec ${process.execPath} test/fixtures/cores/echo.mjs`;
    const text = `
hub: { list_wait_ms: ${listWaitMs}, search_tools: always }
cores:
  a: { ${inline("echo.mjs")}, isolation: session }
  late: { command: sh, args: ["-c", "${script}"], framing: newline }`;
    const loaded = loadManifest({ text, file: "hub.yaml", folder: root });
    assert.ok(loaded.t === "ok", JSON.stringify(loaded));
    const resolved = resolveSettings({ env: { HUB_STATE_DIR: folder }, cwd: root, hub: loaded.manifest.hub });
    assert.ok(resolved.t === "ok");
    const up = record.line("core_up", ({ core }) => core === "a");
    scene.hub = await openHub({
      ...{ manifest: loaded.manifest, settings: resolved.settings, log: record.log, masker: createMasker(), clock },
      ...{ env: { PATH: process.env["PATH"], HUB_STATE_DIR: folder }, platform: process.platform, extraPath: [] },
      ...{ version: "0", exclusive: false },
    });
    await up;
    return scene;
  }

  let(): Promise<void> {
    return writeFile(join(this.folder, "let"), "");
  }

  client() {
    const waiting = new Map<number, (message: Message) => void>();
    let last = 0;
    const channel = new Channel(this.hub.doorkeeper, this.hub.everyone, {
      message: (text) => {
        const message = JSON.parse(text) as Message;
        if (message.method === undefined) waiting.get(Number(message.id))?.(message);
      },
    });
    const request = (method: string, params: object = {}): Promise<Message> => {
      const id = ++last;
      const answer = new Promise<Message>((resolve) => waiting.set(id, resolve));
      channel.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
      return answer;
    };
    const call = (name: string, args: object = {}) => request("tools/call", { name, arguments: args });
    const found = async (query: string): Promise<string[]> => {
      const { result } = await call("hub__search_tools", { query });
      return result.structuredContent.tools.map(({ name }: { name: string }) => name);
    };
    const clientInfo = { name: "test", version: "1" };
    void request("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
    return { request, call, found };
  }

  /** As `client`, of one that has waited for `late` as long as it may. */
  async impatient() {
    const client = this.client();
    const waiting = client.request("prompts/list");
    this.clock.advance(listWaitMs);
    await waiting;
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing ends it before, as no time passes.
    await this.let();
    await this.hub.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

test("taken up: what waits is not taken up in the middle of the request of another whose instance starts", async () => {
  await using scene = await Scene.open();
  const [one, other] = [await scene.impatient(), await scene.impatient()];
  // Waits for the index.
  const found = one.found("pid");
  const called = other.call("a__pid");
  assert.ok((await found).includes("a__pid"));
  assert.match((await called).result.content[0].text, /^\d+$/);
});

test("taken up: searches that have waited for a Core find what it has", async () => {
  await using scene = await Scene.open();
  await (await scene.impatient()).found("pid");
  const patient = scene.client();
  const found = [patient.found("pid"), patient.found("pid")];
  await scene.let();
  for (const names of await Promise.all(found)) assert.ok(names.includes("late__pid"), names.join());
});

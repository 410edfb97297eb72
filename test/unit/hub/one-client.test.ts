// A hub in this process, with real Cores: what one client is to see, and what it need not wait for.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { RequestVisitor } from "../../../src/doors/port.ts";
import { type Hub, openHub } from "../../../src/hub.ts";
import { loadManifest } from "../../../src/manifest/load.ts";
import { resolveSettings } from "../../../src/manifest/settings.ts";
import type { Principal } from "../../../src/sessions/principal.ts";
import { frameOfText, joined, replySink } from "../../../src/wire/frame.ts";
import { createMasker } from "../../../src/wire/mask.ts";
import { LogRecord } from "../../helpers/core-run.ts";
import { inline, root } from "../../helpers/hub-process.ts";
import type { Message } from "../../helpers/ws-client.ts";

class Scene implements AsyncDisposable {
  readonly record = new LogRecord();
  readonly #folder: string;
  #hub: Hub | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(manifest: string): Promise<Scene> {
    const folder = await mkdtemp(join(tmpdir(), "thehub-one-client-"));
    const scene = new Scene(folder);
    const loaded = loadManifest({ text: manifest, file: "hub.yaml", folder: root });
    assert.ok(loaded.t === "ok", JSON.stringify(loaded));
    const resolved = resolveSettings({ env: { HUB_STATE_DIR: folder }, cwd: root, hub: loaded.manifest.hub });
    assert.ok(resolved.t === "ok");
    scene.#hub = await openHub({
      ...{ manifest: loaded.manifest, settings: resolved.settings, log: scene.record.log, masker: createMasker() },
      ...{ env: { PATH: process.env["PATH"], HUB_STATE_DIR: folder }, platform: process.platform, extraPath: [] },
      ...{ version: "0", exclusive: false },
    });
    return scene;
  }

  get hub(): Hub {
    return this.#hub as Hub;
  }

  async client(rights: Partial<Principal> = {}, profile?: string) {
    const waiting = new Map<number, (message: Message) => void>();
    const principal = { ...this.hub.everyone, ...rights };
    const sink = replySink((frame, splices) => {
      const message = JSON.parse(joined(frame, splices, "", "").toString()) as Message;
      if (message.method === undefined) waiting.get(Number(message.id))?.(message);
      return "ok";
    });
    const visitor = this.hub.doorkeeper.open({
      principal,
      door: "websocket",
      sink,
      profile,
      end: () => {},
    }) as RequestVisitor;
    let last = 0;
    const request = (method: string, params: object = {}): Promise<Message> => {
      const id = ++last;
      const answer = new Promise<Message>((resolve) => waiting.set(id, resolve));
      visitor.receive(frameOfText(JSON.stringify({ jsonrpc: "2.0", id, method, params })));
      return answer;
    };
    const about = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } };
    await request("initialize", about);
    const renew = (rights: Partial<Principal>) => visitor.renew({ ...principal, ...rights });
    return { request, renew };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#hub?.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

test("one client: who goes on with fewer rights hears no more of what it may not see any more", async () => {
  await using scene = await Scene.open(
    `cores: { a: { ${inline("echo.mjs")} }, b: { ${inline("echo.mjs")}, resources: { uris: prefixed } } }`,
  );
  await scene.hub.settled();
  const { request, renew } = await scene.client();
  const held = async () => /^thehub_subscriptions (\d+)$/m.exec(await scene.hub.metrics.text())?.[1];
  for (const uri of ["fixture://one", "b+fixture://one"]) {
    assert.deepEqual((await request("resources/subscribe", { uri })).result, {});
  }
  assert.equal(await held(), "2");
  renew({ deny: ["a.*"] });
  assert.equal(await held(), "1");
});

test("one client: the result of a task is made what the client can show, as that of a call is", async () => {
  const profiles = "profiles: { old: { downgrade: { kinds: [image] } } }";
  await using scene = await Scene.open(`${profiles}\ncores: { jobs: { ${inline("sdk-tasks.mjs")} } }`);
  await scene.hub.settled();
  const { request } = await scene.client({}, "old");
  const started = await request("tools/call", { name: "jobs__shows", arguments: {}, task: { ttl: 60_000 } });
  const { result } = await request("tasks/result", { taskId: started.result.task.taskId });
  assert.deepEqual(result.content, [{ type: "text", text: "[image: image/png, 3 bytes]" }]);
  assert.match(JSON.stringify(result._meta), /"jobs~/);
});

test("one client: a list does not wait for a Core that its client may use nothing of", async () => {
  const silent = '{ command: sh, args: ["-c", "sleep 600"] }';
  const hub = "hub: { list_wait_ms: 86400000 }";
  await using scene = await Scene.open(`${hub}\ncores: { a: { ${inline("echo.mjs")} }, silent: ${silent} }`);
  const { request } = await scene.client({ deny: ["silent.*"] });
  const { result } = await request("tools/list");
  assert.ok((result.tools as { name: string }[]).some(({ name }) => name === "a__pid"));
});

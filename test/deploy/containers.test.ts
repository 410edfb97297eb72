// Cores in containers of a real Docker Engine: hardened as the docs say, and gone with the hub, however it ends.
import assert from "node:assert/strict";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { dockerTests } from "../helpers/docker-tests.ts";
import { type HubProcess, root, startHub } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

const image = "thehub-test-core:1";
const secret = "the-secret-of-the-contained-core";

const { skip, folder, engine } = await dockerTests("containers", async (fresh, at) => {
  const base = await fresh.makeBaseImage();
  await cp(join(root, "test/fixtures/cores"), at, { recursive: true });
  await writeFile(join(at, "Dockerfile"), `FROM ${base}\nCOPY *.mjs /cores/\nENTRYPOINT ["node"]\n`);
  await fresh.docker("build", "--quiet", "--tag", image, at);
});

function hubWith(core: string, more: Record<string, string> = {}): Promise<HubProcess> {
  const { PATH = "", DOCKER_HOST = "", HOME = "" } = engine().env;
  return startHub({
    manifest: `cores:\n  boxed:\n    container: ${core}\n    health: { stop_timeout_ms: 500 }\n`,
    env: { PATH: `${PATH}:${process.env["PATH"]}`, DOCKER_HOST, HOME, HUB_SECRET_API_TOKEN: secret, ...more },
  });
}

async function containers(): Promise<string[]> {
  return (await engine().docker("ps", "--all", "--quiet", "--no-trunc")).split("\n").filter(Boolean);
}

/** Resolves when the engine says that the container was destroyed, past or to come. */
async function destroyed(id: string): Promise<void> {
  const only = ["--filter", "event=destroy", "--filter", `container=${id}`];
  const events = engine().spawn("events", "--since", "0", ...only, "--format", "{{.ID}}");
  await new Promise((resolve) => events.stdout.once("data", resolve));
  events.kill();
}

test("containers: a Core runs with nothing that it does not need, gets its secret by no argument, and is gone with the hub", {
  skip,
}, async () => {
  await writeFile(join(folder, "note.txt"), "from the outside");
  await using hub =
    await hubWith(`{ image: "${image}", mounts: [{ source: ${folder}, target: /data }], memory: 128m, user: "65532:65532" }
    args: [/cores/env-printer.mjs]
    env: { GREETING: "good day", PATH: /usr/local/bin:/usr/bin:/bin }
    secrets: [API_TOKEN]`);
  await hub.logged("core_up", ({ core }) => core === "boxed");
  const [id = ""] = await containers();
  const [facts] = JSON.parse(await engine().docker("inspect", id));
  const { HostConfig: host, Config: config } = facts;
  assert.deepEqual(host.CapDrop, ["ALL"]);
  assert.deepEqual(host.SecurityOpt, ["no-new-privileges"]);
  assert.deepEqual([host.ReadonlyRootfs, host.NetworkMode, host.Init], [true, "none", true]);
  assert.deepEqual([host.Memory, host.PidsLimit, config.User], [128 * 1024 * 1024, 256, "65532:65532"]);
  assert.equal(facts.Mounts[0].RW, false);
  const pid = Number(hub.logs.find(({ msg, core }) => msg === "core_up" && core === "boxed")?.["pid"]);
  const line = await readFile(`/proc/${pid}/cmdline`, "utf8");
  assert.ok(line.includes("--cap-drop=ALL") && !line.includes(secret), line.replaceAll("\0", " "));
  await using client = await WsClient.connect(await hub.wsUrl());
  const { result } = await client.call("boxed__env");
  const { env } = JSON.parse(result.content[0].text);
  assert.equal(env.GREETING, "good day");
  assert.notEqual(env.API_TOKEN, undefined);
  assert.equal(env.DOCKER_HOST, undefined);
  await hub.stop();
  assert.deepEqual(await containers(), []);
});

test("containers: one that ignores its end is removed, when it is stopped and when its hub is killed", {
  skip,
}, async () => {
  const core = `{ image: "${image}" }\n    args: [/cores/unkillable.mjs]`;
  {
    await using hub = await hubWith(core);
    await hub.logged("core_up", ({ core }) => core === "boxed");
    assert.equal((await containers()).length, 1);
    await hub.stop();
    assert.deepEqual(await containers(), []);
  }
  await using hub = await hubWith(core);
  await hub.logged("core_up", ({ core }) => core === "boxed");
  const [id = ""] = await containers();
  hub.child.kill("SIGKILL");
  await hub.exited;
  await destroyed(id);
  while ((await containers()).length > 0) await engine().docker("version");
});

test("containers: one of a command of one's own ends with its input, also when its hub is killed", {
  skip,
}, async () => {
  const args = ["run", "--rm", "-i", "--init", "--network", "none", image, "/cores/echo.mjs"];
  const { PATH = "", DOCKER_HOST = "", HOME = "" } = engine().env;
  await using hub = await startHub({
    manifest: `cores:\n  boxed:\n    command: docker\n    args: ${JSON.stringify(args)}\n    inherit_env: [DOCKER_HOST]\n`,
    env: { PATH: `${PATH}:${process.env["PATH"]}`, DOCKER_HOST, HOME },
  });
  await hub.logged("core_up", ({ core }) => core === "boxed");
  await using client = await WsClient.connect(await hub.wsUrl());
  assert.equal((await client.call("boxed__echo", { a: 1 })).result?.structuredContent.a, 1);
  const [id = ""] = await containers();
  hub.child.kill("SIGKILL");
  await hub.exited;
  await destroyed(id);
});

test("containers: an image that is not there is said in the words of the engine", { skip }, async () => {
  await using hub = await hubWith(`{ image: "127.0.0.1:1/absent:1" }`);
  const down = await hub.logged("core_down", ({ core }) => core === "boxed");
  assert.match(JSON.stringify(down["stderr"]), /127\.0\.0\.1:1\/absent/);
  await hub.stop();
});

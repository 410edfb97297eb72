// A hostile Core behind the built hub on plain Linux: what the fence keeps from it, and what it says where there is none.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fixture, HubProcess, mainFile, startHub } from "../helpers/hub-process.ts";
import { lootOf, thief } from "../helpers/thief.ts";
import { WsClient } from "../helpers/ws-client.ts";

const token = "a-token-of-this-test";
const abi = landlock();
const skip = abi < 2 ? "needs Linux with Landlock (5.19 or newer) and perl" : false;
const core = fixture("thief.mjs");

function landlock(): number {
  if (process.platform !== "linux") return 0;
  return Number(spawnSync("perl", ["-e", "print syscall 444, 0, 0, 1"], { encoding: "utf8" }).stdout || 0);
}

/** A hub of a user who is not root: root may look into everything, whatever fences say. */
async function hubOfNobody(manifest: string, env: Record<string, string>): Promise<HubProcess> {
  const folder = await mkdtemp(join(tmpdir(), "thehub-fence-"));
  await chmod(folder, 0o777);
  await writeFile(join(folder, "hub.yaml"), manifest);
  const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const child = spawn(process.execPath, [mainFile, "serve"], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      HUB_STATE_DIR: join(folder, "state"),
      HUB_LISTEN: "127.0.0.1:0",
      ...env,
    },
    stdio: ["pipe", "pipe", "pipe"],
    ...user,
  });
  return new HubProcess(child, folder);
}

test("fence: hub, guardian and siblings of the same user are out of a Core's reach", { skip }, async () => {
  const secret = "c0ffee-of-the-other";
  const manifest = `cores:\n  one:\n    ${core}\n  two:\n    ${core}\n    secrets: [API_TOKEN]\n  free:\n    ${core}\n    fence: false\n`;
  await using hub = await hubOfNobody(manifest, { HUB_TOKEN: token, API_TOKEN: secret, HUB_LOG_LEVEL: "debug" });
  await using client = await WsClient.connect(await hub.wsUrl(), { authorization: `Bearer ${token}` });
  const one = await thief(client, "one");
  const two = await thief(client, "two");
  assert.equal(one.self.ppid, hub.child.pid, "there is a process between the hub and its Core");
  assert.equal(one.self.open, two.self.open);
  assert.equal(two.self.env["API_TOKEN"]?.length, secret.length);
  assert.ok(!JSON.stringify(one.self.env).includes("PERL"), "the launcher left something in the environment");
  const said = await hub.logged("cores_fenced");
  assert.equal(said["abi"], abi);

  for (const pid of [one.self.ppid, two.self.pid]) {
    for (const [what, args, error] of lootOf(pid)) {
      assert.equal(await one.tries(what, args), error, `${what} ${JSON.stringify(args)}`);
    }
  }
  assert.match(await one.tries("own"), /^got .*THEHUB_INSTANCE=/s);
  assert.equal(await one.tries("limit", { pid: 0 }), "got it", "a Core may not limit itself");
  // The same Core without the fence shows what there would be to have.
  const free = await thief(client, "free");
  const environ = await free.tries("read", { path: `/proc/${free.self.ppid}/environ` });
  assert.ok(environ.includes(`HUB_TOKEN=`), environ.slice(0, 200));
  assert.equal(await free.tries("limit", { pid: free.self.ppid }), "got it");
  if (abi >= 6) {
    assert.equal(await one.tries("signal", { pid: one.self.ppid }), "EPERM");
    assert.equal(await one.tries("signal", { pid: two.self.pid }), "EPERM");
    assert.equal(
      await two.tries("listen", { name: `thehub-test-${hub.child.pid}` }),
      `got thehub-test-${hub.child.pid}`,
    );
    assert.equal(await one.tries("connect", { to: `@thehub-test-${hub.child.pid}` }), "EPERM");
    assert.equal(await two.tries("connect", { to: `@thehub-test-${hub.child.pid}` }), "got a connection");
  }
  await hub.stop();
});

test("fence: a secret's file and folder that only root can move are closed, also one made later; what lies beside them is not", {
  skip: skip || (process.getuid?.() === 0 ? false : "needs root, to be another user than the file's owner"),
}, async (t) => {
  // Any file that everybody may read, in a folder that the hub's user may not write to.
  const manifest = `cores:\n  one:\n    ${core}\n    secrets: [{ name: API_TOKEN, from: { file: /etc/machine-id } }]\n`;
  const late = `/run/thehub-test-${process.pid}`;
  const env = { HUB_TOKEN: token, HUB_LOG_LEVEL: "debug", HUB_SECRETS_DIR: late };
  await using hub = await hubOfNobody(manifest, env);
  await using client = await WsClient.connect(await hub.wsUrl(), { authorization: `Bearer ${token}` });
  const one = await thief(client, "one");
  const said = await hub.logged("cores_fenced");
  assert.deepEqual(said["closed"], [late, "/etc/machine-id"]);
  assert.deepEqual(said["in_reach"], [join(hub.folder, "state")]);
  assert.equal(await one.tries("read", { path: "/etc/machine-id" }), "EACCES");
  assert.equal(await one.tries("child", { path: "/etc/machine-id" }), "EACCES");
  assert.match(await one.tries("read", { path: "/etc/passwd" }), /^got /);
  await mkdir(late);
  t.after(() => rm(late, { recursive: true }));
  await writeFile(join(late, "API_TOKEN"), "made-later");
  assert.equal(await one.tries("read", { path: join(late, "API_TOKEN") }), "EACCES");
  assert.match(await one.tries("list", { path: "/" }), /^got .*etc/);
  await hub.stop();
});

test("fence: what cannot be started is said as without a fence, and what must be fenced does not start bare", async () => {
  const manifest = `cores:
  broken:
    command: ./broken
  bare:
    ${core}
`;
  const folder = await mkdtemp(join(tmpdir(), "thehub-fence-"));
  await writeFile(join(folder, "broken"), "#!/no/such/interpreter\n", { mode: 0o755 });
  await writeFile(join(folder, "hub.yaml"), manifest);
  const manifestFile = join(folder, "hub.yaml");
  {
    await using hub = await startHub({ manifestFile });
    const { reason } = await hub.logged("core_failed", (line) => line["core"] === "broken");
    assert.equal(
      reason,
      'command "./broken" could not be started: the interpreter named in its first line does not exist',
    );
    await hub.stop();
  }
  // Where nothing is on the PATH, there is no perl either.
  const node = process.execPath;
  await using hub = await startHub({ manifestFile, env: { HUB_FENCE: "required", PATH: join(node, "..", "nothing") } });
  const { reason } = await hub.logged("core_failed", (line) => line["core"] === "bare");
  assert.match(String(reason), /^must be fenced \(fence: required\), and cannot be here: /);
  await hub.stop();
});

// `thehub status`, `reload`, `restart` and `drain` against real hubs.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fixture, type HubProcess, inline, startHub } from "../helpers/hub-process.ts";
import { type Ran, thehub } from "../helpers/thehub.ts";
import { WsClient } from "../helpers/ws-client.ts";

const rootToken = "root-token-0123456789";
const laptopToken = "laptop-token-0123456789";
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const good = `
hub: { watch: false }
clients:
  root: { token_sha256: "${sha256(rootToken)}", admin: true }
  laptop: { token_sha256: "${sha256(laptopToken)}" }
cores:
  files:
    ${fixture("echo.mjs")}
`;

let nowhere = "";

before(async () => {
  nowhere = await mkdtemp(join(tmpdir(), "thehub-commands-"));
});

after(() => rm(nowhere, { recursive: true, force: true }));

const stateOf = (hub: HubProcess) => ({ HUB_STATE_DIR: join(hub.folder, "state") });
const settled = (hub: HubProcess) => hub.logged("core_summary");
const manifestOf = (hub: HubProcess) => join(hub.folder, "hub.yaml");
/** As a user who has nothing but the token. */
const remote = (token: string) => ({ HUB_STATE_DIR: nowhere, HUB_TOKEN: token });

function assertRan(ran: Ran, code: number, stdout: RegExp | string, stderr: RegExp | string = ""): void {
  const is = (text: string, wanted: RegExp | string) =>
    typeof wanted === "string" ? assert.equal(text, wanted) : assert.match(text, wanted);
  is(ran.stdout, stdout);
  is(ran.stderr, stderr);
  assert.equal(ran.code, code);
}

test("status: finds the hub of its own user with nothing configured, and shows Cores, sessions and calls", async () => {
  await using hub = await startHub({ manifest: good });
  await settled(hub);
  const authorization = `Bearer ${laptopToken}`;
  await using client = await WsClient.connect(await hub.wsUrl(), { authorization });
  const call = client.start("tools/call", { name: "files__slow", arguments: {} });
  await client.call("files__pid");
  const ran = await thehub(["status"], stateOf(hub));
  const [title, ...rest] = ran.stdout.split("\n");
  assert.match(String(title), /^TheHub \d+\.\d+\.\d+, ready, up \d+ s$/);
  assert.deepEqual(rest.slice(0, 4), [
    `  manifest  ${manifestOf(hub)}`,
    `  clients   ${((await hub.logged("listening"))["addresses"] as string[]).join(" ")}`,
    "  sessions  1 (websocket 1)",
    "  calls     1 running, 0 waiting",
  ]);
  assert.match(
    ran.stdout,
    /\nCORE\tSTATE\tFOR\tRESTARTS\tTOOLS\tRUNNING\tWAITING\t\nfiles\tup\t\d+ s\t0\t\d+\t1\t0\t\n$/,
  );
  assert.deepEqual([ran.stderr, ran.code], ["", 0]);
  const json = JSON.parse((await thehub(["status", "--json"], stateOf(hub))).stdout);
  assert.equal(json.pid, hub.child.pid);
  assert.equal(json.cores[0].core, "files");
  client.notify("notifications/cancelled", { requestId: call.id });
  await hub.stop();
});

test("status: exits 3 when a Core was given up, and says why", async () => {
  const manifest = `cores:\n  files: { ${inline("echo.mjs")} }\n  broken: { ${inline("exit-at-once.mjs")}, health: { max_restarts: 0 } }\n`;
  await using hub = await startHub({ manifest });
  await settled(hub);
  assertRan(await thehub(["status"], stateOf(hub)), 3, /\nbroken\tfailed\t\d+ s\t0\t0\t0\t0\texited with code \d/);
  assertRan(
    await thehub(["restart", "broken"], stateOf(hub)),
    3,
    "",
    /core "broken" did not come up: exited with code \d.*; it was given up, as before\n$/,
  );
  await hub.stop();
});

test("status: where no hub runs, says how to name one, and exits 1", async () => {
  for (const command of [["status"], ["reload"], ["restart", "files"], ["drain", "files"]]) {
    assertRan(
      await thehub(command, { HUB_STATE_DIR: nowhere }),
      1,
      "",
      /^thehub: no hub is running.*--url http:\/\/HOST:PORT.*HUB_TOKEN\n$/,
    );
  }
  const gone = await thehub(["status", "--url", "http://127.0.0.1:9"], { HUB_STATE_DIR: nowhere });
  assertRan(gone, 1, "", /nothing listens there/);
  assertRan(await thehub(["status", "--url", "ftp://x"], { HUB_STATE_DIR: nowhere }), 2, "", /--url: /);
  const inUrl = await thehub(["status", "--url", "http://x/?token=abc"], { HUB_STATE_DIR: nowhere });
  assertRan(inUrl, 2, "", /HUB_TOKEN/);
});

test("status: a state folder that cannot be read is said, and hides no hub that is named", async () => {
  const state = join(nowhere, "unreadable");
  await writeFile(state, "");
  const env = { HUB_STATE_DIR: state };
  const words = `the state folder ${state} cannot be used (ENOTDIR): run this as the hub's user, with the HUB_STATE_DIR that the hub has\n`;
  for (const command of [["status"], ["reload"], ["health"]]) {
    assertRan(await thehub(command, env), 1, "", `thehub: ${words}`);
  }
  assertRan(await thehub(["login", "--list"], env), 2, "", `thehub: ${words}`);
  const named = await thehub(["status"], { ...env, HUB_LISTEN: "127.0.0.1:9" });
  assertRan(named, 1, "", /127\.0\.0\.1:9 cannot be reached: nothing listens there/);
});

test("status: with several hubs of one state folder, names each, and takes one of them by --url", async () => {
  const state = join(nowhere, "two");
  await using one = await startHub({ manifest: good, env: { HUB_STATE_DIR: state } });
  await using other = await startHub({ manifest: good, env: { HUB_STATE_DIR: state } });
  await Promise.all([settled(one), settled(other)]);
  const { code, stderr } = await thehub(["status"], { HUB_STATE_DIR: state });
  assert.equal(code, 2);
  const urls = [...stderr.matchAll(/--url (unix:\S+) \(process (\d+)\)/g)];
  assert.deepEqual(
    urls.map(([, , pid]) => Number(pid)).sort(),
    [Number(one.child.pid), Number(other.child.pid)].sort(),
  );
  for (const [, url = "", pid] of urls) {
    const ran = await thehub(["status", "--json", "--url", url], { HUB_STATE_DIR: state });
    assert.equal(JSON.parse(ran.stdout).pid, Number(pid));
  }
  await Promise.all([one.stop(), other.stop()]);
});

test("status: over the network by URL, with the token of an admin and no other", async () => {
  await using hub = await startHub({ manifest: good, env: { HUB_BASE_PATH: "/hub" } });
  await settled(hub);
  const url = await hub.url();
  for (const named of [url, `${url}/`, `${url}/hub/mcp`, `${url.replace("http", "ws")}/mcp`]) {
    const ran = await thehub(["status", "--json", "--url", named], remote(rootToken));
    assert.equal(ran.code, 0, ran.stderr);
  }
  assert.equal((await thehub(["status"], { ...remote(rootToken), HUB_URL: url })).code, 0);
  assert.equal((await thehub(["status"], { ...remote(rootToken), HUB_LISTEN: new URL(url).host })).code, 0);
  const own = { HUB_STATE_DIR: nowhere, MINE: rootToken };
  assert.equal((await thehub(["status", "--url", url, "--token-env", "MINE"], own)).code, 0);
  const file = join(nowhere, "token");
  await writeFile(file, `${rootToken}\n`);
  assert.equal((await thehub(["status", "--url", url, "--token-file", file], { HUB_STATE_DIR: nowhere })).code, 0);
  const refused = [
    await thehub(["status", "--url", url], { HUB_STATE_DIR: nowhere }),
    await thehub(["status", "--url", url], remote("not-the-token-0123")),
    await thehub(["status", "--url", url], remote(laptopToken)),
    await thehub(["drain", "files", "--url", url], remote(laptopToken)),
  ];
  const words = [/wants a token/, /does not take the token of HUB_TOKEN/, /this is for admins/, /this is for admins/];
  for (const [at, ran] of refused.entries()) assertRan(ran, 1, "", words[at] ?? /./);
  assert.equal(JSON.stringify(refused).includes(laptopToken), false);
  await hub.stop();
});

test("status: where HUB_ADMIN_LISTEN has moved the API, says so, and finds it there", async () => {
  await using hub = await startHub({ manifest: good, env: { HUB_ADMIN_LISTEN: "127.0.0.1:0" } });
  await settled(hub);
  const moved = await thehub(["status", "--url", await hub.url()], remote(rootToken));
  assertRan(moved, 1, "", /no admin API there: HUB_ADMIN_LISTEN/);
  const line = (await hub.logged("listening")) as unknown as { admin: string[] };
  const admin = String(line.admin[0]);
  assertRan(await thehub(["status", "--url", admin], remote(rootToken)), 0, new RegExp(`admins +${admin}\n`));
  const listen = { HUB_LISTEN: new URL(await hub.url()).host, HUB_ADMIN_LISTEN: new URL(admin).host };
  assert.equal((await thehub(["status"], { ...remote(rootToken), ...listen })).code, 0);
  await hub.stop();
});

test("reload: says what changed, and what is wrong exactly as check does", async () => {
  await using hub = await startHub({ manifest: good });
  await settled(hub);
  const file = manifestOf(hub);
  assertRan(await thehub(["reload"], stateOf(hub)), 0, `nothing has changed in ${file}\n`);
  await writeFile(
    file,
    `${good.replace("watch: false", "watch: false, list_wait_ms: 10, base_path: /x")}  more:\n    ${fixture("echo.mjs")}\n`,
  );
  const changed = [
    `reloaded ${file}`,
    "  cores added: more",
    "  settings: hub.list_wait_ms",
    "  settings that wait for a restart of the hub: hub.base_path",
  ];
  assertRan(await thehub(["reload"], stateOf(hub)), 0, `${changed.join("\n")}\n`);

  await writeFile(file, "cores:\n  files:\n    comand: x\n");
  const checked = await thehub(["check", file]);
  const wrong = await thehub(["reload"], stateOf(hub));
  assertRan(wrong, 2, "", `${checked.stderr}thehub: the manifest is not right; the old one stays in force\n`);
  const json = await thehub(["reload", "--json"], stateOf(hub));
  const { problems, errors, outcome } = JSON.parse(json.stdout);
  assert.deepEqual([json.code, outcome, json.stderr], [2, "invalid", ""]);
  const asChecked = JSON.parse((await thehub(["check", "--json", file])).stdout);
  assert.deepEqual({ problems, errors }, { problems: asChecked.problems, errors: asChecked.errors });
  // A manifest that is wrong keeps nobody from asking the hub that runs on the one before.
  assert.equal((await thehub(["status"], { ...stateOf(hub), HUB_MANIFEST: file })).code, 0);

  await writeFile(file, good.replace("cores:", `cores:\n  bad: { ${inline("exit-at-once.mjs")} }`));
  assertRan(
    await thehub(["reload"], stateOf(hub)),
    3,
    "",
    /core "bad" did not come up: exited with code \d; the old manifest stays in force\n$/,
  );
  const status = JSON.parse((await thehub(["status", "--json"], stateOf(hub))).stdout);
  assert.deepEqual([status.last_reload.cause, status.last_reload.outcome], ["api", "failed"]);
  assert.deepEqual(
    status.cores.map((core: { core: string }) => core.core),
    ["files", "more"],
  );
  await hub.stop();
});

test("status: a manifest that cannot be read does not hide the hub that runs on the one before", async () => {
  await using hub = await startHub({ manifest: good, env: { HUB_STATE_DIR: join(nowhere, "usual", "thehub") } });
  await settled(hub);
  const file = manifestOf(hub);
  await writeFile(file, "cores: [");
  const env = { XDG_STATE_HOME: join(nowhere, "usual"), HUB_MANIFEST: file };
  assertRan(await thehub(["status"], env), 0, /^TheHub/);
  assertRan(await thehub(["reload"], env), 2, "", /hub\.yaml:\d+:\d+: error/);
  await hub.stop();
});

test("restart, drain: steer one Core, and know which was meant", async () => {
  await using hub = await startHub({ manifest: good });
  await settled(hub);
  const state = stateOf(hub);
  assertRan(await thehub(["restart", "files"], state), 0, /^files: restarted, \d+ tools, process \d+\n$/);
  assertRan(
    await thehub(["drain", "files"], state),
    0,
    "files: drained and stopped; thehub restart files brings it back\n",
  );
  assertRan(await thehub(["status"], state), 0, /\nfiles\tstopped\t/);
  const back = await thehub(["restart", "files", "--json"], state);
  assert.deepEqual([back.code, JSON.parse(back.stdout).state], [0, "up"]);
  assertRan(await thehub(["restart", "flies"], state), 1, "", 'thehub: no core "flies"; did you mean "files"?\n');
  assertRan(await thehub(["drain", "other"], state), 1, "", 'thehub: no core "other"; there are files\n');
  const unknown = await thehub(["drain", "flies", "--json"], state);
  assert.deepEqual([unknown.code, JSON.parse(unknown.stdout).error.code], [1, "name_unknown"]);
  assertRan(await thehub(["drain"], state), 2, "", /missing required argument 'core'/);
  await hub.stop();
});

test("status: a hub that serves one client on STDIO has no admin API, and is told of", async () => {
  await using hub = await startHub({ manifest: good, args: ["stdio"] });
  await hub.logged("core_up");
  assertRan(
    await thehub(["status"], stateOf(hub)),
    1,
    "",
    new RegExp(`process ${hub.child.pid} serves one client on STDIO`),
  );
  hub.child.stdin.end();
  await hub.exited;
});

test("commands: what each does, and how it ends, is in its help", async () => {
  for (const command of ["status", "reload", "restart", "drain"]) {
    const { code, stdout } = await thehub([command, "--help"]);
    assert.equal(code, 0);
    for (const word of ["--url", "--json", "--token-env", "Exit codes: 0"])
      assert.ok(stdout.includes(word), command + word);
  }
});

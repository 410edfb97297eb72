// `thehub login` and `logout` as people and scripts run them, against a real authorization server.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  type AuthorizationServer,
  browse,
  type Switches,
  startAuthorizationServer,
} from "../helpers/authorization-server.ts";
import { mainFile } from "../helpers/hub-process.ts";
import { type Ran, thehub } from "../helpers/thehub.ts";

const browser = `${process.execPath} ${fileURLToPath(new URL("../fixtures/logins/browser.mjs", import.meta.url))}`;

class Scene implements AsyncDisposable {
  readonly server: AuthorizationServer;
  readonly folder: string;

  constructor(server: AuthorizationServer, folder: string) {
    this.server = server;
    this.folder = folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }

  get env(): Record<string, string> {
    return { HUB_STATE_DIR: join(this.folder, "state"), BROWSER: browser };
  }

  async manifest(more = ""): Promise<void> {
    const core = `  wiki:\n    url: ${this.server.coreUrl}\n    allow_private: true\n`;
    await writeFile(join(this.folder, "hub.yaml"), `cores:\n${core}${more}`);
  }

  run(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
    return thehub(args, { ...this.env, ...env }, this.folder);
  }
}

async function scene(switches: Partial<Switches> = {}): Promise<Scene> {
  return new Scene(await startAuthorizationServer(switches), await mkdtemp(join(tmpdir(), "thehub-login-")));
}

test("login: opens the browser, keeps the login encrypted, lists it and takes it back", async () => {
  await using at = await scene({ coreScopes: ["read"] });
  await at.manifest();
  const done = await at.run(["login", "wiki", "--json"]);
  assert.equal(done.code, 0, done.stderr);
  const facts = JSON.parse(done.stdout) as Record<string, unknown>;
  assert.equal(facts["issuer"], at.server.issuer);
  assert.equal(facts["owner"], "operator");
  assert.deepEqual(facts["scopes"], ["read"]);
  assert.equal(facts["renewable"], true);

  const [authorize] = at.server.asked("/authorize");
  assert.equal(authorize?.parameters["resource"], at.server.coreUrl);
  assert.equal(authorize?.parameters["code_challenge_method"], "S256");
  assert.match(authorize?.parameters["redirect_uri"] ?? "", /^http:\/\/127\.0\.0\.1:\d+\/callback$/);
  assert.equal(at.server.asked("/token")[0]?.parameters["resource"], at.server.coreUrl);

  const listed = await at.run(["login", "--list", "--json"]);
  const { logins } = JSON.parse(listed.stdout) as { logins: Record<string, unknown>[] };
  assert.deepEqual(
    logins.map(({ core, signed_in }) => [core, signed_in]),
    [["wiki", true]],
  );

  const kept = join(at.folder, "state", "logins");
  const locks: number[] = [];
  at.server.switches.beforeRevoke = async () => {
    locks.push((await readdir(kept)).filter((name) => name.endsWith(".lock")).length);
  };
  const out = await at.run(["logout", "wiki"]);
  assert.equal(out.stdout, "wiki: signed out\n");
  // A hub that renewed it at this moment would keep what it gets.
  assert.deepEqual(locks, [1, 1]);
  assert.deepEqual(
    at.server.asked("/revoke").map(({ parameters }) => parameters["token_type_hint"]),
    ["refresh_token", "access_token"],
  );
  assert.deepEqual(await readdir(kept), []);
  assert.equal((await at.run(["logout", "wiki"])).stdout, "wiki: there was no login\n");
});

test("login: a second login uses the client that the first one registered", async () => {
  await using at = await scene();
  await at.manifest();
  assert.equal((await at.run(["login", "wiki"])).code, 0);
  assert.equal((await at.run(["login", "wiki"])).code, 0);
  assert.equal(at.server.asked("/register").length, 1);
  assert.equal(at.server.asked("/authorize").length, 2);
});

test("login: without a browser the page is printed, answers of others are refused, and the right one is good once", async () => {
  await using at = await scene();
  await at.manifest();
  const child = spawn(process.execPath, [mainFile, "login", "wiki", "--no-browser"], {
    cwd: at.folder,
    env: { PATH: process.env["PATH"] ?? "", ...at.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let url = "";
  for await (const line of createInterface({ input: child.stderr })) {
    url = /https?:\/\/\S+/.exec(line)?.[0] ?? "";
    if (url !== "") break;
  }
  const redirect = new URL(url).searchParams.get("redirect_uri") ?? "";
  const forged = await browse(`${redirect}?code=forged&state=wrong`);
  assert.equal(forged.status, 400);
  assert.equal((await browse(redirect.replace("/callback", "/"))).status, 404);
  assert.equal((await browse(redirect.replace("127.0.0.1", "localhost"))).status, 403);
  const exited = once(child, "exit");
  const shown = await browse(url);
  assert.equal(shown.status, 200);
  assert.match(shown.text, /You can close this page/);
  assert.deepEqual(await exited, [0, null]);
});

test("login: a person who says no, and an answer of another server, sign nobody in", async () => {
  await using at = await scene({ denies: true });
  await at.manifest();
  const denied = await at.run(["login", "wiki"]);
  assert.equal(denied.code, 3);
  assert.match(denied.stderr, /access was denied in the browser/);
  at.server.switches.denies = false;
  at.server.switches.iss = "wrong";
  const mixed = await at.run(["login", "wiki"]);
  assert.equal(mixed.code, 3);
  assert.match(mixed.stderr, /does not come from the authorization server that was asked/);
  assert.ok(!mixed.stderr.includes("attacker.example"));
  assert.equal(at.server.asked("/token").length, 0);
});

test("login: with a device code, for a machine that has no browser", async () => {
  await using at = await scene({ device: true, openIdOnly: true });
  await at.manifest();
  at.server.isDeviceApproved = true;
  const done = await at.run(["login", "wiki", "--device"]);
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stderr, /enter WDJB-MJHT/);
  assert.equal(at.server.asked("/authorize").length, 0);
});

test("login: says in words what stands in the way", async () => {
  await using at = await scene({ registration: false });
  await at.manifest("  local: { command: node }\n");
  const cases: [string[], number, RegExp][] = [
    [["login", "wiki"], 3, /registers no clients by itself: register the hub there .* auth\.oauth\.client_id/],
    [["login", "wiki", "--device"], 3, /has no device codes|registers no clients/],
    [["login", "wki"], 2, /did you mean wiki\?/],
    [["login", "local"], 2, /none to sign in to/],
    [["login", "wiki", "--for", "laptop"], 2, /credentials: per-user/],
    [["login"], 2, /thehub login CORE/],
  ];
  for (const [args, code, words] of cases) {
    const ran = await at.run(args);
    assert.equal(ran.code, code, ran.stderr);
    assert.match(ran.stderr, words);
  }
});

test("login: a private address is not asked unless the Core says so", async () => {
  await using at = await scene();
  await writeFile(join(at.folder, "hub.yaml"), `cores:\n  wiki:\n    url: ${at.server.coreUrl}\n`);
  const refused = await at.run(["login", "wiki"]);
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /allow_private: true/);
  assert.equal(at.server.seen.length, 0);
});

test("login: the hub as itself needs nobody, and says whether it works", async () => {
  await using at = await scene();
  at.server.clients.set("ci", { secret: "secret-of-ci", redirectUris: [] });
  const oauth = `{ grant: client_credentials, client_id: ci, client_secret: WIKI_SECRET, issuer: "${at.server.issuer}" }`;
  await at.manifest(`    auth: { oauth: ${oauth} }\n`);
  const missing = await at.run(["login", "wiki"]);
  assert.equal(missing.code, 3);
  assert.match(missing.stderr, /secret WIKI_SECRET of Core wiki is missing/);
  const wrong = await at.run(["login", "wiki"], { HUB_SECRET_WIKI_SECRET: "not-the-secret" });
  assert.equal(wrong.code, 3);
  assert.match(wrong.stderr, /invalid_client/);
  assert.ok(!wrong.stderr.includes("not-the-secret"));
  const right = await at.run(["login", "wiki"], { HUB_SECRET_WIKI_SECRET: "secret-of-ci" });
  assert.equal(right.code, 0, right.stderr);
});

test("login: each client's login is its own, and a key of one's own reads only what it wrote", async () => {
  await using at = await scene();
  const client = `clients:\n  laptop: { token_sha256: "${"a".repeat(64)}" }\n`;
  await at.manifest(`    credentials: per-user\n    isolation: session\n${client}`);
  const key = { HUB_STATE_KEY: "k".repeat(32) };
  assert.equal((await at.run(["login", "wiki"], key)).code, 0);
  const own = await at.run(["login", "wiki", "--for", "laptop"], key);
  assert.match(own.stdout, /signed in for client laptop/);
  const files = await readdir(join(at.folder, "state", "logins"));
  assert.equal(files.length, 2);
  assert.deepEqual((await readdir(join(at.folder, "state"))).sort(), ["logins"]);
  const other = await at.run(["login", "--list"], { HUB_STATE_KEY: "o".repeat(32) });
  assert.match(other.stdout, /it was made with another key/);
  const texts = await Promise.all(files.map((name) => readFile(join(at.folder, "state", "logins", name), "utf8")));
  assert.ok(!texts.join("").includes("access-"));
});

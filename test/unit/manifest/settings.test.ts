import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { knownVariables } from "../../../src/manifest/environment.ts";
import type { Problem } from "../../../src/manifest/problems.ts";
import { limitsOf, resolveSettings, type Settings } from "../../../src/manifest/settings.ts";
import { loadGood } from "./load-text.ts";

const cores = "cores: { a: { command: x } }\n";
const token = "a-token-of-decent-length";

async function settle(env: Record<string, string>, manifest = cores, cwd = "/srv") {
  const { hub } = await loadGood(manifest);
  return resolveSettings({ env: { HOME: "/home/me", ...env }, cwd, hub });
}

async function settings(env: Record<string, string>, manifest = cores): Promise<Settings> {
  const resolved = await settle(env, manifest);
  assert.ok(resolved.t === "ok", JSON.stringify(resolved));
  return resolved.settings;
}

function said(problems: readonly Problem[]): string[] {
  return problems.map((problem) => `${problem.severity} ${problem.path}: ${problem.message}; ${problem.hint}`);
}

test("settings: the environment wins over the manifest, the manifest over the defaults", async () => {
  const manifest = `${cores}hub: { log_level: warn, list_wait_ms: 1, state_dir: s, limits: { rate_limit_rps: 5 }, base_path: m }\n`;
  const plain = await settings({}, manifest);
  assert.deepEqual([plain.logLevel, plain.logFormat, plain.stateDir], ["warn", "json", "/srv/hub/s"]);
  assert.deepEqual([plain.limits.rateLimitRps, plain.limits.maxConcurrencyPerClient], [5, 64]);
  const over = await settings(
    { HUB_LOG_LEVEL: "DEBUG", HUB_RATE_LIMIT_RPS: "0.5", HUB_STATE_DIR: "t", HUB_MAX_CONCURRENCY_PER_CLIENT: "3" },
    manifest,
  );
  assert.deepEqual([over.logLevel, over.basePath, over.stateDir], ["debug", "/m", "/srv/t"]);
  assert.deepEqual([over.limits.rateLimitRps, over.limits.maxConcurrencyPerClient], [0.5, 3]);
  assert.equal(over.listWaitMs, 1);
});

test("settings: an admin address is none, a key of the manifest, or a variable, and must be one to listen on", async () => {
  const port = async (env: Record<string, string>, hub = "") => {
    const { adminListen } = await settings(env, `${cores}${hub}`);
    return adminListen.map((address) => address.t === "tcp" && address.port);
  };
  const key = "hub: { admin_listen: ['127.0.0.1:1', '127.0.0.1:2'] }\n";
  assert.deepEqual(await port({}), []);
  assert.deepEqual(await port({}, key), [1, 2]);
  assert.deepEqual(await port({ HUB_ADMIN_LISTEN: "127.0.0.1:3" }, key), [3]);
  for (const [env, manifest, place] of [
    [{ HUB_ADMIN_LISTEN: "9090" }, cores, "HUB_ADMIN_LISTEN"],
    [{}, `${cores}hub: { admin_listen: "9090" }\n`, "hub.admin_listen"],
  ] as const) {
    await assert.rejects(
      settings(env, manifest),
      (error: Error) => error.message.includes("9090") && error.message.includes(place),
    );
  }
});

test("settings: empty and blank variables count as not set", async () => {
  const blank = Object.fromEntries(knownVariables.map((name, i) => [name, " ".repeat(i % 3)]));
  assert.deepEqual(await settings(blank), await settings({}));
});

test("settings: reads every variable it knows", async () => {
  const got = await settings({
    HUB_LISTEN: ":1,unix:/a",
    HUB_ADMIN_LISTEN: "unix:/b",
    HUB_TOKEN: token,
    HUB_BASE_PATH: "/hub/",
    HUB_PUBLIC_URL: "https://hub.example/",
    HUB_ALLOW_HOSTS: "A.example, b.example:1",
    HUB_ALLOW_ORIGINS: "https://a.example",
    HUB_TRUSTED_PROXIES: "10.0.0.5, unix",
    HUB_LOG_FORMAT: "pretty",
    HUB_METRICS_TOKEN: "another-token-of-length",
    HUB_SECRETS_DIR: "secrets",
    HUB_ANONYMOUS: "allow",
  });
  assert.deepEqual(
    got.listen.map((address) => address.t),
    ["tcp", "unix"],
  );
  assert.deepEqual(got.adminListen, [{ t: "unix", path: "/b" }]);
  assert.equal(got.token?.reveal(), token);
  assert.equal(got.metricsToken?.reveal(), "another-token-of-length");
  assert.deepEqual(
    [got.basePath, got.publicUrl, got.anonymous, got.logFormat],
    ["/hub", "https://hub.example", "allow", "pretty"],
  );
  assert.deepEqual(got.allowHosts, ["a.example", "b.example:1"]);
  assert.deepEqual(got.allowOrigins, ["https://a.example"]);
  assert.deepEqual(got.trustedProxies, ["10.0.0.5/32", "unix"]);
  assert.equal(got.secretsDir, "/srv/secrets");
});

test("settings: TLS needs a certificate and its key, each from a variable or from the manifest", async () => {
  assert.equal((await settings({})).tls, undefined);
  const pair = { HUB_TLS_CERT: "a.crt", HUB_TLS_KEY: "/k/a.key" };
  assert.deepEqual((await settings(pair)).tls, { cert: "/srv/a.crt", key: "/k/a.key", clientCa: undefined });
  const written = `${cores}hub: { tls: { cert: m.crt, key: m.key, client_ca: ca.crt } }\n`;
  assert.deepEqual((await settings({}, written)).tls, {
    cert: "/srv/hub/m.crt",
    key: "/srv/hub/m.key",
    clientCa: "/srv/hub/ca.crt",
  });
  assert.deepEqual((await settings({ HUB_TLS_KEY: "e.key" }, written)).tls, {
    cert: "/srv/hub/m.crt",
    key: "/srv/e.key",
    clientCa: "/srv/hub/ca.crt",
  });
  const half = await settle({ HUB_TLS_KEY: "e.key" });
  assert.ok(half.t === "invalid");
  assert.deepEqual(said(half.problems), [
    "error HUB_TLS_CERT: not set, but HUB_TLS_KEY is; name the file of the certificate, or unset HUB_TLS_KEY",
  ]);
});

test("settings: the state folder follows XDG_STATE_HOME, then HOME", async () => {
  assert.equal((await settings({})).stateDir, "/home/me/.local/state/thehub");
  assert.equal((await settings({ XDG_STATE_HOME: "/state" })).stateDir, "/state/thehub");
});

test("settings: every bad value is reported in one run, none of them a token", async () => {
  const resolved = await settle({
    HUB_LISTEN: "3000",
    HUB_LOG_LEVEL: "loud",
    HUB_RATE_LIMIT_RPS: "-1",
    HUB_RATE_LIMIT_BYTES: "1.5",
    HUB_MAX_CONCURRENCY_PER_CLIENT: "1e3",
    HUB_TOKEN: "two words here and there",
  });
  assert.ok(resolved.t === "invalid");
  assert.deepEqual(said(resolved.problems), [
    'error HUB_LISTEN: "3000" is not an address to listen on; write localhost:3000 for this machine only, or :3000 for every address',
    'error HUB_LOG_LEVEL: "loud" is not a known value; set one of debug, info, warn, error',
    'error HUB_MAX_CONCURRENCY_PER_CLIENT: "1e3" is out of range; set a whole number from 1 to 1000000',
    'error HUB_RATE_LIMIT_RPS: "-1" is out of range; set a number from 0 to 1000000; 0 is no limit',
    'error HUB_RATE_LIMIT_BYTES: "1.5" is out of range; set a whole number of bytes from 0 to 1000000000000; 0 is no limit',
    "error HUB_TOKEN: a token that no header can carry; use letters, digits and punctuation, with no blanks",
  ]);
});

test("settings: unknown variables are warnings that name the nearest", async () => {
  const warned = await settle({ HUB_LISTN: "x", HUB_QQQ: "x", HUB_SECRET_ANY: "x", HUBRIS: "x" });
  assert.ok(warned.t === "ok");
  const [near, far, ...more] = said(warned.warnings);
  assert.equal(near, "warning HUB_LISTN: unknown variable, ignored; did you mean HUB_LISTEN?");
  assert.match(far ?? "", /^warning HUB_QQQ: unknown variable, ignored; known: HUB_MANIFEST, /);
  assert.deepEqual(more, []);
});

test("settings: a token may be in a file, and only in one place", async () => {
  const dir = await mkdtemp(join(tmpdir(), "thehub-settings-"));
  try {
    await writeFile(join(dir, "token"), `${token}\n`);
    await writeFile(join(dir, "empty"), "\n");
    const read = await settle({ HUB_TOKEN_FILE: "token" }, cores, dir);
    assert.equal(read.t === "ok" && read.settings.token?.reveal(), token);
    const cases: [Record<string, string>, RegExp][] = [
      [{ HUB_TOKEN_FILE: "token", HUB_TOKEN: token }, /HUB_TOKEN is set as well/],
      [{ HUB_TOKEN_FILE: "empty" }, /is empty/],
      [{ HUB_TOKEN_FILE: "none" }, /cannot be read \(ENOENT\)/],
    ];
    for (const [env, expected] of cases) {
      const refused = await settle(env, cores, dir);
      assert.ok(refused.t === "invalid");
      assert.match(said(refused.problems).join(), expected);
    }
  } finally {
    await rm(dir, { recursive: true });
  }
});

test("settings: a token that can be guessed is warned about and works", async () => {
  const resolved = await settle({ HUB_TOKEN: "short" });
  assert.ok(resolved.t === "ok");
  assert.equal(resolved.settings.token?.reveal(), "short");
  assert.match(said(resolved.warnings).join(), /^warning HUB_TOKEN: a token of less than 16 characters can be guessed/);
});

test("settings: a client's own limits win over the hub's", async () => {
  const { clients } = await loadGood(
    `${cores}clients: { c: { token_sha256: ${"a".repeat(64)}, limits: { max_queue: 0 } } }\n`,
  );
  const base = await settings({ HUB_MAX_CONCURRENCY_PER_CLIENT: "7" });
  assert.deepEqual(limitsOf(clients[0], base), { maxConcurrency: 7, maxQueue: 0, rateLimitRps: 0, rateLimitBytes: 0 });
  assert.deepEqual(limitsOf(undefined, base), { maxConcurrency: 7, maxQueue: 256, rateLimitRps: 0, rateLimitBytes: 0 });
});

test("settings: a state key has 32 characters, and one more may stand on a second line", async () => {
  const [one, two] = ["1".repeat(32), "2".repeat(32)];
  assert.equal((await settings({ HUB_STATE_KEY: `${one}\n${two}` })).stateKey?.reveal(), `${one}\n${two}`);
  for (const bad of ["short", `${one}\nshort`, `${one}\n${two}\n${one}`]) {
    const refused = await settle({ HUB_STATE_KEY: bad });
    assert.ok(refused.t === "invalid");
    assert.equal(refused.problems.length, 1);
    assert.ok(!JSON.stringify(refused.problems).includes(bad));
  }
});

test("settings: a public URL with the name of a door behind it is told of, as the hub adds that itself", async () => {
  const warned = async (env: Record<string, string>, manifest = cores) => {
    const resolved = await settle(env, manifest);
    assert.ok(resolved.t === "ok");
    return said(resolved.warnings);
  };
  const expected =
    "warning HUB_PUBLIC_URL: ends in /mcp, which the hub adds itself: clients would be told of https://hub.example/mcp/mcp; write it without, here or in hub.public_url";
  assert.deepEqual(await warned({ HUB_PUBLIC_URL: "https://hub.example/mcp/" }), [expected]);
  assert.deepEqual(await warned({}, `${cores}hub: { public_url: "https://hub.example/mcp" }\n`), [expected]);
  assert.deepEqual(await warned({ HUB_PUBLIC_URL: "https://hub.example/mcp", HUB_BASE_PATH: "/mcp" }), []);
  assert.deepEqual(await warned({ HUB_PUBLIC_URL: "https://hub.example/hub" }), []);
});

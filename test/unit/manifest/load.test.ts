import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { builtInManifest, findManifest, loadManifest } from "../../../src/manifest/load.ts";
import { lines, load, loadGood } from "./load-text.ts";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "thehub-manifest-"));
});
afterEach(() => rm(dir, { recursive: true }));

test("load: fills in every default of a Core", async () => {
  const { cores, clients, disabled } = await loadGood("cores: { my_files: { command: npx } }");
  assert.deepEqual(clients, []);
  assert.deepEqual(disabled, []);
  assert.deepEqual(cores, [
    {
      key: "my_files",
      namespace: "my-files",
      file: "hub.yaml",
      folder: "/srv/hub",
      remote: undefined,
      container: undefined,
      command: "npx",
      args: [],
      cwd: "/srv/hub",
      env: {},
      inheritEnv: [],
      secrets: [],
      framing: "auto",
      fenced: true,
      era: "auto",
      prefix: true,
      uris: "native",
      isolation: "auto",
      interactive: undefined,
      roots: [],
      maxSessions: 64,
      idleTimeoutMs: 600_000,
      scaling: { min: 1, max: 1 },
      tags: [],
      policy: {
        allowDestructive: false,
        allowTools: [],
        denyTools: [],
        destructiveTools: [],
        readOnlyTools: [],
        destructive: "declared",
        maxConcurrency: 64,
        maxQueue: 1024,
        rateLimitRps: 0,
        rateLimitBytes: 0,
        timeoutMs: 60000,
        maxTimeoutMs: 600000,
      },
      health: {
        startupTimeoutMs: 10000,
        pingIntervalMs: 30000,
        pingFailures: 3,
        restartBackoffMs: 2000,
        maxRestarts: 10,
        stopTimeoutMs: 5000,
      },
      login: undefined,
      tools: new Map(),
    },
  ]);
});

test("load: fills in every default of the hub", async () => {
  const { hub } = await loadGood("cores: { a: { command: x } }");
  assert.deepEqual(hub, {
    listen: [
      { t: "tcp", host: "127.0.0.1", port: 3000, optional: false },
      { t: "tcp", host: "::1", port: 3000, optional: true },
    ],
    adminListen: [],
    basePath: "",
    publicUrl: undefined,
    allowHosts: [],
    allowOrigins: [],
    clientCertificateHeader: undefined,
    allowIps: [],
    trustedProxies: [],
    tls: undefined,
    anonymous: "loopback",
    logLevel: "info",
    logFormat: "json",
    stateDir: undefined,
    secretsDir: undefined,
    fence: "auto",
    watch: true,
    listWaitMs: 5000,
    searchTools: "auto",
    drainTimeoutMs: 4000,
    names: { separator: "__", maxLength: 64 },
    limits: {
      maxConcurrencyPerClient: 64,
      maxQueuePerClient: 256,
      rateLimitRps: 0,
      rateLimitBytes: 0,
      maxMessageBytes: 10485760,
      maxConnections: 10_000,
      maxConnectionsPerAddress: 1_000,
    },
    policy: { allowTools: [], denyTools: [], allowDestructive: true },
    decision: undefined,
    auth: { builtin: undefined, issuers: [] },
  });
});

test("load: takes the manifest of the design but for what is planned", async () => {
  const manifest = await loadGood(`
version: 1
hub:
  names: { separator: "__", max_length: 64 }
  limits: { max_concurrency_per_client: 64, max_queue_per_client: 256, rate_limit_rps: 0, max_message_bytes: 10485760 }
  policy: { deny_tools: [], allow_destructive: true }
clients:
  laptop: { token_sha256: "${"AB".repeat(32)}", allow: ["files.*", "#prod"] }
cores:
  files:
    command: npx
    args: ["-y", "@modelcontextprotocol/server-filesystem", "/data"]
    cwd: sub
    env: { LANG: C.UTF-8 }
    secrets: [API_TOKEN, { name: A, from: { env: B } }, { name: C, from: { file: d/e } }, { name: F, from: { command: [g, h] } }]
    framing: auto
    namespace: files
    prefix: true
    isolation: auto
    policy: { allow_destructive: true, allow_tools: [], deny_tools: [], max_concurrency: 64, max_queue: 1024,
              timeout_ms: 60000, max_timeout_ms: 600000 }
    scaling: { min: 1, max: 1 }
    tools: { write_file: { name: save, description: "…", hidden: false }, find: { expose: search } }
    tags: [prod]
`);
  const [core] = manifest.cores;
  assert.equal(core?.cwd, "/srv/hub/sub");
  assert.deepEqual(core?.secrets, [
    { name: "API_TOKEN", from: { t: "search" } },
    { name: "A", from: { t: "env", variable: "B" } },
    { name: "C", from: { t: "file", path: "/srv/hub/d/e" } },
    { name: "F", from: { t: "command", argv: ["g", "h"] } },
  ]);
  assert.deepEqual(core?.tools.get("find"), {
    name: undefined,
    expose: "search",
    description: undefined,
    hidden: false,
    limits: undefined,
  });
  assert.deepEqual(manifest.clients[0], {
    name: "laptop",
    tokens: [{ t: "hash", sha256: "ab".repeat(32), expires: undefined, note: undefined }],
    expires: undefined,
    jwt: undefined,
    certificate: undefined,
    socket: undefined,
    allow: ["files.*", "#prod"],
    deny: [],
    readOnly: false,
    arguments: [],
    admin: false,
    profile: undefined,
    allowIps: undefined,
    limits: { maxConcurrency: undefined, maxQueue: undefined, rateLimitRps: undefined, rateLimitBytes: undefined },
  });
});

test("load: what a tool's own limits leave out is its Core's, and no rate", async () => {
  const { cores } = await loadGood(`cores:
  files:
    command: a
    policy: { max_concurrency: 8, max_queue: 9, rate_limit_rps: 7, rate_limit_bytes: 1000 }
    tools: { write_file: { limits: { rate_limit_rps: 0.5 } }, read_file: { limits: { max_concurrency: 1, max_queue: 0 } } }
`);
  const limits = [...(cores[0]?.tools.values() ?? [])].map((tool) => tool.limits);
  assert.deepEqual(limits, [
    { maxConcurrency: 8, maxQueue: 9, rateLimitRps: 0.5, rateLimitBytes: 0 },
    { maxConcurrency: 1, maxQueue: 0, rateLimitRps: 0, rateLimitBytes: 0 },
  ]);
});

test("load: keeps the order of the manifest and leaves disabled Cores out", async () => {
  const manifest = await loadGood(
    'cores: { z: { command: a }, "7": { command: b }, m: { command: c, disabled: true }, "1": { command: d } }',
  );
  assert.deepEqual(
    manifest.cores.map((core) => [core.key, core.namespace]),
    [
      ["z", "z"],
      ["7", "core-7"],
      ["1", "core-1"],
    ],
  );
  assert.deepEqual(manifest.disabled, ["m"]);
});

test("load: wants Cores, and takes an explicit empty map with a warning", async () => {
  assert.deepEqual(lines(await load("version: 1")), ["1:1 error : cores is missing"]);
  assert.deepEqual(lines(await load("cores:")), ["1:7 error cores: must be a map, not empty"]);
  const empty = await load("cores: {}");
  assert.equal(empty.t, "ok");
  assert.deepEqual(lines(empty), ["1:1 warning cores: no Cores: the hub serves nothing"]);
});

test("load: a missing file says what to write", async () => {
  const loaded = await loadManifest({ path: "nowhere/hub.yaml", cwd: dir });
  assert.ok(loaded.t === "invalid");
  assert.deepEqual(loaded.problems, [
    {
      severity: "error",
      file: "nowhere/hub.yaml",
      line: 0,
      column: 0,
      path: "",
      message: "no such file",
      hint: "create it, starting with: cores: { template: { command: thehub-template-core } }; or name another with HUB_MANIFEST or --manifest",
    },
  ]);
});

test("load: refuses a file over 1 MiB and one that is not UTF-8", async () => {
  await writeFile(join(dir, "big.yaml"), `# ${"x".repeat(1024 * 1024)}\n`);
  await writeFile(join(dir, "latin1.yaml"), Buffer.from("cores: { a: { command: caf\xe9 } }", "latin1"));
  assert.deepEqual(lines(await loadManifest({ path: "big.yaml", cwd: dir })), [
    "0:0 error : 1048579 bytes: more than 1 MiB",
  ]);
  assert.deepEqual(lines(await loadManifest({ path: "latin1.yaml", cwd: dir })), ["0:0 error : not UTF-8 text"]);
});

test("load: a folder is one manifest, its files in order of name, each with its own relative paths", async () => {
  await mkdir(join(dir, "sub"));
  await writeFile(join(dir, "sub", "20-b.yml"), "cores: { b: { command: x, cwd: work } }\nclients: {}\n");
  await writeFile(join(dir, "sub", "10-a.yaml"), "cores: { a: { command: x } }\n");
  await writeFile(join(dir, "sub", "hub.yaml"), "hub: { log_level: debug, state_dir: state }\n");
  await writeFile(join(dir, "sub", ".hidden.yaml"), "nonsense\n");
  await writeFile(join(dir, "sub", "notes.txt"), "nonsense\n");
  const loaded = await loadManifest({ path: "sub", cwd: dir });
  assert.ok(loaded.t === "ok");
  assert.deepEqual(
    loaded.manifest.cores.map((core) => [core.key, core.file, core.cwd]),
    [
      ["a", join("sub", "10-a.yaml"), join(dir, "sub")],
      ["b", join("sub", "20-b.yml"), join(dir, "sub", "work")],
    ],
  );
  assert.equal(loaded.manifest.hub.logLevel, "debug");
  assert.equal(loaded.manifest.hub.stateDir, join(dir, "sub", "state"));
  assert.deepEqual(
    loaded.manifest.files,
    ["10-a.yaml", "20-b.yml", "hub.yaml"].map((name) => join(dir, "sub", name)),
  );
});

test("load: problems across the files of a folder name the file each is in", async () => {
  await writeFile(join(dir, "a.yaml"), "hub: {}\ncores: { files: { command: x, tools: { t: { expose: s } } } }\n");
  await writeFile(
    join(dir, "b.yaml"),
    "hub: {}\ncores:\n  files: { command: y }\n  Files: { command: z, tools: { u: { expose: s } } }\n",
  );
  await writeFile(join(dir, "c.yaml"), "cores: [\n");
  const loaded = await loadManifest({ path: ".", cwd: dir });
  assert.ok(loaded.t === "invalid");
  assert.deepEqual(
    loaded.problems.map((p) => `${p.file}:${p.line}:${p.column} ${p.path}: ${p.message}`),
    [
      "b.yaml:1:1 hub: already written in a.yaml",
      "b.yaml:3:3 cores.files: already written at a.yaml:2:10",
      "b.yaml:4:3 cores.Files: the namespace files is already that of cores.files at a.yaml:2:10",
      "b.yaml:4:38 cores.Files.tools.u.expose: s is already exposed by cores.files.tools.t.expose at a.yaml:2:45",
      "c.yaml:2:1 : not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
  );
});

test("load: an empty folder is a problem", async () => {
  assert.deepEqual(lines(await loadManifest({ path: dir, cwd: "/" })), [
    "0:0 error : the folder holds no *.yaml or *.yml file",
  ]);
});

test("load: finds the manifest named, then HUB_MANIFEST, then ./hub.yaml, then the built-in one", async () => {
  assert.deepEqual(findManifest("a.yaml", "b.yaml", dir), { path: "a.yaml", builtIn: false });
  assert.deepEqual(findManifest(undefined, "b.yaml", dir), { path: "b.yaml", builtIn: false });
  assert.deepEqual(findManifest(undefined, " ", dir), { path: builtInManifest, builtIn: true });
  await writeFile(join(dir, "hub.yaml"), "cores: {}");
  assert.deepEqual(findManifest(undefined, undefined, dir), { path: "hub.yaml", builtIn: false });
});

test("load: the example manifests have no problem at all", async () => {
  for (const path of [builtInManifest, builtInManifest.replace("hub.yaml", "real.yaml")]) {
    const loaded = await loadManifest({ path, cwd: "/" });
    assert.equal(loaded.t, "ok");
    assert.deepEqual(lines(loaded), []);
  }
});

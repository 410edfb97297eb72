import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import type { ResolvedCore } from "../../../src/manifest/manifest.ts";
import { explainSecret, type FoundSecret, resolveSecrets, type SecretReader } from "../../../src/manifest/secrets.ts";
import { loadGood } from "./load-text.ts";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "thehub-secrets-"));
});
afterEach(() => rm(dir, { recursive: true }));

async function coreWith(secrets: unknown[], key = "my-api"): Promise<ResolvedCore> {
  const { cores } = await loadGood(JSON.stringify({ cores: { [key]: { command: "x", secrets } } }));
  const [core] = cores;
  assert.ok(core);
  return { ...core, folder: dir };
}

async function find(secret: unknown, reader: Partial<SecretReader>, key?: string): Promise<FoundSecret> {
  const [found] = await resolveSecrets(await coreWith([secret], key), { env: {}, secretsDir: undefined, ...reader });
  assert.ok(found);
  return found;
}

function shown(found: FoundSecret): string {
  return found.t === "found" ? `${found.value.reveal()} from ${found.source}` : found.t;
}

test("secrets: are sought from the most particular place to the most general", async () => {
  await mkdir(join(dir, "my-api"));
  await writeFile(join(dir, "my-api", "KEY"), "value-of-core-file\n");
  await writeFile(join(dir, "KEY"), "value-of-file\r\n");
  const env: Record<string, string> = {
    HUB_SECRET_MY_API_KEY: "value-of-core",
    HUB_SECRET_KEY: "value-of-hub",
    KEY: "value-plain",
  };
  const now = async () => shown(await find("KEY", { env, secretsDir: dir }));
  assert.equal(await now(), "value-of-core from HUB_SECRET_MY_API_KEY");
  env["HUB_SECRET_MY_API_KEY"] = "";
  assert.equal(await now(), "value-of-hub from HUB_SECRET_KEY");
  delete env["HUB_SECRET_KEY"];
  assert.equal(await now(), `value-of-core-file from ${join(dir, "my-api", "KEY")}`);
  await rm(join(dir, "my-api"), { recursive: true });
  assert.equal(await now(), `value-of-file from ${join(dir, "KEY")}`);
  await rm(join(dir, "KEY"));
  assert.equal(await now(), "value-plain from KEY");
});

test("secrets: a missing one tells every place that was tried", async () => {
  await writeFile(join(dir, "KEY"), "\n");
  const missing = await find("KEY", { env: { HUB_SECRET_KEY: " " }, secretsDir: dir });
  const looked = [
    "HUB_SECRET_MY_API_KEY",
    "HUB_SECRET_KEY (empty)",
    join(dir, "my-api", "KEY"),
    `${join(dir, "KEY")} (empty)`,
    "KEY",
  ];
  const fix = `set HUB_SECRET_MY_API_KEY, or write it into ${join(dir, "KEY")}`;
  assert.deepEqual(missing, { t: "missing", name: "KEY", looked, fix });
  const said = explainSecret(missing, await coreWith(["KEY"]));
  assert.equal(said, `secret KEY of Core my-api is missing: looked in ${looked.join(", ")}; ${fix}`);
});

test("secrets: a Core's key never leads out of the folder of secrets", async () => {
  await writeFile(join(dir, "KEY"), "outside-value");
  await mkdir(join(dir, "inner"));
  const found = await find("KEY", { secretsDir: join(dir, "inner") }, "../x/..");
  assert.equal(found.t, "missing");
  assert.ok(found.t === "missing" && found.looked.includes(join(dir, "inner", "x", "KEY")), JSON.stringify(found));
});

test("secrets: the long form looks in its one place only", async () => {
  await writeFile(join(dir, "token"), "value-of-file");
  const env = { KEY: "value-plain", OTHER: "value-other", PATH: process.env["PATH"], HUB_TOKEN: "the-hubs-own-token" };
  assert.equal(shown(await find({ name: "KEY", from: { env: "OTHER" } }, { env })), "value-other from OTHER");
  assert.equal(shown(await find({ name: "KEY", from: { env: "NONE" } }, { env })), "missing");
  const core = await coreWith([]);
  const file = { ...core, secrets: [{ name: "KEY", from: { t: "file" as const, path: join(dir, "token") } }] };
  const [fromFile] = await resolveSecrets(file, { env, secretsDir: undefined });
  assert.ok(fromFile);
  assert.equal(shown(fromFile), `value-of-file from ${join(dir, "token")}`);
});

test("secrets: a command's output counts, its exit code decides, and it never sees the hub's variables", async () => {
  const env = { PATH: process.env["PATH"], HUB_TOKEN: "the-hubs-own-token", VAULT: "value-of-vault" };
  const run = (script: string) => find({ name: "KEY", from: { command: [process.execPath, "-e", script] } }, { env });
  assert.equal(shown(await run("console.log(process.env.VAULT)")), `value-of-vault from command ${process.execPath}`);
  assert.equal(
    shown(await run("console.log(process.env.HUB_TOKEN ?? 'not-to-be-seen')")),
    `not-to-be-seen from command ${process.execPath}`,
  );
  assert.deepEqual(await run("console.log('value-anyway'); process.exit(3)"), {
    t: "missing",
    name: "KEY",
    looked: [`command ${process.execPath} (exit code 3)`],
    fix: `run ${process.execPath} as the hub's user to see what it says`,
  });
  const none = await find({ name: "KEY", from: { command: ["thehub-no-such-program"] } }, { env });
  assert.ok(none.t === "missing");
  assert.deepEqual(none.looked, ["command thehub-no-such-program (ENOENT)"]);
});

test("secrets: values that could not be masked or handed on are refused", async () => {
  const refused = async (value: string) => {
    const found = await find("KEY", { env: { KEY: value } });
    return found.t === "refused" ? found.reason : found.t;
  };
  assert.match(await refused("1234567"), /shorter than 8 bytes/);
  assert.equal(await refused("12345678"), "found");
  assert.equal(await refused("äöüä"), "found");
  assert.match(await refused("12345678\0"), /NUL/);
  await writeFile(join(dir, "KEY"), Buffer.from([0xff, 0xfe, 0, 1, 2, 3, 4, 5, 6]));
  const binary = await find("KEY", { secretsDir: dir });
  assert.ok(binary.t === "refused" && binary.reason === "it is not UTF-8 text");
});

test("secrets: the hub's own tokens are refused by name and by value", async () => {
  const core = await coreWith([]);
  const reader = {
    env: { HUB_TOKEN: "the-hubs-own-token", KEY: "the-hubs-own-token", OTHER: "a-clients-token" },
    secretsDir: undefined,
  };
  const guarded: SecretReader = {
    ...reader,
    hubTokens: [new Secret("the-hubs-own-token")],
    clientTokenHashes: [createHash("sha256").update("a-clients-token").digest("hex")],
  };
  const secrets = [
    { name: "HUB_TOKEN", from: { t: "search" as const } },
    { name: "T", from: { t: "env" as const, variable: "HUB_TOKEN" } },
    { name: "KEY", from: { t: "search" as const } },
    { name: "OTHER", from: { t: "search" as const } },
  ];
  const found = await resolveSecrets({ ...core, secrets }, guarded);
  assert.deepEqual(
    found.map((secret) => secret.t === "refused" && secret.reason),
    [
      "it is the hub's own",
      "it is the hub's own",
      "it is a token for the hub itself",
      "it is a token for the hub itself",
    ],
  );
});

test("secrets: what is found prints without its value", async () => {
  const found = await find("KEY", { env: { KEY: "value-plain" } });
  assert.ok(!JSON.stringify(found).includes("value-plain"));
});

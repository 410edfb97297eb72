import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fenceRules } from "../../../src/hub/core-fence.ts";
import { resolveSettings } from "../../../src/manifest/settings.ts";
import { loadGood } from "../manifest/load-text.ts";

const folder = await mkdtemp(join(tmpdir(), "thehub-core-fence-"));
after(() => rm(folder, { recursive: true }));

async function rulesOf(text: string, env: Record<string, string>) {
  const manifest = await loadGood(text);
  const resolved = resolveSettings({ env, cwd: folder, hub: manifest.hub });
  assert.ok(resolved.t === "ok", JSON.stringify(resolved));
  return fenceRules({ manifest, settings: resolved.settings }, env["HOME"]);
}

test("core fence: every file that holds a secret is closed, whoever named it", async () => {
  await writeFile(join(folder, "token"), "a-token-of-this-test-0123456789");
  await writeFile(join(folder, "state-key"), "k".repeat(64));
  const { closed, closedIfThere, mode, homes } = await rulesOf(
    `hub:
  fence: required
  tls: { cert: tls.crt, key: tls.key }
clients:
  laptop: { tokens: [{ file: of-laptop }] }
cores:
  local:
    command: x
    secrets: [PLAIN, { name: A, from: { file: of-local } }]
  remote:
    url: https://wiki.example/mcp
    tls: { cert: wiki.crt, key: wiki.key }
    auth: { oauth: { grant: client_credentials, client_id: me, client_secret: { name: B, from: { file: of-remote } } } }
`,
    { HOME: "/home/me", HUB_SECRETS_DIR: "secrets", HUB_TOKEN_FILE: "token", HUB_STATE_KEY_FILE: "state-key" },
  );
  const state = "/home/me/.local/state/thehub";
  const named = [
    ...["secrets", "token", "state-key"].map((name) => join(folder, name)),
    ...["tls.key", "of-laptop", "of-local", "of-remote", "wiki.key"].map((name) => join("/srv/hub", name)),
  ];
  assert.deepEqual([...closed].sort(), [state, ...named].sort());
  assert.deepEqual(closedIfThere, ["/run/secrets"]);
  assert.deepEqual([mode, homes], ["required", undefined]);
});

test("core fence: where HOME is in the state folder, or is it, each Core gets one of its own there", async () => {
  const manifest = "cores: { local: { command: x } }\n";
  const homesOf = async (HOME: string) => (await rulesOf(manifest, { HOME, HUB_STATE_DIR: "/state" })).homes;
  assert.equal(await homesOf("/state/home"), "/state/home");
  assert.equal(await homesOf("/state"), "/state/home");
  assert.equal(await homesOf("/home/me"), undefined);
});

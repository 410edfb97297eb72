// How a Core's secrets are found.
import assert from "node:assert/strict";
import { test } from "node:test";
import { secretFinder } from "../../../src/hub/core-deps.ts";
import { loadManifest } from "../../../src/manifest/load.ts";
import { resolveSettings } from "../../../src/manifest/settings.ts";
import { createMasker } from "../../../src/wire/mask.ts";
import { root } from "../../helpers/hub-process.ts";

test("core secrets: what a Core had at its last two starts is masked, not all it ever had", async () => {
  const text = "cores: { a: { command: node, secrets: [TOKEN, OTHER] } }";
  const loaded = loadManifest({ text, file: "hub.yaml", folder: root });
  assert.ok(loaded.t === "ok");
  const resolved = resolveSettings({ env: {}, cwd: root, hub: loaded.manifest.hub });
  assert.ok(resolved.t === "ok");
  const setup = { manifest: loaded.manifest, settings: resolved.settings };
  const [core] = loaded.manifest.cores;
  assert.ok(core !== undefined);
  const env: Record<string, string> = { HUB_SECRET_OTHER: "the-same-each-time" };
  const masker = createMasker();
  const [one, another] = [secretFinder({ env, masker }), secretFinder({ env, masker })];
  const values = ["first-value", "second-value", "third-value", "value-of-another"];
  const start = async (find: typeof one, n: number) => {
    env["HUB_SECRET_TOKEN"] = values[n] ?? "";
    const found = await find(core, setup);
    assert.ok(found.t === "ok");
    assert.equal(found.values.get("TOKEN")?.reveal(), values[n]);
  };
  await start(another, 3);
  for (const n of [0, 1, 2]) await start(one, n);
  const isMasked = (value: string) => masker.maskText(value) !== value;
  assert.deepEqual(values.map(isMasked), [false, true, true, true]);
  assert.ok(isMasked("the-same-each-time"));
});

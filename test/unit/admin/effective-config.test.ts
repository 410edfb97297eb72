import assert from "node:assert/strict";
import { test } from "node:test";
import { effectiveConfig } from "../../../src/admin/effective-config.ts";
import { loadManifest } from "../../../src/manifest/load.ts";
import { resolveSettings } from "../../../src/manifest/settings.ts";

test("effective config: how a Core is signed in to is there, and nothing that it is done with", () => {
  const from = { command: ["vault", "read", "--token", "hvs.CAESIJ0123456789"] };
  const oauth = { client_id: "hub", client_secret: { name: "S", from }, issuer: "https://login.example" };
  const cores = { wiki: { url: "https://wiki.example/mcp", auth: { oauth } } };
  const loaded = loadManifest({ text: JSON.stringify({ cores }), file: "hub.yaml", folder: "/" });
  assert.ok(loaded.t === "ok");
  const env = { HUB_STATE_KEY: "k".repeat(32) };
  const resolved = resolveSettings({ env, cwd: "/", hub: loaded.manifest.hub });
  assert.ok(resolved.t === "ok");
  const shown = JSON.stringify(effectiveConfig({ manifest: loaded.manifest, settings: resolved.settings }));
  assert.ok(shown.includes('"client_id":"hub"') && shown.includes('"issuer":"https://login.example"'));
  assert.ok(shown.includes('"state_key":"[secret]"'));
  assert.ok(!shown.includes("hvs.") && !shown.includes("kkkk"));
});

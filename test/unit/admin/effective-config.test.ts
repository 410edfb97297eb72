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

test("effective config: headers keep their names and placeholders, and lose credentials", () => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the manifest's own placeholders
  const headers = {
    Authorization: "Bearer hardcoded-123456",
    "X-Api-Key": "${secret:REM_KEY}",
    "X-Auth-Token": "Token ${secret:A}",
    "X-Half-Secret": "abc123${secret:A}",
    "X-Org": "acme",
    Referer: "https://me:pw@x/?access_token=k",
  };
  const cores = { rem: { url: "https://wiki.example/mcp?api_key=${secret:REM_KEY}&token=abc123", headers } };
  const loaded = loadManifest({ text: JSON.stringify({ cores }), file: "hub.yaml", folder: "/" });
  assert.ok(loaded.t === "ok");
  const resolved = resolveSettings({ env: {}, cwd: "/", hub: loaded.manifest.hub });
  assert.ok(resolved.t === "ok");
  const shown = effectiveConfig({ manifest: loaded.manifest, settings: resolved.settings }) as {
    cores: { rem: { remote: Record<string, unknown>; login: Record<string, unknown> } };
  };
  const { remote, login } = shown.cores.rem;
  assert.deepEqual(remote["headers"], {
    Authorization: "[secret]",
    "X-Api-Key": "${secret:REM_KEY}",
    "X-Auth-Token": "Token ${secret:A}",
    "X-Half-Secret": "[secret]",
    "X-Org": "acme",
    Referer: "https://[secret]@x/?access_token=[secret]",
  });
  for (const { url } of [remote, login]) {
    assert.equal(url, "https://wiki.example/mcp?api_key=${secret:REM_KEY}&token=[secret]");
  }
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above
});

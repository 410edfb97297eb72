// Remote Cores behind OAuth, on the built hub: what is said while nobody has signed in, and what `thehub login` changes for whom.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startAuthorizationServer } from "../helpers/authorization-server.ts";
import { startHub } from "../helpers/hub-process.ts";
import { thehub } from "../helpers/thehub.ts";
import { WsClient } from "../helpers/ws-client.ts";

const browser = `${process.execPath} ${fileURLToPath(new URL("../fixtures/logins/browser.mjs", import.meta.url))}`;
const tokens = { operator: "the-token-of-the-operator-0123456789", ann: "the-token-of-ann-0123456789abcdefgh" };
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

test("remote logins: a Core that wants one says so, comes up as soon as somebody signs in, and serves nobody but who did", async () => {
  await using server = await startAuthorizationServer();
  const hash = createHash("sha256").update(tokens.ann).digest("hex");
  await using hub = await startHub({
    manifest: `clients:
  ann: { token_sha256: "${hash}" }
cores:
  wiki:
    url: ${server.coreUrl}
    allow_private: true
    health: { restart_backoff_ms: 60000 }
`,
    env: { HUB_TOKEN: tokens.operator },
  });
  const down = await hub.logged("core_down", ({ core }) => core === "wiki");
  assert.equal(down["code"], "login_needed");
  assert.match(String(down["reason"]), /thehub login wiki/);
  // Another start takes it as the first one did.
  const again = await thehub(["restart", "wiki"], { HUB_STATE_DIR: join(hub.folder, "state") }, hub.folder);
  assert.match(again.stdout, /^wiki: restarted, and needs a login: .*thehub login wiki\n$/, again.stderr);
  await using early = await WsClient.connect(await hub.wsUrl(), bearer(tokens.ann));
  const signedIn = await thehub(
    ["login", "wiki"],
    { HUB_STATE_DIR: join(hub.folder, "state"), BROWSER: browser },
    hub.folder,
  );
  assert.equal(signedIn.code, 0, signedIn.stderr);
  await hub.logged("core_up", ({ core }) => core === "wiki");
  await using operator = await WsClient.connect(await hub.wsUrl(), bearer(tokens.operator));
  const { result } = await operator.call("wiki__look");
  assert.equal(result?.content[0].text, "seen");
  await using ann = await WsClient.connect(await hub.wsUrl(), bearer(tokens.ann));
  // What may not be called is not shown either, also to who came before there was a login.
  const { error } = await ann.call("wiki__look");
  assert.equal(error?.data?.["code"], "name_unknown");
  const listOf = async (client: WsClient) => (await client.request("tools/list")).result.tools.length;
  assert.deepEqual([await listOf(ann), await listOf(early), await listOf(operator)], [0, 0, 1]);
  assert.ok(!early.notifications.some(({ method }) => method === "notifications/tools/list_changed"));
  const page = (await (await fetch(`${await hub.url()}/metrics`)).text()).split("\n");
  for (const line of [
    'thehub_core_logins{core="wiki",state="good"} 1',
    'thehub_core_logins{core="wiki",state="needed"} 0',
    'thehub_core_login_events_total{core="wiki",event="needed"} 1',
    'thehub_core_login_events_total{core="wiki",event="taken_up"} 1',
    'thehub_core_login_events_total{core="wiki",event="failed"} 0',
  ]) {
    assert.ok(page.includes(line), `no ${line} in\n${page.join("\n")}`);
  }
  // What the Core was shown is nowhere to be read.
  const shown = JSON.stringify([hub.logs, error]);
  for (const { authorization } of server.seen) {
    if (authorization?.startsWith("Bearer ")) assert.ok(!shown.includes(authorization.slice(7)));
  }
  await hub.stop();
});

test("remote logins: with a login for each client, each has its own and nobody another's", async () => {
  await using server = await startAuthorizationServer();
  const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");
  const bob = "the-token-of-bob-0123456789abcdefgh";
  await using hub = await startHub({
    manifest: `clients:
  ann: { token_sha256: "${hashOf(tokens.ann)}" }
  bob: { token_sha256: "${hashOf(bob)}" }
cores:
  wiki:
    url: ${server.coreUrl}
    allow_private: true
    credentials: per-user
    isolation: session
    health: { restart_backoff_ms: 60000 }
`,
  });
  const signedIn = await thehub(
    ["login", "wiki", "--for", "ann"],
    { HUB_STATE_DIR: join(hub.folder, "state"), BROWSER: browser },
    hub.folder,
  );
  assert.equal(signedIn.code, 0, signedIn.stderr);
  await using ann = await WsClient.connect(await hub.wsUrl(), bearer(tokens.ann));
  const { result, error } = await ann.call("wiki__look");
  assert.equal(result?.content[0].text, "seen", JSON.stringify(error));
  await using other = await WsClient.connect(await hub.wsUrl(), bearer(bob));
  const refused = await other.call("wiki__look");
  assert.ok(refused.error, JSON.stringify(refused.result));
  const { result: list } = await other.request("tools/list");
  assert.deepEqual(
    list.tools.map(({ name }: { name: string }) => name),
    ["wiki__sign_in"],
  );
  await hub.stop();
});

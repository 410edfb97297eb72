// A login that ends while calls are under way, on the built hub: it is renewed once however many need that, and when it cannot be, everybody is told once
// and nothing else is disturbed.
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { operator } from "../../src/logins/owner.ts";
import type { AuthorizationServer } from "../helpers/authorization-server.ts";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import { type LoginScene, loginScene } from "../helpers/login-scene.ts";
import { type Message, WsClient } from "../helpers/ws-client.ts";

const clients = 4;
const callsEach = 50;

/** A hub whose operator signed in a while ago, and its clients. */
async function house(t: TestContext): Promise<{ scene: LoginScene; hub: HubProcess; all: readonly WsClient[] }> {
  const scene = await loginScene();
  const record = await scene.signIn();
  // A token that is refused as soon as it was made is refused for good; this one was made before.
  const tokens = record.tokens && { ...record.tokens, at: record.tokens.at - 60_000 };
  await scene.vault().alone("wiki", operator, () => scene.vault().write({ ...record, tokens }));
  const hub = await startHub({
    manifest: `cores:
  wiki:
    url: ${scene.server.coreUrl}
    allow_private: true
    policy: { max_concurrency: ${clients * callsEach} }
    health: { restart_backoff_ms: 60000 }
  mirror:
    ${fixture("mirror.mjs")}
`,
    env: { HUB_STATE_DIR: scene.stateDir },
  });
  t.after(async () => {
    await hub[Symbol.asyncDispose]();
    await scene[Symbol.asyncDispose]();
  });
  await hub.logged("core_up", ({ core }) => core === "wiki");
  const url = await hub.wsUrl();
  return { scene, hub, all: await Promise.all(Array.from({ length: clients }, () => WsClient.connect(url))) };
}

const callAll = (all: readonly WsClient[]): Promise<Message[]> =>
  Promise.all(all.flatMap((client) => Array.from({ length: callsEach }, () => client.call("wiki__look"))));

const renewals = (server: AuthorizationServer): number =>
  server.asked("/token").filter(({ parameters }) => parameters["grant_type"] === "refresh_token").length;

async function leave(hub: HubProcess, all: readonly WsClient[]): Promise<void> {
  for (const client of all) {
    assert.deepEqual(client.strays, []);
    await client[Symbol.asyncDispose]();
  }
  await hub.stop();
}

test("login faults: two hundred calls at the moment of a refresh are all answered, and one refresh happens", async (t) => {
  const { scene, hub, all } = await house(t);
  const { server } = scene;
  // The refresh takes until all of them have been refused.
  const refused = server.mcp.refuses(clients * callsEach);
  server.switches.beforeToken = () => refused;
  server.endAccess();
  for (const { result, error } of await callAll(all))
    assert.equal(result?.content[0].text, "seen", JSON.stringify(error));
  assert.equal(renewals(server), 1);
  await leave(hub, all);
});

test("login faults: a refresh token that was revoked is tried once, every call says what to do, and another Core goes on", async (t) => {
  const { scene, hub, all } = await house(t);
  const { server } = scene;
  server.revokeAll();
  const [answers] = await Promise.all([
    callAll(all),
    ...all.map((client) =>
      client.call("mirror__mirror", { x: 1 }).then(({ result }) => assert.deepEqual(result?.raw, { x: 1 })),
    ),
  ]);
  for (const { error } of answers) {
    assert.match(error?.message ?? "", /^core "wiki" needs a login: .*; run: thehub login wiki/i);
    assert.equal(error?.data?.["may_have_run"], false);
    assert.match(String(error?.data?.["code"]), /^login_(?:needed|at_url)$/);
  }
  assert.equal(renewals(server), 1);
  // Whoever signs in ends that, for all of them.
  await scene.signIn();
  await hub.logged("core_up", ({ core, generation }) => core === "wiki" && Number(generation) > 1);
  for (const { result, error } of await callAll(all))
    assert.equal(result?.content[0].text, "seen", JSON.stringify(error));
  const shown = JSON.stringify([hub.logs, answers]);
  for (const { authorization } of server.seen)
    assert.ok(authorization === undefined || !shown.includes(authorization.slice(7)));
  await leave(hub, all);
});

// Which logins of a hub's Cores are counted, and until when.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { lackOf } from "../../../src/base/credential.ts";
import { CoreLogins } from "../../../src/hub/core-logins.ts";
import { loadManifest } from "../../../src/manifest/load.ts";
import { resolveSettings } from "../../../src/manifest/settings.ts";
import type { Principal } from "../../../src/sessions/principal.ts";
import type { Reading } from "../../../src/telemetry/metrics.ts";
import { createMasker } from "../../../src/wire/mask.ts";
import { root } from "../../helpers/hub-process.ts";
import { type LoginScene, loginScene } from "../../helpers/login-scene.ts";

const proof = { t: "token", digest: "" } as unknown as Principal["proof"];
const principal = (id: string): Principal => ({
  ...{ id, name: id, client: id, shared: false, until: undefined, proof },
  ...{ allow: undefined, deny: [], admin: false },
});

/** The Core is the scene's; `more`: of its entry in the manifest. */
function hubOf(scene: LoginScene) {
  const setupOf = (more: string, clients: readonly string[] = [], cores: readonly string[] = ["wiki"]) => {
    const entry = `{ url: "${scene.server.coreUrl}", allow_private: true, ${more} }`;
    const known = clients.map(
      (name) => `${name}: { token_sha256: "${createHash("sha256").update(name).digest("hex")}" }`,
    );
    const text = `clients: { ${known.join(", ")} }\ncores: { ${cores.map((key) => `${key}: ${entry}`).join(", ")} }`;
    const loaded = loadManifest({ text, file: "hub.yaml", folder: root });
    assert.ok(loaded.t === "ok", JSON.stringify(loaded));
    const env = { HUB_STATE_DIR: scene.stateDir };
    const resolved = resolveSettings({ env, cwd: root, hub: loaded.manifest.hub });
    assert.ok(resolved.t === "ok");
    return { manifest: loaded.manifest, settings: resolved.settings };
  };
  let setup = setupOf("");
  const logins = new CoreLogins({
    ...{
      clock: scene.clock,
      log: scene.log,
      masker: createMasker(),
      env: { HUB_SECRET_WIKI: "a-secret-of-the-hub" },
      isOwnClient: false,
    },
    setup: () => setup,
    shownBy: () => undefined,
    changed: () => {},
  });
  const put = (...parameters: Parameters<typeof setupOf>) => {
    setup = setupOf(...parameters);
    logins.review();
  };
  /** Undefined: the instance that is nobody's. */
  const core = () => {
    const [first] = setup.manifest.cores;
    assert.ok(first !== undefined);
    return first;
  };
  const credentialOf = async (who: string | undefined) => {
    const credential = await logins.credential(core(), who === undefined ? undefined : principal(who));
    assert.ok(credential !== undefined);
    return credential;
  };
  const call = async (who?: string) => scene.call(await credentialOf(who));
  return { logins, put, call, credentialOf, core, [Symbol.asyncDispose]: () => logins.close() };
}

const present = (readings: readonly Reading[]) =>
  Object.fromEntries(
    readings.filter(([, value]) => value > 0).map(([labels, value]) => [[labels].flat().join(" "), value]),
  );

const perUser = "credentials: per-user, isolation: session";

test("core logins: the operator's is not counted where each client has its own, as nobody need sign in to it", async () => {
  await using scene = await loginScene();
  await using hub = hubOf(scene);
  const { logins, put, call } = hub;
  assert.equal(await call(), 401);
  assert.deepEqual(present(logins.states()), { "wiki needed": 1 });
  assert.deepEqual(present(logins.events()), { "wiki needed": 1 });
  put(perUser);
  assert.deepEqual(present(logins.states()), {});
  assert.deepEqual(present(logins.events()), {});
  assert.equal(await call("ann"), 401);
  assert.deepEqual(present(logins.states()), { "wiki needed": 1 });
  assert.deepEqual(present(logins.events()), { "wiki needed": 1 });
});

test("core logins: those of Cores and clients that are gone are forgotten, once no instance goes by them", async () => {
  await using scene = await loginScene();
  await using hub = hubOf(scene);
  const { logins, put, call, credentialOf } = hub;
  put(perUser, ["ann", "bob", "eve"]);
  for (const who of ["ann", "bob", "eve"]) assert.equal(await call(who), 401);
  const bobs = await credentialOf("bob");
  const endWatch = bobs.watch(() => {});
  put(perUser, ["ann"]);
  assert.deepEqual(present(logins.states()), { "wiki needed": 2 });
  assert.equal(await credentialOf("bob"), bobs);
  endWatch();
  assert.deepEqual(present(logins.states()), { "wiki needed": 1 });
  put("", ["ann"], ["other"]);
  put(perUser, ["ann"]);
  assert.deepEqual(present(logins.states()), {});
});

test("core logins: one whose client came back before its instance was gone is kept", async () => {
  await using scene = await loginScene();
  await using hub = hubOf(scene);
  const { logins, put, call, credentialOf } = hub;
  put(perUser, ["ann"]);
  assert.equal(await call("ann"), 401);
  const endWatch = (await credentialOf("ann")).watch(() => {});
  put(perUser, []);
  put(perUser, ["ann"]);
  endWatch();
  assert.deepEqual(present(logins.states()), { "wiki needed": 1 });
});

test("core logins: what helps is said to the operator of a Core where each client signs in for itself", async () => {
  await using scene = await loginScene();
  await using hub = hubOf(scene);
  const { put, call, credentialOf } = hub;
  put(perUser, ["ann"]);
  assert.equal(await call(), 401);
  assert.match(
    lackOf((await credentialOf(undefined)).state)?.fix ?? "",
    /thehub login wiki --for CLIENT .*operator's own/,
  );
  assert.equal(await call("ann"), 401);
  assert.equal(lackOf((await credentialOf("ann")).state)?.fix, "run: thehub login wiki --for ann");
  const person = "eng https://login.example u-17";
  assert.equal(await call(person), 401);
  assert.match(lackOf((await credentialOf(person)).state)?.fix ?? "", /^sign in on the hub's page/);
});

test("core logins: where tokens are exchanged nobody signs in, and no other login is counted", async () => {
  await using scene = await loginScene();
  await using hub = hubOf(scene);
  const { logins, put, call, credentialOf, core } = hub;
  const oauth = `{ grant: token-exchange, issuer: "${scene.server.issuer}", client_id: the-hub, client_secret: WIKI }`;
  put(`${perUser}, auth: { oauth: ${oauth} }`, ["ann"]);
  assert.equal(await call("ann"), 401);
  assert.equal(await logins.signIn(core(), principal("ann")), undefined);
  assert.deepEqual(present(logins.states()), {});
  assert.equal(await call(), 401);
  assert.match(lackOf((await credentialOf(undefined)).state)?.fix ?? "", /^nothing is to be done/);
});

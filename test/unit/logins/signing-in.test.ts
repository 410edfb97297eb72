// What a login asks the authorization server for, and as whom.
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { type Clock, systemClock } from "../../../src/base/clock.ts";
import { Secret } from "../../../src/base/secret.ts";
import { beginWithDevice } from "../../../src/logins/device.ts";
import { operator } from "../../../src/logins/owner.ts";
import { revoke } from "../../../src/logins/revocation.ts";
import { beginInBrowser } from "../../../src/logins/signing-in.ts";
import { answerOf, loginScene } from "../../helpers/login-scene.ts";

const redirectUrl = "http://127.0.0.1:1/callback";

test("signing in: the hub registers itself once, and describes itself where the server takes that instead", async () => {
  await using scene = await loginScene();
  await scene.signIn();
  await scene.signIn();
  assert.equal(scene.server.asked("/register").length, 1);
  scene.server.switches.metadataDocuments = true;
  const clientMetadataUrl = "https://hub.example/oauth/client.json";
  const record = await scene.signIn(scene.target({ clientMetadataUrl }));
  assert.equal(record.client.id, clientMetadataUrl);
  assert.equal(scene.server.asked("/register").length, 1);
});

test("signing in: a client of the manifest is used as it is, and its secret is not kept", async () => {
  await using scene = await loginScene({ registration: false });
  scene.server.clients.set("known", { secret: "secret-of-known", redirectUris: [redirectUrl] });
  const oauth = { clientId: "known", clientSecret: new Secret("secret-of-known"), issuer: scene.server.issuer };
  const record = await scene.signIn(scene.target(oauth));
  assert.equal(record.client.id, "known");
  assert.ok(!JSON.stringify(record).includes("secret-of-known"));
  assert.match(scene.server.asked("/token")[0]?.authorization ?? "", /^Basic /);
});

test("signing in: a secret may have any characters, whichever way it is shown", async () => {
  const secret = "a+b/c d%20=:e==";
  for (const authMethods of [["client_secret_basic"], ["client_secret_post"]]) {
    await using scene = await loginScene({ registration: false, authMethods });
    scene.server.clients.set("id:of+it", { secret, redirectUris: [redirectUrl], method: authMethods[0] });
    const oauth = { clientId: "id:of+it", clientSecret: new Secret(secret), issuer: scene.server.issuer };
    const record = await scene.signIn(scene.target(oauth));
    assert.match(record.tokens?.access ?? "", /^access-/);
  }
});

test("signing in: a private key proves the client, and is not sent", async () => {
  await using scene = await loginScene({ registration: false, authMethods: ["private_key_jwt"] });
  scene.server.clients.set("known", { secret: undefined, redirectUris: [redirectUrl] });
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const issuer = scene.server.issuer;
  await scene.signIn(
    scene.target({ clientId: "known", privateKey: { key: new Secret(pem), algorithm: "ES256" }, issuer }),
  );
  const parameters = scene.server.asked("/token")[0]?.parameters ?? {};
  const claims = JSON.parse(Buffer.from(parameters["client_assertion"]?.split(".")[1] ?? "", "base64url").toString());
  assert.deepEqual([claims.iss, claims.sub, claims.aud], ["known", "known", issuer]);
});

test("signing in: a server that does not say that it takes PKCE is gone to only where the manifest names it", async () => {
  for (const openIdOnly of [false, true]) {
    await using scene = await loginScene({ isPkceAdvertised: false, openIdOnly });
    await assert.rejects(scene.signIn(), /does not say that it takes PKCE.*auth\.oauth\.issuer/);
    assert.equal(scene.server.asked("/authorize").length, 0);
    const record = await scene.signIn(scene.target({ issuer: scene.server.issuer }));
    assert.match(record.tokens?.access ?? "", /^access-/);
  }
});

test("signing in: a client shows itself in one way, to whichever endpoint it is", async () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = new Secret(privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  for (const method of ["client_secret_post", "client_secret_basic", "private_key_jwt"]) {
    await using scene = await loginScene({ device: true, authMethods: [method] });
    const { server } = scene;
    const isKey = method === "private_key_jwt";
    if (isKey) server.clients.set("known", { secret: undefined, redirectUris: [redirectUrl], method });
    const oauth = isKey
      ? { clientId: "known", privateKey: { key, algorithm: "ES256" }, issuer: server.issuer }
      : { issuer: server.issuer };
    const target = scene.target(oauth);
    const deps = { clock: scene.clock, vault: scene.vault() };
    const begun = await beginWithDevice(deps, { target, owner: operator, redirectUrl: undefined });
    assert.equal(begun.userCode, "WDJB-MJHT", method);
    const record = await scene.signIn(target);
    assert.deepEqual(await revoke(deps, target, record), { t: "revoked" }, method);
    assert.equal(server.asked("/revoke").length, 2);
  }
});

test("signing in: the manifest's client is shown to no authorization server but its own", async () => {
  await using scene = await loginScene();
  await using other = await loginScene();
  scene.server.clients.set("known", { secret: "secret-of-known", redirectUris: [redirectUrl] });
  const oauth = { clientId: "known", clientSecret: new Secret("secret-of-known"), issuer: other.server.issuer };
  await assert.rejects(scene.signIn(scene.target(oauth)), /it trusts http.*auth\.oauth\.issuer is/);
  assert.equal(scene.server.asked("/authorize").length + scene.server.asked("/token").length, 0);
});

test("signing in: the manifest's scopes are asked for instead of the Core's, and what keeps the login alive beside them", async () => {
  await using scene = await loginScene({ coreScopes: ["everything"], scopesSupported: ["read", "offline_access"] });
  await scene.signIn(scene.target({ scopes: ["read"] }));
  const parameters = scene.server.asked("/authorize")[0]?.parameters ?? {};
  assert.equal(parameters["scope"], "read offline_access");
  assert.equal(parameters["prompt"], "consent");
});

test("signing in: an answer is good once", async () => {
  await using scene = await loginScene();
  const deps = { clock: scene.clock, vault: scene.vault() };
  const begun = await beginInBrowser(deps, { target: scene.target(), owner: operator, redirectUrl });
  const answer = await answerOf(begun.url);
  await begun.finish(answer);
  await assert.rejects(begun.finish(answer), /this answer has been used/);
  assert.equal(scene.server.asked("/token").length, 1);
});

test("signing in: an answer that names another issuer, or none where one was promised, is not redeemed", async () => {
  for (const iss of ["wrong", "absent"] as const) {
    await using scene = await loginScene({ iss });
    await assert.rejects(scene.signIn(), /does not come from the authorization server that was asked/);
    assert.equal(scene.server.asked("/token").length, 0);
  }
});

test("signing in: a Core that does not say whom it trusts is asked where it is", async () => {
  await using scene = await loginScene({ resourceMetadata: "absent" });
  await assert.rejects(scene.signIn(), { code: "login_failed" });
  const paths = new Set(scene.server.seen.map(({ path }) => path));
  assert.equal(paths.size, 0);
});

test("signing in: tokens that no header can carry are refused", async () => {
  for (const access of ["two words", "line\nbreak", ""]) {
    await using scene = await loginScene();
    scene.server.switches.tokenAnswer = {
      status: 200,
      body: JSON.stringify({ access_token: access, token_type: "Bearer" }),
    };
    await assert.rejects(scene.signIn(), /none that a header can carry/);
  }
});

test("device: a server that fails for a while is asked again, each time after twice as long; one that says no is not", async () => {
  await using scene = await loginScene({ device: true });
  const { server } = scene;
  const waits: number[] = [];
  const after: Clock["after"] = (ms, fn) => {
    // That of each poll; the server's answers have longer.
    if (ms > 10_000) return systemClock.after(ms, fn);
    waits.push(ms);
    server.switches.tokenAnswer = answers[waits.length - 1];
    return systemClock.after(0, fn);
  };
  const refused = (error: string) => ({ status: 400, body: JSON.stringify({ error }) });
  const answers = [
    refused("authorization_pending"),
    { status: 503, body: "busy", type: "text/plain" },
    { status: 502, body: "<html>", type: "text/html" },
    refused("slow_down"),
    undefined,
    refused("access_denied"),
  ];
  const clock = { ...systemClock, after };
  const request = { target: scene.target(), owner: operator, redirectUrl: undefined };
  const signal = new AbortController().signal;
  const agreed = await beginWithDevice({ clock, vault: scene.vault() }, request);
  waits.length = 0;
  server.isDeviceApproved = true;
  const record = await agreed.finish(signal);
  assert.match(record.tokens?.access ?? "", /^access-/);
  assert.deepEqual(waits, [1000, 1000, 2000, 4000, 9000]);
  const denied = await beginWithDevice({ clock, vault: scene.vault() }, request);
  answers[0] = refused("access_denied");
  waits.length = 0;
  await assert.rejects(denied.finish(signal), /access_denied/);
});

test("device: waits as the server says, and ends when it is stopped", async () => {
  await using scene = await loginScene({ device: true });
  const deps = { clock: scene.clock, vault: scene.vault() };
  const begun = await beginWithDevice(deps, { target: scene.target(), owner: operator, redirectUrl: undefined });
  assert.equal(begun.userCode, "WDJB-MJHT");
  assert.equal(begun.expiresInMs, 600_000);
  const stopped = new AbortController();
  const finished = begun.finish(stopped.signal);
  stopped.abort();
  await assert.rejects(finished, /it was stopped/);
  assert.equal((await scene.vault().read("wiki", operator)).t, "nothing");
});

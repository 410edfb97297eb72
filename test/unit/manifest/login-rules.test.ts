import assert from "node:assert/strict";
import { test } from "node:test";
import { loadManifest } from "../../../src/manifest/load.ts";

/** As `thehub login` reads it. */
function load(text: string) {
  return loadManifest({ text, file: "hub.yaml", folder: "/" });
}

/** What is wrong with a Core that has these keys besides its url, as `severity path: message`. */
function problemsOf(keys: object, clients?: object): string[] {
  const loaded = load(JSON.stringify({ cores: { wiki: { url: "https://wiki.example/mcp", ...keys } }, clients }));
  const problems = loaded.t === "ok" ? loaded.warnings : loaded.problems;
  return problems.map(({ severity, path, message }) => `${severity} ${path}: ${message}`);
}

test("logins in a manifest: all of it is read, with its defaults", () => {
  const oauth = {
    client_id: "hub",
    private_key: { name: "KEY", from: { file: "key.pem" } },
    issuer: "https://login.example",
    scopes: ["read"],
    redirect_url: "http://localhost:8765/callback",
  };
  const text = JSON.stringify({
    cores: { wiki: { url: "wss://wiki.example", credentials: "per-user", isolation: "session", auth: { oauth } } },
  });
  const loaded = load(text);
  assert.ok(loaded.t === "ok");
  assert.deepEqual(loaded.manifest.cores[0]?.login, {
    url: "wss://wiki.example",
    allowPrivate: false,
    tls: undefined,
    credentials: "per-user",
    grant: "authorization_code",
    clientId: "hub",
    clientSecret: undefined,
    privateKey: { secret: { name: "KEY", from: { t: "file", path: "/key.pem" } }, algorithm: "RS256" },
    clientMetadataUrl: undefined,
    redirectUrl: "http://localhost:8765/callback",
    scopes: ["read"],
    issuer: "https://login.example",
  });
});

test("logins in a manifest: what does not belong together is an error", () => {
  const client = { client_id: "hub", client_secret: "SECRET", issuer: "https://login.example" };
  const found = (oauth: object, more: object = {}) => problemsOf({ auth: { oauth }, ...more }, undefined);
  assert.deepEqual(found(client), []);
  assert.deepEqual(found({ ...client, private_key: "KEY" }), [
    "error cores.wiki.auth.oauth.private_key: there is a client_secret as well",
  ]);
  assert.deepEqual(found({ client_secret: "SECRET", issuer: "https://login.example" }), [
    "error cores.wiki.auth.oauth.client_secret: it is the proof of a client, and client_id is missing",
  ]);
  assert.deepEqual(found({ grant: "client_credentials", client_id: "hub" }), [
    "error cores.wiki.auth.oauth.grant: the hub has nothing to sign in as itself with",
  ]);
  assert.deepEqual(found({ ...client, grant: "client_credentials" }, { credentials: "per-user" }), [
    "error cores.wiki.credentials: the hub signs in as itself: there is one login",
  ]);
  assert.deepEqual(found({ ...client, issuer: "http://login.example" }), [
    "error cores.wiki.auth.oauth.issuer: tokens go over https only",
  ]);
});

test("logins in a manifest: a client's secret that any server may be shown is a warning", () => {
  assert.deepEqual(problemsOf({ auth: { oauth: { client_id: "hub", client_secret: "SECRET" } } }), [
    "warning cores.wiki.auth.oauth.client_secret: whichever authorization server the Core names is shown this client's client_secret",
  ]);
});

test("logins in a manifest: whose login is whose does not go without saying", () => {
  const clients = { laptop: { token_sha256: "a".repeat(64) } };
  assert.deepEqual(problemsOf({ credentials: "shared" }), [
    "warning cores.wiki.credentials: everyone who may call this Core acts as the person who signed in",
  ]);
  assert.deepEqual(problemsOf({ auth: { oauth: {} } }, clients), [
    'warning cores.wiki: its login serves the operator alone: clients such as "laptop" are refused',
  ]);
  assert.deepEqual(problemsOf({ credentials: "per-user", isolation: "session" }, clients), []);
  // It may need no login at all.
  assert.deepEqual(problemsOf({}, clients), []);
  assert.deepEqual(problemsOf({}), []);
  const itself = { grant: "client_credentials", client_id: "a", client_secret: "S", issuer: "https://login.example" };
  assert.deepEqual(problemsOf({ credentials: "shared", auth: { oauth: itself } }, clients), []);
});

test("logins in a manifest: a secret written where its name belongs is not repeated", () => {
  const [found = ""] = problemsOf({ auth: { oauth: { client_id: "hub", client_secret: "sk-live-0123456789" } } });
  assert.match(found, /client_secret/);
  assert.ok(!found.includes("sk-live"));
});

test("logins in a manifest: certificates of a Core's own are for TLS, and a client's has two parts", () => {
  assert.deepEqual(problemsOf({ tls: { ca: "ca.crt", cert: "hub.crt", key: "hub.key" } }), []);
  assert.deepEqual(problemsOf({ tls: { cert: "hub.crt" } }), ["error cores.wiki.tls.cert: key is missing"]);
  assert.deepEqual(problemsOf({ tls: { key: "hub.key" } }), ["error cores.wiki.tls.key: cert is missing"]);
  const [plain] = problemsOf({ url: "http://wiki.example/mcp", tls: { ca: "ca.crt" } });
  assert.equal(plain, "error cores.wiki.tls: does not go with http://");
});

test("logins in a manifest: what clients showed is exchanged at one server that is named, and for each person alone", () => {
  const grant = { grant: "token-exchange", client_id: "hub", client_secret: "SECRET", issuer: "https://login.example" };
  const found = (oauth: object, more: object = {}) => problemsOf({ auth: { oauth }, ...more }, undefined);
  const personal = { credentials: "per-user", isolation: "session" };
  assert.deepEqual(found(grant, personal), []);
  const nobody =
    "error cores.wiki.auth.oauth.grant: the hub's client at the one server that may see tokens of clients is missing";
  assert.deepEqual(found({ ...grant, issuer: undefined }, personal), [nobody]);
  assert.deepEqual(found({ grant: "token-exchange", issuer: "https://login.example" }, personal), [nobody]);
  assert.deepEqual(
    found(grant, { credentials: "shared" })[0],
    "error cores.wiki.auth.oauth.grant: what comes of it is each person's own",
  );
  assert.deepEqual(found(grant), ["error cores.wiki.auth.oauth.grant: what comes of it is each person's own"]);
});

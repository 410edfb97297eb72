import assert from "node:assert/strict";
import { test } from "node:test";
import { loadManifest } from "../../../src/manifest/load.ts";
import { resolveSettings } from "../../../src/manifest/settings.ts";

const issuer = "https://id.example";

function load(manifest: object) {
  const text = JSON.stringify({ cores: { a: { command: "x" } }, ...manifest });
  return loadManifest({ text, file: "hub.yaml", folder: "/srv" });
}

/** As `severity path: message`. */
function problemsOf(manifest: object): string[] {
  const loaded = load(manifest);
  const problems = loaded.t === "ok" ? loaded.warnings : loaded.problems;
  return problems.map(({ severity, path, message }) => `${severity} ${path}: ${message}`);
}

/** Of clients with these conditions, in order. */
function conditions(...rules: object[]): string[] {
  const clients = Object.fromEntries(rules.map((jwt, at) => [`c${at}`, { jwt: { issuer, ...jwt } }]));
  return problemsOf({ clients }).map((problem) => problem.replace(/ at hub.yaml:\d+:\d+/, ""));
}

test("identity in a manifest: providers are those that clients name, with what hub.auth says of them", () => {
  const loaded = load({
    hub: {
      auth: {
        issuers: {
          [issuer]: {
            jwks_url: "https://id.example/keys",
            audience: ["api://hub"],
            algorithms: ["RS256"],
            clock_skew_s: 5,
            ca: "tls/ca.crt",
            scopes: ["mcp"],
          },
        },
      },
    },
    clients: {
      eng: { jwt: { issuer, groups: ["eng"], groups_claim: "roles", scopes: ["w"], claims: { a: 1, b: ["x", true] } } },
      guests: { token_sha256: "ab".repeat(32), jwt: { issuer: "https://other.example/realms/a", subjects: ["7"] } },
    },
  });
  assert.ok(loaded.t === "ok");
  const { hub, clients } = loaded.manifest;
  const written = {
    url: issuer,
    jwksUrl: "https://id.example/keys",
    audience: ["api://hub"],
    algorithms: ["RS256"],
    clockSkewS: 5,
    ca: "/srv/tls/ca.crt",
    scopes: ["mcp"],
  };
  const unwritten = {
    url: "https://other.example/realms/a",
    jwksUrl: undefined,
    audience: [],
    algorithms: undefined,
    clockSkewS: 30,
    ca: undefined,
    scopes: [],
  };
  assert.deepEqual(hub.auth.issuers, [written, unwritten]);
  const [eng, guests] = clients;
  assert.deepEqual(eng?.tokens, []);
  assert.deepEqual(eng?.jwt, {
    issuer,
    subjects: [],
    groups: ["eng"],
    groupsClaim: "roles",
    scopes: ["w"],
    claims: { a: [1], b: ["x", true] },
  });
  assert.deepEqual(guests?.jwt?.subjects, ["7"]);
});

test("identity in a manifest: what nobody may rely on is an error", () => {
  const jwt = (value: object) => problemsOf({ clients: { eng: { jwt: value } } });
  assert.deepEqual(jwt({ issuer }), []);
  assert.deepEqual(jwt({ issuer: "http://localhost:9000" }), []);
  assert.deepEqual(jwt({ issuer: "http://id.example" }), [
    "error clients.eng.jwt.issuer: what comes over http can be anybody's: keys come over https only",
  ]);
  assert.deepEqual(jwt({ issuer: "http://localhost.evil.example" }).length, 1);
  for (const bad of [
    "id.example",
    "https://id.example?x",
    "https://id.example#x",
    "https://u@id.example",
    "https://a b",
  ]) {
    assert.match(jwt({ issuer: bad }).join(), /^error clients.eng.jwt.issuer: .* is not allowed here$/, bad);
  }
  assert.match(jwt({ groups: ["eng"] }).join(), /clients.eng.jwt: issuer is missing/);
  assert.match(jwt({ issuer, groups: [] }).join(), /the list is empty/);
  assert.match(jwt({ issuer, scopes: ["a b"] }).join(), /is not allowed here/);
  assert.match(jwt({ issuer, claims: { a: { b: 1 } } }).join(), /must be text or a number or true or false or a list/);
  assert.deepEqual(problemsOf({ clients: { eng: {} } }), [
    "error clients.eng: none of token_sha256, tokens, jwt, certificate, socket is there",
  ]);
  const issuers = (value: object) => {
    return problemsOf({ hub: { auth: { issuers: value } }, clients: { eng: { jwt: { issuer } } } });
  };
  assert.match(issuers({ [issuer]: { algorithms: ["HS256"] } }).join(), /"HS256" is not a known value/);
  assert.match(issuers({ [issuer]: { algorithms: ["none"] } }).join(), /"none" is not a known value/);
  assert.match(issuers({ [issuer]: { jwks_url: "http://id.example/keys" } }).join(), /keys come over https only/);
  assert.deepEqual(issuers({ "https://id.example/": {} }), [
    'warning hub.auth.issuers["https://id.example/"]: no client is of this issuer: its tokens let nobody in',
  ]);
});

test("identity in a manifest: a client that an earlier one always covers is told of", () => {
  const covered = ["warning clients.c1.jwt: client c0 comes first and takes all that this would"];
  assert.deepEqual(conditions({}, { groups: ["eng"] }), covered);
  assert.deepEqual(conditions({ groups: ["eng", "ops"] }, { groups: ["eng"] }), covered);
  assert.deepEqual(conditions({ groups: ["eng"] }, { groups: ["eng"], scopes: ["w"] }), covered);
  assert.deepEqual(conditions({ claims: { a: [1, 2] } }, { claims: { a: 2, b: 3 } }), covered);
  assert.deepEqual(conditions({ groups: ["eng"] }, {}), []);
  assert.deepEqual(conditions({ groups: ["eng"] }, { groups: ["eng", "ops"] }), []);
  assert.deepEqual(conditions({ groups: ["eng"] }, { groups: ["eng"], groups_claim: "roles" }), []);
  assert.deepEqual(conditions({ scopes: ["w"] }, { groups: ["eng"] }), []);
  assert.deepEqual(conditions({ claims: { a: 1 } }, { claims: { a: "1" } }), []);
  assert.deepEqual(conditions({}, { issuer: "https://other.example" }), []);
});

test("identity in a manifest: without a public URL it has to be written what tokens are for", () => {
  const problems = (audience: object, env: object, hub: object = {}) => {
    const auth = { issuers: { [issuer]: audience } };
    const loaded = load({ hub: { auth, ...hub }, clients: { eng: { jwt: { issuer } } } });
    assert.ok(loaded.t === "ok");
    const resolved = resolveSettings({ env: { HOME: "/", ...env }, cwd: "/", hub: loaded.manifest.hub });
    const found = resolved.t === "ok" ? resolved.warnings : resolved.problems;
    return found.map(({ severity, path, message }) => `${severity} ${path}: ${message}`);
  };
  const unknown = `error HUB_PUBLIC_URL: not set, so it is not known which tokens of ${issuer} are for this hub`;
  const untold = `warning HUB_PUBLIC_URL: not set, so clients are not told that ${issuer} has tokens for this hub`;
  assert.deepEqual(problems({}, {}), [unknown]);
  assert.deepEqual(problems({}, { HUB_PUBLIC_URL: "https://hub.example" }), []);
  assert.deepEqual(problems({}, {}, { public_url: "https://hub.example" }), []);
  assert.deepEqual(problems({ audience: ["api://hub"] }, {}), [untold]);
});

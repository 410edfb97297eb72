import assert from "node:assert/strict";
import { test } from "node:test";
import { claimAt, clientOfClaims, fitOf } from "../../../src/identity/claims.ts";
import type { JwtRule } from "../../../src/manifest/manifest.ts";

const issuer = "https://id.example";

function rule(more: Partial<JwtRule> = {}): JwtRule {
  return { issuer, subjects: [], groups: [], groupsClaim: "groups", scopes: [], claims: {}, ...more };
}

function why(claims: object, more: Partial<JwtRule>): string {
  const fit = fitOf({ iss: issuer, sub: "alice", ...claims }, rule(more));
  return fit.t === "no" ? fit.why : fit.t;
}

test("claims: every condition of a client has to hold, and the first that does not is named", () => {
  assert.equal(why({}, {}), "fits");
  assert.equal(why({ iss: "https://id.example/" }, {}), 'iss is "https://id.example/", not "https://id.example"');
  assert.equal(why({}, { subjects: ["alice", "bob"] }), "fits");
  assert.equal(why({}, { subjects: ["bob"] }), 'sub is "alice", not "bob"');
  assert.equal(why({ groups: ["ops", "eng"] }, { groups: ["eng"] }), "fits");
  assert.equal(why({ groups: "eng" }, { groups: ["eng"] }), "fits");
  assert.equal(why({ groups: ["ops"] }, { groups: ["eng", "qa"] }), 'groups is ["ops"], without any of "eng", "qa"');
  assert.equal(why({}, { groups: ["eng"] }), 'groups is not there, without "eng"');
  assert.equal(why({ groups: ["eng-x", "ENG", " eng"] }, { groups: ["eng"] }).startsWith("groups is"), true);
  const claims = { department: ["research", "sales"], email_verified: [true] };
  assert.equal(why({ department: "sales", email_verified: true }, { claims }), "fits");
  assert.equal(why({ department: "sales", email_verified: "true" }, { claims }), 'email_verified is "true", not true');
});

test("claims: a group claim may be deep inside, and its name may have dots of its own", () => {
  const claims = {
    "https://acme.example/roles": ["a"],
    realm_access: { roles: ["b"] },
    resource_access: { "my.app": { roles: ["c"] } },
    "realm_access.odd": "d",
  };
  assert.deepEqual(claimAt(claims, "https://acme.example/roles"), ["a"]);
  assert.deepEqual(claimAt(claims, "realm_access.roles"), ["b"]);
  assert.deepEqual(claimAt(claims, "resource_access.my.app.roles"), ["c"]);
  assert.equal(claimAt(claims, "realm_access.odd"), "d");
  for (const name of ["toString", "constructor.name", "__proto__.x", "realm_access.roles.0", "realm_access.", "."]) {
    assert.equal(claimAt(claims, name), undefined, name);
  }
});

test("claims: the first client in manifest order that fits is the caller's, and what was looked at before is told", () => {
  const clients = [
    { name: "laptop", jwt: undefined },
    { name: "admins", jwt: rule({ groups: ["admins"] }) },
    { name: "eng", jwt: rule({ groups: ["eng"] }) },
    { name: "everybody", jwt: rule() },
  ];
  const claimed = clientOfClaims({ iss: issuer, sub: "alice", groups: ["eng"] }, clients);
  assert.equal(claimed.client?.name, "eng");
  assert.deepEqual(
    claimed.tried.map(({ client, fit }) => [client.name, fit.t]),
    [
      ["admins", "no"],
      ["eng", "fits"],
    ],
  );
  assert.equal(clientOfClaims({ iss: issuer, sub: "bob" }, clients).client?.name, "everybody");
  assert.equal(clientOfClaims({ iss: "https://other.example", sub: "bob" }, clients).client, undefined);
});

test("claims: scopes are read as each provider writes them", () => {
  const scopes = ["mcp", "mcp:write"];
  const fit = (claims: object) => fitOf({ iss: issuer, ...claims }, rule({ scopes }));
  assert.deepEqual(fit({ scope: "openid mcp:write mcp" }), { t: "fits" });
  assert.deepEqual(fit({ scope: ["mcp", "mcp:write"] }), { t: "fits" });
  assert.deepEqual(fit({ scp: "mcp mcp:write" }), { t: "fits" });
  assert.deepEqual(fit({ scp: ["mcp", "mcp:write"] }), { t: "fits" });
  assert.deepEqual(fit({ scope: "mcp" }), { t: "scopes", missing: ["mcp:write"] });
  assert.deepEqual(fit({ scope: "mcpx mcp:write,mcp" }), { t: "scopes", missing: scopes });
  assert.deepEqual(fit({ scope: { mcp: true } }), { t: "scopes", missing: scopes });
});

test("claims: a caller whom only scopes keep out is told which it takes, unless another client fits", () => {
  const writers = { name: "writers", jwt: rule({ groups: ["eng"], scopes: ["mcp", "mcp:write"] }) };
  const readers = { name: "readers", jwt: rule({ groups: ["eng"], scopes: ["mcp"] }) };
  const claims = { iss: issuer, sub: "alice", groups: ["eng"] };
  assert.deepEqual(clientOfClaims(claims, [writers, readers]).stepUp, { client: readers, scopes: ["mcp"] });
  assert.deepEqual(clientOfClaims(claims, [writers]).stepUp, { client: writers, scopes: ["mcp", "mcp:write"] });
  assert.equal(clientOfClaims({ ...claims, scope: "mcp" }, [writers, readers]).client, readers);
  assert.equal(clientOfClaims({ ...claims, scope: "mcp" }, [writers, readers]).stepUp, undefined);
  assert.equal(clientOfClaims({ ...claims, groups: [] }, [writers, readers]).stepUp, undefined);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { issuerKey } from "../../helpers/token-issuer.ts";
import { JwtScene, publicUrl, resource } from "./jwt-scene.ts";

test("signed tokens: who they are for is a caller of its own, with the rights of its client, until they end", async () => {
  await using scene = await JwtScene.open({ clients: [{ name: "eng", jwt: { groups: ["eng"] }, admin: true }] });
  const { issuer, clock } = scene;
  const token = await issuer.token(resource, { groups: ["eng"], sub: "alice" });
  const result = await scene.ask(token);
  assert.ok(result.t === "ok");
  const { principal } = result;
  assert.equal(principal.id, `eng ${issuer.url} alice`);
  assert.equal(principal.name, "eng:alice");
  assert.equal(principal.client, "eng");
  assert.equal(principal.admin, true);
  assert.equal(principal.shared, false);
  assert.equal(principal.until, (issuer.nowS + 300 + 30) * 1000);
  assert.ok(principal.proof.t === "claims");
  assert.equal(principal.proof.subject, "alice");

  const again = scene.ask(token);
  assert.ok(!(again instanceof Promise), "what was checked once is answered at once");
  assert.equal(again, result, "and is the same caller");
  assert.equal(issuer.asked.length, 2, "description and keys are read once");

  clock.advance(329_000);
  assert.equal(await scene.outcome(token), "eng:alice");
  clock.advance(1_000);
  assert.equal(await scene.outcome(token), "invalid: it has ended");
});

test("signed tokens: each endpoint is a resource of its own, and a slash at the end is none", async () => {
  await using scene = await JwtScene.open();
  const { issuer } = scene;
  const isFor = async (audience: string | string[], path: string) => {
    return (await scene.outcome(await issuer.token(audience), path)) === "eng:alice";
  };
  const paths = ["/mcp", "/ws", "/sse", "/mcp/p/claude", "/ws/p/claude", "/sse/p/claude"];
  for (const audience of paths) {
    for (const path of paths) assert.equal(await isFor(publicUrl + audience, path), audience === path, audience + path);
  }
  assert.equal(await isFor(`${resource}/`, "/mcp"), true);
  assert.equal(await isFor(`${resource}//`, "/mcp"), false);
  assert.equal(await isFor(["https://other.example", resource], "/mcp"), true);
  assert.equal(await isFor(resource, "/"), true, "the endpoint's other name");
  assert.equal(await isFor(`${publicUrl}/sse`, "/messages"), true);
  assert.equal(await isFor(`${publicUrl}/sse/p/claude`, "/messages"), true);
  assert.equal(await isFor(resource, "/messages"), false);
  assert.equal(await isFor(`${publicUrl}/api`, "/api/status"), true);
  assert.equal(await isFor(resource, "nowhere"), true, "where no endpoint is asked, any does");
  assert.equal(await isFor(`${publicUrl}/api`, "nowhere"), false);
  for (const other of [publicUrl, `${publicUrl}mcp`, "https://hub.example/mcp", `${resource}?x`, "", "*"]) {
    assert.equal(await isFor(other, "/mcp"), false, other);
    assert.equal(await isFor(other, "nowhere"), false, other);
  }
});

test("signed tokens: a token for something else is told what it is for, and goes on to be refused when it is known", async () => {
  await using scene = await JwtScene.open();
  const token = await scene.issuer.token("https://other.example/mcp");
  const why = 'invalid: it is for "https://other.example/mcp": ask for a token for what it is sent to';
  assert.equal(await scene.outcome(token), why);
  assert.equal(await scene.outcome(token), why);
});

test("signed tokens: audiences of the manifest count at every path, to the letter", async () => {
  await using scene = await JwtScene.open({ issuer: { audience: ["api://hub"] }, publicUrl: undefined });
  const { issuer } = scene;
  assert.equal(await scene.outcome(await issuer.token("api://hub"), "/mcp"), "eng:alice");
  assert.equal(await scene.outcome(await issuer.token("api://hub"), "/sse"), "eng:alice");
  for (const other of ["api://hub/", "api://HUB", "undefined/mcp", resource]) {
    assert.match(await scene.outcome(await issuer.token(other)), /^invalid/, other);
  }
});

test("signed tokens: times count, with as much skew as the manifest allows", async () => {
  await using scene = await JwtScene.open({ issuer: { clockSkewS: 10 } });
  const { issuer } = scene;
  const { nowS } = issuer;
  const outcome = async (claims: object) => scene.outcome(await issuer.token(resource, { ...claims }));
  assert.equal(await outcome({ exp: nowS - 9 }), "eng:alice");
  assert.equal(await outcome({ exp: nowS - 10 }), "invalid: it has ended");
  assert.equal(await outcome({ nbf: nowS + 10 }), "eng:alice");
  assert.equal(await outcome({ nbf: nowS + 11 }), "invalid: it is not valid yet");
  assert.equal(await outcome({ iat: nowS + 10 }), "eng:alice");
  assert.equal(await outcome({ iat: nowS + 11 }), "invalid: it was issued in the future");
  assert.equal(await outcome({ exp: undefined }), "invalid: it has no exp");
  assert.equal(await outcome({ exp: String(nowS + 300) }), "invalid: its exp does not hold");
  assert.equal(await outcome({ iat: undefined }), "eng:alice");
});

test("signed tokens: what is signed but is no access token lets nobody in", async () => {
  await using scene = await JwtScene.open();
  const { issuer } = scene;
  const outcome = async (claims: object, typ?: string) =>
    scene.outcome(await issuer.token(resource, { ...claims }, { header: typ === undefined ? {} : { typ } }));
  for (const typ of ["at+jwt", "AT+JWT", "application/at+jwt", "JWT"]) {
    assert.equal(await outcome({}, typ), "eng:alice", typ);
  }
  for (const typ of ["dpop+jwt", "logout+jwt", "secevent+jwt", "id"]) assert.match(await outcome({}, typ), /type/, typ);
  for (const claims of [{ at_hash: "x" }, { c_hash: "x" }, { typ: "ID" }, { typ: "Refresh" }, { token_use: "id" }]) {
    assert.match(await outcome(claims, "JWT"), /send the access token/, JSON.stringify(claims));
  }
  assert.equal(await outcome({ typ: "Bearer", token_use: "access", nonce: "x" }, "JWT"), "eng:alice");
  assert.match(await outcome({ cnf: { jkt: "x" } }), /bound to a key/);
  assert.equal(await outcome({ sub: undefined }), "invalid: it has no sub");
  assert.match(await outcome({ sub: "" }), /subject/);
  assert.match(await outcome({ sub: 7 }), /subject/);
  assert.match(await outcome({ sub: "x".repeat(513) }), /subject/);
  assert.equal(await outcome({ aud: undefined }), "invalid: it has no aud");
});

test("signed tokens: whoever is nobody's client is refused; whom only scopes keep out is told all of them", async () => {
  const clients = [
    { name: "writers", jwt: { groups: ["eng"], scopes: ["mcp:write"] } },
    { name: "readers", jwt: { groups: ["ops"] } },
  ];
  await using scene = await JwtScene.open({ issuer: { scopes: ["mcp"] }, clients });
  const { issuer } = scene;
  const outcome = async (claims: object) => scene.outcome(await issuer.token(resource, { ...claims }));
  assert.equal(await outcome({}), "invalid: no client here is for its bearer");
  assert.equal(await outcome({ groups: ["eng"] }), "scope: mcp mcp:write");
  assert.equal(await outcome({ groups: ["eng"], scope: "mcp:write" }), "scope: mcp mcp:write");
  assert.equal(await outcome({ groups: ["eng"], scope: "mcp mcp:write" }), "writers:alice");
  assert.equal(await outcome({ groups: ["ops"] }), "scope: mcp");
  assert.equal(await outcome({ groups: ["ops"], scope: "mcp" }), "readers:alice");
});

test("signed tokens: under other rules a caller is judged by its claims: other rights, or none", async () => {
  const clients = [{ name: "eng", jwt: { groups: ["eng"] } }];
  await using scene = await JwtScene.open({ clients });
  const token = await scene.issuer.token(resource, { groups: ["eng", "ops"] });
  const result = await scene.ask(token);
  assert.ok(result.t === "ok");
  scene.change({ clients: [{ name: "eng", jwt: { groups: ["ops"] }, admin: true }] });
  const is = scene.auth.again(result.principal);
  assert.equal(is?.id, result.principal.id);
  assert.equal(is?.admin, true);
  assert.equal(is?.until, result.principal.until);
  const now = scene.ask(token);
  assert.ok(!(now instanceof Promise) && now.t === "ok", "its signature is not checked anew");
  assert.equal(now.principal.admin, true);
  assert.equal(scene.issuer.asked.length, 2);

  scene.change({ clients: [{ name: "ops", jwt: { groups: ["ops"] } }, ...clients] });
  assert.equal(scene.auth.again(result.principal), undefined, "as another client it is another caller");
  scene.change({ clients: [{ name: "qa", jwt: { groups: ["qa"] } }] });
  assert.equal(scene.auth.again(result.principal), undefined);
  scene.change({ issuer: { url: "https://other.example" } });
  assert.equal(scene.auth.again(result.principal), undefined);
  assert.equal(await scene.outcome(token), "invalid");
});

test("signed tokens: what the manifest says otherwise of a provider counts for tokens that are known", async () => {
  await using scene = await JwtScene.open();
  const token = await scene.issuer.token(resource);
  assert.equal(await scene.outcome(token), "eng:alice");
  scene.change({ issuer: { algorithms: ["RS256"] } });
  assert.equal(await scene.outcome(token), "invalid");
  assert.equal(scene.refusals.at(-1)?.kind, "algorithm");
});

test("signed tokens: all that is signed with a pair of keys counts", async () => {
  await using scene = await JwtScene.open();
  const { issuer } = scene;
  for (const alg of ["RS256", "PS384", "ES256", "ES384", "EdDSA", "Ed25519"]) {
    const key = await issuerKey(`key ${alg}`, alg);
    issuer.keys = [key];
    scene.clock.advance(30_000);
    assert.equal(await scene.outcome(await issuer.token(resource, {}, { key })), "eng:alice", alg);
  }
});

test("signed tokens: an end of their client that a reload moves counts for who is inside, as far as their own", async () => {
  const first = new FakeClock().wall() + 100_000;
  const clients = (expires: number) => ({ clients: [{ name: "eng", expires }] });
  await using scene = await JwtScene.open(clients(first));
  const result = await scene.ask(await scene.issuer.token(resource));
  assert.ok(result.t === "ok");
  const { principal } = result;
  assert.equal(principal.until, first);
  const until = () => scene.auth.again(principal)?.until;
  scene.change(clients(first + 60_000));
  assert.equal(until(), first + 60_000);
  scene.change(clients(first - 60_000));
  assert.equal(until(), first - 60_000);
  scene.change(clients(first + 3_600_000));
  assert.equal(until(), (scene.issuer.nowS + 330) * 1000, "the end of the token itself");
  scene.change({});
  assert.equal(until(), (scene.issuer.nowS + 330) * 1000);
});

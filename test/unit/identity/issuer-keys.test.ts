import assert from "node:assert/strict";
import { test } from "node:test";
import { descriptionUrls } from "../../../src/identity/issuer-metadata.ts";
import type { Principal } from "../../../src/sessions/principal.ts";
import { type IssuerKey, issuerKey } from "../../helpers/token-issuer.ts";
import { JwtScene, resource } from "./jwt-scene.ts";

const description = "/.well-known/oauth-authorization-server";

function warnings({ log }: JwtScene): string[] {
  return log.lines.filter((line) => line.startsWith("warn issuer_unavailable "));
}

test("issuer keys: a provider's description is looked for where RFC 8414 has it, and then where OpenID has", () => {
  const urls = (issuer: string) => descriptionUrls(issuer).map(({ href }) => href);
  assert.deepEqual(urls("https://id.example/realms/a"), [
    "https://id.example/.well-known/oauth-authorization-server/realms/a",
    "https://id.example/.well-known/openid-configuration/realms/a",
    "https://id.example/realms/a/.well-known/openid-configuration",
  ]);
  assert.deepEqual(urls("https://id.example/"), [
    "https://id.example/.well-known/oauth-authorization-server",
    "https://id.example/.well-known/openid-configuration",
  ]);
});

test("issuer keys: the first description that names the issuer to the letter counts", async () => {
  await using scene = await JwtScene.open({ path: "/realms/a" });
  const { issuer } = scene;
  issuer.pages.set(`${description}/realms/a`, { body: { issuer: `${issuer.url}/`, jwks_uri: `${issuer.url}/other` } });
  issuer.pages.set("/.well-known/openid-configuration/realms/a", { body: { issuer: issuer.url } });
  issuer.pages.set("/realms/a/.well-known/openid-configuration", {
    body: { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` },
  });
  assert.equal(await scene.outcome(await issuer.token(resource)), "eng:alice");
  assert.deepEqual(issuer.asked, [
    `${description}/realms/a`,
    "/.well-known/openid-configuration/realms/a",
    "/realms/a/.well-known/openid-configuration",
    "/realms/a/keys",
  ]);
});

test("issuer keys: with a jwks_url nothing else is asked", async () => {
  await using scene = await JwtScene.open();
  const { issuer } = scene;
  scene.change({ issuer: { jwksUrl: `${issuer.url}/keys` } });
  assert.equal(await scene.outcome(await issuer.token(resource)), "eng:alice");
  assert.deepEqual(issuer.asked, ["/keys"]);
});

test("issuer keys: what a provider says that makes no sense lets nobody in, and is logged", async () => {
  const cases: [string, object, RegExp][] = [
    ["/keys", { body: "<html>" }, /keys is no JSON object/],
    ["/keys", { body: [] }, /is no JSON object/],
    ["/keys", { body: { keys: {} } }, /has no keys/],
    ["/keys", { body: { keys: new Array(101).fill({ kty: "RSA" }) } }, /more than 100 keys/],
    ["/keys", { body: "x".repeat(1024 * 1024 + 1) }, /longer than 1048576 bytes/],
    ["/keys", { body: { keys: ["x"] } }, /./],
    ["/keys", { status: 404 }, /keys answered 404/],
    ["/keys", { status: 302, location: "https://other.example/keys" }, /leads elsewhere/],
    ["/keys", { status: 302, location: "/keys" }, /leads on and on/],
    [description, { body: { issuer: "https://other.example" } }, /is that of \\"https:\/\/other.example\\"/],
    [description, { status: 302, location: "//other.example/x" }, /leads elsewhere/],
  ];
  for (const [path, page, why] of cases) {
    await using scene = await JwtScene.open();
    scene.issuer.pages.set(path, page);
    assert.equal(await scene.outcome(await scene.issuer.token(resource)), "invalid");
    assert.equal(scene.refusals.at(-1)?.kind, "keys unavailable");
    assert.match(String(warnings(scene)), why);
  }
});

test("issuer keys: redirects are followed within the origin", async () => {
  await using scene = await JwtScene.open();
  scene.issuer.pages.set("/keys", { status: 302, location: "/moved/../real" });
  scene.issuer.pages.set("/real", { status: 307, location: "keys2" });
  scene.issuer.pages.set("/keys2", { body: { keys: [] } });
  assert.equal(await scene.outcome(await scene.issuer.token(resource)), "invalid");
  assert.deepEqual(scene.issuer.asked.slice(1), ["/keys", "/real", "/keys2"]);
});

test("issuer keys: keys are not asked for over http, nor of another protocol, whatever a description says", async () => {
  for (const keys of ["http://id.example/keys", "file:///etc/passwd", "data:application/json,{}", "keys", 7]) {
    await using scene = await JwtScene.open();
    scene.issuer.pages.set(description, { body: { issuer: scene.issuer.url, jwks_uri: keys } });
    assert.equal(await scene.outcome(await scene.issuer.token(resource)), "invalid", String(keys));
    assert.equal(warnings(scene).length, 1);
  }
});

test("issuer keys: many at once ask once", async () => {
  await using scene = await JwtScene.open();
  const { issuer } = scene;
  const tokens = await Promise.all(["a", "b", "c", "d"].map((sub) => issuer.token(resource, { sub })));
  assert.deepEqual(await Promise.all(tokens.map((token) => scene.outcome(token))), [
    "eng:a",
    "eng:b",
    "eng:c",
    "eng:d",
  ]);
  assert.equal(issuer.asked.length, 2);
});

test("issuer keys: a key that is not there has them read again, but not more often than every half minute", async () => {
  await using scene = await JwtScene.open();
  const { issuer, clock } = scene;
  assert.equal(await scene.outcome(await issuer.token(resource)), "eng:alice");
  const next = await issuerKey("two");
  issuer.keys = [...issuer.keys, next];
  const token = await issuer.token(resource, { sub: "bob" }, { key: next });
  assert.equal(await scene.outcome(token), "invalid", "so soon after it was read");
  clock.advance(30_000);
  assert.equal(await scene.outcome(token), "eng:bob");
  assert.deepEqual(issuer.asked, [description, "/keys", "/keys"]);

  const flood = await Promise.all(
    Array.from({ length: 50 }, (_, at) => issuer.token(resource, {}, { header: { kid: `random ${at}` } })),
  );
  for (const one of flood) assert.equal(await scene.outcome(one), "invalid");
  assert.equal(issuer.asked.length, 3, "what strangers make up is not asked for");
  clock.advance(30_000);
  await Promise.all(flood.map((one) => scene.outcome(one)));
  assert.equal(issuer.asked.length, 4);
});

test("issuer keys: old ones are read again beside what goes on, and a key that is gone ends its tokens", async () => {
  await using scene = await JwtScene.open();
  const { issuer, clock } = scene;
  const token = await issuer.token(resource, { exp: issuer.nowS + 3600 });
  assert.equal(await scene.outcome(token), "eng:alice");
  const [old] = issuer.keys;
  issuer.keys = [await issuerKey("two")];
  clock.advance(599_000);
  assert.equal(await scene.outcome(token), "eng:alice");
  assert.equal(issuer.asked.length, 2, "ten minutes are not over");
  clock.advance(1_000);
  assert.ok(!(scene.ask(token) instanceof Promise), "whoever is known does not wait");
  while ((await scene.outcome(token)) !== "invalid") await new Promise((resolve) => setImmediate(resolve));
  assert.equal(scene.refusals.at(-1)?.reason, "its issuer has no such key");
  assert.ok(old !== undefined);
});

test("issuer keys: with the provider down nobody new gets in, keys that were read go on for a day, and it is asked anew in time", async () => {
  await using scene = await JwtScene.open();
  const { issuer, clock } = scene;
  issuer.isDown = true;
  const early = await issuer.token(resource, { exp: issuer.nowS + 100_000 });
  assert.equal(await scene.outcome(early), "invalid");
  assert.equal(await scene.outcome(early), "invalid");
  assert.equal(issuer.asked.length, 2, "not asked with every request");
  assert.equal(warnings(scene).length, 1);
  issuer.isDown = false;
  clock.advance(5_000);
  assert.equal(await scene.outcome(early), "eng:alice");

  issuer.isDown = true;
  const asked = issuer.asked.length;
  clock.advance(12 * 60 * 60_000);
  const late = await issuer.token(resource, { sub: "bob", exp: issuer.nowS + 100_000 });
  assert.equal(await scene.outcome(late), "eng:bob");
  assert.equal(await scene.outcome(early), "eng:alice");
  while (warnings(scene).length < 2) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(issuer.asked.length > asked);
  clock.advance(12 * 60 * 60_000);
  assert.equal(await scene.outcome(await issuer.token(resource, { sub: "carol" })), "invalid");
});

/** As the hub's look-out does, until keys were asked for so often, whatever came of it. */
async function lookUntil(scene: JwtScene, readings: number): Promise<void> {
  while (readingsOf(scene) < readings) await looked(scene.signed);
  // And for a while longer, in which nobody may ask.
  for (let turn = 0; turn < 10; turn++) await looked(scene.signed);
}

function readingsOf({ log }: JwtScene): number {
  return log.lines.filter((line) => /^\w+ (?:issuer_keys_read|issuer_unavailable) /.test(line)).length;
}

async function looked(signed: JwtScene["signed"]): Promise<void> {
  await signed.look();
  await new Promise((resolve) => setImmediate(resolve));
}

async function inside(scene: JwtScene, more: object = {}, key?: IssuerKey): Promise<Principal> {
  const claims = { exp: scene.issuer.nowS + 100_000, ...more };
  const result = await scene.ask(await scene.issuer.token(resource, claims, { key }));
  assert.ok(result.t === "ok");
  return result.principal;
}

test("issuer keys: a key that is taken back ends what is open by it, though nobody asks for anything, and nothing else", async () => {
  await using scene = await JwtScene.open();
  const { issuer, clock, signed } = scene;
  const [one] = issuer.keys;
  const two = await issuerKey("two");
  issuer.keys = [...issuer.keys, two];
  const alice = await inside(scene);
  const bob = await inside(scene, { sub: "bob" }, two);
  await lookUntil(scene, 1);
  const { losses } = signed;
  issuer.keys = [two];
  clock.advance(540_000);
  await lookUntil(scene, 1);
  assert.equal(scene.auth.again(alice)?.id, alice.id, "ten minutes are not over");
  clock.advance(60_000);
  await lookUntil(scene, 2);
  assert.ok(signed.losses > losses, "whoever judges those inside is told");
  assert.equal(scene.auth.again(alice), undefined);
  assert.equal(scene.auth.again(bob)?.id, bob.id);

  assert.ok(one !== undefined);
  issuer.keys = [{ ...one, kid: "two" }];
  clock.advance(600_000);
  await lookUntil(scene, 3);
  assert.equal(scene.auth.again(bob), undefined, "another key of the same name is another key");
});

test("issuer keys: reading them again ends nothing where it fails, where nothing is other, or where one came", async () => {
  await using scene = await JwtScene.open();
  const { issuer, clock, log } = scene;
  const alice = await inside(scene);
  const isIn = () => scene.auth.again(alice)?.id === alice.id;
  clock.advance(600_000);
  await lookUntil(scene, 2);
  assert.ok(isIn());
  issuer.keys = [...issuer.keys, await issuerKey("two")];
  clock.advance(600_000);
  await lookUntil(scene, 3);
  assert.ok(isIn());
  issuer.isDown = true;
  for (let minute = 0; minute < 12 * 60; minute += 10) {
    clock.advance(600_000);
    await lookUntil(scene, readingsOf(scene) + 1);
    assert.ok(isIn());
  }
  issuer.isDown = false;
  issuer.pages.set("/keys", { body: { keys: {} } });
  clock.advance(600_000);
  await lookUntil(scene, readingsOf(scene) + 1);
  assert.ok(isIn(), log.lines.at(-1));
});

test("issuer keys: who is inside is judged by the keys that the manifest names now, and leaves with the provider", async () => {
  await using scene = await JwtScene.open();
  const { issuer, clock } = scene;
  const alice = await inside(scene);
  issuer.pages.set("/others", { body: { keys: [] } });
  scene.change({ issuer: { jwksUrl: `${issuer.url}/others` } });
  assert.equal(scene.auth.again(alice)?.id, alice.id, "nothing was read there yet");
  await lookUntil(scene, 2);
  assert.equal(scene.auth.again(alice), undefined);

  scene.change({ issuers: false });
  assert.equal(scene.auth.again(alice), undefined);
  clock.advance(600_000);
  await lookUntil(scene, 2);
  assert.equal(issuer.asked.length, 3, "who is not named any more is not asked");
});

test("issuer keys: where nobody can be inside any more, nobody is asked", async () => {
  await using scene = await JwtScene.open();
  const { issuer, clock } = scene;
  await inside(scene, { exp: issuer.nowS + 500 });
  clock.advance(600_000);
  await lookUntil(scene, 1);
  assert.equal(issuer.asked.length, 2);
});

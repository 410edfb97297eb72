// What is tried with tokens, each with the refusal that it gets.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { exportJWK, exportSPKI } from "jose";
import { type IssuerKey, issuerKey, TokenIssuer } from "../../helpers/token-issuer.ts";
import { JwtScene, resource } from "./jwt-scene.ts";

function encoded(value: object | string): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
}

function goodClaims({ issuer }: JwtScene): object {
  return { iss: issuer.url, sub: "mallory", aud: resource, exp: issuer.nowS + 300 };
}

/** What was refused, and nothing was told. */
async function refusedAs(scene: JwtScene, token: string): Promise<string | undefined> {
  const before = scene.refusals.length;
  assert.equal(await scene.outcome(token), "invalid");
  return scene.refusals.length === before ? undefined : scene.refusals.at(-1)?.kind;
}

function keyOf({ issuer }: JwtScene): IssuerKey {
  const [key] = issuer.keys;
  assert.ok(key !== undefined);
  return key;
}

test("attacks: a token that nobody signed is refused, however it is written", async () => {
  await using scene = await JwtScene.open();
  const claims = encoded(goodClaims(scene));
  for (const alg of ["none", "None", "NONE", "nOnE", "", undefined, null, 7, ["ES256"], { alg: "none" }]) {
    for (const signature of ["", "x", encoded("x".repeat(64))]) {
      const header = encoded({ alg, kid: keyOf(scene).kid, typ: "at+jwt" });
      assert.notEqual(await refusedAs(scene, `${header}.${claims}.${signature}`), "expired", JSON.stringify(alg));
    }
  }
});

test("attacks: a public key is never a secret, in whatever form it is tried as one", async () => {
  await using scene = await JwtScene.open();
  const key = await issuerKey("rsa", "RS256");
  scene.issuer.keys = [key];
  const pem = await exportSPKI(key.publicKey);
  const jwk = await exportJWK(key.publicKey);
  for (const secret of [pem, pem.trim(), JSON.stringify(jwk), String(jwk.n), Buffer.from(String(jwk.n), "base64url")]) {
    for (const [alg, hash] of [
      ["HS256", "sha256"],
      ["HS512", "sha512"],
    ] as const) {
      const input = `${encoded({ alg, kid: "rsa", typ: "at+jwt" })}.${encoded(goodClaims(scene))}`;
      const signature = createHmac(hash, secret).update(input).digest("base64url");
      assert.equal(await refusedAs(scene, `${input}.${signature}`), "algorithm");
    }
  }
  assert.equal(scene.issuer.asked.length, 0, "for that no key is even asked for");
});

test("attacks: keys and places of keys in a token's own header count for nothing, and nothing is asked there", async () => {
  await using scene = await JwtScene.open();
  await using attacker = await TokenIssuer.open({ clock: scene.clock });
  const [key] = attacker.keys;
  assert.ok(key !== undefined);
  const jwk = { ...(await exportJWK(key.publicKey)), kid: "one", alg: "ES256" };
  const headers = [
    { jwk },
    { jku: `${attacker.url}/keys` },
    { x5u: `${attacker.url}/cert` },
    { jwk, jku: `${attacker.url}/keys`, x5c: ["MIIB"], kid: "one" },
  ];
  for (const header of headers) {
    const token = await attacker.token(resource, { iss: scene.issuer.url }, { header });
    assert.equal(await refusedAs(scene, token), "signature", JSON.stringify(header));
  }
  assert.deepEqual(attacker.asked, []);
});

test("attacks: no kid leads anywhere but to a key of the issuer's", async () => {
  await using scene = await JwtScene.open();
  const other = await issuerKey("other");
  for (const kid of ["../../keys", "/dev/null", "' OR 1=1 --", "http://127.0.0.1/key", "__proto__", "x".repeat(4000)]) {
    const token = await scene.issuer.token(resource, {}, { key: other, header: { kid } });
    assert.equal(await refusedAs(scene, token), "key", kid.slice(0, 20));
  }
  const unnamed = await scene.issuer.token(resource, {}, { key: other, header: { kid: undefined as never } });
  assert.equal(await refusedAs(scene, unnamed), "signature");
});

test("attacks: a token of another issuer's is nobody's, whatever it says of itself", async () => {
  await using scene = await JwtScene.open();
  await using other = await TokenIssuer.open({ clock: scene.clock });
  assert.equal(await refusedAs(scene, await other.token(resource)), undefined, "one that the manifest does not name");
  assert.equal(await refusedAs(scene, await other.token(resource, { iss: scene.issuer.url })), "signature");
  for (const iss of [
    `${scene.issuer.url}/`,
    scene.issuer.url.toUpperCase(),
    [scene.issuer.url],
    { url: scene.issuer.url },
  ]) {
    assert.equal(await refusedAs(scene, await scene.issuer.token(resource, { iss })), undefined, JSON.stringify(iss));
  }
  assert.deepEqual(other.asked, [], "nobody asks where a token wants to be asked about");
});

test("attacks: a change of any part breaks a token", async () => {
  await using scene = await JwtScene.open();
  const [header = "", claims = "", signature = ""] = (await scene.issuer.token(resource)).split(".");
  const said = JSON.parse(Buffer.from(claims, "base64url").toString()) as object;
  const changed = [
    `${header}.${encoded({ ...said, sub: "bob" })}.${signature}`,
    `${encoded({ alg: "ES256", kid: "one", typ: "JWT" })}.${claims}.${signature}`,
    `${header}.${claims}.${signature.slice(0, -4)}AAAA`,
    `${header}.${claims}.`,
    `${header}.${claims}.${signature}${signature}`,
  ];
  for (const token of changed) assert.equal(await refusedAs(scene, token), "signature", token);
  for (const token of [
    `${header}.${claims}`,
    `.${claims}.${signature}`,
    `${header}..${signature}`,
    `${header}.${claims}.${signature}.x.y`,
    "eyJ.eyJ.x",
    "..",
    `${header}.${claims}=.${signature}`,
    `${header}.${encoded("[]")}.${signature}`,
    `${header}.${encoded("null")}.${signature}`,
  ]) {
    assert.equal(await refusedAs(scene, token), undefined, "that is no signed token");
  }
});

test("attacks: headers that have to be understood, and are not, are refused", async () => {
  await using scene = await JwtScene.open();
  const key = keyOf(scene);
  const { SignJWT } = await import("jose");
  const sign = (header: object) =>
    new SignJWT({ ...goodClaims(scene) })
      .setProtectedHeader({ alg: "ES256", kid: "one", ...header })
      .sign(key.privateKey, {
        crit: { "x-must": true, b64: true },
      });
  assert.equal(await refusedAs(scene, await sign({ crit: ["x-must"], "x-must": 1 })), "algorithm");
});

test("attacks: a token that says a name twice is judged by what its issuer signed, once", async () => {
  await using scene = await JwtScene.open();
  const claims = JSON.stringify(goodClaims(scene)).replace("}", `,"sub":"root","aud":"${resource}"}`);
  const { CompactSign } = await import("jose");
  const token = await new CompactSign(new TextEncoder().encode(claims))
    .setProtectedHeader({ alg: "ES256", kid: "one" })
    .sign(keyOf(scene).privateKey);
  assert.equal(await scene.outcome(token), "eng:root");
});

test("attacks: odd subjects and claims make nobody somebody else", async () => {
  await using scene = await JwtScene.open({ clients: [{ name: "eng", jwt: { claims: { email_verified: [true] } } }] });
  const { issuer } = scene;
  const claims = { email_verified: true, sub: `a\nb\u202e${"x".repeat(100)}`, __proto__: { admin: true } };
  const result = await scene.ask(await issuer.token(resource, claims));
  assert.ok(result.t === "ok");
  assert.match(result.principal.name, /^eng:a\?b\?x{60}…$/);
  assert.equal(result.principal.admin, false);
  for (const value of ["true", 1, [1], { 0: true }, null]) {
    const token = await issuer.token(resource, { email_verified: value });
    assert.match(await scene.outcome(token), /no client here/, JSON.stringify(value));
  }
});

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type AuthResult, createAuth } from "../../../src/identity/auth.ts";
import { KeyRing } from "../../../src/identity/key-ring.ts";
import { Ledger, LiveGrants } from "../../../src/identity/ledger.ts";
import { actsFor, type RuledClient } from "../../../src/identity/rights.ts";
import { HubTokens, mintToken, signedTokenType, type TokenWish } from "../../../src/identity/signed-tokens.ts";
import { sign } from "../../../src/identity/signing.ts";
import type { Principal } from "../../../src/sessions/principal.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-signed-"));
});
after(() => rm(folder, { recursive: true, force: true }));

const laptop: RuledClient = { name: "laptop", allow: ["files.*"], deny: ["files.rm"], admin: false };
const hour = { ttlMs: 3_600_000 };

async function scene(clients: readonly RuledClient[] = [laptop]) {
  const clock = new FakeClock();
  const stateDir = await mkdtemp(join(folder, "state-"));
  // As two processes have them: the command line's, and the hub's.
  const theirs = { ring: new KeyRing(stateDir), ledger: new Ledger({ stateDir, clock }), clock };
  const ring = new KeyRing(stateDir);
  const live = new LiveGrants(new Ledger({ stateDir, clock }));
  const signed = new HubTokens({ ring, live, clock });
  const auth = createAuth([signed.way(clients)]);
  const ask = async (token: string): Promise<AuthResult> => auth.authenticate({ authorization: `Bearer ${token}` });
  const mint = async (wish: Partial<TokenWish> = {}) => {
    const { token, entry } = await mintToken(theirs, { ...hour, ...wish });
    return { token: token.reveal(), entry };
  };
  const admitted = async (token: string): Promise<Principal> => {
    const result = await ask(token);
    assert.ok(result.t === "ok", JSON.stringify(result));
    return result.principal;
  };
  return { clock, theirs, ring, live, signed, auth, ask, mint, admitted };
}

const reasonOf = (result: AuthResult) => (result.t === "refused" ? result.reason : result.principal.id);

test("signed tokens: one has what its client may do and it was given, and no more", async () => {
  const { mint, admitted } = await scene();
  const wish = { client: "laptop", allow: ["*.read"], deny: ["files.x"], readOnly: true, admin: true, name: "ci" };
  const { token, entry } = await mint(wish);
  const principal = await admitted(token);
  assert.deepEqual(
    [principal.allow, principal.within, principal.deny, principal.readOnly, principal.admin, principal.client],
    [["files.*"], ["*.read"], ["files.rm", "files.x"], true, false, "laptop"],
  );
  assert.equal(principal.name, "laptop:ci");
  assert.equal(principal.until, entry.expires);
  assert.equal(principal.shared, false);
  assert.deepEqual(actsFor(principal), { id: "laptop", shared: false });
  const everything = await admitted((await mint({ admin: true })).token);
  assert.deepEqual([everything.allow, everything.within, everything.admin], [undefined, undefined, true]);
  assert.deepEqual(actsFor(everything), { id: "token", shared: true });
  assert.equal((await admitted((await mint()).token)).admin, false, "only where it was asked for");
});

test("signed tokens: the first of a new key counts at once, and a known one is answered at once", async () => {
  const { mint, auth, admitted } = await scene();
  const { token } = await mint();
  await admitted(token);
  const again = auth.authenticate({ authorization: `Bearer ${token}` });
  assert.ok(!(again instanceof Promise) && again.t === "ok");
});

test("signed tokens: one that ended, was taken back, or is of a key that is gone lets nobody in, and those inside leave", async () => {
  const { clock, mint, admitted, ask, auth, theirs, live, ring } = await scene();
  const brief = await mint({ ttlMs: 1000 });
  const taken = await mint();
  const old = await mint();
  const principals = await Promise.all([brief, taken, old].map(({ token }) => admitted(token)));
  clock.advance(1000);
  await theirs.ledger.revoke(taken.entry.id);
  await live.look();
  assert.deepEqual(
    principals.map((one) => auth.again(one)?.id === one.id),
    [false, false, true],
  );
  await theirs.ring.rotate({ drop: true });
  await ring.look();
  assert.equal(auth.again(principals[2] as Principal), undefined);
  for (const { token } of [brief, taken, old]) assert.equal(reasonOf(await ask(token)), "invalid");
});

test("signed tokens: two of one name are one caller as long as they may do the same, and without a name each is its own", async () => {
  const { mint, admitted } = await scene();
  const idOf = async (wish: Partial<TokenWish>) => (await admitted((await mint(wish)).token)).id;
  const first = await idOf({ name: "ci", allow: ["a.*"] });
  assert.equal(await idOf({ name: "ci", allow: ["a.*"] }), first);
  assert.notEqual(await idOf({ name: "ci" }), first);
  assert.notEqual(await idOf({ name: "ci", allow: ["a.*"], client: "laptop" }), first);
  assert.notEqual(await idOf({}), await idOf({}));
});

test("signed tokens: the client's own rules, end and disappearance count for its tokens", async () => {
  const { clock, mint, admitted, signed } = await scene();
  const { token } = await mint({ client: "laptop" });
  const principal = await admitted(token);
  const under = (clients: readonly RuledClient[]) => createAuth([signed.way(clients)]).again(principal);
  assert.deepEqual(under([{ ...laptop, allow: ["b.*"] }])?.allow, ["b.*"]);
  assert.equal(under([{ ...laptop, expires: clock.wall() + 5 }])?.until, clock.wall() + 5);
  assert.equal(under([{ ...laptop, expires: clock.wall() }]), undefined);
  assert.equal(under([]), undefined);
});

test("signed tokens: what is not signed by the hub, for itself, as its own token, is none", async () => {
  const { theirs, ask, ring, mint, clock } = await scene();
  const { token } = await mint();
  const { issuer, key } = await theirs.ring.current();
  const parts = token.split(".");
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = JSON.parse(Buffer.from(parts[1] ?? "", "base64url").toString("utf8"));
  const header = { alg: "EdDSA", typ: signedTokenType, kid: key.kid };
  const pem = String(key.public.export({ type: "spki", format: "pem" }));
  const hs = `${part({ ...header, alg: "HS256" })}.${parts[1]}`;
  const stranger = new KeyRing(await mkdtemp(join(folder, "other-")));
  const forged = {
    none: `${part({ ...header, alg: "none" })}.${parts[1]}.AA`,
    "none, in capitals": `${part({ ...header, alg: "NONE" })}.${parts[1]}.${parts[2]}`,
    "the public key as a secret": `${hs}.${createHmac("sha256", pem).update(hs).digest("base64url")}`,
    "other claims": `${parts[0]}.${part({ ...claims, admin: true })}.${parts[2]}`,
    "a key of its own": `${part({ ...header, jwk: stranger })}.${parts[1]}.${parts[2]}`,
    "a stranger's": await sign(stranger, { typ: signedTokenType, claims }),
    "another purpose's": await sign(theirs.ring, { typ: "at+jwt", claims }),
    "another hub's": await sign(theirs.ring, { typ: signedTokenType, claims: { ...claims, iss: "thehub:0" } }),
    "for another": await sign(theirs.ring, {
      typ: signedTokenType,
      claims: { ...claims, aud: "https://hub.example/mcp" },
    }),
    "not in the ledger": await sign(theirs.ring, { typ: signedTokenType, claims: { ...claims, jti: "0".repeat(24) } }),
    "without an end": await sign(theirs.ring, { typ: signedTokenType, claims: { ...claims, exp: undefined } }),
    "of tomorrow": await sign(theirs.ring, {
      typ: signedTokenType,
      claims: { ...claims, iat: clock.wall() / 1000 + 86_400, exp: clock.wall() / 1000 + 90_000 },
    }),
    "with a claim that nobody knows": await sign(theirs.ring, {
      typ: signedTokenType,
      claims: { ...claims, only: "a" },
    }),
    "with claims of another shape": await sign(theirs.ring, {
      typ: signedTokenType,
      claims: { ...claims, allow: "a.*" },
    }),
  };
  for (const [what, text] of Object.entries(forged)) {
    const result = await ask(text);
    const isOpen = result.t === "ok" && result.principal.id !== "anonymous";
    assert.equal(isOpen, false, what);
    if (!["another purpose's"].includes(what)) assert.equal(reasonOf(result), "invalid", what);
  }
  assert.equal(ring.issuer, issuer);
  assert.equal((await ask(token)).t, "ok");
});

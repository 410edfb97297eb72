import assert from "node:assert/strict";
import { test } from "node:test";
import { ipNetworks } from "../../../src/base/ip-networks.ts";
import { Secret } from "../../../src/base/secret.ts";
import { Attempts } from "../../../src/identity/attempts.ts";
import { type Auth, type AuthResult, createAuth, type Way } from "../../../src/identity/auth.ts";
import { ownPrincipal } from "../../../src/sessions/principal.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { tokenAuth, tokenClient, tokenWay } from "../../helpers/token-auth.ts";

const network = { allowIps: ["192.0.2.0/24"] };

function counted() {
  const clock = new FakeClock();
  return { clock, attempts: new Attempts(clock, { warn: () => {} }) };
}

async function ask(auth: Auth, token: string | undefined, peer?: string): Promise<string> {
  const result = await auth.authenticate({ authorization: token && `Bearer ${token}`, peer });
  return result.t === "ok" ? result.principal.id : result.reason;
}

test("where from: a client's token is good from its networks only, and by sockets", async () => {
  const { attempts } = counted();
  const auth = tokenAuth({ clients: [tokenClient("ana", "a", network), tokenClient("ben", "b")] }, { attempts });
  assert.equal(await ask(auth, "a", "192.0.2.9"), "ana");
  assert.equal(await ask(auth, "a", "198.51.100.1"), "address");
  assert.equal(await ask(auth, "a", "2001:db8::1"), "address");
  assert.equal(await ask(auth, "a", "unknown"), "address");
  assert.equal(await ask(auth, "a", "unix"), "ana");
  assert.equal(await ask(auth, "b", "198.51.100.1"), "ben");
  for (let time = 0; time < 20; time++) await ask(auth, "a", "198.51.100.1");
  assert.equal(await ask(auth, "b", "198.51.100.1"), "ben", "a right token from a wrong place is no guess");
  assert.equal(attempts.failures.address, 23);
});

test("where from: who is inside is judged anew by where it is, as others are", () => {
  const clients = [tokenClient("ana", "a", network)];
  const auth = tokenAuth({ clients }, { from: ipNetworks(["192.0.2.0/24", "198.51.100.0/24"]) });
  const result = auth.authenticate({ authorization: "Bearer a", peer: "192.0.2.9" });
  assert.ok(!(result instanceof Promise) && result.t === "ok");
  const { principal } = result;
  assert.equal(auth.again(principal, "192.0.2.9")?.id, "ana");
  assert.equal(auth.again(principal, "198.51.100.1"), undefined, "the hub takes it, the client's entry does not");
  assert.equal(auth.again(principal, "203.0.113.1"), undefined);
  assert.equal(auth.again(principal, "unix")?.id, "ana");
  const own = ownPrincipal("local", { admin: true, shared: true });
  assert.equal(auth.again(own), own);
  const openAuth = createAuth([], { from: ipNetworks(["192.0.2.0/24"]) });
  const anonymous = openAuth.authenticate({}) as Extract<AuthResult, { t: "ok" }>;
  assert.equal(openAuth.again(anonymous.principal, "192.0.2.1")?.id, "anonymous");
  assert.equal(openAuth.again(anonymous.principal, "203.0.113.1"), undefined);
  assert.deepEqual(
    [openAuth.admits("192.0.2.1"), openAuth.admits("203.0.113.1"), openAuth.admits("unix")],
    [true, false, true],
  );
});

test("wrong tokens: after ten, right ones from there are not looked at, but for those that were let in from there", async () => {
  const { clock, attempts } = counted();
  const options = { token: new Secret("h"), clients: [tokenClient("ana", "a")] };
  const auth = tokenAuth(options, { attempts });
  assert.equal(await ask(auth, "a", "192.0.2.1"), "ana");
  for (let time = 0; time < 10; time++) assert.equal(await ask(auth, `guess ${time}`, "192.0.2.1"), "invalid");
  assert.equal(await ask(auth, "h", "192.0.2.1"), "slowed");
  assert.equal(await ask(auth, "a", "192.0.2.1"), "ana");
  assert.equal(await ask(auth, "h", "192.0.2.2"), "token");
  assert.equal(await ask(auth, undefined, "192.0.2.1"), "missing", "nothing was guessed");
  const slowed = await auth.authenticate({ authorization: "Bearer h", peer: "192.0.2.1" });
  assert.deepEqual(slowed, { t: "refused", reason: "slowed", waitMs: 1000 });
  clock.advance(1000);
  // Other rules do not begin anew.
  const after = tokenAuth(options, { attempts, version: 1 });
  assert.equal(await ask(after, "guess", "192.0.2.1"), "invalid");
  clock.advance(1999);
  assert.equal(await ask(after, "h", "192.0.2.1"), "slowed");
  clock.advance(1);
  assert.equal(await ask(after, "h", "192.0.2.1"), "token");
  assert.deepEqual({ ...attempts.failures }, { missing: 1, invalid: 11, scope: 0, address: 0, slowed: 3 });
});

test("wrong tokens: what nobody can guess is looked at in any case, also where it takes time", async () => {
  const { attempts } = counted();
  const listed = tokenWay({ clients: [tokenClient("ana", "a")] }) as Way;
  const principal = { ...ownPrincipal("signed", { admin: false, shared: false }) };
  const signed: Way = {
    signed: true,
    take: ({ token }) => {
      if (token?.startsWith("ey") !== true) return undefined;
      return Promise.resolve(token === "eyRight" ? { t: "ok", principal } : { t: "refused", reason: "invalid" });
    },
    again: () => "not mine",
  };
  const auth = createAuth([listed, signed], { attempts });
  for (let time = 0; time < 20; time++) assert.equal(await ask(auth, `ey${time}`, "192.0.2.1"), "invalid");
  assert.equal(attempts.waitMs("192.0.2.1", "a"), 0, "nor is one that is wrong a guess: it may have ended");
  for (let time = 0; time < 10; time++) assert.equal(await ask(auth, `guess ${time}`, "192.0.2.1"), "invalid");
  assert.equal(await ask(auth, "a", "192.0.2.1"), "slowed");
  assert.equal(await ask(auth, "eyRight", "192.0.2.1"), "signed");
  assert.equal(await ask(auth, "eyWrong", "192.0.2.1"), "invalid");
});

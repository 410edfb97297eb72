import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { inspect } from "node:util";
import { Secret } from "../../../src/base/secret.ts";
import { type AuthResult, createAuth, type NamedClient, principalAfter } from "../../../src/gates/auth.ts";

const sha256 = (token: string) => createHash("sha256").update(token).digest("hex");

function client(name: string, token: string, rest: Partial<NamedClient> = {}): NamedClient {
  return { name, tokenSha256: sha256(token), allow: undefined, deny: [], admin: false, ...rest };
}

const who = (result: AuthResult) => (result.t === "ok" ? result.principal.id : result.reason);

test("auth: everybody is anonymous when nothing is configured", () => {
  for (const token of [undefined, new Secret(""), new Secret("  ")]) {
    const auth = createAuth({ token, clients: [] });
    assert.equal(auth.required, false);
    assert.equal(who(auth.authenticate(undefined)), "anonymous");
    const result = auth.authenticate("Bearer whatever");
    assert.ok(result.t === "ok");
    assert.equal(result.principal.admin, false);
    assert.equal(result.principal.shared, true);
  }
});

test("auth: the holder of the hub's token is an admin and may do everything", () => {
  const auth = createAuth({ token: new Secret("open sesame"), clients: [] });
  assert.equal(auth.required, true);
  const result = auth.authenticate("Bearer open sesame");
  assert.deepEqual(result, {
    t: "ok",
    principal: { id: "token", name: "token", allow: undefined, deny: [], admin: true, shared: true },
  });
});

test("auth: a named client brings its own rules", () => {
  const auth = createAuth({
    token: new Secret("hub"),
    clients: [
      client("laptop", "l", { allow: ["files.*"], deny: ["#x"], profile: "claude" }),
      client("ops", "o", { admin: true }),
    ],
  });
  const rules = { allow: ["files.*"], deny: ["#x"], admin: false, shared: false, profileName: "claude" };
  assert.deepEqual(auth.authenticate("Bearer l"), { t: "ok", principal: { id: "laptop", name: "laptop", ...rules } });
  const ops = auth.authenticate("Bearer o");
  assert.ok(ops.t === "ok" && ops.principal.admin);
  assert.equal(who(auth.authenticate("Bearer hub")), "token");
});

test("auth: named clients alone need a token too", () => {
  const auth = createAuth({ clients: [client("laptop", "l")] });
  assert.equal(auth.required, true);
  assert.equal(who(auth.authenticate(undefined)), "missing");
});

test("auth: the scheme is read in any case and blanks around the token do not count", () => {
  const auth = createAuth({ token: new Secret("t0ken"), clients: [] });
  for (const header of ["Bearer t0ken", "bearer t0ken", "BEARER   t0ken ", "bEaReR t0ken"]) {
    assert.equal(who(auth.authenticate(header)), "token", header);
  }
});

test("auth: a wrong token is invalid, no bearer token at all is missing", () => {
  const auth = createAuth({ token: new Secret("right"), clients: [client("a", "b")] });
  for (const header of ["Bearer wrong", "Bearer right2", "Bearer righ", "Bearer RIGHT", `Bearer ${sha256("right")}`]) {
    assert.equal(who(auth.authenticate(header)), "invalid", header);
  }
  for (const header of [undefined, "", "Bearer", "Bearer ", "Basic cmlnaHQ=", "right", "Bearerright"]) {
    assert.equal(who(auth.authenticate(header)), "missing", header);
  }
});

test("auth: of two clients with one token the first is meant", () => {
  const auth = createAuth({ clients: [client("first", "same"), client("second", "same")] });
  assert.equal(who(auth.authenticate("Bearer same")), "first");
});

test("auth: holds no token in any visible place", () => {
  const auth = createAuth({ token: new Secret("very-visible"), clients: [] });
  const results = [auth, auth.authenticate("Bearer very-visible"), auth.authenticate("Bearer not-very-visible")];
  assert.doesNotMatch(inspect(results, { depth: 10, showHidden: true }), /visible/);
});

test("auth: after a change of the rules a caller is who its token makes it, or nobody", () => {
  const before = createAuth({
    token: new Secret("hub-one"),
    clients: [
      client("same", "s"),
      client("ruled", "r"),
      client("keyed", "k"),
      client("gone", "g"),
      client("token", "t"),
    ],
  });
  const after = createAuth({
    token: new Secret("hub-two"),
    clients: [client("same", "s"), client("ruled", "r", { allow: [] }), client("keyed", "k2"), client("token", "t")],
  });
  const later = (token: string) => {
    const result = before.authenticate(`Bearer ${token}`);
    assert.ok(result.t === "ok");
    return principalAfter(result.principal, before, after);
  };
  assert.equal(later("s")?.id, "same");
  assert.deepEqual(later("r")?.allow, []);
  assert.equal(later("k"), undefined);
  assert.equal(later("g"), undefined);
  assert.equal(later("hub-one"), undefined, "the hub's own token is another one");
  assert.equal(later("t")?.shared, false, "a client named token is not its holder");
});

test("auth: who came in without a token leaves when one is asked for, who came by no door stays", () => {
  const open = createAuth({ clients: [] });
  const closed = createAuth({ clients: [client("a", "t")] });
  const result = open.authenticate(undefined);
  assert.ok(result.t === "ok");
  assert.equal(principalAfter(result.principal, open, closed), undefined);
  assert.equal(principalAfter(result.principal, open, createAuth({ clients: [] }))?.id, "anonymous");
  const own = { ...result.principal, id: "cli" };
  assert.equal(principalAfter(own, open, closed), own);
});

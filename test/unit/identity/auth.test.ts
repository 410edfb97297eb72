import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { inspect } from "node:util";
import { Secret } from "../../../src/base/secret.ts";
import type { Auth, AuthResult, Evidence } from "../../../src/identity/auth.ts";
import { createAuth } from "../../../src/identity/auth.ts";
import type { Principal } from "../../../src/sessions/principal.ts";
import { ownPrincipal } from "../../../src/sessions/principal.ts";
import { tokenClient as client, tokenAuth } from "../../helpers/token-auth.ts";

function ask(auth: Auth, authorization: string | undefined, rest: Evidence = {}): AuthResult {
  const result = auth.authenticate({ ...rest, authorization });
  assert.ok(!(result instanceof Promise), "listed tokens are known at once");
  return result;
}

function admitted(auth: Auth, authorization?: string): Principal {
  const result = ask(auth, authorization);
  assert.ok(result.t === "ok");
  return result.principal;
}

const who = (result: AuthResult) => (result.t === "ok" ? result.principal.id : result.reason);

test("auth: everybody is anonymous when nothing is configured", () => {
  for (const token of [undefined, new Secret(""), new Secret("  ")]) {
    const auth = tokenAuth({ token, clients: [] });
    assert.equal(auth.required, false);
    assert.equal(who(ask(auth, undefined)), "anonymous");
    const principal = admitted(auth, "Bearer whatever");
    assert.equal(principal.admin, false);
    assert.equal(principal.shared, true);
  }
});

test("auth: the holder of the hub's token is an admin and may do everything", () => {
  const auth = tokenAuth({ token: new Secret("open sesame"), clients: [] });
  assert.equal(auth.required, true);
  const { id, client: entry, allow, deny, admin, shared, until } = admitted(auth, "Bearer open sesame");
  assert.deepEqual(
    [id, entry, allow, deny, admin, shared, until],
    ["token", undefined, undefined, [], true, true, undefined],
  );
});

test("auth: a named client brings its own rules", () => {
  const auth = tokenAuth({
    token: new Secret("hub"),
    clients: [
      client("laptop", "l", { allow: ["files.*"], deny: ["#x"], profile: "claude" }),
      client("ops", "o", { admin: true }),
    ],
  });
  const { id, client: entry, allow, deny, admin, shared, profileName } = admitted(auth, "Bearer l");
  assert.deepEqual(
    [id, entry, allow, deny, admin, shared, profileName],
    ["laptop", "laptop", ["files.*"], ["#x"], false, false, "claude"],
  );
  assert.equal(admitted(auth, "Bearer o").admin, true);
  assert.equal(who(ask(auth, "Bearer hub")), "token");
});

test("auth: named clients alone need a token too", () => {
  const auth = tokenAuth({ clients: [client("laptop", "l")] });
  assert.equal(auth.required, true);
  assert.equal(who(ask(auth, undefined)), "missing");
});

test("auth: the scheme is read in any case and blanks around the token do not count", () => {
  const auth = tokenAuth({ token: new Secret("t0ken"), clients: [] });
  for (const header of ["Bearer t0ken", "bearer t0ken", "BEARER   t0ken ", "bEaReR t0ken"]) {
    assert.equal(who(ask(auth, header)), "token", header);
  }
});

test("auth: a wrong token is invalid, no bearer token at all is missing", () => {
  const auth = tokenAuth({ token: new Secret("right"), clients: [client("a", "b")] });
  const hex = createHash("sha256").update("right").digest("hex");
  for (const header of ["Bearer wrong", "Bearer right2", "Bearer righ", "Bearer RIGHT", `Bearer ${hex}`]) {
    assert.equal(who(ask(auth, header)), "invalid", header);
  }
  for (const header of [undefined, "", "Bearer", "Bearer ", "Basic cmlnaHQ=", "right", "Bearerright"]) {
    assert.equal(who(ask(auth, header)), "missing", header);
  }
});

test("auth: of two clients with one token the first is meant", () => {
  const auth = tokenAuth({ clients: [client("first", "same"), client("second", "same")] });
  assert.equal(who(ask(auth, "Bearer same")), "first");
});

test("auth: holds no token in any visible place", () => {
  const auth = tokenAuth({ token: new Secret("very-visible"), clients: [] });
  const results = [auth, ask(auth, "Bearer very-visible"), ask(auth, "Bearer not-very-visible")];
  assert.doesNotMatch(inspect(results, { depth: 10, showHidden: true }), /visible/);
});

test("auth: after a change of the rules a caller is who its token makes it, or nobody", () => {
  const before = tokenAuth({
    token: new Secret("hub-one"),
    clients: [
      client("same", "s"),
      client("ruled", "r"),
      client("keyed", "k"),
      client("gone", "g"),
      client("token", "t"),
    ],
  });
  const after = tokenAuth({
    token: new Secret("hub-two"),
    clients: [client("same", "s"), client("ruled", "r", { allow: [] }), client("keyed", "k2"), client("token", "t")],
  });
  const later = (token: string) => after.again(admitted(before, `Bearer ${token}`));
  assert.equal(later("s")?.id, "same");
  assert.deepEqual(later("r")?.allow, []);
  assert.equal(later("k"), undefined);
  assert.equal(later("g"), undefined);
  assert.equal(later("hub-one"), undefined, "the hub's own token is another one");
  assert.equal(later("t")?.shared, false, "a client named token is not its holder");
});

test("auth: who came in without a token leaves when one is asked for, who came by no door stays", () => {
  const open = tokenAuth({ clients: [] });
  const closed = tokenAuth({ clients: [client("a", "t")] });
  const anonymous = admitted(open);
  assert.equal(closed.again(anonymous), undefined);
  assert.equal(tokenAuth({ clients: [] }).again(anonymous)?.id, "anonymous");
  const own = ownPrincipal("cli", { admin: true, shared: true });
  assert.equal(closed.again(own), own);
});

test("auth: where a token was shown, nothing else that was shown lets its sender in", () => {
  const socket = ownPrincipal("by-socket", { admin: false, shared: false });
  const auth = createAuth([
    {
      take: (shown) => (shown.socket === undefined ? undefined : { t: "ok", principal: socket }),
      again: () => "not mine",
    },
  ]);
  assert.equal(who(ask(auth, undefined, { socket: "/run/hub.sock" })), "by-socket");
  assert.equal(who(ask(auth, "Bearer wrong", { socket: "/run/hub.sock" })), "invalid");
});

// Whose login a caller's calls go with.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Caller, type Credentials, type House, mayUse } from "../../../src/logins/owner.ts";

const house: House = { anonymous: "loopback", isOwnClient: false };
const holder: Caller = { id: "token", shared: true };
const anonymous: Caller = { id: "anonymous", shared: true };
const laptop: Caller = { id: "laptop", shared: false };

function use(credentials: Credentials, caller: Caller, where: House = house): string {
  const used = mayUse({ core: "wiki", credentials }, caller, where);
  if (used.t === "no") return used.error.code;
  return used.owner.t === "operator" ? "operator" : used.owner.id;
}

test("whose login: the operator's serves the operator alone until the manifest says otherwise", () => {
  assert.equal(use(undefined, holder), "operator");
  assert.equal(use(undefined, anonymous), "operator");
  assert.equal(use(undefined, laptop), "login_needed");
  assert.equal(use("shared", laptop), "operator");
  assert.equal(use("per-user", laptop), "laptop");
  assert.equal(use("per-user", holder), "operator");
});

test("whose login: a client that is called token, operator or anonymous is not the operator", () => {
  for (const id of ["token", "operator", "anonymous", "client"]) {
    assert.equal(use(undefined, { id, shared: false }), "login_needed");
    assert.equal(use("per-user", { id, shared: false }), id);
  }
});

test("whose login: where everybody is let in, nobody in particular is the operator", () => {
  const open: House = { ...house, anonymous: "allow" };
  assert.equal(use(undefined, anonymous, open), "login_needed");
  assert.equal(use("per-user", anonymous, open), "login_needed");
  assert.equal(use("shared", anonymous, open), "operator");
});

test("whose login: the one client of thehub stdio is who started it", () => {
  assert.equal(use(undefined, { id: "client", shared: false }, { ...house, isOwnClient: true }), "operator");
});

test("whose login: who is refused reads what to write", () => {
  const used = mayUse({ core: "wiki", credentials: undefined }, laptop, house);
  assert.ok(used.t === "no");
  assert.match(used.error.message, /write credentials: per-user .* or credentials: shared/);
});

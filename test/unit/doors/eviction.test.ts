// Whose session makes room in a full house.
import assert from "node:assert/strict";
import { test } from "node:test";
import { toEvict } from "../../../src/doors/http/eviction.ts";
import type { Principal } from "../../../src/sessions/principal.ts";
import { somebody } from "../../helpers/echo-doorkeeper.ts";

const who = (id: string): Principal => ({ ...somebody, id, name: id });
/** `alice 5`: a session of alice's, idle for 5 s. */
const sessions = (...texts: string[]) =>
  texts.map((text) => {
    const [id = "", seconds] = text.split(" ");
    return { text, principal: who(id), idleMs: () => Number(seconds) * 1_000 };
  });
const evicted = (asking: string, ...texts: string[]) => toEvict(sessions(...texts), who(asking), 0)?.text;

test("eviction: among one's own the one that was idle longest goes, if that was for a minute", () => {
  assert.equal(evicted("alice", "alice 59", "alice 10", "alice 0"), undefined);
  assert.equal(evicted("alice", "alice 61", "alice 70", "alice 0"), "alice 70");
});

test("eviction: who has the most gives way to who has less than half as many, without the minute, but never what is busy", () => {
  assert.equal(evicted("bob", "alice 5", "alice 3", "alice 0"), "alice 5");
  assert.equal(evicted("bob", "alice 5", "alice 3", "alice 4", "bob 500"), "alice 5");
  assert.equal(evicted("bob", "alice 5", "alice 3", "bob 500"), "bob 500", "half as many is not less");
  assert.equal(evicted("bob", "alice 0", "alice 0"), undefined);
});

test("eviction: who has the most takes nothing from others, however idle they are", () => {
  assert.equal(evicted("alice", "alice 0", "alice 1", "bob 5000"), undefined);
  assert.equal(evicted("alice", "alice 0", "alice 60", "bob 5000"), "alice 60");
});

test("eviction: where who has the most is busy, the one that was idle longest makes room for others", () => {
  assert.equal(evicted("bob", "alice 0", "alice 0", "carol 61", "carol 59"), "carol 61");
});

test("eviction: a shared token and a named client of the same name are two", () => {
  const all = [
    ...sessions("token 500"),
    ...sessions("token 1", "token 1", "token 2").map((session) => ({
      ...session,
      principal: { ...session.principal, shared: true },
    })),
  ];
  assert.equal(toEvict(all, who("token"), 0)?.text, "token 2");
});

// Request states as an attacker would send them: whatever is wrong, the answer is the same, and the log has one line for a while.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { HubError } from "../../../../src/base/errors.ts";
import {
  type Bringer,
  newStateId,
  type RequestState,
  SealedStates,
  subjectOf,
} from "../../../../src/relay/bridge/sealed-state.ts";
import type { SealKey } from "../../../../src/relay/bridge/sealer.ts";
import { LogRecord } from "../../../helpers/core-run.ts";
import { FakeClock } from "../../../helpers/fake-clock.ts";

const hour = 3_600_000;
const by: Bringer & { readonly core: string } = { core: "books", fp: "f1", sub: "client ann", endpoint: "http" };

function keyOf(kid: string): SealKey {
  return { kid, key: randomBytes(32) };
}

function scene(keys: SealKey[] = [keyOf("k1")], audience = "here") {
  const clock = new FakeClock();
  const record = new LogRecord();
  const ring = { current: () => keys[0] as SealKey, find: (kid: string) => keys.find((key) => key.kid === kid) };
  const states = new SealedStates({ keys: ring, audience: () => audience, clock, log: record.log });
  const state = (more: Partial<RequestState> = {}): RequestState => {
    const { core, fp, sub } = by;
    return { t: "wrap", id: newStateId(), core, fp, sub, round: 1, exp: states.now() + hour, ...more };
  };
  const warnings = () => record.lines.filter(({ msg }) => msg === "request_state_refused");
  const refused = (text: string, presented: Bringer = by): unknown => {
    const before = warnings().length;
    // Nothing is held back from here on.
    states.close();
    let answer: unknown;
    try {
      states.open(text, presented);
      assert.fail("it was taken");
    } catch (error) {
      assert.ok(error instanceof HubError);
      answer = { code: error.code, rpc: error.facts.rpc, message: error.message, data: error.data };
    }
    const [line, ...more] = warnings().slice(before);
    assert.ok(line !== undefined && more.length === 0, "one warning");
    assert.equal(line.level, "warn");
    assert.ok(text.length < 20 || !JSON.stringify(line).includes(text.slice(3, 40)));
    return answer;
  };
  return { clock, states, state, refused, warnings, keys };
}

const refusal = { code: "envelope_invalid", rpc: -32602, message: "invalid or expired requestState", data: {} };

test("sealed state: what was sealed is read again, the Core's own state byte for byte", () => {
  const { states, state } = scene();
  const inner = '"a\\u00e9\\/\xc3\xa9\\"{}"';
  const sealed = state({ t: "wrap", inner, round: 3 });
  const text = states.seal(sealed, by.endpoint);
  assert.match(text, /^h1\.k1\.[A-Za-z0-9_-]+$/);
  assert.deepEqual(states.open(text, by), sealed);
  assert.notEqual(states.seal(sealed, by.endpoint), text);
});

test("sealed state: nothing of it can be read without the key", () => {
  const { states, state } = scene();
  const text = states.seal(state({ inner: '"secret-of-the-core"' }), by.endpoint);
  const open = Buffer.from(text.split(".")[2] ?? "", "base64url").toString("latin1");
  for (const part of ["secret", "books", "ann", "wrap"]) assert.ok(!open.includes(part));
});

test("sealed state: every bit is guarded", () => {
  const { states, state, refused } = scene();
  const text = states.seal(state(), by.endpoint);
  const [head = "", kid = "", body = ""] = text.split(".");
  const bytes = Buffer.from(body, "base64url");
  for (let at = 0; at < bytes.length; at++) {
    const other = Buffer.from(bytes);
    other[at] = (other[at] as number) ^ (1 << (at & 7));
    assert.deepEqual(refused(`${head}.${kid}.${other.toString("base64url")}`), refusal);
  }
});

test("sealed state: cut short, lengthened, spelled another way or made up, it is refused alike", () => {
  const { states, state, refused } = scene();
  const text = states.seal(state(), by.endpoint);
  const body = text.slice("h1.k1.".length);
  const wrong = [
    "",
    ".",
    "..",
    "h1",
    "h1.k1",
    "h1.k1.",
    text.slice(0, -1),
    text.slice(0, 40),
    `${text}A`,
    `${text}=`,
    `${text}.`,
    `${text}.x`,
    ` ${text}`,
    `${text}\n`,
    `h2.k1.${body}`,
    `h1.k2.${body}`,
    `h1.K1.${body}`,
    `h1.__proto__.${body}`,
    `h1.k1.${body.slice(0, 30)}+${body.slice(31)}`,
    `h1.k1.${Buffer.from(JSON.stringify(state())).toString("base64url")}`,
    "x".repeat(3 * 1024 * 1024),
    "the-core's-own-state",
    "é".repeat(50),
  ];
  for (const one of wrong) assert.deepEqual(refused(one), refusal, one.slice(0, 60));
  assert.equal(states.open(text, by).t, "wrap");
});

test("sealed state: it is good until it expires, and no longer", () => {
  const { states, state, refused, clock } = scene();
  const text = states.seal(state(), by.endpoint);
  clock.advance(hour - 1);
  assert.equal(states.open(text, by).round, 1);
  clock.advance(1);
  assert.deepEqual(refused(text), refusal);
});

test("sealed state: another caller, Core, request, endpoint or hub cannot use it", () => {
  const keys = [keyOf("k1")];
  const { states, state, refused } = scene(keys);
  const text = states.seal(state(), by.endpoint);
  const others: Partial<Bringer>[] = [
    { sub: "client bob" },
    { sub: "shared ann" },
    { core: "files" },
    { fp: "f2" },
    { endpoint: "websocket" },
    { endpoint: "http claude" },
  ];
  for (const other of others) assert.deepEqual(refused(text, { ...by, ...other }), refusal, JSON.stringify(other));
  assert.deepEqual(scene(keys, "elsewhere").refused(text), refusal);
  assert.deepEqual(scene([keyOf("k1")]).refused(text), refusal);
});

test("sealed state: a client that brings wrong ones without an end is refused each time, and the log says so every ten seconds", () => {
  const { states, state, warnings, clock } = scene();
  const text = states.seal(state(), by.endpoint);
  const lines = () => warnings().map(({ core, why, times }) => [core, why, times]);
  for (let count = 0; count < 1000; count++) assert.throws(() => states.open("made up", by), HubError);
  for (let count = 0; count < 10; count++)
    assert.throws(() => states.open(text, { ...by, sub: "client bob" }), HubError);
  assert.throws(() => states.open("made up", { ...by, core: "files" }), HubError);
  const first = [
    ["books", "unreadable", 1],
    ["books", "subject", 1],
    ["files", "unreadable", 1],
  ];
  assert.deepEqual(lines(), first, "for each Core and fault");
  clock.advance(10_000);
  assert.deepEqual(lines().slice(first.length), [
    ["books", "unreadable", 999],
    ["books", "subject", 9],
  ]);
  assert.throws(() => states.open("made up", by), HubError);
  states.close();
  assert.deepEqual(lines().slice(first.length + 2), [["books", "unreadable", 1]], "the rest is said at the end");
  assert.equal(clock.timers, 0);
});

test("sealed state: of two keys the first seals and both open; one that is gone opens nothing", () => {
  const [old, fresh] = [keyOf("old"), keyOf("new")];
  const keys = [old];
  const { states, state, refused } = scene(keys);
  const text = states.seal(state(), by.endpoint);
  keys.unshift(fresh);
  assert.equal(states.open(text, by).core, "books");
  assert.match(states.seal(state(), by.endpoint), /^h1\.new\./);
  assert.deepEqual(refused(text.replace("h1.old.", "h1.new.")), refusal);
  keys.pop();
  assert.deepEqual(refused(text), refusal);
});

test("sealed state: a client named like the holder of the hub's token is another subject", () => {
  assert.notEqual(subjectOf({ id: "token", shared: true }), subjectOf({ id: "token", shared: false }));
});

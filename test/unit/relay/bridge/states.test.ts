// Modern clients: the states that they carry between rounds, and what becomes of one that is not what it should be.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import type { ClientCapabilities } from "../../../../src/base/client-capabilities.ts";
import { frameOfText } from "../../../../src/wire/frame.ts";
import { type BridgeCore, BridgeScene, capabilitiesKey } from "../../../helpers/bridge-scene.ts";
import { somebody } from "../../../helpers/echo-doorkeeper.ts";
import { scanned } from "../../../helpers/lane-scene.ts";

const able: ClientCapabilities = { elicitation: { form: {}, url: {} } };
const form = { method: "elicitation/create", params: { message: "Name?", requestedSchema: { type: "object" } } };
const inputResponses = { k: { action: "accept", content: { name: "Ann" } } };
const book = { name: "book", arguments: { n: 1 } };

function required(requests: object, state?: string): string {
  const kept = state === undefined ? "" : `,"requestState":${state}`;
  return `"result":{"resultType":"input_required","inputRequests":${JSON.stringify(requests)}${kept}}`;
}

function named(id: string) {
  return { ...somebody, id, name: id, shared: false };
}

function scene(era: "modern" | "legacy" = "modern") {
  const at = new BridgeScene();
  const client = at.modern({ capabilities: able, principal: named("ann") });
  const core = at.core({ era, label: "books" });
  const calls = (of: BridgeCore = core) => of.told.filter(({ id }) => id !== undefined);
  /** A call that the Core wants input for; returns the state that the client is to bring back. */
  const asked = (params: object = book, state = '"core\\u0027s own"') => {
    const id = at.call(client, core, params);
    core.answers("tools/call", required({ k: form }, state));
    const result = client.answerTo(id)?.result;
    return { result, state: result.requestState as string };
  };
  return { at, client, core, calls, asked };
}

test("states: a modern Core's own is wrapped, and it gets it back byte for byte", () => {
  const { at, client, core, calls, asked } = scene();
  const sent: string[] = [];
  const { send } = core.port;
  core.port.send = (frame, splices) => {
    sent.push(splices.map(({ text }) => text).join("|"));
    return send(frame, splices);
  };
  const { result, state } = asked();
  assert.match(state, /^h1\.k1\./);
  assert.deepEqual(result.inputRequests, { k: { ...form, params: { ...form.params, message: "[books] Name?" } } });
  const id = at.call(client, core, { ...book, inputResponses, requestState: state });
  assert.deepEqual(calls()[1]?.params.inputResponses, inputResponses);
  assert.ok(sent[1]?.includes('"core\\u0027s own"'), sent[1]);
  core.answers("tools/call", '"result":{"resultType":"complete","content":[]}');
  assert.deepEqual(client.answerTo(id)?.result, { resultType: "complete", content: [] });
  assert.equal(at.refusals.length, 0);
  at.assertIdle();
});

test("states: a Core that has none of its own is told none, and the client has one all the same", () => {
  const { at, client, core, calls } = scene();
  const id = at.call(client, core, book);
  core.answers("tools/call", required({ k: form }));
  const { requestState } = client.answerTo(id)?.result ?? {};
  assert.match(requestState, /^h1\./);
  at.call(client, core, { ...book, inputResponses, requestState });
  const { requestState: told, ...params } = calls()[1]?.params ?? {};
  assert.equal(told, undefined);
  assert.deepEqual(params.inputResponses, inputResponses);
  at.call(client, core, { requestState, ...book });
  assert.equal(calls()[2]?.params.requestState, undefined);
});

test("states: rounds count up, and blanks or escapes of the client make no difference", () => {
  const { at, client, core, calls, asked } = scene();
  const { state } = asked();
  at.call(client, core, { arguments: { n: 1 }, name: "book", inputResponses, requestState: state });
  assert.equal(calls().length, 2);
  core.answers("tools/call", required({ k: form }, '"2"'));
  const again = client.heard.at(-1)?.result.requestState;
  at.call(client, core, { ...book, requestState: again });
  assert.equal(calls()[2]?.params.requestState, "2");
  assert.equal(at.refusals.length, 0);
});

const refusal = { code: -32602, message: "invalid or expired requestState" };

test("states: tampered, swapped, expired or foreign, it is refused alike, warned of once, and the Core is left alone", () => {
  const { at, client, core, calls, asked } = scene();
  const other = at.core({ era: "modern" });
  const bob = at.modern({ capabilities: able, principal: named("bob") });
  const { state } = asked();
  const flip = (text: string, index: number) =>
    text.slice(0, index) + (text[index] === "A" ? "B" : "A") + text.slice(index + 1);
  const attacks: [string, () => number, typeof client][] = [
    ["tampered", () => at.call(client, core, { ...book, requestState: flip(state, 30) }), client],
    ["truncated", () => at.call(client, core, { ...book, requestState: state.slice(0, -4) }), client],
    ["lengthened", () => at.call(client, core, { ...book, requestState: `${state}AAAA` }), client],
    ["another kid", () => at.call(client, core, { ...book, requestState: state.replace("h1.k1.", "h1.k9.") }), client],
    ["the Core's own", () => at.call(client, core, { ...book, requestState: "core's own" }), client],
    ["empty", () => at.call(client, core, { ...book, requestState: "" }), client],
    ["a number", () => at.call(client, core, { ...book, requestState: 7 }), client],
    ["null", () => at.call(client, core, { ...book, requestState: null }), client],
    ["another user", () => at.call(bob, core, { ...book, requestState: state }), bob],
    ["another Core", () => at.call(client, other, { ...book, requestState: state }), client],
    ["another tool", () => at.call(client, core, { ...book, name: "buy", requestState: state }), client],
    ["other arguments", () => at.call(client, core, { ...book, arguments: { n: 2 }, requestState: state }), client],
    ["another method", () => at.call(client, core, { ...book, requestState: state }, "prompts/get"), client],
  ];
  for (const [index, [what, attack, who]] of attacks.entries()) {
    const id = attack();
    assert.deepEqual(who.answerTo(id)?.error, refusal, what);
    assert.equal(at.refusals.length, index + 1, what);
  }
  assert.equal(calls().length, 1);
  assert.deepEqual(calls(other), []);
  at.call(client, core, { ...book, inputResponses, requestState: state });
  assert.equal(calls().length, 2, "the true one is still good");
});

test("states: one that came in at another door or path is refused", () => {
  const { at, client, core, calls, asked } = scene();
  const { state } = asked();
  Object.defineProperty(client.session, "door", { value: "http" });
  const id = at.call(client, core, { ...book, requestState: state });
  assert.deepEqual(client.answerTo(id)?.error, refusal);
  assert.equal(calls().length, 1);
});

test("states: an hour later it is refused", () => {
  const { at, client, core, calls, asked } = scene();
  const { state } = asked();
  at.clock.advance(60 * 60_000);
  const id = at.call(client, core, { ...book, requestState: state });
  assert.deepEqual(client.answerTo(id)?.error, refusal);
  assert.equal(calls().length, 1);
});

test("states: a rotated key opens as long as it is there", () => {
  const { at, client, core, calls, asked } = scene();
  const { state } = asked();
  at.keys.unshift({ kid: "k2", key: randomBytes(32) });
  at.call(client, core, { ...book, requestState: state });
  assert.equal(calls().length, 2);
  at.keys.pop();
  const id = at.call(client, core, { ...book, requestState: state });
  assert.deepEqual(client.answerTo(id)?.error, refusal);
  assert.equal(calls().length, 2);
});

test("states: a key that is spelled with escapes is no way past", () => {
  const { at, client, core, calls } = scene();
  const request: typeof client.request = (method, params) => {
    const plain = client.request(method, params);
    const text = plain.bytes.toString().replace('"requestState"', '"request\\u0053tate"');
    const { bytes, record } = scanned(text);
    return { ...plain, frame: frameOfText(text), bytes, scan: record };
  };
  const id = at.call({ ...client, request }, core, { ...book, requestState: "forged" });
  assert.deepEqual(client.answerTo(id)?.error, refusal);
  assert.deepEqual(calls(), []);
});

test("states: a Core that asks for what the request does not declare gets its call refused", () => {
  const { at, client, core } = scene();
  const sampling = { method: "sampling/createMessage", params: { messages: [], maxTokens: 1 } };
  const id = at.call(client, core, book);
  core.answers("tools/call", required({ k: form, s: sampling }, '"s"'));
  assert.equal(client.answerTo(id)?.error?.code, -32603);
  assert.match(client.answerTo(id)?.error?.message ?? "", /has not declared the capability sampling/);
  const large = at.call(client, core, book);
  core.answers("tools/call", required({ k: form }, JSON.stringify("s".repeat(300_000))));
  assert.equal(client.answerTo(large)?.error?.code, -32603);
  at.assertIdle();
});

test("states: a Core that asks in odd spellings asks by the same rules", () => {
  const { at, client, core } = scene();
  const sampling = { method: "sampling/createMessage", params: { messages: [], maxTokens: 1 } };
  const asked = required({ s: sampling }, '"s"');
  for (const odd of [
    asked.replace(/\}$/, String.raw`,"a\"resultType":"complete"}`),
    asked.replace("input_required", String.raw`input\u005frequired`),
    asked.replace('"resultType"', String.raw`"result\u0054ype"`),
  ]) {
    assert.notEqual(odd, asked);
    const id = at.call(client, core, book);
    core.answers("tools/call", odd);
    assert.match(client.answerTo(id)?.error?.message ?? "", /has not declared the capability sampling/, odd);
  }
  at.assertIdle();
});

test("states: what the Core needs, and the request does not declare, is the client's to know", () => {
  const { at, client, core } = scene();
  const error = { code: -32021, message: "m", data: { requiredCapabilities: { sampling: {} } } };
  const id = at.call(client, core, book);
  core.answers("tools/call", `"error":${JSON.stringify(error)}`);
  assert.deepEqual(client.answerTo(id)?.error, error);
});

test("states: pages that a legacy Core wants to be seen first are input, and the call is made again without", () => {
  const { at, client, core, calls } = scene("legacy");
  const elicitations = [{ mode: "url", elicitationId: "e1", url: "https://a.example/x", message: "Sign in" }];
  const id = at.call(client, core, book);
  assert.equal(calls()[0]?.params._meta && Object.keys(calls()[0]?.params._meta).length, 0);
  core.answers("tools/call", `"error":${JSON.stringify({ code: -32042, message: "m", data: { elicitations } })}`);
  const result = client.answerTo(id)?.result;
  assert.equal(result.resultType, "input_required");
  const params = { mode: "url", url: "https://a.example/x", message: "[books] Sign in" };
  assert.deepEqual(result.inputRequests, { k1: { method: "elicitation/create", params } });
  const requestState = result.requestState;
  const retry = at.call(client, core, { ...book, inputResponses: { k1: { action: "accept" } }, requestState });
  assert.deepEqual(Object.keys(calls()[1]?.params).sort(), ["_meta", "arguments", "name"]);
  core.answers("tools/call", '"result":{"content":[]}');
  assert.deepEqual(client.answerTo(retry)?.result, { resultType: "complete", content: [] });
  const plain = at.modern({ capabilities: { elicitation: {} } });
  const unable = at.call(plain, core, book);
  core.answers("tools/call", `"error":${JSON.stringify({ code: -32042, message: "m", data: { elicitations } })}`);
  assert.equal(plain.answerTo(unable)?.error?.code, -32603);
  at.assertIdle();
});

test("states: what a client declares is handed on, but that it knows tasks not where each instance of the Core has its own", () => {
  const at = new BridgeScene();
  const core = at.core({ era: "modern" });
  const tasks = "io.modelcontextprotocol/tasks";
  for (const others of [{}, { "io.modelcontextprotocol/ui": { a: 1 } }]) {
    const extensions = { [tasks]: {}, ...others };
    const client = at.modern({ capabilities: { sampling: {}, extensions } });
    for (const keepsTasks of [true, false]) {
      core.lane.policy = { ...core.lane.policy, keepsTasks };
      at.call(client, core, book);
      const told = { sampling: {}, extensions: keepsTasks ? extensions : others };
      assert.deepEqual(core.told.at(-1)?.params._meta[capabilitiesKey], told);
    }
  }
});

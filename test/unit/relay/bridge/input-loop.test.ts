// Legacy clients of modern Cores: what the Core asks for first, the client is asked; with the answers the call is made again.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClientCapabilities } from "../../../../src/base/client-capabilities.ts";
import { BridgeScene, capabilitiesKey, versionKey } from "../../../helpers/bridge-scene.ts";
import type { Said } from "../../../helpers/lane-scene.ts";

const able = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };
const form = { method: "elicitation/create", params: { message: "Name?", requestedSchema: { type: "object" } } };
const accepted = '"result":{"action":"accept","content":{"name":"Ann","n":1.0}}';
const done = '"result":{"resultType":"complete","content":[{"type":"text","text":"done"}]}';

function required(requests: object | undefined, state?: string): string {
  const asked = requests === undefined ? "" : `,"inputRequests":${JSON.stringify(requests)}`;
  const kept = state === undefined ? "" : `,"requestState":${state}`;
  return `"result":{"resultType":"input_required"${asked}${kept}}`;
}

function scene(capabilities: ClientCapabilities = able) {
  const scene = new BridgeScene();
  const client = scene.legacy(capabilities);
  const core = scene.core({ era: "modern", label: "books" });
  const asked = (method?: string) =>
    client.heard.filter((said) => said.method !== undefined && (method === undefined || said.method === method));
  const call = (params: object = { name: "book", arguments: { n: 1 } }, method?: string) =>
    scene.call(client, core, params, method);
  const textOf = (id: number) => client.answerTo(id)?.result.content[0].text as string;
  return { scene, client, core, asked, call, textOf, calls: () => core.told.filter(({ id }) => id !== undefined) };
}

test("input loop: two rounds of forms on one call, with the Core's state as it wrote it", () => {
  const { scene: at, client, core, asked, call, calls } = scene();
  const id = call();
  const [first] = calls();
  assert.equal(first?.params._meta[versionKey], "2026-07-28");
  assert.deepEqual(first?.params._meta[capabilitiesKey], {
    sampling: {},
    elicitation: { form: {}, url: {} },
    roots: {},
  });
  core.answers("tools/call", required({ k1: form }, '"a\\u00e9\\/=="'));
  const [one] = asked();
  assert.deepEqual(one?.params, { ...form.params, message: "[books] Name?" });
  assert.equal(client.answerTo(id), undefined);
  at.answers(client, one, accepted);
  const second = calls()[1];
  assert.notEqual(second?.id, first?.id);
  assert.deepEqual(second?.params, {
    ...first?.params,
    inputResponses: { k1: { action: "accept", content: { name: "Ann", n: 1 } } },
    requestState: "aé/==",
  });
  core.answers("tools/call", required({ "another key": { ...form, params: { ...form.params, mode: "form" } } }));
  const two = asked()[1];
  assert.notEqual(two?.id, one?.id);
  at.answers(client, two, '"result":{"action":"decline"}');
  const third = calls()[2];
  assert.deepEqual(third?.params.inputResponses, { "another key": { action: "decline" } });
  assert.ok(!("requestState" in third.params), "what the Core did not say it is not told");
  core.answers("tools/call", done);
  assert.deepEqual(client.answerTo(id)?.result, { content: [{ type: "text", text: "done" }] });
  at.assertIdle();
});

test("input loop: the Core's state, and what the client answers, go on byte for byte", () => {
  const { scene: at, client, core, asked, call } = scene();
  const sent: string[] = [];
  const { send } = core.port;
  core.port.send = (frame, splices) => {
    const bytes = Buffer.concat(frame.chunks);
    let text = "";
    let from = 0;
    for (const { start, end, text: put } of splices) {
      text += bytes.toString("latin1", from, start) + put;
      from = end;
    }
    sent.push(text + bytes.toString("latin1", from));
    return send(frame, splices);
  };
  call();
  core.answers("tools/call", required({ k1: form }, '"a\\u00e9\\/=="'));
  at.answers(client, asked()[0], accepted);
  const added = `,"inputResponses":{"k1":{"action":"accept","content":{"name":"Ann","n":1.0}}},"requestState":"a\\u00e9\\/=="}`;
  assert.ok(sent[1]?.includes(added), sent[1]);
});

test("input loop: all of a round is asked at once, and told at once", () => {
  const { scene: at, client, core, asked, call, calls } = scene();
  call();
  const sampling = { method: "sampling/createMessage", params: { messages: [], maxTokens: 1 } };
  core.answers("tools/call", required({ a: form, b: sampling, c: { method: "roots/list" } }));
  const [a, b, c] = asked();
  assert.deepEqual([a?.method, b?.method, c?.method], ["elicitation/create", "sampling/createMessage", "roots/list"]);
  assert.ok(c !== undefined && !("params" in c));
  at.answers(client, c, '"result":{"roots":[]}');
  at.answers(client, a, accepted);
  assert.equal(calls().length, 1);
  at.answers(client, b, '"result":{"role":"assistant","content":{"type":"text","text":"x"},"model":"m"}');
  assert.equal(calls().length, 2);
  assert.deepEqual(Object.keys(calls()[1]?.params.inputResponses).sort(), ["a", "b", "c"]);
  core.answers("tools/call", done);
  at.assertIdle();
});

test("input loop: a client that cannot be asked has its tool's call end in words, any other in an error", () => {
  const { scene: at, client, core, asked, call, textOf, calls } = scene({ elicitation: {} });
  const cases = [
    { a: form, b: { method: "sampling/createMessage", params: {} } },
    { a: { method: "elicitation/create", params: { mode: "url", url: "https://a.example", message: "m" } } },
    { a: { method: "tools/call", params: {} } },
  ];
  for (const requests of cases) {
    const id = call();
    core.answers("tools/call", required(requests, '"s"'));
    assert.equal(client.answerTo(id)?.result.isError, true);
    assert.match(textOf(id), /^core "core 1" asked for input that it cannot have: /);
  }
  assert.deepEqual(asked(), []);
  assert.equal(calls().length, cases.length);
  const prompt = call({ name: "p" }, "prompts/get");
  core.answers("prompts/get", required(cases[1]));
  assert.equal(client.answerTo(prompt)?.error?.code, -32603);
  at.assertIdle();
});

test("input loop: what is no request for input ends the call", () => {
  const { scene: at, client, core, call, textOf } = scene();
  const wrong: [string, RegExp][] = [
    ['"result":{"resultType":"input_required"}', /not for which/],
    ['"result":{"resultType":"input_required","requestState":7}', /no string/],
    ['"result":{"resultType":"input_required","inputRequests":[]}', /no object/],
    ['"result":{"resultType":"input_required","inputRequests":{"a":{"params":{}}}}', /no request/],
    [
      '"result":{"resultType":"input_required","inputRequests":{"a":{"method":"roots/list","params":[]}}}',
      /no request/,
    ],
    [required(Object.fromEntries(Array.from({ length: 65 }, (_, at) => [at, form]))), /more than 64/],
    [required({}, JSON.stringify("s".repeat(1024 * 1024))), /bytes at once/],
  ];
  for (const [body, words] of wrong) {
    const id = call();
    core.answers("tools/call", body);
    assert.equal(client.answerTo(id)?.result.isError, true);
    assert.match(textOf(id), words);
  }
  at.assertIdle();
});

test("input loop: words that look like a request for input are a result like any other", () => {
  const { scene: at, client, core, call } = scene();
  const id = call();
  const structuredContent = { resultType: "input_required", requestState: "s" };
  core.answers(
    "tools/call",
    `"result":{"resultType":"complete","content":[],"structuredContent":${JSON.stringify(structuredContent)}}`,
  );
  assert.deepEqual(client.answerTo(id)?.result, { content: [], structuredContent });
  at.assertIdle();
});

test("input loop: an error of the client ends the call, and what else it was asked is taken back", () => {
  const { scene: at, client, core, asked, call, textOf, calls } = scene();
  const id = call();
  core.answers("tools/call", required({ a: form, b: form }));
  const [a, b] = asked();
  at.answers(client, a, '"error":{"code":-1,"message":"the person is away"}');
  assert.match(textOf(id), /the client answered with an error: the person is away$/);
  assert.deepEqual(
    asked("notifications/cancelled").map(({ params }) => params.requestId),
    [b?.id],
  );
  at.answers(client, b, accepted);
  assert.equal(calls().length, 1);
  at.assertIdle();
});

test("input loop: a client that cancels its call is asked no more, and the Core is not called again", () => {
  const { scene: at, client, core, asked, call, calls } = scene();
  const id = call();
  core.answers("tools/call", required({ a: form, b: form }));
  const [a, b] = asked();
  at.answers(client, a, accepted);
  at.cancels(client, id);
  assert.deepEqual(
    asked("notifications/cancelled").map(({ params }) => params.requestId),
    [b?.id],
  );
  assert.equal(client.answerTo(id), undefined);
  assert.equal(calls().length, 1);
  at.assertIdle();
});

test("input loop: of a client that leaves nothing is left, asked or about to be sent again", () => {
  for (const isPaced of [false, true]) {
    const { scene: at, client, core, call, calls } = scene();
    call();
    core.answers("tools/call", isPaced ? required(undefined, '"s"') : required({ a: form }));
    at.asks.dropSession(client.session);
    client.leave();
    assert.equal(calls().length, 1);
    at.assertIdle();
    assert.equal(calls().length, 1);
  }
});

test("input loop: after eight rounds it is enough", () => {
  const { scene: at, client, core, asked, call, textOf } = scene();
  const id = call();
  for (let round = 1; round <= 8; round++) {
    core.answers("tools/call", required({ a: form }));
    at.answers(client, asked()[round - 1], accepted);
  }
  core.answers("tools/call", required({ a: form }));
  assert.match(textOf(id), /more than 8 times/);
  at.assertIdle();
});

test("input loop: a client that does not answer for ten minutes ends the call, and is told", () => {
  const { scene: at, client, core, asked, call, textOf } = scene();
  const id = call();
  core.answers("tools/call", required({ a: form }));
  at.clock.advance(9 * 60_000);
  assert.equal(client.answerTo(id), undefined);
  at.clock.advance(60_000 + 1000);
  assert.match(textOf(id), /did not answer within 10 minutes/);
  assert.equal(asked("notifications/cancelled").length, 1);
  at.assertIdle();
});

test("input loop: the time that a person takes is not the Core's", () => {
  const { scene: at, client, core, asked, call } = scene();
  const id = call();
  at.clock.advance(600);
  core.answers("tools/call", required({ a: form }));
  at.clock.advance(60_000);
  at.answers(client, asked()[0], accepted);
  at.clock.advance(250);
  assert.equal(client.answerTo(id), undefined);
  at.clock.advance(500);
  assert.equal(client.answerTo(id)?.error?.code, -32052);
  at.assertIdle();
});

test("input loop: a Core that only wants another try has it after a moment", () => {
  const { scene: at, core, call, calls } = scene();
  call();
  core.answers("tools/call", required(undefined, '"again"'));
  at.clock.advance(249);
  assert.equal(calls().length, 1);
  at.clock.advance(1);
  assert.equal(calls()[1]?.params.requestState, "again");
  assert.ok(!("inputResponses" in (calls()[1]?.params ?? {})));
  core.answers("tools/call", done);
  at.assertIdle();
});

test("input loop: a Core that only ever wants another try has the time of any call, and no more", () => {
  const { scene: at, client, core, call, calls } = scene();
  const id = call();
  while (client.answerTo(id) === undefined && calls().length < 100) {
    core.answers("tools/call", required(undefined, '"again"'));
    at.clock.advance(250);
  }
  assert.equal(client.answerTo(id)?.error?.code, -32052);
  assert.ok(at.clock.now() <= 1000 + 250, String(at.clock.now()));
  at.assertIdle();
});

test("input loop: the time in which a page is seen to is not the Core's, and what follows it is", () => {
  const { scene: at, client, core, asked, call, calls } = scene();
  const page = { method: "elicitation/create", params: { mode: "url", message: "Pay", url: "https://pay.example/1" } };
  const id = call();
  core.answers("tools/call", required({ a: page }, '"s"'));
  at.answers(client, asked("elicitation/create")[0], '"result":{"action":"accept"}');
  for (const ms of [2000, 5000]) {
    at.clock.advance(ms);
    core.answers("tools/call", required({ a: page }, '"s"'));
  }
  at.clock.advance(10_000);
  assert.equal(client.answerTo(id), undefined);
  const seenMs = at.clock.now();
  while (client.answerTo(id) === undefined && calls().length < 100) {
    core.answers("tools/call", required(undefined, '"again"'));
    at.clock.advance(250);
  }
  assert.equal(client.answerTo(id)?.error?.code, -32052);
  assert.ok(at.clock.now() - seenMs <= 1000 + 250, String(at.clock.now() - seenMs));
  at.assertIdle();
});

test("input loop: a page is opened once, and the Core asked again until it was seen to", () => {
  const { scene: at, client, core, asked, call, calls } = scene();
  const id = call();
  const page = { method: "elicitation/create", params: { mode: "url", message: "Pay", url: "https://pay.example/1" } };
  const visits = [2000, 5000, 10_000, 20_000, 20_000];
  core.answers("tools/call", required({ a: page }, '"s"'));
  const [one] = asked("elicitation/create");
  const { elicitationId, ...params } = one?.params ?? {};
  assert.match(elicitationId, /^hub~.{16}$/);
  assert.deepEqual(params, { ...page.params, message: "[books] Pay" });
  at.answers(client, one, '"result":{"action":"accept"}');
  for (const [visit, ms] of visits.entries()) {
    at.clock.advance(ms - 1);
    assert.equal(calls().length, 1 + visit);
    at.clock.advance(1);
    assert.deepEqual(calls()[1 + visit]?.params.inputResponses, { a: { action: "accept" } });
    core.answers("tools/call", visit < 4 ? required({ a: page }, '"s"') : done);
  }
  assert.equal(asked("elicitation/create").length, 1);
  assert.deepEqual(
    asked("notifications/elicitation/complete").map((said: Said) => said.params),
    [{ elicitationId }],
  );
  const order = client.heard.map((said) => said.method ?? said.id);
  assert.deepEqual(order.slice(-2), ["notifications/elicitation/complete", id]);
  at.assertIdle();
});

test("input loop: a page that is declined is the Core's to know at once", () => {
  const { scene: at, client, core, asked, call, calls } = scene();
  call();
  const page = { method: "elicitation/create", params: { mode: "url", message: "Pay", url: "https://pay.example/1" } };
  core.answers("tools/call", required({ a: page }));
  at.answers(client, asked()[0], '"result":{"action":"decline"}');
  assert.deepEqual(calls()[1]?.params.inputResponses, { a: { action: "decline" } });
  core.answers("tools/call", done);
  assert.deepEqual(asked("notifications/elicitation/complete"), []);
  at.assertIdle();
});

test("input loop: progress goes on only, whatever a Core that starts anew says", () => {
  const { scene: at, client, core, asked, call, calls } = scene();
  call({ name: "book", _meta: { progressToken: "p" } });
  const told = () => asked("notifications/progress").map(({ params }) => params.progress);
  for (const progress of [1, 5, 5]) at.progress(core, calls()[0]?.id, progress);
  core.answers("tools/call", required({ a: form }));
  at.answers(client, asked("elicitation/create")[0], accepted);
  assert.equal(calls()[1]?.params._meta.progressToken, calls()[1]?.id);
  for (const progress of [0, 1, 5, 6, 6, 7]) at.progress(core, calls()[1]?.id, progress);
  assert.deepEqual(told(), [1, 5, 5, 6, 7]);
  core.answers("tools/call", done);
  at.assertIdle();
});

test("input loop: a Core that is gone when the answers are there ends the call with what is wrong", () => {
  const { scene: at, client, core, asked, call } = scene();
  const id = call();
  core.answers("tools/call", required({ a: form }));
  core.becomes({ t: "failed", since: 0, code: "core_down", reason: "it broke", cause: "" });
  assert.equal(client.answerTo(id), undefined);
  at.answers(client, asked()[0], accepted);
  assert.equal(client.answerTo(id)?.error?.code, -32051);
  at.assertIdle();
});

test("input loop: a legacy client has no say in what belongs to rounds", () => {
  const { core, call, calls, scene: at } = scene();
  call({ requestState: "forged", name: "book", inputResponses: { a: {} }, _meta: { "a/b": 1 } });
  const { _meta, ...params } = calls()[0]?.params ?? {};
  assert.deepEqual(params, { name: "book" });
  core.answers("tools/call", done);
  at.assertIdle();
});

test("input loop: a tool that needs more than the client declares says so in words", () => {
  const { client, core, call, textOf, scene: at } = scene({});
  const id = call();
  core.answers(
    "tools/call",
    '"error":{"code":-32021,"message":"needs sampling","data":{"requiredCapabilities":{"sampling":{}}}}',
  );
  assert.equal(client.answerTo(id)?.result.isError, true);
  assert.match(textOf(id), /needs sampling$/);
  const read = call({ uri: "a:b" }, "resources/read");
  core.answers("resources/read", '"error":{"code":-32021,"message":"needs sampling"}');
  assert.equal(client.answerTo(read)?.error?.code, -32603);
  at.assertIdle();
});

// Rules about what a client may do, from the manifest to the wire: read-only clients, argument rules, and a service that decides calls.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { DecisionServer, type Question } from "../helpers/decision-server.ts";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import { type Message, WsClient } from "../helpers/ws-client.ts";

const tokenOf = (name: string): string => `the-token-of-${name}`;
const entry = (name: string, rest = ""): string => {
  return `${name}: { token_sha256: ${createHash("sha256").update(tokenOf(name)).digest("hex")}${rest} }`;
};

const manifest = `profiles:
  small: { tool_cap: 4 }
clients:
  ${entry("reader", ", read_only: true")}
  ${entry("writer")}
  ${entry("few", ', allow: ["echo.*"]')}
  ${entry("bound", ', arguments: { "echo.echo": { properties: { path: { type: string, pattern: "^/data/[a-z]+$" } }, required: [path], additionalProperties: false }, "#deep": { properties: { steps: { maximum: 5 } } } }')}
cores:
  echo:
    ${fixture("echo.mjs")}
    tags: [deep]
    policy: { read_only_tools: [echo, seen], timeout_ms: 20000 }
  work:
    ${fixture("many.mjs")}
  own:
    ${fixture("asker.mjs")}
    isolation: session
`;

const deciding = (
  url: string,
): string => `hub: { decision: { url: "${url}", timeout_ms: 400, cache_ms: 60000, max_waiting: 4 } }
clients:
  ${entry("laptop")}
cores:
  echo:
    ${fixture("echo.mjs")}
    tags: [deep]
`;

let hub: HubProcess;
let decided: HubProcess;
let point: DecisionServer;
let laptop: WsClient;

const connect = async (to: HubProcess, name: string, path?: string): Promise<WsClient> => {
  return WsClient.connect(await to.wsUrl(path), { authorization: `Bearer ${tokenOf(name)}` });
};

before(async () => {
  point = await DecisionServer.start();
  [hub, decided] = await Promise.all([startHub({ manifest }), startHub({ manifest: deciding(point.url) })]);
  laptop = await connect(decided, "laptop");
});

after(async () => {
  await laptop[Symbol.asyncDispose]();
  for (const one of [hub, decided]) {
    await one.stop();
    await one[Symbol.asyncDispose]();
  }
  await point[Symbol.asyncDispose]();
});

beforeEach(() => {
  point.answering = () => {};
  point.questions.length = 0;
});

const codeOf = ({ error }: Message): unknown => error?.data?.["code"];

test("rules: for a read-only client what writes exists in no list, call, search, suggestion or error", async () => {
  await using reader = await connect(hub, "reader");
  const { result } = await reader.request("tools/list");
  assert.deepEqual(
    result.tools.map(({ name }: { name: string }) => name).filter((name: string) => name.startsWith("echo")),
    ["echo__echo", "echo__seen"],
  );
  for (const name of ["echo__slow", "echo.slow", "slow", "echo_slow", "echo/slow"]) {
    const hidden = await reader.call(name);
    const never = await reader.call(name.replace("slow", "slo"));
    assert.equal(hidden.error?.message, never.error?.message.replace("slo", "slow"));
    assert.equal(codeOf(hidden), "name_unknown");
  }
  assert.equal((await reader.call("echo__echo", { a: 1 })).result.structuredContent.a, 1);
  assert.equal((await reader.request("resources/list")).result.resources.length, 1);
  assert.equal(
    (await reader.request("prompts/get", { name: "echo__greet", arguments: { who: "x" } })).result.messages.length,
    1,
  );
});

test("rules: a Core with instances of sessions has none for a client that may use nothing of it", async () => {
  const instances = async () => {
    const text = await (await fetch(`${await hub.url()}/metrics`)).text();
    return /^thehub_core_instances\{core="own"\} (\d+)$/m.exec(text)?.[1];
  };
  const listing = async (name: string) => {
    const headers = { authorization: `Bearer ${tokenOf(name)}` };
    const client = await WsClient.connect(await hub.wsUrl(), headers, {}, { roots: {} });
    // The list waits for an instance of this client's own, where there is to be one.
    await client.request("tools/list");
    return client;
  };
  await using _few = await listing("few");
  assert.equal(await instances(), "1");
  await using _writer = await listing("writer");
  assert.equal(await instances(), "2");
});

test("rules: for a read-only client with more tools than it can use, no search finds what writes", async () => {
  await using reader = await connect(hub, "reader", "/mcp/p/small");
  await using writer = await connect(hub, "writer", "/mcp/p/small");
  const search = async (client: WsClient) => {
    const { result } = await client.call("hub__search_tools", { query: "create issue", limit: 50 });
    return result.structuredContent.tools.map(({ name }: { name: string }) => name);
  };
  assert.equal((await search(writer))[0], "work__create_issue");
  const found = await search(reader);
  assert.ok(found.includes("work__get_issue"));
  assert.ok(
    found.every((name: string) => /^(work__(list|get|search)_|echo__(echo|seen)$)/.test(name)),
    found.join(),
  );
  for (const tool of ["hub__call_tool", "hub__describe_tool"]) {
    const said = await reader.call(tool, {
      name: "work__create_issue",
      ...(tool === "hub__call_tool" ? { arguments: {} } : {}),
    });
    assert.equal(said.result.isError, true);
    assert.match(
      said.result.content[0].text,
      /there is no tool "work__create_issue"; the nearest are work__(list|get|search)_/,
    );
    assert.doesNotMatch(said.result.content[0].text.replace(/"work__create_issue"/, ""), /create_/);
  }
});

test("rules: arguments that break a client's rule are denied, with the rule's place and none of the values", async () => {
  await using bound = await connect(hub, "bound");
  assert.equal((await bound.call("echo__echo", { path: "/data/notes" })).result.structuredContent.path, "/data/notes");
  const { error } = await bound.call("echo__echo", { path: "/etc/shadow" });
  assert.equal(error?.code, -32063);
  assert.equal(error?.message, '"echo.echo" is denied: its arguments break a rule of this client at /path: pattern');
  const { code, core, by, rule, at } = error?.data ?? {};
  const where = 'clients.bound.arguments["echo.echo"]#/properties/path/pattern';
  assert.deepEqual(
    { code, core, by, rule, at },
    { code: "denied", core: "echo", by: "arguments", rule: where, at: "/path" },
  );
  const missing = await bound.call("echo.echo", {});
  assert.match(String(missing.error?.message), /at \/path: required/);
  assert.match(
    String((await bound.call("echo_echo", { path: "/data/a", more: 1 })).error?.message),
    /at \/more: additional/,
  );
  assert.equal(codeOf(await bound.call("echo__progress", { steps: 6 })), "denied");
  assert.equal((await bound.call("echo__progress", { steps: 5 })).error, undefined);
  const line = await hub.logged("call_denied");
  assert.deepEqual([line["by"], line["client"], line["name"], line["times"]], ["arguments", "bound", "echo.echo", 1]);
});

test("rules: no spelling of the arguments gets around a rule", async () => {
  await using bound = await connect(hub, "bound");
  const say = async (params: string): Promise<Message> => {
    bound.socket.send(`{"jsonrpc":"2.0","id":"raw","method":"tools/call","params":{"name":"echo__echo"${params}}}`);
    return bound.answerTo("raw");
  };
  const refused: readonly [string, RegExp][] = [
    ['"arguments":{"path":"/etc/x","path":"/data/x"}', /"path" comes twice/],
    ['"arguments":{"path":"/data/x","path":"/etc/x"}', /"path" comes twice/],
    ['"arguments":{"path":"/data/x","p\\u0061th":"/etc/x"}', /"path" comes twice/],
    ['"arguments":{"path":"/data/x","PATH":"/etc/x"}', /"path" and "PATH" differ in case only/],
    ['"arguments":{"path":"/data/x","\\u017fteps":{"a":1,"A":2}}', /"a" and "A" differ in case only/],
    ['"arguments":{"__proto__":{"path":"/data/x"}}', /required/],
    ['"arguments":["/etc/x"]', /must be an object/],
    ['"arguments":"{\\"path\\":\\"/etc/x\\"}"', /must be an object/],
    ['"arguments":null', /must be an object/],
    ['"arguments":{"path":"/etc/x"},"arguments":{"path":"/data/x"}', /duplicate|twice/],
    ['"argument\\u0073":{"path":"/etc/x"}', /pattern/],
    [`"arguments":{"path":"/data/x","more":"${"x".repeat(1024 * 1024)}"}`, /longer than 1048576 bytes/],
    ["", /required/],
  ];
  for (const [params, why] of refused) {
    const { error } = await say(params === "" ? "" : `,${params}`);
    assert.match(String(error?.message), why, params.slice(0, 80));
  }
  const { result } = await say(',"arguments":{"p\\u0061th":"/data/x"}');
  assert.equal(result.structuredContent.path, "/data/x");
  assert.match(bound.lastText, /"p\\u0061th"/, "what passes is the Core's as it was written");
});

test("rules: a call within a call is judged as the call that it is", async () => {
  await using bound = await connect(hub, "bound", "/mcp/p/small");
  const through = (args: object) => bound.call("hub__call_tool", { name: "echo.echo", arguments: args });
  assert.equal((await through({ path: "/data/x" })).result.structuredContent.path, "/data/x");
  assert.equal(codeOf(await through({ path: "/etc/x" })), "denied");
  assert.equal(codeOf(await bound.call("hub__call_tool", { name: "echo.echo" })), "denied");
});

test("rules: what was denied never reached the Core", async () => {
  await using writer = await connect(hub, "writer");
  await using bound = await connect(hub, "bound");
  const calls = async () => JSON.parse((await writer.call("echo__seen")).result.content[0].text).calls;
  const before = await calls();
  assert.equal(codeOf(await bound.call("echo__echo", { path: "/" })), "denied");
  assert.equal(await calls(), before + 1);
});

test("rules: a reload puts other rules on arguments in force for who is connected", async () => {
  await using bound = await connect(hub, "bound");
  assert.equal((await bound.call("echo__echo", { path: "/data/x" })).error, undefined);
  await writeFile(join(hub.folder, "hub.yaml"), manifest.replace("^/data/", "^/other/"));
  await hub.logged("reloaded");
  assert.equal(codeOf(await bound.call("echo__echo", { path: "/data/x" })), "denied");
  assert.equal((await bound.call("echo__echo", { path: "/other/x" })).error, undefined);
});

const asked = async (name: string, args: object = {}) => {
  const question = point.next();
  return { answer: laptop.call(name, args), question: await question };
};

test("decision point: is asked who calls what, without arguments, and its yes lets the call pass", async () => {
  const { answer, question } = await asked("echo__echo", { asked: "first" });
  assert.deepEqual(question.input, {
    ...{ method: "tools/call", tool: "echo.echo", core: "echo", tags: ["deep"] },
    ...{ client: "laptop", principal: "laptop" },
  });
  assert.equal(question.request.headers["content-type"], "application/json");
  assert.equal(question.request.headers.authorization, undefined);
  question.answer({ result: true, decision_id: "4" });
  assert.equal((await answer).result.structuredContent.asked, "first");
});

test("decision point: an answer counts for all calls that ask the same, for a while", async () => {
  assert.equal((await laptop.call("echo__echo", { asked: "again" })).result.structuredContent.asked, "again");
  assert.equal(point.questions.length, 0);
  const first = await asked("echo__seen");
  const second = laptop.call("echo.seen");
  const third = laptop.request("ping");
  await third;
  first.question.answer({ result: { allow: true } });
  assert.ok((await first.answer).result && (await second).result);
  assert.equal(point.questions.length, 1);
});

test("decision point: its no is denied with its reason, for tools, prompts and resources", async () => {
  const { answer, question } = await asked("echo__pid");
  question.answer({ result: { allow: false, reason: "not on a\nfriday" } });
  const { error } = await answer;
  assert.equal(error?.message, '"echo.pid" is denied: not on a friday');
  assert.deepEqual([error?.data?.["code"], error?.data?.["by"]], ["denied", "decision"]);
  point.answering = (one) => one.answer({ result: false });
  assert.equal(codeOf(await laptop.request("prompts/get", { name: "echo__greet" })), "denied");
  assert.equal(codeOf(await laptop.request("resources/read", { uri: "fixture://one" })), "denied");
  assert.deepEqual(
    point.questions.slice(1).map(({ input }) => [input.method, input.prompt ?? input.resource]),
    [
      ["prompts/get", "echo.greet"],
      ["resources/read", "fixture://one"],
    ],
  );
});

test("decision point: whatever is no clear yes in time is a no", async () => {
  const failures: readonly [string, (question: Question) => void][] = [
    ["it answered 500", (one) => one.answer({ result: true }, 500)],
    ["it answered 302", (one) => one.answer("", 302, { location: point.url })],
    ["its answer is not JSON", (one) => one.answer("yes")],
    ["its answer has no result: true, false or { allow, reason }", (one) => one.answer({})],
    ["its answer has no result: true, false or { allow, reason }", (one) => one.answer({ result: { allow: "true" } })],
    ["its answer has no result: true, false or { allow, reason }", (one) => one.answer({ result: 1 })],
    ["its answer is longer than 65536 bytes", (one) => one.answer({ result: true, more: "x".repeat(100_000) })],
    ["the connection broke before its answer was whole", (one) => one.breakOff()],
    ["no whole answer within 400 ms", () => {}],
  ];
  for (const [, answering] of failures) {
    point.answering = answering;
    const { error } = await laptop.call("echo__meta");
    assert.equal(error?.data?.["code"], "decision_failed");
    assert.equal(error?.code, -32064);
    assert.equal(error?.data?.["retry_after_ms"], 1000);
  }
  assert.equal(point.questions.length, failures.length, "a failure is not kept");
  const line = await decided.logged("decision_failed");
  assert.deepEqual([line["why"], line.level], ["it answered 500", "warn"]);
});

test("decision point: is asked once more where a connection was closed before it answered", async () => {
  const answers = [(one: Question) => one.hangUp(), (one: Question) => one.answer({ result: true })];
  point.answering = (one) => answers.shift()?.(one);
  assert.equal((await laptop.call("echo__refuse")).result.content[0].text, "refused");
  point.answering = (one) => one.hangUp();
  assert.equal(codeOf(await laptop.call("echo__until-held")), "decision_failed");
  assert.equal(point.questions.length, 4);
});

test("decision point: a call that waits for it can be taken back, and does not reach the Core", async () => {
  const calls = async () => JSON.parse((await laptop.call("echo__seen")).result.content[0].text).calls;
  const before = await calls();
  const question = point.next();
  const { id, answer } = laptop.start("tools/call", { name: "echo__stderr", arguments: {} });
  const asks = await question;
  laptop.notify("notifications/cancelled", { requestId: id });
  await laptop.request("ping");
  asks.answer({ result: true });
  assert.equal(await calls(), before + 1);
  assert.equal(await Promise.race([answer, laptop.request("ping").then(() => "none")]), "none");
});

test("decision point: more questions than may wait are refused as overloaded", async () => {
  const waiting: Promise<Message>[] = [];
  for (const name of ["echo__log", "echo__env"]) {
    const question = point.next();
    waiting.push(laptop.call(name));
    await question;
  }
  const { error } = await laptop.call("echo__fail");
  assert.deepEqual([error?.data?.["code"], error?.data?.["retry_after_ms"]], ["overloaded", 1000]);
  for (const question of point.questions) question.answer({ result: false });
  for (const answer of waiting) assert.equal(codeOf(await answer), "denied");
  const metrics = await (await fetch(`${await decided.url()}/metrics`)).text();
  assert.match(metrics, /thehub_decisions_total\{outcome="refused"\} 1/);
  assert.match(metrics, /thehub_decisions_total\{outcome="failed"\} 10/);
  assert.match(metrics, /thehub_denied_total\{by="decision_failed"\} 10/);
});

test("decision point: what does not exist for a caller is asked of nobody", async () => {
  assert.equal(codeOf(await laptop.call("echo__nothing")), "name_unknown");
  assert.equal(point.questions.length, 0);
});

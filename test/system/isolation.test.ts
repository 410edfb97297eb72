// Whose instance a session gets, on the built hub: what the Core is told, which process answers, whose lists are seen, what is left.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import { NewlineClient } from "../helpers/newline-client.ts";
import { WsClient } from "../helpers/ws-client.ts";

const asker = fixture("asker.mjs");
let hub: HubProcess;

before(async () => {
  hub = await startHub({
    manifest: `cores:
  own:
    ${asker}
    isolation: session
    max_sessions: 3
  pool:
    ${asker}
    isolation: pool
    scaling: { max: 2 }
`,
  });
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
});

async function client(capabilities: object, url?: string): Promise<WsClient> {
  return WsClient.connect(url ?? (await hub.wsUrl()), {}, {}, capabilities);
}

const text = async (from: WsClient, name: string, args: object = {}): Promise<string> => {
  const { result, error } = await from.call(name, args);
  assert.ok(result, JSON.stringify(error));
  return result.content[0].text;
};
const toolsOf = async (from: WsClient): Promise<string[]> => {
  const { result } = await from.request("tools/list");
  return result.tools.map(({ name }: { name: string }) => name);
};
const roots = { method: "roots/list" };

/** Answers every question about roots with this uri. */
function rooted(to: WsClient, uri: string): void {
  to.socket.on("message", (data) => {
    const { id, method } = JSON.parse(String(data));
    if (method !== "roots/list") return;
    to.socket.send(JSON.stringify({ jsonrpc: "2.0", id, result: { roots: [{ uri }] } }));
  });
}

test("isolation: each session has an instance of its own, which is told what that client can be asked and asks it", async () => {
  await using one = await client({ roots: { listChanged: true }, experimental: { x: {} } });
  await using other = await client({ roots: {}, sampling: {} });
  rooted(one, "file:///one");
  rooted(other, "file:///other");
  const [first, second] = await Promise.all([text(one, "own__pid"), text(other, "own__pid")]);
  assert.notEqual(first, second);
  assert.equal(await text(one, "own__pid"), first);
  assert.equal(await text(one, "own__told"), '{"roots":{"listChanged":true}}');
  assert.equal(await text(other, "own__told"), '{"sampling":{},"roots":{}}');
  const asked = await Promise.all([text(one, "own__ask", roots), text(other, "own__ask", roots)]);
  assert.deepEqual(asked, ['{"roots":[{"uri":"file:///one"}]}', '{"roots":[{"uri":"file:///other"}]}']);
});

test("isolation: a session sees the lists of its own instance, and hears of their changes alone", async () => {
  await using plain = await client({});
  await using smart = await client({ sampling: {} });
  assert.ok(!(await toolsOf(plain)).includes("own__smart"));
  assert.ok((await toolsOf(smart)).includes("own__smart"));
  assert.equal(await text(smart, "own__grow", { name: "more" }), "grow");
  await smart.notified("notifications/tools/list_changed");
  assert.ok((await toolsOf(smart)).includes("own__more"));
  assert.ok(!(await toolsOf(plain)).includes("own__more"));
  await using next = await client({ sampling: {} });
  const tools = await toolsOf(next);
  assert.ok(tools.includes("own__smart") && !tools.includes("own__more"), String(tools));
  assert.deepEqual(plain.notifications, []);
});

test("isolation: a level of the log is one session's, and so are the messages", async () => {
  await using one = await client({});
  await using other = await client({});
  await Promise.all([text(one, "own__pid"), text(other, "own__pid")]);
  await one.request("logging/setLevel", { level: "notice" });
  const said = await one.notified("notifications/message");
  assert.equal(said.params?.["data"], "level notice");
  assert.deepEqual(other.notifications, []);
});

test("isolation: over its limit a Core has room only where an instance is idle; a session that leaves takes its own with it", async () => {
  const busy = await Promise.all([client({}), client({}), client({})]);
  const held = busy.map((one) => one.start("tools/call", { name: "own__hold" }).answer);
  await Promise.all(busy.map((one) => text(one, "own__pid")));
  await using late = await client({});
  const { error } = await late.call("own__pid");
  assert.equal(error?.data?.["code"], "overloaded");
  assert.match(error?.message ?? "", /max_sessions/);
  const [leaving, staying, other] = busy as [WsClient, WsClient, WsClient];
  const gone = await text(leaving, "own__pid");
  await leaving[Symbol.asyncDispose]();
  const fresh = await text(late, "own__pid");
  assert.notEqual(fresh, gone);
  await text(staying, "own__let-go");
  await held[1];
  await using last = await client({});
  assert.notEqual(await text(last, "own__pid"), fresh);
  await Promise.all([staying, other].map((one) => one[Symbol.asyncDispose]()));
});

test("isolation: clients that only list have no more instances than there may be", async () => {
  await using crowded = await startHub({
    manifest: `cores:\n  own:\n    ${asker}\n    isolation: session\n    max_sessions: 1\n`,
  });
  const url = await crowded.wsUrl();
  const clients = await Promise.all(
    Array.from({ length: 5 }, (_, at) => client({ sampling: {}, roots: at < 2 ? {} : { listChanged: true } }, url)),
  );
  const lists = await Promise.all(clients.map(toolsOf));
  assert.ok(lists.every((tools) => tools.includes("own__ask")));
  const text = await (await fetch(`${await crowded.url()}/metrics`)).text();
  const count = Number(/thehub_core_instances\{core="own"\} (\d+)/.exec(text)?.[1]);
  assert.ok(count <= 2, `${count} instances`);
  await crowded.stop();
});

test("isolation: a pool lends an instance to one call at a time, and what it asks is asked of that call's client", async () => {
  await using one = await client({ roots: {} });
  await using other = await client({ roots: {} });
  rooted(one, "file:///one");
  rooted(other, "file:///other");
  const asked = await Promise.all(
    Array.from({ length: 10 }, (_, at) => text(at % 2 === 0 ? one : other, "pool__ask", roots)),
  );
  asked.forEach((answer, at) => {
    assert.equal(answer, `{"roots":[{"uri":"file:///${at % 2 === 0 ? "one" : "other"}"}]}`);
  });
  const pids = new Set(await Promise.all(Array.from({ length: 8 }, () => text(one, "pool__pid"))));
  assert.ok(pids.size <= 2, [...pids].join());
});

test("isolation: an instance of a pool whose call was cancelled is ended, as it may still be talking", async () => {
  await using one = await client({ roots: {} });
  rooted(one, "file:///one");
  const before = new Set(await Promise.all([text(one, "pool__pid"), text(one, "pool__pid"), text(one, "pool__pid")]));
  const { id } = one.start("tools/call", { name: "pool__hold" });
  one.notify("notifications/cancelled", { requestId: id });
  const other = one.start("tools/call", { name: "pool__hold" });
  one.notify("notifications/cancelled", { requestId: other.id });
  const after = new Set(await Promise.all([text(one, "pool__pid"), text(one, "pool__pid"), text(one, "pool__pid")]));
  assert.ok(
    [...after].some((pid) => !before.has(pid)),
    `${[...before]} ${[...after]}`,
  );
});

test("isolation: on stdio every Core is the one client's own, told what it can be asked, in the one process", async () => {
  await using stdio = await startHub({
    args: ["stdio"],
    manifest: `cores:\n  a:\n    ${asker}\n  b:\n    ${asker}\n    isolation: pool\n    scaling: { max: 2 }\n`,
  });
  const one = new NewlineClient(stdio.child.stdout, stdio.child.stdin);
  await one.request("initialize", {
    protocolVersion: "2025-11-25",
    capabilities: { sampling: {} },
    clientInfo: { name: "raw", version: "1" },
  });
  one.write('{"jsonrpc":"2.0","method":"notifications/initialized"}');
  for (const core of ["a", "b"]) {
    const { result } = await one.request("tools/call", { name: `${core}__told`, arguments: {} });
    assert.equal(result?.content[0].text, '{"sampling":{}}');
  }
  const { result } = await one.request("tools/list");
  assert.ok(JSON.stringify(result).includes("a__smart"));
  stdio.child.stdin.end();
  await stdio.exited;
});

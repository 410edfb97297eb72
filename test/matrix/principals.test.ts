// Two clients with tokens of their own, at every door: what one of them holds is worth nothing in the other's hands, and a header that says
// something else than the body lets nobody past a rule.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ask, EventReader, HttpMcp, SseMcp, textOf } from "../helpers/http-mcp.ts";
import { type HubProcess, program, startHub } from "../helpers/hub-process.ts";
import { envelope, revision } from "../helpers/modern-http.ts";
import { metric } from "../helpers/raw-client.ts";
import { type House, type Inside, letIn, type RuleDoor, ruleDoors } from "./rule-doors.ts";

const tokenOf = (name: string): string => `the-token-of-${name}-0123456789`;
const digestOf = (name: string): string => createHash("sha256").update(tokenOf(name)).digest("hex");
const bearer = (name: string) => ({ authorization: `Bearer ${tokenOf(name)}` });
let folder: string;
let hub: HubProcess;
let house: House;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-principals-"));
  const entry = (name: string, rules = "") =>
    `  ${name}: { token_sha256: ${digestOf(name)}, profile: paged${rules} }\n`;
  hub = await startHub({
    manifest: `profiles:
  paged: { page_size: 3 }
clients:
${entry("ann")}${entry("bob", ', deny: ["vault.*"]')}cores:
  open:
    ${program("examples/cores/template/template-core.js")}
  vault:
    ${program("examples/cores/template/template-core.js")}
  work:
    ${program("test/fixtures/two-way/sdk-1.mjs", "work", "newline")}
`,
    args: ["serve", "--listen", `127.0.0.1:0,unix:${join(folder, "hub.sock")}`],
  });
  house = { url: await hub.url(), socket: join(folder, "hub.sock") };
  await hub.logged("core_summary");
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const inside = (door: RuleDoor, name: string): Promise<Inside> => letIn(door, house, tokenOf(name));

async function seen(response: IncomingMessage): Promise<readonly [status: number | undefined, body: string]> {
  return [response.statusCode, (await textOf(response)).replace(/"req_id":"[^"]*"/, "")];
}

for (const door of ruleDoors) {
  test(`principals at ${door.name}: another's task is as unknown as one that never was`, async () => {
    const owner = await HttpMcp.open(`${house.url}/mcp`, { headers: bearer("ann") }, "2025-11-25");
    const begun = await owner.post({
      method: "tools/call",
      params: { name: "work__work", arguments: { marker: "mine" }, task: { ttl: 60_000 } },
    });
    const { taskId } = JSON.parse(await textOf(begun)).result.task;
    const thief = await inside(door, "bob");
    for (const method of ["tasks/get", "tasks/result", "tasks/cancel", "tasks/update"]) {
      const ids = [taskId, `${taskId.slice(0, -1)}${taskId.endsWith("0") ? "1" : "0"}`];
      const said = [];
      for (const id of ids) said.push(await thief.request(method, { taskId: id, inputResponses: {} }));
      for (const { result } of said) assert.equal(result, undefined, `${method}: ${JSON.stringify(result)}`);
      const words = said.map(({ error }, at) => [error?.code, error?.message.replaceAll(ids[at], "ID")]);
      assert.deepEqual(words[0], words[1], method);
    }
    const still = await owner.post({ method: "tasks/get", params: { taskId } });
    assert.equal(JSON.parse(await textOf(still)).result.status, "working");
    await thief.leave();
    await owner.close();
  });

  test(`principals at ${door.name}: another's cursor shows nothing that is hidden here`, async () => {
    const ann = await inside(door, "ann");
    const bob = await inside(door, "bob");
    const keyOf = { "tools/list": "tools", "prompts/list": "prompts", "resources/list": "resources" } as const;
    for (const [method, key] of Object.entries(keyOf)) {
      const cursors: string[] = [];
      const all: string[] = [];
      for (let cursor: string | undefined; ; ) {
        const { result, error } = await ann.request(method, cursor === undefined ? {} : { cursor });
        assert.equal(error, undefined, JSON.stringify(error));
        all.push(...result[key].map(({ name }: { name: string }) => name));
        cursor = result.nextCursor;
        if (cursor === undefined) break;
        cursors.push(cursor);
      }
      if (method === "tools/list") assert.ok(cursors.length > 1 && all.some((name) => name.startsWith("vault")));
      for (const cursor of cursors) {
        const { result, error } = await bob.request(method, { cursor });
        assert.ok(error !== undefined || !JSON.stringify(result).includes("vault"), JSON.stringify(result));
        if (error !== undefined) assert.equal(error.code, -32602);
      }
    }
    await ann.leave();
    await bob.leave();
  });
}

test("principals: another's session of HTTP is as unknown as one that never was, at each method, and goes on", async () => {
  const ann = await HttpMcp.open(`${house.url}/mcp`, { headers: bearer("ann") }, "2025-11-25");
  const counting = await ann.start("open__countdown", { from: 2, interval_ms: 1 }, "progress");
  const events = new EventReader(counting);
  const first = await events.any();
  const never = ann.sessionId.replace(/.$/, (last) => (last === "a" ? "b" : "a"));
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  const call = JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "vault__echo", arguments: {} },
  });
  const ways: readonly (readonly [string, Record<string, string>, string?])[] = [
    ["POST", { "content-type": "application/json", accept: "application/json, text/event-stream" }, body],
    ["POST", { "content-type": "application/json", accept: "application/json, text/event-stream" }, call],
    ["GET", { accept: "text/event-stream" }],
    ["GET", { accept: "text/event-stream", "last-event-id": String(first?.id) }],
    ["DELETE", {}],
  ];
  for (const [method, headers, text] of ways) {
    const answers = [];
    for (const id of [ann.sessionId, never]) {
      const session = { "mcp-session-id": id, "mcp-protocol-version": "2025-11-25" };
      const options = { method, headers: { ...headers, ...session, ...bearer("bob") } };
      answers.push(await seen(await ask(`${house.url}/mcp`, options, text)));
    }
    assert.equal(answers[0]?.[0], 404, `${method} ${JSON.stringify(answers[0])}`);
    assert.deepEqual(answers[0], answers[1], method);
  }
  assert.equal((await events.answer(ann.lastId)).answer.error, undefined);
  assert.equal((await ann.call("open__add", { a: 1, b: 2 })).error, undefined);
  await ann.close();
});

test("principals: nobody posts into another's stream of HTTP+SSE", async () => {
  const ann = await SseMcp.open(`${house.url}/sse`, { headers: bearer("ann") });
  const body = JSON.stringify({
    jsonrpc: "2.0",
    id: 77,
    method: "tools/call",
    params: { name: "open__echo", arguments: {} },
  });
  const headers = { "content-type": "application/json" };
  const to = new URL(ann.endpoint, house.url).href;
  for (const [who, status] of [
    [bearer("bob"), 404],
    [{}, 401],
  ] as const) {
    const [said] = await seen(await ask(to, { method: "POST", headers: { ...headers, ...who } }, body));
    assert.equal(said, status);
  }
  const { answer, before: came } = await ann.request("ping", {});
  assert.deepEqual([answer.error, came], [undefined, []]);
  ann.close();
});

test("principals: where header and body name two things, neither is called", async () => {
  const calls = async () =>
    (await metric(house.url, 'thehub_requests_total{core="vault",method="tools/call"}')) +
    (await metric(house.url, 'thehub_requests_total{core="open",method="tools/call"}'));
  const params = (name: string) => ({ name, arguments: { text: "x" }, _meta: envelope() });
  const usual = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": revision,
    "mcp-method": "tools/call",
    "mcp-name": "open__echo",
    ...bearer("bob"),
  };
  const asOne = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: params("open__echo") });
  const [agreed] = await seen(await ask(`${house.url}/mcp`, { method: "POST", headers: usual }, asOne));
  assert.equal(agreed, 200);
  const counted = await calls();
  const bodies: readonly (readonly [string, Record<string, string>, object])[] = [
    ["another tool in the body", {}, { method: "tools/call", params: params("vault__echo") }],
    [
      "another tool in the header",
      { "mcp-name": "vault__echo" },
      { method: "tools/call", params: params("open__echo") },
    ],
    ["another spelling", { "mcp-name": "open.echo" }, { method: "tools/call", params: params("open__echo") }],
    [
      "another method in the header",
      { "mcp-method": "tools/list" },
      { method: "tools/call", params: params("open__echo") },
    ],
    ["another method in the body", {}, { method: "prompts/get", params: params("open__greet") }],
    [
      "another revision",
      { "mcp-protocol-version": "2025-11-25" },
      { method: "tools/call", params: params("open__echo") },
    ],
    ["two names", { "mcp-name": "open__echo, vault__echo" }, { method: "tools/call", params: params("open__echo") }],
    ["a name in pieces", { "mcp-name": "open__ech" }, { method: "tools/call", params: params("open__echo") }],
  ];
  for (const [what, headers, message] of bodies) {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, ...message });
    const [status, text] = await seen(
      await ask(`${house.url}/mcp`, { method: "POST", headers: { ...usual, ...headers } }, body),
    );
    assert.equal(status, 400, `${what}: ${text}`);
    assert.ok(!text.includes("vault"), `${what}: ${text}`);
  }
  assert.equal(await calls(), counted);
  // Two keys of one name in the body are two readings as well.
  const twice = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"open__echo","name":"vault__echo","_meta":${JSON.stringify(envelope())}}}`;
  const [status] = await seen(await ask(`${house.url}/mcp`, { method: "POST", headers: usual }, twice));
  assert.equal(status, 400);
});

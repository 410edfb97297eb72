// What each kind of client sees of the same Cores: by token, by path on every door, by what it calls itself, and on the command line.
import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { WebSocket } from "ws";
import { tokenDigest } from "../../src/base/bearer.ts";
import { ask, HttpMcp, SseMcp, textOf } from "../helpers/http-mcp.ts";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import { ManifestFile } from "../helpers/manifest-file.ts";
import { NewlineClient } from "../helpers/newline-client.ts";
import { thehub } from "../helpers/thehub.ts";
import { type Message, WsClient } from "../helpers/ws-client.ts";

const long = `search_${"research_".repeat(9)}repository`;
const oddNames = ["kinds", "large", "read.file", "with space", long];
const withArguments = (names: readonly string[]) =>
  fixture("odd-names.mjs").replace(/\]$/, `, ${names.map((name) => JSON.stringify(name)).join(", ")}]`);

const cores = `cores:
  odd:
    ${withArguments(oddNames)}
  bare:
    ${withArguments(["a.b", "plain"])}
    prefix: false
`;
const manifest = `clients:
  desk: { token_sha256: ${tokenDigest("desk-token-0123456789").toString("hex")}, profile: claude }
  any: { token_sha256: ${tokenDigest("any-token-0123456789").toString("hex")} }
profiles:
  pages: { client_names: [Pager*], page_size: 2 }
  old: { downgrade: { by_revision: true, kinds: [image] } }
${cores}`;

const legal = /^[a-zA-Z0-9_-]{1,64}$/;
const authorization = "Bearer any-token-0123456789";
const headers = { authorization };

let hub: HubProcess;
let port = "";

before(async () => {
  hub = await startHub({ manifest, env: { HUB_BASE_PATH: "/hub" } });
  port = new URL(await hub.url()).port;
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
});

interface Hello {
  readonly name?: string;
  readonly token?: string;
  readonly revision?: string;
}

async function connect(path: string, { name = "raw", token = authorization, revision = "2025-11-25" }: Hello = {}) {
  const socket = new WebSocket(`ws://localhost:${port}${path}`, ["mcp"], { headers: { authorization: token } });
  const client = new WsClient(socket);
  await once(socket, "open");
  const params = { protocolVersion: revision, capabilities: {}, clientInfo: { name, version: "1" } };
  await client.request("initialize", params);
  client.notify("notifications/initialized");
  return client;
}

const namesOf = ({ result }: Message): string[] => result.tools.map(({ name }: { name: string }) => name);
const textIn = ({ result }: Message): string => result.content[0].text;

async function posted(client: HttpMcp, method: string, params: object = {}): Promise<Message> {
  return JSON.parse(await textOf(await client.post({ method, params }))) as Message;
}

test("profiles: a path names one on every door, with and without the base path", async () => {
  const lists: string[][] = [];
  for (const path of ["/hub/mcp/p/claude", "/mcp/p/claude", "/hub/ws/p/claude/"]) {
    await using client = await connect(path);
    lists.push(namesOf(await client.request("tools/list")));
  }
  const http = await HttpMcp.open(`http://localhost:${port}/hub/mcp/p/claude`, { headers });
  lists.push(namesOf(await posted(http, "tools/list")));
  const sse = await SseMcp.open(`http://localhost:${port}/hub/sse/p/claude`, { headers });
  lists.push(namesOf((await sse.request("tools/list", {})).answer));
  assert.equal(textIn(await sse.call("bare.a.b")), "a.b");
  sse.close();
  for (const names of lists) {
    assert.deepEqual(names, lists[0]);
    assert.equal(names.length, 7);
    for (const name of names) assert.match(name, legal);
  }
  await using other = await connect("/hub/mcp");
  const usual = namesOf(await other.request("tools/list"));
  assert.ok(usual.includes("a.b"), "the profile of everybody else leaves names as they are");
  assert.equal(usual.length, 7);
});

test("profiles: a call may use the name that another kind of client sees", async () => {
  await using claude = await connect("/mcp/p/claude");
  await using cursor = await connect("/mcp/p/cursor");
  await using other = await connect("/mcp");
  const clients = [claude, cursor, other];
  for (const from of clients) {
    const names = namesOf(await from.request("tools/list")).filter((name) => !/kinds|large/.test(name));
    for (const name of names) {
      for (const by of clients) {
        const native = textIn(await by.call(name));
        assert.ok([...oddNames, "a.b", "plain"].includes(native), `${name}: ${native}`);
      }
    }
  }
  const [{ title } = { title: "" }] = (await cursor.request("tools/list")).result.tools.filter(
    (tool: { name: string }) => tool.name.startsWith("odd__search"),
  );
  assert.equal(title, long);
});

test("profiles: one that there is not is a 404 that says so, to who was let in only", async () => {
  const post = (path: string, more: object) =>
    ask(
      `http://localhost:${port}${path}`,
      { method: "POST", headers: { "content-type": "application/json", ...more } },
      "{}",
    );
  const refused = await post("/hub/mcp/p/cluade", headers);
  assert.equal(refused.statusCode, 404);
  const { error } = JSON.parse(await textOf(refused));
  assert.match(error.message, /^there is no profile "cluade"; there are chatgpt, claude, claude-code, .*old, pages/);
  const stranger = await post("/hub/mcp/p/cluade", {});
  assert.equal(stranger.statusCode, 401);
  assert.ok(!(await textOf(stranger)).includes("chatgpt"));
  for (const path of ["/mcp/p/", "/mcp/p/claude/x", "/messages/p/claude", "/healthz/p/claude"]) {
    const response = await post(path, headers);
    assert.equal(response.statusCode, 404, path);
    response.resume();
  }
  const upgrade = new WebSocket(`ws://localhost:${port}/mcp/p/nobody`, { headers });
  const [, response] = await once(
    upgrade.on("error", () => {}),
    "unexpected-response",
  );
  assert.equal(response.statusCode, 404);
  response.resume();
  assert.equal((await hub.logged("upgrade_refused"))["reason"], "path");
});

test("profiles: the manifest's entry of a client counts before the path, the path before what it calls itself", async () => {
  const profileOf = async (path: string, hello: Hello) => {
    await using client = await connect(path, hello);
    await client.request("ping");
    const line = hub.logs.filter(({ msg }) => msg === "session_opened").at(-1);
    return line?.["profile"];
  };
  assert.equal(await profileOf("/mcp/p/cursor", { token: "Bearer desk-token-0123456789", name: "codex" }), "claude");
  assert.equal(await profileOf("/mcp/p/cursor", { name: "codex-mcp-client" }), "cursor");
  assert.equal(await profileOf("/mcp", { name: "codex-mcp-client" }), "codex");
  assert.equal(await profileOf("/mcp", { name: "pager 2" }), "pages");
  assert.equal(await profileOf("/mcp", { name: "who" }), "default");
});

test("profiles: every list comes in pages where one asks for them, and a wrong cursor is refused", async () => {
  await using client = await connect("/mcp/p/pages");
  await using whole = await connect("/mcp");
  const kinds = {
    "tools/list": "tools",
    "prompts/list": "prompts",
    "resources/list": "resources",
    "resources/templates/list": "resourceTemplates",
  };
  for (const [method, member] of Object.entries(kinds)) {
    const all = (await whole.request(method)).result;
    assert.equal("nextCursor" in all, false);
    const entries: unknown[] = [];
    let cursor: string | undefined;
    do {
      const { result } = await client.request(method, cursor === undefined ? {} : { cursor });
      assert.ok(result[member].length <= 2);
      entries.push(...result[member]);
      cursor = result.nextCursor;
    } while (cursor !== undefined);
    assert.deepEqual(entries, all[member], method);
  }
  const { nextCursor } = (await client.request("tools/list")).result;
  const wrong = [
    ["prompts/list", nextCursor],
    ["tools/list", ""],
    ["tools/list", "eyJvIjoxfQ"],
    ["tools/list", 7],
    ["tools/list", null],
  ];
  for (const [method, cursor] of wrong) {
    const { error } = await client.request(String(method), { cursor });
    assert.equal(error?.code, -32602);
    assert.match(String(error?.message), /^unknown cursor; ask for \S+ from its start/);
  }
});

test("profiles: content is made text for who asks for it, on every door, large results too", async () => {
  await using client = await connect("/mcp/p/old", { revision: "2024-11-05" });
  const { result } = await client.call("odd.kinds");
  assert.deepEqual(
    result.content.map(({ text }: { text: string }) => text),
    ["plain", "[audio: audio/wav, 3 bytes]", "[resource: one, odd://1]"],
  );
  assert.equal("structuredContent" in result, false);
  assert.equal(textIn(await client.call("odd.large")), "[image: image/png, 225000 bytes]");
  const http = await HttpMcp.open(`http://localhost:${port}/mcp/p/old`, { headers }, "2025-06-18");
  const { content, structuredContent } = (await http.call("odd.kinds")).result;
  assert.deepEqual(
    content.map(({ type }: { type: string }) => type),
    ["text", "audio", "resource_link"],
    "this revision knows them",
  );
  assert.deepEqual(structuredContent, { big: 1 });
  await using other = await connect("/mcp", { revision: "2024-11-05" });
  assert.equal((await other.call("odd.kinds")).result.content[1].type, "audio", "nobody asked");
});

test("profiles: a reload changes one under its clients, and who is reading a list goes on where it was", async () => {
  const own = await startHub({ manifest: `profiles: { pages: { page_size: 2 } }\n${cores}` });
  await using _ = own;
  const file = new ManifestFile(own);
  await using client = await WsClient.connect(await own.wsUrl("/mcp/p/pages"));
  const { tools, nextCursor } = (await client.request("tools/list")).result;
  const before = namesOf({ result: { tools } });
  const line = await file.replace(
    `profiles: { pages: { page_size: 100, charset: A-Za-z0-9_- } }\n${cores.replace("cores:\n", `cores:\n  a:\n    ${withArguments(["first"])}\n`)}`,
  );
  assert.deepEqual([line["settings"], line["cores_added"]], [["profiles.pages"], ["a"]]);
  await client.notified("notifications/tools/list_changed");
  const rest = (await client.request("tools/list", { cursor: nextCursor })).result;
  const all = namesOf(await client.request("tools/list"));
  assert.equal(all[0], "a__first");
  assert.ok(all.every((name) => legal.test(name)));
  assert.ok(namesOf({ result: rest }).length >= all.length - 1 - before.length, "nothing is left out");
  assert.equal("nextCursor" in rest, false);
  await own.stop();
});

test("profiles: the command line shows what a kind of client sees, with Cores of its own or from a running hub", async () => {
  const file = join(hub.folder, "own.yaml");
  await writeFile(file, manifest);
  const env = { HUB_STATE_DIR: join(hub.folder, "cli-state") };
  const own = await thehub(["list", "--json", "--profile", "claude", "--manifest", file], env);
  assert.equal(own.code, 0, own.stderr);
  const names = namesOf({ result: JSON.parse(own.stdout) });
  assert.equal(names.length, 7);
  for (const name of names) assert.match(name, legal);
  const url = `ws://localhost:${port}/hub`;
  const withToken = { ...env, HUB_TOKEN: "any-token-0123456789" };
  const running = await thehub(["list", "--json", "--profile", "claude", "--url", url], withToken);
  assert.equal(running.stdout, own.stdout);
  const called = await thehub(
    ["call", "bare.a.b", "--profile", "pages", "--url", `http://localhost:${port}/mcp`],
    withToken,
  );
  assert.deepEqual([called.code, called.stdout], [0, "a.b\n"]);
  const wrong = await thehub(["list", "--profile", "cluade", "--manifest", file], env);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /--profile: there is no profile "cluade"; did you mean "claude"\?/);
  const far = await thehub(["list", "--profile", "cluade", "--url", url], withToken);
  assert.equal(far.code, 1, far.stderr);
  assert.match(far.stderr, /there is no profile "cluade"/);
});

test("profiles: stdio finds its client's by name, unless it is told", async () => {
  for (const [args, profile] of [
    [[], "default"],
    [["--profile", "cursor"], "cursor"],
  ] as const) {
    const own = await startHub({ manifest: cores, args: ["stdio", ...args] });
    await using _ = own;
    const client = new NewlineClient(own.child.stdout, own.child.stdin);
    await client.hello();
    assert.equal((await own.logged("session_opened"))["profile"], profile);
    const names = namesOf(await client.request("tools/list"));
    assert.equal(names.includes("a.b"), profile === "default");
    own.child.stdin.end();
    assert.equal((await own.exited).code, 0);
  }
  const wrong = await startHub({ manifest: cores, args: ["stdio", "--profile", "nobody"] });
  await using _ = wrong;
  assert.match(String((await wrong.logged("usage_problem"))["problem"]), /there is no profile "nobody"/);
  assert.equal((await wrong.exited).code, 2);
});

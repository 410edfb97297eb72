// The official servers as Cores, all at once, driven by the clients that people have: both generations of the SDK, a raw
// WebSocket client with a token, and a client that speaks Content-Length.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Client as ClientV2 } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { WebSocketClientTransport } from "@modelcontextprotocol/sdk/client/websocket.js";
import { WebSocket } from "ws";
import { ContentLengthClient } from "../helpers/content-length-client.ts";
import { type HubProcess, mainFile, root, startHub } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

const token = "a-token-for-the-official-test-0123";
let data = "";
let manifestFile = "";
let hub: HubProcess;

const server = (name: string) =>
  JSON.stringify(join(root, `node_modules/@modelcontextprotocol/server-${name}/dist/index.js`));

before(async () => {
  data = await mkdtemp(join(tmpdir(), "thehub-official-"));
  await writeFile(join(data, "note.txt"), "found me\n");
  manifestFile = join(data, "real.yaml");
  const node = JSON.stringify(process.execPath);
  await writeFile(
    manifestFile,
    `cores:
  files:
    command: ${node}
    args: [${server("filesystem")}, ${JSON.stringify(data)}]
    policy: { allow_destructive: true }
  memory:
    command: ${node}
    args: [${server("memory")}]
    env: { MEMORY_FILE_PATH: ${JSON.stringify(join(data, "memory.jsonl"))} }
    policy: { allow_destructive: true }
  everything:
    command: ${node}
    args: [${server("everything")}]
`,
  );
  hub = await startHub({ manifestFile, env: { HUB_TOKEN: token } });
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
  await rm(data, { recursive: true, force: true });
});

/** The SDK's WebSocket client wants a global WebSocket and cannot send headers, so it gets a hub without a token. */
async function withSdkV1(use: (client: Client) => Promise<void>): Promise<void> {
  await using open = await startHub({ manifestFile });
  Object.assign(globalThis, { WebSocket });
  const client = new Client({ name: "sdk-v1", version: "1" });
  await client.connect(new WebSocketClientTransport(new URL(await open.wsUrl("/"))));
  await use(client);
  await client.close();
  await open.stop();
}

async function drive(client: Client | ClientV2): Promise<void> {
  // biome-ignore lint/suspicious/noExplicitAny: two generations of one interface, used in the same way
  const any = client as any;
  const { tools } = await any.listTools();
  const names = tools.map((tool: { name: string }) => tool.name);
  for (const name of ["files__read_text_file", "memory__create_entities", "everything__echo"]) {
    assert.ok(names.includes(name), `${name} is missing in ${names}`);
  }
  const echo = await any.callTool({ name: "everything__echo", arguments: { message: "hello" } });
  assert.match(JSON.stringify(echo.content), /hello/);
  const read = await any.callTool({ name: "files__read_text_file", arguments: { path: join(data, "note.txt") } });
  assert.match(JSON.stringify(read.content), /found me/);
  const dotted = await any.callTool({ name: "everything.echo", arguments: { message: "dotted" } });
  assert.match(JSON.stringify(dotted.content), /dotted/);

  const { resources } = await any.listResources();
  assert.ok(resources.length > 0);
  const resource = await any.readResource({ uri: resources[0].uri });
  assert.equal(resource.contents[0].uri, resources[0].uri);
  const { prompts } = await any.listPrompts();
  const simple = prompts.find((prompt: { name: string }) => prompt.name.includes("simple"));
  const prompt = await any.getPrompt({ name: simple.name });
  assert.ok(prompt.messages.length > 0);
  const completable = prompts.find((entry: { name: string }) => entry.name.includes("complet"));
  const completion = await any.complete({
    ref: { type: "ref/prompt", name: completable.name },
    argument: { name: completable.arguments[0].name, value: "E" },
  });
  assert.ok(completion.completion.values.length > 0);

  const seen: number[] = [];
  await any.callTool(
    { name: "everything__trigger-long-running-operation", arguments: { duration: 0.4, steps: 4 } },
    ...(client instanceof Client ? [undefined] : []),
    { onprogress: (progress: { progress: number }) => seen.push(progress.progress) },
  );
  assert.ok(seen.length >= 3, `progress seen: ${seen}`);

  const aborter = new AbortController();
  const long = any.callTool(
    { name: "everything__trigger-long-running-operation", arguments: { duration: 60, steps: 600 } },
    ...(client instanceof Client ? [undefined] : []),
    { signal: aborter.signal, onprogress: () => aborter.abort(new Error("enough")) },
  );
  await assert.rejects(long);
  // The hub lives on, and so does the Core.
  assert.match(
    JSON.stringify(await any.callTool({ name: "everything__echo", arguments: { message: "after" } })),
    /after/,
  );
}

test("official servers: the SDK 1.x drives all three over WebSocket", async () => {
  await withSdkV1(drive);
});

test("official servers: the SDK 2.x drives all three over STDIO", async () => {
  const client = new ClientV2({ name: "sdk-v2", version: "1" });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [mainFile, "stdio", "--manifest", manifestFile],
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", HUB_STATE_DIR: join(data, "state-v2") },
    stderr: "ignore",
  });
  await client.connect(transport);
  await drive(client);
  await client.close();
});

test("official servers: a raw client with a token sees and calls them over WebSocket", async () => {
  await using client = await WsClient.connect(await hub.wsUrl(), { authorization: `Bearer ${token}` });
  const { result } = await client.request("tools/list");
  assert.ok(result.tools.length > 20);
  const written = join(data, "written.txt");
  const write = await client.call("files__write_file", { path: written, content: "by the hub" });
  assert.equal(write.error, undefined);
  const read = await client.call("files.read_text_file", { path: written });
  assert.match(JSON.stringify(read.result), /by the hub/);
  const graph = await client.call("memory__read_graph");
  assert.equal(graph.error, undefined);
  const progress = client.call(
    "everything__trigger-long-running-operation",
    { duration: 0.2, steps: 2 },
    { progressToken: "p" },
  );
  const first = await client.notified("notifications/progress");
  assert.equal(first.params?.["progressToken"], "p");
  assert.equal((await progress).error, undefined);
  assert.deepEqual(client.strays, []);
});

test("official servers: a Content-Length client is answered in kind over STDIO", async () => {
  await using hubOfOne = await startHub({ manifestFile, args: ["stdio"] });
  const client = new ContentLengthClient(hubOfOne.child.stdout, hubOfOne.child.stdin);
  const hello = await client.request("initialize", {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "lsp", version: "1" },
  });
  assert.equal(hello.result.protocolVersion, "2025-06-18");
  client.notify("notifications/initialized");
  const list = await client.request("tools/list");
  assert.ok(list.result.tools.length > 20);
  const echo = await client.request("tools/call", { name: "everything__echo", arguments: { message: "framed" } });
  assert.match(JSON.stringify(echo.result), /framed/);
  hubOfOne.child.stdin.end();
  assert.equal((await hubOfOne.exited).code, 0);
});

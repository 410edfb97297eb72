// The configurations in docs/clients.md, docs/chatgpt.md and examples/connections are what the clients document, and what they
// say is carried out: the command is started and answers, the URL is connected to, as the client would.
import assert from "node:assert/strict";
import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { after, before, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { clientFormats, commandOf, type Entry, entriesOf, entryOfCommand, urlOf } from "../helpers/client-config.ts";
import { DocPage } from "../helpers/doc-page.ts";
import { type HubProcess, mainFile, startHub } from "../helpers/hub-process.ts";
import { type Fence, fencesOf, read } from "../helpers/markdown.ts";
import { type Message, WsClient } from "../helpers/ws-client.ts";

const token = "a-token-of-the-clients-test-0123456789";
const expected = ["template__add", "template__countdown", "template__echo"];
/** What the client's user has set, and what `${input:hub-token}` asks for. */
const userEnv = { HUB_TOKEN: token, "hub-token": token };
let hub: HubProcess;
let home: DocPage;
let port = "";
const opened: AsyncDisposable[] = [];

before(async () => {
  hub = await startHub({ env: { HUB_TOKEN: token } });
  opened.push(hub);
  port = new URL(await hub.url()).port;
  home = await DocPage.open();
  opened.push(home);
  await copyFile(join(home.folder, "examples/manifests/hub.yaml"), join(home.folder, "hub.yaml"));
});

after(async () => {
  for (const each of opened) await each[Symbol.asyncDispose]();
});

const configurations = ["docs/clients.md", "docs/chatgpt.md"]
  .flatMap(fencesOf)
  .filter(({ mark }) => Object.keys(clientFormats).some((file) => mark.startsWith(file)));
const templates: Fence[] = ["http", "url", "command"].map((kind) => {
  const file = `examples/connections/chatgpt_connection_${kind}.json`;
  return { file, line: 1, language: "json", mark: ".mcp.json", text: read(file) };
});
const commands = execFileSync(process.execPath, [mainFile, "--help"], { encoding: "utf8" });

test("clients: every client has a configuration in the guides", () => {
  const shown = new Set(configurations.map(({ mark }) => mark.split(" ")[0]));
  assert.deepEqual([...shown].sort(), Object.keys(clientFormats).sort());
});

for (const fence of [...configurations, ...templates]) {
  const [client = "", ...reason] = fence.mark.split(" ");
  const format = clientFormats[client];
  assert.ok(format !== undefined, `${fence.file}:${fence.line}: no client reads ${client}`);
  for (const [name, entry] of entriesOf(fence.language, fence.text, format)) {
    const title = `clients: ${fence.file}:${fence.line} connects ${client} as "${name}"`;
    const wanted = skipReason(entry) ?? (reason.length > 0 ? reason.join(" ").replace(/^no-run: /, "") : false);
    test(title, { skip: wanted }, async () => {
      const unknown = Object.keys(entry).filter((key) => !format.keys.includes(key));
      assert.deepEqual(unknown, [], `${client} documents no such key`);
      const tools = "url" in entry ? await toolsAtUrl(entry) : await toolsOfCommand(entry);
      assert.deepEqual(tools, expected);
    });
  }
}

for (const { file, line, text } of ["docs/clients.md", "docs/chatgpt.md"].flatMap(fencesOf)) {
  for (const command of text.split("\n")) {
    const entry = entryOfCommand(command, userEnv);
    if (entry === undefined) continue;
    test(`clients: ${file}:${line} adds what connects by: ${command}`, async () => {
      assert.deepEqual(await toolsAtUrl(entry), expected);
    });
  }
}

test("clients: a URL without its header is refused, and says what is missing", async () => {
  await assert.rejects(WsClient.connect(here("ws://localhost:3000")), /401/);
  for (const type of ["http", "sse"]) {
    const path = type === "sse" ? "sse" : "mcp";
    await assert.rejects(toolsAtUrl({ type, url: `http://localhost:3000/${path}` }), /401|a token is needed/, type);
  }
});

function skipReason({ args }: Entry): string | undefined {
  const command = Array.isArray(args) && args.includes("connect") ? "connect" : undefined;
  return command === undefined || commands.includes(`\n  ${command} `)
    ? undefined
    : `thehub ${command} is not built in`;
}

async function toolsAtUrl(entry: Entry): Promise<string[]> {
  const { transport, url: written, headers } = urlOf(entry, userEnv);
  if (transport === "ws") {
    await using client = await WsClient.connect(here(written), headers);
    return toolNames(await client.request("tools/list"));
  }
  const client = new Client({ name: "client", version: "1" });
  const Transport = transport === "sse" ? SSEClientTransport : StreamableHTTPClientTransport;
  try {
    await client.connect(new Transport(new URL(here(written)), { requestInit: { headers } }));
    return (await client.listTools()).tools.map(({ name }) => name);
  } finally {
    await client.close();
  }
}

async function toolsOfCommand(entry: Entry): Promise<string[]> {
  const { command, args, env } = commandOf(entry, userEnv);
  // Elsewhere the clients start it in folders of their own; npx then takes the package from its cache or the registry.
  const child = spawn(here(command), args.map(here), {
    cwd: home.folder,
    env: { PATH: home.path, HOME: join(home.folder, "home"), HUB_LOG_LEVEL: "error", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers = await conversation(child, [
    ["initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "client", version: "1" } }],
    ["notifications/initialized", undefined],
    ["tools/list", {}],
  ]);
  assert.equal(answers[0]?.result.serverInfo.title, "TheHub");
  return toolNames(answers[1]);
}

/** Sends the messages, reads the answers to those that are requests, and ends the input: the command must then end well. */
async function conversation(
  child: ChildProcessByStdio<Writable, Readable, null>,
  messages: readonly (readonly [string, object | undefined])[],
): Promise<Message[]> {
  const ended = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answers: Message[] = [];
  for (const [id, [method, params]] of messages.entries()) {
    const isRequest = params !== undefined;
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", method, ...(isRequest ? { id, params } : {}) })}\n`);
    while (isRequest && answers.at(-1)?.id !== id) {
      const { value, done } = await lines.next();
      assert.ok(done !== true, `the command ended before it answered ${method}`);
      const message = JSON.parse(value) as Message;
      if (message.method === undefined) answers.push(message);
    }
  }
  child.stdin.end();
  const [code] = await ended;
  assert.equal(code, 0);
  return answers;
}

function toolNames(message: Message | undefined): string[] {
  return message?.result.tools.map((tool: { name: string }) => tool.name);
}

/** What stands for the reader's own places in a guide: a folder, a hub on this machine, a hub behind a proxy. */
function here(text: string): string {
  return text
    .replaceAll("/path/to/thehub", home.folder)
    .replaceAll("/path/to", home.folder)
    .replaceAll(/(ws|http)s?:\/\/(?:localhost:3000|your-domain\.example\/hub)/g, `$1://localhost:${port}`);
}

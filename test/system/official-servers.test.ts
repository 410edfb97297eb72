// The official servers as Cores, all at once, driven without an SDK: by a raw WebSocket client with a token, and by a client that
// speaks Content-Length. The SDK's own clients are in sdk-clients.test.ts.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ContentLengthClient } from "../helpers/content-length-client.ts";
import { type HubProcess, startHub } from "../helpers/hub-process.ts";
import { type OfficialCores, officialCores } from "../helpers/official-cores.ts";
import { WsClient } from "../helpers/ws-client.ts";

const token = "a-token-for-the-official-test-0123";
let cores: OfficialCores;
let hub: HubProcess;

before(async () => {
  cores = await officialCores();
  hub = await startHub({ manifestFile: cores.manifestFile, env: { HUB_TOKEN: token } });
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
  await cores[Symbol.asyncDispose]();
});

test("official servers: a raw client with a token sees and calls them over WebSocket", async () => {
  await using client = await WsClient.connect(await hub.wsUrl(), { authorization: `Bearer ${token}` });
  const { result } = await client.request("tools/list");
  assert.ok(result.tools.length > 20);
  const written = join(cores.folder, "written.txt");
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
  await using hubOfOne = await startHub({ manifestFile: cores.manifestFile, args: ["stdio"] });
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

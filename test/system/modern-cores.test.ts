// Modern Cores behind the built hub, for a client of the other era: the SDK's own servers over STDIO and over Streamable HTTP.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import { ModernServer } from "../helpers/modern-server.ts";
import { thehub } from "../helpers/thehub.ts";
import { WsClient } from "../helpers/ws-client.ts";

let server: ModernServer;
let hub: HubProcess;

before(async () => {
  server = await ModernServer.open("reject");
  hub = await startHub({
    manifest: `cores:
  pipe:
    ${fixture("sdk-eras.mjs")}
    resources: { uris: prefixed }
  web:
    url: ${server.url}
    allow_private: true
    resources: { uris: prefixed }
  own:
    ${fixture("listens.mjs")}
    isolation: session
`,
    env: { HUB_LOG_LEVEL: "debug" },
  });
  for (const core of ["pipe", "web"]) await hub.logged("core_listening", (line) => line["core"] === core);
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

test("modern cores: a legacy client calls both, and reads what they have", async () => {
  await using client = await WsClient.connect(await hub.wsUrl());
  assert.equal((await client.call("pipe__era")).result?.content[0].text, "modern");
  assert.equal((await client.call("web__era")).result?.content[0].text, '"modern"');
  assert.equal((await client.call("web__place", { region: "eu" })).result?.content[0].text, '{"region":"eu"}');
  const { result } = await client.request("resources/read", { uri: "web+test://a" });
  assert.equal(result?.contents[0].text, "a");
  const called = server.asked.filter(({ method }) => method === "tools/call");
  assert.deepEqual(
    called.map(({ headers }) => [headers["mcp-name"], headers["mcp-param-region"]]),
    [
      ["era", undefined],
      ["place", "eu"],
    ],
  );
});

test("modern cores: progress comes, and a call that is taken back ends on the server", async () => {
  await using client = await WsClient.connect(await hub.wsUrl());
  const { id } = client.start("tools/call", { name: "web__steps", _meta: { progressToken: "p" } });
  await client.notified("notifications/progress", ({ params }) => params?.["progressToken"] === "p");
  client.notify("notifications/cancelled", { requestId: id });
  const other = client.start("tools/call", { name: "web__steps", _meta: { progressToken: "q" } });
  // It waits until the other one has ended, or this one began after that.
  await client.notified("notifications/progress", ({ params }) => params?.["progressToken"] === "q");
  while (server.aborted.length === 0) await new Promise((resolve) => setImmediate(resolve));
  server.release();
  assert.equal((await other.answer).result?.content[0].text, '"stepped"');
  assert.equal(server.aborted.length, 1);
});

test("modern cores: a subscription of a legacy client becomes part of what is listened for, and changes come to it", async () => {
  await using client = await WsClient.connect(await hub.wsUrl());
  const listens = (core: string, resources: number) =>
    hub.logged("core_listening", (line) => line["core"] === core && line["resources"] === resources);
  for (const core of ["pipe", "web"]) {
    const { error } = await client.request("resources/subscribe", { uri: `${core}+test://a` });
    assert.equal(error, undefined, JSON.stringify(error));
    await listens(core, 1);
  }
  await client.call("pipe__touch", { uri: "test://a" });
  server.handler.notify.resourceUpdated("test://a");
  for (const uri of ["pipe+test://a", "web+test://a"]) {
    const { params } = await client.notified("notifications/resources/updated", (told) => told.params?.["uri"] === uri);
    assert.deepEqual(params, { uri });
  }
});

test("modern cores: a list that has changed is told to a legacy client", async () => {
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
  server.hasGrown = true;
  server.handler.notify.toolsChanged();
  await client.notified("notifications/tools/list_changed");
  const { result } = await client.request("tools/list");
  assert.ok(result.tools.some(({ name }: { name: string }) => name === "web__grown"));
});

test("modern cores: requests of sixteen kinds of client at most are under way on one connection", async () => {
  await using client = await WsClient.connect(await hub.wsUrl());
  const key = "io.modelcontextprotocol/";
  const listens = (name: string) => {
    const own = { [`${key}protocolVersion`]: "2026-07-28", [`${key}clientCapabilities`]: {} };
    const params = {
      notifications: { toolsListChanged: true },
      _meta: { ...own, [`${key}clientInfo`]: { name, version: "1" } },
    };
    return client.start("subscriptions/listen", params);
  };
  const acknowledged = () => client.notifications.filter(({ method }) => method?.endsWith("acknowledged")).length;
  for (let n = 0; n < 16; n++) listens(`client ${n}`);
  const last = await listens("one more").answer;
  assert.equal(last.error?.data?.["code"], "overloaded");
  assert.match(last.error?.message ?? "", /16 kinds of client/);
  assert.equal(acknowledged(), 16);
  const again = listens("client 3");
  await client.notified("notifications/subscriptions/acknowledged", () => acknowledged() === 17);
  client.notify("notifications/cancelled", { requestId: again.id });
});

test("modern cores: on a connection of both eras only notifications/cancelled is about the request that it names", async () => {
  await using client = await WsClient.connect(await hub.wsUrl(), {}, {}, { roots: { listChanged: true } });
  const heard = async () =>
    JSON.parse((await client.request("tools/call", { name: "own__heard" })).result.content[0].text);
  assert.deepEqual(await heard(), []);
  const key = "io.modelcontextprotocol/";
  const _meta = { [`${key}protocolVersion`]: "2026-07-28", [`${key}clientCapabilities`]: {} };
  const listen = client.start("subscriptions/listen", { notifications: { toolsListChanged: true }, _meta });
  await client.notified("notifications/subscriptions/acknowledged");
  const method = "notifications/roots/list_changed";
  client.notify(method, { requestId: listen.id });
  assert.deepEqual(await heard(), [{ method, params: { requestId: listen.id } }]);
});

test("modern cores: what the client says of itself when it takes a request back is not told a Core", async () => {
  await using client = await WsClient.connect(await hub.wsUrl());
  const heard = async () =>
    JSON.parse((await client.request("tools/call", { name: "own__heard" })).result.content[0].text);
  assert.deepEqual(await heard(), []);
  const { id: requestId } = client.start("tools/call", { name: "own__wait" });
  const _meta = { "io.modelcontextprotocol/protocolVersion": "2026-07-28", "acme/x": 1 };
  client.notify("notifications/cancelled", { _meta, requestId, reason: "enough" });
  const [told, ...more] = await heard();
  assert.deepEqual([told.params._meta, told.params.reason, more], [{ "acme/x": 1 }, "enough", []]);
});

test("modern cores: an admin sees which era each speaks", async () => {
  const { stdout } = await thehub(["status", "--json"], { HUB_STATE_DIR: join(hub.folder, "state") });
  const spoken = JSON.parse(stdout).cores.map((core: Record<string, unknown>) => [core["era"], core["revision"]]);
  assert.deepEqual(spoken, [
    ["modern", "2026-07-28"],
    ["modern", "2026-07-28"],
    ["legacy", "2025-11-25"],
  ]);
});

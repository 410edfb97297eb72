// `thehub connect` over Streamable HTTP to servers of the official SDKs, with the SDKs' own client on STDIO in front.
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { ownRequestMeta } from "../../src/wire/request-meta.ts";
import { bridge, connected, hubWithToken } from "../helpers/connect-process.ts";
import { CuttingProxy } from "../helpers/cutting-proxy.ts";
import { mainFile } from "../helpers/hub-process.ts";
import { ModernServer } from "../helpers/modern-server.ts";
import { NewlineClient } from "../helpers/newline-client.ts";
import { SdkHttpServer } from "../helpers/sdk-http-server.ts";

const urlOf = ({ port }: { readonly port: number }) => `http://127.0.0.1:${port}/mcp`;

async function sdkClient(url: string): Promise<Client> {
  const client = new Client({ name: "sdk-client", version: "1" });
  const args = [mainFile, "connect", url];
  const env = { PATH: process.env["PATH"] ?? "" };
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: "ignore" }));
  return client;
}

for (const version of ["v1", "v2"] as const) {
  test(`connect over HTTP: a server of the SDK ${version} is listed, called, and heard of; its session ends with the client`, async () => {
    await using server = await SdkHttpServer.open(version);
    await using bridged = await bridge(urlOf(server), { env: {} });
    const client = await connected(bridged);
    const { result } = await client.request("tools/list");
    assert.equal(result.tools.length, 4);
    // Without its stream for what belongs to no request this would be lost.
    while (client.notifications.length === 0) await client.call("change");
    await client.notified("notifications/tools/list_changed");
    const args = { s: "é\u2028\n", n: 1e21 };
    assert.equal((await client.call("echo", args)).result.content[0].text, JSON.stringify(args));
    assert.equal(server.sessions, 1);
    bridged.child.stdin.end();
    assert.equal((await bridged.exited).code, 0);
    assert.equal(server.sessions, 0);
    assert.deepEqual(client.strays, []);
  });

  test(`connect over HTTP: a call at a server of the SDK ${version} goes on after a cut in the middle of its stream`, async () => {
    await using server = await SdkHttpServer.open(version);
    await using proxy = await CuttingProxy.open(server.port);
    await using bridged = await bridge(urlOf(proxy), { env: {} });
    const client = await connected(bridged);
    const cut = proxy.cutBehind('"progress":1');
    const called = client.call("steps", { n: 1 }, { progressToken: "p" });
    await cut;
    await client.notified("notifications/progress");
    server.release();
    assert.equal((await called).result.content[0].text, '{"n":1}');
    assert.deepEqual(
      client.notifications.map(({ params }) => params?.["progress"]),
      [1, 2],
    );
    assert.deepEqual(server.calls, ["steps"]);
    assert.deepEqual(client.strays, []);
  });

  test(`connect over HTTP: a server of the SDK ${version} that ends a stream early is asked again for the rest`, async () => {
    await using server = await SdkHttpServer.open(version);
    const client = await sdkClient(urlOf(server));
    const seen: number[] = [];
    const called = client.callTool(
      { name: "poll", arguments: { n: 1 } },
      {
        onprogress: ({ progress }) => {
          seen.push(progress);
          server.release();
        },
      },
    );
    const [text] = (await called).content;
    assert.deepEqual(text, { type: "text", text: '{"n":1}' });
    // What comes together with the answer, the SDK's client does not report.
    assert.equal(seen[0], 1);
    await client.close();
  });

  test(`connect over HTTP: a server of the SDK ${version} that has forgotten the session is told the handshake again`, async () => {
    await using server = await SdkHttpServer.open(version);
    await using bridged = await bridge(urlOf(server), { env: {} });
    const client = await connected(bridged);
    await client.call("echo");
    server.forget();
    assert.equal((await client.call("echo", { again: true })).result.content[0].text, '{"again":true}');
    await client.notified("notifications/tools/list_changed");
    assert.equal(server.sessions, 1);
    assert.deepEqual(server.calls, ["echo", "echo"]);
  });
}

test("connect over HTTP: a call to the hub goes on after a cut in the middle of its stream", async () => {
  await using hub = await hubWithToken();
  const { port } = new URL(await hub.url());
  await using proxy = await CuttingProxy.open(Number(port));
  await using bridged = await bridge(urlOf(proxy));
  const client = await connected(bridged);
  const cut = proxy.cutBehind('"progress":2,');
  const called = client.call("echo__progress", { steps: 4 }, { progressToken: "p" });
  await cut;
  assert.equal((await called).error, undefined);
  assert.deepEqual(
    client.notifications.flatMap(({ params }) => params?.["progress"] ?? []),
    [1, 2, 3, 4],
  );
  assert.deepEqual(client.strays, []);
});

test("connect over HTTP: a client that is started before its hub waits for it", async () => {
  const placeholder = createServer().listen(0, "127.0.0.1");
  await once(placeholder, "listening");
  const { port } = placeholder.address() as AddressInfo;
  await new Promise((resolve) => placeholder.close(resolve));
  await using bridged = await bridge(`http://localhost:${port}`);
  const client = new NewlineClient(bridged.child.stdout, bridged.child.stdin);
  const hello = client.hello();
  await bridged.logged("hub_lost");
  await using _hub = await hubWithToken(`localhost:${port}`);
  await hello;
  assert.deepEqual((await client.call("echo.echo", { n: 5 })).result.structuredContent, { n: 5 });
});

test("connect over HTTP: messages of the modern era have their headers, taking one back closes its response, and who leaves listens no more", async () => {
  await using server = await ModernServer.open("reject");
  await using bridged = await bridge(server.url, { env: {} });
  const client = new NewlineClient(bridged.child.stdout, bridged.child.stdin);
  const modern = (method: string, params: object = {}, meta: object = {}) =>
    client.request(method, { ...params, _meta: { ...ownRequestMeta("1"), ...meta } });
  const discovered = await modern("server/discover");
  assert.deepEqual(discovered.result?.supportedVersions, ["2026-07-28"], JSON.stringify(discovered));
  await modern("tools/list");
  const placed = await modern("tools/call", { name: "place", arguments: { region: "eu" } });
  assert.equal(placed.result?.content[0].text, '{"region":"eu"}', JSON.stringify(placed));
  const asked = await server.request(({ method }) => method === "tools/call");
  assert.deepEqual([asked.headers["mcp-name"], asked.headers["mcp-param-region"]], ["place", "eu"]);
  const id = client.nextId;
  void modern("tools/call", { name: "steps" }, { progressToken: "p" });
  await client.notified("notifications/progress");
  client.write(JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id } }));
  while (server.aborted.length === 0) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(!server.methods().includes("notifications/cancelled"));
  const listened = modern("subscriptions/listen", { notifications: { toolsListChanged: true } });
  void listened.then((message) => assert.fail(`it was waited for: ${JSON.stringify(message)}`));
  await client.notified("notifications/subscriptions/acknowledged");
  bridged.child.stdin.end();
  assert.equal((await bridged.exited).code, 0);
});

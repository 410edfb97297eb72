// Cores that are servers somewhere else, on the built hub: the SDKs' own servers over Streamable HTTP, and a hub over WebSocket.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import { SdkHttpServer } from "../helpers/sdk-http-server.ts";
import { WsClient } from "../helpers/ws-client.ts";

const secret = "a-secret-for-the-remote-server";
const seen: string[] = [];
let servers: { v1: SdkHttpServer; v2: SdkHttpServer };
let guarded: Server;
let behind: HubProcess;
let hub: HubProcess;

before(async () => {
  servers = { v1: await SdkHttpServer.open("v1"), v2: await SdkHttpServer.open("v2") };
  // Lets nobody through without the token and the header.
  guarded = createServer((request, response) => {
    seen.push(`${request.headers.authorization} ${request.headers["x-org"]}`);
    response.writeHead(request.headers.authorization === `Bearer ${secret}` ? 503 : 401);
    response.end();
  });
  guarded.listen(0, "127.0.0.1");
  await once(guarded, "listening");
  behind = await startHub({ manifest: `cores:\n  m:\n    ${fixture("mirror.mjs")}\n` });
  const at = (port: number, path = "/mcp") => `http://127.0.0.1:${port}${path}`;
  hub = await startHub({
    manifest: `cores:
  one:
    url: ${at(servers.v1.port)}
    allow_private: true
    health: { restart_backoff_ms: 50 }
  two:
    url: ${at(servers.v2.port)}
    allow_private: true
  sse:
    url: ${await behind.url()}/sse
    allow_private: true
  elsewhere:
    url: "http://\${env:NOT_SET}/mcp"
  private:
    url: http://127.0.0.1:1/mcp
    health: { restart_backoff_ms: 60000 }
  ws:
    url: ${await behind.wsUrl()}
    allow_private: true
  guarded:
    url: ${at((guarded.address() as AddressInfo).port)}
    allow_private: true
    headers: { X-Org: "\${env:COMPANY}-\${secret:ORG}" }
    auth: { bearer: WIKI_TOKEN }
    health: { restart_backoff_ms: 60000 }
`,
    env: { HUB_SECRET_WIKI_TOKEN: secret, HUB_SECRET_ORG: "division-7-of-acme", COMPANY: "acme" },
  });
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
  await behind.stop();
  await behind[Symbol.asyncDispose]();
  await servers.v1[Symbol.asyncDispose]();
  await servers.v2[Symbol.asyncDispose]();
  guarded.closeAllConnections();
  guarded.close();
});

for (const [core, version] of [
  ["one", "v1"],
  ["two", "v2"],
] as const) {
  test(`remote: the SDK's ${version} server is listed and called, its progress comes, a stream that was cut goes on`, async () => {
    await using client = await WsClient.connect(await hub.wsUrl());
    const { result } = await client.request("tools/list");
    assert.ok(result.tools.some(({ name }: { name: string }) => name === `${core}__echo`));
    const echo = await client.call(`${core}__echo`, { n: 1 });
    assert.equal(echo.result?.content[0].text, '{"n":1}');
    const polled = client.call(`${core}__poll`, {}, { progressToken: "p" });
    await client.notified("notifications/progress", ({ params }) => params?.["progress"] === 1);
    servers[version].release();
    assert.equal((await polled).result?.content[0].text, "{}");
    await client.notified("notifications/progress", ({ params }) => params?.["progress"] === 2);
  });
}

test("remote: a server that has forgotten its sessions is greeted anew, and the call that found out is run once", async () => {
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.call("one__echo", {});
  const before = servers.v1.calls.length;
  servers.v1.forget();
  const { result, error } = await client.call("one__echo", { again: true });
  assert.equal(result?.content[0].text, '{"again":true}', JSON.stringify(error));
  assert.equal(servers.v1.calls.length, before + 1);
});

test("remote: a Core over WebSocket, payloads byte for byte", async () => {
  await using client = await WsClient.connect(await hub.wsUrl());
  const { result } = await client.request("tools/list");
  assert.ok(
    result.tools.some(({ name }: { name: string }) => name === "ws__m__mirror"),
    JSON.stringify(result.tools.map(({ name }: { name: string }) => name)),
  );
  await client.call("ws__m__mirror", {});
  client.socket.send(
    '{"jsonrpc":"2.0","id":"raw","method":"tools/call","params":{"name":"ws__m__mirror","arguments":{"n":12345678901234567890, "x":1e2}}}',
  );
  await client.answerTo("raw");
  assert.ok(client.lastText.includes('{"n":12345678901234567890, "x":1e2}'), client.lastText);
});

test("remote: a server that refuses Streamable HTTP is spoken to over HTTP+SSE", async () => {
  await using client = await WsClient.connect(await hub.wsUrl());
  await hub.logged("core_up", ({ core }) => core === "sse");
  const { result, error } = await client.call("sse__m__mirror", { x: 1 });
  assert.deepEqual(result?.raw, { x: 1 }, JSON.stringify(error));
});

test("remote: a private address is not connected to unless the manifest says so", async () => {
  const down = await hub.logged("core_down", ({ core }) => core === "private");
  assert.match(String(down["reason"]), /127\.0\.0\.1 is an address of this machine; write allow_private: true/);
});

test("remote: a variable that is not set is said, with where it is named", async () => {
  const down = await hub.logged("core_failed", ({ core }) => core === "elsewhere");
  assert.match(String(down["reason"]), /names the variable NOT_SET in url; start the hub with it/);
});

test("remote: secrets go out in headers, and nowhere else", async () => {
  const down = await hub.logged("core_down", ({ core }) => core === "guarded");
  assert.match(String(down["reason"]), /answered 503/);
  assert.equal(seen[0], `Bearer ${secret} acme-division-7-of-acme`);
  assert.ok(!JSON.stringify(hub.logs).includes(secret));
  assert.ok(!JSON.stringify(hub.logs).includes("division-7"));
  await using client = await WsClient.connect(await hub.wsUrl());
  const { error } = await client.call("guarded__x");
  assert.ok(error);
});

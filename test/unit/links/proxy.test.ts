// Which proxy a URL is reached through, and that it is.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { WebSocketServer } from "ws";
import { Secret } from "../../../src/base/secret.ts";
import { parseTls } from "../../../src/links/link-tls.ts";
import { proxyFor } from "../../../src/links/proxy.ts";
import { makeCertificates, read } from "../../helpers/certificates.ts";
import { HttpProxy } from "../../helpers/http-proxy.ts";
import { LinkClient } from "../../helpers/link-client.ts";
import { ScriptedHttpHub } from "../../helpers/scripted-http-hub.ts";

function chosen(url: string, env: Record<string, string>): string {
  const choice = proxyFor(new URL(url), env);
  if (choice.t === "bad") return choice.message;
  return choice.t === "proxy" ? choice.url.reveal() : "direct";
}

test("proxy: the variable of the scheme counts, in small letters first, then ALL_PROXY; a blank one is none", () => {
  const both = { HTTP_PROXY: "http://plain:1", HTTPS_PROXY: "https://tls:2" };
  assert.equal(chosen("http://mcp.example/", both), "http://plain:1");
  assert.equal(chosen("ws://mcp.example/", both), "http://plain:1");
  assert.equal(chosen("https://mcp.example/", both), "https://tls:2");
  assert.equal(chosen("wss://mcp.example/", both), "https://tls:2");
  assert.equal(chosen("https://mcp.example/", { ...both, https_proxy: "small:3" }), "http://small:3");
  assert.equal(chosen("https://mcp.example/", { HTTPS_PROXY: " ", ALL_PROXY: "http://all:4" }), "http://all:4");
  assert.equal(chosen("https://mcp.example/", {}), "direct");
});

test("proxy: this machine is reached without, and a proxy of another kind is refused without its secret", () => {
  for (const host of ["localhost", "a.localhost", "127.0.0.1", "127.8.9.1", "[::1]"]) {
    assert.equal(chosen(`https://${host}/`, { ALL_PROXY: "http://p:1" }), "direct", host);
  }
  const socks = chosen("https://mcp.example/", { all_proxy: "socks5://u:hunter2@p:1" });
  assert.match(socks, /^all_proxy names a proxy of socks5:\/\/, which is not spoken; write http:\/\/ or https:\/\/$/);
  assert.match(
    chosen("https://mcp.example/", { HTTPS_PROXY: "http://u:hunter2@[" }),
    /^HTTPS_PROXY is no URL; write http/,
  );
});

test("proxy: NO_PROXY names hosts with what is below them, addresses, subnets, ports, or everything", () => {
  const excepted = (host: string, noProxy: string) =>
    chosen(`https://${host}/`, { HTTPS_PROXY: "http://p:1", NO_PROXY: noProxy }) === "direct";
  for (const [host, noProxy] of [
    ["mcp.example", "mcp.example"],
    ["a.mcp.example", "other, mcp.example"],
    ["a.mcp.example", ".mcp.example"],
    ["mcp.example", "*.MCP.example"],
    ["mcp.example", "mcp.example:443"],
    ["mcp.example:8443", "mcp.example:8443"],
    ["mcp.example", "*"],
    ["10.1.2.3", "10.0.0.0/8"],
    ["10.1.2.3", "10.1.2.3"],
    ["10.1.2.3:8443", "10.1.2.3:8443"],
    ["[fd00::1]", "fd00::/8"],
    ["[fd00::1]", "fd00::1"],
    ["[fd00::1]:8443", "[fd00::1]:8443"],
  ] as const) {
    assert.ok(excepted(host, noProxy), `${host} in ${noProxy}`);
  }
  for (const [host, noProxy] of [
    ["mcp.example", ""],
    ["notmcp.example", "mcp.example"],
    ["mcp.example", "a.mcp.example"],
    ["mcp.example", "mcp.example:8443"],
    ["10.1.2.3", "10.1.2.0/31"],
    ["10.1.2.3", "10.0.0.0/64"],
    ["10.1.2.3", "10.0.0.0/x"],
    ["[fd00::1]", "10.0.0.0/8"],
    ["mcp.example", "10.0.0.0/8"],
  ] as const) {
    assert.ok(!excepted(host, noProxy), `${host} not in ${noProxy}`);
  }
});

test("proxy: plain HTTP is the proxy's to send, with the user and password of its URL, which the server never sees", async () => {
  await using hub = await ScriptedHttpHub.open();
  await using proxy = await HttpProxy.open();
  const port = new URL(hub.url).port;
  const client = await LinkClient.open("http", `http://mcp.example:${port}/mcp`, {
    allowPrivate: false,
    proxy: new Secret(`http://user:hunter2@127.0.0.1:${proxy.port}`),
  });
  client.hello();
  const request = await hub.next("POST initialize");
  assert.equal(request.header("host"), `mcp.example:${port}`);
  request.answer({});
  await client.expect("message");
  const [asked] = proxy.asked;
  assert.equal(asked?.what, `POST http://mcp.example:${port}/mcp`);
  assert.equal(asked?.headers["proxy-authorization"], `Basic ${Buffer.from("user:hunter2").toString("base64")}`);
  client.connection.close();
  await client.expect("lost");
  const stream = new LinkClient("sse", `http://mcp.example:${port}/sse`, {
    proxy: new Secret(`http://127.0.0.1:${proxy.port}`),
  });
  const get = await hub.next("GET");
  get.stream();
  get.write("event: endpoint\ndata: /messages\n\n");
  await stream.expect("opened");
  stream.hello();
  (await hub.next("POST initialize")).refuse(202);
  assert.equal(proxy.asked.at(-1)?.what, `POST http://mcp.example:${port}/messages`);
  stream.connection.close();
  await stream.expect("lost");
});

test("proxy: TLS and WebSocket get a tunnel, in which the server's certificate is judged as ever", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "links-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const made = makeCertificates(folder, "mcp.example");
  const parsed = parseTls({ ca: readFileSync(made.ca, "utf8") });
  if (parsed.t === "bad") throw new Error(parsed.message);
  const { context } = parsed;
  const server = createServer(read(made.server), (_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end('{"jsonrpc":"2.0","id":0,"result":{}}');
  }).listen(0, "127.0.0.1");
  const sockets = new WebSocketServer({ server });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await using proxy = await HttpProxy.open();
  const options = { allowPrivate: false, proxy: new Secret(`http://127.0.0.1:${proxy.port}`) };
  const client = await LinkClient.open("http", `https://mcp.example:${port}/mcp`, { ...options, tls: context });
  client.hello();
  await client.expect("message");
  client.connection.close();
  await client.expect("lost");
  const socket = await LinkClient.open("websocket", `wss://mcp.example:${port}/mcp`, { ...options, tls: context });
  socket.connection.close();
  await socket.expect("lost");
  const distrustful = new LinkClient("websocket", `wss://mcp.example:${port}/mcp`, options);
  assert.match((await distrustful.expect("lost")).loss.reason, /is not trusted/);
  assert.deepEqual(
    proxy.asked.map(({ what }) => what),
    Array(3).fill(`CONNECT mcp.example:${port}`),
  );
  sockets.close();
  server.closeAllConnections();
  await server[Symbol.asyncDispose]();
});

test("proxy: a WebSocket without TLS gets a tunnel too", async () => {
  const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(sockets, "listening");
  const { port } = sockets.address() as AddressInfo;
  await using proxy = await HttpProxy.open();
  const client = await LinkClient.open("websocket", `ws://mcp.example:${port}/`, {
    proxy: new Secret(`http://127.0.0.1:${proxy.port}`),
  });
  client.connection.close();
  await client.expect("lost");
  assert.equal(proxy.asked[0]?.what, `CONNECT mcp.example:${port}`);
  await new Promise((resolve) => sockets.close(resolve));
});

test("proxy: one that refuses the tunnel is named as what refused, and nothing of its URL is said", async () => {
  await using proxy = await HttpProxy.open();
  for (const status of [401, 407, 503]) {
    proxy.refusal = status;
    for (const [way, scheme] of [
      ["http", "https"],
      ["websocket", "wss"],
    ] as const) {
      const client = new LinkClient(way, `${scheme}://mcp.example/mcp`, {
        proxy: new Secret(`http://user:hunter2@127.0.0.1:${proxy.port}`),
      });
      if (way === "http") {
        await client.expect("opened");
        client.hello();
        await client.expect("returned");
      }
      const { loss } = await client.expect("lost");
      assert.equal(loss.kind, "away");
      assert.equal(loss.reason, `${scheme}://mcp.example/mcp cannot be reached: the proxy answered ${status}`);
    }
  }
});

test("proxy: an address that may not be connected to is not asked of a proxy either", async () => {
  await using proxy = await HttpProxy.open();
  const client = new LinkClient("websocket", "ws://169.254.169.254/", {
    allowPrivate: false,
    proxy: new Secret(`http://127.0.0.1:${proxy.port}`),
  });
  assert.match((await client.expect("lost")).loss.reason, /is the metadata service of a cloud/);
  assert.deepEqual(proxy.asked, []);
});

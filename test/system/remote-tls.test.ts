// Cores and hubs that are reached through a proxy, with authorities and client certificates of their own, on the built program.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TLSSocket } from "node:tls";
import { makeCertificates, read } from "../helpers/certificates.ts";
import { bridge, connected, manifest, token, withToken } from "../helpers/connect-process.ts";
import { HttpProxy } from "../helpers/http-proxy.ts";
import { startHub } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

const accessToken = "access-token-of-the-tls-test";

const results: Record<string, object> = {
  initialize: { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "far", version: "1" } },
  "tools/list": { tools: [{ name: "look", inputSchema: { type: "object" } }] },
  "tools/call": { content: [{ type: "text", text: "seen" }] },
};

/** A Core and its authorization server in one, which lets nobody talk to it without a certificate. */
async function answer(origin: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const chunk of request) body += chunk;
  const json = (status: number, value: object, headers = {}) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
  switch (request.url) {
    case "/.well-known/oauth-protected-resource/mcp":
      json(200, { resource: `${origin}/mcp`, authorization_servers: [origin] });
      return;
    case "/.well-known/oauth-authorization-server":
      json(200, {
        issuer: origin,
        token_endpoint: `${origin}/token`,
        authorization_endpoint: `${origin}/authorize`,
        response_types_supported: ["code"],
      });
      return;
    case "/token":
      json(200, { access_token: accessToken, token_type: "Bearer", expires_in: 3600 });
      return;
    case "/mcp": {
      if (request.headers.authorization !== `Bearer ${accessToken}`) {
        json(401, {}, { "www-authenticate": "Bearer" });
        return;
      }
      if (request.method !== "POST") {
        json(405, {});
        return;
      }
      const { id, method } = JSON.parse(body) as { id?: number; method: string };
      if (id === undefined) response.writeHead(202).end();
      else json(200, { jsonrpc: "2.0", id, result: results[method] ?? {} });
      return;
    }
    default:
      json(404, {});
  }
}

test("remote TLS: a Core behind a proxy is reached with its own authority and certificate, its login as well", async () => {
  const folder = mkdtempSync(join(tmpdir(), "thehub-tls-"));
  try {
    const { ca, server: own, client } = makeCertificates(folder, "mcp.example");
    const shown: string[] = [];
    const server = createServer(
      { ...read(own), ca: readFileSync(ca), requestCert: true, rejectUnauthorized: true },
      (request, response) => {
        shown.push(String((request.socket as TLSSocket).getPeerCertificate().subject?.CN));
        void answer(origin, request, response);
      },
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const origin = `https://mcp.example:${port}`;
    await using proxy = await HttpProxy.open();
    await using hub = await startHub({
      manifest: `cores:
  far:
    url: ${origin}/mcp
    credentials: shared
    tls: { ca: ${ca}, cert: ${client.cert}, key: ${client.key} }
    auth: { oauth: { grant: client_credentials, client_id: hub, client_secret: FAR_SECRET, issuer: "${origin}" } }
  lost:
    url: ${origin}/mcp
    tls: { ca: ${folder}/absent.crt }
    health: { restart_backoff_ms: 60000 }
`,
      env: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, HUB_SECRET_FAR_SECRET: "the-secret-of-the-hub" },
    });
    const down = await hub.logged("core_down", ({ core }) => core === "lost");
    assert.match(JSON.stringify(down), /tls\.ca: .*absent\.crt cannot be read \(ENOENT\)/);
    await hub.logged("core_up", ({ core }) => core === "far");
    await using ws = await WsClient.connect(await hub.wsUrl());
    assert.equal((await ws.call("far__look")).result?.content[0].text, "seen");
    assert.ok(shown.length > 3 && shown.every((name) => name === "laptop"), shown.join());
    assert.ok(proxy.asked.every(({ what }) => what === `CONNECT mcp.example:${port}`));
    await hub.stop();
    server.close();
    server.closeAllConnections();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("connect through a proxy: the hub is reached by the variable of its scheme, and a wrong one is said at once", async () => {
  await using hub = await startHub({ manifest, env: { ...withToken, HUB_ALLOW_HOSTS: "hub.example" } });
  await using proxy = await HttpProxy.open();
  const { port } = new URL(await hub.url());
  const password = "hunter2-of-the-proxy";
  const url = `http://hub.example:${port}/mcp`;
  const env = { HUB_TOKEN: token, HTTP_PROXY: `http://user:${password}@127.0.0.1:${proxy.port}` };
  await using bridged = await bridge(url, { env });
  const client = await connected(bridged);
  const { result } = await client.request("tools/list");
  assert.ok(result.tools.length > 0);
  assert.ok(
    proxy.asked.some(({ what, headers }) => what === `POST ${url}` && headers["proxy-authorization"] !== undefined),
  );
  assert.ok(!JSON.stringify(bridged.logs).includes(password));
  bridged.child.stdin.end();
  assert.equal((await bridged.exited).code, 0);
  await using wrong = await bridge(url, { env: { ...env, HTTP_PROXY: "socks5://127.0.0.1:1" } });
  assert.equal((await wrong.exited).code, 2);
  assert.match(JSON.stringify(wrong.logs), /HTTP_PROXY names a proxy of socks5/);
});

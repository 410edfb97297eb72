// The shipped nginx and Caddy files in front of a real hub: TLS, tokens, client certificates, large messages, long idle
// times, the end of the hub, and who the log says was there.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type ClientOptions, WebSocket } from "ws";
import { makeCertificates, read } from "../helpers/certificates.ts";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import {
  host,
  lacks,
  lacksOpenssl,
  lookup,
  type ProxyKind,
  type ProxyOptions,
  type ProxyProcess,
  startProxy,
} from "../helpers/proxy-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

const folder = mkdtempSync(join(tmpdir(), "thehub-tls-"));
after(() => rmSync(folder, { recursive: true }));
const certificates = lacksOpenssl === false ? makeCertificates(folder, host) : undefined;

const token = "a-token-of-decent-length";
const withToken = { authorization: `Bearer ${token}` };
/** Loopback like the proxy, but not the address that the hub trusts. */
const clientAddress = "127.0.0.2";

interface Setup extends AsyncDisposable {
  readonly hub: HubProcess;
  readonly proxy: ProxyProcess;
  readonly url: string;
}

type SetupOptions = Partial<ProxyOptions> & { readonly env?: Record<string, string>; readonly clients?: string };

async function setUp(kind: ProxyKind, { env, clients = "", ...options }: SetupOptions = {}): Promise<Setup> {
  const hub = await startHub({
    manifest: `hub: { drain_timeout_ms: 500 }\ncores:\n  echo:\n    ${fixture("echo.mjs")}\n${clients}`,
    env: { HUB_TOKEN: token, HUB_TRUSTED_PROXIES: "127.0.0.1", HUB_ALLOW_HOSTS: host, ...env },
  });
  const upstreamPort = Number(new URL(await hub.url()).port);
  assert.ok(certificates);
  const proxy = await startProxy(kind, { upstreamPort, certificates, ...options });
  return {
    hub,
    proxy,
    url: `wss://${host}:${proxy.port}/hub`,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await hub[Symbol.asyncDispose]();
    },
  };
}

function tls(more: ClientOptions = {}): ClientOptions {
  assert.ok(certificates);
  return { ca: readFileSync(certificates.ca), localAddress: clientAddress, lookup, ...more } as ClientOptions;
}

/** How an upgrade ends: 101, the status of a refusal, or the error of a handshake that TLS did not survive. */
function upgrade(url: string, headers: Record<string, string>, options = tls()): Promise<number | string> {
  const socket = new WebSocket(url, ["mcp"], { ...options, headers });
  return new Promise((resolve) => {
    socket.once("open", () => socket.close());
    socket.once("close", () => resolve(101));
    socket.once("unexpected-response", (_request, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    socket.once("error", (error) => resolve(error.message));
  });
}

for (const kind of ["nginx", "caddy"] as const) {
  const skip = lacks(kind);

  test(`proxy ${kind}: the right token opens a session at every door path, a wrong one and none are 401`, {
    skip,
  }, async () => {
    await using it = await setUp(kind);
    for (const path of ["", "/", "/mcp", "/mcp/", "/ws", "?x=1"]) {
      assert.equal(await upgrade(it.url + path, withToken), 101, path);
    }
    assert.equal(await upgrade(it.url, {}), 401);
    assert.equal(await upgrade(it.url, { authorization: "Bearer wrong" }), 401);
    assert.equal(await upgrade(`${it.url}?token=${token}`, {}), 401);
    await using client = await WsClient.connect(it.url, withToken, tls());
    assert.equal(client.socket.protocol, "mcp");
    const { result } = await client.call("echo__echo", { n: 1 });
    assert.deepEqual(result.structuredContent, { n: 1 });
  });

  test(`proxy ${kind}: a hub with a base path is served the same`, { skip }, async () => {
    await using it = await setUp(kind, { env: { HUB_BASE_PATH: "/hub" } });
    assert.equal(await upgrade(it.url, withToken), 101);
    assert.equal(await upgrade(`${it.url}/mcp`, withToken), 101);
    assert.equal(await upgrade(`${it.url}/hub/mcp`, withToken), 404);
  });

  test(`proxy ${kind}: with mTLS nobody gets in without a certificate of the authority, or without a token`, {
    skip,
  }, async () => {
    await using it = await setUp(kind, { mtls: true });
    assert.ok(certificates);
    const known = tls(read(certificates.client));
    assert.equal(await upgrade(it.url, withToken, known), 101);
    assert.equal(await upgrade(it.url, {}, known), 401);
    await it.hub.logged("upgrade_refused");
    const lines = it.hub.logs.length;
    for (const options of [tls(), tls(read(certificates.stranger))]) {
      // nginx finishes the handshake and answers 400; Caddy ends it.
      const outcome = String(await upgrade(it.url, withToken, options));
      assert.match(outcome, kind === "nginx" ? /^400$/ : /certificate|ECONNRESET|socket hang up/, outcome);
    }
    assert.equal(it.hub.logs.length, lines, "the hub heard nothing of them");
  });

  test(`proxy ${kind}: with mTLS a certificate is who its client is, and a header that a client wrote itself is nobody`, {
    skip,
  }, async () => {
    assert.ok(certificates);
    const clients = "clients: { laptop: { certificate: { cn: laptop, subject: CN=laptop } } }\n";
    const env = { HUB_CLIENT_CERTIFICATE_HEADER: "X-Client-Cert" };
    const own = encodeURIComponent(readFileSync(certificates.client.cert, "utf8"));
    const known = tls(read(certificates.client));
    {
      await using it = await setUp(kind, { mtls: true, env, clients });
      assert.equal(await upgrade(it.url, {}, known), 101);
      assert.equal(await upgrade(it.url, { "x-client-cert": "nonsense" }, known), 101);
      await using client = await WsClient.connect(it.url, {}, known);
      assert.deepEqual((await client.call("echo__echo", { n: 1 })).result.structuredContent, { n: 1 });
      assert.equal(await upgrade(it.url, { authorization: "Bearer wrong" }, known), 401);
    }
    await using without = await setUp(kind, { env, clients });
    assert.equal(await upgrade(without.url, { "x-client-cert": own }, known), 401);
  });

  test(`proxy ${kind}: messages of 1 MiB pass both ways, many at once, unchanged`, { skip }, async () => {
    await using it = await setUp(kind);
    await using client = await WsClient.connect(it.url, withToken, tls());
    const blobs = Array.from({ length: 8 }, (_, index) => String(index).repeat(1024 * 1024));
    const answers = await Promise.all(blobs.map((blob) => client.call("echo__echo", { blob })));
    for (const [index, { result }] of answers.entries()) {
      assert.ok(result.structuredContent.blob === blobs[index], `message ${index} came back as it went`);
    }
  });

  test(`proxy ${kind}: the log names the client, and not whom it pretends to be`, { skip }, async () => {
    await using it = await setUp(kind);
    const spoofed = {
      "x-forwarded-for": "203.0.113.66",
      "x-real-ip": "203.0.113.66",
      forwarded: "for=203.0.113.66",
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "http",
    };
    assert.equal(await upgrade(it.url, spoofed), 401);
    assert.equal((await it.hub.logged("upgrade_refused"))["peer"], clientAddress);
    // The hub goes by the proxy's words, not the client's, also in judging an Origin.
    const origin = `https://${host}:${it.proxy.port}`;
    await using _client = await WsClient.connect(it.url, { ...spoofed, ...withToken, origin }, tls());
    assert.equal((await it.hub.logged("session_opened"))["peer"], clientAddress);
    assert.equal(await upgrade(it.url, { ...withToken, origin: origin.replace("https", "http") }), 403);
    assert.equal(await upgrade(it.url, { ...withToken, ...spoofed, origin: "https://evil.example" }), 403);
    assert.doesNotMatch(JSON.stringify(it.hub.logs), /203\.0\.113|a-token-of/);
  });

  test(`proxy ${kind}: a hub that trusts nobody logs the proxy as the peer`, { skip }, async () => {
    await using it = await setUp(kind, { env: { HUB_TRUSTED_PROXIES: "" } });
    assert.equal(await upgrade(it.url, {}), 401);
    assert.equal((await it.hub.logged("upgrade_refused"))["peer"], "127.0.0.1");
  });

  test(`proxy ${kind}: SIGTERM of the hub reaches clients as 1001, after their answers`, { skip }, async () => {
    await using it = await setUp(kind);
    const client = await WsClient.connect(it.url, withToken, tls());
    const held = client.call("echo__slow", { key: "k" });
    await client.request("ping");
    const closed = once(client.socket, "close");
    it.hub.child.kill("SIGTERM");
    // The call is answered at the end of the time to finish, and the answer still arrives.
    assert.match((await held).error?.message ?? "", /shutting down|draining/);
    assert.equal((await closed)[0], 1001);
    assert.equal((await it.hub.exited).code, 0);
  });

  test(`proxy ${kind}: the read timeout is in force`, { skip }, async () => {
    await using it = await setUp(kind, { readTimeout: "2s" });
    const client = await WsClient.connect(it.url, withToken, tls());
    let pings = 0;
    client.socket.on("ping", () => pings++);
    await once(client.socket, "close");
    assert.equal(pings, 0, "cut before the hub had a reason to ping");
  });
}

test("proxy: a session that is idle for longer than the read timeout lives on by the hub's pings", async (t) => {
  const kinds = (["nginx", "caddy"] as const).filter((kind) => lacks(kind) === false);
  if (kinds.length === 0) return t.skip("needs nginx or caddy (Debian: nginx-light, caddy)");
  await Promise.all(
    kinds.map(async (kind) => {
      await using it = await setUp(kind);
      await using client = await WsClient.connect(it.url, withToken, tls());
      // Each comes 25 s or more after the one before: three take longer than the 60 s of the shipped files.
      for (let pings = 0; pings < 3; pings++) await once(client.socket, "ping");
      const { result } = await client.call("echo__echo", { kind });
      assert.deepEqual(result.structuredContent, { kind });
    }),
  );
});

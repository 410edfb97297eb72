// A hub with TLS of its own, as a process: every door, health, a renewal while clients are there, client certificates.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { copyFile, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect } from "node:tls";
import { createHub } from "../../src/library/create-hub.ts";
import {
  type Certificates,
  makeCertificates,
  type Pair,
  read,
  serverExtension,
  signCertificate,
} from "../helpers/certificates.ts";
import { bridge, connected } from "../helpers/connect-process.ts";
import { ask, HttpMcp, SseMcp, textOf } from "../helpers/http-mcp.ts";
import { fixture, type HubOptions, type HubProcess, startHub } from "../helpers/hub-process.ts";
import { lacksOpenssl as skip } from "../helpers/proxy-process.ts";
import { thehub } from "../helpers/thehub.ts";
import { WsClient } from "../helpers/ws-client.ts";

let folder = "";
let certificates: Certificates;
let renewed: Pair;

before(async () => {
  if (skip !== false) return;
  folder = await mkdtemp(join(tmpdir(), "thehub-tls-"));
  certificates = makeCertificates(folder, "localhost");
  renewed = signCertificate(folder, {
    name: "renewed",
    subject: "renewed",
    extension: serverExtension("localhost"),
    days: 90,
  });
});

after(() => rm(folder, { recursive: true, force: true }));

const manifest = `cores:\n  echo:\n    ${fixture("echo.mjs")}\n`;
const token = "a-token-of-decent-length";
const authorization = { authorization: `Bearer ${token}` };
const trust = () => ({ ca: readFileSync(certificates.ca) });
const stateOf = (hub: HubProcess) => join(hub.folder, "state");

/** With files of its own, so that they can be replaced. */
async function tlsHub(options: HubOptions & { clientCa?: boolean } = {}): Promise<HubProcess & { files: Pair }> {
  const own = await mkdtemp(join(folder, "own-"));
  const files = { cert: join(own, "tls.crt"), key: join(own, "tls.key") };
  await put(files, certificates.server);
  const env = {
    HUB_TOKEN: token,
    HUB_TLS_CERT: files.cert,
    HUB_TLS_KEY: files.key,
    ...(options.clientCa === true && { HUB_TLS_CLIENT_CA: certificates.ca }),
    ...options.env,
  };
  return Object.assign(await startHub({ manifest, ...options, env }), { files });
}

async function put(files: Pair, pair: Pair): Promise<void> {
  for (const part of ["cert", "key"] as const) {
    await copyFile(pair[part], `${files[part]}.new`);
    await rename(`${files[part]}.new`, files[part]);
  }
}

/** Under the name that the certificate has. */
async function urlOf(hub: HubProcess, path = ""): Promise<string> {
  const { protocol, port } = new URL(await hub.url());
  assert.equal(protocol, "https:");
  return `https://localhost:${port}${path}`;
}

test("tls: every door, the pages and thehub connect work over it", { skip }, async () => {
  await using hub = await tlsHub();
  const options = { ...trust(), headers: authorization };

  const url = await urlOf(hub, "/mcp");
  await using ws = await WsClient.connect(url.replace("https", "wss"), authorization, trust());
  assert.deepEqual((await ws.call("echo__echo", { n: 1 })).result.structuredContent, { n: 1 });
  const blob = "x".repeat(3 * 1024 * 1024);
  assert.ok((await ws.call("echo__echo", { blob })).result.structuredContent.blob === blob);

  const http = await HttpMcp.open(url, options);
  assert.deepEqual((await http.call("echo__echo", { n: 2 })).result.structuredContent, { n: 2 });
  assert.ok((await http.call("echo__echo", { blob })).result.structuredContent.blob === blob);
  assert.equal(await http.close(), 204);

  const sse = await SseMcp.open(await urlOf(hub, "/sse"), options);
  assert.match(sse.endpoint, /^\/messages\?/);
  const { answer } = await sse.request("tools/call", { name: "echo__echo", arguments: { n: 3 } });
  assert.deepEqual(answer.result.structuredContent, { n: 3 });
  sse.close();

  for (const path of ["/healthz", "/livez", "/readyz"]) {
    assert.equal((await ask(await urlOf(hub, path), trust())).resume().statusCode, 200, path);
  }
  const metrics = await textOf(await ask(await urlOf(hub, "/metrics"), trust()));
  assert.match(metrics, /^thehub_connections \d/m);
  assert.match(metrics, /^thehub_connections_refused_total\{reason="address"\} 0/m);
  assert.match(metrics, /^thehub_tls_handshake_failures_total\{reason="timeout"\} 0/m);
  assert.match(metrics, /^thehub_tls_certificate_expiry_timestamp_seconds 1\d{9}/m);

  await using bridged = await bridge(url.replace("https", "wss"), {
    env: { HUB_TOKEN: token, NODE_EXTRA_CA_CERTS: certificates.ca },
  });
  const client = await connected(bridged);
  assert.deepEqual((await client.call("echo.echo", { n: 4 })).result.structuredContent, { n: 4 });
});

test("tls: listening beyond loopback is no longer plain, and what is printed to paste says wss", { skip }, async () => {
  await using hub = await startHub({
    args: ["serve", "--listen", "0.0.0.0:0"],
    env: { HUB_TOKEN: token, HUB_TLS_CERT: certificates.server.cert, HUB_TLS_KEY: certificates.server.key },
  });
  let printed = "";
  hub.child.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  const { port } = new URL(await hub.url());
  await hub.logged("core_summary");
  await hub.stop();
  assert.ok(printed.includes(`wss://localhost:${port}`), printed);
  assert.ok(printed.includes(`listening on https://0.0.0.0:${port}`), printed);
  assert.ok(!hub.logs.some(({ msg }) => msg === "plaintext_exposed"));
  assert.ok(
    hub.logs.some(({ msg }) => msg === "tls_certificate_expires"),
    "it ends in two days",
  );
});

test("tls: health knows the hub by its certificate, from the environment, the manifest and the state folder", {
  skip,
}, async () => {
  const tls = `hub: { tls: { cert: ${certificates.server.cert}, key: ${certificates.server.key} } }\n`;
  await using hub = await startHub({ manifest: tls + manifest, env: { HUB_TOKEN: token } });
  await hub.logged("core_summary");
  const { port } = new URL(await hub.url());
  const HUB_LISTEN = `127.0.0.1:${port}`;
  const HUB_MANIFEST = join(hub.folder, "hub.yaml");
  const ok = `https://127.0.0.1:${port}: ok (Cores up: 1, tools: `;
  for (const env of [
    { HUB_LISTEN, HUB_TLS_CERT: certificates.server.cert, HUB_TLS_KEY: certificates.server.key, HUB_STATE_DIR: folder },
    { HUB_LISTEN, HUB_MANIFEST, HUB_STATE_DIR: folder },
    { HUB_STATE_DIR: stateOf(hub) },
  ]) {
    const { code, stdout, stderr } = await thehub(["health"], env);
    assert.ok(stdout.includes(ok), stdout + stderr);
    assert.equal(code, 0);
  }
  // Another key is another hub, whoever signed it.
  const { code, stderr } = await thehub(["health"], {
    HUB_LISTEN,
    HUB_TLS_CERT: renewed.cert,
    HUB_TLS_KEY: renewed.key,
    HUB_STATE_DIR: folder,
  });
  assert.equal(code, 1);
  assert.match(stderr, /shows another certificate than HUB_TLS_CERT/);
});

test("tls: a renewal reaches new clients, leaves the others, and a bad one changes nothing", { skip }, async () => {
  await using hub = await tlsHub();
  const url = await urlOf(hub, "/mcp");
  await using early = await WsClient.connect(url.replace("https", "wss"), authorization, trust());
  await put(hub.files, renewed);
  const line = await hub.logged("tls_reloaded");
  assert.equal(line["subject"], "CN=renewed");
  assert.match(String(line["expires"]), /^20\d\d-/);
  const shown = async () => {
    const { port } = new URL(url);
    const socket = connect({ port: Number(port), host: "127.0.0.1", servername: "localhost", ...trust() });
    await once(socket, "secureConnect");
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return subject.CN;
  };
  assert.equal(await shown(), "renewed");
  assert.deepEqual((await early.call("echo__echo", { n: 1 })).result.structuredContent, { n: 1 });

  await writeFile(hub.files.key, "half a key");
  const failed = await hub.logged("tls_reload_failed");
  assert.match(String(failed["reason"]), /holds no private key/);
  assert.doesNotMatch(JSON.stringify(hub.logs), /half a key|PRIVATE KEY-/);
  assert.equal(await shown(), "renewed");
  // What is in force is noted, so that a hub that goes on with it is not taken for another.
  await writeFile(hub.files.cert, "nothing");
  const { port } = new URL(url);
  const { code, stderr } = await thehub(["health"], {
    HUB_LISTEN: `127.0.0.1:${port}`,
    HUB_TLS_CERT: hub.files.cert,
    HUB_TLS_KEY: hub.files.key,
    HUB_STATE_DIR: stateOf(hub),
  });
  assert.equal(code, 0, stderr);
  await hub.stop();
});

test("tls: with client certificates a stranger gets nowhere, and health still says that the hub is there", {
  skip,
}, async () => {
  await using hub = await tlsHub({ clientCa: true });
  const url = await urlOf(hub, "/mcp");
  const own = { ...trust(), ...read(certificates.client) };
  await using client = await WsClient.connect(url.replace("https", "wss"), authorization, own);
  assert.deepEqual((await client.call("echo__echo", { n: 1 })).result.structuredContent, { n: 1 });
  assert.equal((await ask(url, own)).resume().statusCode, 401, "the token is still needed");
  await assert.rejects(ask(await urlOf(hub, "/livez"), trust()), /certificate required|ECONNRESET|socket hang up/);
  const stranger = { ...trust(), ...read(certificates.stranger) };
  await assert.rejects(ask(await urlOf(hub, "/livez"), stranger), /ECONNRESET|socket hang up|EPIPE/);
  const { code, stdout, stderr } = await thehub(["health", "--json"], { HUB_STATE_DIR: stateOf(hub) });
  assert.equal(code, 0, stdout + stderr);
  assert.match(JSON.parse(stdout).checked[0].note, /lets nobody in without a client certificate/);
});

test("tls: files that cannot serve, or are named by halves, are exit 2 with the fix", { skip }, async () => {
  const cases: [Record<string, string>, RegExp][] = [
    [{ HUB_TLS_CERT: certificates.server.cert }, /not set, but HUB_TLS_CERT is".*certificate's private key/],
    [{ HUB_TLS_CLIENT_CA: certificates.ca }, /not set, but HUB_TLS_CLIENT_CA is".*the file of the certificate/],
    [{ HUB_TLS_CERT: certificates.server.cert, HUB_TLS_KEY: "/none.key" }, /\/none.key cannot be read \(ENOENT\)/],
    [{ HUB_TLS_CERT: certificates.server.cert, HUB_TLS_KEY: certificates.client.key }, /does not belong/],
  ];
  for (const [env, expected] of cases) {
    await using hub = await startHub({ manifest, env });
    assert.equal((await hub.exited).code, 2, hub.tail());
    assert.match(JSON.stringify(hub.logs), expected);
    const { code, stdout } = await thehub(["check", "--json", "examples/manifests/hub.yaml"], env);
    assert.equal(code, 2, "check says so before");
    assert.match(JSON.stringify(JSON.parse(stdout)), expected);
  }
  const env = { HUB_TLS_CERT: certificates.server.cert, HUB_TLS_KEY: certificates.server.key };
  assert.equal((await thehub(["check", "examples/manifests/hub.yaml"], env)).code, 0);
});

test("tls: a hub inside another program serves it, too", { skip }, async () => {
  const hub = await createHub(
    { cores: {}, hub: { tls: { cert: "server.crt", key: "server.key" } } },
    { env: { PATH: process.env["PATH"], HUB_STATE_DIR: join(folder, "state") }, cwd: folder },
  );
  try {
    const [address = ""] = await hub.listen("127.0.0.1:0");
    assert.match(address, /^https:/);
    assert.equal((await ask(`${address}/livez`, trust())).resume().statusCode, 200);
  } finally {
    await hub.close();
  }
});

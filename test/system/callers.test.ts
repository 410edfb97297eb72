// Callers that the hub knows by more than one listed token: signed tokens, tokens in files, certificates, sockets. End to end, with the built hub.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type ClientOptions, WebSocket } from "ws";
import { type Certificates, makeCertificates, read, signCertificate } from "../helpers/certificates.ts";
import { bridge, connected } from "../helpers/connect-process.ts";
import { ask, HttpMcp } from "../helpers/http-mcp.ts";
import { type HubProcess, inline, startHub } from "../helpers/hub-process.ts";
import { lacksOpenssl } from "../helpers/proxy-process.ts";
import { thehub } from "../helpers/thehub.ts";
import { WsClient } from "../helpers/ws-client.ts";

const cores = `cores:\n  echo: { ${inline("echo.mjs")} }\n  other: { ${inline("echo.mjs")} }\n`;
const hubToken = "the-token-of-the-hub";
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const sha256 = (token: string) => createHash("sha256").update(token).digest("hex");

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-callers-"));
});
after(() => rm(folder, { recursive: true, force: true }));

/** Of the hub's own state folder. */
async function run(hub: HubProcess, ...args: string[]): Promise<string> {
  const env = { HUB_STATE_DIR: join(hub.folder, "state"), HUB_MANIFEST: join(hub.folder, "hub.yaml") };
  const { code, stdout, stderr } = await thehub(["token", ...args], env);
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

/** Of each Core one, which stands for all of it. */
async function toolsOf(client: WsClient): Promise<string[]> {
  const { result } = await client.request("tools/list");
  return result.tools.map((tool: { name: string }) => tool.name).filter((name: string) => name.endsWith("__echo"));
}

async function closeCode(client: WsClient): Promise<number> {
  const [code] = await once(client.socket, "close");
  return code;
}

async function refusal(url: string, headers: Record<string, string>, options: ClientOptions = {}): Promise<number> {
  const socket = new WebSocket(url, { ...options, headers });
  const [, response] = await once(socket, "unexpected-response");
  response.resume();
  return response.statusCode;
}

test("signed tokens: one that the command line makes opens a WebSocket with part of its client's rights, and ends it", async () => {
  const manifest = `${cores}clients:\n  ci: { tokens: [], allow: ["echo.*"] }\n`;
  await using hub = await startHub({ manifest, env: { HUB_TOKEN: hubToken } });
  const url = await hub.wsUrl();
  const made = JSON.parse(
    await run(hub, "--ttl", "1h", "--client", "ci", "--allow", "*.echo", "--name", "build", "--json"),
  );
  await using client = await WsClient.connect(url, bearer(made.token));
  const { result } = await client.request("tools/list");
  assert.deepEqual(
    result.tools.map((tool: { name: string }) => tool.name),
    ["echo__echo"],
    "what both its client and the token allow",
  );
  assert.deepEqual((await client.call("echo__echo", { n: 1 })).result.structuredContent, { n: 1 });
  assert.equal((await client.call("other__echo", {})).error?.data?.["code"], "name_unknown");

  const short = await run(hub, "--ttl", "2s");
  await using brief = await WsClient.connect(url, bearer(short));
  assert.equal(await closeCode(brief), 4401, "it ended");
  assert.equal(await refusal(url, bearer(short)), 401);

  assert.match(await run(hub, "list"), /^[0-9a-f]{8}\tsigned\tci\t.* left\t\*\.echo\tbuild$/m);
  const closed = closeCode(client);
  await run(hub, "revoke", made.id.slice(0, 8));
  assert.equal(await closed, 4401, "it was taken back");
  assert.equal(await refusal(url, bearer(made.token)), 401);
  assert.doesNotMatch(JSON.stringify(hub.logs), new RegExp(made.token.split(".")[2]));
  await hub.stop();
});

test("signed tokens: another key leaves what was signed before, and with --now ends it", async () => {
  await using hub = await startHub({ manifest: cores, env: { HUB_TOKEN: hubToken } });
  const url = await hub.wsUrl();
  await using client = await WsClient.connect(url, bearer(await run(hub, "--ttl", "1h")));
  await run(hub, "rotate");
  await using second = await WsClient.connect(url, bearer(await run(hub, "--ttl", "1h")));
  const closed = [closeCode(client), closeCode(second)];
  await run(hub, "rotate", "--now");
  assert.deepEqual(await Promise.all(closed), [4401, 4401]);
});

test("signed tokens: a hub on loopback that asks for nothing still gives one no more than it was made with", async () => {
  await using hub = await startHub({ manifest: cores });
  const url = await hub.wsUrl();
  await using anybody = await WsClient.connect(url);
  assert.deepEqual(await toolsOf(anybody), ["echo__echo", "other__echo"]);
  const token = await run(hub, "--allow", "other.*");
  await using part = await WsClient.connect(url, bearer(token));
  assert.deepEqual(await toolsOf(part), ["other__echo"]);
});

test("token files: each of several tokens lets its client in, and a swap of the link ends what the old one opened", async () => {
  const own = await mkdtemp(join(folder, "files-"));
  const put = async (version: string, text: string) => {
    await mkdir(join(own, version));
    await writeFile(join(own, version, "token"), text);
    await symlink(version, join(own, `${version}.link`));
    await rename(join(own, `${version}.link`), join(own, "data"));
  };
  await put("one", "the-first-token-of-a\nthe-second-token-of-a\n");
  const listed = `{ sha256: ${sha256("a-listed-token-of-a")}, note: laptop }`;
  const manifest = `${cores}clients:\n  a:\n    tokens: [{ file: ${join(own, "data/token")} }, ${listed}]\n`;
  await using hub = await startHub({ manifest });
  const url = await hub.wsUrl();
  await using first = await WsClient.connect(url, bearer("the-first-token-of-a"));
  await using second = await WsClient.connect(url, bearer("the-second-token-of-a"));
  await using third = await WsClient.connect(url, bearer("a-listed-token-of-a"));
  const closed = closeCode(first);
  await put("two", "the-second-token-of-a\nthe-third-token-of-a\n");
  assert.equal(await closed, 4401);
  await using fourth = await WsClient.connect(url, bearer("the-third-token-of-a"));
  for (const client of [second, third, fourth]) {
    assert.deepEqual((await client.call("echo__echo", { n: 1 })).result.structuredContent, { n: 1 });
  }
  assert.equal(await refusal(url, bearer("the-first-token-of-a")), 401);
  assert.equal((await hub.logged("client_tokens_reloaded"))["tokens"], 2);
  assert.doesNotMatch(JSON.stringify(hub.logs), /the-\w+-token-of-a/);
});

test("certificates: who shows one on the hub's own listener is the client that the manifest says, with no token", {
  skip: lacksOpenssl,
}, async () => {
  const own = await mkdtemp(join(folder, "tls-"));
  const certificates: Certificates = makeCertificates(own, "localhost");
  const agent = signCertificate(own, {
    name: "agent",
    subject: "agent",
    extension: "subjectAltName=URI:spiffe://example/agent,DNS:agent.example\nextendedKeyUsage=clientAuth\n",
  });
  const usage = "extendedKeyUsage=clientAuth\n";
  const nobody = signCertificate(own, { name: "nobody", subject: "laptop2", extension: usage });
  const tls = `hub:\n  tls: { cert: ${certificates.server.cert}, key: ${certificates.server.key}, client_ca: ${certificates.ca} }\n`;
  const clients = `clients:
  laptop: { certificate: { cn: laptop, subject: CN=laptop }, allow: ["echo.*"] }
  agent: { certificate: { san_uri: [spiffe://example/agent], san_dns: agent.example }, allow: ["other.*"] }
`;
  await using hub = await startHub({ manifest: tls + cores + clients, env: { HUB_TOKEN: hubToken } });
  const { port } = new URL(await hub.url());
  const url = `wss://localhost:${port}/mcp`;
  const trust = { ca: readFileSync(certificates.ca) };
  await using laptop = await WsClient.connect(url, {}, { ...trust, ...read(certificates.client) });
  assert.deepEqual(await toolsOf(laptop), ["echo__echo"]);
  await using other = await WsClient.connect(url, {}, { ...trust, ...read(agent) });
  assert.deepEqual(await toolsOf(other), ["other__echo"]);
  const http = await HttpMcp.open(`https://localhost:${port}/mcp`, { ...trust, ...read(agent) });
  assert.deepEqual((await http.call("other__echo", { n: 1 })).result.structuredContent, { n: 1 });
  assert.equal(await refusal(url, {}, { ...trust, ...read(nobody) }), 401, "by the same authority, and of no client");
  const withWrongToken = { ...trust, ...read(agent) };
  assert.equal(await refusal(url, bearer("wrong"), withWrongToken), 401, "a token that was shown counts alone");
  await using admin = await WsClient.connect(url, bearer(hubToken), withWrongToken);
  assert.deepEqual(await toolsOf(admin), ["echo__echo", "other__echo"]);
});

test("certificates: a trusted proxy's header says whose it was, and nobody else's does", {
  skip: lacksOpenssl,
}, async () => {
  const own = await mkdtemp(join(folder, "header-"));
  const { client } = makeCertificates(own, "localhost");
  const manifest = `${cores}clients:\n  laptop: { certificate: { cn: laptop } }\n`;
  const escaped = encodeURIComponent(readFileSync(client.cert, "utf8"));
  const env = { HUB_CLIENT_CERTIFICATE_HEADER: "X-Client-Cert" };
  await using trusting = await startHub({ manifest, env: { ...env, HUB_TRUSTED_PROXIES: "loopback" } });
  const headers = { "x-client-cert": escaped };
  await using laptop = await WsClient.connect(await trusting.wsUrl(), headers);
  assert.deepEqual(await toolsOf(laptop), ["echo__echo", "other__echo"]);
  assert.equal(await refusal(await trusting.wsUrl(), {}), 401);
  await using wary = await startHub({ manifest, env: { ...env, HUB_TRUSTED_PROXIES: "10.0.0.0/8" } });
  assert.equal(await refusal(await wary.wsUrl(), headers), 401);
});

test("sockets: whoever may open a client's socket is that client, and it comes and goes with its entry", async () => {
  const own = await mkdtemp(join(folder, "sockets-"));
  const [eng, ops] = [join(own, "eng.sock"), join(own, "ops.sock")];
  const clients = (names: Record<string, string>) =>
    `${cores}clients:\n${Object.entries(names)
      .map(
        ([name, path]) =>
          `  ${name}: { socket: { path: ${path}, mode: "0660" }, allow: ["${name === "eng" ? "echo" : "other"}.*"] }\n`,
      )
      .join("")}`;
  await using hub = await startHub({ manifest: clients({ eng }) });
  await hub.logged("client_socket_opened");
  assert.equal(statSync(eng).mode & 0o777, 0o660);
  const at = (path: string) => `ws+unix:${path}:/mcp`;
  await using client = await WsClient.connect(at(eng));
  assert.deepEqual(await toolsOf(client), ["echo__echo"]);
  assert.equal(await refusal(await hub.wsUrl(), {}), 401, "over the network it takes a token");
  assert.equal(await refusal(at(eng), bearer("wrong")), 401, "a token that was shown counts alone");
  await using bridged = await bridge(`unix:${eng}`, { env: { HUB_TOKEN: "" } });
  const through = await connected(bridged);
  assert.deepEqual((await through.call("echo.echo", { n: 4 })).result.structuredContent, { n: 4 });

  const closed = closeCode(client);
  await writeFile(join(hub.folder, "hub.yaml"), clients({ ops }));
  assert.equal(await closed, 4401);
  await hub.logged("client_socket_opened", (line) => line["client"] === "ops");
  await using second = await WsClient.connect(at(ops));
  assert.deepEqual(await toolsOf(second), ["other__echo"]);
  assert.equal(statSync(eng, { throwIfNoEntry: false }), undefined);
  await second[Symbol.asyncDispose]();
  await hub.stop();
  assert.equal(statSync(ops, { throwIfNoEntry: false }), undefined, "freed at the end");
});

test("sockets: one in a folder where others may replace it is no socket, and the hub says so and does not start", async () => {
  const own = await mkdtemp(join(folder, "open-"));
  await chmod(own, 0o777);
  await using hub = await startHub({
    manifest: `${cores}clients:\n  eng: { socket: { path: ${join(own, "s.sock")} } }\n`,
  });
  const { code } = await hub.exited;
  assert.equal(code, 2);
  const line = hub.logs.find(({ msg }) => msg === "start_failed");
  assert.match(JSON.stringify(line), /every user may replace what is in/);
});

const notRoot = process.getuid?.() === 0 ? false : "needs root, to be another user";

test("sockets: a user who is not in its group gets nowhere", { skip: notRoot }, async () => {
  const own = await mkdtemp(join(folder, "group-"));
  await chmod(own, 0o755);
  await chmod(folder, 0o755);
  const path = join(own, "eng.sock");
  await using hub = await startHub({
    manifest: `${cores}clients:\n  eng: { socket: { path: ${path}, mode: "0660", group: users } }\n`,
  });
  await hub.logged("client_socket_opened");
  const { mode, gid } = statSync(path);
  assert.deepEqual([mode & 0o777, gid], [0o660, 100]);
  const knock = `require("node:net").connect(${JSON.stringify(path)}).on("connect",()=>{console.log("in");process.exit()}).on("error",e=>console.log(e.code))`;
  const as = (...identity: string[]) =>
    execFileSync("setpriv", ["--reuid=65534", ...identity, "--clear-groups", process.execPath, "-e", knock], {
      cwd: "/",
    })
      .toString()
      .trim();
  assert.equal(as("--regid=65534"), "EACCES");
  assert.equal(as("--regid=100"), "in");
});

test("clients: an entry that ends lets nobody in any more, and what is open is closed", async () => {
  const soon = new Date(Math.ceil(Date.now() / 1000) * 1000 + 4000).toISOString();
  const token = "a-token-that-is-going-to-end";
  const manifest = `${cores}clients:\n  guest: { token_sha256: ${sha256(token)}, expires: "${soon}" }\n`;
  await using hub = await startHub({ manifest });
  const url = await hub.wsUrl();
  await using client = await WsClient.connect(url, bearer(token));
  assert.equal(await closeCode(client), 4401);
  assert.equal(await refusal(url, bearer(token)), 401);
  assert.equal((await ask(await hub.httpUrl(), { headers: bearer(token) })).resume().statusCode, 401);
});

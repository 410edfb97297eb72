// The admin API of real hubs: who may use it, what it shows, and what it must never show.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ask, privateSocket, type Said } from "../helpers/admin-api.ts";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

const hubToken = "hub-token-0123456789";
const rootToken = "root-token-0123456789";
const laptopToken = "laptop-token-0123456789";
const apiSecret = "s3cret-of-the-env-core";
const metricsToken = "metrics-token-0123456789";
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const manifest = `
hub: { watch: false }
clients:
  root: { token_sha256: "${sha256(rootToken)}", admin: true }
  laptop: { token_sha256: "${sha256(laptopToken)}", allow: ["echo.*"] }
cores:
  echo:
    ${fixture("echo.mjs")}
  env:
    ${fixture("env-printer.mjs").replace("]", ', "--password", "in-an-argument"]')}
    env: { DATABASE: "postgres://me:in-a-url@db/x" }
    secrets: [API_TOKEN]
  broken:
    ${fixture("exit-at-once.mjs")}
    health: { max_restarts: 0 }
`;

const env = { HUB_TOKEN: hubToken, HUB_SECRET_API_TOKEN: apiSecret, HUB_METRICS_TOKEN: metricsToken };

const started = (more: Record<string, string> = {}) => startHub({ manifest, env: { ...env, ...more } });
const settled = (hub: HubProcess) => hub.logged("core_summary", ({ summary }) => /broken/.test(String(summary)));
const reads = ["/api", "/api/status", "/api/cores", "/api/cores/env", "/api/sessions", "/api/config"];
const changes = [
  ["POST", "/api/reload"],
  ["POST", "/api/cores/echo/restart"],
  ["POST", "/api/cores/echo/drain"],
  ["DELETE", "/api/sessions/s99"],
] as const;

test("admin: each endpoint is open to admins and the owner of the socket, and closed to everybody else", async () => {
  await using hub = await started();
  await settled(hub);
  const url = await hub.url();
  const socket = await privateSocket(hub);
  const all = [...reads.map((path) => ["GET", path] as const), ...changes];
  // Tokens that were right are not slowed by the wrong ones that come from the same address afterwards.
  for (const token of [hubToken, rootToken, laptopToken]) await ask(url, "GET", "/api", { token });
  for (const [method, path] of all) {
    const nobody = await ask(url, method, path);
    assert.equal(nobody.status, 401, path);
    assert.equal(nobody.body.error.code, "unauthenticated");
    const wrong = await ask(url, method, path, { token: `${hubToken}x` });
    // From the eleventh on none that is new here is looked at: 429.
    assert.ok(wrong.status === 401 || wrong.status === 429, path);
    const laptop = await ask(url, method, path, { token: laptopToken });
    assert.equal(laptop.status, 403, path);
    assert.equal(laptop.body.error.code, "forbidden");
    assert.match(laptop.body.error.message, /admin: true/);
  }
  assert.equal(
    hub.logs.some(({ msg }) => msg === "admin_request"),
    false,
    "nothing was begun for them",
  );
  for (const path of reads) {
    for (const token of [hubToken, rootToken]) assert.equal((await ask(url, "GET", path, { token })).status, 200, path);
    assert.equal((await ask(socket, "GET", path)).status, 200, path);
    // Its key is its own: no token of a client opens it, and nothing does not either.
    for (const token of ["", hubToken, rootToken]) {
      assert.equal((await ask(socket, "GET", path, { token })).status, 401, path);
    }
    const head = await ask(url, "HEAD", path, { token: rootToken });
    assert.equal(head.status, 200);
    assert.equal(head.text, "");
  }
  for (const [place, token] of [
    [url, hubToken],
    [url, rootToken],
    [socket, undefined],
  ] as const) {
    const answers: Said[] = [];
    for (const [method, path] of changes) answers.push(await ask(place, method, path, { token }));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 404],
    );
    assert.equal((await ask(place, "POST", "/api/cores/echo/restart", { token })).body.state, "up");
  }
  const by = hub.logs.filter(({ msg }) => msg === "admin_request_done").map((line) => line["by"]);
  assert.deepEqual([...new Set(by)], ["token", "root", "owner"]);
  await hub.stop();
});

test("admin: where nothing is configured, an anonymous client is told what to do, and the socket's owner is an admin", async () => {
  await using hub = await startHub();
  const url = await hub.url();
  for (const path of reads.slice(0, 3)) {
    const { status, body } = await ask(url, "GET", path);
    assert.equal(status, 403);
    assert.match(body.error.message, /HUB_TOKEN.*thehub status/);
  }
  assert.equal((await ask(url, "POST", "/api/reload")).status, 403);
  const socket = await privateSocket(hub);
  const path = socket.slice("unix:".length);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal((await stat(join(path, ".."))).mode & 0o777, 0o700);
  const { body } = await ask(socket, "GET", "/api/status");
  assert.equal(body.api, 1);
  assert.equal(body.manifest, null);
  assert.deepEqual(body.addresses.slice(0, 1), [url]);
  assert.equal(body.pid, hub.child.pid);
  await hub.stop();
  assert.deepEqual(await readdir(join(path, "..")), [], "neither the socket nor the run file is left");
});

test("admin: shows states, processes and what is offered, of each Core and of the hub", async () => {
  await using hub = await started();
  await settled(hub);
  const socket = await privateSocket(hub);
  const status = (await ask(socket, "GET", "/api/status")).body;
  assert.deepEqual(status.cores, { up: 2, failed: 1 });
  assert.equal(status.manifest, join(hub.folder, "hub.yaml"));
  assert.deepEqual([status.draining, status.last_reload], [false, null]);
  const { cores } = (await ask(socket, "GET", "/api/cores")).body;
  assert.deepEqual(
    cores.map((core: { core: string; state: string }) => [core.core, core.state]),
    [
      ["echo", "up"],
      ["env", "up"],
      ["broken", "failed"],
    ],
  );
  const [echo, , broken] = cores;
  assert.equal(echo.era, "legacy");
  assert.equal(echo.framing, "newline");
  assert.ok(echo.tools > 5 && echo.pid > 0 && Date.parse(echo.since) > 0);
  assert.equal(broken.pid, null);
  assert.match(broken.reason, /exited with code/);
  const one = (await ask(socket, "GET", "/api/cores/broken")).body;
  assert.equal(one.reason, broken.reason);
  assert.ok(Array.isArray(one.stderr));
  assert.match((await ask(socket, "GET", "/api/cores/brokn")).body.error.message, /did you mean "broken"/);
  await hub.stop();
});

test("admin: no secret, no token and no token's hash is in anything that it says", async () => {
  await using hub = await started({ HUB_ADMIN_LISTEN: "127.0.0.1:0" });
  await settled(hub);
  const { admin } = (await hub.logged("listening")) as unknown as { admin: string[] };
  const place = String(admin[0]);
  const said: string[] = [];
  for (const token of [hubToken, rootToken]) {
    for (const path of [...reads, "/api/cores/echo", "/api/cores/broken"])
      said.push((await ask(place, "GET", path, { token })).text);
    for (const [method, path] of changes) said.push((await ask(place, method, path, { token })).text);
    said.push((await ask(place, "POST", "/api/cores/env/restart", { token })).text);
    said.push((await ask(place, "GET", "/api/cores/env", { token })).text);
  }
  const all = said.join("\n");
  assert.match(all, /starting with token \*+/, "what the Core wrote is there, masked");
  const secrets = [hubToken, rootToken, laptopToken, metricsToken, apiSecret, sha256(rootToken), sha256(laptopToken)];
  for (const secret of [...secrets, "in-an-argument", "in-a-url"]) assert.equal(all.includes(secret), false, secret);
  const config = (await ask(place, "GET", "/api/config", { token: rootToken })).body;
  assert.equal(config.hub.token, "[secret]");
  assert.equal(config.hub.metrics_token, "[secret]");
  assert.deepEqual(config.hub.admin_listen, ["127.0.0.1:0"]);
  assert.equal(config.clients.laptop.tokens[0].sha256, "[secret]");
  assert.deepEqual(config.clients.laptop.allow, ["echo.*"]);
  assert.equal(config.cores.env.env.DATABASE, "postgres://[secret]@db/x");
  assert.deepEqual(config.cores.env.secrets, [{ name: "API_TOKEN", from: "search" }]);
  assert.equal(config.cores.echo.policy.max_queue, 1024);
  const logged = JSON.stringify(hub.logs.filter(({ component }) => component === "admin"));
  for (const secret of secrets) assert.equal(logged.includes(secret), false, secret);
  await hub.stop();
});

test("admin: no web page can use it, not even one whose origin may speak to the hub", async () => {
  const origin = "https://app.example";
  await using hub = await started({ HUB_ALLOW_ORIGINS: origin });
  await settled(hub);
  const url = await hub.url();
  const as = (headers: Record<string, string>) => ({ token: rootToken, headers });
  const foreign = await ask(url, "POST", "/api/cores/echo/drain", as({ origin: "https://evil.example" }));
  assert.equal(foreign.body.error.code, "origin_refused");
  const rebound = await ask(url, "GET", "/api/config", as({ host: "evil.example" }));
  assert.equal(rebound.body.error.code, "origin_refused");
  // What a page may send without asking first: its content types are these.
  for (const type of [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain; application/json",
  ]) {
    const simple = await ask(url, "POST", "/api/cores/echo/drain", as({ "content-type": type, origin }));
    assert.equal(simple.status, 415, type);
    const onSocket = await ask(await privateSocket(hub), "POST", "/api/cores/echo/drain", {
      headers: { "content-type": type },
    });
    assert.equal(onSocket.status, 415, type);
  }
  for (const method of ["POST", "DELETE", "GET"]) {
    const preflight = await ask(url, "OPTIONS", "/api/cores/echo/drain", {
      headers: {
        origin,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization, content-type",
      },
    });
    assert.equal(preflight.status, 405);
    assert.equal(preflight.headers["access-control-allow-origin"], undefined);
    assert.equal(preflight.headers["access-control-allow-headers"], undefined);
  }
  const read = await ask(url, "GET", "/api/config", as({ origin }));
  assert.equal(read.headers["access-control-allow-origin"], undefined, "the page may not read the answer");
  assert.equal((await ask(url, "GET", "/api/cores/echo", { token: rootToken })).body.state, "up");
  await hub.stop();
});

test("admin: refuses what is no request of its own with a named error", async () => {
  await using hub = await started();
  await settled(hub);
  const socket = await privateSocket(hub);
  const refused = async (method: string, path: string, body = "") => {
    const said = await ask(socket, method, path, { body });
    return [said.status, said.body.error.code];
  };
  assert.deepEqual(await refused("GET", "/api/nothing"), [404, "name_unknown"]);
  assert.deepEqual(await refused("GET", "/api/cores/echo/more"), [404, "name_unknown"]);
  assert.deepEqual(await refused("GET", "/api/cores/%ff"), [404, "name_unknown"]);
  assert.deepEqual(await refused("POST", "/api/cores/%2e%2e/restart"), [404, "name_unknown"]);
  assert.deepEqual(await refused("POST", "/api/status"), [405, "request_invalid"]);
  assert.deepEqual(await refused("PUT", "/api/status"), [405, "request_invalid"]);
  assert.equal((await ask(socket, "GET", "/api/reload")).headers["allow"], "POST");
  assert.deepEqual(await refused("POST", "/api/reload", "{"), [400, "parse_error"]);
  assert.deepEqual(await refused("POST", "/api/reload", '{"force":true}'), [400, "request_invalid"]);
  assert.deepEqual(await refused("POST", "/api/reload", "[]"), [400, "request_invalid"]);
  assert.deepEqual(await refused("POST", "/api/reload", `{${" ".repeat(10_000)}}`), [400, "request_invalid"]);
  assert.equal((await ask(socket, "POST", "/api/reload", { body: "{}" })).body.outcome, "unchanged");
  assert.equal((await ask(socket, "GET", "/mcp")).status, 404, "no client is served there");
  await hub.stop();
});

test("admin: HUB_ADMIN_LISTEN moves the API, the probes and the metrics, and leaves /healthz on both", async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-admin-"));
  const path = join(folder, "admin.sock");
  await using hub = await started({ HUB_ADMIN_LISTEN: `127.0.0.1:0,unix:${path}`, HUB_BASE_PATH: "/hub" });
  await settled(hub);
  const line = (await hub.logged("listening")) as unknown as { addresses: string[]; admin: string[] };
  const [tcp = "", socket] = line.admin;
  assert.equal(socket, `unix:${path}`);
  const clients = String(line.addresses[0]);
  for (const page of ["/livez", "/readyz", "/metrics", "/api", "/api/status"]) {
    const gone = await ask(clients, "GET", page, { token: hubToken });
    assert.equal(gone.status, 404, page);
    assert.doesNotMatch(gone.text, /livez/);
    for (const moved of [page, `/hub${page}`]) {
      assert.equal((await ask(tcp, "GET", moved, { token: hubToken })).status, 200, moved);
      assert.equal((await ask(`unix:${path}`, "GET", moved)).status, 200, moved);
    }
  }
  assert.equal((await ask(tcp, "GET", "/metrics", { token: metricsToken })).status, 200);
  assert.equal((await ask(tcp, "GET", "/metrics")).status, 401);
  assert.equal((await ask(tcp, "GET", "/api/status")).status, 401);
  assert.equal((await ask(tcp, "GET", "/api/status", { token: laptopToken })).status, 403);
  for (const place of [clients, tcp, `unix:${path}`]) assert.equal((await ask(place, "GET", "/healthz")).status, 200);
  assert.equal((await ask(tcp, "POST", "/mcp", { token: hubToken, body: "{}" })).status, 404);
  const upgrade = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  assert.equal((await ask(tcp, "GET", "/mcp", { token: hubToken, headers: upgrade })).status, 404);
  const { body } = await ask(tcp, "GET", "/api/status", { token: hubToken });
  assert.deepEqual(body.admin_addresses, line.admin);
  await using client = await WsClient.connect(`${clients.replace("http", "ws")}/mcp`, {
    authorization: `Bearer ${laptopToken}`,
  });
  assert.ok((await client.request("tools/list")).result.tools.length > 0);
  await hub.stop();
  assert.deepEqual(await readdir(folder), []);
  await rm(folder, { recursive: true });
});

test("admin: an address of HUB_ADMIN_LISTEN that cannot be had ends the start, and leaves nothing open", async () => {
  await using first = await startHub();
  const taken = new URL(await first.url()).host;
  await using hub = await startHub({ env: { HUB_ADMIN_LISTEN: taken } });
  const failed = await hub.logged("start_failed");
  assert.match(JSON.stringify(failed), /the port is in use/);
  assert.equal((await hub.exited).code, 1);
  await first.stop();
});

test("admin: without a place for its private socket the hub runs, and says what to do", async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-admin-"));
  const long = join(folder, "x".repeat(90));
  await mkdir(long);
  for (const state of [long, "/dev/null/state"]) {
    await using hub = await startHub({ env: { HUB_STATE_DIR: state, HUB_TOKEN: hubToken } });
    const line = await hub.logged("admin_socket_missing");
    assert.match(String(line["fix"]), /HUB_STATE_DIR/);
    assert.equal((await ask(await hub.url(), "GET", "/api/status", { token: hubToken })).status, 200);
    await hub.stop();
  }
  await rm(folder, { recursive: true });
});

test("admin: the socket of a hub that was killed is swept away by the next start", async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-admin-"));
  const state = { HUB_STATE_DIR: folder };
  const run = join(folder, "run");
  await using killed = await startHub({ env: state });
  await killed.logged("listening");
  const [left = ""] = (await readdir(run)).filter((name) => name.endsWith(".sock"));
  killed.child.kill("SIGKILL");
  await killed.exited;
  await using hub = await startHub({ env: state });
  await hub.logged("listening");
  const now = await readdir(run);
  assert.equal(now.includes(left), false);
  assert.equal(now.length, 2);
  await hub.stop();
  await rm(folder, { recursive: true });
});

test("admin: lists sessions of every door, and ends one so that its client sees it", async () => {
  await using hub = await started();
  await settled(hub);
  const url = await hub.url();
  const socket = await privateSocket(hub);
  const authorization = `Bearer ${laptopToken}`;
  const ws = await WsClient.connect(`${url.replace("http", "ws")}/mcp`, { authorization });
  const hung = ws.start("tools/call", { name: "echo__slow", arguments: { key: "k" } });
  hung.answer.catch(() => {});
  const headers = { authorization, "content-type": "application/json", accept: "application/json, text/event-stream" };
  const post = (body: object, more: Record<string, string> = {}) =>
    fetch(`${url}/mcp`, { method: "POST", headers: { ...headers, ...more }, body: JSON.stringify(body) });
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "poster", version: "2" } };
  const opened = await post({ jsonrpc: "2.0", id: 1, method: "initialize", params });
  const sessionId = { "mcp-session-id": String(opened.headers.get("mcp-session-id")) };
  await opened.text();
  const posted = post(
    { jsonrpc: "2.0", id: 3, method: "tools/call", params: { name: "echo__slow", arguments: { key: "p" } } },
    sessionId,
  );
  for (;;) if ((await ask(socket, "GET", "/api/cores/echo")).body.in_use === 2) break;
  const events = await fetch(`${url}/sse`, { headers: { authorization, accept: "text/event-stream" } });
  const stream = events.body?.getReader();
  await stream?.read();

  const { sessions, ...rest } = (await ask(socket, "GET", "/api/sessions")).body;
  assert.deepEqual(rest, {});
  const facts = sessions.map(({ id: _, opened: when, age_seconds: age, ...session }: Record<string, unknown>) => {
    assert.ok(Date.parse(String(when)) > 0 && Number(age) >= 0);
    return session;
  });
  const common = { principal: "laptop", admin: false, peer: "127.0.0.1" };
  const ready = { ...common, profile: "default", revision: "2025-11-25", busy: 1 };
  assert.deepEqual(facts, [
    { ...ready, door: "websocket", client: { name: "raw", version: "1" } },
    { ...ready, door: "http", client: { name: "poster", version: "2" } },
    { ...common, door: "sse", client: null, profile: null, revision: null, busy: 0 },
  ]);
  assert.equal(
    JSON.stringify(sessions).includes(sessionId["mcp-session-id"]),
    false,
    "the id that opens it is no fact",
  );
  assert.deepEqual((await ask(socket, "GET", "/api/status")).body.sessions, { websocket: 1, http: 1, sse: 1 });

  const closed = once(ws.socket, "close");
  for (const { id } of sessions) {
    const said = await ask(socket, "DELETE", `/api/sessions/${id}`);
    assert.deepEqual([said.status, said.body], [200, { outcome: "ended", session: id }]);
  }
  const [code, reason] = await closed;
  assert.equal(code, 4410);
  assert.match(String(reason), /admin/);
  assert.doesNotMatch(await (await posted).text(), /"result"/, "the request under way ends without an answer");
  const after = await post({ jsonrpc: "2.0", id: 2, method: "ping" }, sessionId);
  assert.equal(after.status, 404);
  await after.text();
  for (;;) if ((await stream?.read())?.done !== false) break;
  assert.deepEqual((await ask(socket, "GET", "/api/sessions")).body, { sessions: [] });
  assert.equal((await ask(socket, "DELETE", `/api/sessions/${sessions[0].id}`)).status, 404);
  assert.equal(
    (await ask(socket, "GET", "/api/cores/echo")).body.in_use,
    0,
    "the call of the client that left is given up",
  );
  await hub.stop();
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, lstat, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { connect, createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { WebSocket } from "ws";
import { HubError } from "../../../src/base/errors.ts";
import { Secret } from "../../../src/base/secret.ts";
import type { WebDoor } from "../../../src/doors/http-router.ts";
import { DoorServer, readAll, upgradeRequest } from "../../helpers/door-server.ts";
import { tokenAuth } from "../../helpers/token-auth.ts";

const token = "s3cret-token-value";
const withToken = tokenAuth({ token: new Secret(token), clients: [] });
const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === "::1"));

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly error: { code: string; message: string };
}

async function get(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const json = text.startsWith("{") ? (JSON.parse(text) as { error?: Answer["error"] }) : {};
  return { status: response.status, headers: response.headers, text, error: json.error ?? { code: "", message: "" } };
}

/** How an upgrade is answered: the status, and the body of a refusal. */
async function upgrade(
  hub: DoorServer,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Record<string, unknown>; code: string }> {
  const socket = new WebSocket(`${hub.wsUrl}${path}`, { headers });
  return new Promise((resolve, reject) => {
    socket.once("open", () => {
      socket.once("close", () => resolve({ status: 101, headers: {}, code: "" }));
      socket.close();
    });
    socket.once("unexpected-response", (_request, response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.once("end", () => {
        const { error } = JSON.parse(text) as { error: { code: string } };
        resolve({ status: response.statusCode ?? 0, headers: response.headers, code: error.code });
      });
    });
    socket.once("error", reject);
  });
}

const failsWith = (pattern: RegExp) => (error: unknown) => error instanceof HubError && pattern.test(error.message);

test("http-server: serves the pages, with or without a trailing slash, by GET and HEAD", async () => {
  await using hub = await DoorServer.open();
  for (const path of ["/healthz", "/healthz/", "/healthz?x=1", "/livez"]) {
    assert.equal((await get(hub.url + path)).status, 200, path);
  }
  assert.equal((await get(`${hub.url}/readyz`)).status, 503);
  assert.match((await get(`${hub.url}/healthz`)).headers.get("content-type") ?? "", /json/);
  const head = await get(`${hub.url}/healthz`, { method: "HEAD" });
  assert.deepEqual([head.status, head.text], [200, ""]);
  const posted = await get(`${hub.url}/healthz`, { method: "POST", body: "x" });
  assert.deepEqual([posted.status, posted.headers.get("allow")], [405, "GET, HEAD"]);
});

test("http-server: a page that fails is an internal error without its cause", async () => {
  const healthz = () => {
    throw new Error("the cause stays inside");
  };
  await using hub = await DoorServer.open({ pages: { healthz } });
  const { status, text } = await get(`${hub.url}/healthz`);
  assert.equal(status, 500);
  assert.doesNotMatch(text, /cause/);
});

test("http-server: everything else is a 404 that says where to go", async () => {
  await using hub = await DoorServer.open();
  const nothing = await get(`${hub.url}/nothing`);
  assert.equal(nothing.status, 404);
  assert.match(nothing.error.message, /\/mcp.*WebSocket.*\/healthz/);
  for (const path of ["/", "/ws"]) {
    const plain = await get(hub.url + path);
    assert.deepEqual([plain.status, plain.error.code], [426, "request_invalid"]);
  }
});

test("http-server: a client that speaks HTTP to a WebSocket's path is told where MCP over HTTP is", async () => {
  await using hub = await DoorServer.open();
  for (const path of ["/", "/ws"]) {
    const posted = await get(hub.url + path, { method: "POST", body: "{}" });
    assert.equal(posted.status, 405);
    for (const { error } of [posted, await get(hub.url + path)])
      assert.match(error.message, /MCP over HTTP is at \/mcp/);
  }
  assert.doesNotMatch((await get(`${hub.url}/healthz`, { method: "POST" })).error.message, /MCP/);
});

test("http-server: upgrades at every door path, under the base path and without it", async () => {
  await using hub = await DoorServer.open({ http: { basePath: "/hub/" } });
  for (const path of ["", "/", "/mcp", "/mcp/", "/ws", "/hub", "/hub/", "/hub/mcp", "/hub/ws/", "/mcp?a=b"]) {
    assert.equal((await upgrade(hub, path)).status, 101, path);
  }
  for (const path of ["/hub/nothing", "/hubs", "/healthz", "/hub/hub/mcp", "//mcp"]) {
    assert.deepEqual((await upgrade(hub, path)).status, 404, path);
  }
  assert.equal((await get(`${hub.url}/hub/healthz`)).status, 200);
});

test("http-server: asks for a token before the upgrade and tells wrong from missing by the challenge", async () => {
  await using hub = await DoorServer.open({ auth: withToken });
  const missing = await upgrade(hub, "/mcp");
  assert.deepEqual(
    [missing.status, missing.code, missing.headers["www-authenticate"]],
    [401, "unauthenticated", "Bearer"],
  );
  const wrong = await upgrade(hub, "/mcp", { authorization: "Bearer wrong-token" });
  assert.deepEqual([wrong.status, wrong.headers["www-authenticate"]], [401, 'Bearer error="invalid_token"']);
  assert.equal((await upgrade(hub, "/mcp", { authorization: `bearer ${token}` })).status, 101);
  assert.equal((await upgrade(hub, `/mcp?token=${token}&access_token=${token}`)).status, 401);
  assert.equal(hub.doorkeeper.visitors.length, 1);
  assert.equal(hub.doorkeeper.last.visit.principal.id, "token");
  assert.equal((await get(`${hub.url}/healthz`)).status, 200);
  assert.doesNotMatch(hub.log.lines.join(), /s3cret|wrong-token/);
  // One of each reason at once; the other one without a token is counted, and said with those to come.
  assert.equal(hub.log.lines.filter((line) => line.includes("upgrade_refused")).length, 2);
});

test("http-server: the log names the client that a trusted proxy names, and no other", async () => {
  const forwarded = {
    "x-forwarded-for": "203.0.113.9",
    "x-forwarded-host": "hub.example",
    "x-forwarded-proto": "https",
  };
  await using wary = await DoorServer.open({ auth: withToken });
  assert.equal((await upgrade(wary, "/mcp", forwarded)).status, 401);
  assert.match(wary.log.lines.join(), /upgrade_refused .*"peer":"127\.0\.0\.1"/);
  assert.equal((await upgrade(wary, "/mcp", { ...forwarded, authorization: `Bearer ${token}` })).status, 101);
  assert.equal(wary.doorkeeper.last.visit.peer, "127.0.0.1");

  await using hub = await DoorServer.open({ auth: withToken, http: { trustedProxies: ["127.0.0.0/8"] } });
  assert.equal((await upgrade(hub, "/mcp", forwarded)).status, 401);
  assert.match(hub.log.lines.join(), /upgrade_refused .*"peer":"203\.0\.113\.9"/);
  const spoofed = { "x-forwarded-for": "1.1.1.1, 203.0.113.9" };
  assert.equal((await upgrade(hub, "/mcp", { ...spoofed, authorization: `Bearer ${token}` })).status, 101);
  assert.equal(hub.doorkeeper.last.visit.peer, "203.0.113.9");
});

test("http-server: behind a trusted proxy the forwarded host and scheme say which Origin is the own one", async () => {
  const forwarded = { "x-forwarded-host": "hub.example", "x-forwarded-proto": "wss" };
  await using hub = await DoorServer.open({ http: { trustedProxies: ["127.0.0.0/8"] } });
  assert.equal((await upgrade(hub, "/", { ...forwarded, origin: "https://hub.example" })).status, 101);
  assert.equal((await upgrade(hub, "/", { ...forwarded, origin: "http://hub.example" })).status, 403);
  assert.equal((await upgrade(hub, "/", { ...forwarded, origin: "https://evil.example" })).status, 403);
  assert.equal((await upgrade(hub, "/", { ...forwarded, host: "evil.example" })).status, 403);
  await using wary = await DoorServer.open();
  assert.equal((await upgrade(wary, "/", { ...forwarded, origin: "https://hub.example" })).status, 403);
});

test("http-server: metrics are open, or for the metrics token and admins", async () => {
  await using open = await DoorServer.open({ auth: withToken });
  const page = await get(`${open.url}/metrics`);
  assert.deepEqual([page.status, page.headers.get("content-type")], [200, "text/plain"]);

  await using hub = await DoorServer.open({ auth: withToken, http: { metricsToken: new Secret("scrape") } });
  const ask = (authorization?: string) =>
    get(`${hub.url}/metrics`, authorization === undefined ? {} : { headers: { authorization } });
  const missing = await ask();
  assert.deepEqual([missing.status, missing.headers.get("www-authenticate")], [401, "Bearer"]);
  const wrong = await ask("Bearer scrap");
  assert.deepEqual([wrong.status, wrong.headers.get("www-authenticate")], [401, 'Bearer error="invalid_token"']);
  assert.equal((await ask("Bearer scrape")).status, 200);
  assert.equal((await ask(`Bearer ${token}`)).status, 200);
});

test("http-server: with nobody to authenticate, the metrics token still counts", async () => {
  await using hub = await DoorServer.open({ http: { metricsToken: new Secret("scrape") } });
  assert.equal((await get(`${hub.url}/metrics`, { headers: { authorization: "Bearer guess" } })).status, 401);
});

test("http-server: refuses foreign hosts and origins with 403, pages and upgrades alike", async () => {
  await using hub = await DoorServer.open({ http: { allowOrigins: ["https://app.example"] } });
  assert.equal((await upgrade(hub, "/mcp", { origin: "http://evil.example" })).status, 403);
  assert.equal((await upgrade(hub, "/mcp", { host: "evil.example" })).code, "origin_refused");
  assert.equal((await upgrade(hub, "/mcp", { origin: "https://app.example" })).status, 101);
  assert.equal((await upgrade(hub, "/mcp", { origin: hub.url })).status, 101);
  const status = await new Promise((resolve, reject) => {
    const asked = request(`${hub.url}/healthz`, { headers: { host: "evil.example" } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.once("error", reject).end();
  });
  assert.equal(status, 403);
});

test("http-server: an offer of another protocol is left alone, and the request counts as it is, with its body", async () => {
  const taken: string[] = [];
  const door: WebDoor = {
    methods: ["POST"],
    handle: (request, response) => {
      request.on("data", (chunk) => taken.push(String(chunk)));
      request.on("end", () => response.end(`took ${taken.splice(0).join("")} ${request.headers.upgrade}`));
    },
  };
  await using hub = await DoorServer.open({ doors: { "/mcp": door } });
  const offer = [
    "Host: localhost",
    "Connection: Upgrade, HTTP2-Settings",
    "Upgrade: h2c",
    "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA",
  ];
  const socket = await hub.socket();
  socket.write([`GET /healthz HTTP/1.1`, ...offer, "", ""].join("\r\n"));
  assert.match(String((await once(socket, "data"))[0]), /^HTTP\/1.1 200 .*"ok":true/s);
  // The body in the same packet, and behind it.
  socket.write(["POST /mcp HTTP/1.1", ...offer, "Content-Length: 5", "", "hel"].join("\r\n"));
  socket.write("lo");
  assert.match(String((await once(socket, "data"))[0]), /^HTTP\/1.1 200 .*took hello undefined/s);
  socket.destroy();
});

test("http-server: answers upgrades that are no WebSocket handshake", async () => {
  await using hub = await DoorServer.open();
  const host = hub.authority;
  const cases: [string, RegExp][] = [
    [upgradeRequest({ host, "sec-websocket-version": "8" }), /^HTTP\/1.1 426 .*sec-websocket-version: 13\r\n/s],
    [upgradeRequest({ host, "sec-websocket-version": undefined }), /^HTTP\/1.1 426 /],
    [upgradeRequest({ host, "sec-websocket-key": "short" }), /^HTTP\/1.1 400 .*Sec-WebSocket-Key/s],
    [upgradeRequest({ host, "sec-websocket-key": undefined }), /^HTTP\/1.1 400 /],
    [upgradeRequest({ host }, "POST / HTTP/1.1"), /^HTTP\/1.1 405 .*allow: GET/s],
    [upgradeRequest({ host: undefined }), /^HTTP\/1.1 400 .*Host/s],
  ];
  for (const [text, expected] of cases) {
    const socket = await hub.socket();
    socket.write(text);
    const answer = (await readAll(socket)).toString();
    assert.match(answer, expected);
    assert.match(answer, /connection: close/i);
    socket.end();
  }
  assert.equal(hub.doorkeeper.visitors.length, 0);
});

test("http-server: chooses the subprotocol mcp when it is offered, and no extension", async () => {
  await using hub = await DoorServer.open();
  for (const [offered, chosen] of [
    ["x, mcp", "mcp"],
    ["mcp", "mcp"],
    ["other", undefined],
    [undefined, undefined],
  ]) {
    const socket = await hub.socket();
    const extensions = "permessage-deflate";
    socket.write(
      upgradeRequest({
        host: hub.authority,
        "sec-websocket-protocol": offered,
        "sec-websocket-extensions": extensions,
      }),
    );
    const [answer] = (await once(socket, "data")) as [Buffer];
    const head = answer.toString().toLowerCase();
    // The example of RFC 6455, section 1.3.
    assert.match(head, /sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk\+xoo=/);
    assert.equal(/sec-websocket-protocol: (.*)\r/.exec(head)?.[1], chosen);
    assert.doesNotMatch(head, /extensions/);
    socket.destroy();
  }
});

test("http-server: takes messages that come in the same packet as the upgrade", async () => {
  await using hub = await DoorServer.open();
  const socket = await hub.socket();
  const frame = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x7b, 0x7d]);
  socket.write(Buffer.concat([Buffer.from(upgradeRequest({ host: hub.authority })), frame]));
  let bytes = Buffer.alloc(0);
  while (!bytes.includes("\x81\x02{}", 0, "latin1")) {
    const [chunk] = (await once(socket, "data")) as [Buffer];
    bytes = Buffer.concat([bytes, chunk]);
  }
  assert.deepEqual(hub.doorkeeper.last.received, ["{}"]);
  socket.destroy();
});

test("http-server: a connection that sends nothing, or half a request, is answered 408 and closed", async () => {
  await using hub = await DoorServer.open({ http: { handshakeTimeoutMs: 50 } });
  for (const start of ["", "GET / HTTP/1.1\r\nHost: local"]) {
    const socket = await hub.socket();
    if (start !== "") socket.write(start);
    assert.match((await readAll(socket)).toString(), /^HTTP\/1.1 408 .*took too long/s);
    socket.end();
  }
});

test("http-server: an upgraded connection outlives the handshake timeout", async () => {
  await using hub = await DoorServer.open({ http: { handshakeTimeoutMs: 50 } });
  const upgraded = await hub.upgraded();
  const idle = await hub.socket();
  await readAll(idle);
  assert.equal(upgraded.closed, false);
  upgraded.write(Buffer.from([0x81, 0x80, 0, 0, 0, 0]));
  const [echo] = (await once(upgraded, "data")) as [Buffer];
  assert.deepEqual([...echo], [0x81, 0]);
  idle.destroy();
  upgraded.destroy();
});

test("http-server: garbage and endless headers are answered and closed", async () => {
  await using hub = await DoorServer.open();
  const cases: [string, RegExp][] = [
    ["\x16\x03\x01\x02\x00\x01\r\n\r\n", /^HTTP\/1.1 400 .*"request_invalid"/s],
    [`GET / HTTP/1.1\r\nx: ${"y".repeat(20_000)}\r\n\r\n`, /^HTTP\/1.1 431 .*16 KiB/s],
  ];
  for (const [text, expected] of cases) {
    const socket = await hub.socket();
    socket.write(text);
    assert.match((await readAll(socket)).toString(), expected);
    socket.end();
  }
});

test("http-server: refuses sessions over the limit and while draining with 503", async () => {
  await using hub = await DoorServer.open({ http: { maxSessions: 1 } });
  const first = new WebSocket(`${hub.wsUrl}/mcp`);
  await once(first, "open");
  const second = await upgrade(hub, "/mcp");
  assert.deepEqual([second.status, second.code], [503, "overloaded"]);
  first.close();
  await once(first, "close");
  await hub.doorkeeper.last.left;
  while (hub.door.sessions > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal((await upgrade(hub, "/mcp")).status, 101);
  hub.server.drain();
  const late = await upgrade(hub, "/mcp");
  assert.deepEqual([late.status, late.code], [503, "draining"]);
  assert.equal((await get(`${hub.url}/livez`)).status, 200);
});

test("http-server: closes connections over the limit unanswered, where all others have shown who they are", async () => {
  await using hub = await DoorServer.open({ http: { maxConnections: 2 } });
  const upgraded = [await hub.upgraded(), await hub.upgraded()];
  const third = connect(hub.port, "127.0.0.1");
  assert.equal((await readAll(third)).length, 0);
  assert.deepEqual(hub.server.refusedConnections, { total: 1, address: 0, half_open: 0 });
  for (const socket of upgraded) socket.destroy();
});

test("http-server: listens on several addresses, both loopbacks on one picked port", async () => {
  await using hub = await DoorServer.open({ listen: "localhost:0,127.0.0.1:0" });
  const ports = hub.server.addresses.map((address) => new URL(address).port);
  if (hasIpv6) {
    assert.equal(hub.server.addresses.length, 3);
    assert.match(hub.server.addresses[1] ?? "", /^http:\/\/\[::1\]:\d+$/);
    assert.equal(ports[0], ports[1]);
  }
  assert.notEqual(ports.at(-1), ports[0]);
  for (const address of hub.server.addresses) assert.equal((await get(`${address}/livez`)).status, 200, address);
});

test("http-server: listening everywhere takes any host", async () => {
  await using hub = await DoorServer.open({ listen: ":0" });
  const [address = ""] = hub.server.addresses;
  const { port } = new URL(address);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/mcp`, { headers: { host: "hub.example" } });
  await once(socket, "open");
  socket.close();
  await once(socket, "close");
});

test("http-server: a port in use is named, and nothing stays open", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  await assert.rejects(
    DoorServer.open({ listen: `127.0.0.1:0,127.0.0.1:${port}` }),
    failsWith(new RegExp(`cannot listen on 127.0.0.1:${port}: the port is in use`)),
  );
  await new Promise((resolve) => other.close(resolve));
  await assert.rejects(DoorServer.open({ listen: "192.0.2.1:0" }), failsWith(/does not have the address/));
});

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "thehub-door-"));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("http-server: a unix socket is the owner's only, and gone after close", () =>
  withFolder(async (folder) => {
    const path = join(folder, "hub.sock");
    await chmod(folder, 0o777);
    const hub = await DoorServer.open({ listen: `unix:${path}` });
    assert.deepEqual(hub.server.addresses, [`unix:${path}`]);
    const { mode } = await lstat(path);
    assert.equal(mode & 0o777, 0o600);
    const socket = new WebSocket(`ws+unix:${path}:/mcp`, { headers: { "x-forwarded-for": "203.0.113.9" } });
    await once(socket, "open");
    assert.equal(hub.doorkeeper.last.visit.peer, "unix");
    socket.close();
    await once(socket, "close");
    await hub[Symbol.asyncDispose]();
    await assert.rejects(lstat(path), { code: "ENOENT" });
  }));

/** A socket file that nobody listens on any more. */
async function leaveStaleSocket(path: string): Promise<void> {
  const { spawnSync } = await import("node:child_process");
  const script = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  spawnSync(process.execPath, ["-e", script]);
  assert.ok((await lstat(path)).isSocket());
}

test("http-server: a stale unix socket is replaced, a live one and a file are not", () =>
  withFolder(async (folder) => {
    const path = join(folder, "hub.sock");
    await leaveStaleSocket(path);
    const hub = await DoorServer.open({ listen: `unix:${path}` });
    await assert.rejects(DoorServer.open({ listen: `unix:${path}` }), failsWith(/another process is listening there/));
    assert.ok((await lstat(path)).isSocket());
    await hub[Symbol.asyncDispose]();

    const file = join(folder, "precious.txt");
    await writeFile(file, "precious");
    await assert.rejects(DoorServer.open({ listen: `unix:${file}` }), failsWith(/exists and is not a socket/));
    assert.ok((await lstat(file)).isFile());
    await assert.rejects(
      DoorServer.open({ listen: `unix:${folder}/none/hub.sock` }),
      failsWith(/folder does not exist/),
    );
  }));

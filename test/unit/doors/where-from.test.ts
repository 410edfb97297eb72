// Where requests may come from, at every door and page: no check can be passed by another way in.
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { test } from "node:test";
import { ipNetworks } from "../../../src/base/ip-networks.ts";
import { Secret } from "../../../src/base/secret.ts";
import type { WebDoor } from "../../../src/doors/http-router.ts";
import { Attempts } from "../../../src/identity/attempts.ts";
import { DoorServer, type DoorServerOptions } from "../../helpers/door-server.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { tokenAuth, tokenClient } from "../../helpers/token-auth.ts";

const asked: string[] = [];
const door = (methods: string[], rest: Partial<WebDoor> = {}): WebDoor => ({
  methods,
  handle: (message, response) => {
    asked.push(`${message.method} ${message.url}`);
    response.end("in");
  },
  ...rest,
});

const doors = {
  "/mcp": door(["GET", "POST", "DELETE"]),
  "/sse": door(["GET"]),
  "/messages": door(["POST"]),
  "/api": door(["GET", "POST"], { access: "admin", subpaths: true }),
};

/** Everything that there is to ask for; `ws` is an upgrade. */
const ways = [
  "GET /mcp",
  "POST /mcp",
  "DELETE /mcp",
  "OPTIONS /mcp",
  "POST /mcp/p/claude",
  "GET /sse",
  "POST /messages?sessionId=x",
  "GET /api/status",
  "POST /api/reload",
  "GET /metrics",
  "GET /oauth/start?ticket=x",
  "POST /oauth/start",
  "POST /oauth/token",
  "GET /.well-known/oauth-protected-resource",
  "GET /.well-known/oauth-protected-resource/mcp",
  "GET /.well-known/oauth-authorization-server",
  "GET /",
  "GET /nothing",
  "PUT /mcp",
  "ws /",
  "ws /mcp",
  "ws /ws",
  "ws /nothing",
];
const probes = ["GET /livez", "GET /readyz", "GET /healthz"];

async function open(options: DoorServerOptions) {
  asked.length = 0;
  const http = { trustedProxies: ["127.0.0.0/8"], metricsToken: new Secret("m"), ...options.http };
  const browser = async () => {
    asked.push("browser");
    return { status: 200, body: "page" };
  };
  const hub = await DoorServer.open({ doors, browser, ...options, http });
  const ask = async (way: string, from: string, headers: Record<string, string> = {}) => {
    const [method = "", path] = way.split(" ");
    const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
    const own = method === "ws" ? { ...upgrade, "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" } : {};
    const sent = request(`${hub.url}${path}`, {
      method: method === "ws" ? "GET" : method,
      headers: { "x-forwarded-for": from, ...own, ...headers },
      agent: false,
    });
    sent.on("upgrade", (_response, socket) => socket.destroy());
    sent.end();
    const [response] = await Promise.race([once(sent, "response"), once(sent, "upgrade")]);
    response.resume();
    return { status: response.statusCode as number, headers: response.headers as Record<string, string> };
  };
  return { hub, ask };
}

test("where from: an address that may not ask gets 403 at every door and page, whatever it shows", async () => {
  const clients = [tokenClient("ana", "a", { admin: true })];
  const auth = tokenAuth({ clients }, { from: ipNetworks(["192.0.2.0/24", "2001:db8:7::/48"]) });
  const { hub, ask } = await open({ auth });
  await using _ = hub;
  const authorization = "Bearer a";
  for (const from of ["203.0.113.1", "2001:db8:8::1", "::ffff:203.0.113.1"]) {
    for (const way of ways) assert.equal((await ask(way, from, { authorization })).status, 403, `${way} from ${from}`);
  }
  assert.deepEqual(asked, []);
  for (const way of probes) assert.ok([200, 503].includes((await ask(way, "203.0.113.1")).status), way);
  for (const from of ["192.0.2.1", "2001:db8:7::1", "::ffff:192.0.2.1"]) {
    for (const way of ways)
      assert.notEqual((await ask(way, from, { authorization })).status, 403, `${way} from ${from}`);
  }
  const lines = hub.log.lines.filter((line) => line.includes('"reason":"address"'));
  assert.deepEqual(lines.map((line) => line.split(" ")[1]).sort(), ["http_refused", "upgrade_refused"]);
});

test("where from: only trusted proxies say for whom they ask", async () => {
  const auth = tokenAuth({ clients: [] }, { from: ipNetworks(["192.0.2.0/24"]) });
  const { hub, ask } = await open({ auth, http: { trustedProxies: [] } });
  await using _ = hub;
  assert.equal((await ask("GET /mcp", "192.0.2.1")).status, 403);
  await using behind = (await open({ auth })).hub;
  const chain = await fetch(`${behind.url}/mcp`, {
    headers: { "x-forwarded-for": "192.0.2.1, 203.0.113.9, 127.0.0.1" },
  });
  assert.equal(chain.status, 403, "the last one that no proxy is");
});

/** Where tokens count. */
const needToken = ["GET /mcp", "POST /mcp", "GET /sse", "POST /messages", "GET /api/status", "GET /metrics", "ws /mcp"];

test("where from: a client's token from elsewhere is refused with 403 wherever tokens count", async () => {
  const clients = [tokenClient("ana", "a", { admin: true, allowIps: ["192.0.2.0/24"] })];
  const { hub, ask } = await open({ auth: tokenAuth({ clients }) });
  await using _ = hub;
  for (const way of needToken) {
    const inside = (await ask(way, "192.0.2.1", { authorization: "Bearer a" })).status;
    assert.ok(inside === 200 || inside === 101, `${way}: ${inside}`);
    const { status, headers } = await ask(way, "203.0.113.1", { authorization: "Bearer a" });
    assert.deepEqual([status, headers["www-authenticate"]], [403, undefined], way);
  }
});

test("where from: one connection of a proxy is many clients', each judged by its own address", async () => {
  const clients = [tokenClient("ana", "a", { allowIps: ["192.0.2.0/24"] })];
  const { hub } = await open({ auth: tokenAuth({ clients }) });
  await using _ = hub;
  const socket = await hub.socket();
  const statuses: string[] = [];
  for (const from of ["192.0.2.1", "203.0.113.1", "192.0.2.1"]) {
    socket.write(`GET /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a\r\nX-Forwarded-For: ${from}\r\n\r\n`);
    statuses.push(String((await once(socket, "data"))[0]).slice(9, 12));
  }
  assert.deepEqual(statuses, ["200", "403", "200"]);
  socket.destroy();
});

test("wrong tokens: those of all doors count together, and slow all of them, with Retry-After", async () => {
  const clock = new FakeClock();
  const attempts = new Attempts(clock, { warn: () => {} });
  const clients = [tokenClient("ana", "a", { admin: true }), tokenClient("ben", "b")];
  const { hub, ask } = await open({ auth: tokenAuth({ clients }, { attempts }), clock });
  await using _ = hub;
  const from = "203.0.113.1";
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  assert.equal((await ask("GET /mcp", from, bearer("b"))).status, 200);
  for (let time = 0; time < 10; time++) {
    const way = needToken[time % needToken.length] ?? "";
    assert.equal((await ask(way, from, bearer(`guess ${time}`))).status, 401, way);
  }
  for (const way of needToken) {
    for (const token of ["a", "guess", "m"]) {
      const { status, headers } = await ask(way, from, bearer(token));
      assert.deepEqual([status, headers["retry-after"]], [429, "1"], `${way} with ${token}`);
    }
    assert.notEqual((await ask(way, from, bearer("b"))).status, 429, "it was let in from there before");
    assert.equal((await ask(way, from)).status, 401, "no token is no guess");
  }
  const inside = (await ask("GET /mcp", "203.0.113.2", bearer("a"))).status;
  assert.equal(inside, 200, "from elsewhere");
  clock.advance(1000);
  assert.equal((await ask("GET /metrics", from, bearer("m"))).status, 200);
  assert.equal((await ask("GET /mcp", from, bearer("a"))).status, 200);
});

test("wrong tokens: where nobody needs one, wrong ones of the metrics count all the same", async () => {
  const clock = new FakeClock();
  const attempts = new Attempts(clock, { warn: () => {} });
  const { hub, ask } = await open({ auth: { ...tokenAuth({ clients: [] }), attempts }, clock });
  await using _ = hub;
  const guess = async () => (await ask("GET /metrics", "203.0.113.1", { authorization: "Bearer guess" })).status;
  for (let time = 0; time < 10; time++) assert.equal(await guess(), 401);
  assert.equal(await guess(), 429);
  assert.equal((await ask("GET /mcp", "203.0.113.1", { authorization: "Bearer whatever" })).status, 200);
});

test("origin: a foreign Origin or Host is refused at every door and page", async () => {
  const { hub, ask } = await open({ auth: tokenAuth({ clients: [tokenClient("ana", "a", { admin: true })] }) });
  await using _ = hub;
  const authorization = "Bearer a";
  const foreign: Record<string, string>[] = [
    { origin: "https://evil.example" },
    { origin: "null" },
    { host: "evil.example" },
    { host: `evil.example:${hub.port}`, origin: `http://evil.example:${hub.port}` },
  ];
  for (const headers of foreign) {
    for (const way of [...ways, ...probes]) {
      const { status } = await ask(way, "127.0.0.1", { authorization, ...headers });
      // What says where to get a token is for every page to read, as its tokens are not in it.
      const isForAll = way.includes("/.well-known/") && headers["host"] === undefined;
      assert.equal(status, isForAll ? 404 : 403, `${way} with ${JSON.stringify(headers)}`);
    }
  }
  assert.deepEqual(asked, []);
});

test("origin: beyond this machine the lists of hosts and origins count at every door and page", async () => {
  const http = { allowHosts: ["hub.example"], allowOrigins: ["https://app.example"] };
  const auth = tokenAuth({ clients: [tokenClient("ana", "a", { admin: true })] });
  const { hub, ask } = await open({ auth, http, listen: "0.0.0.0:0" });
  await using _ = hub;
  const authorization = "Bearer a";
  for (const way of [...ways, ...probes]) {
    const passes = await ask(way, "192.0.2.1", { authorization, host: "hub.example", origin: "https://app.example" });
    assert.notEqual(passes.status, 403, way);
    for (const headers of [{ host: "other.example" }, { host: "hub.example", origin: "https://other.example" }]) {
      const { status } = await ask(way, "192.0.2.1", { authorization, ...headers });
      const isForAll = way.includes("/.well-known/") && headers.host === "hub.example";
      assert.equal(status, isForAll ? 404 : 403, `${way} with ${JSON.stringify(headers)}`);
    }
  }
});

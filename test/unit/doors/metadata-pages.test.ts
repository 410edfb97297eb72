// What a client without a token reads, before it has one: where tokens come from, and why it was refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { challengeOf } from "../../../src/doors/challenge.ts";
import type { WebDoor } from "../../../src/doors/http-router.ts";
import type { ResourceFacts } from "../../../src/doors/metadata-pages.ts";
import { type Auth, createAuth } from "../../../src/identity/auth.ts";
import { DoorServer, readAll, upgradeRequest } from "../../helpers/door-server.ts";
import { ask, textOf } from "../../helpers/http-mcp.ts";
import { tokenAuth, tokenClient } from "../../helpers/token-auth.ts";

const wellKnown = "/.well-known/oauth-protected-resource";
const facts: ResourceFacts = {
  publicUrl: "https://hub.example/base",
  authorizationServers: ["https://id.example"],
  neededScopes: ["mcp"],
  scopes: ["mcp", "mcp:write"],
};
const open: WebDoor = { methods: ["GET", "POST"], handle: (_request, response) => void response.end("in") };
const doors = { "/mcp": open, "/sse": open, "/messages": open, "/api": open };
const tina = tokenAuth({ clients: [tokenClient("tina", "the-token-of-tina")] });

interface Scene {
  readonly resource?: ResourceFacts | undefined;
  readonly basePath?: string;
  readonly auth?: Auth;
}

async function serve({ basePath = "", auth = tina, ...more }: Scene = {}) {
  const resource = "resource" in more ? more.resource : facts;
  const hub = await DoorServer.open({ auth, doors, http: { basePath }, resource: () => resource });
  const get = async (path: string, headers: Record<string, string> = {}, method = "GET") => {
    const response = await ask(`${hub.url}${path}`, { method, headers });
    const body = await textOf(response);
    return { status: response.statusCode, headers: response.headers, body };
  };
  const resourceAt = async (path: string) => {
    const { status, body } = await get(path);
    return status === 200 ? (JSON.parse(body) as { resource: string }).resource : status;
  };
  return { hub, get, resourceAt };
}

test("metadata: the page of a resource says whose tokens count, and is open to every page in a browser", async () => {
  const { hub, get } = await serve();
  await using _ = hub;
  const { status, headers, body } = await get(`${wellKnown}/base/mcp`, { origin: "https://evil.example" });
  assert.equal(status, 200);
  assert.deepEqual(JSON.parse(body), {
    resource: "https://hub.example/base/mcp",
    authorization_servers: ["https://id.example"],
    scopes_supported: ["mcp", "mcp:write"],
    bearer_methods_supported: ["header"],
    resource_name: "TheHub",
  });
  assert.equal(headers["content-type"], "application/json");
  assert.equal(headers["access-control-allow-origin"], "*");
  const preflight = await get(
    wellKnown,
    { origin: "https://x.example", "access-control-request-method": "GET" },
    "OPTIONS",
  );
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers["access-control-allow-origin"], "*");
  assert.equal(preflight.headers["access-control-allow-headers"], "*");
  assert.equal((await get(wellKnown, {}, "POST")).status, 405);
});

test("metadata: each endpoint has a page, with the base path between, in front, or taken away by a proxy", async () => {
  for (const basePath of ["/base", ""]) {
    const { hub, resourceAt } = await serve({ basePath });
    await using _ = hub;
    for (const endpoint of ["/mcp", "/sse", "/ws", "/mcp/p/claude", "/sse/p/x-1", "/ws/p/claude"]) {
      const resource = facts.publicUrl + endpoint;
      assert.equal(await resourceAt(`${wellKnown}/base${endpoint}`), resource);
      assert.equal(await resourceAt(`${wellKnown}${endpoint}`), resource);
      assert.equal(await resourceAt(`${wellKnown}/base${endpoint}/?x=1`), resource);
      if (basePath !== "") assert.equal(await resourceAt(`/base${wellKnown}${endpoint}`), resource);
    }
    for (const root of ["", "/", "/base", "/base/"]) {
      assert.equal(await resourceAt(wellKnown + root), "https://hub.example/base/mcp", root);
    }
  }
});

test("metadata: nothing else is there, and nothing at all where tokens are only given", async () => {
  const { hub, resourceAt } = await serve();
  await using _ = hub;
  const others = [
    "/api",
    "/messages",
    "/mcp/p/",
    "/mcp/p/a/b",
    "/mcp/p/A",
    "/mcp/p/%3Cscript",
    "/other/mcp",
    "x",
    "/mcpx",
  ];
  for (const path of others) assert.equal(await resourceAt(wellKnown + path), 404, path);
  const { hub: other, resourceAt: otherAt } = await serve({ resource: undefined });
  await using __ = other;
  for (const path of ["", "/mcp", "/base/mcp"]) assert.equal(await otherAt(wellKnown + path), 404);
});

test("challenges: who has no token is told where to get one, who has a bad one that it is bad", async () => {
  const { hub, get } = await serve();
  await using _ = hub;
  const metadata = 'resource_metadata="https://hub.example/base/.well-known/oauth-protected-resource';
  const challenge = async (path: string, authorization?: string) => {
    const { status, headers } = await get(path, authorization === undefined ? {} : { authorization });
    assert.equal(status, 401);
    return headers["www-authenticate"];
  };
  assert.equal(await challenge("/mcp"), `Bearer ${metadata}/mcp", scope="mcp"`);
  assert.equal(await challenge("/mcp", "Basic eDp5"), `Bearer ${metadata}/mcp", scope="mcp"`);
  assert.equal(await challenge("/mcp/p/claude"), `Bearer ${metadata}/mcp/p/claude", scope="mcp"`);
  assert.equal(await challenge("/sse"), `Bearer ${metadata}/sse", scope="mcp"`);
  assert.equal(await challenge("/messages"), `Bearer ${metadata}/sse", scope="mcp"`);
  assert.equal(await challenge("/mcp", "Bearer x"), `Bearer error="invalid_token", ${metadata}/mcp", scope="mcp"`);
  assert.equal(await challenge("/api"), "Bearer");
  assert.equal(await challenge("/api", "Bearer x"), 'Bearer error="invalid_token"');
  assert.equal((await get("/mcp?access_token=the-token-of-tina")).status, 401, "a token in a URL is none");
  assert.equal((await get("/mcp", { authorization: "Bearer the-token-of-tina" })).status, 200);
});

test("challenges: an upgrade is refused before it is one, with the same words", async () => {
  const { hub } = await serve();
  await using _ = hub;
  const socket = await hub.socket();
  socket.write(
    upgradeRequest(
      { host: hub.authority, "sec-websocket-protocol": "mcp, bearer.the-token-of-tina" },
      "GET /ws HTTP/1.1",
    ),
  );
  const head = (await readAll(socket)).toString("latin1");
  assert.match(head, /^HTTP\/1\.1 401 /);
  assert.match(
    head,
    /www-authenticate: Bearer resource_metadata="[^"]*\/oauth-protected-resource\/ws", scope="mcp"\r\n/,
  );
});

test("challenges: more than one Authorization header is none that could be chosen from", async () => {
  const { hub } = await serve();
  await using _ = hub;
  for (const pair of [
    ["the-token-of-tina", "wrong"],
    ["wrong", "the-token-of-tina"],
  ]) {
    const socket = await hub.socket();
    const lines = pair.map((token) => `Authorization: Bearer ${token}\r\n`).join("");
    socket.write(`GET /mcp HTTP/1.1\r\nHost: ${hub.authority}\r\n${lines}Connection: close\r\n\r\n`);
    assert.match((await readAll(socket)).toString("latin1"), /^HTTP\/1\.1 400 /);
  }
});

test("challenges: whose token lacks scopes gets 403 with all of them, before anything opens", async () => {
  const scope = "mcp mcp:write";
  const auth = createAuth([{ take: () => ({ t: "refused", reason: "scope", scope }), again: () => "not mine" }]);
  const { hub, get } = await serve({ auth });
  await using _ = hub;
  const { status, headers } = await get("/mcp", { authorization: "Bearer x", accept: "text/event-stream" });
  assert.equal(status, 403);
  const metadata = `https://hub.example/base${wellKnown}/mcp`;
  const wanted = `Bearer error="insufficient_scope", resource_metadata="${metadata}", scope="${scope}"`;
  assert.equal(headers["www-authenticate"], wanted);
});

test("challenges: what is said of a token cannot break out of its quotes", () => {
  const why = 'it is for ["a\\", x="y\r\nSet-Cookie: a=b", "ü"]';
  const text = challengeOf({ t: "refused", reason: "invalid", why }, undefined, "/mcp");
  assert.match(text, /^Bearer error="invalid_token", error_description="[ !#-[\]-~]*"$/);
});

test("challenges: without scopes none are asked for", () => {
  const none = { ...facts, neededScopes: [], scopes: [] };
  const text = challengeOf({ t: "refused", reason: "missing" }, none, "/mcp");
  assert.equal(text, `Bearer resource_metadata="https://hub.example/base${wellKnown}/mcp"`);
});

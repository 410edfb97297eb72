// Signed tokens at the doors of a real hub: who gets in as whom, what is tried with them, and what ends with them.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { freePort } from "../helpers/free-port.ts";
import { ask, EventReader, HttpMcp, textOf } from "../helpers/http-mcp.ts";
import { type HubProcess, startHub } from "../helpers/hub-process.ts";
import { issuerKey, TokenIssuer } from "../helpers/token-issuer.ts";
import { WsClient } from "../helpers/ws-client.ts";

interface Scene extends AsyncDisposable {
  readonly hub: HubProcess;
  readonly issuer: TokenIssuer;
  /** `http://localhost:PORT`, as the tokens have it. */
  readonly url: string;
}

async function open(): Promise<Scene> {
  const issuer = await TokenIssuer.open({ clock: { wall: () => Date.now() } });
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const manifest = JSON.stringify({
    hub: { public_url: url, auth: { issuers: { [issuer.url]: { clock_skew_s: 0 } } } },
    clients: {
      admins: { jwt: { issuer: issuer.url, groups: ["admins"] }, admin: true },
      eng: { jwt: { issuer: issuer.url }, allow: ["one.*"] },
    },
    cores: { one: { command: "thehub-template-core" }, two: { command: "thehub-template-core" } },
  });
  const hub = await startHub({ manifest, args: ["serve", "--listen", `localhost:${port}`] });
  await hub.url();
  const close = async () => {
    await hub[Symbol.asyncDispose]();
    await issuer[Symbol.asyncDispose]();
  };
  return { hub, issuer, url, [Symbol.asyncDispose]: close };
}

/** Of an upgrade that is refused. */
async function upgradeStatus(url: string, protocols: string, headers: Record<string, string> = {}): Promise<number> {
  const offer = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-protocol": protocols,
  };
  const response = await ask(url, { headers: { ...offer, ...headers } });
  response.resume();
  return response.statusCode ?? 0;
}

/** Until there is nothing more to come. */
async function drained(events: EventReader): Promise<void> {
  while ((await events.any()) !== undefined);
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

test("jwt doors: persons of one client are callers of their own, with its rules, over every door", async () => {
  await using scene = await open();
  const { issuer, url } = scene;
  const alice = await HttpMcp.open(`${url}/mcp`, bearer(await issuer.token(`${url}/mcp`)));
  assert.match(JSON.stringify(await alice.call("one.echo", { text: "hello" })), /hello/);
  assert.match(JSON.stringify(await alice.call("two.echo", { text: "hello" })), /name_unknown/);

  const bobs = await issuer.token(`${url}/mcp`, { sub: "bob" });
  const asBob = await alice.send("DELETE", { authorization: `Bearer ${bobs}` });
  assert.equal(asBob.statusCode, 404, "somebody else's session is not there");
  asBob.resume();
  const renewed = await issuer.token(`${url}/mcp`, { exp: issuer.nowS + 600 });
  const asAlice = await alice.send("DELETE", { authorization: `Bearer ${renewed}` });
  assert.ok((asAlice.statusCode ?? 500) < 300, "a session outlives the token that it began with");
  asAlice.resume();

  for (const [path, audience] of [
    ["/mcp", "/mcp"],
    ["/ws", "/ws"],
    ["/", "/mcp"],
    ["/mcp/p/claude", "/mcp/p/claude"],
  ] as const) {
    const token = await issuer.token(url + audience);
    await using client = await WsClient.connect(url.replace("http", "ws") + path, bearer(token).headers);
    assert.match(
      JSON.stringify(await client.request("tools/call", { name: "one.echo", arguments: { text: "hi" } })),
      /hi/,
    );
  }

  const events = new EventReader(await ask(`${url}/sse`, bearer(await issuer.token(`${url}/sse`))));
  const endpoint = (await events.next())?.data ?? "";
  const posted = await ask(
    new URL(endpoint, url).href,
    {
      method: "POST",
      headers: { ...bearer(await issuer.token(`${url}/sse`)).headers, "content-type": "application/json" },
    },
    JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" }),
  );
  assert.equal(posted.statusCode, 202);
  posted.resume();
  assert.equal((await events.message()).id, 1);
  events.close();

  const api = async (claims: object) => {
    const response = await ask(`${url}/api/cores`, bearer(await issuer.token(`${url}/api`, { ...claims })));
    response.resume();
    return response.statusCode;
  };
  assert.equal(await api({}), 403);
  assert.equal(await api({ groups: ["admins"] }), 200);
});

test("jwt doors: what is tried with tokens is refused with 401 at every door, and the log says why without them", async () => {
  await using scene = await open();
  const { hub, issuer, url } = scene;
  const good = await issuer.token(`${url}/mcp`);
  const [header = "", claims = "", signature = ""] = good.split(".");
  const none = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
  await using other = await TokenIssuer.open({ clock: { wall: () => Date.now() } });
  const tried: Record<string, string> = {
    expired: await issuer.token(`${url}/mcp`, { exp: issuer.nowS - 1 }),
    "not yet valid": await issuer.token(`${url}/mcp`, { nbf: issuer.nowS + 60 }),
    "other audience": await issuer.token("https://other.example/mcp"),
    "other endpoint": await issuer.token(`${url}/mcp/p/claude`),
    "other issuer": await other.token(`${url}/mcp`),
    "claimed issuer": await other.token(`${url}/mcp`, { iss: issuer.url }),
    "no algorithm": `${none}.${claims}.`,
    "cut signature": `${header}.${claims}.${signature.slice(0, 20)}`,
    "unknown key": await issuer.token(`${url}/mcp`, {}, { key: await issuerKey("two") }),
  };
  const challenge = /^Bearer error="invalid_token", (error_description="[^"]+", )?resource_metadata="[^"]+\/mcp"$/;
  for (const [name, token] of Object.entries(tried)) {
    const response = await ask(`${url}/mcp`, { method: "POST", ...bearer(token) }, "{}");
    assert.equal(response.statusCode, 401, name);
    assert.match(response.headers["www-authenticate"] ?? "", challenge, name);
    response.resume();
    assert.equal(await upgradeStatus(`${url}/mcp`, "mcp", bearer(token).headers), 401, name);
  }
  const status = async (path: string, headers: Record<string, string>) => {
    const response = await ask(url + path, { headers: { accept: "text/event-stream", ...headers } });
    response.resume();
    return response.statusCode;
  };
  assert.equal(await status(`/mcp?access_token=${good}`, {}), 401);
  assert.equal(await status("/sse", { cookie: `access_token=${good}` }), 401);
  assert.equal(await status("/mcp", { authorization: `Bearer ${good}.${"x".repeat(16 * 1024)}` }), 431);
  assert.equal(await upgradeStatus(`${url}/mcp`, `mcp, bearer.${good}`), 401);

  const refused = await hub.logged("jwt_refused", ({ reason }) => reason === "it has ended");
  assert.equal(refused["issuer"], issuer.url);
  const said = hub.logs.map((line) => JSON.stringify(line)).join("\n");
  for (const token of [good, ...Object.values(tried)]) assert.equal(said.includes(token.slice(-30)), false);
});

test("jwt doors: a reload judges who is inside by what their tokens say: other rights at once, or out", async () => {
  await using scene = await open();
  const { hub, issuer, url } = scene;
  const enter = async (claims: object) => {
    const token = await issuer.token(`${url}/mcp`, { ...claims });
    return WsClient.connect(`${url.replace("http", "ws")}/mcp`, bearer(token).headers);
  };
  const names = async (client: WsClient) => {
    const { result } = await client.request("tools/list");
    return [...new Set(result.tools.map(({ name }: { name: string }) => name.split("__")[0]))];
  };
  await using alice = await enter({ sub: "alice", groups: ["qa"] });
  await using bob = await enter({ sub: "bob" });
  assert.deepEqual(await names(alice), ["one"]);
  const closed = once(bob.socket, "close");
  const file = join(hub.folder, "hub.yaml");
  const manifest = JSON.parse(await readFile(file, "utf8"));
  manifest.clients.eng = { jwt: { issuer: issuer.url, groups: ["qa"] }, allow: ["two.*"] };
  await writeFile(file, JSON.stringify(manifest));
  const [code] = (await closed) as [number];
  assert.equal(code, 4401);
  assert.deepEqual(await names(alice), ["two"]);
});

test("jwt doors: what a token has opened ends when the token does", async () => {
  await using scene = await open();
  const { issuer, url } = scene;
  const exp = issuer.nowS + 2;
  const shortLived = bearer(await issuer.token(`${url}/mcp`, { exp }));
  const socket = await WsClient.connect(`${url.replace("http", "ws")}/mcp`, shortLived.headers);
  const closed = once(socket.socket, "close");
  const http = await HttpMcp.open(`${url}/mcp`, shortLived);
  const stream = await http.listen();
  const sse = new EventReader(await ask(`${url}/sse`, bearer(await issuer.token(`${url}/sse`, { exp }))));
  await sse.next();
  const [code] = (await closed) as [number];
  assert.equal(code, 4401);
  await Promise.all([drained(stream), drained(sse)]);
  const late = await http.post({ method: "ping" });
  assert.equal(late.statusCode, 401);
  assert.match(late.headers["www-authenticate"] ?? "", /error_description="the token is not valid here: it has ended"/);
  assert.match(await textOf(late), /unauthenticated/);
});

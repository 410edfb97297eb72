// `auth: builtin` of a served hub: turned on and off by a reload, what its metrics say, and wrong tokens on its page.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { test } from "node:test";
import { systemClock } from "../../../src/base/clock.ts";
import { connected, registered } from "../../helpers/connected-client.ts";
import { freePort } from "../../helpers/free-port.ts";
import { root } from "../../helpers/hub-process.ts";
import { ScriptedBrowser } from "../../helpers/scripted-browser.ts";
import { ServedHub } from "../../helpers/served-hub.ts";
import { WsClient } from "../../helpers/ws-client.ts";

const annToken = "the-token-of-ann-0123456789";
const bobToken = "the-token-of-bob-0123456789";
const sha256 = (token: string) => createHash("sha256").update(token).digest("hex");

interface Shape {
  readonly auth?: unknown;
  readonly bob?: boolean;
  readonly expires?: string;
}

async function open(shape: Shape): Promise<{ served: ServedHub; manifest: (shape: Shape) => object }> {
  const port = await freePort();
  const manifest = ({ auth, bob = true, expires }: Shape) => ({
    hub: { public_url: `http://localhost:${port}`, ...(auth === undefined ? {} : { auth }) },
    cores: { two: { command: process.execPath, args: [`${root}/test/fixtures/cores/echo.mjs`] } },
    clients: {
      ann: { token_sha256: sha256(annToken), ...(expires && { expires }) },
      ...(bob ? { bob: { token_sha256: sha256(bobToken) } } : {}),
    },
  });
  return { served: await ServedHub.open(manifest(shape), { port, clock: systemClock }), manifest };
}

async function enter({ url }: ServedHub, token: string): Promise<WsClient> {
  return WsClient.connect(`${url.replace("http", "ws")}/mcp`, { authorization: `Bearer ${token}` });
}

async function statusOf(url: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(url, init);
  await response.text();
  return response.status;
}

async function readings({ hub }: ServedHub, name: string): Promise<Record<string, number>> {
  const text = await hub.metrics.text();
  const lines = text.matchAll(new RegExp(`^${name}(?:\\{\\w+="(\\w+)"\\})? (\\S+)$`, "gm"));
  return Object.fromEntries([...lines].map(([, label = "", value]) => [label, Number(value)]));
}

const metadata = "/.well-known/oauth-authorization-server";

test("builtin: a reload turns it on, off and on again, and what came in by it comes and goes with it", async () => {
  const { served, manifest } = await open({});
  await using _ = served;
  const { url } = served;
  const isThere = async () => {
    const statuses = [await statusOf(url + metadata), await statusOf(`${url}/oauth/authorize`)];
    const { status, headers } = await fetch(`${url}/mcp`, { method: "POST", body: "{}" });
    assert.equal(status, 401);
    return [...statuses, headers.get("www-authenticate")?.includes("resource_metadata")];
  };
  assert.deepEqual(await isThere(), [404, 404, false]);
  await served.reload(manifest({ auth: "builtin" }));
  assert.deepEqual(await isThere(), [200, 400, true]);
  const client = await connected(url, annToken);
  await using socket = await enter(served, client.access);
  const names = (await socket.request("tools/list")).result.tools.map(({ name }: { name: string }) => name);
  assert.ok(names.includes("two__echo"));

  const closed = once(socket.socket, "close");
  await served.reload(manifest({}));
  assert.deepEqual(await closed.then(([code]) => code), 4401);
  assert.deepEqual(await isThere(), [404, 404, false]);
  const headers = { authorization: `Bearer ${client.access}` };
  assert.equal(await statusOf(`${url}/mcp`, { method: "POST", headers, body: "{}" }), 401);
  assert.equal((await client.refresh()).status, 404);

  await served.reload(manifest({ auth: { builtin: { allow_private: true } } }));
  assert.deepEqual(await isThere(), [200, 400, true]);
  await using again = await enter(served, client.access);
  assert.deepEqual((await again.request("ping")).result, {}, "what was granted counts again");
  assert.equal((await client.refresh()).status, 200);
});

test("builtin: its metrics say how many grants count, and what became of them", async () => {
  const { served, manifest } = await open({ auth: "builtin" });
  await using _ = served;
  const { url, hub } = served;
  const counted = async () => ({
    ...(await readings(served, "thehub_grants_total")),
    live: (await readings(served, "thehub_grants_live"))[""],
  });
  const nothing = { given: 0, denied: 0, refreshed: 0, returned: 0, revoked: 0, expired: 0 };
  assert.deepEqual(await counted(), { ...nothing, live: 0 });
  const browser = new ScriptedBrowser(url);
  await browser.submit(await browser.open((await registered(url)).begin), { answer: "deny" });
  const anns = await connected(url, annToken);
  const other = await connected(url, annToken);
  await connected(url, bobToken);
  assert.equal((await anns.refresh()).status, 200);
  assert.deepEqual(await counted(), { ...nothing, given: 3, denied: 1, refreshed: 1, live: 3 });

  assert.equal((await other.giveBack()).status, 200);
  await served.reload(manifest({ auth: "builtin", bob: false }));
  const so = { ...nothing, given: 3, denied: 1, refreshed: 1, returned: 1 };
  assert.deepEqual(await counted(), { ...so, revoked: 1, live: 1 });
  const { ledger, live } = hub.auth.given;
  const [left] = (await ledger.list()).filter(({ revoked, client }) => !revoked && client === "ann");
  await ledger.revoke(String(left?.id));
  await live.look();
  assert.deepEqual(await counted(), { ...so, revoked: 2, live: 0 });
  await served.reload(manifest({ auth: "builtin" }));
  assert.equal((await counted()).live, 1, "of bob, who is there again");
  await served.reload(manifest({}));
  assert.equal((await counted()).live, 0);
});

test("builtin: wrong tokens on the page count for their address as those at the doors do, and end the request", async () => {
  const { served } = await open({ auth: "builtin" });
  await using _ = served;
  const { url } = served;
  const browser = new ScriptedBrowser(url);
  let page = await browser.open((await registered(url)).begin);
  for (let time = 1; time <= 10; time++) {
    page = await browser.submit(page, { token: `wrong token ${time}`, answer: "token" });
  }
  assert.match(page.text, /this request is over/);
  assert.equal((await readings(served, "thehub_auth_failures_total"))["invalid"], 10);
  const headers = { authorization: "Bearer another-wrong-one" };
  assert.equal(await statusOf(`${url}/mcp`, { method: "POST", headers, body: "{}" }), 429);
  const next = await browser.open((await registered(url)).begin);
  const slowed = await browser.submit(next, { token: "wrong once more", answer: "token" });
  assert.deepEqual([slowed.status, /Try again in \d+ s/.test(slowed.text)], [429, true]);
});

test("builtin: an end of who granted that a reload moves counts for what the grant has opened", async () => {
  const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
  const { served, manifest } = await open({ auth: "builtin", expires: at(600) });
  await using _ = served;
  const client = await connected(served.url, annToken);
  const headers = { authorization: `Bearer ${client.access}` };
  const result = await served.hub.auth.authenticate({ ...headers, path: "/mcp" });
  assert.ok(result.t === "ok");
  const left = () => Math.round(((served.hub.auth.again(result.principal)?.until ?? 0) - Date.now()) / 100_000) * 100;
  assert.equal(left(), 600);
  await served.reload(manifest({ auth: "builtin", expires: at(1200) }));
  assert.equal(left(), 1200);
  await served.reload(manifest({ auth: "builtin" }));
  assert.equal(left(), 3600, "the access token's own end");
});

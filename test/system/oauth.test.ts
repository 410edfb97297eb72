// `auth: builtin` end to end: from a client that has nothing but the hub's URL to a tool, by way of the consent page.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { Client as ClientV2, StreamableHTTPClientTransport as StreamableV2 } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as StreamableV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { connected } from "../helpers/connected-client.ts";
import { freePort } from "../helpers/free-port.ts";
import { type HubProcess, startHub } from "../helpers/hub-process.ts";
import { ScriptedBrowser } from "../helpers/scripted-browser.ts";
import { SdkOAuth } from "../helpers/sdk-oauth.ts";
import { thehub } from "../helpers/thehub.ts";
import { WsClient } from "../helpers/ws-client.ts";

const ownersToken = "the-token-of-the-owner-0123456789";
const laptopsToken = "the-token-of-the-laptop-0123456789";
const callback = "http://localhost:9/callback";

const manifest = (clients = true) => `hub: { auth: builtin }
${
  clients
    ? `clients:
  laptop: { token_sha256: "${createHash("sha256").update(laptopsToken).digest("hex")}", allow: ["one.*", "two.*"], admin: true }
`
    : ""
}cores:
  one: { command: thehub-template-core }
  two: { command: thehub-template-core }
  three: { command: thehub-template-core }
`;

interface Open {
  readonly hub: HubProcess;
  readonly url: string;
}

async function openHub(more: Record<string, string> = {}): Promise<Open> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const env = { HUB_PUBLIC_URL: url, HUB_TOKEN: ownersToken, ...more };
  const hub = await startHub({ manifest: manifest(), args: ["serve", "--listen", `localhost:${port}`], env });
  await hub.url();
  return { hub, url };
}

for (const generation of ["v1", "v2"] as const) {
  test(`oauth: an SDK client (${generation}) goes from the hub's URL to a tool, by way of the consent page`, async () => {
    const { hub, url } = await openHub();
    await using _ = hub;
    const authProvider = new SdkOAuth(callback);
    const place = new URL(`${url}/mcp`);
    // biome-ignore lint/suspicious/noExplicitAny: the two generations differ in types alone
    const open = (): { client: any; transport: any } => {
      const info = { name: "oauth-test", version: "1" };
      return generation === "v1"
        ? { client: new ClientV1(info), transport: new StreamableV1(place, { authProvider: authProvider as never }) }
        : { client: new ClientV2(info), transport: new StreamableV2(place, { authProvider }) };
    };
    const first = open();
    await assert.rejects(first.client.connect(first.transport), /[Uu]nauthorized/);
    const page = await new ScriptedBrowser(url).consent(String(authProvider.asked), laptopsToken, ["two"]);
    const code = page.left?.searchParams.get("code");
    assert.ok(code, page.text);
    await first.transport.finishAuth(generation === "v1" ? code : page.left?.searchParams);
    const { client, transport } = open();
    await client.connect(transport);
    const { tools } = await client.listTools();
    const names = tools.map(({ name }: { name: string }) => name);
    assert.ok(names.length > 0);
    assert.deepEqual(
      names.filter((name: string) => !/^(two__|hub__)/.test(name)),
      [],
      "more than was granted",
    );
    const own = names.find((name: string) => name.startsWith("two__"));
    assert.ok(own);
    await assert.rejects(client.callTool({ name: own.replace("two", "one"), arguments: {} }), /unknown/i);
    const headers = { authorization: `Bearer ${authProvider.tokensNow?.access_token}` };
    assert.equal(
      (await fetch(`${url}/api/cores`, { headers })).status,
      401,
      "a token for /mcp was taken for the admin API",
    );
    await client.close();
    await hub.stop();
  });
}

async function statusOf(url: string, access: string, path = "/mcp"): Promise<number> {
  const message = { jsonrpc: "2.0", id: 1, method: "ping" };
  const headers = { authorization: `Bearer ${access}`, "content-type": "application/json", accept: "application/json" };
  const response = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(message) });
  await response.text();
  return response.status;
}

test("oauth: what was granted is listed, and ends when it is revoked, with the connections that it opened", async () => {
  const { hub, url } = await openHub();
  await using _ = hub;
  const { access, refresh } = await connected(url, laptopsToken);
  const ws = await WsClient.connect(`${url.replace("http", "ws")}/mcp`, { Authorization: `Bearer ${access}` });
  const env = { HUB_STATE_DIR: join(hub.folder, "state") };
  const { stdout } = await thehub(["token", "list", "--json"], env);
  const [listed] = JSON.parse(stdout).tokens as Record<string, unknown>[];
  assert.equal(listed?.["kind"], "grant", stdout);
  assert.equal(listed["name"], "Claude (claude.ai)");
  assert.equal(listed["client"], "laptop");
  const closed = once(ws.socket, "close");
  await thehub(["token", "revoke", String(listed["id"])], env);
  assert.equal((await closed)[0], 4401);
  assert.equal(await statusOf(url, access), 401);
  assert.equal((await refresh()).status, 400);
  await hub.stop();
});

test("oauth: grants outlive the hub, and end with the token that they were granted with", async () => {
  const { hub, url } = await openHub();
  await using _ = hub;
  const mine = await connected(url, ownersToken);
  const laptops = await connected(url, laptopsToken);
  const elsewhere = await connected(url, ownersToken, `${url}/sse`);
  assert.equal(await statusOf(url, mine.access), 400, "let in: there is no session of that id");
  assert.equal(await statusOf(url, elsewhere.access), 401, "a token for another resource of the hub was taken");
  await hub.stop();
  const args = ["serve", "--listen", `localhost:${new URL(url).port}`];
  const env = { HUB_PUBLIC_URL: url, HUB_TOKEN: ownersToken, HUB_STATE_DIR: join(hub.folder, "state") };
  await using again = await startHub({ manifest: manifest(), args, env });
  await again.url();
  assert.notEqual(await statusOf(url, mine.access), 401);
  assert.notEqual(await statusOf(url, laptops.access), 401);
  await writeFile(join(again.folder, "hub.yaml"), manifest(false));
  await again.logged("reloaded");
  assert.equal(await statusOf(url, laptops.access), 401);
  assert.equal((await laptops.refresh()).status, 400);
  assert.notEqual(await statusOf(url, mine.access), 401);
  assert.equal((await mine.refresh()).status, 200);
  await again.stop();
});

test("oauth: without a public URL, or with one that anybody on the way can read, the hub is not started", async () => {
  const file = join(await mkdtemp(join(tmpdir(), "thehub-oauth-")), "hub.yaml");
  await writeFile(file, manifest());
  const missing = await thehub(["check", file]);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr + missing.stdout, /HUB_PUBLIC_URL.*hub\.auth is builtin/s);
  const plain = await thehub(["check", file], { HUB_PUBLIC_URL: "http://hub.example" });
  assert.equal(plain.code, 2);
  assert.equal((await thehub(["check", file], { HUB_PUBLIC_URL: "https://hub.example" })).code, 0);
  await rm(dirname(file), { recursive: true });
});

test("oauth: a hub that asked for nothing makes a token when a reload turns it on, and whoever came in by nothing leaves", async () => {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const cores = "cores: { one: { command: thehub-template-core }, two: { command: thehub-template-core } }\n";
  const args = ["serve", "--listen", `localhost:${port}`];
  await using hub = await startHub({ manifest: cores, args, env: { HUB_PUBLIC_URL: url } });
  await hub.url();
  const ws = await WsClient.connect(`${url.replace("http", "ws")}/mcp`);
  const closed = once(ws.socket, "close");
  await writeFile(join(hub.folder, "hub.yaml"), `hub: { auth: builtin }\n${cores}`);
  await hub.logged("reloaded");
  assert.equal((await closed)[0], 4401);
  const { file } = await hub.logged("token_made");
  const { access } = await connected(url, (await readFile(String(file), "utf8")).trim());
  assert.notEqual(await statusOf(url, access), 401);
  assert.equal(
    hub.logs.find(({ msg }) => msg === "reload_needs_restart"),
    undefined,
  );
  await hub.stop();
});

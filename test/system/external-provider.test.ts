// Clients of the official SDKs that have nothing but the hub's URL, against an identity provider that is not the hub's: they read where tokens come
// from, register there, are sent through it, and call a tool.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Client as ClientV2, StreamableHTTPClientTransport as StreamableV2 } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as StreamableV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ExternalProvider, goThrough, knownClient } from "../helpers/external-provider.ts";
import { freePort } from "../helpers/free-port.ts";
import { type HubProcess, startHub } from "../helpers/hub-process.ts";
import { SdkOAuth } from "../helpers/sdk-oauth.ts";

const callback = "http://localhost:9/callback";

interface Place {
  readonly hub: HubProcess;
  /** As clients see it. */
  readonly url: string;
}

async function openHub(issuer: string, { basePath = "", jwt = {} } = {}): Promise<Place> {
  const port = await freePort();
  const url = `http://localhost:${port}${basePath}`;
  const manifest = JSON.stringify({
    hub: { auth: { issuers: { [issuer]: { scopes: ["mcp"] } } } },
    clients: { eng: { jwt: { issuer, groups: ["eng"], ...jwt }, allow: ["one.*"] } },
    cores: { one: { command: "thehub-template-core" }, two: { command: "thehub-template-core" } },
  });
  const env = { HUB_PUBLIC_URL: url, HUB_BASE_PATH: basePath, HUB_LOG_LEVEL: "debug" };
  const hub = await startHub({ manifest, args: ["serve", "--listen", `localhost:${port}`], env });
  await hub.url();
  return { hub, url };
}

type Generation = "1.x" | "2.x";

// biome-ignore lint/suspicious/noExplicitAny: the two generations differ in types alone
function clientOf(generation: Generation, url: URL, authProvider: SdkOAuth): { client: any; transport: any } {
  const info = { name: "external", version: "1" };
  return generation === "1.x"
    ? { client: new ClientV1(info), transport: new StreamableV1(url, { authProvider: authProvider as never }) }
    : { client: new ClientV2(info), transport: new StreamableV2(url, { authProvider }) };
}

/** Signed in, with what it got. */
async function signIn(generation: Generation, url: URL, authProvider: SdkOAuth): Promise<void> {
  const { client, transport } = clientOf(generation, url, authProvider);
  await assert.rejects(client.connect(transport), /[Uu]nauthorized/);
  const back = await goThrough(authProvider.asked ?? new URL("about:blank"));
  assert.equal(back.origin + back.pathname, callback);
  await transport.finishAuth(generation === "1.x" ? back.searchParams.get("code") : back.searchParams);
}

for (const [generation, path, basePath] of [
  ["1.x", "/mcp", ""],
  ["2.x", "/mcp/p/claude", "/hub"],
] as const) {
  test(`external provider: an SDK ${generation} client of ${basePath}${path} goes from the hub's URL to a tool`, async () => {
    await using provider = await ExternalProvider.open({ groups: ["eng"] });
    const { hub, url } = await openHub(provider.issuer, { basePath });
    await using _ = hub;
    const resource = new URL(url + path);
    const authProvider = new SdkOAuth(callback);
    await signIn(generation, resource, authProvider);
    assert.equal(authProvider.asked?.searchParams.get("resource"), resource.href);
    assert.equal(authProvider.asked?.searchParams.get("scope"), "mcp");
    assert.deepEqual(provider.registered, ["SDK test"]);

    const { client, transport } = clientOf(generation, resource, authProvider);
    await client.connect(transport);
    const { tools } = (await client.listTools()) as { tools: { name: string }[] };
    const names = tools.map(({ name }) => name);
    assert.ok(names.some((name) => name.startsWith("one")));
    assert.equal(
      names.some((name) => name.startsWith("two")),
      false,
      "the client's rules are those of its entry",
    );
    const called = await client.callTool({ name: "one.echo", arguments: { text: "hello" } });
    assert.match(JSON.stringify(called), /hello/);

    const authorization = `Bearer ${authProvider.tokensNow?.access_token}`;
    const elsewhere = await fetch(`${url}/sse`, { headers: { authorization } });
    assert.equal(elsewhere.status, 401, "the token is for one endpoint");
    assert.match(
      elsewhere.headers.get("www-authenticate") ?? "",
      /error="invalid_token", error_description="[^"]+it is for/,
    );
    await client.close();
    await hub.stop();
    const said = hub.logs.map((line) => JSON.stringify(line)).join("\n");
    assert.doesNotMatch(said, new RegExp(String(authProvider.tokensNow?.access_token).slice(-40)));
    assert.match(said, /"msg":"jwt_refused"/);
  });
}

test("external provider: a client that was given too little is told by 403 what to ask for, and comes back with it", async () => {
  await using provider = await ExternalProvider.open({ groups: ["eng"], scopes: ["mcp", "mcp:write"] });
  const { hub, url } = await openHub(provider.issuer, { jwt: { scopes: ["mcp:write"] } });
  await using _ = hub;
  const resource = new URL(`${url}/mcp`);
  const authProvider = new SdkOAuth(callback);
  // Who registers by itself may only ask for what it asked for first.
  authProvider.saveClientInformation({ client_id: knownClient });
  await signIn("2.x", resource, authProvider);
  assert.equal(authProvider.asked?.searchParams.get("scope"), "mcp");
  await signIn("2.x", resource, authProvider);
  assert.equal(authProvider.asked?.searchParams.get("scope"), "mcp mcp:write");
  const { client, transport } = clientOf("2.x", resource, authProvider);
  await client.connect(transport);
  await client.close();
});

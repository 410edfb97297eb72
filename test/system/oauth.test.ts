// `auth: builtin` end to end: from a client that has nothing but the hub's URL to a tool, by way of the consent page.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { Client as ClientV2, StreamableHTTPClientTransport as StreamableV2 } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as StreamableV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { freePort } from "../helpers/free-port.ts";
import { type HubProcess, startHub } from "../helpers/hub-process.ts";
import { ScriptedBrowser } from "../helpers/scripted-browser.ts";
import { SdkOAuth } from "../helpers/sdk-oauth.ts";

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
    assert.equal((await fetch(`${url}/api/cores`, { headers })).status, 401, "a token for /mcp was taken for the admin API");
    await client.close();
    await hub.stop();
  });
}

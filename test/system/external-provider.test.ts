// Clients of the official SDKs that have nothing but the hub's URL, against an identity provider that is not the hub's: they read where tokens come
// from, register there, are sent through it, and call a tool. More of them in test/matrix.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ExternalProvider, knownClient } from "../helpers/external-provider.ts";
import { callback, clientOf, kinds, openExternalHub, signIn } from "../helpers/external-scene.ts";
import { SdkOAuth } from "../helpers/sdk-oauth.ts";

for (const [kind, basePath] of [
  ["SDK 1.x over Streamable HTTP", ""],
  ["SDK 2.x over a profile's path", "/hub"],
] as const) {
  test(`external provider: a client goes from the hub's URL to a tool (${kind})`, async () => {
    await using provider = await ExternalProvider.open({ groups: ["eng"] });
    const place = await openExternalHub(provider.issuer, { basePath });
    const { hub, url } = place;
    await using _ = hub;
    const resource = new URL(url + kinds[kind].path);
    const authProvider = new SdkOAuth(callback);
    await signIn(kind, place, authProvider);
    assert.equal(authProvider.asked?.searchParams.get("resource"), resource.href);
    assert.equal(authProvider.asked?.searchParams.get("scope"), "mcp");
    assert.deepEqual(provider.registered, ["SDK test"]);

    await using visitor = clientOf(kind, place, authProvider);
    const { client, transport } = visitor;
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
  const place = await openExternalHub(provider.issuer, { jwt: { scopes: ["mcp:write"] } });
  await using _ = place.hub;
  const kind = "SDK 2.x over Streamable HTTP";
  const authProvider = new SdkOAuth(callback);
  // Who registers by itself may only ask for what it asked for first.
  authProvider.saveClientInformation({ client_id: knownClient });
  await signIn(kind, place, authProvider);
  assert.equal(authProvider.asked?.searchParams.get("scope"), "mcp");
  await signIn(kind, place, authProvider);
  assert.equal(authProvider.asked?.searchParams.get("scope"), "mcp mcp:write");
  await using visitor = clientOf(kind, place, authProvider);
  const { client, transport } = visitor;
  await client.connect(transport);
  await client.close();
});

// Every kind of SDK client against an identity provider that is not the hub's, until its token has ended and it has another one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ExternalProvider } from "../helpers/external-provider.ts";
import { callback, clientOf, type Kind, kinds, openExternalHub, signIn } from "../helpers/external-scene.ts";
import { SdkOAuth } from "../helpers/sdk-oauth.ts";

for (const kind of Object.keys(kinds) as Kind[]) {
  test(`external provider: ${kind} signs in, calls a tool, and goes on with a new token when the first has ended`, async () => {
    await using provider = await ExternalProvider.open({ groups: ["eng"], tokenLifeS: 3 });
    const place = await openExternalHub(provider.issuer);
    await using _ = place.hub;
    const grants = { grant_types: ["authorization_code", "refresh_token"] };
    const authProvider = new SdkOAuth(callback, { scope: "mcp offline_access", ...grants });
    await signIn(kind, place, authProvider);
    const first = authProvider.tokensNow?.access_token ?? "";
    const { client, transport } = clientOf(kind, place, authProvider);
    await client.connect(transport);
    const echo = async () => {
      const called = await client.callTool({ name: "one.echo", arguments: { text: "hello" } });
      return JSON.stringify(called);
    };
    assert.match(await echo(), /hello/);
    const { exp = 0 } = JSON.parse(Buffer.from(first.split(".")[1] ?? "", "base64url").toString()) as { exp?: number };
    // The end of a token is a time of day, of which nobody tells who has no stream open.
    await new Promise((resolve) => setTimeout(resolve, exp * 1000 - Date.now() + 1));
    assert.match(await echo(), /hello/);
    assert.notEqual(authProvider.tokensNow?.access_token, first);
    await client.close();
  });
}

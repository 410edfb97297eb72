// Every kind of SDK client against an identity provider that is not the hub's, until its token has ended and it has another one. A session of HTTP+SSE
// is its stream, which ends with the token: its client comes in again, and nobody has to sign in for that.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ExternalProvider } from "../helpers/external-provider.ts";
import {
  callback,
  clientOf,
  type ExternalClient,
  type Kind,
  kinds,
  openExternalHub,
  signIn,
} from "../helpers/external-scene.ts";
import { SdkOAuth } from "../helpers/sdk-oauth.ts";

async function echo({ client }: ExternalClient): Promise<void> {
  const called = await client.callTool({ name: "one.echo", arguments: { text: "hello" } });
  assert.match(JSON.stringify(called), /hello/);
}

for (const kind of Object.keys(kinds) as Kind[]) {
  const isSse = kinds[kind].path === "/sse";
  const outcome = isSse ? "comes in again" : "goes on";
  test(`external provider: ${kind} signs in, calls a tool, and ${outcome} with a new token when the first has ended`, async () => {
    await using provider = await ExternalProvider.open({ groups: ["eng"], tokenLifeS: isSse ? 6 : 3 });
    const place = await openExternalHub(provider.issuer);
    await using _ = place.hub;
    const grants = { grant_types: ["authorization_code", "refresh_token"] };
    const authProvider = new SdkOAuth(callback, { scope: "mcp offline_access", ...grants });
    await signIn(kind, place, authProvider);
    const asked = authProvider.asked;
    const first = authProvider.tokensNow?.access_token ?? "";
    await using visitor = clientOf(kind, place, authProvider);
    await visitor.client.connect(visitor.transport);
    await echo(visitor);
    const { exp = 0 } = JSON.parse(Buffer.from(first.split(".")[1] ?? "", "base64url").toString()) as { exp?: number };
    // The end of a token is a time of day, of which nobody tells who has no stream open.
    await new Promise((resolve) => setTimeout(resolve, exp * 1000 - Date.now() + 1));
    if (isSse) {
      await visitor.client.close();
      await using again = clientOf(kind, place, authProvider);
      await again.client.connect(again.transport);
      await echo(again);
    } else await echo(visitor);
    assert.notEqual(authProvider.tokensNow?.access_token, first);
    assert.equal(authProvider.asked, asked, "the person was sent to the provider once");
  });
}

// A person in a real browser on the pages of an identity provider, sent there by a client that has nothing but the hub's URL.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Chromium, chromiumMissing } from "../helpers/chromium.ts";
import { ExternalProvider } from "../helpers/external-provider.ts";
import { clientOf, openExternalHub, signIn } from "../helpers/external-scene.ts";
import { SdkOAuth } from "../helpers/sdk-oauth.ts";

const skip = chromiumMissing() ?? false;

test("external provider: a person in a browser signs in there and agrees, and the client calls a tool", {
  skip,
}, async () => {
  await using provider = await ExternalProvider.open({ groups: ["eng"], pages: true });
  const place = await openExternalHub(provider.issuer);
  await using _ = place.hub;
  // The client's own listener, where the person is sent back to.
  const listener = createServer((_request, response) => void response.end("You can close this page.")).listen(
    0,
    "localhost",
  );
  await once(listener, "listening");
  const callback = `http://localhost:${(listener.address() as AddressInfo).port}/callback`;
  const browse = async (url: URL): Promise<URL> => {
    const came = once(listener, "request") as Promise<[{ url: string }]>;
    await using browser = await Chromium.open();
    await browser.open(url.href);
    assert.match(await browser.text(), /Sign-in/i);
    await browser.follow(
      'document.querySelector("[name=login]").value = "alice"; document.querySelector("[name=password]").value = "x"; document.querySelector("button").click()',
    );
    assert.match(await browser.text(), /Authorize[\s\S]*\/mcp/);
    await browser.follow('document.querySelector("button[type=submit]").click()');
    assert.match(await browser.text(), /close this page/);
    const [request] = await came;
    return new URL(request.url, callback);
  };
  const authProvider = new SdkOAuth(callback);
  await signIn("SDK 2.x over Streamable HTTP", place, authProvider, browse);
  await using visitor = clientOf("SDK 2.x over Streamable HTTP", place, authProvider);
  const { client, transport } = visitor;
  await client.connect(transport);
  assert.match(JSON.stringify(await client.callTool({ name: "one.echo", arguments: { text: "hello" } })), /hello/);
  await client.close();
  listener.close();
});

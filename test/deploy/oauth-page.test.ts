// `auth: builtin` with a real browser in the middle: from "add connector" to a tool, by way of the consent page, for the SDK's client and for clients
// like those of Claude and ChatGPT, whose names lead to this machine.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Chromium, chromiumMissing } from "../helpers/chromium.ts";
import { freePort } from "../helpers/free-port.ts";
import { chatgpt, chatgptWithDocument, claude, HostedClient } from "../helpers/hosted-client.ts";
import { type HubProcess, startHub } from "../helpers/hub-process.ts";
import { SdkOAuth } from "../helpers/sdk-oauth.ts";

const skip = chromiumMissing() ?? false;
const token = "the-token-of-the-owner-0123456789";

async function openHub(env: Record<string, string> = {}): Promise<{ hub: HubProcess; url: string }> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const manifest = `hub: { auth: { builtin: { allow_private: true } } }
cores:
  one: { command: thehub-template-core }
  two: { command: thehub-template-core }
`;
  const args = ["serve", "--listen", `localhost:${port}`];
  const hub = await startHub({ manifest, args, env: { HUB_PUBLIC_URL: url, HUB_TOKEN: token, ...env } });
  await hub.logged("core_up", ({ core }) => core === "two");
  return { hub, url };
}

/** Shows the wrong token first, then the right one, and lets the client have the Core two alone. */
async function consent(browser: Chromium, link: string, name: RegExp): Promise<void> {
  const press = (answer: string) => `document.querySelector("button[value=${answer}]").click()`;
  const type = (text: string) =>
    `document.querySelector("[name=token]").value = ${JSON.stringify(text)}; ${press("token")}`;
  await browser.open(link);
  assert.match(await browser.text(), name);
  assert.doesNotMatch(await browser.text(), /one/);
  await browser.follow(type("not-the-token"));
  assert.match(await browser.text(), /not a token of this hub/);
  await browser.follow(type(token));
  assert.match(await browser.text(), /What may this client use\?/);
  await browser.follow(`document.querySelector("[value=one]").checked = false; ${press("allow")}`);
}

for (const [kind, name] of [
  [claude, /calls itself Claude wants to use this hub. The answer goes to claude.ai\./],
  [chatgpt, /calls itself ChatGPT wants to use this hub. The answer goes to chatgpt.com\./],
  [
    chatgptWithDocument,
    /calls itself ChatGPT \(of localhost:\d+\) wants to use this hub. The answer goes to chatgpt.com\./,
  ],
] as const) {
  const style = kind.registration === undefined ? "its own document" : "registration";
  test(`oauth page: a client like ${kind.name}, known by ${style}, goes from the hub's URL to a tool`, {
    skip,
  }, async () => {
    await using client = await HostedClient.open(kind);
    const { hub, url } = await openHub({ NODE_EXTRA_CA_CERTS: client.ca });
    await using _ = hub;
    const link = await client.begin(`${url}/mcp`);
    const { host } = new URL(kind.redirectUri);
    await using browser = await Chromium.open(
      `--host-resolver-rules=MAP ${host} 127.0.0.1:${client.port}`,
      "--ignore-certificate-errors",
    );
    await consent(browser, link, name);
    const connected = await client.finish(await client.arrived);
    assert.deepEqual(
      connected.tools.filter((tool) => tool.startsWith("one")),
      [],
    );
    const called = await connected.client.callTool({ name: "two.echo", arguments: { text: "hello" } });
    assert.match(JSON.stringify(called), /hello/);
    await connected.client.close();
    await hub.stop();
  });
}

test("oauth page: the SDK's client, with its callback on the person's own machine, goes from the hub's URL to a tool", {
  skip,
}, async () => {
  const { hub, url } = await openHub();
  await using _ = hub;
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const callback = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  const arrived = new Promise<URL>((resolve) => {
    server.on("request", (request, response) => {
      response.setHeader("content-type", "text/html").end("<p>connected</p>");
      if (request.url?.startsWith("/callback") === true) resolve(new URL(request.url, callback));
    });
  });
  const authProvider = new SdkOAuth(callback);
  const open = () => ({
    client: new Client({ name: "sdk", version: "1" }),
    transport: new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { authProvider }),
  });
  const first = open();
  await assert.rejects(first.client.connect(first.transport));
  await using browser = await Chromium.open();
  await consent(
    browser,
    String(authProvider.asked),
    /calls itself SDK test wants to use this hub. The answer goes to 127.0.0.1:\d+\./,
  );
  await first.transport.finishAuth((await arrived).searchParams);
  const { client, transport } = open();
  await client.connect(transport);
  const called = await client.callTool({ name: "two.echo", arguments: { text: "hello" } });
  assert.match(JSON.stringify(called), /hello/);
  await client.close();
  server.closeAllConnections();
  server.close();
  await hub.stop();
});

test("oauth page: no page can show the consent inside of itself", { skip }, async () => {
  const { hub, url } = await openHub();
  await using _ = hub;
  await using client = await HostedClient.open(claude);
  const link = await client.begin(`${url}/mcp`);
  // The other one shows that a frame can be seen at all.
  const server = createServer(({ url: path }, response) => {
    const frames = [link.replaceAll("&", "&amp;"), "/other"].map((source) => `<iframe src="${source}"></iframe>`);
    response.setHeader("content-type", "text/html");
    response.end(path === "/other" ? "<p>Connect a client" : frames.join(""));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await using browser = await Chromium.open();
  await browser.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const shown = await browser.framesShown("Connect a client");
  assert.deepEqual(
    shown.map((place) => new URL(place).pathname),
    ["/other"],
  );
  server.closeAllConnections();
  server.close();
  await hub.stop();
});

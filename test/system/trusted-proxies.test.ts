import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture, startHub } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

const manifest = `cores:\n  echo:\n    ${fixture("echo.mjs")}\n`;
const forwarded = { "x-forwarded-for": "203.0.113.66, 203.0.113.9" };

test("trusted proxies: a hub beyond loopback warns of plain text, until it is told of the proxy in front of it", async () => {
  const args = ["serve", "--listen", ":0"];
  const env = { HUB_TOKEN: "a-token-of-decent-length" };
  await using exposed = await startHub({ manifest, args, env });
  const { fix } = await exposed.logged("plaintext_exposed");
  assert.match(String(fix), /HUB_TRUSTED_PROXIES/);
  await using proxied = await startHub({ manifest, args, env: { ...env, HUB_TRUSTED_PROXIES: "private" } });
  await proxied.logged("listening");
  assert.ok(proxied.logs.every(({ msg }) => msg !== "plaintext_exposed"));
});

test("trusted proxies: the manifest names them as well, and the log shows whom they name", async () => {
  await using hub = await startHub({ manifest: `hub: { trusted_proxies: [loopback] }\n${manifest}` });
  await using _client = await WsClient.connect(await hub.wsUrl(), forwarded);
  assert.equal((await hub.logged("session_opened"))["peer"], "203.0.113.9");
});

test("trusted proxies: without any, the other end of the connection is the peer", async () => {
  await using hub = await startHub({ manifest });
  const url = (await hub.url()).replace("http", "ws");
  await using _client = await WsClient.connect(url, forwarded);
  assert.equal((await hub.logged("session_opened"))["peer"], "127.0.0.1");
});

test("trusted proxies: a value that names nobody, or everybody, ends the start with exit code 2", async () => {
  for (const [value, said] of [
    ["nginx", /"nginx" is not an address or network/],
    ["10.0.0.1,0.0.0.0/0", /trusts everybody/],
  ] as const) {
    await using hub = await startHub({ manifest, env: { HUB_TRUSTED_PROXIES: value } });
    assert.equal((await hub.exited).code, 2);
    assert.match(String((await hub.logged("manifest_problem"))["problem"]), said);
  }
});

// Injected secrets and presented tokens leave by no way out: results, errors, logs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture, startHub } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

const secret = 'swordfish-"quoted"\\path-1234567890';
const token = "presented-token-abcdefghijklmnop";
const metricsToken = "token-for-the-scraper-0123";

test("masking: a Core's secret and the client's token come back as stars, in valid JSON", async () => {
  await using hub = await startHub({
    manifest: `cores:\n  m:\n    ${fixture("mirror.mjs")}\n    secrets: [MY_SECRET]\n`,
    env: { HUB_SECRET_M_MY_SECRET: secret, HUB_TOKEN: token, HUB_METRICS_TOKEN: metricsToken, HUB_LOG_LEVEL: "debug" },
  });
  await using client = await WsClient.connect(await hub.wsUrl(), { authorization: `Bearer ${token}` });
  const told = await client.call("m__secret", { name: "MY_SECRET" });
  assert.match(told.result?.content[0].text, /^\*+$/);
  const echoed = await client.call("m__mirror", { token: `my token is ${token}.` });
  assert.equal(echoed.result?.raw.token, `my token is ${"*".repeat(token.length)}.`);
  const scraper = await client.call("m__mirror", { token: metricsToken });
  assert.equal(scraper.result?.raw.token, "*".repeat(metricsToken.length));
  await hub.stop();
  const logs = JSON.stringify(hub.logs);
  assert.ok(!logs.includes(token) && !logs.includes("swordfish"), "no secret in any log line");
});

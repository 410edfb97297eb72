// Subscriptions to resources on the built hub, with a real Core.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture, startHub } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

const one = { uri: "fixture://one" };
const updated = "notifications/resources/updated";

test("subscriptions: changes go to who holds the resource, and go on after the Core was killed", async () => {
  await using hub = await startHub({
    manifest: `cores:\n  echo:\n    ${fixture("echo.mjs")}\n    health: { restart_backoff_ms: 10 }\n  other:\n    ${fixture("echo.mjs")}\n`,
  });
  const url = await hub.wsUrl();
  await using holder = await WsClient.connect(url);
  await using bystander = await WsClient.connect(url);
  // Waits for both Cores: the first in the manifest has the resource.
  await holder.request("tools/list");
  const seen = async () =>
    JSON.parse((await bystander.call("echo__seen")).result?.content[0].text).subscribed as readonly string[];

  const refused = await holder.request("resources/subscribe", { uri: "fixture://item/closed" });
  assert.deepEqual(refused.error, {
    code: -32002,
    message: "not to be watched",
    data: { uri: "fixture://item/closed" },
  });
  assert.deepEqual((await holder.request("resources/subscribe", one)).result, {});
  await bystander.request("resources/subscribe", one);
  await bystander.request("resources/unsubscribe", one);
  assert.deepEqual(await seen(), ["+ fixture://one"]);

  await bystander.call("other__touch", one);
  await bystander.call("echo__touch", { uri: "fixture://two" });
  await bystander.call("echo__touch", { uri: "fixture://one/part" });
  assert.deepEqual((await holder.notified(updated)).params, { uri: "fixture://one/part" });

  await bystander.call("echo__crash");
  assert.deepEqual((await holder.notified(updated, ({ params }) => params?.["uri"] === one.uri)).params, one);
  assert.deepEqual(await seen(), ["+ fixture://one"]);
  assert.deepEqual(
    [holder, bystander].map((client) => client.notifications.filter(({ method }) => method === updated).length),
    [2, 0],
  );
  await holder.request("resources/unsubscribe", one);
  assert.deepEqual(await seen(), ["+ fixture://one", "- fixture://one"]);
  await hub.stop();
});

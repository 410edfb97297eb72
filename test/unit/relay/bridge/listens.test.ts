// Requests that stay open to hear of changes: what becomes of one that cannot have all that it asks for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HubError } from "../../../../src/base/errors.ts";
import { notificationFrame } from "../../../../src/relay/answers.ts";
import { Listens } from "../../../../src/relay/bridge/listens.ts";
import type { ClientSession } from "../../../../src/relay/call.ts";
import { Subscriptions } from "../../../../src/relay/subscriptions.ts";
import { noSplices } from "../../../../src/wire/frame.ts";
import { BridgeScene } from "../../../helpers/bridge-scene.ts";

/** Of one request, and of one Core. */
const maxUris = 1024;
const maxPerLane = 8192;

function scene() {
  const at = new BridgeScene();
  const core = at.core({ capabilities: { resources: { subscribe: true } } });
  const subscriptions = new Subscriptions({ calls: at.lanes.calls, log: at.record.log });
  const heard = new Set<ClientSession>();
  const listens = new Listens({
    clock: at.clock,
    hold: (session, uri) => subscriptions.hold(session, { uri, nativeUri: uri, lane: core.lane }),
    holdTask: () => false,
    opened: (session) => heard.add(session),
    closed: (session) => {
      subscriptions.forget(session);
      heard.delete(session);
    },
  });
  const client = () => {
    const one = at.modern();
    const request = (uris: readonly string[]) =>
      one.request("subscriptions/listen", { notifications: { toolsListChanged: true, resourceSubscriptions: uris } });
    return { ...one, request };
  };
  return { listens, subscriptions, heard, client };
}

const urisOf = (listen: number, count: number) => Array.from({ length: count }, (_, at) => `a://${listen}/${at}`);

test("listens: one that is refused is over: nothing is said under its id, which may be used again", () => {
  const { listens, subscriptions, heard, client } = scene();
  const [one, another, other] = [client(), client(), client()];
  for (const { session } of [one, another, other]) session.limitKey = session.id;
  // No client may have more than half of them.
  for (let at = 0; at < maxPerLane / maxUris; at++) {
    listens.open((at % 2 === 0 ? one : another).request(urisOf(at, maxUris)));
  }
  const held = subscriptions.size;
  assert.equal(held, maxPerLane);
  // Of the two that it asks for, the first is held already.
  const refused = other.request(["a://0/0", "a://more"]);
  assert.throws(
    () => listens.open(refused),
    (error) => error instanceof HubError && error.code === "overloaded",
  );
  assert.equal(subscriptions.size, held);
  assert.equal(listens.size, heard.size);
  assert.deepEqual([...(other.session.listens ?? [])], []);
  for (const session of heard) session.sink.send(notificationFrame("notifications/tools/list_changed"), noSplices);
  assert.deepEqual(other.heard, []);
  assert.equal(listens.cancel(other.session, refused.idText), false);
  listens.dropSession(one.session);
  listens.dropSession(another.session);
  listens.open(refused);
  listens.endAll();
  assert.deepEqual(
    other.heard.map(({ method, id }) => method ?? id),
    ["notifications/subscriptions/acknowledged", Number(refused.idText)],
  );
  assert.equal(heard.size + subscriptions.size, 0);
});

test("listens: of uris that are very long together, those that come first are heard of", () => {
  const { listens, subscriptions, client } = scene();
  const one = client();
  listens.open(one.request(Array.from({ length: 100 }, (_, at) => `a://${at}/`.padEnd(4096, "x"))));
  assert.equal(subscriptions.size, 64);
  const [acknowledged] = one.heard;
  assert.equal(acknowledged?.params.notifications.resourceSubscriptions.length, 64);
  listens.endAll();
});

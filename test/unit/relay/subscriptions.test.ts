import assert from "node:assert/strict";
import { test } from "node:test";
import type { Lane } from "../../../src/relay/call.ts";
import { Subscriptions } from "../../../src/relay/subscriptions.ts";
import { LogRecord } from "../../helpers/core-run.ts";
import { LaneScene } from "../../helpers/lane-scene.ts";

const subscribable = { resources: { subscribe: true } };

function scene() {
  const relay = new LaneScene();
  const log = new LogRecord();
  const subscriptions = new Subscriptions({ calls: relay.calls, log: log.log });
  const client = () => {
    const one = relay.client();
    const subscribe = (lane: Lane, uri = "a://1", nativeUri = uri) =>
      one.asks("resources/subscribe", { uri }, (request) => subscriptions.subscribe(request, { uri, nativeUri, lane }));
    const unsubscribe = (uri = "a://1") =>
      one.asks("resources/unsubscribe", { uri }, (request) => subscriptions.unsubscribe(request, uri));
    const leave = () => {
      one.leave();
      subscriptions.forget(one.session);
    };
    return { ...one, subscribe, unsubscribe, leave };
  };
  const core = (capabilities: object = subscribable) => {
    const one = relay.core({ capabilities });
    const becomes = (state: Parameters<typeof one.becomes>[0]) => {
      one.becomes(state);
      subscriptions.coreChanged(one.lane);
    };
    /** How many clients hear of a change. */
    const changes = (uri = "a://1") => {
      let told = 0;
      subscriptions.changed(one.lane, uri, () => told++);
      return told;
    };
    /** The forms in which they hear of it: whether it is the Core's own. */
    const forms = (uri = "a://1") => {
      const told: boolean[] = [];
      subscriptions.changed(one.lane, uri, (_, isNative) => told.push(isNative));
      return told;
    };
    return { ...one, becomes, changes, forms };
  };
  return { subscriptions, log, client, core };
}

const ok = '"result":{"_meta":{"from":"core"}}';
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test("subscriptions: the Core hears of the first and of the last, and both get its own answer", () => {
  const { client, core, subscriptions } = scene();
  const [one, other] = [client(), client()];
  const { lane, answers, methods, changes, told } = core();
  const first = one.subscribe(lane);
  assert.equal(one.answerTo(first), undefined);
  answers("resources/subscribe", ok);
  assert.deepEqual(one.answerTo(first)?.result, { _meta: { from: "core" } });
  assert.deepEqual(other.answerTo(other.subscribe(lane))?.result, {});
  assert.deepEqual(other.answerTo(other.subscribe(lane))?.result, {}, "twice is once");
  assert.equal(changes(), 2);
  assert.deepEqual(one.answerTo(one.unsubscribe())?.result, {});
  assert.equal(changes(), 1);
  const last = other.unsubscribe();
  assert.deepEqual(methods(), ["resources/subscribe", "resources/unsubscribe"]);
  assert.deepEqual(told[1]?.params, { uri: "a://1" });
  answers("resources/unsubscribe", ok);
  assert.deepEqual(other.answerTo(last)?.result, { _meta: { from: "core" } });
  assert.deepEqual([changes(), subscriptions.size], [0, 0]);
});

test("subscriptions: while the first is not answered others ask the Core too, and each gets what it says", () => {
  const { client, core, subscriptions } = scene();
  const [one, other] = [client(), client()];
  const { lane, answers, methods, own } = core();
  const [first, second] = [one.subscribe(lane), other.subscribe(lane)];
  assert.equal(methods().length, 2);
  answers("resources/subscribe", '"error":{"code":-32002,"message":"gone","data":{"uri":"a://1"}}');
  assert.deepEqual(other.answerTo(second)?.error, { code: -32002, message: "gone", data: { uri: "a://1" } });
  assert.equal(one.answerTo(first), undefined);
  one.leave();
  assert.deepEqual(
    own.map(({ method }) => method),
    ["resources/unsubscribe"],
    "what may have been done is undone",
  );
  assert.equal(subscriptions.size, 0);
});

test("subscriptions: a client that leaves lets go of all it held, the Core hears of what nobody else holds", () => {
  const { client, core } = scene();
  const [one, other] = [client(), client()];
  const { lane, answers, own, changes } = core();
  for (const uri of ["a://1", "a://2"]) {
    one.subscribe(lane, uri);
    answers("resources/subscribe", ok);
  }
  other.subscribe(lane, "a://2");
  assert.equal(lane.isWatched, true);
  one.leave();
  assert.deepEqual(
    own.map(({ method, params }) => [method, params]),
    [["resources/unsubscribe", { uri: "a://1" }]],
  );
  assert.deepEqual([changes("a://1"), changes("a://2")], [0, 1]);
});

test("subscriptions: an instance tells the sessions that hold what is its own, and a part of what they hold", () => {
  const { client, core } = scene();
  const { session, subscribe } = client();
  const [mine, theirs] = [core(), core()];
  subscribe(mine.lane, "a://dir/");
  mine.answers("resources/subscribe", ok);
  assert.deepEqual([mine.changes("a://dir/"), theirs.changes("a://dir/")], [1, 0]);
  assert.deepEqual([mine.changes("a://dir/sub/file"), mine.changes("a://dirt"), mine.changes("a://")], [1, 0, 0]);
  session.phase = "closed";
  assert.equal(mine.changes("a://dir/"), 0);
});

test("subscriptions: a uri that the Core spells otherwise goes to it in its own spelling", () => {
  const { client, core } = scene();
  const { lane, told, answers, changes } = core();
  const { subscribe, unsubscribe } = client();
  subscribe(lane, "ns+a://1", "a://1");
  answers("resources/subscribe", ok);
  assert.equal(changes("a://1"), 1);
  unsubscribe("ns+a://1");
  assert.deepEqual(
    told.map(({ params }) => params.uri),
    ["a://1", "a://1"],
  );
});

test("subscriptions: a Core that tells of no changes is named, and not asked", () => {
  const { client, core } = scene();
  const { lane, told, port } = core({ resources: { listChanged: true } });
  const { subscribe, answerTo } = client();
  const { error } = answerTo(subscribe(lane)) ?? {};
  assert.equal(error?.code, -32601);
  assert.match(error?.message ?? "", new RegExp(`core "${port.name}" does not tell of changes.*resources.subscribe`));
  assert.deepEqual(told, []);
});

test("subscriptions: a client may hold 1024 resources, and one that it gives up makes room", () => {
  const { client, core } = scene();
  const { lane, answers } = core();
  const { subscribe, unsubscribe, answerTo } = client();
  for (let at = 0; at < 1024; at++) {
    subscribe(lane, `a://${at}`);
    answers("resources/subscribe", ok);
  }
  assert.match(answerTo(subscribe(lane, "a://more"))?.error?.message ?? "", /one client may hold 1024/);
  unsubscribe("a://7");
  answers("resources/unsubscribe", ok);
  subscribe(lane, "a://more");
  answers("resources/subscribe", ok);
});

test("subscriptions: one client fills no more than half of what a Core may have, by however many sessions", () => {
  const { client, core, subscriptions } = scene();
  const { lane, becomes } = core();
  // The Core is told when it is up.
  becomes({ t: "starting", since: 0 } as never);
  const hold = (of: ReturnType<typeof client>, uri: string) =>
    subscriptions.hold(of.session, { uri, nativeUri: uri, lane });
  const sessions = Array.from({ length: 5 }, () => client());
  for (const { session } of sessions) session.limitKey = "client greedy";
  for (const [at, one] of sessions.slice(0, 4).entries()) for (let n = 0; n < 1024; n++) hold(one, `a://${at}/${n}`);
  const [, , , , last] = sessions;
  assert.ok(last !== undefined);
  assert.throws(() => hold(last, "a://more"), /one client may fill 4096 of core/);
  assert.ok(hold(last, "a://0/1"), "what is asked for already costs nothing");
  assert.ok(hold(client(), "a://others"));
  sessions[0]?.leave();
  assert.ok(hold(last, "a://more"));
});

test("subscriptions: a uri that is endless is refused", () => {
  const { client, core } = scene();
  const { subscribe, answerTo } = client();
  assert.equal(answerTo(subscribe(core().lane, `a://${"x".repeat(9000)}`))?.error?.code, -32602);
});

test("subscriptions: a Core that starts anew is asked for all that is held, and every holder is told once to look", async () => {
  const { client, core, log } = scene();
  const [one, other] = [client(), client()];
  const { lane, answers, becomes, own, changes } = core();
  one.subscribe(lane, "a://1");
  answers("resources/subscribe", ok);
  other.subscribe(lane, "a://1");
  becomes({ t: "starting", since: 0 } as never);
  assert.equal(changes("a://1"), 2, "it may have news before it is up");
  becomes({ t: "up", since: 1 });
  assert.deepEqual(
    own.map(({ method, params }) => [method, params]),
    [["resources/subscribe", { uri: "a://1" }]],
  );
  own[0]?.resolve();
  await settled();
  for (const { heard } of [one, other]) {
    assert.deepEqual(
      heard.filter(({ method }) => method !== undefined),
      [{ jsonrpc: "2.0", method: "notifications/resources/updated", params: { uri: "a://1" } }],
    );
  }
  assert.deepEqual(
    log.lines.map(({ msg }) => msg),
    ["subscriptions_renewed"],
  );
});

test("subscriptions: who is told that it hears before its Core knows of it is told once to look when that does", async () => {
  const { client, core, subscriptions } = scene();
  const { session, heard } = client();
  const { lane, own } = core();
  assert.equal(subscriptions.hold(session, { uri: "x+a://1", nativeUri: "a://1", lane }), true);
  assert.deepEqual([own[0]?.method, own[0]?.params], ["resources/subscribe", { uri: "a://1" }]);
  await settled();
  assert.deepEqual(heard, []);
  own[0]?.resolve();
  await settled();
  const look = { jsonrpc: "2.0", method: "notifications/resources/updated", params: { uri: "x+a://1" } };
  assert.deepEqual(heard, [look]);
  assert.equal(own.length, 1);
});

test("subscriptions: what a Core would not have after its restart its holders are told of, and lose", async () => {
  const { client, core, log, subscriptions } = scene();
  const { lane, answers, becomes, own } = core();
  const { subscribe, heard } = client();
  subscribe(lane);
  answers("resources/subscribe", ok);
  becomes({ t: "starting", since: 0 } as never);
  becomes({ t: "up", since: 1 });
  own[0]?.reject();
  await settled();
  assert.equal(heard.at(-1)?.method, "notifications/resources/updated");
  assert.equal(subscriptions.size, 0);
  assert.deepEqual(
    log.lines.map(({ msg, lost }) => [msg, lost]),
    [["subscriptions_lost", 1]],
  );
});

test("subscriptions: a Core that goes down while it is asked again keeps its holders for the next time", async () => {
  const { client, core, subscriptions } = scene();
  const { lane, answers, becomes, own } = core();
  const { subscribe, heard } = client();
  subscribe(lane);
  answers("resources/subscribe", ok);
  becomes({ t: "starting", since: 0 } as never);
  becomes({ t: "up", since: 1 });
  becomes({ t: "starting", since: 2 } as never);
  own[0]?.reject();
  await settled();
  assert.equal(heard.length, 1, "nothing but the answer to its request");
  assert.equal(subscriptions.size, 1);
});

test("subscriptions: an instance that takes another's place is asked for all that was held there", async () => {
  const { client, core, subscriptions } = scene();
  const [before, after] = [core(), core()];
  const { subscribe, heard } = client();
  subscribe(before.lane);
  before.answers("resources/subscribe", ok);
  subscriptions.move(before.lane, after.lane);
  after.own[0]?.resolve();
  await settled();
  assert.equal(heard.at(-1)?.method, "notifications/resources/updated");
  assert.deepEqual([before.changes(), after.changes()], [0, 1]);
  subscriptions.move(after.lane, undefined);
  assert.deepEqual([after.changes(), subscriptions.size], [0, 0]);
});

test("subscriptions: instances whose place one takes leave it all that was held there, and what was on its way", async () => {
  const { client, core, subscriptions } = scene();
  const shared = core();
  const [one, two, three] = [client(), client(), client()];
  const own = [one, two, three].map(({ subscribe }) => {
    const its = core();
    subscribe(its.lane);
    return its;
  });
  for (const { answers } of own.slice(0, 2)) answers("resources/subscribe", ok);
  two.subscribe(own[1]?.lane as Lane, "a://2");
  own[1]?.answers("resources/subscribe", ok);
  for (const { lane } of own) subscriptions.move(lane, shared.lane);
  while (shared.own.some(({ method }) => method === "resources/subscribe")) {
    for (const { resolve } of shared.own.splice(0)) resolve();
    await settled();
  }
  own[2]?.answers("resources/subscribe", ok);
  assert.deepEqual([shared.changes("a://1"), shared.changes("a://2"), subscriptions.size], [3, 1, 2]);
  for (const { heard } of [one, two]) {
    assert.ok(heard.some(({ method }) => method === "notifications/resources/updated"));
  }
  assert.deepEqual(two.answerTo(two.unsubscribe())?.result, {});
  one.leave();
  assert.deepEqual([shared.changes("a://1"), shared.changes("a://2")], [1, 1]);
  three.leave();
  two.leave();
  assert.equal(subscriptions.size, 0);
});

test("subscriptions: what a client may not see any more it does not hear of", () => {
  const { client, core, subscriptions } = scene();
  const [one, other] = [client(), client()];
  const { lane, answers, changes, own } = core();
  one.subscribe(lane);
  answers("resources/subscribe", ok);
  other.subscribe(lane);
  assert.deepEqual(
    subscriptions.review((session) => (session === one.session ? undefined : lane.core.name)),
    [],
  );
  assert.deepEqual([changes(), own.length], [1, 0]);
  assert.deepEqual(
    subscriptions.review(() => "another core"),
    [[other.session, "a://1"]],
  );
  assert.deepEqual([changes(), own.length], [0, 1]);
});

test("subscriptions: who takes back a request that is not answered holds nothing", () => {
  const { client, core, subscriptions } = scene();
  const { lane, answers, methods, changes } = core();
  const { subscribe, unsubscribe, answerTo } = client();
  subscribe(lane);
  const second = unsubscribe();
  answers("resources/subscribe", ok);
  assert.equal(changes(), 0);
  answers("resources/unsubscribe", ok);
  assert.deepEqual(methods(), ["resources/subscribe", "resources/unsubscribe"]);
  assert.ok(answerTo(second)?.result);
  assert.equal(subscriptions.size, 0);
});

test("subscriptions: one that comes while the last is being given up is made sure of afterwards", async () => {
  const { client, core } = scene();
  const [one, other] = [client(), client()];
  const { lane, answers, own, changes } = core();
  one.subscribe(lane);
  answers("resources/subscribe", ok);
  one.unsubscribe();
  other.subscribe(lane);
  answers("resources/subscribe", ok);
  answers("resources/unsubscribe", ok);
  assert.deepEqual(
    own.map(({ method }) => method),
    ["resources/subscribe"],
  );
  own[0]?.resolve();
  await settled();
  assert.equal(changes(), 1);
});

test("subscriptions: what was not held need not be given back, and a Core that is down is not asked", () => {
  const { client, core } = scene();
  const { lane, answers, becomes, methods } = core();
  const { subscribe, unsubscribe, answerTo } = client();
  assert.deepEqual(answerTo(unsubscribe())?.result, {});
  subscribe(lane);
  answers("resources/subscribe", ok);
  becomes({ t: "failed", cause: "x" } as never);
  assert.deepEqual(answerTo(unsubscribe())?.result, {});
  assert.deepEqual(methods(), ["resources/subscribe"]);
});

test("subscriptions: a resource that a client holds under two spellings is told of in both, and each is given up for itself", async () => {
  const { client, core, subscriptions } = scene();
  const { lane, answers, forms, becomes, own, methods } = core();
  const { subscribe, unsubscribe, answerTo, heard } = client();
  subscribe(lane, "ns+a://1", "a://1");
  answers("resources/subscribe", ok);
  assert.deepEqual(answerTo(subscribe(lane, "a://1"))?.result, {});
  assert.deepEqual(forms(), [false, true]);
  becomes({ t: "starting", since: 0 });
  becomes({ t: "up", since: 0 });
  own[0]?.resolve();
  await settled();
  assert.deepEqual(
    heard.filter(({ method }) => method !== undefined).map(({ params }) => params.uri),
    ["ns+a://1", "a://1"],
  );
  assert.deepEqual(answerTo(unsubscribe("a://1"))?.result, {});
  assert.deepEqual(forms(), [false]);
  const last = unsubscribe("ns+a://1");
  answers("resources/unsubscribe", ok);
  assert.ok(answerTo(last)?.result);
  assert.deepEqual(methods(), ["resources/subscribe", "resources/unsubscribe"]);
  assert.deepEqual([forms(), subscriptions.size], [[], 0]);
});

test("subscriptions: who takes back one spelling while both are on their way keeps the other", () => {
  const { client, core } = scene();
  const { lane, answers, forms } = core();
  const { subscribe, unsubscribe } = client();
  subscribe(lane, "ns+a://1", "a://1");
  subscribe(lane, "a://1");
  unsubscribe("ns+a://1");
  answers("resources/subscribe", ok);
  assert.deepEqual(forms(), [true]);
});

test("subscriptions: a spelling that came to mean another resource of the same instance leaves nothing of the first", () => {
  const { client, core, subscriptions } = scene();
  const { lane, answers, changes } = core();
  const { subscribe, leave } = client();
  subscribe(lane, "ns+a://1", "ns+a://1");
  answers("resources/subscribe", ok);
  subscribe(lane, "ns+a://1", "a://1");
  answers("resources/subscribe", ok);
  assert.deepEqual([changes("ns+a://1"), changes("a://1")], [0, 1]);
  leave();
  assert.equal(subscriptions.size, 0);
});

test("subscriptions: one client's rights may be all that changed", () => {
  const { client, core, subscriptions } = scene();
  const [one, other] = [client(), client()];
  const { lane, answers, changes } = core();
  one.subscribe(lane);
  answers("resources/subscribe", ok);
  other.subscribe(lane);
  subscriptions.review(() => undefined, one.session);
  assert.equal(changes(), 1);
});

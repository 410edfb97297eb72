import assert from "node:assert/strict";
import { test } from "node:test";
import { CoreRefusal } from "../../../src/cores/own-requests.ts";
import { Asks } from "../../../src/relay/asks.ts";
import { type ClientSession, createLane, type Lane } from "../../../src/relay/call.ts";
import { Methods, type MethodsDeps } from "../../../src/relay/methods.ts";
import { ownerOf } from "../../../src/relay/owner.ts";
import { Tasks } from "../../../src/relay/tasks.ts";
import { UrlElicitations } from "../../../src/relay/url-elicitations.ts";
import type { Envelope } from "../../../src/sessions/envelope.ts";
import { ownPrincipal, type Principal } from "../../../src/sessions/principal.ts";
import { frameOf, frameOfText } from "../../../src/wire/frame.ts";
import { LogRecord } from "../../helpers/core-run.ts";
import { somebody } from "../../helpers/echo-doorkeeper.ts";
import { type LaneOptions, LaneScene, scanned } from "../../helpers/lane-scene.ts";
import { noParks } from "../../helpers/no-parks.ts";

const related = "io.modelcontextprotocol/related-task";

function scene() {
  const relay = new LaneScene();
  const log = new LogRecord();
  const tasks = new Tasks({ clock: relay.clock, log: log.log });
  const client = (principal: Principal = { ...somebody, shared: true }) => {
    const one = relay.client({}, principal);
    /** A call that asks to be run as a task. */
    const start = (lane: Lane, meta?: object) =>
      one.asks("tools/call", { name: "t", task: {}, _meta: meta }, (request) => {
        relay.calls.begin(request, lane, undefined, [tasks.creating(one.session, lane)]);
        return true;
      });
    const about = (method: string, exposedId: string) =>
      one.asks(method, { taskId: exposedId }, (request) => {
        const task = tasks.find(one.session, exposedId);
        if (task === undefined) return false;
        relay.calls.begin(request, task.lane, undefined, [tasks.asking(task, method, request.replies)]);
        return true;
      });
    const ids = async (cursor?: string) => {
      const list = JSON.parse((await tasks.list(one.session, cursor)).toString());
      return {
        ids: list.tasks.map(({ taskId }: { taskId: string }) => taskId),
        next: list.nextCursor,
        all: list.tasks,
      };
    };
    const leave = () => {
      one.leave();
      tasks.forgetSession(one.session);
    };
    return { ...one, start, about, ids, leave };
  };
  const core = (options: LaneOptions = {}) => {
    const one = relay.core({ namespace: "ns", ...options });
    /** What becomes of a notification about a task. */
    const says = (method: string, params: object) => {
      const text = JSON.stringify({ jsonrpc: "2.0", method, params });
      const { bytes, record } = scanned(text);
      if (method === "notifications/tasks/status") return tasks.status(one.lane, frameOfText(text), bytes, record);
      const token = (params as { progressToken: number }).progressToken;
      return tasks.progress(one.lane, frameOf(bytes), bytes, record, token);
    };
    const creates = (id: string, more = "") =>
      one.answers("tools/call", `"result":{"task":{"taskId":"${id}","status":"working","ttl":60000${more}}}`);
    return { ...one, says, creates };
  };
  return { relay, tasks, log, client, core };
}

/** Whose a message of this Core is. */
function ownerIn(lane: Lane, params: object): ClientSession | undefined {
  const { bytes, record } = scanned(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "m", params }));
  return ownerOf(lane, { bytes, scan: record })?.session;
}

const named = (id: string): Principal => ownPrincipal(id, { admin: false, shared: false });
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test("tasks: an id carries the namespace towards the client, wherever it stands, and nothing else is touched", () => {
  const { client, core } = scene();
  const { start, answerTo, about, heard } = client();
  const { lane, answers, says, told } = core();
  const call = start(lane);
  answers(
    "tools/call",
    `"result": {"_meta":{"${related}":{"taskId":"a\\u002fb"}}, "task":{"taskId":"a\\u002fb","big":12345678901234567890}}`,
  );
  assert.deepEqual(answerTo(call)?.result.task.taskId, "ns~a/b");
  assert.deepEqual(answerTo(call)?.result._meta[related].taskId, "ns~a/b");
  const get = about("tasks/get", "ns~a/b");
  answers("tasks/get", '"result":{"taskId":"a/b","status":"working"}');
  assert.deepEqual(answerTo(get)?.result, { taskId: "ns~a/b", status: "working" });
  assert.equal(says("notifications/tasks/status", { taskId: "a/b", status: "completed" }), true);
  assert.deepEqual(heard.at(-1)?.params, { taskId: "ns~a/b", status: "completed" });
  const result = about("tasks/result", "ns~a/b");
  answers("tasks/result", `"result":{"content":[],"_meta":{"${related}":{"taskId":"a/b"}}}`);
  assert.deepEqual(answerTo(result)?.result, { content: [], _meta: { [related]: { taskId: "ns~a/b" } } });
  assert.equal(told.length, 3);
});

test("tasks: what is another's does not exist, and what is said of it is heard by its owner alone", () => {
  const { client, core, tasks } = scene();
  const [one, other] = [client(), client()];
  const { lane, creates, says } = core();
  one.start(lane);
  creates("1");
  assert.equal(tasks.find(other.session, "ns~1"), undefined);
  assert.equal(tasks.find(one.session, "other~1"), undefined);
  assert.equal(tasks.find(one.session, "1"), undefined);
  assert.equal(tasks.find(one.session, "ns~1")?.id, "1");
  says("notifications/tasks/status", { taskId: "1", status: "working" });
  assert.equal(says("notifications/tasks/status", { taskId: "2", status: "working" }), false);
  assert.deepEqual([one.heard.length, other.heard.length], [2, 0]);
});

test("tasks: two Cores, and two instances of one, may use the same id", () => {
  const { client, core, tasks } = scene();
  const [one, other] = [client(named("x")), client(named("x"))];
  const [mine, theirs, third] = [
    core({ owner: one.session }),
    core({ owner: other.session }),
    core({ namespace: "b" }),
  ];
  for (const [who, where] of [
    [one, mine],
    [other, theirs],
    [one, third],
  ] as const) {
    who.start(where.lane);
    where.creates("1");
  }
  assert.equal(tasks.find(one.session, "ns~1")?.lane, mine.lane);
  assert.equal(tasks.find(other.session, "ns~1")?.lane, theirs.lane);
  assert.equal(tasks.find(other.session, "b~1")?.lane, third.lane);
});

test("tasks: a Core that gives a client an id that is another's gives it nothing", () => {
  const { client, core, tasks, log } = scene();
  const [one, other] = [client(), client()];
  const { lane, creates } = core();
  one.start(lane);
  creates("1");
  other.start(lane);
  creates("1");
  assert.equal(tasks.find(one.session, "ns~1")?.session, one.session);
  assert.equal(tasks.find(other.session, "ns~1"), undefined);
  assert.deepEqual(
    log.lines.map(({ msg }) => msg),
    ["task_id_taken"],
  );
});

test("tasks: a Core that does so without an end is one line of the log in ten seconds", () => {
  const { relay, client, core, tasks, log } = scene();
  const [one, other] = [client(), client()];
  const [mine, theirs] = [core(), core({ namespace: "b" })];
  const lines = () => log.lines.splice(0).map(({ msg, core, times }) => [msg, core, times]);
  for (const { lane, creates } of [mine, theirs]) {
    one.start(lane);
    creates("1");
  }
  for (let count = 0; count < 100; count++) {
    other.start(mine.lane);
    mine.creates("1");
  }
  other.start(theirs.lane);
  theirs.creates("1");
  assert.deepEqual(lines(), [
    ["task_id_taken", mine.lane.core.name, 1],
    ["task_id_taken", theirs.lane.core.name, 1],
  ]);
  relay.clock.advance(10_000);
  assert.deepEqual(lines(), [["task_id_taken", mine.lane.core.name, 99]]);
  other.start(mine.lane);
  mine.creates("1");
  tasks.close();
  assert.deepEqual(lines(), [["task_id_taken", mine.lane.core.name, 1]], "the rest is said at the end");
});

test("tasks: a named client finds its tasks in another session, and is told there from then on", () => {
  const { client, core, tasks } = scene();
  const [first, second, stranger] = [client(named("x")), client(named("x")), client(named("y"))];
  const { lane, creates, says } = core();
  first.start(lane);
  creates("1");
  first.leave();
  assert.equal(says("notifications/tasks/status", { taskId: "1", status: "working" }), false);
  assert.equal(tasks.find(stranger.session, "ns~1"), undefined);
  assert.ok(tasks.find(second.session, "ns~1"));
  assert.equal(says("notifications/tasks/status", { taskId: "1", status: "working" }), true);
  assert.equal(second.heard.length, 1);
});

test("tasks: what nobody can ask for any more is cancelled, and until then what its Core says is nobody else's", async () => {
  const { client, core, tasks } = scene();
  const [one, other] = [client(), client()];
  const { lane, creates, own } = core({ serial: true });
  one.start(lane);
  creates("1");
  one.leave();
  assert.deepEqual(
    own.map(({ method, params }) => [method, params]),
    [["tasks/cancel", { taskId: "1" }]],
  );
  other.start(lane);
  assert.equal(ownerIn(lane, {}), undefined);
  own[0]?.resolve();
  await settled();
  assert.equal(ownerIn(lane, {}), other.session);
  assert.equal(tasks.size, 0);
});

/** Of a Core of one call at a time: one client has left with its task under way, another is there. */
function leftTask() {
  const { client, core, relay } = scene();
  const [one, other] = [client(), client()];
  const { lane, answers, own } = core({ serial: true });
  one.start(lane);
  answers("tools/call", '"result":{"task":{"taskId":"1","status":"working","ttl":null}}');
  one.leave();
  return { relay, lane, other, own };
}

test("tasks: one that was left and is over, as its Core says that refuses to cancel it, stands in nobody's way", async () => {
  const { relay, lane, other, own } = leftTask();
  other.start(lane);
  own[0]?.reject(new CoreRefusal("core 1", "it is completed already", -32602, undefined));
  await settled();
  assert.equal(ownerIn(lane, {}), other.session);
  assert.equal(lane.tasks.size, 0);
  other.leave();
  relay.clock.advance(11_000);
  assert.equal(relay.clock.timers, 0);
});

test("tasks: one that was left and may be at work still is so for as long as a call may take, not for ever", async () => {
  const unanswered = [new Error("no answer"), new CoreRefusal("core 1", "no such method", -32601, undefined)];
  for (const error of unanswered) {
    const { relay, lane, other, own } = leftTask();
    own[0]?.reject(error);
    await settled();
    other.start(lane);
    assert.equal(ownerIn(lane, {}), undefined, "what is said may be about the task");
    other.leave();
    relay.clock.advance(lane.policy.maxTimeoutMs + 10_000);
    assert.deepEqual([lane.tasks.size, relay.clock.timers], [0, 0]);
  }
});

test("tasks: a message that names a task is its owner's, on any lane; of an unknown one nobody's", () => {
  const { client, core } = scene();
  const [one, other] = [client(), client()];
  const { lane, creates } = core({ serial: true });
  const about = (taskId: string) => ({ _meta: { [related]: { taskId } } });
  one.start(lane);
  creates("1");
  other.start(lane);
  assert.equal(ownerIn(lane, about("1")), one.session);
  assert.equal(ownerIn(lane, about("2")), undefined);
  assert.equal(ownerIn(lane, {}), undefined, "it may be about the task of the one, or the call of the other");
  const shared = core();
  one.start(shared.lane);
  shared.creates("7");
  assert.equal(ownerIn(shared.lane, about("7")), one.session);
  assert.equal(ownerIn(shared.lane, {}), undefined);
});

test("tasks: progress goes on under the client's token until the task is over", () => {
  const { client, core } = scene();
  const [one, other] = [client(), client()];
  const { lane, creates, says, told } = core();
  one.start(lane, { progressToken: "p" });
  const token = told.at(-1)?.params._meta.progressToken;
  creates("1");
  const progress = { progressToken: token, progress: 1, _meta: { [related]: { taskId: "1" } } };
  assert.equal(says("notifications/progress", progress), true);
  assert.deepEqual(one.heard.at(-1)?.params, {
    progressToken: "p",
    progress: 1,
    _meta: { [related]: { taskId: "ns~1" } },
  });
  assert.equal(says("notifications/progress", { ...progress, progressToken: token + 1 }), false);
  says("notifications/tasks/status", { taskId: "1", status: "failed" });
  assert.equal(says("notifications/progress", progress), false);
  assert.deepEqual(other.heard, []);
});

test("tasks: a request for a result waits as long as the task may take, and keeps no place from others", () => {
  const { client, core, relay } = scene();
  const { start, about, answerTo } = client();
  const { lane, creates, answers } = core();
  start(lane);
  creates("1");
  const result = about("tasks/result", "ns~1");
  assert.deepEqual(
    [...relay.calls.admission.loads()].map(({ inUse }) => inUse),
    [0],
  );
  relay.clock.advance(59_000);
  assert.equal(answerTo(result), undefined);
  answers("tasks/result", '"result":{"content":[]}');
  assert.deepEqual(answerTo(result)?.result, { content: [] });
});

test("tasks: a few requests may wait for one result", () => {
  const { client, core } = scene();
  const { start, about, answerTo } = client();
  const { lane, creates } = core();
  start(lane);
  creates("1");
  for (let at = 0; at < 4; at++) assert.equal(answerTo(about("tasks/result", "ns~1")), undefined);
  assert.match(answerTo(about("tasks/result", "ns~1"))?.error?.message ?? "", /4 requests wait/);
});

test("tasks: a list has the client's own, of all Cores, as they are now", async () => {
  const { client, core } = scene();
  const [one, other] = [client(), client()];
  const [a, b] = [core({ namespace: "a" }), core({ namespace: "b" })];
  for (const [who, where, id] of [
    [one, a, "1"],
    [other, a, "2"],
    [one, b, "1"],
  ] as const) {
    who.start(where.lane);
    where.creates(id, ',"createdAt":"x"');
  }
  const listed = one.ids();
  a.own[0]?.resolve('{"taskId":"1","status":"completed"}');
  b.own[0]?.reject();
  const { ids, next, all } = await listed;
  assert.deepEqual(ids, ["a~1", "b~1"]);
  assert.equal(next, undefined);
  assert.deepEqual(
    all.map(({ status }: { status: string }) => status),
    ["completed", "working"],
  );
  const again = await Promise.all([one.ids().then(({ ids }) => ids), Promise.resolve(b.own[1]?.reject())]);
  assert.deepEqual(again[0], ["a~1", "b~1"]);
  assert.equal(a.own.length, 1, "what is over is not asked for");
});

test("tasks: a list comes in pages, and a cursor that was never given is refused", async () => {
  const { client, core, tasks } = scene();
  const one = client();
  const { lane, creates, becomes } = core();
  for (let at = 1; at <= 60; at++) {
    one.start(lane);
    creates(String(at));
  }
  becomes({ t: "draining", since: 0 } as never);
  const first = await one.ids();
  assert.deepEqual([first.ids.length, first.ids.at(-1)], [50, "ns~50"]);
  const rest = await one.ids(first.next);
  assert.deepEqual([rest.ids.length, rest.next], [10, undefined]);
  assert.throws(() => tasks.list(one.session, "x"), /unknown cursor/);
});

test("tasks: one client may have 256; what is over makes room", () => {
  const { client, core, tasks } = scene();
  const one = client();
  const { lane, creates, says } = core();
  for (let at = 1; at <= 256; at++) {
    one.start(lane);
    creates(String(at));
  }
  assert.match(one.answerTo(one.start(lane))?.error?.message ?? "", /one client may have 256/);
  says("notifications/tasks/status", { taskId: "9", status: "cancelled" });
  one.start(lane);
  creates("new");
  assert.equal(tasks.find(one.session, "ns~9"), undefined);
  assert.ok(tasks.find(one.session, "ns~new"));
});

test("tasks: an entry ends with its time, or with its instance", () => {
  const { client, core, tasks, relay } = scene();
  const one = client();
  const [short, long] = [core(), core({ namespace: "b" })];
  one.start(short.lane);
  short.creates("1");
  one.start(long.lane);
  long.answers("tools/call", '"result":{"task":{"taskId":"1","status":"working","ttl":null}}');
  relay.clock.advance(61_000);
  assert.equal(tasks.find(one.session, "ns~1"), undefined);
  relay.clock.advance(10_000);
  assert.deepEqual([tasks.size, short.lane.tasks.size, long.lane.tasks.size], [1, 0, 1]);
  tasks.dropLane(long.lane);
  relay.clock.advance(10_000);
  assert.deepEqual([tasks.size, long.lane.tasks.size, relay.clock.timers], [0, 0, 0]);
});

test("tasks: a task that its Core has forgotten is forgotten, a large one is kept short", async () => {
  const { client, core, tasks } = scene();
  const one = client();
  const { lane, answers, becomes } = core();
  one.start(lane);
  const words = "x".repeat(10_000);
  answers("tools/call", `"result":{"task":{"taskId":"1","status":"working","statusMessage":"${words}","ttl":5000}}`);
  becomes({ t: "draining", since: 0 } as never);
  assert.deepEqual((await one.ids()).all, [{ taskId: "ns~1", status: "working", ttl: 5000 }]);
  becomes({ t: "up", since: 0 });
  one.about("tasks/get", "ns~1");
  answers("tasks/get", '"error":{"code":-32602,"message":"gone"}');
  assert.equal(tasks.size, 0);
});

test("tasks: an error that says nothing of the task leaves it its owner's", () => {
  const { client, core, tasks } = scene();
  const one = client();
  const { lane, creates, answers } = core();
  one.start(lane);
  creates("1");
  const failed = one.about("tasks/get", "ns~1");
  answers("tasks/get", '"error":{"code":-32603,"message":"the database is locked, try again"}');
  assert.equal(one.answerTo(failed)?.error?.code, -32603);
  const cancel = one.about("tasks/cancel", "ns~1");
  answers("tasks/cancel", '"error":{"code":-32602,"message":"it is completed already"}');
  assert.equal(one.answerTo(cancel)?.error?.code, -32602);
  assert.ok(tasks.find(one.session, "ns~1"));
  const again = one.about("tasks/get", "ns~1");
  answers("tasks/get", '"result":{"taskId":"1","status":"completed"}');
  assert.equal(one.answerTo(again)?.result.status, "completed");
});

test("tasks: an answer that names no task is an answer as any other", () => {
  const { client, core, tasks } = scene();
  const one = client();
  const { lane, answers } = core();
  const call = one.start(lane);
  answers("tools/call", '"result":{"content":[],"task":{"taskId":7}}');
  assert.deepEqual(one.answerTo(call)?.result, { content: [], task: { taskId: 7 } });
  assert.equal(tasks.size, 0);
});

test("tasks: a request that waited does not reach another process, where the id may be another's", () => {
  const { client, core, tasks } = scene();
  const one = client();
  const { lane, creates, becomes, methods } = core();
  one.start(lane);
  creates("1");
  becomes({ t: "starting", since: 0 } as never);
  const asked = one.about("tasks/get", "ns~1");
  tasks.dropLane(lane);
  becomes({ t: "up", since: 1 });
  assert.match(one.answerTo(asked)?.error?.message ?? "", /unknown task/);
  assert.deepEqual(methods(), ["tools/call"]);
});

test("tasks: many lists at once ask for each task once", async () => {
  const { client, core } = scene();
  const one = client();
  const { lane, creates, own } = core();
  one.start(lane);
  creates("1");
  const lists = [one.ids(), one.ids(), one.ids()];
  assert.equal(own.length, 1);
  own[0]?.resolve('{"taskId":"1","status":"working"}');
  for (const { ids } of await Promise.all(lists)) assert.deepEqual(ids, ["ns~1"]);
});

test("tasks: what a Core asks for a task goes to who waits for its result, and the answer names the task as the Core does", () => {
  const { client, core, relay, log } = scene();
  const one = client();
  one.session.capabilities = { roots: {} };
  const { lane, creates, told } = core();
  one.start(lane);
  creates("1");
  one.about("tasks/result", "ns~1");
  const asks = new Asks({
    clock: relay.clock,
    log: log.log,
    urls: new UrlElicitations(),
    parks: noParks,
    ownerOf,
    waited: () => {},
  });
  const meta = (taskId: string) => ({ [related]: { taskId } });
  const ask = (taskId: string) => {
    const text = { jsonrpc: "2.0", id: 5, method: "roots/list", params: { _meta: meta(taskId) } };
    const { bytes, record } = scanned(JSON.stringify(text));
    asks.ask(lane, "roots/list", "5", { bytes, scan: record });
  };
  ask("2");
  assert.equal(told.at(-1)?.error?.code, -32601);
  ask("1");
  const question = one.heard.at(-1);
  assert.deepEqual(question?.params._meta, meta("ns~1"));
  const answer = JSON.stringify({ jsonrpc: "2.0", id: question?.id, result: { roots: [], _meta: meta("ns~1") } });
  asks.answered(one.session, frameOfText(answer), scanned(answer).record);
  assert.deepEqual(told.at(-1), { jsonrpc: "2.0", id: 5, result: { roots: [], _meta: meta("1") } });
});

test("tasks: what a Core answers of another task is not taken for this one", async () => {
  const { client, core } = scene();
  const one = client();
  const { lane, creates, answers, becomes } = core();
  one.start(lane);
  creates("1");
  one.about("tasks/get", "ns~1");
  answers("tasks/get", '"result":{"taskId":"2","status":"completed"}');
  becomes({ t: "draining", since: 0 } as never);
  const { ids, all } = await one.ids();
  assert.deepEqual([ids, all[0].status], [["ns~1"], "working"]);
});

test("tasks: a request about a task gives nobody's lease of its instance back", () => {
  const { relay, client, core } = scene();
  const [one, other] = [client(), client()];
  const { port, lane, creates, answers } = core({ serial: true });
  const entry = createLane(port, lane.policy, lane.meter);
  let released = 0;
  lane.release = () => released++;
  entry.lease = () => lane;
  one.start(entry);
  creates("1");
  assert.equal(released, 1);
  other.asks("tools/call", { name: "t" }, (request) => {
    relay.calls.begin(request, entry, undefined);
    return true;
  });
  one.about("tasks/get", "ns~1");
  answers("tasks/get", '"result":{"taskId":"1","status":"working"}');
  assert.equal(lane.running.size, 1);
  assert.equal(released, 1, "the other client's call still has it");
  answers("tools/call", '"result":{}');
  assert.equal(released, 2);
});

test("tasks: calls that are held when their Core becomes a pool get an instance of it", () => {
  const { relay, client, core } = scene();
  const one = client();
  const [before, home, instance] = [core(), core(), core({ serial: true })];
  before.becomes({ t: "starting" } as never);
  const asked = one.asks("tools/call", { name: "t" }, (request) => {
    relay.calls.begin(request, before.lane, undefined);
    return true;
  });
  assert.equal(before.lane.held.size, 1);
  const entry = createLane(home.port, home.lane.policy, home.lane.meter);
  entry.lease = () => instance.lane;
  relay.calls.move(before.lane, entry);
  assert.deepEqual([home.told.length, instance.told.length], [0, 1]);
  instance.answers("tools/call", '"result":{}');
  assert.deepEqual(one.answerTo(asked)?.result, {});
});

test("tasks: what one client is asked for its task holds up the time of no other's call", () => {
  const { relay, client, core } = scene();
  const [one, other] = [client(), client()];
  one.session.capabilities = { roots: {} };
  const { lane, creates } = core();
  one.start(lane);
  creates("1");
  const urls = new UrlElicitations();
  const asks = new Asks({
    clock: relay.clock,
    log: new LogRecord().log,
    urls,
    ownerOf,
    parks: noParks,
    waited: () => {},
  });
  const params = { _meta: { [related]: { taskId: "1" } } };
  const { bytes, record } = scanned(JSON.stringify({ jsonrpc: "2.0", id: 5, method: "roots/list", params }));
  asks.ask(lane, "roots/list", "5", { bytes, scan: record });
  assert.equal(lane.asks.size, 1);
  const late = other.asks("tools/call", { name: "t" }, (request) => {
    relay.calls.begin(request, lane, undefined);
    return true;
  });
  relay.clock.advance(2000);
  assert.equal(other.answerTo(late)?.error?.code !== undefined, true);
});

test("tasks: a call that began while its Core waited for a client is given the time from then on, not all of it", () => {
  const { relay, client, core } = scene();
  const one = client();
  const { lane } = core();
  relay.clock.advance(900);
  const asked = one.asks("tools/call", { name: "t" }, (request) => {
    relay.calls.begin(request, lane, undefined);
    return true;
  });
  // The Core had waited for its client since the start.
  relay.calls.waited(lane, 900);
  relay.clock.advance(1500);
  assert.ok(one.answerTo(asked)?.error !== undefined);
});

test("tasks: a list that is refused for its cursor leaves nothing under way in the session", async () => {
  const { client, tasks, log } = scene();
  const one = client();
  const methods = new Methods({ tasks, log: log.log } as unknown as MethodsDeps);
  for (let at = 0; at < 20; at++) {
    one.asks("tasks/list", { cursor: "x" }, (request) => {
      methods.take(request);
      return true;
    });
  }
  assert.match(one.heard.at(-1)?.error?.message ?? "", /unknown cursor/);
  assert.equal(one.session.busy, 0);
});

test("tasks: tasks that are over keep nobody from starting one, whoever they are of", () => {
  const { client, core, tasks } = scene();
  const { lane, answers } = core();
  const clients: ReturnType<typeof client>[] = [];
  for (let at = 0; at < 1024; at++) {
    if (at % 200 === 0) clients.push(client(named(String(at))));
    clients.at(-1)?.start(lane);
    answers("tools/call", `"result":{"task":{"taskId":"${at}","status":"completed","ttl":null}}`);
  }
  assert.equal(lane.tasks.size, 1024);
  assert.doesNotThrow(() => tasks.creating(client(named("late")).session, lane));
});

test("tasks: however much a Core says of a task, little of it is kept for the list", async () => {
  const { client, core } = scene();
  const one = client();
  const { lane, creates, says } = core();
  one.start(lane);
  creates("1");
  const long = "x".repeat(100_000);
  says("notifications/tasks/status", {
    taskId: "1",
    status: "completed",
    ttl: 60000,
    createdAt: long,
    statusMessage: long,
  });
  const { all } = await one.ids();
  assert.deepEqual(all, [{ taskId: "ns~1", status: "completed", ttl: 60000 }]);
});

test("tasks: those of a connection stay where a session of the modern era, of the same connection, is put out", () => {
  const { client, core, tasks } = scene();
  const { session, start } = client();
  const { lane, creates } = core();
  start(lane);
  creates("a");
  const modern = client().session;
  modern.envelope = {} as Envelope;
  modern.limitKey = session.limitKey;
  tasks.forgetSession(modern);
  assert.notEqual(tasks.find(session, "ns~a"), undefined);
});

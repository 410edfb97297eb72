import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClientCapabilities } from "../../../src/base/client-capabilities.ts";
import { Asks } from "../../../src/relay/asks.ts";
import { type Call, type ClientSession, type CorePort, createLane, type Lane } from "../../../src/relay/call.ts";
import { ownerOf } from "../../../src/relay/owner.ts";
import { UrlElicitations } from "../../../src/relay/url-elicitations.ts";
import { Session } from "../../../src/sessions/session.ts";
import { createMetrics } from "../../../src/telemetry/metrics.ts";
import { flatten, frameOfText, joined, type ReplySink, replySink } from "../../../src/wire/frame.ts";
import { createScan, scan } from "../../../src/wire/scan.ts";
import { LogRecord } from "../../helpers/core-run.ts";
import { somebody } from "../../helpers/echo-doorkeeper.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { noParks } from "../../helpers/no-parks.ts";

interface Said {
  readonly id?: unknown;
  readonly method?: string;
  // biome-ignore lint/suspicious/noExplicitAny: messages of all shapes
  readonly params?: any;
  readonly result?: unknown;
  readonly error?: { code: number; message: string };
}

/** A sink that keeps what it is sent, as it goes over the wire. */
function keeping(said: Said[], more: Partial<ReplySink> = {}): ReplySink {
  const sink = replySink((frame, splices) => {
    said.push(JSON.parse(joined(frame, splices, "", "").toString()));
    return "ok";
  });
  return { ...sink, ...more };
}

function scene(options: { readonly serial?: boolean } = {}) {
  const clock = new FakeClock();
  const waited: number[] = [];
  const urls = new UrlElicitations();
  const asks = new Asks({
    clock,
    log: new LogRecord().log,
    urls,
    ownerOf,
    parks: noParks,
    waited: (_lane, ms) => waited.push(ms),
  });
  let sessions = 0;
  const client = (capabilities: ClientCapabilities, more: Partial<ReplySink> = {}) => {
    const heard: Said[] = [];
    const session: ClientSession = new Session<Call>(`s${++sessions}`, 0, {
      principal: somebody,
      door: "websocket",
      sink: keeping(heard, more),
    });
    session.phase = "ready";
    session.capabilities = capabilities;
    const answers = (text: string) => {
      const frame = frameOfText(text);
      const record = createScan();
      assert.equal(scan(flatten(frame), record), undefined);
      if (record.kind === "response") asks.answered(session, frame, record);
      else asks.progress(session, frame, record);
    };
    return { session, heard, answers };
  };
  const core = (owner?: ClientSession) => {
    const told: Said[] = [];
    const port: CorePort = {
      name: "a core",
      era: "legacy",
      namespace: "ns",
      state: { t: "up", since: 0 },
      heardMs: 0,
      capabilities: {},
      request: () => Promise.reject(new Error("nothing is asked of it")),
      nextId: () => 1,
      watch: () => {},
      send: keeping(told).send,
    };
    const policy = {
      timeoutMs: 1000,
      maxTimeoutMs: 1000,
      serial: options.serial === true,
      roots: undefined,
      label: "ns",
      keepsTasks: true,
      uriPrefix: undefined,
    };
    const lane: Lane = createLane(port, policy, createMetrics({ version: "0", node: "0" }).forCore("a core"), owner);
    const says = (text: string) => {
      const frame = frameOfText(text);
      const record = createScan();
      const bytes = flatten(frame);
      assert.equal(scan(bytes, record), undefined);
      if (record.kind === "notification") return asks.cancelled(lane, frame, bytes, record);
      const method = JSON.parse(text).method as string;
      asks.ask(lane, method, bytes.toString("latin1", record.idStart, record.idEnd), { bytes, scan: record });
      return true;
    };
    return { lane, told, says };
  };
  return { clock, asks, urls, waited, client, core };
}

const roots = (id: string) => `{"jsonrpc":"2.0","id":${id},"method":"roots/list"}`;

/** A call of this session that the Core runs, as far as owners are concerned. */
function running(lane: Lane, session: ClientSession, hubId: number, replies: ReplySink = session.sink): void {
  lane.running.set(hubId, { session, replies, hubId } as Call);
}

test("asks: a question goes to the owner under the hub's id, and the answer comes back under the Core's, both as they were written", () => {
  const { client, core, asks } = scene();
  const { session, heard, answers } = client({ roots: {} });
  const { lane, told, says } = core(session);
  says(roots('"a\\u0062"'));
  assert.deepEqual(heard, [{ jsonrpc: "2.0", id: 1, method: "roots/list" }]);
  answers('{"jsonrpc":"2.0","id":1,"result":{"roots":[]}}');
  assert.deepEqual(told, [{ jsonrpc: "2.0", id: "ab", result: { roots: [] } }]);
  assert.deepEqual([lane.asks.size, asks.open], [0, 0]);
});

test("asks: an answer counts once, and only from the client that was asked", () => {
  const { client, core } = scene();
  const [one, other] = [client({ roots: {} }), client({ roots: {} })];
  const [mine, theirs] = [core(one.session), core(other.session)];
  mine.says(roots("7"));
  theirs.says(roots("7"));
  other.answers('{"jsonrpc":"2.0","id":2,"result":{"guessed":true}}');
  other.answers('{"jsonrpc":"2.0","id":1,"result":{"mine":true}}');
  other.answers('{"jsonrpc":"2.0","id":1,"result":{"twice":true}}');
  one.answers('{"jsonrpc":"2.0","id":"1","result":{"text":true}}');
  assert.deepEqual(mine.told, []);
  assert.deepEqual(theirs.told, [{ jsonrpc: "2.0", id: 7, result: { mine: true } }]);
});

test("asks: a shared Core is told that nobody can be asked, and what to set", () => {
  const { client, core } = scene();
  const { session, heard } = client({ roots: {} });
  const { lane, told, says } = core();
  running(lane, session, 1);
  says(roots("0"));
  assert.equal(told[0]?.id, 0);
  assert.equal(told[0]?.error?.code, -32601);
  assert.match(told[0]?.error?.message ?? "", /isolation: session/);
  assert.deepEqual(heard, []);
});

test("asks: what a client has not declared it is not asked", () => {
  const { client, core } = scene();
  const { session, heard } = client({ elicitation: { url: {} }, sampling: {} });
  const { told, says } = core(session);
  const ask = (method: string, params: object) => {
    says(JSON.stringify({ jsonrpc: "2.0", id: told.length + heard.length, method, params }));
    return told.at(-1)?.error?.code;
  };
  assert.equal(ask("roots/list", {}), -32601);
  assert.equal(ask("elicitation/create", { message: "m", requestedSchema: {} }), -32602);
  assert.equal(ask("elicitation/create", { mode: "spoken", message: "m" }), -32602);
  assert.equal(ask("sampling/createMessage", { messages: [], tools: [] }), -32602);
  assert.deepEqual(heard, []);
  ask("elicitation/create", { mode: "url", message: "m", url: "https://x", elicitationId: "e" });
  ask("sampling/createMessage", { messages: [] });
  assert.deepEqual(
    heard.map(({ method }) => method),
    ["elicitation/create", "sampling/createMessage"],
  );
});

test("asks: a client that names no mode of elicitation is asked for forms", () => {
  const { client, core } = scene();
  const { session, heard } = client({ elicitation: {} });
  const { says } = core(session);
  says('{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{"message":"who?","requestedSchema":{}}}');
  assert.equal(heard[0]?.params.message, "[ns] who?");
});

test("asks: a Core that has one call at a time asks that call's client, on that call's stream", () => {
  const { client, core } = scene({ serial: true });
  const { session, heard } = client({ roots: {} });
  const { lane, told, says } = core();
  const stream: Said[] = [];
  says(roots("1"));
  assert.equal(told[0]?.error?.code, -32601, "nothing runs");
  running(lane, session, 5, keeping(stream));
  says(roots("2"));
  assert.deepEqual([stream.length, heard.length], [1, 0]);
});

test("asks: a client that can hear only on its call's streams is asked there", () => {
  const { client, core } = scene();
  const { session, heard } = client({ roots: {} }, { isHeard: false });
  const { lane, says } = core(session);
  const [older, newer]: [Said[], Said[]] = [[], []];
  running(lane, session, 5, keeping(older));
  running(lane, session, 6, keeping(newer));
  says(roots("1"));
  assert.deepEqual([heard.length, older.length, newer.length], [0, 0, 1]);
});

test("asks: a client whose response cannot carry a question is asked on its stream, or not at all", () => {
  const { client, core } = scene();
  const closed = replySink(() => "closed");
  const listening = client({ roots: {} }, { isHeard: true });
  const first = core(listening.session);
  running(first.lane, listening.session, 1, closed);
  first.says(roots("1"));
  assert.equal(listening.heard.length, 1);
  const deaf = client({ roots: {} }, { isHeard: false });
  const second = core(deaf.session);
  running(second.lane, deaf.session, 1, closed);
  second.says(roots("1"));
  assert.equal(second.told[0]?.error?.code, -32603);
  assert.equal(second.lane.asks.size, 0);
});

test("asks: a question that no stream carries is given up soon, one that nobody answers after ten minutes", () => {
  const { client, core, clock } = scene();
  const absent = client({ roots: {} }, { isHeard: false });
  const silent = client({ roots: {} });
  const [first, second] = [core(absent.session), core(silent.session)];
  first.says(roots("1"));
  second.says(roots("1"));
  clock.advance(11_000);
  assert.match(first.told[0]?.error?.message ?? "", /no stream/);
  assert.deepEqual(second.told, []);
  clock.advance(600_000);
  assert.match((second.told as Said[])[0]?.error?.message ?? "", /did not answer within 10 minutes/);
  assert.deepEqual(silent.heard[1], {
    jsonrpc: "2.0",
    method: "notifications/cancelled",
    params: { requestId: 1, reason: "timed out" },
  });
  assert.equal(clock.timers, 0);
});

test("asks: a Core takes its question back in its own words, and an answer that comes later is nothing", () => {
  const { client, core } = scene();
  const { session, heard, answers } = client({ roots: {} });
  const { told, says } = core(session);
  says(roots('"q"'));
  const cancel = (id: string) =>
    says(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id},"reason":"never mind"}}`);
  assert.equal(cancel('"another"'), false);
  assert.equal(cancel('"q"'), true);
  assert.deepEqual(heard[1]?.params, { requestId: 1, reason: "never mind" });
  answers('{"jsonrpc":"2.0","id":1,"result":{}}');
  assert.deepEqual(told, []);
});

test("asks: progress on a question goes back under the Core's token, of the same type", () => {
  const { client, core } = scene();
  const { session, heard, answers } = client({ sampling: {} });
  const { told, says } = core(session);
  says(
    '{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{"messages":[],"_meta":{"progressToken":"0"}}}',
  );
  const [question] = heard;
  assert.deepEqual(question?.params, { messages: [], _meta: { progressToken: question?.id } });
  const progress = (token: unknown) =>
    answers(JSON.stringify({ jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: token } }));
  progress(question?.id);
  progress(99);
  assert.deepEqual(told, [{ jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: "0" } }]);
});

test("asks: a client that leaves takes its questions with it, and their Cores hear why", () => {
  const { client, core, asks } = scene();
  const { session } = client({ roots: {} });
  const { lane, told, says } = core(session);
  says(roots("1"));
  says(roots("2"));
  asks.dropSession(session);
  assert.deepEqual(
    told.map(({ id, error }) => [id, error?.code]),
    [
      [1, -32603],
      [2, -32603],
    ],
  );
  assert.equal(lane.asks.size, 0);
});

test("asks: a Core that asks a thousand things at once is answered each time, and its client asked no more than it can bear", () => {
  const { client, core, asks } = scene();
  const { session, heard } = client({ roots: {} });
  const { told, says } = core(session);
  for (let id = 0; id < 1000; id++) says(roots(String(id)));
  assert.deepEqual([heard.length, told.length, asks.open], [64, 936, 64]);
  assert.match(told[0]?.error?.message ?? "", /too many/);
});

test("asks: an id that is in use is refused, and the question under it stays", () => {
  const { client, core, asks } = scene();
  const { session } = client({ roots: {} });
  const { told, says } = core(session);
  says(roots("1"));
  says(roots("1"));
  assert.equal(told[0]?.error?.code, -32600);
  assert.equal(asks.open, 1);
});

test("asks: the time that a client takes is given to the calls, of questions that overlap once", () => {
  const { client, core, clock, waited } = scene();
  const { session, answers } = client({ roots: {} });
  const { says } = core(session);
  says(roots("1"));
  clock.advance(100);
  says(roots("2"));
  clock.advance(200);
  answers('{"jsonrpc":"2.0","id":1,"result":{}}');
  assert.deepEqual(waited, []);
  clock.advance(300);
  answers('{"jsonrpc":"2.0","id":2,"result":{}}');
  assert.deepEqual(waited, [600]);
});

test("url elicitations: ids of two Cores are told apart, and the end of one is heard by who was asked, once", () => {
  const { client, core, urls } = scene();
  const { session, heard } = client({ elicitation: { url: {} } });
  const { lane, says } = core(session);
  says(
    '{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{"mode":"url","message":"m","url":"https://x","elicitationId":"e1"}}',
  );
  assert.equal(heard[0]?.params.elicitationId, "ns~e1");
  const done = (text: string) => {
    const record = createScan();
    const bytes = Buffer.from(text);
    scan(bytes, record);
    return urls.done(lane, bytes, record);
  };
  const complete = (id: string) =>
    done(`{"jsonrpc":"2.0","method":"notifications/elicitation/complete","params":{"elicitationId":"${id}"}}`);
  assert.equal(complete("e2"), undefined);
  assert.equal(complete("e1")?.session, session);
  assert.equal(complete("e1"), undefined);
});

test("url elicitations: the error that asks for a web page first has its ids told apart as well", () => {
  const { client, core, urls } = scene();
  const { session } = client({});
  const { lane } = core();
  const read = (text: string) => {
    const frame = frameOfText(text);
    const record = createScan();
    scan(flatten(frame), record);
    return joined(frame, urls.required({ lane, session }, frame, record), "", "").toString();
  };
  const error = (code: number, id: string) =>
    `{"jsonrpc":"2.0","id":1,"error":{"code":${code},"message":"m","data":{"elicitations":[{"mode":"url","elicitationId":"${id}"}]}}}`;
  assert.equal(read(error(-32042, "e1")), error(-32042, "ns~e1"));
  assert.equal(read(error(-32000, "e1")), error(-32000, "e1"));
});

test("asks: what a client answers that is no response by JSON-RPC ends the question with an error to the Core", () => {
  for (const answer of ['"result":"yes"', '"result":[]', '"error":{"code":"x","message":"no"}', '"error":{"code":1}']) {
    const { client, core, asks } = scene();
    const { session, answers } = client({ roots: {} });
    const { told, says } = core(session);
    says(roots("1"));
    answers(`{"jsonrpc":"2.0","id":1,${answer}}`);
    assert.match(told[0]?.error?.message ?? "", /no JSON-RPC response/, answer);
    assert.deepEqual([told.length, asks.open, asks.outcomes.get("answered")], [1, 0, 1]);
  }
});

test("asks: a Core that asks all that it may leaves room for what other Cores ask the same client", () => {
  const { client, core } = scene();
  const { session, heard } = client({ roots: {} });
  const [flood, quiet] = [core(session), core(session)];
  for (let id = 0; id < 100; id++) flood.says(roots(String(id)));
  const before = heard.length;
  quiet.says(roots("1"));
  assert.equal(heard.length, before + 1);
  assert.deepEqual(quiet.told, []);
});

test("asks: who comes back after its client left hears of the end of the web page that it is told of again", () => {
  const { client, core, urls } = scene();
  const [left, back] = [client({}), client({})];
  const { lane } = core();
  const params = Buffer.from('{"elicitationId":"e"}');
  const done = Buffer.from(
    '{"jsonrpc":"2.0","method":"notifications/elicitation/complete","params":{"elicitationId":"e"}}',
  );
  const record = createScan();
  assert.equal(scan(done, record), undefined);
  urls.asked(lane, left.session, params, { start: 0, end: params.length });
  left.session.phase = "closed";
  urls.asked(lane, back.session, params, { start: 0, end: params.length });
  assert.equal(urls.done(lane, done, record)?.session, back.session);
});

for (const method of ["__proto__", "constructor", "hasOwnProperty", "__defineGetter__"]) {
  test(`asks: ${method} is a method like any other that the hub has no rule for`, () => {
    const { client, core } = scene();
    const { session, heard } = client({ roots: {}, experimental: { secret: 1 } });
    const { told, says } = core(session);
    assert.doesNotThrow(() => says(JSON.stringify({ jsonrpc: "2.0", id: 1, method })));
    assert.deepEqual(told, []);
    assert.equal(heard[0]?.method, method);
  });
}

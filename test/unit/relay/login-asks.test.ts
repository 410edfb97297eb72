// Calls that wait for a login: how many may, and how they go on: by way of the limits, once, unless they are taken back before.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HubError } from "../../../src/base/errors.ts";
import type { LimitSettings } from "../../../src/gates/limited.ts";
import type { Lane } from "../../../src/relay/call.ts";
import { LoginAsks } from "../../../src/relay/login-asks.ts";
import { frameOfText } from "../../../src/wire/frame.ts";
import { LogRecord } from "../../helpers/core-run.ts";
import { somebody } from "../../helpers/echo-doorkeeper.ts";
import { LaneScene, scanned } from "../../helpers/lane-scene.ts";

const mib = 1024 * 1024;
const retryAtMs = Number.POSITIVE_INFINITY;
const needsLogin = { t: "backoff", since: 0, code: "login_needed", reason: "needs a login", retryAtMs } as const;
/** Longer than it takes promises to be told. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function scene(limits?: Partial<LimitSettings>) {
  const lanes = new LaneScene(limits);
  let signedIn = () => {};
  const done = new Promise<void>((resolve) => {
    signedIn = resolve;
  });
  const { lines, log } = new LogRecord();
  let hasPage = true;
  const asks = new LoginAsks({
    ...{ clock: lanes.clock, log, calls: lanes.calls, inputRequired: () => undefined },
    logins: {
      has: () => true,
      standIns: () => [],
      signIn: async () => {
        if (!hasPage) throw new HubError("login_needed", "there is no page");
        return { url: "https://hub.example/p", done };
      },
    },
  });
  const core = lanes.core();
  core.becomes(needsLogin);
  let people = 0;
  const client = () => {
    const name = `person ${++people}`;
    const made = lanes.client({ elicitation: { url: {} } }, { ...somebody, id: name, name, shared: false });
    made.session.revision = "2025-11-25";
    const call = (size = 0, lane: Lane = core.lane) => {
      const request = made.request("tools/call", { name: "look", arguments: { text: "x".repeat(size) } });
      const hook = asks.hook(core.port.name, made.session);
      lanes.calls.begin(request, lane, undefined, hook === undefined ? undefined : [hook]);
      return Number(request.idText);
    };
    const cancel = (id: number) => {
      const text = `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id}}}`;
      const { record } = scanned(text);
      const range = { start: record.requestIdStart, end: record.requestIdEnd };
      lanes.calls.cancel(made.session, String(id), frameOfText(text), range);
    };
    const answersTo = (id: number) => made.heard.filter((said) => said.id === id && said.method === undefined);
    return { ...made, call, cancel, answersTo };
  };
  /** The person signs in, and the Core is up. */
  const signIn = async () => {
    core.becomes({ t: "up", since: 0 });
    signedIn();
    await turn();
  };
  const asked = () => core.told.filter(({ method }) => method === "tools/call");
  const load = () => [...lanes.calls.admission.loads()].map(({ inUse, queued }) => [inUse, queued]);
  const noPage = () => {
    hasPage = false;
  };
  return { lanes, core, client, signIn, asked, load, lines, noPage };
}

type Refusal = { readonly code: number; readonly data: Record<string, unknown> } | undefined;

test("login asks: 64 calls of a client wait for a login, and further ones are told to come back, once", async () => {
  const { client, signIn, asked } = scene();
  const [ann, bob] = [client(), client()];
  const ids = Array.from({ length: 65 }, () => ann.call());
  const others = bob.call();
  await turn();
  const [refused, ...more] = ann.answersTo(ids[64] ?? 0);
  assert.deepEqual(more, []);
  const { code, data } = (refused?.error as Refusal) ?? { code: 0, data: {} };
  assert.deepEqual([code, data["limit"], data["retry_after_ms"]], [-32054, "client", 5000]);
  assert.deepEqual(ann.answersTo(ids[63] ?? 0), []);
  assert.deepEqual(bob.answersTo(others), []);
  ann.cancel(ids[0] ?? 0);
  const next = ann.call();
  await turn();
  assert.deepEqual(ann.answersTo(next), [], "there is room for one again");
  await signIn();
  assert.equal(asked().length, 65);
});

test("login asks: what waits is bounded in bytes as well, and in all", async () => {
  const { client } = scene();
  const ann = client();
  const [first, second] = [ann.call(9 * mib), ann.call(9 * mib)];
  await turn();
  assert.deepEqual(ann.answersTo(first), []);
  assert.equal((ann.answersTo(second)[0]?.error as Refusal)?.data["limit"], "client");
  for (let count = 0; count < 6; count++) client().call(9 * mib);
  const last = client();
  const id = last.call(9 * mib);
  await turn();
  assert.equal((last.answersTo(id)[0]?.error as Refusal)?.data["limit"], "memory");
});

test("login asks: calls that go on pass the limits as any other, and each is answered once", async () => {
  const { client, core, signIn, asked, load } = scene({ maxConcurrency: 2, maxQueue: 100 });
  const ann = client();
  const ids = Array.from({ length: 5 }, () => ann.call());
  await turn();
  assert.deepEqual(load(), [[0, 0]]);
  await signIn();
  for (const count of [2, 3, 4]) {
    assert.equal(asked().length, count);
    assert.equal(load()[0]?.[0], 2);
    core.answers("tools/call", '"result":{}');
  }
  core.answers("tools/call", '"result":{}');
  assert.equal(asked().length, 5);
  assert.deepEqual(
    ids.map((id) => ann.answersTo(id).length),
    [0, 1, 1, 1, 1],
  );
  assert.deepEqual(load(), [[1, 0]]);
});

test("login asks: a call is taken back while it waits for the login, and while it waits for its place", async () => {
  const { client, core, signIn, asked, load, lanes } = scene({ maxConcurrency: 1, maxQueue: 100 });
  const ann = client();
  const [first, second, third, fourth] = [ann.call(), ann.call(), ann.call(), ann.call()];
  await turn();
  ann.cancel(first);
  await signIn();
  assert.equal(asked().length, 1, "the second");
  ann.cancel(third);
  core.answers("tools/call", '"result":{"of":"second"}');
  assert.equal(asked().length, 2, "the fourth");
  core.answers("tools/call", '"result":{"of":"fourth"}');
  assert.deepEqual(
    [first, second, third, fourth].map((id) => ann.answersTo(id).map(({ result }) => result?.of)),
    [[], ["second"], [], ["fourth"]],
  );
  assert.deepEqual(load(), [[0, 0]]);
  // That of the log is the last to go.
  lanes.clock.advance(10_000);
  assert.equal(lanes.clock.timers, 0);
});

test("login asks: a client that leaves takes its calls along from both places", async () => {
  const { client, signIn, asked, load } = scene({ maxConcurrency: 1, maxQueue: 100 });
  const [ann, bob] = [client(), client()];
  for (const one of [ann, bob, ann]) one.call();
  await turn();
  bob.leave();
  await signIn();
  assert.equal(asked().length, 1);
  ann.leave();
  assert.deepEqual(load(), [[0, 0]]);
  assert.equal(asked().length, 1);
});

test("login asks: a call has no instance of a pool while it waits, and the one that is free when it goes on", async () => {
  const { lanes, core, client, signIn, asked } = scene();
  const entry = lanes.core().lane;
  const lent: string[] = [];
  entry.lease = () => {
    lent.push("lent");
    return core.lane;
  };
  core.lane.release = () => lent.push("back");
  const ann = client();
  const id = ann.call(0, entry);
  await turn();
  assert.deepEqual(lent, ["lent", "back"]);
  await signIn();
  assert.deepEqual(lent, ["lent", "back", "lent"]);
  assert.equal(asked().length, 1);
  core.answers("tools/call", '"result":{}');
  assert.deepEqual(lent, ["lent", "back", "lent", "back"]);
  assert.equal(ann.answersTo(id).length, 1);
});

test("login asks: calls without an end that nobody has a page for are told so each, and the log every ten seconds", async () => {
  const { lanes, client, lines, noPage } = scene();
  noPage();
  const ann = client();
  for (let count = 0; count < 50; count++) client().call();
  const own = ann.call();
  await turn();
  assert.equal(ann.answersTo(own)[0]?.error?.code, -32061);
  const times = () => lines.splice(0).flatMap((line) => (line.msg === "login_not_offered" ? [line["times"]] : []));
  assert.deepEqual(times(), [1]);
  lanes.clock.advance(10_000);
  assert.deepEqual(times(), [50]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Call } from "../../../src/relay/call.ts";
import { Changes } from "../../../src/relay/changes.ts";
import { Session } from "../../../src/sessions/session.ts";
import { flatten, replySink } from "../../../src/wire/frame.ts";
import { catalogOf, profiles, source } from "../../helpers/catalog-sources.ts";
import { LogRecord } from "../../helpers/core-run.ts";
import { somebody } from "../../helpers/echo-doorkeeper.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

function scene() {
  const clock = new FakeClock();
  const record = new LogRecord();
  const told: string[] = [];
  const session = new Session<Call>("s1", 0, {
    principal: somebody,
    door: "websocket",
    sink: replySink((frame) => {
      told.push(JSON.parse(flatten(frame).toString()).method);
      return "ok";
    }),
  });
  session.phase = "ready";
  const names: string[] = [];
  const asked = { profile: "default" };
  const changes = new Changes({
    clock,
    log: record.log,
    build: (previous) => catalogOf([source("a", { listTools: names.map((name) => ({ name })) })], undefined, previous),
    sessions: () => [session],
    callerOf: ({ principal, askedProfile }) => ({ ...principal, profile: profiles.get(askedProfile ?? asked.profile) }),
  });
  return {
    clock,
    record,
    told,
    session,
    changes,
    names,
    asked,
    add: (name: string) => {
      names.push(name);
      changes.refresh();
    },
    list: () => session.wasServed("tools", changes.catalog.view(somebody).list("tools").first),
  };
}

test("changes: a session hears of a list that changed, once, when things are quiet", () => {
  const { clock, told, add } = scene();
  add("one");
  add("two");
  assert.deepEqual(told, []);
  clock.advance(100);
  assert.deepEqual(told, ["notifications/tools/list_changed"]);
  assert.equal(clock.timers, 0);
});

test("changes: a session that was served the new list meanwhile is not told of it", () => {
  const { clock, told, add, list } = scene();
  add("one");
  list();
  clock.advance(100);
  assert.deepEqual(told, []);
  add("two");
  clock.advance(100);
  assert.deepEqual(told, ["notifications/tools/list_changed"], "the next change is told again");
});

test("changes: a session that was served a list is not told when another catalog has the same one", () => {
  const { clock, told, add, list, names, changes } = scene();
  add("one");
  list();
  // Gone, and back before anybody was told.
  names.pop();
  changes.refresh();
  add("one");
  clock.advance(100);
  assert.deepEqual(told, []);
});

test("changes: a session that was served a list which changed once more is told", () => {
  const { clock, told, add, list } = scene();
  add("one");
  list();
  add("two");
  clock.advance(100);
  assert.deepEqual(told, ["notifications/tools/list_changed"]);
});

test("changes: a session that was served a list which was taken back before anybody was told is told", () => {
  const { clock, told, add, list, names, changes } = scene();
  add("one");
  clock.advance(100);
  told.length = 0;
  add("two");
  list();
  names.pop();
  changes.refresh();
  clock.advance(100);
  assert.deepEqual(told, ["notifications/tools/list_changed"]);
  add("three");
  list();
  add("four");
  list();
  names.pop();
  changes.refresh();
  clock.advance(100);
  assert.deepEqual(told.slice(1), ["notifications/tools/list_changed"], "one that it was served before the last one");
});

test("changes: what the lists lose is logged once", () => {
  const { clock, record, add } = scene();
  add("one");
  add("one");
  clock.advance(100);
  add("two");
  clock.advance(100);
  const lines = record.lines.filter(({ msg }) => msg === "list_entry_left_out");
  assert.deepEqual(
    lines.map(({ core, note }) => [core, note]),
    [["a", 'tool "one" is listed twice; the first one counts']],
  );
});

test("changes: a session whose caller has other rules hears of what that changes", () => {
  const { clock, told, session, changes, add } = scene();
  add("one");
  clock.advance(100);
  told.length = 0;
  changes.become(session, { ...somebody });
  changes.refresh();
  clock.advance(100);
  assert.deepEqual(told, [], "another principal that sees the same");
  changes.become(session, { ...somebody, allow: [] });
  changes.become(session, { ...somebody, deny: ["a.*"] });
  changes.refresh();
  clock.advance(100);
  assert.deepEqual(told, ["notifications/tools/list_changed"]);
});

test("changes: a session whose profile is another one hears of the lists that it changes", () => {
  const { clock, told, session, changes, add, asked } = scene();
  add("one.two");
  clock.advance(100);
  told.length = 0;
  const anew = (profile: string) => {
    asked.profile = profile;
    changes.become(session, somebody);
    changes.refresh();
    clock.advance(100);
    return told.splice(0);
  };
  assert.deepEqual(anew("claude"), [], "a profile with the same names");
  assert.deepEqual(anew("cursor"), [], "short enough for this one, too");
  add("x".repeat(50));
  clock.advance(100);
  told.length = 0;
  assert.deepEqual(anew("claude"), ["notifications/tools/list_changed"]);
});

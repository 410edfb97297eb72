import assert from "node:assert/strict";
import { test } from "node:test";
import { HubError } from "../../../src/base/errors.ts";
import { type CoreLists, emptyLists, kindsChangedBy, ListKeeper, listCaps } from "../../../src/cores/lists.ts";
import { LogRecord } from "../../helpers/core-run.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

type Answer = (cursor: string | undefined) => string | Promise<string>;

function open(answers: Record<string, Answer>, previous?: CoreLists) {
  const clock = new FakeClock();
  const record = new LogRecord();
  const asked: string[] = [];
  const told: CoreLists[] = [];
  const request = async (method: string, params: object | undefined) => {
    asked.push(method);
    const answer = answers[method];
    if (answer === undefined) throw new HubError("internal", `refused ${method}`, { core_error: -32601 });
    return Buffer.from(await answer((params as { cursor?: string } | undefined)?.cursor));
  };
  const keeper = new ListKeeper({ clock, log: record.log, request }, previous, (lists) => told.push(lists));
  return { clock, record, asked, told, keeper };
}

const texts = (items: readonly { bytes: Buffer }[]) => items.map((item) => item.bytes.toString());
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("lists: entries are kept byte for byte, in order, over all pages", async () => {
  const odd = '{ "name" : "a", "n": 9007199254740993, "n":1e400 }';
  const { keeper } = open({
    "tools/list": (cursor) =>
      cursor === undefined
        ? `{"nextCursor":"p\\u00322","tools":[${odd},{"name":"b"}]}`
        : `{"tools":[{"c":"${cursor}"}]}`,
  });
  const lists = await keeper.readAll({ tools: {} });
  assert.deepEqual(texts(lists.tools), [odd, '{"name":"b"}', '{"c":"p22"}']);
});

test("lists: only what is declared is asked for", async () => {
  const { keeper, asked } = open({ "prompts/list": () => '{"prompts":[]}' });
  assert.deepEqual(await keeper.readAll({ prompts: {}, logging: {}, tools: null }), emptyLists);
  assert.deepEqual(asked, ["prompts/list"]);
});

test("lists: resources without templates are usual, and said at debug only", async () => {
  const { keeper, record } = open({ "resources/list": () => '{"resources":[{"uri":"a:b"}]}' });
  const lists = await keeper.readAll({ resources: {} });
  assert.equal(lists.resources.length, 1);
  assert.deepEqual(
    record.lines.map((line) => line.level),
    ["debug"],
  );
});

test("lists: a list that is refused or cannot be read keeps its last known content", async () => {
  const known = {
    ...emptyLists,
    tools: [{ bytes: Buffer.from('{"name":"old"}') }],
    prompts: [{ bytes: Buffer.from("1") }],
  };
  const { keeper, record } = open({ "prompts/list": () => '{"prompts":"none"}' }, known);
  const lists = await keeper.readAll({ tools: {}, prompts: {} });
  assert.deepEqual(lists, known);
  assert.deepEqual(
    record.lines.map((line) => [line.msg, line["list"]]),
    [
      ["core_list_failed", "tools/list"],
      ["core_list_failed", "prompts/list"],
    ],
  );
});

test("lists: no answer at all is the caller's to judge", async () => {
  const { keeper } = open({ "tools/list": () => Promise.reject(new HubError("core_timeout", "no answer")) });
  await assert.rejects(keeper.readAll({ tools: {} }), /no answer/);
});

test("lists: pages, entries and bytes are capped, and the log says so", async () => {
  const endless = open({ "tools/list": (cursor) => `{"tools":[{}],"nextCursor":"${Number(cursor ?? 0) + 1}"}` });
  assert.equal((await endless.keeper.readAll({ tools: {} })).tools.length, listCaps.pages);
  await endless.record.line("core_list_cut");

  const many = open({
    "tools/list": () =>
      `{"tools":[${Array(listCaps.items + 1)
        .fill("1")
        .join(",")}]}`,
  });
  assert.equal((await many.keeper.readAll({ tools: {} })).tools.length, listCaps.items);
  await many.record.line("core_list_cut");

  const fat = JSON.stringify("x".repeat(5 * 1024 * 1024));
  const heavy = open({ "tools/list": () => `{"tools":[${[fat, fat, fat, fat].join(",")}]}` });
  assert.equal((await heavy.keeper.readAll({ tools: {} })).tools.length, 3);
  await heavy.record.line("core_list_cut");
});

test("lists: many notifications cost one reading, those during it one more", async () => {
  let n = 0;
  let release: () => void = () => {};
  const { clock, keeper, asked, told } = open({
    "tools/list": async () => {
      if (n > 0) await new Promise<void>((resolve) => (release = resolve));
      return `{"tools":[${n++}]}`;
    },
  });
  await keeper.readAll({ tools: {} });
  for (let i = 0; i < 10; i++) keeper.outdated(["tools"]);
  clock.advance(100);
  await settled();
  for (let i = 0; i < 10; i++) keeper.outdated(["tools"]);
  release();
  await settled();
  assert.deepEqual(
    told.map((lists) => texts(lists.tools)),
    [["1"]],
  );
  clock.advance(100);
  await settled();
  release();
  await settled();
  assert.deepEqual(
    told.map((lists) => texts(lists.tools)),
    [["1"], ["2"]],
  );
  assert.equal(asked.length, 3);
  assert.equal(clock.timers, 0);
});

test("lists: a change during the first reading is read after it", async () => {
  let n = 0;
  const { clock, keeper, told } = open({
    "tools/list": () => {
      keeper.outdated(["tools"]);
      return `{"tools":[${Math.min(n++, 1)}]}`;
    },
  });
  const first = await keeper.readAll({ tools: {} });
  assert.deepEqual(texts(first.tools), ["0"]);
  clock.advance(100);
  await settled();
  assert.deepEqual(
    told.map((lists) => texts(lists.tools)),
    [["1"]],
  );
  keeper.close();
});

test("lists: a reading that brings nothing new is not told", async () => {
  const { clock, keeper, told } = open({ "tools/list": () => '{"tools":[1]}' });
  await keeper.readAll({ tools: {} });
  keeper.outdated(["tools", "prompts"]);
  clock.advance(100);
  await settled();
  assert.deepEqual(told, []);
});

test("lists: notifications name the lists they concern", () => {
  assert.deepEqual(kindsChangedBy("notifications/resources/list_changed"), ["resources", "templates"]);
  assert.equal(kindsChangedBy("notifications/resources/updated"), undefined);
});

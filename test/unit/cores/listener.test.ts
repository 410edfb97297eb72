import assert from "node:assert/strict";
import { test } from "node:test";
import { HubError } from "../../../src/base/errors.ts";
import { Listener, type ListenFilter } from "../../../src/cores/listener.ts";
import { CoreRefusal } from "../../../src/cores/own-requests.ts";
import { LogRecord } from "../../helpers/core-run.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

const everything = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
};
const toolsOnly = { tools: { listChanged: true }, prompts: {}, resources: { listChanged: true } };

interface Asked {
  readonly id: number;
  readonly filter: ListenFilter;
  end(): Promise<void>;
  fail(error: Error): Promise<void>;
}

class Scene {
  readonly clock = new FakeClock();
  readonly record = new LogRecord();
  readonly asked: Asked[] = [];
  readonly takenBack: number[] = [];
  readonly begun: [ListenFilter, boolean][] = [];
  readonly listener: Listener;

  constructor(
    capabilities: Record<string, unknown> = toolsOnly,
    uris: readonly string[] = [],
    taskIds: readonly string[] = [],
  ) {
    this.listener = new Listener(
      {
        clock: this.clock,
        log: this.record.log,
        open: ({ notifications }) => {
          const id = this.asked.length + 1;
          let end = () => {};
          let fail: (error: Error) => void = () => {};
          const answer = new Promise<void>((resolve, reject) => {
            end = resolve;
            fail = reject;
          });
          this.asked.push({
            id,
            filter: notifications,
            end: () => {
              end();
              return settled();
            },
            fail: (error) => {
              fail(error);
              return settled();
            },
          });
          return { id, answer };
        },
        takeBack: (id) => this.takenBack.push(id),
        begun: (filter, isFirst) => this.begun.push([filter, isFirst]),
      },
      capabilities,
    );
    this.listener.start({ resourceSubscriptions: new Set(uris), taskIds: new Set(taskIds) });
  }

  /** What was asked for last. */
  get last(): Asked {
    return this.asked.at(-1) as Asked;
  }

  acknowledge(honoured: ListenFilter = this.last.filter): void {
    this.listener.acknowledged(this.last.id, honoured);
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const lists = { toolsListChanged: true, resourcesListChanged: true } as const;

test("listener: what the Core declares is asked for, and nothing of a Core that declares nothing", () => {
  assert.deepEqual(new Scene(toolsOnly, ["a:b"]).last.filter, lists);
  assert.deepEqual(new Scene(everything, ["a:b"]).last.filter, {
    ...lists,
    promptsListChanged: true,
    resourceSubscriptions: ["a:b"],
  });
  assert.equal(new Scene({ tools: {}, prompts: { listChanged: false } }, ["a:b"]).asked.length, 0);
});

test("listener: other resources come on a stream beside, and the old one goes when that is acknowledged", () => {
  const scene = new Scene({ resources: { subscribe: true } });
  assert.equal(scene.asked.length, 0);
  scene.listener.watch(new Set(["a:1"]));
  scene.clock.advance(49);
  scene.listener.watch(new Set(["a:1", "a:2"]));
  scene.clock.advance(50);
  assert.deepEqual(
    scene.asked.map(({ filter }) => filter.resourceSubscriptions),
    [["a:1", "a:2"]],
  );
  assert.equal(scene.listener.isStanding(1), false);
  scene.acknowledge();
  assert.equal(scene.listener.isStanding(1), true);
  scene.listener.watch(new Set(["a:2"]));
  scene.clock.advance(50);
  assert.deepEqual(scene.takenBack, []);
  assert.equal(scene.listener.isStanding(1), true);
  scene.acknowledge();
  assert.deepEqual(scene.takenBack, [1]);
  assert.equal(scene.listener.isStanding(2), true);
  // Who waits for these heard nothing of what changed before the Core knew of it.
  assert.deepEqual(scene.begun, [
    [{ resourceSubscriptions: ["a:1", "a:2"] }, true],
    [{ resourceSubscriptions: ["a:1", "a:2"] }, false],
  ]);
  // Nothing is wanted any more.
  scene.listener.watch(new Set());
  scene.clock.advance(50);
  assert.deepEqual(scene.takenBack, [1, 2]);
  assert.equal(scene.asked.length, 2);
});

test("listener: tasks are listened for where the Core has them, and those that are new on a stream are asked after", () => {
  const extension = { extensions: { "io.modelcontextprotocol/tasks": {} } };
  const without = new Scene({}, [], ["t1"]);
  assert.equal(without.asked.length, 0);
  const scene = new Scene({ ...extension, resources: { subscribe: true } }, ["a:1"], ["t1"]);
  assert.deepEqual(scene.last.filter, { resourceSubscriptions: ["a:1"], taskIds: ["t1"] });
  scene.acknowledge();
  scene.listener.watch(new Set(["t1", "t2"]), "taskIds");
  scene.clock.advance(50);
  scene.acknowledge();
  assert.deepEqual(scene.begun.at(-1), [{ taskIds: ["t2"] }, false]);
  assert.deepEqual(scene.last.filter, { resourceSubscriptions: ["a:1"], taskIds: ["t1", "t2"] });
  scene.listener.watch(new Set(), "taskIds");
  scene.clock.advance(50);
  assert.deepEqual(scene.last.filter, { resourceSubscriptions: ["a:1"] });
});

test("listener: the same in another order is not asked for again, and what changes meanwhile is asked for afterwards", () => {
  const scene = new Scene({ resources: { subscribe: true } }, ["a:1", "a:2"]);
  scene.listener.watch(new Set(["a:2", "a:1"]));
  scene.clock.advance(50);
  scene.acknowledge();
  assert.equal(scene.asked.length, 1);
  scene.listener.watch(new Set(["a:3"]));
  scene.clock.advance(50);
  scene.listener.watch(new Set(["a:4"]));
  scene.clock.advance(50);
  assert.equal(scene.asked.length, 2);
  scene.acknowledge();
  assert.deepEqual(scene.last.filter.resourceSubscriptions, ["a:4"]);
});

test("listener: a stream that is lost is asked for again, later each time, until one has stood for a while", async () => {
  const scene = new Scene();
  scene.acknowledge();
  const waits: number[] = [];
  for (const heldMs of [0, 0, 30_000]) {
    scene.clock.advance(heldMs);
    await scene.last.fail(new HubError("core_down", "the connection broke"));
    waits.push((await scene.record.line("core_listen_lost", () => true))["retry_ms"] as number);
    scene.record.lines.length = 0;
    const before = scene.asked.length;
    scene.clock.advance((waits.at(-1) ?? 0) - 1);
    assert.equal(scene.asked.length, before);
    scene.clock.advance(1);
    assert.equal(scene.asked.length, before + 1);
    scene.acknowledge();
  }
  assert.deepEqual(waits, [1000, 2000, 1000]);
  assert.deepEqual(
    scene.begun.map(([, isFirst]) => isFirst),
    [true, false, false, false],
  );
});

test("listener: a stream that the Core ends in good order is asked for again too", async () => {
  const scene = new Scene();
  scene.acknowledge();
  await scene.last.end();
  scene.clock.advance(1000);
  assert.equal(scene.asked.length, 2);
});

test("listener: what is not acknowledged in time is taken back and asked for again", () => {
  const scene = new Scene();
  scene.clock.advance(10_000);
  assert.deepEqual(scene.takenBack, [1]);
  scene.clock.advance(1000);
  assert.equal(scene.asked.length, 2);
  scene.listener.acknowledged(1, lists);
  assert.equal(scene.listener.isStanding(1), false);
});

test("listener: a Core that does not know the method is not asked again; one that is full is", async () => {
  const unknown = new Scene();
  await unknown.last.fail(new CoreRefusal("c", "no such method", -32601, undefined));
  assert.equal(unknown.clock.timers, 0);
  unknown.listener.watch(new Set(["a:1"]));
  assert.equal(unknown.clock.timers, 0);
  const full = new Scene();
  await full.last.fail(new CoreRefusal("c", "Subscription limit reached", -32603, undefined));
  full.clock.advance(1000);
  assert.equal(full.asked.length, 2);
});

test("listener: a refused replacement leaves what stands", async () => {
  const scene = new Scene(everything);
  scene.acknowledge();
  scene.listener.watch(new Set(["a:1"]));
  scene.clock.advance(50);
  await scene.last.fail(new CoreRefusal("c", "Subscription limit reached", -32603, undefined));
  assert.ok(scene.listener.isStanding(1));
  assert.deepEqual(scene.takenBack, []);
  scene.clock.advance(1000);
  assert.deepEqual(scene.last.filter.resourceSubscriptions, ["a:1"]);
});

test("listener: a Core that will tell of nothing is not asked for the same again", () => {
  const scene = new Scene();
  scene.acknowledge({});
  assert.deepEqual(scene.takenBack, [1]);
  assert.equal(scene.clock.timers, 0);
  assert.equal(scene.asked.length, 1);
});

test("listener: nothing is asked for once it is closed", async () => {
  const scene = new Scene();
  scene.acknowledge();
  scene.listener.close();
  await scene.last.fail(new HubError("core_down", "gone"));
  scene.listener.watch(new Set(["a:1"]));
  assert.equal(scene.clock.timers, 0);
});

// A call that waits for its client, and what may happen meanwhile: at every step the Core dies, the client leaves, the client takes it back, nobody comes
// for longer than anything waits, or the hub ends. Whatever it was, nothing is left: no call, question, timer or process. The hub runs in this process, with
// a clock of the test's; its Core is an SDK server, its clients come by the network doors.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createHub, type EmbeddedHub } from "../../src/library/create-hub.ts";
import { FakeClock } from "../helpers/fake-clock.ts";
import { root } from "../helpers/hub-process.ts";
import { ModernClient, type ModernOptions, type Sent } from "../helpers/modern-client.ts";
import { metric } from "../helpers/raw-client.ts";
import type { Message } from "../helpers/ws-client.ts";

const minute = 60_000;
const timeout = 20_000;
const tool = "old__rounds";
const args = { marker: "parked" };

let stateDir: string;

before(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "thehub-parked-"));
});

after(() => rm(stateDir, { recursive: true, force: true }));

interface Line {
  readonly msg: string;
  readonly pid?: number;
  readonly session?: string;
}

/** A hub with one Core, and how it is seen from outside. */
class Scene implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly lines: Line[] = [];
  readonly #listeners = new Set<() => void>();
  hub!: EmbeddedHub;
  url!: string;
  /** While nobody calls. */
  #processes = 0;

  static async open(): Promise<Scene> {
    const scene = new Scene();
    const manifest = {
      cores: {
        old: {
          command: process.execPath,
          args: [join(root, "test/fixtures/two-way/sdk-1.mjs"), "old", "newline"],
          isolation: "session" as const,
          // No more time passes for a ping's answer than for the ping.
          health: { ping_interval_ms: 0 },
        },
      },
    };
    const log = (text: string) => {
      scene.lines.push(JSON.parse(text) as Line);
      for (const look of [...scene.#listeners]) look();
    };
    const env = { PATH: process.env["PATH"], HUB_STATE_DIR: stateDir, HUB_LOG_LEVEL: "debug", HUB_LOG_FORMAT: "json" };
    scene.hub = await createHub(manifest, { env, log, clock: scene.clock });
    await scene.hub.ready();
    const [address] = await scene.hub.listen("localhost:0");
    scene.url = String(address);
    scene.#processes = processes();
    return scene;
  }

  client(door: Door, options: ModernOptions = {}): Promise<ModernClient> {
    const url = `${this.url}/mcp`;
    return door === "http"
      ? Promise.resolve(ModernClient.overHttp(url, options))
      : ModernClient.overWebSocket(url.replace("http", "ws"), options);
  }

  /** A line to come, or one after the `from` first. */
  logged(msg: string, from: number = this.lines.length): Promise<Line> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.lines.slice(from).find((line) => line.msg === msg);
        if (found === undefined) return;
        this.#listeners.delete(look);
        resolve(found);
      };
      this.#listeners.add(look);
      look();
    });
  }

  number(name: string): Promise<number> {
    return metric(this.url, name);
  }

  /** Looks until a number is this: what it counts happens by itself. */
  async until(name: string, wanted: number): Promise<void> {
    while ((await this.number(name)) !== wanted);
  }

  /** The process that works on the call: the one that came up last. */
  get worker(): number {
    return Number(this.lines.findLast(({ msg }) => msg === "core_up")?.pid);
  }

  /** Longer than anything waits, and what is left then. */
  async left(): Promise<Record<string, number>> {
    // Kept answers, forgotten instances, parks and tasks have their end in it; processes end in their own time.
    for (let passed = 0; passed < 75; passed++) this.clock.advance(minute);
    await this.until('thehub_core_instances{core="old"}', 1);
    const counted = ["thehub_asks_open", "thehub_parked_calls", 'thehub_concurrency_in_use{core="old"}'];
    const numbers = [...counted, 'thehub_queue_depth{core="old"}', "thehub_listens", "thehub_tasks"];
    const values = await Promise.all(numbers.map(async (name) => [name, await this.number(name)] as const));
    while (processes() > this.#processes) await this.number("thehub_tasks");
    // What watched over them.
    for (let passed = 0; passed < 2; passed++) this.clock.advance(minute);
    return { ...Object.fromEntries(values), timers: this.clock.timers };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub.close();
  }
}

/** Children of this process. */
const processes = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "ProcessWrap").length;

type Door = "http" | "websocket";

/** Where a call is: what waits, for whom. */
interface At {
  readonly client: ModernClient;
  /** The request that waits; undefined while the client is away. */
  readonly sent: Sent | undefined;
}

const gatherMs = 15;
const answeredAsks = 'thehub_asks_total{outcome="answered"}';

function answersTo({ result }: Message): object {
  const entries = Object.entries(result.inputRequests as Record<string, { method: string }>);
  const form = { action: "accept", content: { by: "ann" } };
  const completion = { role: "assistant", model: "m", content: { type: "text", text: "c" } };
  const inputResponses = entries.map(([key, { method }]) => [key, method === "elicitation/create" ? form : completion]);
  return { requestState: result.requestState, inputResponses: Object.fromEntries(inputResponses) };
}

/** Sends, and waits until the Core has asked for that: once the clock moves, the client is told. */
async function asking(scene: Scene, client: ModernClient, more?: object): Promise<Sent> {
  const before = await scene.number(answeredAsks);
  const sent = client.start("tools/call", { name: tool, arguments: args, ...more });
  await scene.until(answeredAsks, more === undefined ? before : before + 1);
  await scene.until("thehub_asks_open", 1);
  return sent;
}

async function answered(scene: Scene, sent: Sent): Promise<Message> {
  scene.clock.advance(gatherMs);
  return sent.answer;
}

/** The steps of a call: each brings one to it. */
const steps: Readonly<Record<string, (scene: Scene, client: ModernClient) => Promise<At>>> = {
  "the Core has asked and the client is not told yet": async (scene, client) => ({
    client,
    sent: await asking(scene, client),
  }),
  "the client is told": async (scene, client) => {
    await answered(scene, await asking(scene, client));
    return { client, sent: undefined };
  },
  "the client came back, and the Core has asked more": async (scene, client) => {
    const first = await answered(scene, await asking(scene, client));
    return { client, sent: await asking(scene, client, answersTo(first)) };
  },
  "the client is told again": async (scene, client) => {
    const first = await answered(scene, await asking(scene, client));
    await answered(scene, await asking(scene, client, answersTo(first)));
    return { client, sent: undefined };
  },
  "all is answered, and the answer kept": async (scene, client) => {
    let answer = await answered(scene, await asking(scene, client));
    answer = await answered(scene, await asking(scene, client, answersTo(answer)));
    answer = await answered(scene, await asking(scene, client, answersTo(answer)));
    const { result } = await client.call(tool, args, answersTo(answer));
    assert.equal(result.resultType, "complete");
    return { client, sent: undefined };
  },
};

/** What may happen at each. Where a request waits, its client hears of it, unless it has gone itself. */
const ends: Readonly<Record<string, (scene: Scene, at: At) => Promise<void>>> = {
  "the Core dies": async (scene, { sent }) => {
    const down = scene.logged("core_down");
    process.kill(scene.worker, "SIGKILL");
    await down;
    if (sent !== undefined) assert.equal((await sent.answer).error?.data?.["code"], "core_down");
  },
  "the client leaves": async (_scene, { client, sent }) => {
    sent?.answer.catch(() => {});
    await client.close();
  },
  "the client takes it back": async (_scene, { sent }) => {
    sent?.answer.catch(() => {});
    sent?.cancel();
  },
  "nobody comes": async (scene, { sent }) => {
    sent?.answer.catch(() => {});
    scene.clock.advance(11 * minute);
  },
};

const knowing = { elicitation: { form: {} }, sampling: {}, extensions: { "io.modelcontextprotocol/tasks": {} } };

interface TaskAt {
  readonly client: ModernClient;
  readonly taskId: string;
}

async function taskOf(scene: Scene, client: ModernClient): Promise<string> {
  const { result } = await answered(scene, await asking(scene, client));
  assert.equal(result.resultType, "task");
  return result.taskId as string;
}

async function nextAnswer(scene: Scene, client: ModernClient, taskId: string): Promise<void> {
  const got = await client.request("tasks/get", { taskId });
  const before = await scene.number(answeredAsks);
  await client.request("tasks/update", { taskId, ...answersTo(got) });
  await scene.until(answeredAsks, before + 1);
}

/** The same of a call that is a task. */
const taskSteps: Readonly<Record<string, (scene: Scene, client: ModernClient) => Promise<TaskAt>>> = {
  "a task waits": async (scene, client) => ({ client, taskId: await taskOf(scene, client) }),
  "a task was answered, and waits again": async (scene, client) => {
    const taskId = await taskOf(scene, client);
    await nextAnswer(scene, client, taskId);
    await scene.until("thehub_asks_open", 1);
    return { client, taskId };
  },
  "a task is over": async (scene, client) => {
    const taskId = await taskOf(scene, client);
    for (let round = 1; round <= 3; round++) {
      await nextAnswer(scene, client, taskId);
      if (round < 3) await scene.until("thehub_asks_open", 1);
    }
    while ((await client.request("tasks/get", { taskId })).result.status !== "completed");
    return { client, taskId };
  },
};

const taskEnds: Readonly<Record<string, (scene: Scene, at: TaskAt, step: string) => Promise<void>>> = {
  "the Core dies": async (scene, { client, taskId }, step) => {
    const down = scene.logged("core_down");
    process.kill(scene.worker, "SIGKILL");
    await down;
    const wanted = step === "a task is over" ? "completed" : "failed";
    assert.equal((await client.request("tasks/get", { taskId })).result.status, wanted);
  },
  "the client leaves": (_scene, { client }) => client.close(),
  "the client takes it back": async (_scene, { client, taskId }) => {
    await client.request("tasks/cancel", { taskId });
  },
  "nobody comes": async (scene, { taskId }) => {
    for (let passed = 0; passed < 61; passed++) scene.clock.advance(minute);
    // A connection does not outlive such a leap.
    await using client = await scene.client("http", { capabilities: knowing });
    assert.equal((await client.request("tasks/get", { taskId })).error?.code, -32602);
  },
};

for (const door of ["http", "websocket"] as const) {
  for (const [step, reach] of Object.entries(taskSteps)) {
    test(`parked calls: by ${door}, ${step}: whatever happens, nothing is left`, { timeout: 60_000 }, async (t) => {
      await using scene = await Scene.open();
      const warm = await scene.client(door, { capabilities: knowing });
      await taskSteps["a task is over"]?.(scene, warm);
      await warm.close();
      const before = await scene.left();
      assert.deepEqual([before["thehub_asks_open"], before["thehub_parked_calls"]], [0, 0]);
      for (const [end, happen] of Object.entries(taskEnds)) {
        await t.test(`parked calls: by ${door}, ${step}: ${end}`, { timeout }, async () => {
          const client = await scene.client(door, { capabilities: knowing });
          await happen(scene, await reach(scene, client), step);
          await client.close();
          assert.deepEqual(await scene.left(), before);
        });
      }
    });
  }
}

for (const door of ["http", "websocket"] as const) {
  for (const [step, reach] of Object.entries(steps)) {
    test(`parked calls: by ${door}, ${step}: whatever happens, nothing is left`, { timeout: 60_000 }, async (t) => {
      await using scene = await Scene.open();
      // What a call that went well leaves is what there is to be.
      const warm = await scene.client(door);
      await steps["all is answered, and the answer kept"]?.(scene, warm);
      await warm.close();
      const before = await scene.left();
      assert.deepEqual([before["thehub_asks_open"], before["thehub_parked_calls"]], [0, 0]);
      for (const [end, happen] of Object.entries(ends)) {
        await t.test(`parked calls: by ${door}, ${step}: ${end}`, { timeout }, async () => {
          const client = await scene.client(door);
          await happen(scene, await reach(scene, client));
          await client.close();
          assert.deepEqual(await scene.left(), before);
        });
      }
    });
  }
}

test("parked calls: a hub that ends takes along what waits, and its Cores", { timeout }, async () => {
  const earlier = processes();
  const scene = await Scene.open();
  const clients = await Promise.all(Object.values(steps).map(() => scene.client("websocket")));
  const [parked] = clients;
  assert.ok(parked);
  await steps["the client is told"]?.(scene, parked);
  const closed = scene.hub.close();
  await Promise.all(clients.map((client) => client.close()));
  // Who does not go by itself is made to.
  const moving = setInterval(() => scene.clock.advance(1000), 1);
  await closed;
  clearInterval(moving);
  assert.equal(scene.clock.timers, 0);
  assert.equal(processes(), earlier);
});

// A call that waits for its client, and what may happen meanwhile: at every step the Core dies, the client leaves, the client takes it back, nobody comes
// for longer than anything waits, or the hub ends. Whatever it was, nothing is left: no call, question, timer or process. The hub runs in this process, with
// a clock of the test's; its Core is an SDK server, its clients come by the network doors.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type ClockedCore, ClockedHub, processes } from "../helpers/clocked-hub.ts";
import { ModernClient, type ModernOptions, type Sent } from "../helpers/modern-client.ts";
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

const old: ClockedCore = { name: "old", file: "two-way/sdk-1.mjs", args: ["old", "newline"], isolation: "session" };

const open = (): Promise<ClockedHub> => ClockedHub.open(stateDir, old);

function come({ url }: ClockedHub, door: Door, options: ModernOptions = {}): Promise<ModernClient> {
  const at = `${url}/mcp`;
  return door === "http"
    ? Promise.resolve(ModernClient.overHttp(at, options))
    : ModernClient.overWebSocket(at.replace("http", "ws"), options);
}

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
async function asking(scene: ClockedHub, client: ModernClient, more?: object): Promise<Sent> {
  const before = await scene.number(answeredAsks);
  const sent = client.start("tools/call", { name: tool, arguments: args, ...more });
  await scene.until(answeredAsks, more === undefined ? before : before + 1);
  await scene.until("thehub_asks_open", 1);
  return sent;
}

async function answered(scene: ClockedHub, sent: Sent): Promise<Message> {
  scene.clock.advance(gatherMs);
  return sent.answer;
}

/** The steps of a call: each brings one to it. */
const steps: Readonly<Record<string, (scene: ClockedHub, client: ModernClient) => Promise<At>>> = {
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
const ends: Readonly<Record<string, (scene: ClockedHub, at: At) => Promise<void>>> = {
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

async function taskOf(scene: ClockedHub, client: ModernClient): Promise<string> {
  const { result } = await answered(scene, await asking(scene, client));
  assert.equal(result.resultType, "task");
  return result.taskId as string;
}

async function nextAnswer(scene: ClockedHub, client: ModernClient, taskId: string): Promise<void> {
  const got = await client.request("tasks/get", { taskId });
  const before = await scene.number(answeredAsks);
  await client.request("tasks/update", { taskId, ...answersTo(got) });
  await scene.until(answeredAsks, before + 1);
}

/** The same of a call that is a task. */
const taskSteps: Readonly<Record<string, (scene: ClockedHub, client: ModernClient) => Promise<TaskAt>>> = {
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

const taskEnds: Readonly<Record<string, (scene: ClockedHub, at: TaskAt, step: string) => Promise<void>>> = {
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
    await using client = await come(scene, "http", { capabilities: knowing });
    assert.equal((await client.request("tasks/get", { taskId })).error?.code, -32602);
  },
};

for (const door of ["http", "websocket"] as const) {
  for (const [step, reach] of Object.entries(taskSteps)) {
    test(`parked calls: by ${door}, ${step}: whatever happens, nothing is left`, { timeout: 60_000 }, async (t) => {
      await using scene = await open();
      const warm = await come(scene, door, { capabilities: knowing });
      await taskSteps["a task is over"]?.(scene, warm);
      await warm.close();
      const before = await scene.left();
      assert.deepEqual([before["thehub_asks_open"], before["thehub_parked_calls"]], [0, 0]);
      for (const [end, happen] of Object.entries(taskEnds)) {
        await t.test(`parked calls: by ${door}, ${step}: ${end}`, { timeout }, async () => {
          const client = await come(scene, door, { capabilities: knowing });
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
      await using scene = await open();
      // What a call that went well leaves is what there is to be.
      const warm = await come(scene, door);
      await steps["all is answered, and the answer kept"]?.(scene, warm);
      await warm.close();
      const before = await scene.left();
      assert.deepEqual([before["thehub_asks_open"], before["thehub_parked_calls"]], [0, 0]);
      for (const [end, happen] of Object.entries(ends)) {
        await t.test(`parked calls: by ${door}, ${step}: ${end}`, { timeout }, async () => {
          const client = await come(scene, door);
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
  const scene = await open();
  const clients = await Promise.all(Object.values(steps).map(() => come(scene, "websocket")));
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
  // What was killed ends in its own time, of which that clock knows nothing.
  while (processes() > earlier) await new Promise((resolve) => setImmediate(resolve));
});

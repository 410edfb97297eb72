// A legacy client's call of a modern Core that asks for input, and what may happen meanwhile: at every step the Core dies, the client leaves, takes its
// call back, or answers nothing for longer than anything waits, or the hub ends. Whatever it was, nothing is left: no call, question, timer or process.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type ClockedCore, ClockedHub, processes } from "../helpers/clocked-hub.ts";
import { type Message, WsClient } from "../helpers/ws-client.ts";

const minute = 60_000;
const timeout = 20_000;
const capabilities = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };
const form = { action: "accept", content: { by: "ann" } };
const core: ClockedCore = { name: "new", file: "two-way/sdk-2-eras.mjs", args: ["new", "newline", "modern"] };

let stateDir: string;

before(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "thehub-loops-"));
});

after(() => rm(stateDir, { recursive: true, force: true }));

const open = (): Promise<ClockedHub> => ClockedHub.open(stateDir, core);

const come = ({ url }: ClockedHub): Promise<WsClient> =>
  WsClient.connect(`${url.replace("http", "ws")}/mcp`, {}, {}, capabilities);

interface At {
  readonly client: WsClient;
  readonly call: { readonly id: number; readonly answer: Promise<Message> };
  /** What the client was asked last, and has not answered; undefined: it is not the client's turn. */
  readonly asked: Message | undefined;
}

const start = (client: WsClient, name: string, more: object = {}) =>
  client.start("tools/call", { name: `new__${name}`, arguments: { marker: "loop", ...more } });

/** The next thing that the client is asked. */
async function asked(client: WsClient): Promise<Message> {
  const found = await client.notified("elicitation/create");
  client.notifications.length = 0;
  return found;
}

async function beginning(_scene: ClockedHub, client: WsClient): Promise<At> {
  const call = start(client, "rounds");
  return { client, call, asked: await asked(client) };
}

/** The steps of a call: each brings one to it. */
const steps: Readonly<Record<string, (scene: ClockedHub, client: WsClient) => Promise<At>>> = {
  "the client is asked": beginning,
  "the client has answered, and is asked again": async (_scene, client) => {
    const call = start(client, "rounds");
    client.answer(await asked(client), form);
    return { client, call, asked: await asked(client) };
  },
  "a page is open, and the Core waits to be called again": async (scene, client) => {
    const from = scene.lines.length;
    const call = start(client, "elicit", { mode: "url" });
    client.answer(await asked(client), { action: "accept" });
    await scene.logged("ask_answered", from);
    return { client, call, asked: undefined };
  },
};

const ends: Readonly<Record<string, (scene: ClockedHub, at: At) => Promise<void>>> = {
  "the Core dies": async (scene, { client, call, asked: question }) => {
    const [down, from] = [scene.logged("core_down"), scene.lines.length];
    process.kill(scene.worker, "SIGKILL");
    await down;
    if (question !== undefined) client.answer(question, form);
    // With the next try, which has nobody to go to.
    else scene.clock.advance(2000);
    const { result, error } = await call.answer;
    assert.ok(error !== undefined || result.isError === true, JSON.stringify(result));
    // The next one starts when its time has come.
    scene.clock.advance(minute);
    await scene.logged("core_up", from);
  },
  "the client leaves": async (_scene, { client, call }) => {
    call.answer.catch(() => {});
    await client[Symbol.asyncDispose]();
  },
  "the client takes it back": async (scene, { client, call, asked: question }) => {
    client.notify("notifications/cancelled", { requestId: call.id });
    if (question !== undefined) {
      const { params } = await client.notified("notifications/cancelled");
      assert.equal(params?.["requestId"], question.id);
    }
    await scene.until('thehub_concurrency_in_use{core="new"}', 0);
  },
  "nobody answers": async (scene, { call }) => {
    // A connection does not outlive such a leap.
    call.answer.catch(() => {});
    for (let passed = 0; passed < 11; passed++) scene.clock.advance(minute);
  },
};

for (const [step, reach] of Object.entries(steps)) {
  test(`input loops: ${step}: whatever happens, nothing is left`, { timeout: 60_000 }, async (t) => {
    await using scene = await open();
    const warm = await come(scene);
    const { client, call, asked: question } = await beginning(scene, warm);
    client.answer(question as Message, form);
    client.answer(await asked(client), form);
    const { id } = await client.notified("sampling/createMessage");
    client.answer({ id } as Message, { role: "assistant", model: "m", content: { type: "text", text: "c" } });
    assert.equal((await call.answer).error, undefined);
    await warm[Symbol.asyncDispose]();
    const before = await scene.left();
    assert.equal(before["thehub_asks_open"], 0);
    for (const [end, happen] of Object.entries(ends)) {
      await t.test(`input loops: ${step}: ${end}`, { timeout }, async () => {
        const one = await come(scene);
        await happen(scene, await reach(scene, one));
        await one[Symbol.asyncDispose]();
        assert.deepEqual(await scene.left(), before);
      });
    }
  });
}

test("input loops: a hub that ends takes along what waits, and its Core", { timeout }, async () => {
  const earlier = processes();
  const scene = await open();
  const clients = await Promise.all(Object.values(steps).map(() => come(scene)));
  await Promise.all(Object.values(steps).map((reach, at) => reach(scene, clients[at] as WsClient)));
  const closed = scene.hub.close();
  const moving = setInterval(() => scene.clock.advance(1000), 1);
  await closed;
  clearInterval(moving);
  await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
  assert.equal(scene.clock.timers, 0);
  assert.equal(processes(), earlier);
});

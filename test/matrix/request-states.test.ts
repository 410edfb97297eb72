// What clients do to the requestState that they carry: whatever it is, they hear the same, the log counts it, and no Core hears of it. Over both
// network doors, for calls that wait in the hub (a legacy Core asks) and for those whose state is the Core's own, wrapped (a modern Core asks).
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type HubProcess, root, startHub } from "../helpers/hub-process.ts";
import { ModernClient, type ModernOptions } from "../helpers/modern-client.ts";
import { metric } from "../helpers/raw-client.ts";
import { resealed } from "../helpers/resealed.ts";
import type { Message } from "../helpers/ws-client.ts";

const key = "0123456789abcdef0123456789abcdef";
const tokens = { ann: "token-of-ann-0123456789", bob: "token-of-bob-0123456789" };
/** Two Cores of each kind, as far apart as two names. */
const kinds = { waits: ["old-a", "old-b"], wrapped: ["new-a", "new-b"] } as const;
type Kind = keyof typeof kinds;
const timeout = 20_000;

let folder: string;
let records: string;
let hub: HubProcess;
let attacks = 0;

const doors = {
  http: async (options: ModernOptions) => ModernClient.overHttp(await hub.httpUrl(), options),
  websocket: async (options: ModernOptions) => ModernClient.overWebSocket(await hub.wsUrl(), options),
};
type Door = keyof typeof doors;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-states-"));
  records = join(folder, "records");
  await mkdir(records);
  const core = (name: string, program: string, more: readonly string[], isolation: string) => `  ${name}:
    command: ${JSON.stringify(process.execPath)}
    args: ${JSON.stringify([join(root, "test/fixtures/two-way", program), name, "newline", ...more])}
    env: { TWO_WAY_RECORDS: ${JSON.stringify(records)} }
${isolation}`;
  const people = Object.entries(tokens).map(([name, token]) => {
    return `  ${name}: { token_sha256: ${createHash("sha256").update(token).digest("hex")} }\n`;
  });
  const cores = [
    ...kinds.waits.map((name) => core(name, "sdk-1.mjs", [], "    isolation: session\n")),
    ...kinds.wrapped.map((name) => core(name, "sdk-2-eras.mjs", ["modern"], "")),
  ];
  hub = await startHub({
    manifest: `clients:\n${people.join("")}cores:\n${cores.join("")}`,
    env: { HUB_STATE_KEY: key },
  });
  await hub.logged("core_summary");
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Everything that a Core heard, as it was written down. */
async function heardBy(core: string): Promise<string> {
  const files = (await readdir(records)).filter((file) => file.startsWith(`${core}.`));
  return (await Promise.all(files.map((file) => readFile(join(records, file), "utf8")))).join("");
}

interface Asked {
  readonly requestState: string;
  readonly inputRequests: Record<string, { method: string }>;
}

const form = (by: string) => ({ action: "accept", content: { by } });
const completion = { role: "assistant", model: "m", content: { type: "text", text: "c" } };

/** An answer to all that is asked. */
function answers({ inputRequests }: Asked, by: string): Record<string, object> {
  return Object.fromEntries(
    Object.entries(inputRequests).map(([name, { method }]) => [
      name,
      method === "elicitation/create" ? form(by) : completion,
    ]),
  );
}

function askedIn({ result, error }: Message): Asked {
  assert.equal(result?.resultType, "input_required", JSON.stringify(error ?? result));
  return result as Asked;
}

/** Brings a state that is not to be taken; what the client hears, without what is of this request alone. */
async function attack(client: ModernClient, tool: string, args: object, more: object): Promise<object> {
  attacks++;
  const { result, error } = await client.call(tool, args, more);
  assert.equal(result, undefined, JSON.stringify(result));
  const { req_id: _, ...data } = error?.data ?? {};
  return { code: error?.code, message: error?.message, data, status: client.status };
}

const flipped = (state: string, at: number) =>
  `${state.slice(0, at)}${state[at] === "A" ? "B" : "A"}${state.slice(at + 1)}`;

for (const door of Object.keys(doors) as Door[]) {
  for (const kind of Object.keys(kinds) as Kind[]) {
    const [own, other] = kinds[kind];

    test(`request states: by ${door}, one that ${kind}: whatever is done to it is refused alike, and the call goes on`, {
      timeout,
    }, async () => {
      await using ann = await doors[door]({ name: "ann", token: tokens.ann });
      await using bob = await doors[door]({ name: "bob", token: tokens.bob });
      const args = { marker: `marked-${door}-${kind}` };
      const first = askedIn(await ann.call(`${own}__rounds`, args));
      const stolen = { inputResponses: answers(first, "thief") };
      const { requestState } = first;
      const endpoint = { key, audience: join(hub.folder, "hub.yaml"), endpoint: door };
      const outcomes: Record<string, object> = {};
      const brings = async (
        what: string,
        state: unknown,
        client = ann,
        tool = `${own}__rounds`,
        said: object = args,
      ) => {
        outcomes[what] = await attack(client, tool, said, { ...stolen, requestState: state });
      };
      await brings("nothing of the hub's", "state");
      await brings("empty", "");
      await brings("no text", 7);
      await brings("cut", requestState.slice(0, -8));
      await brings("longer", `${requestState}AAAA`);
      for (const at of [4, requestState.indexOf(".", 4) + 3, requestState.length - 20]) {
        await brings(`changed at ${at}`, flipped(requestState, at));
      }
      await brings("expired", resealed(requestState, endpoint, { exp: Date.now() - 1 }));
      await brings(
        "of a later round",
        resealed(requestState, endpoint, { round: 9, ...(kind === "wrapped" && { exp: 1 }) }),
      );
      await brings("of another user", requestState, bob);
      await brings("to another Core", requestState, ann, `${other}__rounds`);
      await brings("to another tool", requestState, ann, `${own}__together`);
      await brings("with other arguments", requestState, ann, undefined, { marker: "thief" });
      const expected = outcomes["empty"] as { code: number };
      assert.equal(expected.code, -32602);
      for (const [what, outcome] of Object.entries(outcomes)) assert.deepEqual(outcome, expected, what);

      let asked = first;
      for (const round of [1, 2, 3]) {
        const more = { requestState: asked.requestState, inputResponses: answers(asked, "ann") };
        const answer = await ann.call(`${own}__rounds`, args, more);
        if (round < 3) asked = askedIn(answer);
        else assert.deepEqual(JSON.parse(answer.result.content[0].text).answers[0].answer, form("ann"));
      }
      const heard = await heardBy(own);
      assert.ok(!heard.includes("thief"));
      assert.ok(!(await heardBy(other)).includes("thief"));
      const calls = heard.split("\n").filter((line) => line.includes("tools/call") && line.includes(args.marker));
      assert.equal(calls.length, kind === "waits" ? 1 : 4);
    });
  }

  test(`request states: by ${door}, one of a round that is over is refused, and what was answered last is answered again`, {
    timeout,
  }, async () => {
    await using ann = await doors[door]({ name: "ann", token: tokens.ann });
    const args = { marker: `again-${door}` };
    const tool = "old-a__rounds";
    const first = askedIn(await ann.call(tool, args));
    const retry = (asked: Asked) => ({ requestState: asked.requestState, inputResponses: answers(asked, "ann") });
    const second = askedIn(await ann.call(tool, args, retry(first)));
    // The response to this was lost, as it may be: the same question again.
    assert.deepEqual(askedIn(await ann.call(tool, args, retry(first))).inputRequests, second.inputRequests);
    const third = askedIn(await ann.call(tool, args, retry(second)));
    const expected = await attack(ann, tool, args, { requestState: "state" });
    assert.deepEqual(await attack(ann, tool, args, retry(first)), expected);
    const { result } = await ann.call(tool, args, retry(third));
    assert.equal(result.resultType, "complete");
    assert.deepEqual((await ann.call(tool, args, retry(third))).result, result);
    for (const old of [first, second]) assert.deepEqual(await attack(ann, tool, args, retry(old)), expected);
    const calls = (await heardBy("old-a"))
      .split("\n")
      .filter((line) => line.includes(args.marker) && /tools.call/.test(line));
    assert.equal(calls.length, 1);
  });
}

test("request states: one from HTTP is not good at the other door", { timeout }, async () => {
  await using http = await doors.http({ token: tokens.ann });
  await using socket = await doors.websocket({ token: tokens.ann });
  for (const [core] of Object.values(kinds)) {
    const args = { marker: "door" };
    const { requestState } = askedIn(await http.call(`${core}__elicit`, args));
    await attack(socket, `${core}__elicit`, args, { requestState });
  }
});

// The last one: what is held back of the log is said when the hub ends.
test("request states: each refusal is counted in the log, and no state is in it", async () => {
  assert.equal(await metric(await hub.url(), "thehub_asks_open"), 1);
  await hub.stop();
  const lines = hub.logs.filter(({ msg }) => msg === "request_state_refused");
  assert.equal(
    lines.reduce((sum, { times }) => sum + Number(times), 0),
    attacks,
  );
  assert.ok(!JSON.stringify(hub.logs).includes("h1."));
});

// The template Core as a manifest names it, through the Core layer.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { frameOfText } from "../../../src/wire/frame.ts";
import { CoreRun } from "../../helpers/core-run.ts";

const bin = fileURLToPath(new URL("../../../examples/cores/bin", import.meta.url));
const file = fileURLToPath(new URL("../../../examples/cores/template/template-core.js", import.meta.url));

const open = () =>
  new CoreRun({ definition: { command: "thehub-template-core", args: [], cwd: "/" }, extraPath: [bin] }).up();

async function resultOf(run: CoreRun, method: string, params: object): Promise<Record<string, unknown>> {
  return JSON.parse((await run.core.request(method, params, 20_000)).toString()) as Record<string, unknown>;
}

test("template core: is found by its name and offers one of everything", async () => {
  await using run = await open();
  assert.deepEqual(run.toolNames(), ["echo", "add", "countdown"]);
  assert.deepEqual(
    [run.core.lists?.resources.length, run.core.lists?.templates.length, run.core.lists?.prompts.length],
    [1, 1, 1],
  );
  assert.equal(await run.call("echo", { text: "hello" }), "hello");
  const sum = await resultOf(run, "tools/call", { name: "add", arguments: { a: 0.5, b: 2 } });
  assert.deepEqual(sum["structuredContent"], { sum: 2.5 });
  const wrong = await resultOf(run, "tools/call", { name: "echo", arguments: { text: 5 } });
  assert.equal(wrong["isError"], true);
});

test("template core: reads resources, makes prompts, completes arguments", async () => {
  await using run = await open();
  const read = await resultOf(run, "resources/read", { uri: "template://greeting/Ada" });
  assert.match(JSON.stringify(read), /Hello, Ada!/);
  await assert.rejects(run.core.request("resources/read", { uri: "template://nothing" }, 20_000), /no resource/);
  const prompt = await resultOf(run, "prompts/get", { name: "greet", arguments: { name: "Ada", language: "dutch" } });
  assert.match(JSON.stringify(prompt), /Hallo/);
  const ref = { type: "ref/prompt", name: "greet" };
  const done = await resultOf(run, "completion/complete", { ref, argument: { name: "language", value: "g" } });
  assert.deepEqual(done["completion"], { values: ["german"], total: 1, hasMore: false });
});

test("template core: reports progress under the caller's token, and a cancelled countdown is not answered", async () => {
  await using run = await open();
  const args = { name: "countdown", arguments: { from: 3, interval_ms: 0 }, _meta: { progressToken: "t" } };
  assert.match(await run.relayed("tools/call", args), /lift-off/);
  const progress = run.upward.filter((text) => text.includes('"progressToken":"t"'));
  assert.equal(progress.length, 3);

  const id = run.core.nextId();
  const send = (message: object) => run.core.send(frameOfText(JSON.stringify({ jsonrpc: "2.0", ...message })), []);
  const slow = { name: "countdown", arguments: { from: 2, interval_ms: 60_000 } };
  send({ id, method: "tools/call", params: slow });
  send({ method: "notifications/cancelled", params: { requestId: id } });
  await run.relayed("ping", {});
  assert.ok(run.upward.every((text) => (JSON.parse(text) as { id?: number }).id !== id));
});

test("template core: answers every line by itself, and noise with a parse error", () => {
  const input = `not json\n{"jsonrpc":"2.0","id":"x","method":"no/such"}\n`;
  const { stdout, status } = spawnSync(process.execPath, [file], { input, encoding: "utf8" });
  assert.equal(status, 0);
  assert.match(stdout, /-32700[\s\S]*-32601/);
});

// What a Core says whose words are written for a terminal to obey, as each command shows it.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { call } from "../../../src/cli/commands/call.ts";
import { check } from "../../../src/cli/commands/check.ts";
import { explain } from "../../../src/cli/commands/explain.ts";
import { list } from "../../../src/cli/commands/list.ts";
import { startedCores } from "../../../src/cli/started-cores.ts";
import type { Terminal } from "../../../src/cli/terminal.ts";

const program = fileURLToPath(new URL("../../fixtures/cores/hostile-words.mjs", import.meta.url));
const steering = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
/** What progress lines and Node's readline write. */
const ours = new RegExp(`\\r\\n|\\r?${"\u001b"}\\[(?:\\d*[GK]|0J)`, "g");
let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-hostile-"));
  const core = (...args: readonly string[]) => ({ command: process.execPath, args: [program, ...args] });
  await writeFile(join(folder, "hub.yaml"), JSON.stringify({ cores: { a: core() } }));
  const health = { max_restarts: 0 };
  await writeFile(join(folder, "dies.yaml"), JSON.stringify({ cores: { a: { ...core("dies"), health } } }));
});

after(() => rm(folder, { recursive: true, force: true }));

/** A terminal, whose person gives these answers; or pipes. `shown` is what there is to see without the hub's own steering. */
function scene({ isTTY = true, answers = [] as readonly string[] } = {}) {
  const stream = () => Object.assign(new PassThrough(), { isTTY });
  const [stdin, stdout, stderr] = [stream(), stream(), stream()];
  const said = { out: "", err: "" };
  const left = [...answers];
  stdout.on("data", (chunk) => (said.out += chunk));
  stderr.on("data", (chunk) => {
    said.err += chunk;
    if (!/(\? \[[^\]]+\]|:) $/.test(said.err)) return;
    stdin.write(`${left.shift() ?? ""}\n`);
  });
  const env = { ...process.env, HUB_STATE_DIR: join(folder, "state"), NO_COLOR: "1" };
  const terminal: Terminal = { env, stdin, stdout, stderr, cwd: folder };
  const shown = () => (said.out + said.err).replaceAll(ours, (found) => (found === "\r\n" ? "\n" : ""));
  return { terminal, said, shown };
}

const manifest = { manifest: "hub.yaml" };

test("hostile Core: nothing that it says steers the terminal of a call", async () => {
  for (const [name, exit, words] of [
    [
      "a__say",
      0,
      ["\\u001b[2J\\u0007\\u009b31msaid\\u000dall is well\\u202e\n", "1/2 \\u001b[2J\\u0007\\u009b31mhalf all"],
    ],
    ["a__fail", 1, ["thehub: \\u001b[2J", "failed", "\n  thehub: all is well"]],
    ["a__show", 0, ["[\\u001b[2J", "image/png"]],
    ["a__ask", 0, ["31mwho?", "31mName", "31myours", "accept"]],
  ] as const) {
    const { terminal, shown } = scene({ answers: ["Ann", "y"] });
    assert.equal(await call(terminal, name, "{}", manifest), exit, shown());
    for (const word of words) assert.ok(shown().includes(word), JSON.stringify([word, shown()]));
    assert.doesNotMatch(shown().replaceAll("\n\tand more", ""), steering);
  }
});

test("hostile Core: a call's result goes to a program byte for byte", async () => {
  const { terminal, said } = scene({ isTTY: false });
  assert.equal(await call(terminal, "a__say", "{}", manifest), 0);
  assert.equal(said.out, "\u001b[2J\u0007\u009b31msaid\rall is well\u202e\n\tand more\n");
});

test("hostile Core: JSON for a terminal has no character that it obeys, and says the same", async () => {
  const { terminal, said, shown } = scene();
  assert.equal(await call(terminal, "a__say", "{}", { ...manifest, json: true }), 0);
  assert.doesNotMatch(shown(), steering);
  assert.equal(JSON.parse(said.out).content[0].text, "\u001b[2J\u0007\u009b31msaid\rall is well\u202e\n\tand more");
  const result = '{"content": [],\r "word":"\u009b31m\u202e"}';
  const [watched, piped] = [scene(), scene({ isTTY: false })];
  for (const { terminal } of [watched, piped])
    assert.equal(await call(terminal, "a__raw", "{}", { ...manifest, json: true }), 0);
  assert.equal(piped.said.out, `${result}\n`);
  assert.doesNotMatch(watched.shown(), steering);
  assert.deepEqual(JSON.parse(watched.said.out), JSON.parse(result));
});

test("hostile Core: its lists, what is hidden of it, what explains it, and its last words steer no terminal", async () => {
  const runs: readonly [(terminal: Terminal) => Promise<number>, number, string][] = [
    [(terminal) => list(terminal, "tools", { ...manifest, all: true }), 0, "\\u001b[2J\\u0007\\u009b31msays it"],
    [(terminal) => list(terminal, "tools", { ...manifest, json: true }), 0, "\\u009b31msays it"],
    [(terminal) => list(terminal, "tools", { ...manifest, tokens: true }), 0, "a__say"],
    [(terminal) => list(terminal, "resources", manifest), 0, "31mone"],
    [(terminal) => explain(terminal, ["token", "a__odd"], manifest), 1, "no core has"],
    [(terminal) => list(terminal, "tools", { manifest: "dies.yaml" }), 3, "31mlast words"],
    [(terminal) => call(terminal, "a__say", "{}", { manifest: "dies.yaml" }), 3, "31mlast words"],
    [(terminal) => explain(terminal, ["token", "a__say"], { manifest: "dies.yaml" }), 3, "31mlast words"],
    [(terminal) => check(terminal, "dies.yaml", { start: true }, startedCores), 3, "a: "],
  ];
  for (const [run, exit, words] of runs) {
    const { terminal, shown } = scene();
    assert.equal(await run(terminal), exit, shown());
    assert.ok(shown().includes(words), JSON.stringify([words, shown()]));
    assert.doesNotMatch(shown(), steering);
  }
});

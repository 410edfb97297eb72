import assert from "node:assert/strict";
import { Readable, Writable } from "node:stream";
import { test } from "node:test";
import { HubTools } from "../../../src/catalog/hub-tools.ts";
import { checkTokenList, printTokens, type TokenList } from "../../../src/cli/commands/list-tokens.ts";
import type { Terminal } from "../../../src/cli/terminal.ts";
import { names } from "../../helpers/catalog-sources.ts";

const tools = [{ name: "a__one" }, { name: "a__two", description: "x".repeat(200) }, { name: "b__three" }];
const coreOf = new Map([
  ["a__one", "a"],
  ["a__two", "a"],
  ["b__three", "b"],
]);

function printed(kind: string, list: TokenList, options: { json?: boolean } = {}, isTTY = false) {
  const said = { out: "", err: "" };
  const into = (key: "out" | "err") => {
    const write = (chunk: Buffer, _: unknown, done: () => void) => {
      said[key] += String(chunk);
      done();
    };
    return Object.assign(new Writable({ write }), { isTTY });
  };
  const terminal: Terminal = { env: {}, stdin: Readable.from([]), stdout: into("out"), stderr: into("err"), cwd: "/" };
  printTokens(terminal, kind, list, options);
  return said;
}

test("list --tokens: Cores and their tools, the dearest first, and what a cap would do", () => {
  const { out, err } = printed("tools", { tools, coreOf });
  assert.deepEqual(out.split("\n"), [
    "a\t2 tools\t58",
    "  a__two\t\t54",
    "  a__one\t\t4",
    "b\t1 tool\t5",
    "  b__three\t\t5",
    "total\t3 tools\t63",
    "",
  ]);
  assert.match(
    err,
    /^tokens are estimated: bytes of JSON \/ 4\.4\nunder a tool cap, nothing is saved: .* tokens themselves\n$/,
  );
  const many = Array.from({ length: 50 }, (_, at) => ({ name: `a__${at}`, description: "x".repeat(400) }));
  assert.match(printed("tools", { tools: many }).err, /the hub's three search tools are \d+ tokens, \d+ less; pinned/);
});

test("list --tokens: a tool of an app's page only costs nothing, as no model is shown it", () => {
  const app = { name: "a__refresh", _meta: { ui: { visibility: ["app"] } } };
  const lists = { coreOf: new Map([...coreOf, ["a__refresh", "a"]]) };
  assert.equal(printed("tools", { ...lists, tools: [...tools, app] }).out, printed("tools", { ...lists, tools }).out);
});

test("list --tokens: for people the numbers stand under each other", () => {
  const lines = printed("cores", { tools, coreOf }, {}, true).out.trimEnd().split("\n");
  assert.deepEqual(lines, ["a      2 tools  58", "b      1 tool    5", "total  3 tools  63"]);
});

test("list --tokens: as JSON", () => {
  const { out } = printed("cores", { tools, coreOf }, { json: true });
  const { with_tool_search, ...report } = JSON.parse(out) as Record<string, unknown>;
  assert.deepEqual(report, {
    cores: [
      { core: "a", tools: 2, tokens: 58 },
      { core: "b", tools: 1, tokens: 5 },
    ],
    total: { tools: 3, tokens: 63 },
    estimate: "bytes of JSON / 4.4",
  });
  assert.deepEqual(Object.keys(with_tool_search as object), ["tokens", "saves"]);
});

test("list --tokens: the hub's own tools in a list are the hub's, and nothing is said of a cap that is there", () => {
  const own = new HubTools({
    profile: names,
    namings: [],
    namespaces: [],
    tools: [],
    taken: new Set(),
    runsTasks: false,
  });
  const listed = own.entries.map(({ bytes }) => JSON.parse(bytes.toString()) as { name: string });
  const { out, err } = printed("cores", { tools: [...tools, ...listed], coreOf, names });
  assert.match(out, /^hub\t3 tools\t5\d\d\n/);
  assert.doesNotMatch(err, /tool cap/);
});

test("list --tokens: is for tools, and for what is listed", () => {
  assert.throws(() => checkTokenList("prompts", {}), /--tokens is for tools and cores: a model is not shown prompts/);
  assert.throws(() => checkTokenList("tools", { all: true }), /leave out --all or --tokens/);
  checkTokenList("cores", {});
});

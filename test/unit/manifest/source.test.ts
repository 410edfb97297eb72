import assert from "node:assert/strict";
import { test } from "node:test";
import { readSource } from "../../../src/manifest/source.ts";
import { load, problemsOf } from "./load-text.ts";

test("source: places keys, values, list items and what lies behind an alias", () => {
  const read = readSource("a: &x\n  b: [1, 22]\nc: *x\n", "f.yaml", "/");
  assert.ok(read.t === "read");
  const { place } = read.source;
  assert.deepEqual(place(["a"], "key"), { line: 1, column: 1 });
  assert.deepEqual(place(["a", "b"], "key"), { line: 2, column: 3 });
  assert.deepEqual(place(["a", "b", 1], "value"), { line: 2, column: 10 });
  assert.deepEqual(place(["c", "b"], "key"), { line: 2, column: 3 });
  assert.deepEqual(place(["a", "missing", "deeper"], "value"), place(["a"], "value"));
});

test("source: keeps the order of keys that look like numbers", () => {
  const read = readSource('cores: { "2": {}, b: {}, "1": {} }', "f.yaml", "/");
  assert.ok(read.t === "read");
  assert.deepEqual(read.source.keys(["cores"]), ["2", "b", "1"]);
});

test("source: says that a file is empty", async () => {
  for (const text of ["", "\n", "# only a comment\n", "---\n", "~"]) {
    assert.deepEqual(await problemsOf(text), ["1:1 error : the file is empty"], JSON.stringify(text));
  }
});

test("source: says that a file is not a map", async () => {
  for (const text of ["- a\n- b\n", "just words\n", "42"]) {
    assert.deepEqual(await problemsOf(text), ["1:1 error : a manifest is a map of keys"]);
  }
});

test("source: points at tabs, unclosed brackets, bad indentation, unknown aliases, tags and second documents", async () => {
  const cases: [string, RegExp][] = [
    ["cores:\n\tfiles: {}\n", /^2:1 error : not valid YAML: tabs/],
    ["cores: { files: [1, 2\n", /^\d+:\d+ error : not valid YAML: flow/],
    ["cores:\n  a: 1\n b: 2\n", /^3:\d error : not valid YAML: /],
    ["cores: *nobody\n", /^1:8 error cores: the alias \*nobody has no anchor/],
    ["cores: !secret x\n", /^1:8 error : not valid YAML: unresolved tag/],
    ["cores: {}\n---\ncores: {}\n", /^2:1 error : a second document begins here/],
  ];
  for (const [text, expected] of cases) {
    const [first = "", ...more] = await problemsOf(text);
    assert.match(first, expected, JSON.stringify([first, ...more]));
  }
});

test("source: says how to write what YAML keeps some characters for", () => {
  const cases: [string, RegExp][] = [
    ["args: [-y, @scope/server]", /put it in quotes.* @/],
    ["command: `npx`", /put it in quotes/],
    ["args: [%x]", /put it in quotes/],
    ["tags: [#prod]", /put it in quotes.* #/],
    ["tags: [*]", /put it in quotes.* \*/],
    ["policy: { deny_tools: [*_file] }", /put it in quotes.* "\*_file"/],
    ['cwd: "C:\\Users\\me"', /'C:\\Users'/],
    ["command: node: x", /put it in quotes/],
    ["cwd: 'it's'", /the whole value/],
    ["cwd: !x y", /put it in quotes/],
  ];
  for (const [line, hint] of cases) {
    const loaded = load(`cores:\n  a:\n    ${line}\n`);
    assert.ok(loaded.t === "invalid", line);
    assert.equal(loaded.problems[0]?.line, 3, line);
    assert.match(loaded.problems[0]?.hint ?? "", hint, line);
  }
});

test("source: a quote that is never closed is shown where it was opened", async () => {
  const text = 'cores:\n  a:\n    command: "npx\n    args: []\n  b:\n    command: x\n';
  assert.deepEqual(await problemsOf(text), ['3:14 error : not valid YAML: missing closing "quote']);
});

test("source: names both places of a key written twice, at every level", async () => {
  const text = "cores:\n  a: { command: x, command: y }\n  a: { command: z }\ncores: {}\n";
  assert.deepEqual(await problemsOf(text), [
    "2:20 error cores.a.command: written twice: also on line 2",
    "3:3 error cores.a: written twice: also on line 2",
    "4:1 error cores: written twice: also on line 1",
  ]);
});

test("source: refuses an alias bomb", async () => {
  const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(", ")}]`);
  const bomb = ["l0: &l0 [x, x]", ...levels].join("\n");
  assert.deepEqual(await problemsOf(bomb), ["1:1 error : too many aliases: more than 100 expansions"]);
});

test("source: refuses nesting of every kind before the parser meets it", async () => {
  const n = 20_000;
  const stairs = Array.from({ length: 1000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n");
  for (const text of [
    `a: ${"[".repeat(n)}${"]".repeat(n)}`,
    "{a: ".repeat(n),
    `${"- ".repeat(n)}x`,
    `${"? ".repeat(n)}x`,
    stairs,
  ]) {
    assert.deepEqual(await problemsOf(text), ["1:1 error : nested too deeply"], text.slice(0, 20));
  }
  const mostStairs = Array.from({ length: 500 }, (_, i) => `${" ".repeat(i)}a:`).join("\n");
  assert.ok(!(await problemsOf(mostStairs)).join().includes("nested"));
  const harmless = [
    "cores:",
    "  # - - - - [[[[",
    "  a: { command: x, args: ['[[[[', \"{{{{\"] }",
    "  b:",
    "    command: x",
    "    args:",
    "      - |",
    `${" ".repeat(600)}x`,
    "",
  ];
  assert.deepEqual(await problemsOf(harmless.join("\n")), []);
});

test("source: an alias that contains itself is refused or finite", async () => {
  const found = await problemsOf("cores: &c { a: { command: x, tools: *c } }\n");
  assert.ok(found.length > 0);
});

test("source: allows a byte order mark, CRLF, anchors and JSON", async () => {
  assert.deepEqual(await problemsOf("\uFEFFcores:\r\n  a:\r\n    command: x\r\n"), []);
  assert.deepEqual(
    await problemsOf("cores:\n  a: { command: x, health: &h { ping_failures: 2 } }\n  b: { command: y, health: *h }\n"),
    [],
  );
  assert.deepEqual(await problemsOf('{"cores": {"a": {"command": "x"}}}'), []);
});

import assert from "node:assert/strict";
import test from "node:test";
import { GlobSet, globMatches } from "../../../src/gates/glob.ts";

test("glob: a star is any run, a question mark one character, the rest is itself", () => {
  const cases: [string, string, boolean][] = [
    ["files.*", "files.read", true],
    ["files.*", "files.", true],
    ["files.*", "filesxread", false],
    ["*.delete_*", "files.delete_all", true],
    ["*.delete_*", "files.undelete", false],
    ["read_?", "read_a", true],
    ["read_?", "read_", false],
    ["*", "", true],
    ["", "", true],
    ["", "a", false],
    ["a*b*c", "a--b--b--c", true],
    ["a*b*c", "a--b--b--", false],
    ["a**", "a", true],
    ["[a-z]+(.*)", "abc", false],
    ["[a-z]+(.*)", "[a-z]+(.anything)", true],
    ["A", "a", false],
  ];
  for (const [pattern, text, expected] of cases) {
    assert.equal(globMatches(pattern, text), expected, `${pattern} on ${text}`);
  }
});

test("glob: agrees with an exhaustive matcher on small alphabets", () => {
  const words = (alphabet: string, length: number): string[] =>
    length === 0 ? [""] : words(alphabet, length - 1).flatMap((word) => [word, ...[...alphabet].map((c) => word + c)]);
  const slow = (p: string, t: string): boolean => {
    if (p === "") return t === "";
    if (p[0] === "*") return slow(p.slice(1), t) || (t !== "" && slow(p, t.slice(1)));
    return t !== "" && (p[0] === "?" || p[0] === t[0]) && slow(p.slice(1), t.slice(1));
  };
  for (const pattern of new Set(words("ab*?", 4))) {
    for (const text of new Set(words("ab", 4))) {
      assert.equal(globMatches(pattern, text), slow(pattern, text), `${pattern} on ${text}`);
    }
  }
});

test("glob: a pattern made to backtrack ends after text times pattern steps", () => {
  let reads = 0;
  // Counts what the matcher looks at, so that the bound is checked without a clock.
  const counted = new Proxy(new String("a".repeat(2000)), {
    get(target, key) {
      if (typeof key === "string" && key !== "length") reads++;
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  }) as unknown as string;
  const pattern = `${"*a".repeat(200)}b`;
  assert.equal(globMatches(pattern, counted), false);
  assert.ok(reads <= 2000 * pattern.length, `${reads} reads`);
});

test("glob set: knows names and globs, and whether one glob takes everything under a prefix", () => {
  const set = new GlobSet(["files.read", "wiki.*", "git*"]);
  assert.equal(set.size, 3);
  assert.ok(set.has("files.read") && set.has("wiki.x") && set.has("github.pr"));
  assert.ok(!set.has("files.write"));
  assert.deepEqual([set.matchAllUnder("wiki."), set.matchAllUnder("github.")], ["wiki.*", "git*"]);
  assert.ok(!set.matchAllUnder("files."));
  const may = (...globs: string[]) => new GlobSet(globs).mayMatchUnder("files.");
  for (const glob of ["files.read", "files.*", "f*", "*", "*.read", "fi?es.x", "files.re*"]) assert.ok(may(glob), glob);
  assert.ok(!may("files", "filesx.*", "wiki.*", "files-x.read"));
  assert.ok(!may());
  assert.ok(!new GlobSet(["*.read_*", "files.r*", "files.?*"]).matchAllUnder("files."));
});

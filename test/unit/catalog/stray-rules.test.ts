// Rules of a manifest that match no tool: which of them are told, and in which words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type NameRule, strayRules } from "../../../src/catalog/stray-rules.ts";
import { catalogOf, source } from "../../helpers/catalog-sources.ts";

const named = (...names: string[]) => ({ listTools: names.map((name) => ({ name })) });
const rule = (text: string, more: Partial<NameRule> = {}): NameRule => ({
  ...{ path: ["clients", "ann", "deny", 0], rule: text, core: undefined, closes: true },
  ...more,
});
const { shelves } = catalogOf([
  source("files", named("read_file", "delete_file")),
  source("notes", named("add")),
  source("empty", named()),
  source("starting", { lists: undefined }),
]);

function told(...rules: NameRule[]): (string | undefined)[] {
  return strayRules(shelves, rules).map(({ what, fix, isName }) => `${isName ? "name" : "pattern"}: ${what}; ${fix}`);
}

test("stray rules: a name that no tool has is told, with the one that was meant", () => {
  assert.deepEqual(told(rule("files.delete_flie"), rule("delet_file", { core: "files" })), [
    "name: files.delete_flie matches none of the 2 tools of files: it keeps nothing from anybody; did you mean files.delete_file?",
    "name: delet_file matches none of the 2 tools of files: it keeps nothing from anybody; did you mean delete_file?",
  ]);
  assert.deepEqual(told(rule("files.entirely", { closes: false })), [
    "name: files.entirely matches none of the 2 tools of files; thehub list --all has their names",
  ]);
  const [stray] = strayRules(shelves, [rule("notes.ad")]);
  assert.match(stray?.message ?? "", /^clients\.ann\.deny\[?\.?0\]?: notes\.ad matches none/);
});

test("stray rules: a pattern is told where it was to close something, and as one that may be meant so", () => {
  assert.deepEqual(told(rule("files.delet_*"), rule("files.delet_*", { closes: false })), [
    "pattern: files.delet_* matches none of the 2 tools of files: it keeps nothing from anybody; thehub list --all has their names",
  ]);
  const all = catalogOf([source("a", named("one")), source("b", named("two"))]).shelves;
  const [stray, ...more] = strayRules(all, [rule("*.three"), rule("*.two"), rule("*")]);
  assert.deepEqual([stray?.core, stray?.isName, more], [undefined, false, []]);
  assert.match(stray?.what ?? "", /^\*\.three matches none of the 2 tools of all Cores/);
});

test("stray rules: nothing is said of what matches, of tags, or while a Core's tools are not known", () => {
  const fine = ["files.delete_file", "files.delete_*", "#prod", "empty.x", "starting.x", "nowhere.x", "*.x", "x", "*"];
  assert.deepEqual(told(...fine.map((text) => rule(text))), []);
  assert.deepEqual(told(rule("read_file", { core: "files" }), rule("*_file", { core: "files" })), []);
});

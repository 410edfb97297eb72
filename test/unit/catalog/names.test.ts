import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import { exposedName, otherSpellings } from "../../../src/catalog/names.ts";
import { names } from "../../helpers/catalog-sources.ts";

const core = { namespace: "files", prefix: true };
const legal = /^[A-Za-z0-9_-]{1,64}$/;
const none = { name: undefined, expose: undefined };
const tail = (canonical: string) => `_${createHash("sha256").update(canonical).digest("hex").slice(0, 8)}`;

test("names: the exposed name is namespace, separator, native name", () => {
  assert.deepEqual(exposedName(names, core, "read_file"), { name: "files__read_file", altered: false });
});

test("names: illegal characters are replaced and told apart by a hash of the canonical name", () => {
  const dotted = exposedName(names, core, "read.file");
  const spaced = exposedName(names, core, "read file");
  assert.deepEqual(dotted, { name: `files__read_file${tail("files.read.file")}`, altered: true });
  assert.notEqual(dotted.name, spaced.name);
  for (const native of ["päth", "🦊", "a/b", "..", "名前"]) {
    assert.match(exposedName(names, core, native).name, legal, native);
  }
});

test("names: a long name is cut to the limit and keeps its hash", () => {
  const native = "x".repeat(200);
  const { name, altered } = exposedName(names, core, native);
  assert.equal(name.length, 64);
  assert.ok(altered && name.endsWith(tail(`files.${native}`)));
  assert.notEqual(name, exposedName(names, core, `${native}x`).name);
  assert.equal(exposedName(names, core, "x".repeat(57)).altered, false);
  assert.equal(exposedName(names, core, "x".repeat(58)).altered, true);
});

test("names: the configured separator stays, also where its characters are not legal elsewhere", () => {
  assert.equal(exposedName({ separator: ".", maxLength: 64 }, core, "read").name, "files.read");
});

test("names: without prefix a native name is exposed unchanged, illegal or not", () => {
  const bare = { namespace: "files", prefix: false };
  assert.deepEqual(exposedName(names, bare, "read.file"), { name: "read.file", altered: false });
  assert.deepEqual(exposedName(names, bare, "x".repeat(100)), { name: "x".repeat(100), altered: false });
});

test("names: overrides set the native part or the whole name", () => {
  assert.equal(exposedName(names, core, "write_file", { ...none, name: "save" }).name, "files__save");
  assert.equal(exposedName(names, core, "write_file", { name: "save", expose: "search" }).name, "search");
  const long = exposedName(names, core, "write_file", { ...none, name: "y".repeat(100) });
  assert.ok(long.name.endsWith(tail("files.write_file")));
});

test("names: other spellings take in other separators, the name before an override, and the bare name", () => {
  const spellings = otherSpellings(names, core, "write_file", { ...none, name: "save" });
  for (const spelling of [
    "files__write_file",
    "files_write_file",
    "files/write_file",
    "files.save",
    "write_file",
    "save",
  ]) {
    assert.ok(spellings.includes(spelling), spelling);
  }
  assert.ok(otherSpellings(names, core, "a.b").includes(`files__a_b${tail("files.a.b")}`));
  assert.ok(otherSpellings(names, core, "a.b").includes("files__a.b"));
});

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import { Naming, otherSpellings } from "../../../src/catalog/names.ts";
import { names } from "../../helpers/catalog-sources.ts";

const usual = new Naming(names);
const core = { namespace: "files", prefix: true };
const legal = /^[A-Za-z0-9_-]{1,64}$/;
const none = { name: undefined, expose: undefined };
const tail = (canonical: string) => `_${createHash("sha256").update(canonical).digest("hex").slice(0, 8)}`;

test("names: the exposed name is namespace, separator, native name", () => {
  assert.deepEqual(usual.exposed(core, "read_file"), { name: "files__read_file", altered: false });
});

test("names: illegal characters are replaced and told apart by a hash of the canonical name", () => {
  const dotted = usual.exposed(core, "read.file");
  const spaced = usual.exposed(core, "read file");
  assert.deepEqual(dotted, { name: `files__read_file${tail("files.read.file")}`, altered: true });
  assert.notEqual(dotted.name, spaced.name);
  for (const native of ["päth", "🦊", "a/b", "..", "名前"]) {
    assert.match(usual.exposed(core, native).name, legal, native);
  }
});

test("names: a long name is cut to the limit and keeps its hash", () => {
  const native = "x".repeat(200);
  const { name, altered } = usual.exposed(core, native);
  assert.equal(name.length, 64);
  assert.ok(altered && name.endsWith(tail(`files.${native}`)));
  assert.notEqual(name, usual.exposed(core, `${native}x`).name);
  assert.equal(usual.exposed(core, "x".repeat(57)).altered, false);
  assert.equal(usual.exposed(core, "x".repeat(58)).altered, true);
});

test("names: the configured separator stays, also where its characters are not legal elsewhere", () => {
  assert.equal(new Naming({ ...names, separator: "." }).exposed(core, "read").name, "files.read");
});

test("names: without prefix a native name is exposed unchanged, illegal or not", () => {
  const bare = { namespace: "files", prefix: false };
  assert.deepEqual(usual.exposed(bare, "read.file"), { name: "read.file", altered: false });
  assert.deepEqual(usual.exposed(bare, "x".repeat(100)), { name: "x".repeat(100), altered: false });
});

test("names: overrides set the native part or the whole name", () => {
  assert.equal(usual.exposed(core, "write_file", { ...none, name: "save" }).name, "files__save");
  assert.equal(usual.exposed(core, "write_file", { name: "save", expose: "search" }).name, "search");
  const long = usual.exposed(core, "write_file", { ...none, name: "y".repeat(100) });
  assert.ok(long.name.endsWith(tail("files.write_file")));
});

test("names: other spellings take in other separators, the name before an override, and the bare name", () => {
  const spellings = otherSpellings([usual], core, "write_file", { ...none, name: "save" });
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
  assert.ok(otherSpellings([usual], core, "a.b").includes(`files__a_b${tail("files.a.b")}`));
  assert.ok(otherSpellings([usual], core, "a.b").includes("files__a.b"));
});

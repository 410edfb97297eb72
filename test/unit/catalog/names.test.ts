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

const claude = new Naming({ separator: "__", charset: "A-Za-z0-9_-", maxLength: 64 });

test("names: where a charset is known, every name is made of it, whoever set the name", () => {
  const bare = { namespace: "files", prefix: false };
  assert.deepEqual(claude.exposed(bare, "read_file"), { name: "read_file", altered: false });
  assert.deepEqual(claude.exposed(bare, "read.file"), { name: `read_file${tail("files.read.file")}`, altered: true });
  assert.match(claude.exposed(bare, "x".repeat(100)).name, legal);
  const exposed = claude.exposed(core, "find", { ...none, expose: "search.all" });
  assert.deepEqual(exposed, { name: `search_all${tail("files.find")}`, altered: true });
});

test("names: a charset may be any that a client is known for, and counts for the namespace too", () => {
  const small = new Naming({ separator: "_", charset: "a-z0-9_", maxLength: 64 });
  const dashed = { namespace: "my-files", prefix: true };
  assert.equal(small.exposed(dashed, "readFile").name, `my_files_readfile${tail("my-files.readFile")}`);
  assert.equal(small.exposed(core, "read_file").name, "files_read_file");
  const twins = [small.exposed(dashed, "t").name, small.exposed({ namespace: "my", prefix: true }, "files_t").name];
  assert.notEqual(twins[0], twins[1], "my-files and my are two Cores");
  const dotted = new Naming({ separator: ".", charset: "A-Za-z0-9_./-", maxLength: 128 });
  assert.deepEqual(dotted.exposed(core, "a/b.c-d"), { name: "files.a/b.c-d", altered: false });
  assert.equal(dotted.exposed(core, "a b").altered, true);
});

test("names: a name depends on nothing but the profile, the Core and the native name", () => {
  const [one, two] = [
    claude.exposed(core, "a.b"),
    new Naming({ ...names, charset: "A-Za-z0-9_-" }).exposed(core, "a.b"),
  ];
  assert.deepEqual(one, two);
});

test("names: other spellings take in those of every profile", () => {
  const short = new Naming({ separator: "__", charset: "A-Za-z0-9_-", maxLength: 24 });
  const native = "search_research_repository";
  const spellings = otherSpellings([usual, short], core, native);
  assert.ok(spellings.includes(short.exposed(core, native).name));
  assert.ok(otherSpellings([usual, claude], { ...core, prefix: false }, "a.b").includes(`a_b${tail("files.a.b")}`));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { imageTags, notesOf, versionOfTag, versionProblems } from "../../../scripts/release-rules.ts";

test("release: a tag is v and a version, and nothing else", () => {
  assert.equal(versionOfTag("v1.2.3"), "1.2.3");
  assert.equal(versionOfTag("v0.10.0-rc.1"), "0.10.0-rc.1");
  for (const tag of ["1.2.3", "v1.2", "v1.2.3.4", "v1.2.3 ", "v1.2.3;ls", "", "main"]) {
    assert.throws(() => versionOfTag(tag), /is no release tag/, tag);
  }
});

test("release: the newest version gets all the short names", () => {
  assert.deepEqual(imageTags("0.1.0", ["v0.1.0"]), ["0.1.0", "0.1", "0", "latest"]);
  assert.deepEqual(imageTags("1.10.0", ["v1.9.3", "v1.10.0", "v0.99.0"]), ["1.10.0", "1.10", "1", "latest"]);
});

test("release: a fix for an old line takes no name away from a newer one", () => {
  const tags = ["v1.0.0", "v1.0.1", "v1.1.0", "v2.0.0", "v2.1.0-rc.1", "other", ""];
  assert.deepEqual(imageTags("1.0.1", tags), ["1.0.1", "1.0"]);
  assert.deepEqual(imageTags("1.1.0", tags), ["1.1.0", "1.1", "1"]);
  assert.deepEqual(imageTags("2.0.0", tags), ["2.0.0", "2.0", "2", "latest"]);
  assert.deepEqual(imageTags("1.0.0", tags), ["1.0.0"]);
});

test("release: a candidate gets its own name only", () => {
  assert.deepEqual(imageTags("2.0.0-rc.1", []), ["2.0.0-rc.1"]);
});

test("release: the notes are the version's part of the changelog", () => {
  const changelog = "# Changelog\n\n## 0.2.0 (2026-12-01)\n\n- new\n\n### Fixed\n\n- old\n\n## 0.1.0\n\n- first\n";
  assert.equal(notesOf(changelog, "0.2.0"), "- new\n\n### Fixed\n\n- old");
  assert.equal(notesOf(changelog, "0.1.0"), "- first");
  assert.throws(() => notesOf(changelog, "0.3.0"), /no part "## 0\.3\.0"/);
  assert.throws(() => notesOf("## 0.3.0\n\n## 0.1.0\n\n- x", "0.3.0"), /nothing in it/);
});

test("release: each place that says another version is named", () => {
  assert.deepEqual(versionProblems("1.0.0", { a: "1.0.0", b: "0.9.0", c: undefined }), [
    "b: says 0.9.0, the tag says 1.0.0",
    "c: says nothing, the tag says 1.0.0",
  ]);
});

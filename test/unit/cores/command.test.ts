import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import { findCommand } from "../../../src/cores/command.ts";

let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-command-"));
  await mkdir(join(folder, "bin"));
  for (const name of ["bin/tool", "bin/tool.cmd"]) await writeFile(join(folder, name), "", { mode: 0o755 });
  await writeFile(join(folder, "bin/plain"), "", { mode: 0o644 });
});

after(() => rm(folder, { recursive: true }));

const find = (command: string, overrides: { path?: string; cwd?: string; platform?: NodeJS.Platform } = {}) =>
  findCommand({
    command,
    cwd: overrides.cwd ?? folder,
    env: { PATH: overrides.path ?? ["/nowhere", join(folder, "bin")].join(delimiter) },
    platform: overrides.platform ?? "linux",
  });

function reason(found: ReturnType<typeof findCommand>): string {
  return found.t === "missing" ? found.reason : `found ${found.file}`;
}

test("command: a name is found on PATH, a path relative to cwd", () => {
  assert.deepEqual(find("tool"), { t: "found", file: join(folder, "bin/tool") });
  assert.deepEqual(find("./bin/tool", { path: "" }), { t: "found", file: join(folder, "bin/tool") });
  assert.deepEqual(find(join(folder, "bin/tool"), { path: "", cwd: "/" }), {
    t: "found",
    file: join(folder, "bin/tool"),
  });
});

test("command: a name that is nowhere says where it was sought and what to write", () => {
  assert.match(
    reason(find("toool")),
    /"toool" was not found on PATH \(\/nowhere.*bin\); install it, write its full path/,
  );
  assert.match(reason(find("tool", { path: "" })), /PATH \(which is empty\)/);
});

test("command: a path that cannot be run says why", async () => {
  assert.match(reason(find("./bin/nothing")), /bin\/nothing does not exist; a path in command is relative to cwd/);
  assert.match(reason(find("./bin/plain")), /chmod \+x/);
  assert.match(reason(find("./bin")), /is a folder/);
  assert.match(reason(find("tool", { cwd: join(folder, "none") })), /cwd .* is not a folder/);
  await chmod(join(folder, "bin/plain"), 0o644);
});

test("command: a folder on PATH that cannot be looked into is passed by", async () => {
  await symlink("loop", join(folder, "loop"));
  assert.deepEqual(find("tool", { path: [join(folder, "loop"), join(folder, "bin")].join(delimiter) }), {
    t: "found",
    file: join(folder, "bin/tool"),
  });
  assert.match(reason(find("./loop/tool")), /cannot be looked at \(ELOOP\)/);
});

test("command: a relative folder on PATH is one of the child's cwd, which is where the child would look", () => {
  assert.deepEqual(find("tool", { path: "bin" }), { t: "found", file: join(folder, "bin/tool") });
});

test("command: on Windows the usual suffixes are tried", () => {
  const found = find("./bin/tool", { platform: "win32" });
  assert.ok(found.t === "found" && /tool(\.cmd)?$/i.test(found.file), reason(found));
});

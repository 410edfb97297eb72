import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { makeOwnFolder } from "../../../src/base/own-folder.ts";

let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-folder-"));
});

after(() => rm(folder, { recursive: true, force: true }));

test("own folder: is made with those above it, for one user alone, by whoever comes first", async () => {
  const deep = join(folder, "a", "b", "c");
  await Promise.all([makeOwnFolder(deep), makeOwnFolder(deep), makeOwnFolder(join(folder, "a", "b", "d"))]);
  await makeOwnFolder(deep);
  for (const path of [deep, join(folder, "a")]) assert.equal((await stat(path)).mode & 0o777, 0o700);
});

test("own folder: what is in the way is the system's error, and a link to a folder is a folder", async () => {
  await writeFile(join(folder, "file"), "");
  await symlink(folder, join(folder, "link"));
  await symlink(join(folder, "nothing"), join(folder, "dangling"));
  await makeOwnFolder(join(folder, "link"));
  for (const [path, code] of [
    ["file", "EEXIST"],
    ["file/below", "ENOTDIR"],
    ["dangling", "EEXIST"],
    ["dangling/below", "EEXIST"],
  ] as const) {
    await assert.rejects(makeOwnFolder(join(folder, path)), { code }, path);
  }
});

test("own folder: where the system denies the folder above, that is said, once", {
  skip: process.platform === "linux" ? false : "needs /proc",
}, () => {
  // In a process of its own, which can be ended: it was a loop.
  const module = pathToFileURL(join(import.meta.dirname, "../../../src/base/own-folder.ts")).href;
  const script = `import { makeOwnFolder } from ${JSON.stringify(module)};
    await makeOwnFolder("/proc/thehub/run").catch(({ code }) => console.log(code));`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", script];
  const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 30_000 });
  assert.equal(stdout, "ENOENT\n");
});

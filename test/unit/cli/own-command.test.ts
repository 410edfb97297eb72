import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ownCommand } from "../../../src/cli/own-command.ts";
import { mainFile } from "../../helpers/hub-process.ts";

test("own-command: a clone is started from where it is, a package by its name, whatever link led to them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-own-"));
  try {
    const link = join(folder, "thehub");
    await symlink(mainFile, link);
    assert.deepEqual(ownCommand(mainFile), ["node", mainFile]);
    assert.deepEqual(ownCommand(link), ["node", mainFile]);
    const installed = join(folder, "node_modules/@ghively/thehub/dist/cli");
    await mkdir(installed, { recursive: true });
    await writeFile(join(installed, "main.js"), "");
    assert.deepEqual(ownCommand(join(installed, "main.js")), ["npx", "-y", "@ghively/thehub"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

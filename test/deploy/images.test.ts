// The terminals shown in the guides are what the commands write today.
import { execFile, spawnSync } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { root } from "../helpers/hub-process.ts";

const recorder = spawnSync("script", ["--version"]).error === undefined;

test("images: the pictures of list and check are what these commands write", {
  skip: recorder ? false : "needs script (Debian: bsdutils)",
}, async () => {
  const args = ["--import", "tsx", "scripts/images.ts", "--check", "list", "check"];
  await promisify(execFile)(process.execPath, args, { cwd: root });
});

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { findRuns, type Run, recordRun, stateOf } from "../../../src/base/run-files.ts";

const { platform } = process;
let stateDir = "";

before(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "thehub-runs-"));
});

after(() => rm(stateDir, { recursive: true, force: true }));

async function ownRun(): Promise<Run> {
  const [found] = await findRuns(stateDir);
  assert.ok(found?.run !== undefined);
  return found.run;
}

test("run files: a hub's file says which process it is and where it listens, until it is forgotten", async () => {
  const own = await recordRun(stateDir, "ab12", platform);
  assert.equal((await ownRun()).pid, process.pid);
  assert.equal((await ownRun()).addresses, undefined);
  assert.equal(await stateOf(await ownRun(), platform), "running");
  await own.listensOn(["http://127.0.0.1:3000"], [`unix:${own.socket.path}`]);
  assert.deepEqual((await ownRun()).addresses, ["http://127.0.0.1:3000"]);
  assert.deepEqual((await ownRun()).adminSockets, [`unix:${join(stateDir, "run", "ab12.sock")}`]);
  await own.forget();
  assert.deepEqual(await findRuns(stateDir), []);
});

test("run files: another process with the same number is not the hub", { skip: platform === "win32" }, async () => {
  const own = await recordRun(stateDir, "ab12", platform);
  const run = await ownRun();
  assert.equal(await stateOf({ ...run, started: `${run.started}0` }, platform), "gone");
  assert.equal(await stateOf({ ...run, started: "" }, platform), "gone");
  assert.equal(await stateOf({ ...run, pid: 2 ** 22 + 1 }, platform), "gone");
  await own.forget();
});

test("run files: a hub in another container is elsewhere, one from before the machine started is gone", {
  skip: platform === "linux" ? false : "containers are Linux's",
}, async () => {
  const own = await recordRun(stateDir, "ab12", platform);
  const run = await ownRun();
  const [boot] = (run.place ?? "").split("/");
  assert.equal(await stateOf({ ...run, place: `${boot}/pid:[1]` }, platform), "elsewhere");
  assert.equal(await stateOf({ ...run, place: "another-boot/pid:[1]" }, platform), "gone");
  await own.forget();
});

test("run files: what is no run file is found as such or left alone", async () => {
  await mkdir(join(stateDir, "run"), { recursive: true });
  await writeFile(join(stateDir, "run", "cd34"), "{");
  await writeFile(join(stateDir, "run", "cd34.draft"), "{");
  const found = await findRuns(stateDir);
  assert.deepEqual(
    found.map(({ hubId, run }) => ({ hubId, run })),
    [{ hubId: "cd34", run: undefined }],
  );
  assert.equal(await readFile(found[0]?.file ?? "", "utf8"), "{");
  assert.deepEqual(await findRuns(join(stateDir, "nowhere")), []);
});

test("run files: a folder that cannot be read is not taken for an empty one", async () => {
  // Root reads what modes close to others; nobody lists a file.
  const file = join(stateDir, "broken");
  await writeFile(file, "");
  await assert.rejects(findRuns(file), { code: "ENOTDIR" });
});

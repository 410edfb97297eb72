// Nothing outlives the hub, however it ends: docs/decisions/0003-nothing-outlives-the-hub.md.
import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../src/base/clock.ts";
import { hubMarker } from "../../src/cores/environment.ts";
import { openReaper } from "../../src/cores/reaper.ts";
import { markedProcesses, sweep } from "../../src/cores/sweep.ts";
import { LogRecord } from "../helpers/core-run.ts";
import { fixture, startHub } from "../helpers/hub-process.ts";

const skip = process.platform === "win32" ? "there are no signals and no sh" : false;
const program = fileURLToPath(new URL("../fixtures/cores/reaper-parent.ts", import.meta.url));
const sweepDeps = { clock: systemClock, platform: process.platform };

class SmallHub implements AsyncDisposable {
  readonly hubId = randomBytes(8).toString("hex");
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  /** Settles when nobody holds the hub's stdout any more: neither it nor what it started. */
  readonly allGone: Promise<unknown>;
  guardian = 0;
  pids: number[] = [];

  constructor(stateDir: string, guardianPath: string = process.env["PATH"] ?? "") {
    this.child = spawn(process.execPath, ["--import", "tsx", program, this.hubId, stateDir, guardianPath], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.allGone = once(this.child, "close");
  }

  async ready(): Promise<this> {
    const [line] = (await once(createInterface({ input: this.child.stdout }), "line")) as [string];
    Object.assign(this, JSON.parse(line));
    assert.equal((await this.marked()).length >= 2, true, "the children carry the mark");
    return this;
  }

  marked(): Promise<number[]> {
    return markedProcesses(hubMarker(this.hubId), process.platform);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    if (await isAlive(this.guardian)) process.kill(this.guardian, "SIGKILL");
    await sweep(hubMarker(this.hubId), sweepDeps);
    await this.allGone;
  }
}

/** A zombie counts as gone: whoever inherits it decides when it disappears. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ") S");
    return !stat.includes(") Z");
  } catch {
    return false;
  }
}

async function ended(pid: number): Promise<void> {
  while (await isAlive(pid));
}

async function withStateDir(body: (stateDir: string) => Promise<void>): Promise<void> {
  const stateDir = await mkdtemp(join(tmpdir(), "thehub-reaper-"));
  try {
    await body(stateDir);
  } finally {
    await rm(stateDir, { recursive: true });
  }
}

test("reaper: when the hub is killed with -9, its guardian ends what it started, and then itself", { skip }, () =>
  withStateDir(async (stateDir) => {
    await using hub = await new SmallHub(stateDir).ready();
    hub.child.kill("SIGKILL");
    await hub.allGone;
    assert.deepEqual(await hub.marked(), []);
    await ended(hub.guardian);
  }),
);

test("reaper: a guardian without grep reads the environments by itself", { skip }, () =>
  withStateDir(async (stateDir) => {
    await using hub = await new SmallHub(stateDir, "/nowhere").ready();
    hub.child.kill("SIGKILL");
    await hub.allGone;
    await ended(hub.guardian);
  }),
);

test("reaper: the guardian cannot be ended by the signals of a shutdown", { skip }, () =>
  withStateDir(async (stateDir) => {
    await using hub = await new SmallHub(stateDir).ready();
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.kill(hub.guardian, signal);
    hub.child.kill("SIGKILL");
    await hub.allGone;
    await ended(hub.guardian);
  }),
);

test("reaper: a guardian that is told that all is well goes and touches nothing", { skip }, () =>
  withStateDir(async (stateDir) => {
    await using hub = await new SmallHub(stateDir).ready();
    hub.child.stdin.write("well\n");
    await once(hub.child, "exit");
    await ended(hub.guardian);
    assert.equal((await Promise.all(hub.pids.map(isAlive))).every(Boolean), true);
  }),
);

test("reaper: when hub and guardian are both killed, the next start ends what is left", { skip }, () =>
  withStateDir(async (stateDir) => {
    await using hub = await new SmallHub(stateDir).ready();
    process.kill(hub.guardian, "SIGKILL");
    hub.child.kill("SIGKILL");
    await once(hub.child, "exit");
    assert.ok((await hub.marked()).length >= 2, "nobody was left to end them");
    const record = new LogRecord();
    const hubId = randomBytes(8).toString("hex");
    const path = process.env["PATH"] ?? "";
    const reaper = await openReaper({ ...sweepDeps, log: record.log, hubId, stateDir, path });
    await hub.allGone;
    assert.ok(Number((await record.line("stale_processes_ended"))["count"]) >= 2);
    assert.deepEqual(await readdir(join(stateDir, "run")), [hubId]);
    await reaper.dismiss();
    assert.deepEqual(await readdir(join(stateDir, "run")), []);
  }),
);

test("reaper: the start of one hub leaves another that runs alone", { skip }, () =>
  withStateDir(async (stateDir) => {
    await using hub = await new SmallHub(stateDir).ready();
    const log = new LogRecord().log;
    const hubId = randomBytes(8).toString("hex");
    const reaper = await openReaper({ ...sweepDeps, log, hubId, stateDir, path: process.env["PATH"] ?? "" });
    assert.equal((await Promise.all(hub.pids.map(isAlive))).every(Boolean), true);
    assert.deepEqual((await readdir(join(stateDir, "run"))).sort(), [hub.hubId, hubId].sort());
    await reaper.dismiss();
  }),
);

test("reaper: a state folder that cannot be written is logged, and the guardian stands all the same", { skip }, () =>
  withStateDir(async (stateDir) => {
    const file = join(stateDir, "file");
    await writeFile(file, "");
    const record = new LogRecord();
    const hubId = randomBytes(8).toString("hex");
    const path = process.env["PATH"] ?? "";
    const reaper = await openReaper({ ...sweepDeps, log: record.log, hubId, stateDir: file, path });
    await record.line("run_file_failed");
    await reaper.dismiss();
  }),
);

test("reaper: the built hub, killed with -9, leaves nothing, grandchildren in sessions of their own included", {
  skip,
}, async () => {
  await using hub = await startHub({ manifest: `cores:\n  g:\n    ${fixture("grandchild.mjs")}\n` });
  await hub.logged("core_up");
  const [hubId = ""] = await readdir(join(hub.folder, "state/run"));
  const marked = () => markedProcesses(hubMarker(hubId), process.platform);
  assert.ok((await marked()).length >= 3);
  hub.child.kill("SIGKILL");
  await hub.exited;
  while ((await marked()).length > 0);
});

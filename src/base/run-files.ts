// The file that each running hub has in its state folder: which process it is, and where it listens. Read by the next start,
// which ends what a dead hub left behind, by `thehub health`, and by the commands that speak to a running hub's admin API.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile, readlink, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { namesIn } from "./names-in.ts";
import { makeOwnFolder } from "./own-folder.ts";
import { Secret } from "./secret.ts";

/** A number alone may be another process's by now; number, start time and place may not. */
export interface Run {
  readonly pid: number;
  /** When the process started, in words that only serve comparison. */
  readonly started: string;
  /** Where processes with these numbers are: on Linux the machine's run and the PID namespace, which a container has of its own. */
  readonly place?: string;
  /** As the hub says them: `http://127.0.0.1:3000`, `unix:/run/hub.sock`. None: it speaks STDIO, or does not listen yet. */
  readonly addresses?: readonly string[];
  /** SHA-256 of the certificate that its https addresses show. */
  readonly certificate?: string | undefined;
  /** Where its admin API answers whoever may open the socket, the private one first; none where it could have none. */
  readonly adminSockets?: readonly string[];
  /** What the private one asks for. Who can read this file has it, and nobody else. */
  readonly adminKey?: string;
  /** The engines that run containers for it. */
  readonly engines?: readonly Engine[];
}

/** The command line of Docker or Podman, and the environment in which it finds its engine. */
export interface Engine {
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface FoundRun {
  readonly file: string;
  /** Where its private socket is, if it has one. */
  readonly socket: string;
  readonly hubId: string;
  /** Undefined: a file that cannot be read as one. */
  readonly run: Run | undefined;
}

/** This process's own file. */
export interface OwnRun {
  /** A path for a socket that only the hub's user can reach: beside the file, in a folder of mode 0700; and what it is to ask for. */
  readonly socket: { readonly path: string; readonly key: Secret };
  /** To be called when the hub listens, and when its certificate is another. */
  listensOn(addresses: readonly string[], adminSockets: readonly string[], certificate?: string): Promise<void>;
  usesEngine(engine: Engine): Promise<void>;
  forget(): Promise<void>;
}

/** Rejects when the state folder cannot be written to. */
export async function recordRun(stateDir: string, hubId: string, platform: NodeJS.Platform): Promise<OwnRun> {
  const folder = join(stateDir, "run");
  const file = join(folder, hubId);
  const adminKey = randomBytes(32).toString("base64url");
  let facts: Run = { ...(await thisRun(platform)), adminKey };
  let writing = Promise.resolve();
  const write = (more: Partial<Run>) => {
    facts = { ...facts, ...more };
    // One after the other: they share a draft.
    writing = writing.catch(() => {}).then(save);
    return writing;
  };
  const save = async () => {
    // Written beside it and renamed: another hub that starts now must not find half a file and take it for an old one.
    const draft = `${file}.draft`;
    await writeFile(draft, JSON.stringify(facts), { mode: 0o600 });
    await rename(draft, file);
  };
  await makeOwnFolder(folder);
  await write({});
  return {
    socket: { path: socketOf(file), key: new Secret(adminKey) },
    listensOn: (addresses, adminSockets, certificate) => write({ addresses, adminSockets, certificate }),
    async usesEngine(engine) {
      const { engines = [] } = facts;
      if (!engines.some(({ file }) => file === engine.file)) await write({ engines: [...engines, engine] });
    },
    forget: () => rm(file, { force: true }),
  };
}

/** This process, as others may know it again. */
export async function thisRun(platform: NodeJS.Platform): Promise<Run> {
  const [started, place] = await Promise.all([startOf(process.pid, platform), placeOf(platform)]);
  return { pid: process.pid, started: started ?? "", place };
}

/** Every run file of a state folder, in no order. Empty when there is no such folder; rejects when it cannot be read. */
export async function findRuns(stateDir: string): Promise<FoundRun[]> {
  const folder = join(stateDir, "run");
  const hubIds = (await namesIn(folder)).filter((name) => /^[0-9a-f]+$/.test(name));
  return Promise.all(
    hubIds.map(async (hubId) => {
      const file = join(folder, hubId);
      return { file, socket: socketOf(file), hubId, run: await readRun(file) };
    }),
  );
}

function socketOf(file: string): string {
  return `${file}.sock`;
}

/** What a hub's private socket asks for, from the file beside it; undefined: it is no such socket. */
export async function keyOfSocket(path: string): Promise<Secret | undefined> {
  const key = path.endsWith(".sock") ? (await readRun(path.slice(0, -".sock".length)))?.adminKey : undefined;
  return key === undefined ? undefined : new Secret(key);
}

/**
 * `elsewhere`: its process is in another container that shares the state folder, where it can be neither seen nor ended
 * from here.
 */
export async function stateOf(run: Run, platform: NodeJS.Platform): Promise<"running" | "gone" | "elsewhere"> {
  const here = await placeOf(platform);
  if (run.place !== undefined && run.place !== here) return sameBoot(run.place, here) ? "elsewhere" : "gone";
  return run.started !== "" && (await startOf(run.pid, platform)) === run.started ? "running" : "gone";
}

async function readRun(file: string): Promise<Run | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Run;
  } catch {
    return undefined;
  }
}

async function placeOf(platform: NodeJS.Platform): Promise<string> {
  if (platform !== "linux") return "";
  const [boot, namespace] = await Promise.all([
    readFile("/proc/sys/kernel/random/boot_id", "latin1").catch(() => ""),
    readlink("/proc/self/ns/pid").catch(() => ""),
  ]);
  return `${boot.trim()}/${namespace}`;
}

function sameBoot(one: string, other: string): boolean {
  return one.split("/", 1)[0] === other.split("/", 1)[0];
}

/** Undefined when there is no process with this id. */
async function startOf(pid: number, platform: NodeJS.Platform): Promise<string | undefined> {
  if (platform === "linux") {
    try {
      const stat = await readFile(`/proc/${pid}/stat`, "latin1");
      // The name in parentheses may hold spaces; the start time is the 20th field behind it.
      return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    } catch {
      return undefined;
    }
  }
  if (platform === "win32") return isThere(pid) ? "unknown" : undefined;
  return new Promise((resolve) => {
    execFile(
      "ps",
      ["-o", "lstart=", "-p", String(pid)],
      { env: { LC_ALL: "C", PATH: "/bin:/usr/bin" } },
      (error, out) => {
        resolve(error === null && out.trim() !== "" ? out.trim() : undefined);
      },
    );
  });
}

/** Windows tells start times only to a shell that takes longer to start than anything here. */
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

// One child process: started in a group of its own with the environment it is given, its stderr kept and logged, its end
// reported once. Knows nothing of MCP and never decides to end by itself; stop.ts does.
import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../telemetry/log.ts";
import { findCommand } from "./command.ts";
import type { Failure, Fence } from "./fence.ts";
import { StderrTail } from "./stderr.ts";
import type { Fall } from "./supervisor.ts";

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Undefined: it may do all that the hub's user may. */
  readonly fence?: Pick<Fence, "around"> | undefined;
}

export interface ProcessDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly platform: NodeJS.Platform;
  mask(text: string): string;
  /** Something was written to stderr: the process is alive and busy. */
  activity(): void;
}

export type Started =
  | { readonly t: "started"; readonly process: CoreProcess }
  | { readonly t: "refused"; readonly fall: Fall };

export function startProcess(launch: Launch, deps: ProcessDeps): Started {
  const found = findCommand({ ...launch, platform: deps.platform });
  if (found.t === "missing") return { t: "refused", fall: { code: "core_down", reason: found.reason, fatal: true } };
  const fenced = launch.fence?.around({ ...launch, file: found.file }) ?? { t: "plain" };
  if (fenced.t === "refused") return { t: "refused", fall: { code: "core_down", reason: fenced.reason, fatal: true } };
  try {
    if (fenced.t === "plain") {
      return { t: "started", process: new CoreProcess(spawnChild(found.file, launch, deps.platform), deps) };
    }
    const child = spawnFenced({ ...launch, ...fenced.program });
    const failed = fenceReport(child).then((report) => {
      const failure = fenced.outcome(report);
      return failure === undefined ? undefined : fenceFailure(launch.command, failure);
    });
    return { t: "started", process: new CoreProcess(child, deps, failed) };
  } catch (error) {
    return { t: "refused", fall: spawnFailure(launch.command, error) };
  }
}

function spawnChild(file: string, launch: Launch, platform: NodeJS.Platform): ChildProcess {
  const options = { cwd: launch.cwd, env: { ...launch.env }, stdio: "pipe", windowsHide: true } as const;
  if (platform === "win32" && /\.(cmd|bat)$/i.test(file)) {
    // Batch files run in cmd.exe only; every argument is quoted, so that none can be read as a command.
    const line = [file, ...launch.args].map(quoteForCmd).join(" ");
    const cmd = launch.env["ComSpec"] ?? "cmd.exe";
    return spawn(cmd, ["/d", "/s", "/c", `"${line}"`], { ...options, windowsVerbatimArguments: true });
  }
  // A group and session of its own: it can be signalled as a whole, and a Ctrl-C at the terminal passes it by.
  return spawn(file, launch.args, { ...options, detached: platform !== "win32" });
}

function spawnFenced({ file, args, cwd, env }: Launch & { readonly file: string }): ChildProcess {
  return spawn(file, args, { cwd, env, stdio: ["pipe", "pipe", "pipe", "pipe"], detached: true });
}

/** What the launcher says of the fence; complete when the Core's program starts, or nothing does. */
function fenceReport(child: ChildProcess): Promise<string> {
  const stream = child.stdio[3] as Readable;
  let report = "";
  return new Promise((resolve) => {
    stream.on("data", (chunk: Buffer) => {
      report += chunk.toString("latin1");
    });
    stream.on("error", () => {});
    stream.on("close", () => resolve(report));
  });
}

function fenceFailure(command: string, failure: Failure): Fall {
  if ("reason" in failure) return { code: "core_down", reason: failure.reason, fatal: true };
  return spawnFailure(command, Object.assign(new Error(failure.code), failure));
}

function quoteForCmd(argument: string): string {
  return `"${argument.replaceAll('"', '""').replaceAll("%", "%%")}"`;
}

function spawnFailure(command: string, error: unknown): Fall {
  const { code, message } = error as NodeJS.ErrnoException;
  // The file was there a moment ago, so ENOENT means the interpreter that its first line names.
  const why = code === "ENOENT" ? "the interpreter named in its first line does not exist" : message;
  const passing = code === "EAGAIN" || code === "EMFILE" || code === "ENFILE" || code === "ENOMEM";
  return { code: "core_down", reason: `command "${command}" could not be started: ${why}`, fatal: !passing };
}

/** How long the output of a dead process may still be read; a grandchild that holds the pipe must not hold the hub. */
const lastWordsMs = 500;

export class CoreProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves when the process has ended, or never came to be, with how: `exited with code 1`, `was killed by SIGSEGV`. */
  readonly exited: Promise<Fall>;
  /** Resolves a little later, when what it wrote has been read. */
  readonly finished: Promise<Fall>;
  readonly #child: ChildProcess;
  readonly #stderr: StderrTail;
  readonly #deps: ProcessDeps;
  #ended = false;

  /** `failed`: resolves with why its program was not started, if a launcher was to do that, at the latest when that has ended. */
  constructor(child: ChildProcess, deps: ProcessDeps, failed?: Promise<Fall | undefined>) {
    const { stdin, stdout, stderr } = child;
    if (stdin === null || stdout === null || stderr === null) throw new Error("the process has no pipes");
    this.#child = child;
    this.#deps = deps;
    this.stdin = stdin;
    this.stdout = stdout;
    const pid = child.pid;
    this.#stderr = new StderrTail({
      clock: deps.clock,
      mask: deps.mask,
      line: (text) => deps.log.info("core_stderr", { pid, text }),
      dropped: (count) => deps.log.warn("core_stderr_dropped", { pid, count }),
    });
    stderr.on("data", (chunk: Buffer) => {
      this.#stderr.push(chunk);
      deps.activity();
    });
    // A failing pipe is followed by the process's end, which is reported; EPIPE on stdin only means that it came first.
    for (const stream of [stdin, stdout, stderr]) stream.on("error", (error) => this.#streamFailed(error));
    this.exited = new Promise((resolve) => {
      child.once("error", (error) => {
        if (child.pid === undefined) resolve(spawnFailure(child.spawnfile, error));
      });
      child.once("exit", async (code, signal) => resolve((await failed) ?? exitFall(code, signal)));
    });
    const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
    this.finished = this.exited.then(async (exit) => {
      this.#ended = true;
      if (child.pid !== undefined) await Promise.race([closed, afterMs(deps.clock, lastWordsMs)]);
      stdout.destroy();
      stderr.destroy();
      this.#stderr.end();
      return exit;
    });
  }

  /** Undefined when the process never came to be. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The last lines of stderr, masked. */
  stderrTail(): string[] {
    return this.#stderr.lines();
  }

  /** To the process and everything that is still in its group. */
  signal(signal: NodeJS.Signals): void {
    const pid = this.#child.pid;
    if (pid === undefined) return;
    if (this.#deps.platform === "win32") {
      // There are no signals: the tree ends or it does not.
      spawn("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore", windowsHide: true }).on("error", () => {
        this.#child.kill("SIGKILL");
      });
      return;
    }
    try {
      process.kill(-pid, signal);
    } catch {
      // The group is empty already.
    }
  }

  #streamFailed(error: NodeJS.ErrnoException): void {
    this.#deps.log.debug("core_pipe_failed", { pid: this.#child.pid, code: error.code });
  }
}

function exitFall(exitCode: number | null, signal: NodeJS.Signals | null): Fall {
  const reason = signal === null ? `exited with code ${exitCode}` : `was killed by ${signal}`;
  return { code: "core_down", reason, fatal: false };
}

function afterMs(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

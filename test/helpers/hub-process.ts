// Runs the built hub as its users do, as a process, and ends with proof that nothing of it is left.
import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../../", import.meta.url));
export const mainFile: string = join(root, "dist/cli/main.js");

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [key: string]: unknown;
}

export interface HubOptions {
  /** YAML text; written to hub.yaml in a folder of its own, unless `manifestFile` names one. */
  readonly manifest?: string;
  readonly manifestFile?: string;
  readonly env?: Record<string, string>;
  readonly args?: readonly string[];
  readonly cwd?: string;
}

export class HubProcess implements AsyncDisposable {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly logs: LogLine[] = [];
  readonly folder: string;
  readonly #waiters = new Set<{ test: (line: LogLine) => boolean; resolve: (line: LogLine) => void }>();
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  constructor(child: ChildProcessByStdio<Writable, Readable, Readable>, folder: string) {
    this.child = child;
    this.folder = folder;
    this.exited = once(child, "exit").then(([code, signal]) => ({ code, signal }));
    createInterface({ input: child.stderr }).on("line", (text) => {
      const line = JSON.parse(text) as LogLine;
      this.logs.push(line);
      for (const waiter of this.#waiters) {
        if (!waiter.test(line)) continue;
        this.#waiters.delete(waiter);
        waiter.resolve(line);
      }
    });
  }

  /** The first log line, past or to come, with this msg. Rejects when the hub exits without it. */
  logged(msg: string, test: (line: LogLine) => boolean = () => true): Promise<LogLine> {
    const matches = (line: LogLine) => line.msg === msg && test(line);
    const past = this.logs.find(matches);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve, reject) => {
      this.#waiters.add({ test: matches, resolve });
      void this.exited.then(() => reject(new Error(`the hub exited without logging ${msg}: ${this.tail()}`)));
    });
  }

  /** The first line to come of those that pass; rejects when it has another msg. */
  async loggedNext(msg: string, test: (line: LogLine) => boolean): Promise<LogLine> {
    const line = await new Promise<LogLine>((resolve, reject) => {
      this.#waiters.add({ test, resolve });
      void this.exited.then(() => reject(new Error(`the hub exited without logging ${msg}: ${this.tail()}`)));
    });
    if (line.msg !== msg) throw new Error(`the hub logged ${line.msg} and not ${msg}: ${this.tail()}`);
    return line;
  }

  tail(): string {
    return this.logs
      .slice(-8)
      .map((line) => JSON.stringify(line))
      .join("\n");
  }

  /** `http://127.0.0.1:PORT`, once the hub listens. */
  async url(): Promise<string> {
    const line = await this.logged("listening");
    const [first] = line["addresses"] as string[];
    return String(first);
  }

  async wsUrl(path = "/mcp"): Promise<string> {
    const { port } = new URL(await this.url());
    return `ws://localhost:${port}${path}`;
  }

  /** Where it speaks Streamable HTTP. */
  async httpUrl(): Promise<string> {
    const { port } = new URL(await this.url());
    return `http://localhost:${port}/mcp`;
  }

  /** SIGTERM, and the promise that it ends well. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGTERM");
    const { code } = await this.exited;
    assert.equal(code, 0, `the hub exited with ${code}: ${this.tail()}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill("SIGTERM");
      await this.exited;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Starts `thehub serve` (or another command) on free loopback ports with a state folder of its own. */
export async function startHub(options: HubOptions = {}): Promise<HubProcess> {
  const folder = await mkdtemp(join(tmpdir(), "thehub-test-"));
  const file = options.manifestFile ?? join(folder, "hub.yaml");
  if (options.manifest !== undefined) await writeFile(file, options.manifest);
  const args = options.args ?? ["serve", "--listen", "localhost:0"];
  const withManifest = options.manifest !== undefined || options.manifestFile !== undefined;
  const child = spawn(process.execPath, [mainFile, ...args, ...(withManifest ? ["--manifest", file] : [])], {
    cwd: options.cwd ?? root,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      HUB_STATE_DIR: join(folder, "state"),
      HUB_LOG_FORMAT: "json",
      ...options.env,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  return new HubProcess(child, folder);
}

/** A program of this repository as lines of a manifest. */
export function program(file: string, ...args: readonly string[]): string {
  return `command: ${JSON.stringify(process.execPath)}\n    args: ${JSON.stringify([join(root, file), ...args])}`;
}

/** A fixture Core of test/fixtures/cores as lines of a manifest. */
export function fixture(name: string): string {
  return program(`test/fixtures/cores/${name}`);
}

/** A two-way Core, which speaks on its pipe. */
export function twoWay(file: string, ...args: readonly string[]): string {
  return program(`test/fixtures/two-way/${file}`, ...args);
}

/** The same in one line, for a map in braces. */
export function inline(name: string): string {
  return fixture(name).replace("\n    ", ", ");
}

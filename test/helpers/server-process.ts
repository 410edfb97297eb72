// A server of a test that runs beside the hub: it says where it is in its first line, and what it does on stderr.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export class ServerProcess implements AsyncDisposable {
  /** Its first line: where it listens. */
  readonly place: string;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #lines: string[];
  readonly #listeners: Set<() => void>;

  private constructor(
    child: ChildProcessByStdio<null, Readable, Readable>,
    place: string,
    lines: string[],
    listeners: Set<() => void>,
  ) {
    this.#child = child;
    this.place = place;
    this.#lines = lines;
    this.#listeners = listeners;
  }

  /** Throws where it ends before it listens, with its last words. */
  static async start(
    file: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = process.env,
  ): Promise<ServerProcess> {
    const child = spawn(process.execPath, [file, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    const lines: string[] = [];
    const listeners = new Set<() => void>();
    createInterface({ input: child.stderr }).on("line", (line) => {
      lines.push(line);
      for (const look of [...listeners]) look();
    });
    const lastWords = () => lines.slice(-20).join("\n");
    // Not by a signal: of itself, and what it last said is why.
    child.on("exit", (code) => code !== null && process.stderr.write(`${lastWords()}\n`));
    const { value: place } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
    if (place === undefined) throw new Error(`${file} ended before it listened: ${lastWords()}`);
    return new ServerProcess(child, place, lines, listeners);
  }

  /** Resolves when this line has been written on stderr. */
  written(line: string): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!this.#lines.includes(line)) return;
        this.#listeners.delete(look);
        resolve();
      };
      this.#listeners.add(look);
      look();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill();
    await exited;
  }
}

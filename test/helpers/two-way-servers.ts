// The two-way Cores of one generation of the SDK as servers elsewhere: one process, as it was started, with what it says on stderr.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { root } from "./hub-process.ts";
import type { Generation } from "./two-way-client.ts";

export class TwoWayServers implements AsyncDisposable {
  /** `HOST:PORT`. */
  readonly host: string;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #lines: string[] = [];
  readonly #listeners = new Set<() => void>();

  private constructor(child: ChildProcessByStdio<null, Readable, Readable>, port: string) {
    this.#child = child;
    this.host = `127.0.0.1:${port}`;
    createInterface({ input: child.stderr }).on("line", (line) => {
      this.#lines.push(line);
      for (const look of [...this.#listeners]) look();
    });
  }

  static async start(generation: Generation): Promise<TwoWayServers> {
    const args = [join(root, "test/fixtures/two-way/elsewhere.mjs"), String(generation[0])];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    const { value: port } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
    if (port === undefined) throw new Error(`the servers of SDK ${generation} ended before they listened`);
    return new TwoWayServers(child, port);
  }

  /** Resolves when this line has been written. */
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
    const exited = once(this.#child, "exit");
    this.#child.kill();
    await exited;
  }
}

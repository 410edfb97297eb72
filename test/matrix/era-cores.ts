// The Cores of the matrix of eras: of the handshake era alone, of the modern one alone, of both; on pipes, over HTTP and over WebSocket. Those over a
// network run beside the hub.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { root } from "../helpers/hub-process.ts";
import type { Generation } from "../helpers/two-way-client.ts";
import type { Isolation } from "./two-way-cores.ts";

export type Era = "legacy" | "modern";

export interface EraCore {
  readonly key: string;
  readonly generation: Generation;
  /** That the hub is to find. */
  readonly era: Era;
  readonly framing: "newline" | "content-length" | "http" | "websocket";
  /** Undefined: not said in the manifest, where the era makes it. */
  readonly isolation: Isolation | undefined;
  readonly program: string;
  readonly args: readonly string[];
}

const legacy = (generation: Generation, isolation: Isolation): EraCore => ({
  key: `old-${generation[0]}-${isolation}`,
  ...{ generation, era: "legacy", framing: "newline", isolation, program: `sdk-${generation[0]}.mjs`, args: [] },
});

const modern = (key: string, framing: EraCore["framing"], eras: "modern" | "both"): EraCore => ({
  ...{ key, generation: "2.x", era: "modern", framing, isolation: undefined, program: "sdk-2-eras.mjs", args: [eras] },
});

export const eraCores: readonly EraCore[] = [
  legacy("1.x", "session"),
  legacy("2.x", "session"),
  legacy("1.x", "pool"),
  legacy("2.x", "shared"),
  modern("new-pipe", "newline", "modern"),
  modern("both-pipe", "content-length", "both"),
  modern("new-http", "http", "modern"),
  modern("new-socket", "websocket", "modern"),
];

const isOnNetwork = ({ framing }: EraCore): boolean => framing === "http" || framing === "websocket";

/** A Core over a network, as it runs. */
class NetworkCore implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #listeners = new Set<() => void>();
  url = "";

  constructor(child: ChildProcess) {
    this.#child = child;
    // Not by a signal: of itself, and what it last said is why.
    child.on("exit", (code) => code !== null && process.stderr.write(`${this.#lines.slice(-20).join("\n")}\n`));
    createInterface({ input: child.stderr as Readable }).on("line", (line) => {
      this.#lines.push(line);
      for (const look of this.#listeners) look();
    });
  }

  static async start({ key, program, framing, args }: EraCore, records: string): Promise<NetworkCore> {
    const child = spawn(process.execPath, [programFile(program), key, framing, ...args], {
      env: { PATH: process.env["PATH"], TWO_WAY_RECORDS: records },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const core = new NetworkCore(child);
    const [url] = await once(createInterface({ input: child.stdout }), "line");
    core.url = String(url);
    return core;
  }

  written(text: string): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!this.#lines.includes(text)) return;
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

const programFile = (program: string): string => join(root, "test/fixtures/two-way", program);

/** Those that run beside the hub, and the manifest of all of them. */
export class EraHouse implements AsyncDisposable {
  readonly #servers = new Map<string, NetworkCore>();
  readonly #records: string;

  private constructor(records: string) {
    this.#records = records;
  }

  /** `records`: a folder in which each Core writes down what is said on each of its connections. */
  static async open(records: string): Promise<EraHouse> {
    const house = new EraHouse(records);
    for (const core of eraCores.filter(isOnNetwork))
      house.#servers.set(core.key, await NetworkCore.start(core, records));
    return house;
  }

  manifest(some: readonly EraCore[] = eraCores): string {
    return `cores:\n${some.map((core) => this.#entry(core)).join("")}`;
  }

  /** Undefined for a process of the hub, which logs it. */
  writtenBy(core: EraCore): ((text: string) => Promise<void>) | undefined {
    const server = this.#servers.get(core.key);
    return server && ((text) => server.written(text));
  }

  #entry({ key, era, program, framing, args, isolation }: EraCore): string {
    const how = isolation === undefined ? "" : `    isolation: ${isolation}\n`;
    const scaling = isolation === "pool" ? "    scaling: { max: 2 }\n" : "";
    // What changes in one instance changes in all, as where servers keep their state in a database.
    const shared = era === "legacy" ? [join(this.#records, `.${key}`)] : [];
    const url = this.#servers.get(key)?.url;
    if (url !== undefined) return `  ${key}:\n    url: ${url}\n    allow_private: true\n${how}`;
    return `  ${key}:
    command: ${JSON.stringify(process.execPath)}
    args: ${JSON.stringify([programFile(program), key, framing, ...args, ...shared])}
    framing: ${framing === "newline" ? "auto" : framing}
    env: { TWO_WAY_RECORDS: ${JSON.stringify(this.#records)} }
${how}${scaling}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers.values()) await server[Symbol.asyncDispose]();
  }
}

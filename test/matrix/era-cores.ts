// The Cores of the matrix of eras: of the handshake era alone, of the modern one alone, of both; on pipes, over HTTP and over WebSocket. Those over a
// network run beside the hub.
import { join } from "node:path";
import { root } from "../helpers/hub-process.ts";
import { ServerProcess } from "../helpers/server-process.ts";
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

const programFile = (program: string): string => join(root, "test/fixtures/two-way", program);

/** Those that run beside the hub, and the manifest of all of them. */
export class EraHouse implements AsyncDisposable {
  readonly #servers = new Map<string, ServerProcess>();
  readonly #records: string;

  private constructor(records: string) {
    this.#records = records;
  }

  /** `records`: a folder in which each Core writes down what is said on each of its connections. */
  static async open(records: string): Promise<EraHouse> {
    const house = new EraHouse(records);
    const env = { PATH: process.env["PATH"], TWO_WAY_RECORDS: records };
    for (const { key, program, framing, args } of eraCores.filter(isOnNetwork)) {
      house.#servers.set(key, await ServerProcess.start(programFile(program), [key, framing, ...args], env));
    }
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
    const url = this.#servers.get(key)?.place;
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

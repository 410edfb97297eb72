// A hub in the test's own process, with a clock of the test's and one Core, and how it is seen from outside: what is said, counted and left.
import { join } from "node:path";
import { createHub, type EmbeddedHub } from "../../src/library/create-hub.ts";
import { FakeClock } from "./fake-clock.ts";
import { root } from "./hub-process.ts";
import { metric } from "./raw-client.ts";

const minute = 60_000;

interface Line {
  readonly msg: string;
  readonly pid?: number;
  readonly session?: string;
}

export interface ClockedCore {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly isolation?: "session";
}

export class ClockedHub implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly lines: Line[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #core: string;
  hub!: EmbeddedHub;
  url!: string;
  /** While nobody calls. */
  #processes = 0;

  private constructor(core: string) {
    this.#core = core;
  }

  /** The Core is a process of a fixture: its file, in test/fixtures, and its arguments. */
  static async open(stateDir: string, core: ClockedCore): Promise<ClockedHub> {
    const scene = new ClockedHub(core.name);
    const manifest = {
      cores: {
        [core.name]: {
          command: process.execPath,
          args: [join(root, "test/fixtures", core.file), ...core.args],
          ...(core.isolation !== undefined && { isolation: core.isolation }),
          // No more time passes for a ping's answer than for the ping.
          health: { ping_interval_ms: 0 },
        },
      },
    };
    const log = (text: string) => {
      scene.lines.push(JSON.parse(text) as Line);
      for (const look of [...scene.#listeners]) look();
    };
    const env = { PATH: process.env["PATH"], HUB_STATE_DIR: stateDir, HUB_LOG_LEVEL: "debug", HUB_LOG_FORMAT: "json" };
    scene.hub = await createHub(manifest, { env, log, clock: scene.clock });
    await scene.hub.ready();
    const [address] = await scene.hub.listen("localhost:0");
    scene.url = String(address);
    scene.#processes = processes();
    return scene;
  }

  /** A line to come, or one after the `from` first. */
  logged(msg: string, from: number = this.lines.length): Promise<Line> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.lines.slice(from).find((line) => line.msg === msg);
        if (found === undefined) return;
        this.#listeners.delete(look);
        resolve(found);
      };
      this.#listeners.add(look);
      look();
    });
  }

  number(name: string): Promise<number> {
    return metric(this.url, name);
  }

  /** Looks until a number is this: what it counts happens by itself. */
  async until(name: string, wanted: number): Promise<void> {
    while ((await this.number(name)) !== wanted);
  }

  /** The process that works on the call: the one that came up last. */
  get worker(): number {
    return Number(this.lines.findLast(({ msg }) => msg === "core_up")?.pid);
  }

  /** Longer than anything waits, and what is left then. */
  async left(): Promise<Record<string, number>> {
    // Kept answers, forgotten instances, parks and tasks have their end in it; processes end in their own time.
    for (let passed = 0; passed < 75; passed++) this.clock.advance(minute);
    const of = `{core="${this.#core}"}`;
    await this.until(`thehub_core_instances${of}`, 1);
    const counted = ["thehub_asks_open", "thehub_parked_calls", `thehub_concurrency_in_use${of}`];
    const numbers = [...counted, `thehub_queue_depth${of}`, "thehub_listens", "thehub_tasks"];
    const values = await Promise.all(numbers.map(async (name) => [name, await this.number(name)] as const));
    while (processes() > this.#processes) await this.number("thehub_tasks");
    // What watched over them.
    for (let passed = 0; passed < 2; passed++) this.clock.advance(minute);
    return { ...Object.fromEntries(values), timers: this.clock.timers };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub.close();
  }
}

/** Children of this process. */
export const processes = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "ProcessWrap").length;

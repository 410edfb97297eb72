// Every operation by every door, with clients of both generations of the SDK, against the Cores that are given: one set of assertions
// (operations.ts), each cell a named test. One hub of many clients, and one for each client on STDIO.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type HubProcess, startHub } from "../helpers/hub-process.ts";
import type { Generation } from "../helpers/two-way-client.ts";
import { type Door, doors, type Scene } from "./doors.ts";
import { operations, otherwise } from "./operations.ts";
import { generations, type Isolation, manifestOf, type TwoWayCore } from "./two-way-cores.ts";

/** After which a cell is over that waits for what never comes. */
const timeout = 30_000;

/** What a generation of the SDK has not. */
const noTasks = "SDK 2.x has no tasks of the handshake era";

export interface MatrixOptions {
  /** `HOST:PORT` of the servers elsewhere that stand on this SDK. */
  host?(generation: Generation): string;
  /** Resolves when this Core, which is no process of the hub's, has written a line to its stderr. */
  written?(core: TwoWayCore, text: string): Promise<unknown>;
}

export function runMatrix(cores: readonly TwoWayCore[], { written, ...places }: MatrixOptions): void {
  let folder: string;
  let hub: HubProcess;
  let scene: Scene;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "thehub-matrix-"));
    const file = (key: string) => join(folder, key);
    hub = await startHub({ manifest: manifestOf(cores, { file, ...places }) });
    const own = cores.filter(({ isolation }) => isolation === "session");
    scene = { hub, stdioManifest: manifestOf(own, { file, ...places }) };
    await hub.logged("core_summary");
  });

  after(async () => {
    await hub.stop();
    await hub[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  for (const door of doors) {
    for (const generation of generations) {
      test(`matrix: ${door.name}, client of SDK ${generation}`, async (t) => {
        const name = `${door.name} ${generation}`.replaceAll(/\W+/g, "-");
        await using guest = await door.open(scene, name, generation);
        for (const core of cores) {
          const { isolation, framing } = core;
          for (const [operation, works] of Object.entries(operations)) {
            const [outcome, run] = otherwiseOn(core)[operation] ?? ["works", works];
            const by = `${door.name}, client ${generation}, Core ${core.generation} ${framing} ${isolation}`;
            const skip = reasonAgainst(door, generation, core, operation) ?? false;
            const cell = { ...guest, core, isolation, written: written && ((text: string) => written(core, text)) };
            await t.test(`${operation} ${outcome}: ${by}`, { skip, timeout }, () => run(cell));
          }
        }
      });
    }
  }
}

/** Over HTTP what a Core logs comes on the response of the call that it is about: it has an owner, whoever shares the Core. */
function otherwiseOn({ isolation, framing }: TwoWayCore): (typeof otherwise)[Isolation] {
  const { log, ...others } = otherwise[isolation];
  return framing === "http" || log === undefined ? others : { log, ...others };
}

function reasonAgainst(door: Door, generation: Generation, core: TwoWayCore, operation: string): string | undefined {
  if (operation === "tasks" && (generation === "2.x" || core.generation === "2.x")) return noTasks;
  return door.without[core.isolation];
}

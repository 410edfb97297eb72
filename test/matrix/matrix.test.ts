// Every operation by every door, with clients and Cores of both generations of the SDK, in both framings, in each isolation: one set of
// assertions (operations.ts), each cell a named test. One hub of many clients, and one for each client on STDIO.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type HubProcess, startHub } from "../helpers/hub-process.ts";
import type { Generation } from "../helpers/two-way-client.ts";
import { type Door, doors, type Scene } from "./doors.ts";
import { operations, otherwise } from "./operations.ts";
import { cores, manifestOf, type TwoWayCore } from "./two-way-cores.ts";

/** Operations that are not built yet, and what is missing. */
const notYet: Readonly<Record<string, string>> = {};

/** After which a cell is over that waits for what never comes. */
const timeout = 30_000;

/** What a generation of the SDK has not. */
const noTasks = "SDK 2.x has no tasks of the handshake era";

let folder: string;
let hub: HubProcess;
let scene: Scene;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-matrix-"));
  const fileOf = (key: string) => join(folder, key);
  hub = await startHub({ manifest: manifestOf(cores, fileOf) });
  const own = cores.filter(({ isolation }) => isolation === "session");
  scene = { hub, stdioManifest: manifestOf(own, fileOf) };
  await hub.logged("core_summary");
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function reasonAgainst(door: Door, generation: Generation, core: TwoWayCore, operation: string): string | undefined {
  if (operation === "tasks" && (generation === "2.x" || core.generation === "2.x")) return noTasks;
  return door.without[core.isolation] ?? notYet[operation];
}

for (const door of doors) {
  for (const generation of ["1.x", "2.x"] as const) {
    test(`matrix: ${door.name}, client of SDK ${generation}`, async (t) => {
      const name = `${door.name} ${generation}`.replaceAll(/\W+/g, "-");
      await using guest = await door.open(scene, name, generation);
      for (const core of cores) {
        const { isolation, framing } = core;
        for (const [operation, works] of Object.entries(operations)) {
          const [outcome, run] = otherwise[isolation][operation] ?? ["works", works];
          const by = `${door.name}, client ${generation}, Core ${core.generation} ${framing} ${isolation}`;
          const skip = reasonAgainst(door, generation, core, operation) ?? false;
          await t.test(`${operation} ${outcome}: ${by}`, { skip, timeout }, () => run({ ...guest, core, isolation }));
        }
      }
    });
  }
}

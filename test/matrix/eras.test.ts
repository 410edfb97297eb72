// Clients and Cores of both eras through the hub, with the official SDKs on both ends. The product is: every way in which a client finds its era, by
// each kind of door (a pipe, a socket, HTTP), times every kind of Core; by the other doors, the ways of the SDK that knows both eras. What the other matrix
// has is left out: clients and Cores that are both of the handshake era, both SDKs behind each isolation.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { faultsOf } from "../helpers/conversation.ts";
import { type HubProcess, startHub } from "../helpers/hub-process.ts";
import { metric } from "../helpers/raw-client.ts";
import type { Said } from "../helpers/recorded-transport.ts";
import type { Generation, Negotiation } from "../helpers/two-way-client.ts";
import { type Door, doors, type Scene } from "./doors.ts";
import { type EraCore, EraHouse, eraCores } from "./era-cores.ts";
import { eraOperation, eraOperations } from "./era-operations.ts";

interface Visitor {
  readonly name: string;
  readonly generation: Generation;
  readonly negotiation: Negotiation;
  /** That it and the hub are to agree on. */
  readonly era: "legacy" | "modern";
}

const visitors: readonly Visitor[] = [
  { name: "SDK 1.x", generation: "1.x", negotiation: "legacy", era: "legacy" },
  { name: "SDK 2.x, legacy", generation: "2.x", negotiation: "legacy", era: "legacy" },
  { name: "SDK 2.x, auto", generation: "2.x", negotiation: "auto", era: "modern" },
  { name: "SDK 2.x, modern", generation: "2.x", negotiation: "modern", era: "modern" },
];

/** By each kind of door all come in; by the others those of the SDK that knows both eras. The bridge of `thehub connect` takes framings by the same reader. */
const eachKind = ["stdio newline", "websocket", "http"];
const others = ["stdio content-length", "stdio content-length by connect", "sse"];

const comesBy = ({ name }: Door, { generation }: Visitor): boolean =>
  eachKind.includes(name) || (others.includes(name) && generation === "2.x");

/** Nobody else is a client of the hub behind it. */
const isOfOne = ({ without }: Door): boolean => without.shared !== undefined;

/** After which a cell is over that waits for what never comes. */
const timeout = 15_000;

let folder: string;
let records: string;
let house: EraHouse;
let hub: HubProcess;
let scene: Scene;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-eras-"));
  records = join(folder, "records");
  await mkdir(records);
  house = await EraHouse.open(records);
  hub = await startHub({ manifest: house.manifest() });
  scene = { hub, stdioManifest: house.manifest(eraCores.filter(isForOne)) };
  await hub.logged("core_summary");
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
  await house[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** What has one client has neither shared Cores nor pools. */
const isForOne = ({ isolation }: EraCore): boolean => isolation === undefined || isolation === "session";

for (const door of doors) {
  for (const visitor of visitors.filter((each) => comesBy(door, each))) {
    test(`eras: ${door.name}, ${visitor.name}`, async (t) => {
      const name = `${door.name} ${visitor.name}`.replaceAll(/\W+/g, "-");
      await using guest = await door.open(scene, name, visitor.generation, visitor.negotiation);
      const { client } = guest;
      assert.equal(client.era, visitor.era);
      for (const core of eraCores) {
        if (visitor.era === "legacy" && core.era === "legacy") continue;
        if (isOfOne(door) && !isForOne(core)) continue;
        // What a modern Core is not told in its own words, it is told as one that has each client to itself.
        const isolation = core.isolation ?? "session";
        const cell = { ...guest, core: core as never, era: core.era, isolation, written: house.writtenBy(core) };
        for (const operation of Object.keys(eraOperations)) {
          const [outcome, run] = eraOperation(operation, cell, isOfOne(door));
          const by = `${door.name}, ${visitor.name}, Core ${core.key}`;
          await t.test(`eras: ${operation} ${outcome}: ${by}`, { timeout }, () => run(cell));
        }
      }
      await t.test(`eras: all that the hub said is as its schema wants it: ${door.name}, ${visitor.name}`, () => {
        assert.deepEqual(faultsOf(client.said, "server"), []);
        // Its own doing: it forgets a token as the answer comes, and looks at what came just before only then.
        const complaints = client.complaints.filter(
          (complaint) => !/progress notification for an unknown/.test(complaint),
        );
        assert.deepEqual(complaints, []);
      });
    });
  }
}

test("eras: all that the hub said to Cores is as its schema wants it", async (t) => {
  const files = await readdir(records);
  for (const { key } of eraCores) {
    await t.test(`eras: all that was said to ${key} is as its schema wants it`, async () => {
      const own = files.filter((file) => file.startsWith(`${key}.`));
      assert.ok(own.length > 0);
      for (const file of own) {
        const lines = (await readFile(join(records, file), "utf8")).trim().split("\n");
        const said = lines.map((line) => JSON.parse(line) as Said);
        assert.deepEqual(faultsOf(said, "client"), [], file);
      }
    });
  }
});

test("eras: when all have left, nothing is open", async () => {
  const url = await hub.url();
  for (const name of ["thehub_asks_open", "thehub_calls_in_flight", "thehub_subscriptions"]) {
    assert.equal(await metric(url, name), 0, name);
  }
});

// Runs the built hub for a while as a busy day would: several real Cores, clients that come and go, Cores that are killed under
// their calls. Ends with a table, and with exit 1 unless every request had its one answer, memory and files levelled off, and
// nothing is left. `npm run soak -- --minutes 10 [--clients 16] [--seed 1]`.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { hubMarker } from "../src/cores/environment.ts";
import { markedProcesses } from "../src/cores/sweep.ts";
import { startHub } from "../test/helpers/hub-process.ts";
import { seededRandom } from "../test/helpers/seeded-random.ts";
import { SoakClients } from "./soak/clients.ts";
import { soakManifest } from "./soak/manifest.ts";
import { median, Readings, verdictOn } from "./soak/readings.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    clients: { type: "string", default: "16" },
    seed: { type: "string", default: String(process.pid) },
  },
});
const minutes = positive("minutes", values.minutes);
const seed = positive("seed", values.seed);
const random = seededRandom(seed);

await using hub = await startHub({
  manifest: soakManifest,
  env: { HUB_SECRET_MIRROR_API_TOKEN: "a-secret-that-keeps-masking-busy" },
});
await hub.logged("core_summary");
const [hubId = ""] = await readdir(join(hub.folder, "state/run"));
const base = await hub.url();
const readings = new Readings(`${base}/metrics`);
const before = await readings.take();

const endsAtMs = Date.now() + minutes * 60_000;
const timers = [setInterval(() => void readings.take(), 1_000), setInterval(() => killOne(), 4_000)];
let kills = 0;

/** `kill -9` for one Core that is up, as its own log lines name it. */
function killOne(): void {
  const pids = new Map<unknown, unknown>();
  for (const line of hub.logs) {
    if (line.msg === "core_up") pids.set(line["core"], line["pid"]);
    else if (line.msg === "core_down") pids.delete(line["core"]);
  }
  const alive = [...pids.values()];
  if (alive.length === 0) return;
  kills++;
  process.kill(Number(random.pick(alive)), "SIGKILL");
}

const clients = new SoakClients(await hub.wsUrl(), random, () => Date.now() < endsAtMs);
process.stdout.write(`soak: ${minutes} min, ${values.clients} clients at a time, seed ${seed}\n`);
await Promise.all(Array.from({ length: positive("clients", values.clients) }, () => clients.run()));
for (const timer of timers) clearInterval(timer);

const end = await readings.idle();
const children = (await markedProcesses(hubMarker(hubId), process.platform)).length;
hub.child.kill("SIGTERM");
const { code } = await hub.exited;
const left = (await markedProcesses(hubMarker(hubId), process.platform)).length;

const { counts } = clients;
const failures = [
  ...clients.failures,
  ...verdictOn(readings, before, end),
  ...(counts.answered + counts.refused === 0 ? ["nothing was answered"] : []),
  ...(counts.killed > 0 && kills === 0 ? ["calls died although no Core was killed"] : []),
  ...(code === 0 ? [] : [`the hub exited with ${code}: ${hub.tail()}`]),
  ...(left === 0 ? [] : [`${left} processes are left`]),
  ...(hub.logs.some((line) => line.msg === "crashed" || line.msg === "request_failed")
    ? [`the hub had a bug: ${hub.tail()}`]
    : []),
];

const rows: readonly (readonly [string, string | number])[] = [
  ["sessions", counts.sessions],
  ["requests answered", counts.answered],
  ["  with an error of a killed Core", counts.killed],
  ["  overloaded, draining or starting", counts.refused],
  ["cancelled", counts.cancelled],
  ["dropped with their client", counts.dropped],
  ["Cores killed", kills],
  ["children before the end / after", `${children} / ${left}`],
  [
    "resident MiB: start / median / idle end",
    [before.rss, median(readings.all.map(({ rss }) => rss)), end.rss].map(mib).join(" / "),
  ],
  [
    "open files: start / most / idle end",
    [before.fds, Math.max(...readings.all.map(({ fds }) => fds)), end.fds].join(" / "),
  ],
];
for (const [what, value] of rows) process.stdout.write(`${what.padEnd(42)}${value}\n`);
for (const failure of failures) process.stdout.write(`FAILED: ${failure}\n`);
process.stdout.write(failures.length === 0 ? "soak: ok\n" : `soak: ${failures.length} failures (seed ${seed})\n`);
process.exitCode = failures.length === 0 ? 0 : 1;

function mib(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  process.stderr.write(`soak: --${name} must be a number above 0, not ${JSON.stringify(text)}\n`);
  process.exit(2);
}

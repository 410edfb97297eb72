// The acceptance of reload: 200 manifests one after the other under load, one Core changed each time, some of them broken. Every call
// has its one answer, none is an error, and what is left in the end is what was there at the start.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type HubProcess, inline, startHub } from "../helpers/hub-process.ts";
import { ManifestFile } from "../helpers/manifest-file.ts";
import { WsClient } from "../helpers/ws-client.ts";

const reloads = Number(process.env["THEHUB_TEST_RELOADS"] ?? 200);
const clients = 8;
/** Between two calls of a client: load, but not so much that nothing else gets to run. */
const paceMs = 2;

const mirror = (n: number): string => `{ ${inline("mirror.mjs")}, env: { N: "${n}" } }`;

/** `a` and `b` take turns in being changed; `still` is the same in all. */
const manifest = (a: number, b: number): string =>
  `cores:\n  still: ${mirror(0)}\n  a: ${mirror(a)}\n  b: ${mirror(b)}\n`;

/** Each broken in another way, and otherwise with a change that must not come into force. */
const broken: readonly ((good: string) => string)[] = [
  (good) => good.slice(0, good.length - 5),
  (good) => `${good}  c: { comand: x }\n`,
  (good) => `${good}  c: { command: "${process.execPath}", args: ["-e", "process.exit(1)"] }\n`,
  (good) => `${good}  c: { command: no-such-program-anywhere }\n`,
  () => "",
];

/** Calls one Core after the other until it is told to end; every answer must be its own. Returns how many calls it made. */
async function load(client: WsClient, who: number, goesOn: () => boolean): Promise<number> {
  const cores = ["still__mirror", "a__later", "b__mirror", "still__later", "a__mirror", "b__later"];
  let calls = 0;
  while (goesOn()) {
    const nonce = `${who}/${calls}`;
    const name = cores[calls++ % cores.length] ?? "";
    const answer = await client.call(name, { nonce });
    assert.equal(answer.result?.raw?.nonce, nonce, `${name}: ${JSON.stringify(answer)}`);
    await pause(paceMs);
  }
  return calls;
}

const children = (hub: HubProcess): string[] =>
  readFileSync(`/proc/${hub.child.pid}/task/${hub.child.pid}/children`, "utf8").trim().split(" ");

async function metric(hub: HubProcess, line: RegExp): Promise<number> {
  const text = await (await fetch(`${await hub.url()}/metrics`)).text();
  return Number(line.exec(text)?.[1]);
}

const openFiles = (hub: HubProcess) => metric(hub, /^process_open_fds (\d+)$/m);

test(`reload: ${reloads} reloads under load lose no call and leave nothing behind`, {
  skip: process.platform !== "linux" && "needs /proc",
}, async () => {
  await using hub = await startHub({ manifest: manifest(0, 0), env: { HUB_WATCH: "false" } });
  const file = new ManifestFile(hub);
  await hub.logged("core_summary");
  const url = await hub.wsUrl();
  const all = await Promise.all(Array.from({ length: clients }, () => WsClient.connect(url)));
  for (const client of all) await client.request("tools/list");
  const before = { children: children(hub).length, files: await openFiles(hub) };

  let goesOn = true;
  const loads = all.map((client, who) => load(client, who, () => goesOn));
  const broke = Promise.all(loads).then(() => undefined);
  broke.catch(() => {});
  let a = 0;
  let b = 0;
  const hup = (text: string) => async () => {
    await writeFile(file.path, text);
    hub.child.kill("SIGHUP");
  };
  for (let n = 1; n <= reloads; n++) {
    const next = n % 2 === 0 ? manifest(n, b) : manifest(a, n);
    const spoil = n % 5 === 0 ? broken[(n / 5) % broken.length] : undefined;
    // A load that fails ends the test at once.
    if (spoil !== undefined) await Promise.race([file.fails(hup(spoil(next))), broke]);
    else {
      const line = await Promise.race([file.reloads(hup(next)), broke]);
      assert.deepEqual(line?.["cores_changed"], [n % 2 === 0 ? "a" : "b"]);
      if (n % 2 === 0) a = n;
      else b = n;
    }
  }
  goesOn = false;
  const calls = (await Promise.all(loads)).reduce((sum, one) => sum + one, 0);
  assert.ok(calls > reloads, `${calls} calls are no load`);

  const running = await all[0]?.call("a__secret", { name: "N" });
  assert.equal(running?.result?.content[0].text, String(a));
  // What was replaced leaves behind the last reload, in its own time.
  while (children(hub).length > before.children) await pause(20);
  assert.ok((await openFiles(hub)) <= before.files + 4, "open files are back where they were");
  for (const client of all) {
    assert.deepEqual(client.strays, []);
    await client[Symbol.asyncDispose]();
  }
  const outcome = async (name: string) =>
    metric(hub, new RegExp(`^thehub_reloads_total\\{outcome="${name}"\\} (\\d+)$`, "m"));
  assert.equal(await outcome("applied"), reloads - Math.floor(reloads / 5));
  assert.equal((await outcome("invalid")) + (await outcome("failed")), Math.floor(reloads / 5));
  await hub.stop();
});

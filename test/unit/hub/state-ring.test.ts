import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import { StateRing } from "../../../src/hub/state-ring.ts";
import { LogRecord } from "../../helpers/core-run.ts";

const [one, two] = ["1".repeat(32), "2".repeat(32)];

async function inFolder(work: (stateDir: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "thehub-ring-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function ringOf(stateDir: string, given?: string) {
  const record = new LogRecord();
  const stateKey = given === undefined ? undefined : new Secret(given);
  const settings = { stateDir, stateKey };
  return { ring: new StateRing(record.log, settings), settings, lines: record.lines };
}

test("state ring: a key that is needed is kept for the hub's user alone, and is the same after a restart", async () => {
  await inFolder(async (stateDir) => {
    const { ring, settings } = ringOf(stateDir);
    await ring.load(settings);
    await assert.rejects(stat(join(stateDir, "key")), "nothing is written before it is needed");
    const sealed = ring.current();
    await ring.kept();
    assert.deepEqual(ring.current(), sealed);
    assert.equal((await stat(join(stateDir, "key"))).mode & 0o777, 0o600);
    const { ring: after } = ringOf(stateDir);
    await after.load(settings);
    assert.deepEqual(after.current(), sealed);
    assert.ok(!(await readFile(join(stateDir, "key"), "utf8")).includes(sealed.key.toString("base64url")));
  });
});

test("state ring: two hubs that make a key at once end up with one, and what either sealed stays readable for it", async () => {
  await inFolder(async (stateDir) => {
    const rings = [ringOf(stateDir).ring, ringOf(stateDir).ring];
    const first = rings.map((ring) => ring.current());
    await Promise.all(rings.map((ring) => ring.kept()));
    const [a, b] = rings.map((ring) => ring.current());
    assert.deepEqual(a, b);
    for (const [at, ring] of rings.entries()) assert.deepEqual(ring.find(first[at]?.kid ?? ""), first[at]);
  });
});

test("state ring: of two keys the first seals and both open; a rotated file counts at the next reload", async () => {
  await inFolder(async (stateDir) => {
    const { ring, settings } = ringOf(stateDir, one);
    await ring.load(settings);
    const old = ring.current();
    await ring.load({ stateDir, stateKey: new Secret(`${two}\n${one}\n`) });
    const fresh = ring.current();
    assert.notEqual(fresh.kid, old.kid);
    assert.deepEqual(ring.find(old.kid), old);
    await ring.load({ stateDir, stateKey: new Secret(two) });
    assert.equal(ring.find(old.kid), undefined);
    assert.deepEqual(ring.current(), fresh);
  });
});

test("state ring: the kept file is rotated in the same way", async () => {
  await inFolder(async (stateDir) => {
    await writeFile(join(stateDir, "key"), `${one}\n`);
    const { ring, settings } = ringOf(stateDir);
    await ring.load(settings);
    const old = ring.current();
    await writeFile(join(stateDir, "key"), `${two}\n${one}\n`);
    await ring.load(settings);
    assert.notEqual(ring.current().kid, old.kid);
    assert.deepEqual(ring.find(old.kid), old);
  });
});

test("state ring: where no key can be read or kept, this process has one of its own, and says so", async () => {
  await inFolder(async (stateDir) => {
    await writeFile(join(stateDir, "file"), "");
    const { ring, lines } = ringOf(join(stateDir, "file"));
    const sealed = ring.current();
    await ring.kept();
    assert.deepEqual(ring.current(), sealed);
    assert.deepEqual(ring.find(sealed.kid), sealed);
    assert.deepEqual(
      lines.map(({ level, msg }) => [level, msg]),
      [["warn", "state_key_unusable"]],
    );
    // The file, and what to do.
    assert.ok(JSON.stringify(lines).includes(`ENOTDIR: not a directory, open '${join(stateDir, "file", "key")}'`));
    assert.match(JSON.stringify(lines), /let the hub's user write to HUB_STATE_DIR/);
  });
});

test("state ring: a broken key file changes nothing, and nothing of it is logged", async () => {
  await inFolder(async (stateDir) => {
    const { ring, lines, settings } = ringOf(stateDir, one);
    await ring.load(settings);
    const before = ring.current();
    await ring.load({ stateDir, stateKey: new Secret("too short") });
    assert.deepEqual(ring.current(), before);
    assert.equal(lines.length, 1);
    assert.ok(!JSON.stringify(lines).includes("too short"));
  });
});

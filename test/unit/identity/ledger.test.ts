import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Ledger, type LedgerEntry, LiveGrants, newLedgerId } from "../../../src/identity/ledger.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-ledger-"));
});
after(() => rm(folder, { recursive: true, force: true }));

async function scene() {
  const clock = new FakeClock();
  const ledger = new Ledger({ stateDir: await mkdtemp(join(folder, "state-")), clock });
  const add = async (more: Partial<LedgerEntry> = {}): Promise<LedgerEntry> => {
    const rights = { client: undefined, note: undefined, allow: undefined, deny: [], readOnly: false, admin: false };
    const times = { issued: clock.wall(), expires: clock.wall() + 60_000 };
    const entry = { kind: "signed" as const, id: newLedgerId(), ...rights, ...times, ...more };
    await ledger.add(entry);
    return entry;
  };
  return { clock, ledger, add, ids: async () => (await ledger.list()).map(({ id }) => id) };
}

test("ledger: what is added is listed by time, for the hub's user alone, until it ends by itself", async () => {
  const { clock, ledger, add, ids } = await scene();
  assert.deepEqual(await ids(), []);
  const one = await add({ note: "ci", client: "laptop", allow: ["a.*"] });
  clock.advance(1000);
  const two = await add({ kind: "grant" });
  assert.deepEqual(
    (await ledger.list()).map(({ revoked, ...entry }) => ({ revoked, note: entry.note, allow: entry.allow })),
    [
      { revoked: false, note: "ci", allow: ["a.*"] },
      { revoked: false, note: undefined, allow: undefined },
    ],
  );
  assert.equal((await stat(join(ledger.folder, `${one.id}.json`))).mode & 0o777, 0o600);
  clock.advance(59_000);
  assert.deepEqual(await ids(), [two.id]);
  assert.deepEqual(await readdir(ledger.folder), [`${two.id}.json`], "what has ended is dropped");
});

test("ledger: what is taken back counts no more, is still told of until its end, and cannot be taken back twice", async () => {
  const { clock, ledger, add, ids } = await scene();
  const { id } = await add();
  const kept = await add();
  assert.equal(await ledger.revoke(id), true);
  assert.equal(await ledger.revoke(id), false);
  assert.equal(await ledger.revoke("../../etc/passwd"), false);
  assert.deepEqual([...(await ledger.live())], [kept.id]);
  assert.deepEqual(
    (await ledger.list()).filter(({ revoked }) => revoked).map((one) => one.id),
    [id],
  );
  clock.advance(60_000);
  assert.deepEqual(await ids(), []);
});

test("ledger: a grant that is renewed ends later, and one that was taken back meanwhile is not", async () => {
  const { clock, ledger, add, ids } = await scene();
  const { id } = await add();
  assert.equal(await ledger.renew(id, clock.wall() + 120_000), true);
  clock.advance(90_000);
  assert.deepEqual(await ids(), [id]);
  await ledger.revoke(id);
  assert.equal(await ledger.renew(id, clock.wall() + 120_000), false);
  assert.deepEqual([...(await ledger.live())], []);
  // As a process leaves it that renews at the moment of taking back.
  await writeFile(join(ledger.folder, `${id}.json`), "{}");
  assert.deepEqual([...(await ledger.live())], []);
});

test("ledger: what lies around beside it, or cannot be read, is nobody's entry", async () => {
  const { ledger, add, ids } = await scene();
  const { id } = await add();
  await writeFile(join(ledger.folder, "README.json"), "{}");
  await writeFile(join(ledger.folder, `${newLedgerId()}.json`), "half");
  await writeFile(join(ledger.folder, `${id}.json.0a.draft`), "{}");
  assert.deepEqual(await ids(), [id]);
});

test("live grants: a look sees what came, and counts a loss only where something went", async () => {
  const { ledger, add } = await scene();
  const live = new LiveGrants(ledger);
  await live.look();
  const { id } = await add();
  assert.equal(live.has(id), false);
  await live.look();
  assert.deepEqual([live.has(id), live.losses], [true, 0]);
  await ledger.revoke(id);
  await live.look();
  assert.deepEqual([live.has(id), live.losses], [false, 1]);
});

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { KeyRing } from "../../../src/identity/key-ring.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-ring-"));
});
after(() => rm(folder, { recursive: true, force: true }));
const own = () => mkdtemp(join(folder, "state-"));

test("key ring: the first key is made at first need, for the hub's user alone, and is the same to every process", async () => {
  const stateDir = await own();
  const [one, other] = [new KeyRing(stateDir), new KeyRing(stateDir)];
  await one.look();
  assert.equal(one.issuer, undefined, "looking makes none");
  const made = await Promise.all([one.current(), other.current()]);
  assert.equal(made[0].key.kid, made[1].key.kid);
  assert.match(made[0].issuer, /^thehub:[0-9a-f]{16}$/);
  assert.equal(made[0].issuer, made[1].issuer);
  assert.equal((await stat(one.file)).mode & 0o777, 0o600);
});

test("key ring: a folder in which no file can be made is not taken for a file that cannot be read", async () => {
  const stateDir = join(await own(), "link");
  await symlink("nowhere", stateDir);
  await assert.rejects(new KeyRing(stateDir).current(), /signing-keys: the file cannot be made \(E[A-Z]+\): /);
});

test("key ring: another key signs after a change, and the one before it verifies until the next", async () => {
  const stateDir = await own();
  const ring = new KeyRing(stateDir);
  const { key: first, issuer } = await ring.current();
  const second = await ring.rotate();
  assert.deepEqual([ring.find(first.kid)?.kid, ring.find(second.kid)?.kid], [first.kid, second.kid]);
  const third = await ring.rotate();
  assert.equal(ring.find(first.kid), undefined);
  assert.equal((await ring.current()).key.kid, third.kid);
  assert.equal(ring.issuer, issuer);
  const fourth = await ring.rotate({ drop: true });
  assert.deepEqual(
    ring.keys.map(({ kid }) => kid),
    [fourth.kid],
  );
});

test("key ring: a look takes up what another process has changed, and counts the keys that are gone", async () => {
  const stateDir = await own();
  const ring = new KeyRing(stateDir);
  const other = new KeyRing(stateDir);
  const { key } = await other.current();
  await ring.look();
  assert.equal(ring.find(key.kid)?.kid, key.kid);
  assert.equal(ring.losses, 0);
  await other.rotate();
  await ring.look();
  assert.equal(ring.losses, 0, "the old one still verifies");
  await other.rotate();
  await ring.look();
  assert.equal(ring.losses, 1);
  await rm(ring.file);
  await ring.look();
  assert.deepEqual([ring.losses, ring.issuer, ring.keys.length], [2, undefined, 0]);
});

test("key ring: a broken file is named with what to do, and leaves the keys that were read before", async () => {
  const stateDir = await own();
  const ring = new KeyRing(stateDir);
  const { key } = await ring.current();
  const text = await readFile(ring.file, "utf8");
  await writeFile(ring.file, text.slice(0, 40));
  await assert.rejects(ring.look(), {
    code: "usage",
    message: /signing-keys: the file is not one .* can read: run this/,
  });
  assert.equal(ring.find(key.kid)?.kid, key.kid);
  await writeFile(ring.file, text.replaceAll("Ed25519", "X25519"));
  await assert.rejects(new KeyRing(stateDir).current(), { code: "usage" });
  await writeFile(ring.file, text);
  await ring.look();
  assert.equal(ring.losses, 0);
});

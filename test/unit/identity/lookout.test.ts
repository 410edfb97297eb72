import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { HubError } from "../../../src/base/errors.ts";
import { Lookout } from "../../../src/identity/lookout.ts";
import { MemoryLog } from "../../helpers/echo-doorkeeper.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

/** Everything that waits for nothing but promises has run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("lookout: tells once of what was lost since the last look, whoever noticed it", async () => {
  const clock = new FakeClock();
  const log = new MemoryLog();
  let changes = 0;
  const one = { losses: 0, look: async () => {} };
  const lookout = new Lookout({ clock, log, looked: [one], changed: () => changes++ });
  one.losses = 1;
  await lookout.open();
  clock.advance(2000);
  await settled();
  assert.equal(changes, 0, "what was lost before anybody came is no news");
  one.losses++;
  clock.advance(2000);
  await settled();
  clock.advance(2000);
  await settled();
  assert.equal(changes, 1);
  lookout.close();
  assert.equal(clock.timers, 0);
});

test("lookout: what cannot be looked at is said once, until it can be again", async () => {
  const clock = new FakeClock();
  const log = new MemoryLog();
  let isBroken = true;
  const look = async () => {
    if (isBroken) throw new HubError("usage", "the file is broken: mend it");
  };
  const lookout = new Lookout({ clock, log, looked: [{ losses: 0, look }], changed: () => {} });
  await lookout.open();
  for (const broken of [true, false, true]) {
    isBroken = broken;
    clock.advance(2000);
    await settled();
  }
  const said = log.lines.filter((line) => line.startsWith("warn identity_unreadable"));
  assert.equal(said.length, 2);
  assert.match(said.join(), /"reason":"the file is broken: mend it"/);
  lookout.close();
});

test("lookout: a file that the system does not let be read is named", async () => {
  const log = new MemoryLog();
  const look = () => readFile("/nowhere/signing-keys", "utf8").then(() => {});
  const lookout = new Lookout({ clock: new FakeClock(), log, looked: [{ losses: 0, look }], changed: () => {} });
  await lookout.open();
  assert.match(log.lines.join(), /ENOENT: no such file or directory, open '\/nowhere\/signing-keys'/);
  lookout.close();
});

// Real files, and time that the test moves: what the system says of changes only makes the hub look sooner, so it is not waited for.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { manifestPrint, watchManifest } from "../../../src/manifest/watch.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

function scene(use: (file: string, clock: FakeClock) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "thehub-watch-"));
  try {
    use(join(folder, "hub.yaml"), new FakeClock());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const lookMs = 3000;
const quietMs = 100;

test("watch: a change is found without a word of the system, once it has been left alone", () => {
  scene((file, clock) => {
    writeFileSync(file, "one");
    let changes = 0;
    const watch = watchManifest(file, manifestPrint(file), { clock, changed: () => changes++, unwatched: assert.fail });
    clock.advance(lookMs);
    assert.equal(changes, 0);
    writeFileSync(file, "two and");
    clock.advance(lookMs);
    assert.equal(changes, 0, "it may still be written to");
    writeFileSync(file, "two and three");
    clock.advance(quietMs);
    assert.equal(changes, 0, "it was");
    clock.advance(quietMs);
    assert.equal(changes, 1);
    clock.advance(10 * lookMs);
    assert.equal(changes, 1);
    watch.close();
    writeFileSync(file, "four");
    clock.advance(10 * lookMs);
    assert.equal(changes, 1);
    assert.equal(clock.timers, 0);
  });
});

test("watch: what changed while the manifest was read is found", () => {
  scene((file, clock) => {
    writeFileSync(file, "one");
    const print = manifestPrint(file);
    writeFileSync(file, "two");
    let changes = 0;
    const watch = watchManifest(file, print, { clock, changed: () => changes++, unwatched: assert.fail });
    clock.advance(quietMs);
    assert.equal(changes, 1);
    watch.close();
  });
});

test("watch: a file that goes and comes back is told of each time, its folder gone or not", () => {
  scene((file, clock) => {
    writeFileSync(file, "one");
    let changes = 0;
    const watch = watchManifest(file, manifestPrint(file), { clock, changed: () => changes++, unwatched: assert.fail });
    rmSync(file);
    clock.advance(lookMs + quietMs);
    assert.equal(changes, 1);
    writeFileSync(file, "one");
    clock.advance(lookMs + quietMs);
    assert.equal(changes, 2);
    watch.close();
  });
});

test("watch: a folder is watched for its manifests, and for nothing else in it", () => {
  scene((file, clock) => {
    const folder = join(file, "..");
    writeFileSync(file, "one");
    let changes = 0;
    const watch = watchManifest(folder, manifestPrint(folder), {
      clock,
      changed: () => changes++,
      unwatched: assert.fail,
    });
    writeFileSync(join(folder, "notes.txt"), "nothing");
    writeFileSync(join(folder, ".hidden.yaml"), "nothing");
    clock.advance(lookMs + quietMs);
    assert.equal(changes, 0);
    writeFileSync(join(folder, "more.yml"), "two");
    clock.advance(lookMs + quietMs);
    assert.equal(changes, 1);
    watch.close();
  });
});

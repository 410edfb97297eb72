// A hub in this process with its network doors, and time in the test's hands: what is open is looked after, and the manifest is another one when
// the test says so.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../src/base/clock.ts";
import { type Hub, openHub } from "../../src/hub.ts";
import { type NetworkDoors, openNetworkDoors } from "../../src/library/network-doors.ts";
import { parseListen } from "../../src/manifest/addresses.ts";
import type { Setup } from "../../src/manifest/diff.ts";
import { loadManifest } from "../../src/manifest/load.ts";
import { resolveSettings } from "../../src/manifest/settings.ts";
import { createMasker } from "../../src/wire/mask.ts";
import { LogRecord } from "./core-run.ts";
import { FakeClock } from "./fake-clock.ts";
import { root } from "./hub-process.ts";

export interface ServedOptions {
  readonly port: number;
  /** Time that stands still, unless the test has another one. */
  readonly clock?: Clock;
  readonly env?: Readonly<Record<string, string>>;
}

export class ServedHub implements AsyncDisposable {
  readonly record = new LogRecord();
  readonly clock: Clock;
  readonly url: string;
  hub!: Hub;
  readonly #folder: string;
  readonly #env: Readonly<Record<string, string>>;
  #doors!: NetworkDoors;

  private constructor(folder: string, { port, clock = new FakeClock(), env = {} }: ServedOptions) {
    this.#folder = folder;
    this.#env = { ...env, HUB_STATE_DIR: folder };
    this.clock = clock;
    this.url = `http://localhost:${port}`;
  }

  /** The manifest as an object, in JSON. */
  static async open(manifest: object, options: ServedOptions): Promise<ServedHub> {
    const served = new ServedHub(await mkdtemp(join(tmpdir(), "thehub-served-")), options);
    const { clock, record } = served;
    served.hub = await openHub({
      ...served.setup(manifest),
      clock,
      log: record.log,
      masker: createMasker(),
      env: { PATH: process.env["PATH"], ...served.#env },
      platform: process.platform,
      extraPath: [],
      version: "0",
      exclusive: false,
    });
    await served.hub.settled();
    const addresses = parseListen([`localhost:${options.port}`]);
    assert.ok(addresses.t !== "bad");
    served.#doors = await openNetworkDoors({ hub: served.hub, addresses: addresses.value, clock, log: record.log });
    return served;
  }

  setup(manifest: object): Setup {
    const loaded = loadManifest({ text: JSON.stringify(manifest), file: "hub.yaml", folder: root });
    assert.ok(loaded.t === "ok", JSON.stringify(loaded));
    const resolved = resolveSettings({ env: this.#env, cwd: root, hub: loaded.manifest.hub });
    assert.ok(resolved.t === "ok", JSON.stringify(resolved));
    return { manifest: loaded.manifest, settings: resolved.settings };
  }

  async reload(manifest: object): Promise<void> {
    assert.equal((await this.hub.reload(this.setup(manifest))).t, "applied");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#doors.close();
    // Nobody waits for whom a test left inside.
    if (this.clock instanceof FakeClock) this.clock.advance(3_600_000);
    await closed;
    await this.hub.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

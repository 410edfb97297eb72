// The package's entry: a hub inside another program. Everything that is not exported here is nobody's business outside.
import { type Clock, systemClock } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import { isLoopback } from "../doors/listen.ts";
import { type Hub, openHub } from "../hub.ts";
import { parseListen } from "../manifest/addresses.ts";
import { loadManifest, type ManifestSource } from "../manifest/load.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { type Problem, renderProblems } from "../manifest/problems.ts";
import { resolveSettings, type Settings } from "../manifest/settings.ts";
import { createLog, type Log } from "../telemetry/log.ts";
import { createMasker } from "../wire/mask.ts";
import { coreEnvironment } from "./core-environment.ts";
import { type NetworkDoors, openNetworkDoors } from "./network-doors.ts";
import type { CoreStatus, CreateHub, EmbeddedHub, HubChannel, HubClock, ManifestInput } from "./public.ts";
import { SdkChannel } from "./sdk-channel.ts";

export type * from "./public.ts";

export const createHub: CreateHub = async (input, { env, cwd = process.cwd(), log: sink, clock: given }) => {
  const clock = given === undefined ? systemClock : withWallTime(given);
  const loaded = loadManifest(sourceOf(input, cwd));
  if (loaded.t === "invalid") throw unusable(loaded.problems);
  const { manifest } = loaded;
  const resolved = resolveSettings({ env, cwd, hub: manifest.hub });
  if (resolved.t === "invalid") throw unusable(resolved.problems);
  const { settings } = resolved;
  const masker = createMasker();
  const stream = { write: sink ?? (() => {}) };
  const log = createLog({ clock, level: settings.logLevel, format: settings.logFormat, mask: masker, stream });
  for (const { message, ...place } of [...loaded.warnings, ...resolved.warnings]) {
    log.warn("manifest_problem", { problem: message, ...place });
  }
  const hub = await openHub({ manifest, settings, log, masker, clock, ...coreEnvironment({ env }), exclusive: false });
  return new Embedded(hub, manifest, settings, log, clock);
};

function withWallTime(clock: HubClock): Clock {
  return {
    now: () => clock.now(),
    wall: () => Date.parse(clock.iso()),
    iso: () => clock.iso(),
    after: (ms, fn) => clock.after(ms, fn),
  };
}

class Embedded implements EmbeddedHub {
  readonly #hub: Hub;
  readonly #manifest: Manifest;
  readonly #settings: Settings;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #channels = new Set<SdkChannel>();
  #doors: Promise<NetworkDoors> | undefined;
  #closed: Promise<void> | undefined;

  constructor(hub: Hub, manifest: Manifest, settings: Settings, log: Log, clock: Clock) {
    this.#hub = hub;
    this.#manifest = manifest;
    this.#settings = settings;
    this.#log = log;
    this.#clock = clock;
  }

  ready(): Promise<void> {
    return this.#hub.settled();
  }

  cores(): readonly CoreStatus[] {
    return this.#hub.summaries().map(({ core, state, tools, prompts, resources }) => {
      const trouble = this.#hub.trouble(core);
      return { core, state, tools, prompts, resources, ...(trouble === undefined ? {} : { trouble }) };
    });
  }

  channel(): HubChannel {
    this.#mustBeOpen();
    const channel = new SdkChannel(this.#hub, () => this.#channels.delete(channel));
    this.#channels.add(channel);
    return channel;
  }

  async listen(given?: string | readonly string[]): Promise<readonly string[]> {
    this.#mustBeOpen();
    if (this.#doors !== undefined) throw new HubError("usage", "this hub listens already; name all addresses at once");
    const settings = this.#settings;
    const parsed = given === undefined ? undefined : parseListen(typeof given === "string" ? [given] : given);
    if (parsed?.t === "bad") throw new HubError("usage", `${parsed.message}; ${parsed.hint}`);
    const addresses = parsed?.value ?? settings.listen;
    if (!addresses.every(isLoopback)) this.#mustBeGuarded();
    this.#doors = openNetworkDoors({
      hub: this.#hub,
      addresses,
      clock: this.#clock,
      log: this.#log,
    });
    try {
      return (await this.#doors).addresses;
    } catch (error) {
      this.#doors = undefined;
      throw error;
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const doors = await this.#doors?.catch(() => undefined);
    await (doors === undefined ? this.#hub.drain() : doors.close());
    for (const channel of this.#channels) await channel.close();
    await this.#hub.stop();
  }

  #mustBeOpen(): void {
    if (this.#closed !== undefined) throw new HubError("usage", "this hub is closed; create another one");
  }

  /** A program has no terminal to show a made token on, so it must bring one. */
  #mustBeGuarded(): void {
    const { token, anonymous } = this.#settings;
    if (token === undefined && this.#manifest.clients.length === 0 && anonymous !== "allow") {
      const fix = "set HUB_TOKEN in deps.env, or clients: in the manifest; HUB_ANONYMOUS=allow lets everybody in";
      throw new HubError("usage", `listening beyond this machine needs a token: ${fix}`);
    }
  }
}

function sourceOf(input: ManifestInput, cwd: string): ManifestSource {
  if (typeof input === "string") return { path: input, cwd };
  // JSON is YAML: an object is checked as a file would be, and problems are placed in what it looks like written.
  return { text: JSON.stringify(input, undefined, 2), file: "manifest", folder: cwd };
}

function unusable(problems: readonly Problem[]): HubError {
  return new HubError("manifest_invalid", `the manifest cannot be used\n${renderProblems(problems)}`);
}

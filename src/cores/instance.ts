// One process of a Core with the link to it and the hub's own requests on that link. Lives once; a restart makes another.
import type { Clock } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import type { Log } from "../telemetry/log.ts";
import { type Frame, frameOfText, noSplices } from "../wire/frame.ts";
import type { Framing } from "../wire/framing.ts";
import type { Scan } from "../wire/scan.ts";
import { OwnRequests } from "./own-requests.ts";
import { type CoreProcess, type Launch, startProcess } from "./process.ts";
import { type LinkLimits, StdioLink } from "./stdio-link.ts";
import { clearAfter, type StopTarget, stopInstance } from "./stop.ts";
import type { Fall } from "./supervisor.ts";
import { sweep } from "./sweep.ts";

export interface InstanceOptions {
  readonly coreName: string;
  readonly launch: Launch;
  readonly framing: Framing;
  readonly limits: LinkLimits;
  /** By which everything it leaves behind is found. */
  readonly marker: string;
  nextId(): number;
}

export interface InstanceDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly platform: NodeJS.Platform;
  mask(text: string): string;
}

export interface InstanceEvents {
  frame(instance: Instance, frame: Frame, scan: Scan): void;
  /** It has ended, or is of no use any more. May be said more than once; the first reason is the true one. */
  down(instance: Instance, fall: Fall): void;
}

export type InstanceStart =
  | { readonly t: "started"; readonly instance: Instance }
  | { readonly t: "refused"; readonly fall: Fall };

export function startInstance(options: InstanceOptions, deps: InstanceDeps, events: InstanceEvents): InstanceStart {
  const heard = { stderrMs: 0 };
  const activity = () => {
    heard.stderrMs = deps.clock.now();
  };
  const started = startProcess(options.launch, { ...deps, mask: (text) => deps.mask(text), activity });
  if (started.t === "refused") return started;
  return { t: "started", instance: new Instance(started.process, heard, options, deps, events) };
}

export class Instance implements StopTarget {
  readonly process: CoreProcess;
  readonly link: StdioLink;
  readonly requests: OwnRequests;
  readonly marker: string;
  readonly exited: Promise<unknown>;
  readonly #coreName: string;
  readonly #heard: { readonly stderrMs: number };
  readonly #nextId: () => number;

  constructor(
    process: CoreProcess,
    heard: { readonly stderrMs: number },
    options: InstanceOptions,
    deps: InstanceDeps,
    events: InstanceEvents,
  ) {
    this.process = process;
    this.exited = process.exited;
    this.marker = options.marker;
    this.requests = new OwnRequests(options.coreName, deps.clock);
    this.#coreName = options.coreName;
    this.#heard = heard;
    this.#nextId = options.nextId;
    this.link = new StdioLink(process, options.framing, options.limits, deps, {
      frame: (frame, scan) => events.frame(this, frame, scan),
      broken: (fall) => events.down(this, fall),
    });
    void process.finished.then((fall) => {
      this.link.close();
      events.down(this, fall);
    });
  }

  /** When it last wrote anything, to stdout or stderr, in Clock milliseconds. */
  get heardMs(): number {
    return Math.max(this.link.heardMs, this.#heard.stderrMs);
  }

  /**
   * Resolves to the raw result; rejects with core_timeout, with the Core's own refusal, or when the instance is torn down.
   * A request that the Core may have begun is cancelled when its time is over.
   */
  request(method: string, params: object | undefined, timeoutMs: number): Promise<Buffer> {
    const id = this.#nextId();
    const answer = this.requests.open(id, method, timeoutMs, () => {
      if (method === "initialize" || method === "ping") return;
      this.notify("notifications/cancelled", { requestId: id, reason: "timed out" });
    });
    const sent = this.link.send(frameOfText(JSON.stringify({ jsonrpc: "2.0", id, method, params })), noSplices);
    // A closed stdin is followed by the end of the process, which says why; only a full one is an answer of its own.
    if (sent === "full") {
      const message = `core "${this.#coreName}" does not read its stdin fast enough`;
      this.requests.reject(id, new HubError("overloaded", message, { core: this.#coreName }));
    }
    return answer;
  }

  notify(method: string, params?: object): void {
    this.link.send(frameOfText(JSON.stringify({ jsonrpc: "2.0", method, params })), noSplices);
  }

  endInput(): void {
    this.link.endInput();
  }

  signal(signal: "SIGTERM" | "SIGKILL"): void {
    this.process.signal(signal);
  }
}

/** Ends the instance, if it has not ended, and all that it left behind. Never rejects. */
export async function endInstance(instance: Instance, stopTimeoutMs: number, deps: InstanceDeps): Promise<void> {
  const { log } = deps;
  const { pid } = instance.process;
  const stopDeps = { clock: deps.clock, sweep: () => sweep(instance.marker, deps) };
  try {
    if (instance.process.ended) {
      const strays = await clearAfter(instance, stopDeps);
      if (strays > 0) log.warn("core_left_processes", { pid, strays });
      return;
    }
    const { by, strays } = await stopInstance(instance, stopDeps, stopTimeoutMs);
    log[by === "stuck" ? "error" : "debug"]("core_process_ended", { pid, by, strays });
  } catch (error) {
    log.error("core_stop_failed", { pid, error: error instanceof Error ? error.message : String(error) });
  } finally {
    instance.link.close();
  }
}

// An instance that is a process of the hub's: started, spoken to over its stdin and stdout, ended with all that it left behind.
import type { Framing } from "../wire/framing.ts";
import { Instance, type InstanceDeps, type InstanceEvents, type InstanceFacts } from "./instance.ts";
import { type CoreProcess, type Launch, startProcess } from "./process.ts";
import { type LinkLimits, StdioLink } from "./stdio-link.ts";
import { clearAfter, type StopTarget, stopInstance } from "./stop.ts";
import type { Fall } from "./supervisor.ts";
import { sweep } from "./sweep.ts";

export interface ProcessOptions extends InstanceFacts {
  readonly launch: Launch;
  readonly framing: Framing;
  readonly limits: LinkLimits;
  /** By which everything it leaves behind is found. */
  readonly marker: string;
  /** What is left to end when the process has ended. Never rejects. */
  readonly after?: (() => Promise<void>) | undefined;
}

export type ProcessStart =
  | { readonly t: "started"; readonly instance: ProcessInstance }
  | { readonly t: "refused"; readonly fall: Fall };

export function startProcessInstance(
  options: ProcessOptions,
  deps: InstanceDeps,
  events: InstanceEvents,
): ProcessStart {
  const heard = { stderrMs: 0 };
  const activity = () => {
    heard.stderrMs = deps.clock.now();
  };
  const started = startProcess(options.launch, { ...deps, mask: (text) => deps.masker.maskText(text), activity });
  if (started.t === "refused") return started;
  return { t: "started", instance: new ProcessInstance(started.process, heard, options, deps, events) };
}

class ProcessInstance extends Instance implements StopTarget {
  readonly link: StdioLink;
  readonly isOrdered = true;
  readonly marker: string;
  readonly exited: Promise<unknown>;
  readonly #process: CoreProcess;
  readonly #deps: InstanceDeps;
  readonly #heard: { readonly stderrMs: number };
  readonly #after: (() => Promise<void>) | undefined;

  constructor(
    process: CoreProcess,
    heard: { readonly stderrMs: number },
    options: ProcessOptions,
    deps: InstanceDeps,
    events: InstanceEvents,
  ) {
    super(options, deps);
    this.#process = process;
    this.#deps = deps;
    this.#heard = heard;
    this.#after = options.after;
    this.exited = process.exited;
    this.marker = options.marker;
    this.link = new StdioLink(process, options.framing, options.limits, deps, {
      frame: (frame, scan) => events.frame(this, frame, scan),
      broken: (fall) => events.down(this, fall, "legacy"),
    });
    void process.finished.then((fall) => {
      this.link.close();
      // What cannot be started at all has no era.
      events.down(this, fall, fall.fatal ? undefined : "legacy");
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** On stdout or stderr. */
  get heardMs(): number {
    return Math.max(this.link.heardMs, this.#heard.stderrMs);
  }

  stderrTail(): string[] {
    return this.#process.stderrTail();
  }

  endInput(): void {
    this.link.endInput();
  }

  signal(signal: "SIGTERM" | "SIGKILL"): void {
    this.#process.signal(signal);
  }

  async end(stopTimeoutMs: number): Promise<void> {
    const { clock, log } = this.#deps;
    const { pid } = this;
    const stopDeps = { clock, sweep: () => sweep(this.marker, this.#deps) };
    try {
      if (this.#process.ended) {
        const strays = await clearAfter(this, stopDeps);
        if (strays > 0) log.warn("core_left_processes", { pid, strays });
        return;
      }
      const { by, strays } = await stopInstance(this, stopDeps, stopTimeoutMs);
      log[by === "stuck" ? "error" : "debug"]("core_process_ended", { pid, by, strays });
    } catch (error) {
      log.error("core_stop_failed", { pid, error: error instanceof Error ? error.message : String(error) });
    } finally {
      this.link.close();
      await this.#after?.();
    }
  }
}

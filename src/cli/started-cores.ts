// Cores of one's own for a short command: started, waited for, used, stopped.
import type { ClientCapabilities } from "../base/client-capabilities.ts";
import { type StrayRule, strayRules } from "../catalog/stray-rules.ts";
import type { CoreSummary } from "../catalog/summary.ts";
import { type Hub, openHub } from "../hub.ts";
import { coreEnvironment } from "../library/core-environment.ts";
import type { Prepared } from "./prepare.ts";
import type { Terminal } from "./terminal.ts";
import { openVoice } from "./voice.ts";

/** Starts the manifest's Cores, which are told that their client can be asked this, waits until each is up or has failed once, and stops them when `use` is done. */
export async function withHub<T>(
  terminal: Terminal,
  prepared: Prepared,
  use: (hub: Hub) => Promise<T>,
  capabilities: ClientCapabilities = {},
): Promise<T> {
  // People see what they asked for, not the log; what is wrong with a Core is in its state.
  const level = prepared.settings.logLevel === "debug" ? "debug" : "silent";
  const voice = openVoice(terminal, { logLevel: level, logFormat: prepared.settings.logFormat });
  const hub = await openHub({ ...prepared, ...voice, ...coreEnvironment(terminal), exclusive: true, capabilities });
  const interrupted = () => void hub.stop().then(() => process.exit(130));
  process.once("SIGINT", interrupted);
  process.once("SIGTERM", interrupted);
  try {
    await hub.settled();
    return await use(hub);
  } finally {
    process.off("SIGINT", interrupted);
    process.off("SIGTERM", interrupted);
    await hub.stop();
  }
}

export interface StartedCore extends Pick<CoreSummary, "core" | "state" | "line"> {
  /** What is wrong with it, in a sentence with its last words; undefined while it is up. */
  readonly trouble: string | undefined;
}

export interface Started {
  readonly cores: readonly StartedCore[];
  readonly strays: readonly StrayRule[];
}

export function startedCores(terminal: Terminal, prepared: Prepared): Promise<Started> {
  return withHub(terminal, prepared, async (hub) => ({
    cores: hub.summaries().map(({ core, state, line }) => ({ core, state, line, trouble: hub.trouble(core) })),
    strays: strayRules(hub.remarks().shelves, hub.remarks().config.nameRules),
  }));
}

// What the log says of a Core's life.
import type { Log } from "../telemetry/log.ts";
import type { Greeting } from "./handshake.ts";
import type { CoreLists } from "./lists.ts";
import type { CoreState } from "./supervisor.ts";

interface CoreLife {
  readonly state: CoreState;
  readonly generation: number;
  readonly pid: number | undefined;
  readonly framing: string | undefined;
  readonly greeting: Greeting | undefined;
  readonly lists: CoreLists | undefined;
  stderrTail(): string[];
}

/** How much of stderr explains a death; all of it was logged as it came. */
const lastLines = 5;

/** To be called after every change of state. `isLook`: of a start without a login, which was to see whether the Core still wants one. `log` names the Core. */
export function logState(core: CoreLife, isLook: boolean, log: Log): void {
  const { state, generation, pid } = core;
  if (state.t === "up") log.info("core_up", { pid, generation, framing: core.framing, ...offer(core) });
  else if (state.t === "backoff" || state.t === "failed") {
    const { code, reason } = state;
    const facts = { pid, generation, code, reason, stderr: core.stderrTail().slice(-lastLines) };
    if (state.t === "failed") log.error("core_failed", facts);
    else {
      const down = { ...facts, retry_ms: Math.round(state.retryAtMs - state.since) };
      // A person may take weeks to sign in, and it is looked for a login once a minute.
      if (code === "login_needed" && isLook && generation > 1) log.debug("core_down", down);
      else log.warn("core_down", down);
    }
  } else if (state.t === "starting") log.debug("core_starting", { generation });
  else if (state.t === "draining") log.debug("core_draining", { pid, generation });
  else log.debug("core_stopped", { generation });
}

function offer({ greeting, lists }: CoreLife): object {
  return {
    protocol: greeting?.protocolVersion,
    server: greeting?.serverInfo,
    tools: lists?.tools.length,
    resources: lists?.resources.length,
    templates: lists?.templates.length,
    prompts: lists?.prompts.length,
  };
}

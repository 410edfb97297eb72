// Who watches calls, where somebody wants to see each of them.
import type { Clock } from "../base/clock.ts";
import type { Core } from "../cores/core.ts";
import { logCalls } from "../telemetry/call-log.ts";
import type { CallObserver } from "../telemetry/call-observer.ts";
import type { Log } from "../telemetry/log.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";

/** Undefined, so that calls pay for nothing, unless there are traces or debug lines to make of each. */
export function observerOf(
  { log, telemetry }: { readonly log: Log; readonly telemetry?: Telemetry | undefined },
  clock: Clock,
  coreOf: (name: string) => Pick<Core, "greeting" | "definition"> | undefined,
): CallObserver | undefined {
  const tracer = telemetry?.traceCalls({
    core: (name) => {
      const core = coreOf(name);
      return core && { revision: core.greeting?.protocolVersion, isRemote: core.definition.remote !== undefined };
    },
  });
  return log.isDebug ? logCalls({ log: log.child({ component: "relay" }), clock, tracer }) : tracer;
}

// The first exchange with an instance: initialize, and what its answer means.
import type { ClientCapabilities } from "../base/client-capabilities.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../telemetry/log.ts";
import {
  type GreetingRead,
  initializeParams,
  longestStartMs,
  patiently,
  readGreeting,
  type Try,
  unsupported,
  unsupportedVersionCode,
} from "./handshake.ts";
import type { Instance } from "./instance.ts";
import { coreErrorCode } from "./own-requests.ts";
import { startFailed } from "./start-failed.ts";

export interface HelloDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly host: { readonly version: string };
  readonly startupTimeoutMs: number;
  capabilities(): Promise<ClientCapabilities>;
}

/** Rejects with StartFailed, or as the Core refuses. */
export async function sayHello(instance: Instance, attempt: Try, deps: HelloDeps): Promise<GreetingRead | "silent"> {
  const { clock, host, log } = deps;
  const totalMs = Math.max(longestStartMs, deps.startupTimeoutMs);
  try {
    const capabilities = await deps.capabilities();
    // The request's own time is longer than patience: only one of the two decides.
    const answer = instance.request("initialize", initializeParams(host.version, capabilities), totalMs * 2);
    const heardMs = () => instance.heardMs;
    const result = await patiently(answer, { clock, heardMs, quietMs: attempt.quietMs, totalMs });
    if (result === "late") throw startFailed("core_timeout", `did not answer initialize within ${totalMs} ms`, false);
    if (result !== "silent") return readGreeting(result);
    log.info("core_silent", { framing: attempt.framing, after_ms: attempt.quietMs });
    return "silent";
  } catch (error) {
    if (coreErrorCode(error) === unsupportedVersionCode) return unsupported("none of the versions asked for");
    throw error;
  }
}

// What the manifest allows each client and each Core, as the gate counts it.
import type { Clock } from "../base/clock.ts";
import type { LimitSettings } from "../gates/limited.ts";
import { type CallLimiter, createLimits } from "../gates/limits.ts";
import type { Setup } from "../manifest/diff.ts";
import type { RateLimits, ResolvedCore } from "../manifest/manifest.ts";
import { limitsOf } from "../manifest/settings.ts";
import type { Call } from "../relay/call.ts";
import { limitedClient } from "../sessions/limit-key.ts";

/** Requests that wait may keep this much memory, all clients and Cores together. */
const maxWaitingBytes = 512 * 1024 * 1024;

/** `start`: puts a call on its way that may run now. */
export function createHubLimits(
  clock: Clock,
  start: (call: Call) => void,
  hasOneClient: boolean,
  setup: () => Setup,
  core: (key: string) => ResolvedCore | undefined,
): CallLimiter<Call> {
  return createLimits<Call>({
    clock,
    start,
    client: (key) => clientLimits(key, setup()),
    core: (key) => {
      const definition = core(key);
      return definition === undefined ? undefined : coreLimits(definition, hasOneClient);
    },
    tool: (key, native) => {
      const own = core(key)?.tools.get(native)?.limits;
      return own === undefined ? undefined : limitSettings(own);
    },
    maxWaitingBytes,
  });
}

/** `key`: whose limits count, as a session names it. */
function clientLimits(key: string, { manifest, settings }: Setup): LimitSettings {
  const client = manifest.clients.find(({ name }) => name === limitedClient(key));
  return limitSettings(limitsOf(client, settings));
}

/** Where a Core's words are to belong to somebody, each instance has one call at a time; with one client they belong to it anyway. */
function coreLimits({ policy, interactive, isolation, scaling }: ResolvedCore, hasOneClient: boolean): LimitSettings {
  const settings = limitSettings(policy);
  if (hasOneClient) return settings;
  if (interactive === "serialize") return { ...settings, maxConcurrency: 1 };
  if (isolation !== "pool") return settings;
  return { ...settings, maxConcurrency: Math.min(settings.maxConcurrency, scaling.max) };
}

function limitSettings({ maxConcurrency, maxQueue, rateLimitRps, rateLimitBytes }: RateLimits): LimitSettings {
  return { maxConcurrency, maxQueue, rateRps: rateLimitRps, rateBytes: rateLimitBytes };
}

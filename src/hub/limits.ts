// What the manifest allows each client and each Core, as the gate counts it.
import type { LimitSettings } from "../gates/limited.ts";
import type { Setup } from "../manifest/diff.ts";
import type { ResolvedCore } from "../manifest/manifest.ts";
import { limitsOf } from "../manifest/settings.ts";

/** `key`: whose limits count, as a session names it. */
export function clientLimits(key: string, { manifest, settings }: Setup): LimitSettings {
  const client = manifest.clients.find(({ name }) => key === `client ${name}`);
  return limitSettings(limitsOf(client, settings));
}

/** A Core that is to know whose each of its words is has one call at a time. */
export function coreLimits({ policy, interactive }: ResolvedCore): LimitSettings {
  const settings = limitSettings(policy);
  return interactive === "serialize" ? { ...settings, maxConcurrency: 1 } : settings;
}

function limitSettings(limits: { maxConcurrency: number; maxQueue: number; rateLimitRps: number }): LimitSettings {
  return { maxConcurrency: limits.maxConcurrency, maxQueue: limits.maxQueue, rateRps: limits.rateLimitRps };
}

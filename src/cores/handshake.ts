// The handshake of the legacy era: what is asked, what an answer means, and how long one is waited for.
// Pure but for waiting on the injected clock; sends nothing itself.

import type { ClientCapabilities } from "../base/client-capabilities.ts";
import type { Clock } from "../base/clock.ts";
import { isLegacyRevision, latestLegacyRevision, latestModernRevision, legacyRevisions } from "../wire/revisions.ts";

/** `capabilities`: what a client of this instance can be asked; none where nobody would know which client. */
export function initializeParams(hubVersion: string, capabilities: ClientCapabilities): object {
  return {
    protocolVersion: latestLegacyRevision,
    capabilities,
    clientInfo: { name: "thehub", version: hubVersion },
  };
}

/** What a Core says of itself. */
export interface Greeting {
  readonly protocolVersion: string;
  readonly capabilities: Readonly<Record<string, unknown>>;
  readonly serverInfo: Readonly<Record<string, unknown>>;
  readonly instructions: string | undefined;
}

export type GreetingRead =
  | { readonly t: "ok"; readonly greeting: Greeting }
  | { readonly t: "era_unsupported"; readonly reason: string }
  | { readonly t: "garbled"; readonly reason: string };

export function readGreeting(result: Buffer): GreetingRead {
  let value: unknown;
  try {
    value = JSON.parse(result.toString("utf8"));
  } catch {
    return { t: "garbled", reason: "answered initialize with what is not JSON" };
  }
  if (!isObject(value)) return { t: "garbled", reason: "answered initialize with no object" };
  const { protocolVersion, capabilities, serverInfo, instructions } = value;
  if (typeof protocolVersion !== "string") {
    return { t: "garbled", reason: "answered initialize without a protocolVersion" };
  }
  if (!isLegacyRevision(protocolVersion)) {
    return { t: "era_unsupported", reason: unsupported(JSON.stringify(protocolVersion)) };
  }
  return {
    t: "ok",
    greeting: {
      protocolVersion,
      capabilities: isObject(capabilities) ? capabilities : {},
      serverInfo: isObject(serverInfo) ? serverInfo : {},
      instructions: typeof instructions === "string" ? instructions : undefined,
    },
  };
}

/** For people; follows the Core's name. */
export function unsupported(what: string): string {
  const spoken = [...legacyRevisions, latestModernRevision].join(", ");
  return `speaks protocol ${what}, the hub speaks ${spoken} to Cores; use a version of it that does`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** However busy a Core looks, its start may not take longer than this, or than `startupTimeoutMs` if that is more. */
export const longestStartMs = 60_000;

export interface Patience {
  readonly clock: Clock;
  /** When the Core last wrote anything, in Clock milliseconds. */
  heardMs(): number;
  readonly quietMs: number;
  readonly totalMs: number;
}

/**
 * Waits for an answer as long as the Core shows life: every byte on stdout or stderr starts the wait again (a package that
 * is being downloaded is not silence). Resolves to "silent" or "late" when patience ends; rejects as the answer does.
 */
export function patiently<T>(answer: Promise<T>, patience: Patience): Promise<T | "silent" | "late"> {
  const { clock, quietMs, totalMs } = patience;
  const startMs = clock.now();
  return new Promise((resolve, reject) => {
    let timer = clock.after(Math.min(quietMs, totalMs), look);
    function look(): void {
      const now = clock.now();
      const quietLeft = Math.max(startMs, patience.heardMs()) + quietMs - now;
      const totalLeft = startMs + totalMs - now;
      if (totalLeft <= 0) resolve("late");
      else if (quietLeft <= 0) resolve("silent");
      else timer = clock.after(Math.min(quietLeft, totalLeft), look);
    }
    answer.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (error: unknown) => {
        timer.cancel();
        reject(error);
      },
    );
  });
}

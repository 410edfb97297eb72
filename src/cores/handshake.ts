// The first words between the hub and a Core: which framing to try for how long, what is asked, and what an answer means.
// Pure but for waiting on the injected clock; sends nothing itself.
import type { Clock } from "../base/clock.ts";
import type { Framing } from "../wire/framing.ts";

/** Newest first. A Core that answers with another version is refused. */
const knownVersions: readonly string[] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

/** The hub cannot carry a Core's requests to one client of many, so it declares no client capability. */
export function initializeParams(hubVersion: string): object {
  return {
    protocolVersion: knownVersions[0],
    capabilities: {},
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
  if (!knownVersions.includes(protocolVersion)) return unsupported(`protocol ${JSON.stringify(protocolVersion)}`);
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

/** -32022 is how a Core of the stateless era says that it knows none of the versions asked for. */
export const unsupportedVersionCode = -32022;

export function unsupported(what: string): GreetingRead {
  const reason = `speaks ${what}, the hub speaks ${knownVersions.join(", ")} to Cores; use a version of it that does`;
  return { t: "era_unsupported", reason };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One way of trying: given up when the Core has been silent for `quietMs`. */
export interface Try {
  readonly framing: Framing;
  readonly quietMs: number;
}

/** A Core this quiet may be waiting for the other framing; MCP's own comes first. */
const firstQuietMs = 3000;

/**
 * What to try, in order, in one start. The first start is impatient with both framings, so that a Content-Length Core comes
 * up soon; a Core that is merely slow and silent gets the whole `startupTimeoutMs` from its first restart on.
 */
export function framingPlan(
  wanted: Framing | "auto",
  worked: Framing | undefined,
  restarts: number,
  startupTimeoutMs: number,
): readonly Try[] {
  if (wanted !== "auto") return [{ framing: wanted, quietMs: startupTimeoutMs }];
  if (worked !== undefined) return [{ framing: worked, quietMs: startupTimeoutMs }];
  const quietMs = restarts === 0 ? Math.min(firstQuietMs, startupTimeoutMs) : startupTimeoutMs;
  return [
    { framing: "newline", quietMs },
    { framing: "content-length", quietMs },
  ];
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

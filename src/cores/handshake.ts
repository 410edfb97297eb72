// The first words between the hub and a Core: which framing to try for how long, what is asked, and what an answer means.
// Pure but for waiting on the injected clock; sends nothing itself.

import type { ClientCapabilities } from "../base/client-capabilities.ts";
import type { Clock } from "../base/clock.ts";
import type { Framing } from "../wire/framing.ts";
import { isLegacyRevision, latestLegacyRevision, legacyRevisions } from "../wire/revisions.ts";

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
  if (!isLegacyRevision(protocolVersion)) return unsupported(`protocol ${JSON.stringify(protocolVersion)}`);
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
  const reason = `speaks ${what}, the hub speaks ${legacyRevisions.join(", ")} to Cores; use a version of it that does`;
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

/** How long a first start waits for an answer in the framing that hardly anybody speaks. */
const rareQuietMs = 3000;

/** However busy a Core looks, its start may not take longer than this, or than `startupTimeoutMs` if that is more. */
export const longestStartMs = 60_000;

/** They fetch what they run, and are silent while they do. */
const fetchers: ReadonlySet<string> = new Set([
  "npx",
  "npm",
  "pnpm",
  "pnpx",
  "yarn",
  "bunx",
  "bun",
  "deno",
  "uvx",
  "uv",
  "pipx",
  "docker",
  "podman",
  "nix",
]);

/** Whether a silent first start of this command is more likely a download than a Core that waits for something. */
export function mayFetch(command: string): boolean {
  const name = command.split(/[\\/]/).at(-1) ?? "";
  return fetchers.has(name.toLowerCase().replace(/\.(?:cmd|exe|ps1)$/, ""));
}

export interface Start {
  readonly framing: Framing | "auto";
  /** The framing that this Core has answered in before. */
  readonly worked: Framing | undefined;
  readonly restarts: number;
  readonly startupTimeoutMs: number;
  readonly mayFetch: boolean;
}

/**
 * What to try, in order, in one start. MCP's own framing comes first and has all the time there is, so that a slow Core comes up at
 * the first start already; the first start of what may be a download has a minute.
 */
export function framingPlan(start: Start): readonly Try[] {
  const { framing, worked, restarts, startupTimeoutMs } = start;
  if (worked !== undefined) return [{ framing: framing === "auto" ? worked : framing, quietMs: startupTimeoutMs }];
  const quietMs = start.mayFetch ? Math.max(startupTimeoutMs, longestStartMs) : startupTimeoutMs;
  if (framing !== "auto") return [{ framing, quietMs }];
  const rareMs = restarts === 0 ? Math.min(rareQuietMs, startupTimeoutMs) : startupTimeoutMs;
  return [
    { framing: "newline", quietMs },
    { framing: "content-length", quietMs: rareMs },
  ];
}

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

/** The reason of a fall, for a Core that none of the tries got a word out of. */
export function neverAnswered(plan: readonly Try[]): string {
  const [first] = plan;
  const framings = plan.map((attempt) => attempt.framing).join(" or ");
  return `was silent for ${first?.quietMs} ms after initialize (framing ${framings}); see health.startup_timeout_ms and framing`;
}

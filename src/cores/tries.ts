// In which framing and era a Core is tried, in which order and how patiently, within one start. Pure.
//
//   probe ──silent──► Content-Length (framing auto) ──silent──► legacy, in the framing of the probe
//     ├──gone, or garbage──► legacy, on another process
//     └──modern, but it was sent `initialize` meanwhile──► modern, on another process
import type { Framing } from "../wire/framing.ts";
import type { Era } from "../wire/revisions.ts";
import { longestStartMs } from "./handshake.ts";

/** One way of trying: given up when the Core has been silent for `quietMs`. */
export interface Try {
  readonly framing: Framing;
  readonly era: Era | "probe";
  readonly quietMs: number;
}

export interface Start {
  readonly framing: Framing | "auto";
  /** What this Core has answered in before. */
  readonly known: { readonly framing: Framing | undefined; readonly era: Era | undefined };
  /** The one that it has by its transport or the manifest; undefined where the Core is asked. */
  readonly era: Era | undefined;
  readonly restarts: number;
  readonly startupTimeoutMs: number;
  readonly mayFetch: boolean;
}

/** How long a first start waits for an answer in the framing that hardly anybody speaks. */
const rareQuietMs = 3000;

/**
 * MCP's own framing comes first and has all the time there is, so that a slow Core comes up at the first start already; the first
 * start of what may be a download has a minute.
 */
export function firstTry(start: Start): Try {
  const { known, startupTimeoutMs } = start;
  const framing = start.framing === "auto" ? (known.framing ?? "newline") : start.framing;
  const era = start.era ?? known.era ?? "probe";
  const isFetching = start.mayFetch && known.framing === undefined;
  return { framing, era, quietMs: isFetching ? Math.max(startupTimeoutMs, longestStartMs) : startupTimeoutMs };
}

/** `again`: in this era, on another process or connection. Undefined: there is nothing left to try. */
export function nextTry(
  start: Start,
  tried: readonly Try[],
  outcome: "silent" | { readonly again: Era },
): Try | undefined {
  const [first] = tried;
  const last = tried.at(-1);
  if (first === undefined || last === undefined) return firstTry(start);
  const { startupTimeoutMs, restarts } = start;
  if (outcome !== "silent") {
    const next = { framing: last.framing, era: outcome.again, quietMs: startupTimeoutMs };
    return tried.some(({ framing, era }) => framing === next.framing && era === next.era) ? undefined : next;
  }
  const isOpen = start.framing === "auto" && start.known.framing === undefined;
  if (isOpen && tried.every(({ framing }) => framing === "newline")) {
    const quietMs = restarts === 0 ? Math.min(rareQuietMs, startupTimeoutMs) : startupTimeoutMs;
    return { framing: "content-length", era: start.era ?? "legacy", quietMs };
  }
  if (first.era !== "probe" || tried.some(({ framing, era }) => framing === first.framing && era === "legacy")) {
    return undefined;
  }
  return { framing: first.framing, era: "legacy", quietMs: startupTimeoutMs };
}

/** The reason of a fall, for a Core that none of the tries got a word out of. */
export function neverAnswered(tried: readonly Try[]): string {
  const framings = [...new Set(tried.map(({ framing }) => framing))].join(" or ");
  return `was silent for ${tried[0]?.quietMs} ms after initialize (framing ${framings}); see health.startup_timeout_ms and framing`;
}

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

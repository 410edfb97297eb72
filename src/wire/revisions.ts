// The revisions of MCP, oldest first, and their two eras: with a handshake, and without. What differs between them is asked here by name.
export type Era = "legacy" | "modern";

export const legacyRevisions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] as const;

export const latestLegacyRevision = "2025-11-25";

export const modernRevisions = ["2026-07-28"] as const;

export const latestModernRevision = "2026-07-28";

export function isModernRevision(revision: string): boolean {
  return (modernRevisions as readonly string[]).includes(revision);
}

/** Undefined, as before the first greeting: legacy. */
export function eraOf(revision: string | undefined): Era {
  return revision !== undefined && isModernRevision(revision) ? "modern" : "legacy";
}

export function isLegacyRevision(revision: string): boolean {
  return (legacyRevisions as readonly string[]).includes(revision);
}

/** Content that came with a revision: clients of an earlier one do not know it. */
export const contentSince: ReadonlyMap<"audio" | "resource_link" | "structured_content", string> = new Map([
  ["audio", "2025-03-26"],
  ["resource_link", "2025-06-18"],
  ["structured_content", "2025-06-18"],
] as const);

/** JSON-RPC batches came with one revision and left with the next. */
export function hasBatches(revision: string | undefined): boolean {
  return revision === "2025-03-26";
}

/** Calls that go on as tasks came with one revision, and became an extension in the next. */
export function hasTasks(revision: string): boolean {
  return revision === "2025-11-25";
}

/** Whether clients expect, and understand, an event without content at the start of a stream. */
export function primesStreams(revision: string | undefined): boolean {
  return revision !== undefined && revision >= "2025-11-25";
}

/** The error that says by its code that something has to be done on a web page first came with one revision, and left with the next. */
export function hasUrlRequired(revision: string | undefined): boolean {
  return revision === "2025-11-25";
}

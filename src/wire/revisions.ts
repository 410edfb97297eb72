// The revisions of MCP with a handshake, oldest first. What differs between them is asked here by name.
export const legacyRevisions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] as const;

export const latestLegacyRevision = "2025-11-25";

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

/** Calls that go on as tasks came with one revision. */
export function hasTasks(revision: string): boolean {
  return revision >= "2025-11-25";
}

/** Whether clients expect, and understand, an event without content at the start of a stream. */
export function primesStreams(revision: string | undefined): boolean {
  return revision !== undefined && revision >= "2025-11-25";
}

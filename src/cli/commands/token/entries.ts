// How entries of the ledger are shown: to people in words, to programs as JSON.
import type { LedgerEntry, ListedEntry } from "../../../identity/ledger.ts";
import { oneLine } from "../../terminal.ts";

export function reportOf(entry: LedgerEntry): object {
  const { kind, id, client, note, allow, deny, readOnly, admin, issued, expires } = entry;
  return {
    id,
    kind,
    client: client ?? null,
    name: note ?? null,
    allow: allow ?? null,
    deny,
    read_only: readOnly,
    admin,
    issued: new Date(issued).toISOString(),
    expires: new Date(expires).toISOString(),
  };
}

export function listedReportOf(entry: ListedEntry): object {
  return { ...reportOf(entry), revoked: entry.revoked };
}

export function whoseText({ client }: LedgerEntry): string {
  return client === undefined ? "the holder of HUB_TOKEN" : oneLine(client);
}

/** What of its client's rights it has. */
export function partText({ allow, deny, readOnly, admin }: LedgerEntry): string {
  const parts = [allow === undefined ? "everything" : allow.map(oneLine).join(" ") || "nothing"];
  if (deny.length > 0) parts.push(`but ${deny.map(oneLine).join(" ")}`);
  if (readOnly) parts.push("read-only");
  if (admin) parts.push("admin");
  return parts.join(", ");
}

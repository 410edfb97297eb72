// Whom a limit counts (docs/decisions/0002-who-a-limit-counts.md): a key for each party, which says by which client's entry it is limited.
import type { Principal } from "./principal.ts";

/** A named client is one party, a person of it one as well; where many share an identity, each connection is. */
export function limitKeyOf({ id, client, shared }: Principal, sessionId: string): string {
  if (shared) return `connection ${sessionId}`;
  if (client === undefined) return `caller ${id}`;
  return id === client ? `client ${client}` : `client ${client} ${id}`;
}

/** The named client whose limits are those of this party; undefined: of none, so the hub's count. */
export function limitedClient(key: string): string | undefined {
  const [kind, client] = key.split(" ", 2);
  return kind === "client" ? client : undefined;
}

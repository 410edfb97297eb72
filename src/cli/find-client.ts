// A client that a command names, as the manifest has it.
import { HubError } from "../base/errors.ts";
import type { Manifest, ResolvedClient } from "../manifest/manifest.ts";
import { nearest } from "../manifest/nearest.ts";

/** Throws `usage`, with the name that may have been meant. */
export function findClient({ clients }: Pick<Manifest, "clients">, name: string): ResolvedClient {
  const found = clients.find((client) => client.name === name);
  if (found !== undefined) return found;
  const names = clients.map((client) => client.name);
  const near = nearest(name, names);
  const hint = near === undefined ? `clients: ${names.join(", ") || "none"}` : `did you mean ${near}?`;
  throw new HubError("usage", `the manifest has no client ${JSON.stringify(name)}; ${hint}`);
}

// From a Core's key to its namespace.

/** Names of the hub's own; no Core may have them. */
export const reservedNamespaces: readonly string[] = ["hub"];

/** `key` made legal ([a-z][a-z0-9-]*); undefined when nothing of it can be kept. */
export function namespaceOf(key: string): string | undefined {
  const plain = key
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{Mark}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  if (plain === "") return undefined;
  return /^[a-z]/.test(plain) ? plain : `core-${plain}`;
}

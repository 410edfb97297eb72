// What a client declared that it can do, as the hub reads it. Facts about clients only: what a Core can do is another matter.

/** As in `initialize`: a member that is absent is a thing the client cannot do. */
export type ClientCapabilities = Readonly<Record<string, unknown>>;

/** True where the capability, and the part of it that is asked for, was declared as an object. */
export function declares(capabilities: ClientCapabilities, name: string, part?: string): boolean {
  const declared = capabilities[name];
  if (!isObject(declared)) return false;
  return part === undefined || isObject(declared[part]);
}

/** What `initialize` said; anything but an object is no capability at all. */
export function capabilitiesOf(value: unknown): ClientCapabilities {
  return isObject(value) ? value : {};
}

const maxPartChars = 1024;

/** In this order, so that the same capabilities make the same key. */
const relayed: readonly (readonly [name: string, parts: readonly string[]])[] = [
  ["sampling", ["context", "tools"]],
  ["elicitation", ["form", "url"]],
  ["roots", ["listChanged"]],
  ["extensions", ["io.modelcontextprotocol/ui"]],
];

/**
 * What of it a Core may be told, when the Core is this client's alone: what the hub hands on. `tasks` and `experimental` are not among
 * it. Clients of whom the same can be told are of one class, by `classKey`.
 */
export function relayable(capabilities: ClientCapabilities): ClientCapabilities {
  const told: Record<string, unknown> = {};
  for (const [name, parts] of relayed) {
    const declared = capabilities[name];
    if (!isObject(declared)) continue;
    const kept = parts.filter((part) => isSmall(declared[part])).map((part) => [part, declared[part]]);
    told[name] = Object.fromEntries(kept);
  }
  return told;
}

export function classKey(told: ClientCapabilities): string {
  return JSON.stringify(told);
}

/** There, and no larger than what it has to say. */
function isSmall(value: unknown): boolean {
  return value !== undefined && JSON.stringify(value).length <= maxPartChars;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

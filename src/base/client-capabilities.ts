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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// IP addresses in one spelling each, so that the same peer is always the same text. Pure.

/** Fetched when there is an address to look at: most manifests name none, and `check` is done without the network's modules. */
const net = () => process.getBuiltinModule("node:net");

export const isIPv4 = (text: string): boolean => net().isIPv4(text);
export const isIPv6 = (text: string): boolean => net().isIPv6(text);

/**
 * The address as everything compares and logs it: IPv6 in its short form, IPv4 that came in over an IPv6 socket as IPv4,
 * no zone. Undefined for what is no IP address.
 */
export function plainAddress(text: string): string | undefined {
  const zone = text.indexOf("%");
  const address = zone < 0 ? text : text.slice(0, zone);
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  const short = new (net().SocketAddress)({ address, family: "ipv6" }).address;
  return mappedIPv4(short) ?? short;
}

/** Where an address is from, as far as one customer of a provider goes: an IPv4 address, or the first four groups (/64) of an IPv6 one. */
export function placeOfAddress(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail === undefined) return groups.slice(0, 4).join(":");
  const after = tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - groups.length - after.length }, () => "0");
  return [...groups, ...zeros, ...after].slice(0, 4).join(":");
}

function mappedIPv4(address: string): string | undefined {
  const ipv4 = address.startsWith("::ffff:") ? address.slice("::ffff:".length) : "";
  return isIPv4(ipv4) ? ipv4 : undefined;
}

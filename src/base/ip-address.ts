// IP addresses in one spelling each, so that the same peer is always the same text. Pure.
import { isIP, isIPv4, SocketAddress } from "node:net";

/**
 * The address as everything compares and logs it: IPv6 in its short form, IPv4 that came in over an IPv6 socket as IPv4,
 * no zone. Undefined for what is no IP address.
 */
export function plainAddress(text: string): string | undefined {
  const zone = text.indexOf("%");
  const address = zone < 0 ? text : text.slice(0, zone);
  if (isIPv4(address)) return address;
  if (isIP(address) === 0) return undefined;
  const short = new SocketAddress({ address, family: "ipv6" }).address;
  return mappedIPv4(short) ?? short;
}

function mappedIPv4(address: string): string | undefined {
  const ipv4 = address.startsWith("::ffff:") ? address.slice("::ffff:".length) : "";
  return isIPv4(ipv4) ? ipv4 : undefined;
}

// Which addresses a login may ask: those of the Internet, and with `allow_private` all.
import { BlockList, isIPv6 } from "node:net";
import type { Reach } from "../logins/target.ts";

/** Special-purpose addresses (IANA): this machine, private and shared networks, link-local with its metadata services, and what leads to them. */
const special: readonly (readonly [string, number, "ipv4" | "ipv6"])[] = [
  ["0.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.0.0.0", 24, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["198.18.0.0", 15, "ipv4"],
  ["224.0.0.0", 3, "ipv4"],
  ["::", 96, "ipv6"],
  ["64:ff9b::", 96, "ipv6"],
  ["64:ff9b:1::", 48, "ipv6"],
  ["2002::", 16, "ipv6"],
  ["fc00::", 7, "ipv6"],
  ["fe80::", 10, "ipv6"],
  ["fec0::", 10, "ipv6"],
  ["ff00::", 8, "ipv6"],
];

export function loginReach(allowPrivate: boolean): Reach {
  if (allowPrivate) return { refuses: () => undefined };
  const list = new BlockList();
  for (const [address, prefix, family] of special) list.addSubnet(address, prefix, family);
  return {
    refuses: (address) => {
      const [plain = ""] = address.split("%", 1);
      // IPv4 in IPv6 (::ffff:10.0.0.1) is judged as what it leads to.
      if (!list.check(plain, isIPv6(plain) ? "ipv6" : "ipv4")) return undefined;
      return `${plain} is an address of this machine or a private network: write allow_private: true if that is meant`;
    },
  };
}

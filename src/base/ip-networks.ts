// Networks that addresses are judged by. Looked up once for each address: a look into the list costs more than the rest of a small
// request's way to its door.
import { isIPv4, isIPv6 } from "./ip-address.ts";

export interface IpNetworks {
  /** `address`: plain (`plainAddress`). What is no address is in none. */
  has(address: string): boolean;
}

const maxRemembered = 1024;

/** `networks`: as `10.0.0.0/8` or `fd00::/8`; settings are checked and spelt out in manifest/. */
export function ipNetworks(networks: Iterable<string>): IpNetworks {
  const list = new (process.getBuiltinModule("node:net").BlockList)();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    list.addSubnet(address, Number(prefix), isIPv4(address) ? "ipv4" : "ipv6");
  }
  const known = new Map<string, boolean>();
  return {
    has(address) {
      const before = known.get(address);
      if (before !== undefined) return before;
      const has = isIPv4(address) ? list.check(address, "ipv4") : isIPv6(address) && list.check(address, "ipv6");
      if (known.size >= maxRemembered) known.clear();
      known.set(address, has);
      return has;
    },
  };
}

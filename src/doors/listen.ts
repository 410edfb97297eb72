// Where the hub listens, as the network front takes it. Opens nothing, reads no text: settings are parsed in manifest/.
import { isIPv4 } from "node:net";

export type ListenAddress =
  | {
      readonly t: "tcp";
      /** Undefined: every address of the machine. IPv6 without brackets. */
      readonly host: string | undefined;
      /** 0: any free port. */
      readonly port: number;
      /** Goes with the address before it: left out where the machine has no such host, and on the same picked port. */
      readonly optional: boolean;
    }
  | { readonly t: "unix"; readonly path: string };

/** Whether only this machine can reach the address. */
export function isLoopback(address: ListenAddress): boolean {
  return address.t === "unix" || (address.host !== undefined && isLoopbackHost(address.host));
}

/** Whether a host, as written in an address or a URL (IPv6 with or without brackets), is this machine itself. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, "");
  if (name === "localhost" || name.endsWith(".localhost") || name === "::1") return true;
  const ipv4 = name.replace(/^::ffff:/, "");
  return isIPv4(ipv4) && ipv4.startsWith("127.");
}

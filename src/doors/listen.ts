// Whether an address is on this machine only. Opens nothing, reads no text: settings are parsed in manifest/.
import { isIPv4 } from "node:net";
import type { ListenAddress } from "../base/listen-address.ts";

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

// Which addresses are one to their users: `localhost` is two, with one port.
import type { ListenAddress } from "../base/listen-address.ts";

export type TcpAddress = Extract<ListenAddress, { t: "tcp" }>;
type UnixAddress = Extract<ListenAddress, { t: "unix" }>;
/** What is listened on together: hosts of one port, or a socket. */
export type ListenGroup = readonly TcpAddress[] | UnixAddress;

/** An optional address belongs to the one before it: same port, and enough if one of them is there. */
export function grouped(addresses: readonly ListenAddress[]): readonly ListenGroup[] {
  const groups: (TcpAddress[] | UnixAddress)[] = [];
  for (const address of addresses) {
    const last = groups.at(-1);
    if (address.t === "unix") groups.push(address);
    else if (address.optional && Array.isArray(last) && last[0]?.port === address.port) last.push(address);
    else groups.push([address]);
  }
  return groups;
}

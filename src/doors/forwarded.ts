// Who really asks: the peer of the connection or, where that is a proxy the operator trusts, the client that the proxy
// names in its X-Forwarded-* headers. Pure: judges addresses and header values, knows no request.
import { isIPv6 } from "node:net";
import { plainAddress } from "../base/ip-address.ts";
import { ipNetworks } from "../base/ip-networks.ts";

/** The headers of a request, as far as this looks at them; node joins repeated ones with a comma. */
export type ForwardedHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Client {
  /** Plain (`plainAddress`), or `unix` for who came in by a socket file. Undefined: the connection is gone already. */
  readonly address: string | undefined;
  /** What a trusted proxy was asked by, and for. Undefined without one. */
  readonly scheme: "http" | "https" | undefined;
  readonly host: string | undefined;
}

export interface Proxies {
  /** `address`: plain, or `unix`. */
  trusts(address: string): boolean;
  /** `peer`: the address of the other end of the connection, or `unix`. */
  clientOf(peer: string | undefined, headers: ForwardedHeaders): Client;
}

/** More proxies in a row than anybody has; the rest of a longer chain is not read. */
const maxHops = 32;

/** `trusted`: networks as `10.0.0.0/8` or `fd00::/8`, and `unix`; settings are checked and spelt out in manifest/. */
export function createProxies(trusted: readonly string[]): Proxies {
  const written = trusted.filter((entry) => entry !== "unix");
  const networks = written.length === 0 ? undefined : ipNetworks(written);
  const trustsUnix = trusted.includes("unix");
  const trusts = (address: string): boolean => {
    return address === "unix" ? trustsUnix : networks?.has(address) === true;
  };

  return {
    trusts,

    clientOf(peer, headers) {
      const direct = peer === undefined ? undefined : (plainAddress(peer) ?? peer);
      if (direct === undefined || !trusts(direct)) return { address: direct, scheme: undefined, host: undefined };
      return {
        address: furthestKnown(direct, textOf(headers["x-forwarded-for"]), trusts),
        scheme: schemeOf(lastOf(headers["x-forwarded-proto"])),
        host: lastOf(headers["x-forwarded-host"]),
      };
    },
  };
}

/**
 * Walks the chain from its right end, where the nearest proxy wrote whom it was asked by, for as long as each address is
 * a trusted proxy's. What is further left was written by somebody nobody vouches for.
 */
function furthestKnown(proxy: string, chain: string, trusts: (address: string) => boolean): string {
  let known = proxy;
  let end = chain.length;
  for (let hop = 0; hop < maxHops && end > 0; ) {
    const comma = chain.lastIndexOf(",", end - 1);
    const text = chain.slice(comma + 1, end).trim();
    end = comma;
    if (text === "") continue;
    hop++;
    const address = addressOf(text);
    // An `unknown` or a garbled entry ends what is known, and hides what is behind it.
    if (address === undefined) return known;
    known = address;
    if (!trusts(address)) return known;
  }
  return known;
}

/** `1.2.3.4`, `1.2.3.4:567`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:567`, each also in quotes. */
function addressOf(text: string): string | undefined {
  if (text.length > 64) return undefined;
  const bare = /^"(.*)"$/.exec(text)?.[1] ?? text;
  const inBrackets = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(bare)?.[1];
  if (inBrackets !== undefined) return isIPv6(inBrackets) ? plainAddress(inBrackets) : undefined;
  return plainAddress(/^([\d.]+):\d{1,5}$/.exec(bare)?.[1] ?? bare);
}

/** Some proxies write the WebSocket schemes for an upgrade. */
function schemeOf(proto: string | undefined): "http" | "https" | undefined {
  const name = proto?.toLowerCase();
  if (name === "https" || name === "wss") return "https";
  return name === "http" || name === "ws" ? "http" : undefined;
}

/** What the nearest proxy wrote, behind what others may have. */
function lastOf(header: string | readonly string[] | undefined): string | undefined {
  const text = textOf(header);
  const last = text.slice(text.lastIndexOf(",") + 1).trim();
  return last === "" ? undefined : last;
}

function textOf(header: string | readonly string[] | undefined): string {
  return header === undefined ? "" : String(header);
}

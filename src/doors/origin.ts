// The Host and Origin checks that keep other web pages out of a hub on this machine (DNS rebinding, cross-site upgrades).
// Pure: judges header values, knows no request.
import { plainAddress } from "../base/ip-address.ts";
import { isLoopbackHost } from "./listen.ts";
import { errorReply, type Reply } from "./reply.ts";

/** Who can reach a listener: this machine, anybody, or who may open the socket file. */
export type Reach = "loopback" | "network" | "socket";

export interface OriginRules {
  /** Host names that count besides the loopback ones: `name`, `name:port`, `*.name` or `*`. */
  readonly allowHosts: readonly string[];
  /** Count as well: those of the hub's public URL, where it has one. */
  readonly own?: { readonly host: string; readonly origin: string } | undefined;
  /** Origins that count besides the hub's own: `scheme://host[:port]` as browsers write it, or `*`. */
  readonly allowOrigins: readonly string[];
}

export interface Asked {
  readonly reach: Reach;
  /** Has the address of this machine that the client connected to; node keeps it once somebody has asked, so few do. */
  readonly socket: { readonly localAddress?: string | undefined };
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** What a trusted proxy was asked by and for; undefined without one. */
  readonly scheme?: "http" | "https" | undefined;
  readonly forwardedHost?: string | undefined;
}

/** The refusal of a request by its Host or Origin header; undefined when both may pass. */
export function originRefusal(rules: OriginRules, asked: Asked): Reply | undefined {
  if (!hostPasses(rules, asked)) {
    return errorReply("origin_refused", "this Host is not allowed; the hub's operator can add it to HUB_ALLOW_HOSTS");
  }
  if (!originPasses(rules, asked)) {
    return errorReply(
      "origin_refused",
      "this Origin is not allowed; the hub's operator can add it to HUB_ALLOW_ORIGINS",
    );
  }
  return undefined;
}

/**
 * Judges the Host that came over the connection, never the forwarded one: a page that has its name point at this machine
 * speaks from this machine, which may be where the trusted proxy is, and can write X-Forwarded-Host but not Host.
 */
function hostPasses({ allowHosts, own }: OriginRules, { reach, socket, host }: Asked): boolean {
  // A browser always sends a Host, so only requests that no web page can make come without one.
  if (host === undefined || reach === "socket" || (reach === "network" && allowHosts.length === 0)) return true;
  const parsed = parseHost(host);
  if (parsed === undefined) return false;
  // An address is no name, so no foreign DNS server can have pointed it here.
  if (isLoopbackHost(parsed.name) || parsed.name === urlHost(socket.localAddress)) return true;
  return isListed(own === undefined ? allowHosts : [...allowHosts, own.host], parsed);
}

function originPasses({ allowOrigins, own }: OriginRules, asked: Asked): boolean {
  const { reach, host, origin } = asked;
  if (origin === undefined) return true;
  const wanted = origin.toLowerCase();
  if (wanted === own?.origin) return true;
  if (allowOrigins.some((entry) => entry === "*" || entry.toLowerCase() === wanted)) return true;
  const scheme = /^(https?):\/\//.exec(wanted)?.[1];
  const parsed = scheme === undefined ? undefined : parseHost(wanted.slice(`${scheme}://`.length));
  if (parsed === undefined) return false;
  if (reach === "loopback" && isLoopbackHost(parsed.name)) return true;
  // A page over plain HTTP can be anybody's on the way, so it is not the own one of a hub behind https.
  if (asked.scheme !== undefined && asked.scheme !== scheme) return false;
  // Without a proxy's word only the origin knows the scheme; the default port follows from it on both sides.
  const defaultPort = scheme === "https" ? "443" : "80";
  return [host, asked.forwardedHost].some((it) => {
    const asHost = it === undefined ? undefined : parseHost(it);
    return asHost?.name === parsed.name && (asHost.port ?? defaultPort) === (parsed.port ?? defaultPort);
  });
}

interface HostAndPort {
  readonly name: string;
  readonly port: string | undefined;
}

function parseHost(host: string): HostAndPort | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[^\s:/@?#[\]]+)(?::(\d+))?$/i.exec(host);
  const name = match?.[1]?.toLowerCase().replace(/\.$/, "");
  return name === undefined || name === "" ? undefined : { name, port: match?.[2] };
}

/** An entry without a port stands for every port; `*.name` for every name below that one. */
function isListed(entries: readonly string[], { name, port }: HostAndPort): boolean {
  return entries.some((entry) => {
    const listed = parseHost(entry);
    if (listed === undefined || (listed.port !== undefined && listed.port !== port)) return false;
    return (
      listed.name === "*" ||
      listed.name === name ||
      (listed.name.startsWith("*.") && name.endsWith(listed.name.slice(1)))
    );
  });
}

/** An address as a Host header has it. */
function urlHost(address: string | undefined): string | undefined {
  const plain = address === undefined ? undefined : plainAddress(address);
  return plain?.includes(":") ? `[${plain}]` : plain;
}

// Which addresses a connection may go to: those of the Internet, unless private ones are allowed. A URL is written by a person, but what
// its name leads to is said by somebody else's name server: so the address is judged, at the moment it is connected to.
import { lookup as lookUp } from "node:dns";
import { BlockList, isIP, type LookupFunction, SocketAddress } from "node:net";

/** First match counts. What is no unicast address of the Internet is here by its meaning, so that a refusal can say it. */
const ipv4: readonly (readonly [subnet: string, meaning: string])[] = [
  ["0.0.0.0/8", "an address of this machine"],
  ["127.0.0.0/8", "an address of this machine"],
  ["10.0.0.0/8", "an address of a private network"],
  ["172.16.0.0/12", "an address of a private network"],
  ["192.168.0.0/16", "an address of a private network"],
  ["100.100.100.200/32", "the metadata service of a cloud"],
  ["100.64.0.0/10", "an address of a provider's shared network"],
  ["169.254.169.254/32", "the metadata service of a cloud"],
  ["169.254.0.0/16", "a link-local address"],
  ["168.63.129.16/32", "the metadata service of a cloud"],
  ["192.0.0.192/32", "the metadata service of a cloud"],
  ["192.0.0.0/24", "a reserved address"],
  ["192.0.2.0/24", "an address for documentation"],
  ["192.88.99.0/24", "a reserved address"],
  ["198.18.0.0/15", "an address for tests of networks"],
  ["198.51.100.0/24", "an address for documentation"],
  ["203.0.113.0/24", "an address for documentation"],
  ["224.0.0.0/4", "a multicast address"],
  ["240.0.0.0/4", "a reserved address"],
];

const ipv6: typeof ipv4 = [
  ["::/128", "an address of this machine"],
  ["::1/128", "an address of this machine"],
  ["fd00:ec2::254/128", "the metadata service of a cloud"],
  ["fd20:ce::254/128", "the metadata service of a cloud"],
  ["fc00::/7", "an address of a private network"],
  ["fe80::/10", "a link-local address"],
  ["fec0::/10", "an address of a private network"],
  ["ff00::/8", "a multicast address"],
  // Tunnels, each of which may lead into a network of IPv4: Teredo, 6to4, NAT64 with a prefix of one's own.
  ["2001::/32", "an address of a tunnel"],
  ["2002::/16", "an address of a tunnel"],
  ["64:ff9b:1::/48", "an address of a tunnel"],
  ["2001::/23", "a reserved address"],
  ["2001:db8::/32", "an address for documentation"],
  ["3fff::/20", "an address for documentation"],
];

/** Whatever else is not in it belongs to no network that there is. */
const globalIpv6 = "2000::/3";
/** Of these the last four bytes are an IPv4 address, which is where they lead: mapped, and NAT64. */
const carriers = ["::ffff:0:0/96", "64:ff9b::/96"];

interface Table {
  readonly list: BlockList;
  readonly meaning: string;
}

let tables: { readonly ipv4: readonly Table[]; readonly ipv6: readonly Table[] } | undefined;

/** Why an address must not be connected to; undefined: it may. Anything that is no address must not. */
export function refusedAddress(address: string): string | undefined {
  tables ??= { ipv4: ipv4.map((row) => table(row, "ipv4")), ipv6: ipv6.map((row) => table(row, "ipv6")) };
  const [plain = ""] = address.split("%", 1);
  const family = isIP(plain);
  if (family === 0) return "no address";
  if (family === 4) return tables.ipv4.find(({ list }) => list.check(plain))?.meaning;
  const carried = carriedIPv4(plain);
  if (carried !== undefined) return refusedAddress(carried);
  const found = tables.ipv6.find(({ list }) => list.check(plain, "ipv6"));
  if (found !== undefined) return found.meaning;
  return isWithin(plain, globalIpv6) ? undefined : "a reserved address";
}

function table([subnet, meaning]: (typeof ipv4)[number], family: "ipv4" | "ipv6"): Table {
  return { list: listOf(subnet, family), meaning };
}

function listOf(subnet: string, family: "ipv4" | "ipv6"): BlockList {
  const [address = "", prefix] = subnet.split("/");
  const list = new BlockList();
  list.addSubnet(address, Number(prefix), family);
  return list;
}

function isWithin(address: string, subnet: string): boolean {
  return listOf(subnet, "ipv6").check(address, "ipv6");
}

function carriedIPv4(address: string): string | undefined {
  if (!carriers.some((subnet) => isWithin(address, subnet))) return undefined;
  // In the short spelling its last groups are IPv4 in dots, or two numbers.
  const { address: short } = new SocketAddress({ address, family: "ipv6" });
  const last = short.slice(short.lastIndexOf(":") + 1);
  if (isIP(last) === 4) return last;
  const groups = groupsOf(short);
  return [6, 7].map((at) => `${(groups[at] ?? 0) >> 8}.${(groups[at] ?? 0) & 0xff}`).join(".");
}

function groupsOf(short: string): readonly number[] {
  const [head = "", tail] = short.split("::");
  const numbers = (text: string) => (text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16)));
  if (tail === undefined) return numbers(head);
  const before = numbers(head);
  const after = numbers(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/** The code of an error that says so. Nothing was sent. */
export const refusedCode = "EADDRESSREFUSED";

function refusalOf(address: string, meaning: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${address} is ${meaning}`), { code: refusedCode });
}

/** Of a URL whose host is an address: it is looked up nowhere. Undefined: it may be connected to, or has a name. */
export function refusedHost({ hostname }: URL): NodeJS.ErrnoException | undefined {
  const host = hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) === 0) return undefined;
  const meaning = refusedAddress(host);
  return meaning === undefined ? undefined : refusalOf(host, meaning);
}

/**
 * Looks up names as sockets do, without the addresses that must not be connected to; where nothing else is left, that is its error. What a
 * socket is given here is what it connects to: nobody looks the name up a second time.
 */
export function guardedLookup(lookup: typeof lookUp = lookUp): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, "", 0);
      const allowed = found.filter(({ address }) => refusedAddress(address) === undefined);
      const [first] = allowed;
      if (first === undefined) {
        const [judged] = found;
        if (judged === undefined)
          return done(Object.assign(new Error(`${host} has no address`), { code: "ENOTFOUND" }), "", 0);
        return done(refusalOf(judged.address, refusedAddress(judged.address) ?? "no address"), "", 0);
      }
      if (options.all === true) done(null, allowed);
      else done(null, first.address, first.family);
    });
  };
}

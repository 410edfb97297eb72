// What hub settings write as text (addresses, paths, origins), parsed. The same rules for a manifest key and a variable.
import { isAbsolute } from "node:path";
import { isIPv4, isIPv6, plainAddress } from "../base/ip-address.ts";
import type { ListenAddress } from "../base/listen-address.ts";

/** `bad`: what is wrong (it follows the setting's name), and what to write. */
export type Parsed<T> =
  | { readonly t: "ok"; readonly value: T }
  | { readonly t: "bad"; readonly message: string; readonly hint: string };

/** sun_path holds 104 bytes on macOS and 108 on Linux, the final zero included; what is legal should be so everywhere. */
export const maxSocketPathBytes = 103;

/** A value of several, split at commas; blanks around and between do not count. */
export function splitList(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

export function parseListen(items: readonly string[]): Parsed<readonly ListenAddress[]> {
  const addresses: ListenAddress[] = [];
  for (const item of items.flatMap(splitList)) {
    const parsed = parseOneListen(item);
    if (parsed.t === "bad") return parsed;
    addresses.push(...parsed.value);
  }
  if (addresses.length === 0) return bad("no address", "write an address such as 127.0.0.1:3000");
  return { t: "ok", value: addresses };
}

function parseOneListen(item: string): Parsed<ListenAddress[]> {
  if (item.startsWith("unix:")) {
    const path = item.slice("unix:".length);
    if (!isAbsolute(path)) return bad(`"${item}" is not an absolute path`, "write unix:/run/hub.sock");
    if (Buffer.byteLength(path) > maxSocketPathBytes) {
      return bad(`"${item}" is longer than ${maxSocketPathBytes} bytes, the system's limit`, "write a shorter path");
    }
    return { t: "ok", value: [{ t: "unix", path }] };
  }
  const match = /^(\[[^\]]*\]|[^:[\]/\s]*):(\d{1,5})$/.exec(item);
  const [, hostText = "", portText = ""] = match ?? [];
  const port = Number(portText);
  if (match === null || port > 65535) {
    const hint = /^\d{1,5}$/.test(item)
      ? `write localhost:${item} for this machine only, or :${item} for every address`
      : "write host:port, :port or unix:/path; IPv6 in brackets: [::1]:3000";
    return bad(`"${item}" is not an address to listen on`, hint);
  }
  if (hostText === "localhost") {
    return {
      t: "ok",
      value: [
        { t: "tcp", host: "127.0.0.1", port, optional: false },
        { t: "tcp", host: "::1", port, optional: true },
      ],
    };
  }
  const host = hostText.replace(/^\[|\]$/g, "");
  if (hostText.startsWith("[") && !isIPv6(host)) {
    return bad(`"${hostText}" is not an IPv6 address`, "write [::1]:3000, or a name without brackets");
  }
  const anywhere = host === "" || host === "*";
  return { t: "ok", value: [{ t: "tcp", host: anywhere ? undefined : host, port, optional: false }] };
}

/** `/hub/`, `hub` and `/hub` are one; `/` is none. */
export function parseBasePath(text: string): Parsed<string> {
  const path = text.trim().replace(/^\/+|\/+$/g, "");
  if (path === "") return { t: "ok", value: "" };
  const legal = path.split("/").every((part) => /^[A-Za-z0-9._~-]+$/.test(part) && part !== "." && part !== "..");
  if (!legal)
    return bad(`"${text}" is not a path`, "write a path such as /hub: letters, digits and - . _ ~ between slashes");
  return { t: "ok", value: `/${path}` };
}

export function parsePublicUrl(text: string): Parsed<string> {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  const web = url?.protocol === "http:" || url?.protocol === "https:";
  if (url === undefined || !web || url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    return bad(
      "not a plain http(s) URL",
      "write a URL such as https://hub.example/hub, with no user, query or fragment",
    );
  }
  return { t: "ok", value: url.href.replace(/\/+$/, "") };
}

export function parseHosts(items: readonly string[]): Parsed<readonly string[]> {
  for (const item of items) {
    if (!/^(\*|(\*\.)?[A-Za-z0-9]([A-Za-z0-9._-]*)|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/.test(item)) {
      return bad(
        `"${item}" is not a host`,
        "write a name such as hub.example, *.example or hub.example:8443, with no scheme or path",
      );
    }
  }
  return { t: "ok", value: items.map((item) => item.toLowerCase()) };
}

export function parseOrigins(items: readonly string[]): Parsed<readonly string[]> {
  const origins: string[] = [];
  for (const item of items) {
    const origin = item === "*" ? item : originOf(item);
    if (origin === undefined) {
      return bad(`"${item}" is not an origin`, "write scheme://host, such as https://app.example, with no path; or *");
    }
    origins.push(origin);
  }
  return { t: "ok", value: origins };
}

function originOf(text: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#\s@]+\/?$/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  // Schemes of editors and extensions have no origin of their own in the URL standard.
  return url.origin === "null" ? `${url.protocol}//${url.host}` : url.origin;
}

/** What nobody outside can have as an address. Link-local ones are left out: whoever is on the same wire has one. */
const networkWords: Readonly<Record<string, readonly string[]>> = {
  loopback: ["127.0.0.0/8", "::1/128"],
  private: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
  unix: ["unix"],
};

/** Networks that clients may come from, as `parseProxies` has them. Who comes in by a socket file comes from none. */
export function parseNetworks(items: readonly string[]): Parsed<readonly string[]> {
  const networks: string[] = [];
  for (const item of items) {
    if (item.toLowerCase() === "unix") {
      return bad('"unix" is not a network', "leave it out: Unix sockets are not subject to this list");
    }
    const network = spelledOut(item);
    if (network === undefined) {
      const hint = "write an address, a network such as 203.0.113.0/24 or 2001:db8::/32, loopback or private";
      return bad(`"${item}" is not an address or network`, hint);
    }
    networks.push(...network);
  }
  return { t: "ok", value: networks };
}

function spelledOut(item: string): readonly string[] | undefined {
  const word = item.toLowerCase();
  return Object.hasOwn(networkWords, word) ? networkWords[word] : networkOf(item);
}

/** Networks in the form `address/prefix`, words spelt out; `unix` stays. */
export function parseProxies(items: readonly string[]): Parsed<readonly string[]> {
  const networks: string[] = [];
  for (const item of items) {
    const network = spelledOut(item);
    if (network === undefined) {
      const hint = "write an address, a network such as 10.0.0.0/8 or fd00::/8, loopback, private or unix";
      return bad(`"${item}" is not an address or network`, hint);
    }
    if (network.some((it) => it.endsWith("/0"))) {
      return bad(
        `"${item}" trusts everybody, so that any client could name any address as its own`,
        "write the proxy's address, or private",
      );
    }
    networks.push(...network);
  }
  return { t: "ok", value: networks };
}

function networkOf(item: string): [string] | undefined {
  const match = /^([0-9A-Fa-f:.]+)(?:\/(\d{1,3}))?$/.exec(item);
  const [, written = "", bits] = match ?? [];
  const address = plainAddress(written);
  if (address === undefined) return undefined;
  const most = isIPv4(address) ? 32 : 128;
  // IPv4 written as IPv6 counts its 96 leading bits.
  const prefix = bits === undefined ? most : Number(bits) - (isIPv4(address) && isIPv6(written) ? 96 : 0);
  return prefix < 0 || prefix > most ? undefined : [`${address}/${prefix}`];
}

function bad(message: string, hint: string): { t: "bad"; message: string; hint: string } {
  return { t: "bad", message, hint };
}

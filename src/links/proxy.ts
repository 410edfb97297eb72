// Which proxy a URL is reached through, by the usual variables. Pure: the environment is passed in.
import { BlockList, isIP } from "node:net";
import { Secret } from "../base/secret.ts";

export type ProxyChoice =
  | { readonly t: "direct" }
  /** It may hold a user and a password. */
  | { readonly t: "proxy"; readonly url: Secret }
  /** A sentence for people; repeats nothing of the value. */
  | { readonly t: "bad"; readonly message: string };

const direct: ProxyChoice = { t: "direct" };

/**
 * `HTTPS_PROXY` for https:// and wss://, `HTTP_PROXY` for http:// and ws://, else `ALL_PROXY`; a name in small letters counts first. What
 * `NO_PROXY` names, and this machine, is reached without.
 */
export function proxyFor(target: URL, env: Readonly<Record<string, string | undefined>>): ProxyChoice {
  const isTls = target.protocol === "https:" || target.protocol === "wss:";
  const host = target.hostname.replace(/^\[|\]$/g, "");
  const port = target.port === "" ? (isTls ? "443" : "80") : target.port;
  if (isLoopback(host) || isExcepted(host, port, value(env, "NO_PROXY")?.text ?? "")) return direct;
  const said = value(env, isTls ? "HTTPS_PROXY" : "HTTP_PROXY") ?? value(env, "ALL_PROXY");
  if (said === undefined) return direct;
  const text = said.text.includes("://") ? said.text : `http://${said.text}`;
  if (!URL.canParse(text)) return { t: "bad", message: `${said.name} is no URL; write http://proxy.example:3128` };
  const { protocol } = new URL(text);
  if (protocol === "http:" || protocol === "https:") return { t: "proxy", url: new Secret(text) };
  return {
    t: "bad",
    message: `${said.name} names a proxy of ${protocol}//, which is not spoken; write http:// or https://`,
  };
}

function value(env: Readonly<Record<string, string | undefined>>, name: string) {
  for (const key of [name.toLowerCase(), name]) {
    const text = env[key]?.trim() ?? "";
    if (text !== "") return { name: key, text };
  }
  return undefined;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127(\.\d+){3}$/.test(host);
}

/** `example.com` and what is below it, also as `.example.com` or `*.example.com`; an address or a subnet; each with a port, if need be. */
function isExcepted(host: string, port: string, noProxy: string): boolean {
  for (const entry of noProxy.toLowerCase().split(/[\s,]+/)) {
    if (entry === "") continue;
    if (entry === "*") return true;
    const [, bracketed, bare, portOf] = /^(?:\[([^\]]+)\]|([^:]+|[^:]*:[^:]*:.*?))(?::(\d+))?$/.exec(entry) ?? [];
    const name = (bracketed ?? bare ?? entry).replace(/^\*?\./, "");
    if (portOf !== undefined && portOf !== port) continue;
    if (isIP(host) === 0 ? host === name || host.endsWith(`.${name}`) : isWithin(host, name)) return true;
  }
  return false;
}

function isWithin(address: string, subnet: string): boolean {
  const [base = "", prefix] = subnet.split("/");
  const family = isIP(base) === 6 ? "ipv6" : "ipv4";
  const bits = Number(prefix ?? (family === "ipv6" ? 128 : 32));
  if (isIP(base) === 0 || !(bits >= 0 && bits <= (family === "ipv6" ? 128 : 32))) return false;
  if (isIP(address) !== isIP(base)) return false;
  const list = new BlockList();
  list.addSubnet(base, bits, family);
  return list.check(address, family);
}

// The way to somewhere by the proxy that the environment names, for whoever makes requests of its own, as logins do.
import type { Agent } from "node:http";
import { proxyFor } from "./proxy.ts";
import { proxyAgent } from "./transport.ts";

const proxyNames = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]);

/** The variables that name proxies, of an environment that is asked by name. */
export function proxyVariables(
  env: (name: string) => string | undefined,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(proxyNames.map((name) => [name, env(name)]));
}

/** Undefined: straight. Throws a TypeError, as a request that fails does, where the proxy's variable is wrong. */
export function proxyAgents(env: Readonly<Record<string, string | undefined>>): (url: URL) => Agent | undefined {
  return (url) => {
    const chosen = proxyFor(url, env);
    if (chosen.t === "bad") throw new TypeError(chosen.message);
    return chosen.t === "direct" ? undefined : proxyAgent(url, chosen.url.reveal(), { keepAlive: false });
  };
}

// How the keys of identity providers are had: through which proxy, and trusting whom. Loaded with what checks signatures, for the first token.
import { readFile } from "node:fs/promises";
import type { Clock } from "../base/clock.ts";
import { JwtVerifier } from "../identity/jwt-verifier.ts";
import { proxyAgents } from "../links/proxy-agents.ts";
import { reachOf } from "../links/reach.ts";
import { createFetch } from "../logins/fetch.ts";
import type { Issuer } from "../manifest/manifest.ts";
import type { Log } from "../telemetry/log.ts";

export interface JwtVerifierParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function jwtVerifier(issuer: Issuer, { clock, log, env }: JwtVerifierParts): JwtVerifier {
  const agent = proxyAgents(env);
  // Whoever writes the manifest says which provider counts, so it may be one of the house.
  const reach = reachOf(true);
  return new JwtVerifier(issuer, {
    clock,
    log,
    fetch: async (url, init) => {
      // Read each time, which is seldom: authorities are replaced like certificates.
      const ca = issuer.ca === undefined ? undefined : await readAuthorities(issuer.ca);
      return createFetch({ clock, reach, agent, ca })(url, init);
    },
  });
}

async function readAuthorities(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new Error(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

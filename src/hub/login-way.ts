// How a login gets to its Core and its authorization server: through which proxy, trusting whom, and as whom.
import { HubError } from "../base/errors.ts";
import { proxyAgents } from "../links/proxy-agents.ts";
import { type Reach, reachOf } from "../links/reach.ts";
import { readTls } from "../links/tls-reading.ts";
import type { LoginTarget } from "../logins/target.ts";
import type { LoginSpec } from "../manifest/manifest.ts";

export type LoginWay = Pick<LoginTarget, "ca" | "certificate" | "agent"> & { readonly reach: Reach };

/** Throws `login_failed` where a file of the Core's `tls` is not what it must be. */
export function loginWay(
  core: string,
  { allowPrivate, tls }: LoginSpec,
  env: Readonly<Record<string, string | undefined>>,
): LoginWay {
  const way = { reach: reachOf(allowPrivate), agent: proxyAgents(env) };
  if (tls === undefined) return way;
  const read = readTls(tls);
  if (read.t === "bad") {
    throw new HubError("login_failed", `cannot sign in to Core ${core}: ${read.message}`, { core });
  }
  const { ca, cert, key } = read.files;
  return { ...way, ca, certificate: cert === undefined || key === undefined ? undefined : { cert, key } };
}

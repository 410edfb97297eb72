// `hub.auth` as the hub runs on it: the identity providers that clients name, with what `issuers` says of them, and the hub's own authorization server.
import { resolve as resolvePath } from "node:path";
import type { HubAuth, Issuer, JwtRule } from "./manifest.ts";
import { type ClientJwt, defaults, type Hub } from "./model.ts";

/** One that no client names lets nobody in, so it is left out. */
export function resolveAuth(hub: Hub, folder: string, rules: readonly JwtRule[]): HubAuth {
  const named = new Set(rules.map(({ issuer }) => issuer));
  const { issuers = {}, builtin = false } = typeof hub.auth === "string" ? { builtin: true } : (hub.auth ?? {});
  return {
    issuers: [...named].map((url) => resolveIssuer(url, issuers, folder)),
    builtin: builtin === false ? undefined : { allowPrivate: builtin !== true && builtin.allow_private === true },
  };
}

type WrittenIssuers = NonNullable<Exclude<Hub["auth"], string | undefined>["issuers"]>;

function resolveIssuer(url: string, written: WrittenIssuers, folder: string): Issuer {
  const { jwks_url, audience, algorithms, clock_skew_s, ca, scopes } = Object.hasOwn(written, url)
    ? (written[url] ?? {})
    : {};
  return {
    url,
    jwksUrl: jwks_url,
    audience: audience ?? [],
    algorithms,
    clockSkewS: clock_skew_s ?? defaults.issuer.clock_skew_s,
    ca: ca === undefined ? undefined : resolvePath(folder, ca),
    scopes: scopes ?? defaults.issuer.scopes,
  };
}

export function resolveJwt(jwt: ClientJwt): JwtRule {
  return {
    issuer: jwt.issuer,
    subjects: jwt.subjects ?? [],
    groups: jwt.groups ?? [],
    groupsClaim: jwt.groups_claim ?? defaults.jwt.groups_claim,
    scopes: jwt.scopes ?? [],
    claims: Object.fromEntries(Object.entries(jwt.claims ?? {}).map(([name, value]) => [name, [value].flat()])),
  };
}

// Where an identity provider's keys are, by its own description: RFC 8414, or OpenID Connect Discovery. It counts only if it names itself as the
// manifest does, to the letter: a description of somebody else's is none.
import type { Clock } from "../base/clock.ts";
import type { Fetch } from "./issuer-keys.ts";

interface Deps {
  readonly clock: Pick<Clock, "after">;
  readonly fetch: Fetch;
}

/** Each where there is one: where RFC 8414 has it, then the same for OpenID, then where OpenID had it before. */
export function descriptionUrls(issuer: string): URL[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, "");
  const urls = [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ];
  return [...new Set(urls)].map((url) => new URL(url));
}

/** Rejects with why there is none, in words for the log. */
export async function findKeysUrl(issuer: string, deps: Deps): Promise<URL> {
  const reasons: string[] = [];
  for (const url of descriptionUrls(issuer)) {
    const found = await keysUrlAt(url, issuer, deps).catch((error: Error) => error.message);
    if (found instanceof URL) return found;
    reasons.push(found);
  }
  throw new Error(`its description cannot be had: ${[...new Set(reasons)].join("; ")}`);
}

async function keysUrlAt(url: URL, issuer: string, deps: Deps): Promise<URL | string> {
  const where = `${url.origin}${url.pathname}`;
  const { issuer: named, jwks_uri: keys } = await getJson(url, deps);
  if (named !== issuer) return `${where} is that of ${JSON.stringify(named)?.slice(0, 200)}`;
  if (typeof keys !== "string" || !URL.canParse(keys)) return `${where} names no jwks_uri`;
  return new URL(keys);
}

const waitMs = 5_000;
const maxRedirects = 3;

/** A JSON object. Redirects are followed within the origin. */
export async function getJson(url: URL, { clock, fetch }: Deps): Promise<Record<string, unknown>> {
  const abort = new AbortController();
  const timer = clock.after(waitMs, () => abort.abort());
  try {
    let at = url;
    for (let redirects = 0; ; redirects++) {
      const response = await fetch(at, { signal: abort.signal });
      const where = `${at.origin}${at.pathname}`;
      const to = response.headers.get("location");
      if (response.status >= 300 && response.status < 400 && to !== null) {
        const next = URL.canParse(to, at.href) ? new URL(to, at) : undefined;
        if (next?.origin !== url.origin) throw new Error(`${where} leads elsewhere, where nothing is asked`);
        if (redirects === maxRedirects) throw new Error(`${where} leads on and on`);
        at = next;
        continue;
      }
      if (response.status !== 200) throw new Error(`${where} answered ${response.status}`);
      return objectOf(await response.text(), where);
    }
  } finally {
    timer.cancel();
  }
}

function objectOf(text: string, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error(`${where} is no JSON object`);
}

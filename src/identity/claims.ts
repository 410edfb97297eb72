// Whose claims are whose: from what an identity provider says of a caller to the named client that it is. Pure, and the same for a token at a
// door and for `thehub explain --claims`.
import type { ClaimValue, Issuer, JwtRule } from "../manifest/manifest.ts";

export type Claims = Readonly<Record<string, unknown>>;

/** When a token of this provider does not count any more. `exp`: as it says, in seconds; the answer is in ms since 1970. */
export function endOf(exp: number, { clockSkewS }: Pick<Issuer, "clockSkewS">): number {
  return (exp + clockSkewS) * 1000;
}

/** How far claims meet a client's conditions. */
export type Fit =
  | { readonly t: "fits" }
  /** All conditions but these scopes. */
  | { readonly t: "scopes"; readonly missing: readonly string[] }
  /** `why`: the first condition that does not hold, for people. */
  | { readonly t: "no"; readonly why: string };

export interface Claimed<C> {
  /** The first in manifest order whose conditions hold; undefined: nobody's. */
  readonly client: C | undefined;
  /** Where there is none: the one that the fewest more scopes would make it, and all scopes that this takes. */
  readonly stepUp: { readonly client: C; readonly scopes: readonly string[] } | undefined;
  /** Every client that was looked at, in order, up to the one that fits. */
  readonly tried: readonly { readonly client: C; readonly fit: Fit }[];
}

/** Clients without conditions on claims are passed over. */
export function clientOfClaims<C extends { readonly jwt: JwtRule | undefined }>(
  claims: Claims,
  clients: readonly C[],
): Claimed<C> {
  const tried: { client: C; fit: Fit }[] = [];
  let stepUp: Claimed<C>["stepUp"];
  let fewest = Number.POSITIVE_INFINITY;
  for (const client of clients) {
    const { jwt } = client;
    if (jwt === undefined) continue;
    const fit = fitOf(claims, jwt);
    tried.push({ client, fit });
    if (fit.t === "fits") return { client, stepUp: undefined, tried };
    if (fit.t !== "scopes" || fit.missing.length >= fewest) continue;
    fewest = fit.missing.length;
    stepUp = { client, scopes: jwt.scopes };
  }
  return { client: undefined, stepUp, tried };
}

export function fitOf(claims: Claims, rule: JwtRule): Fit {
  const why = refusalOf(claims, rule);
  if (why !== undefined) return { t: "no", why };
  const missing = missingScopes(claims, rule.scopes);
  return missing.length === 0 ? { t: "fits" } : { t: "scopes", missing };
}

function refusalOf(claims: Claims, rule: JwtRule): string | undefined {
  const { iss, sub } = claims;
  if (iss !== rule.issuer) return `iss is ${shown(iss)}, not ${shown(rule.issuer)}`;
  if (rule.subjects.length > 0 && !rule.subjects.some((subject) => subject === sub)) {
    return `sub is ${shown(sub)}, not ${anyOf(rule.subjects)}`;
  }
  if (rule.groups.length > 0) {
    const has = claimAt(claims, rule.groupsClaim);
    if (!holdsAny(has, rule.groups)) return `${rule.groupsClaim} is ${shown(has)}, without ${anyOf(rule.groups)}`;
  }
  for (const [name, wanted] of Object.entries(rule.claims)) {
    const has = claimAt(claims, name);
    if (!holdsAny(has, wanted)) return `${name} is ${shown(has)}, not ${anyOf(wanted)}`;
  }
  return undefined;
}

/** Of `wanted`, what the claims do not have as a scope. */
export function missingScopes(claims: Claims, wanted: readonly string[]): readonly string[] {
  if (wanted.length === 0) return wanted;
  const has = scopesOf(claims);
  return wanted.filter((scope) => !has.has(scope));
}

/** `scope` as RFC 9068 has it, a text with blanks; as some providers write it, a list, or called `scp`. */
function scopesOf({ scope, scp }: Claims): ReadonlySet<string> {
  const texts = [scope, scp].flat().filter((part) => typeof part === "string");
  return new Set(texts.flatMap((text) => text.split(" ")).filter((part) => part !== ""));
}

/** A claim by its whole name or, where there is none, by a way into one: `realm_access.roles`, `resource_access.my.app.roles`. */
export function claimAt(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {
    const head = name.slice(0, dot);
    const inside = Object.hasOwn(claims, head) ? claims[head] : undefined;
    if (typeof inside !== "object" || inside === null || Array.isArray(inside)) continue;
    const found = claimAt(inside as Claims, name.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Compared as they are: no pattern, and 1 is not "1". */
function holdsAny(has: unknown, wanted: readonly ClaimValue[]): boolean {
  const values: readonly unknown[] = Array.isArray(has) ? has : [has];
  return values.some((value) => wanted.some((one) => one === value));
}

function anyOf(values: readonly ClaimValue[]): string {
  return values.length === 1 ? shown(values[0]) : `any of ${values.map(shown).join(", ")}`;
}

const maxShown = 80;

function shown(value: unknown): string {
  if (value === undefined) return "not there";
  const text = JSON.stringify(value) ?? "";
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
}

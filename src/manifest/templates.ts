// `${secret:NAME}` and `${env:NAME}` in the texts of a manifest: in the address of a remote Core, and in its headers.
import type { RemotePlace } from "./manifest.ts";

export type PlaceholderKind = "secret" | "env";

const placeholder = /\$\{(secret|env):([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The names, in order; twice where they stand twice. */
export function namesIn(texts: readonly string[], kind: PlaceholderKind): string[] {
  return texts.flatMap((text) =>
    [...text.matchAll(placeholder)].flatMap(([, of, name = ""]) => (of === kind ? name : [])),
  );
}

/** The text with every placeholder replaced. */
export function fillIn(text: string, find: (kind: PlaceholderKind, name: string) => string): string {
  return text.replace(placeholder, (_whole, kind: PlaceholderKind, name: string) => find(kind, name));
}

/** A variable that the hub was started without, and the key of the Core's entry that needs it. */
export interface MissingVariable {
  readonly name: string;
  readonly at: readonly string[];
}

export function missingVariables(
  place: RemotePlace | undefined,
  env: (name: string) => string | undefined,
): MissingVariable[] {
  if (place === undefined) return [];
  const missingIn = (text: string, at: readonly string[]) =>
    namesIn([text], "env").flatMap((name) => (env(name) === undefined ? [{ name, at }] : []));
  const ofHeaders = Object.entries(place.headers).flatMap(([name, value]) => missingIn(value, ["headers", name]));
  return [...missingIn(place.url, ["url"]), ...ofHeaders];
}

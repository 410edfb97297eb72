// From a Core's own names to those that clients see, and every other way a client may write them. A name depends on the
// configuration, the Core and the native name only, never on which other Cores there are.
import { createHash } from "node:crypto";
import type { ToolOverride } from "../manifest/manifest.ts";
import type { NamesConfig } from "./model.ts";

const illegal = /[^A-Za-z0-9_-]/;
const allIllegal = /[^A-Za-z0-9_-]/gu;

/** Besides the configured one, the separators that clients and other hubs put between namespace and name. */
const knownSeparators = ["__", ".", "_", "/"];

interface NamedCore {
  readonly namespace: string;
  readonly prefix: boolean;
}

type Renaming = Pick<ToolOverride, "name" | "expose">;

export function canonicalName(namespace: string, native: string): string {
  return `${namespace}.${native}`;
}

/** `altered`: the native name cannot be read off the exposed one, as characters were replaced or cut. */
export interface Exposed {
  readonly name: string;
  readonly altered: boolean;
}

/** The one name under which a client sees it. `expose` and the names of a Core without prefix stay as they are. */
export function exposedName(names: NamesConfig, core: NamedCore, native: string, override?: Renaming): Exposed {
  if (override?.expose !== undefined) return { name: override.expose, altered: false };
  const part = override?.name ?? native;
  if (!core.prefix) return { name: part, altered: false };
  return legalName(`${core.namespace}${names.separator}`, part, canonicalName(core.namespace, native), names.maxLength);
}

/**
 * All that a call may say instead of the exposed and the canonical name: other separators, the name before an override,
 * and the native name alone, which MCP Apps have written into their pages. May repeat itself.
 */
export function otherSpellings(
  names: NamesConfig,
  core: NamedCore,
  native: string,
  override?: Renaming,
): readonly string[] {
  const canonical = canonicalName(core.namespace, native);
  const separators = knownSeparators.includes(names.separator)
    ? knownSeparators
    : [names.separator, ...knownSeparators];
  const spellings: string[] = [];
  for (const part of override?.name === undefined ? [native] : [native, override.name]) {
    spellings.push(part);
    for (const separator of separators) {
      const prefix = core.namespace + separator;
      const whole = prefix + part;
      spellings.push(whole);
      const legal = legalName(prefix, part, canonical, names.maxLength);
      if (legal.altered) spellings.push(legal.name);
    }
  }
  return spellings;
}

/** Clients refuse a whole list for one name that is too long or has other characters than these. */
function legalName(prefix: string, part: string, canonical: string, maxLength: number): Exposed {
  const whole = prefix + part;
  if (whole.length <= maxLength && !illegal.test(part)) return { name: whole, altered: false };
  const tail = `_${createHash("sha256").update(canonical).digest("hex").slice(0, 8)}`;
  const clean = prefix + part.replace(allIllegal, "_");
  return { name: clean.slice(0, Math.max(0, maxLength - tail.length)) + tail, altered: true };
}

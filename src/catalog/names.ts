// From a Core's own names to those that clients see, and every other way a client may write them. A name depends on the
// configuration, the profile, the Core and the native name only, never on which other Cores there are.
import { createHash } from "node:crypto";
import type { ToolOverride } from "../manifest/manifest.ts";
import type { NamesConfig } from "./model.ts";

/** Besides the configured ones, the separators that clients and other hubs put between namespace and name. */
const knownSeparators: readonly string[] = ["__", ".", "_", "/"];

/** What the hub's own names are made of where nothing is known of the client. */
const usualCharset = "A-Za-z0-9_-";

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

/** What profiles with the same names have in common. */
export function namesKey({ separator, charset, maxLength }: NamesConfig): string {
  return `${separator} ${charset ?? ""} ${maxLength}`;
}

/** How one kind of client is given its names. */
export class Naming {
  readonly separator: string;
  readonly #maxLength: number;
  /** Nothing is known of the client: what was set as it is stays so. */
  readonly #lenient: boolean;
  readonly #illegal: RegExp;
  readonly #hasCapitals: boolean;

  constructor({ separator, charset, maxLength }: NamesConfig) {
    this.separator = separator;
    this.#maxLength = maxLength;
    this.#lenient = charset === undefined;
    const characters = (charset ?? usualCharset).replace(/[/.]/g, "\\$&").replace(/-(?![Zz9])/g, "\\-");
    this.#illegal = new RegExp(`[^${characters}]`, "gu");
    this.#hasCapitals = (charset ?? usualCharset).includes("A-Z");
  }

  /** The one name under which a client sees it. */
  exposed(core: NamedCore, native: string, override?: Renaming): Exposed {
    if (override?.expose !== undefined) return this.#asSet(core, override.expose, native);
    const part = override?.name ?? native;
    if (!core.prefix) return this.#asSet(core, part, native);
    const prefix = core.namespace + this.separator;
    // The hub's own making, but perhaps not for this client; and then it may look like another Core's.
    const clean = this.#lenient ? prefix : this.#cleaned(prefix);
    return this.#legal(clean, part, core, native, clean !== prefix);
  }

  /** With another separator than its own, where that makes a name which is altered: what a call may say instead. */
  altered(core: NamedCore, separator: string, part: string, native: string): string | undefined {
    const { name, altered } = this.#legal(core.namespace + separator, part, core, native);
    return altered ? name : undefined;
  }

  /** A name that was made by somebody else: the manifest, or a Core without prefix. */
  #asSet(core: NamedCore, name: string, native: string): Exposed {
    return this.#lenient ? { name, altered: false } : this.#legal("", name, core, native);
  }

  /** Clients refuse a whole list for one name that is too long or has other characters than these. */
  #legal(prefix: string, part: string, core: NamedCore, native: string, isAltered = false): Exposed {
    const name = prefix + part;
    const clean = this.#cleaned(part);
    if (!isAltered && name.length <= this.#maxLength && clean === part) return { name, altered: false };
    const tail = tailOf(canonicalName(core.namespace, native));
    return { name: (prefix + clean).slice(0, Math.max(0, this.#maxLength - tail.length)) + tail, altered: true };
  }

  #cleaned(text: string): string {
    if (this.#hasCapitals) return text.replace(this.#illegal, "_");
    return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(this.#illegal, "_");
  }
}

/**
 * All that a call may say instead of the exposed and the canonical name: what clients of other kinds see, other separators, the name
 * before an override, and the native name alone, which MCP Apps have written into their pages. May repeat itself.
 */
export function otherSpellings(
  namings: readonly Naming[],
  core: NamedCore,
  native: string,
  override?: Renaming,
): readonly string[] {
  const parts = override?.name === undefined ? [native] : [native, override.name];
  const separators = new Set([...knownSeparators, ...namings.map(({ separator }) => separator)]);
  const spellings: string[] = [...parts];
  for (const part of parts) for (const separator of separators) spellings.push(core.namespace + separator + part);
  for (const naming of namings) {
    spellings.push(naming.exposed(core, native, override).name);
    for (const part of parts) {
      for (const separator of separators) {
        const altered = naming.altered(core, separator, part, native);
        if (altered !== undefined) spellings.push(altered);
      }
    }
  }
  return spellings;
}

/** Told apart from others that would be the same, by what is never altered. */
function tailOf(canonical: string): string {
  return `_${createHash("sha256").update(canonical).digest("hex").slice(0, 8)}`;
}

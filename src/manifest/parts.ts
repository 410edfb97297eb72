// The parts of a manifest as written, put together from its files: the hub's settings, the clients, their profiles, the Cores.
import type { Path, Severity } from "./problems.ts";
import type { Source } from "./source.ts";
import { record } from "./values.ts";

/** One entry of `cores:`, `clients:` or `profiles:`, and where it stands. */
export interface Entry {
  readonly key: string;
  readonly value: unknown;
  readonly path: Path;
  readonly source: Source;
}

export interface Parts {
  readonly hub: { readonly value: unknown; readonly source: Source } | undefined;
  readonly clients: readonly Entry[];
  readonly profiles: readonly Entry[];
  readonly cores: readonly Entry[];
  /** `cores:` is written, if only as an empty map. */
  readonly hasCores: boolean;
}

export type Report = (
  at: { source: Source; path: Path; on?: "key" | "value" },
  severity: Severity,
  message: string,
  hint: string,
) => void;

/** The parts of all files, and the problems of putting them together. */
export function gather(sources: readonly Source[], report: Report): Parts {
  let hub: Parts["hub"];
  for (const source of sources) {
    const value = record(source.value)?.["hub"];
    if (value === undefined) continue;
    if (hub === undefined) hub = { value, source };
    else
      report(
        { source, path: ["hub"] },
        "error",
        `already written in ${hub.source.file}`,
        "keep hub: in one file of the folder",
      );
  }
  return {
    hub,
    clients: entries(sources, "clients", report),
    profiles: entries(sources, "profiles", report),
    cores: entries(sources, "cores", report),
    hasCores: sources.some((source) => record(source.value)?.["cores"] !== undefined),
  };
}

function entries(sources: readonly Source[], section: string, report: Report): Entry[] {
  const found = new Map<string, Entry>();
  for (const source of sources) {
    const map = record(record(source.value)?.[section]);
    if (map === undefined) continue;
    for (const key of source.keys([section])) {
      const entry = { key, value: map[key], path: [section, key], source };
      const first = found.get(key);
      if (first === undefined) found.set(key, entry);
      else
        report(entry, "error", `already written at ${placeOf(first)}`, "give one of them another name, or remove it");
    }
  }
  return [...found.values()];
}

/** For messages that name a second place. */
export function placeOf(entry: Entry): string {
  const { line, column } = entry.source.place(entry.path, "key");
  return `${entry.source.file}:${line}:${column}`;
}

export interface FoundPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** False: it is left out, and this is where it would stand. */
  readonly isWritten: boolean;
}

/** Where a path of the whole manifest stands: `["clients", "laptop", "deny", 0]`. Undefined where not even its entry is written. */
export function placeIn(parts: Parts, path: Path, on: "key" | "value"): FoundPlace | undefined {
  const [section, key] = path;
  const lists: Readonly<Record<string, readonly Entry[]>> = {
    clients: parts.clients,
    cores: parts.cores,
    profiles: parts.profiles,
  };
  const entry = section === "hub" ? parts.hub : lists[String(section)]?.find((one) => one.key === key);
  if (entry === undefined) return undefined;
  const { source } = entry;
  const inside = (value: unknown, step: string | number) =>
    (value as Record<string | number, unknown> | null | undefined)?.[step];
  const isWritten = path.reduce<unknown>(inside, source.value) !== undefined;
  return { file: source.file, ...source.place(path, on), isWritten };
}

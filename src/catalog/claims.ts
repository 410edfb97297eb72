// Who has a name or a uri that several Cores want, who has lost it, and what is said of that.
import type { CatalogNote, NamedEntry, PromptEntry, PromptRoute, Shelf, ToolEntry, UriEntry } from "./model.ts";
import { toCore } from "./uri-spelling.ts";

/** Entries of one kind that the caller may use, in manifest order of their Cores. */
export interface Claims<E> {
  readonly winners: readonly E[];
  readonly losers: readonly E[];
}

/** Of one Core. */
const maxNotes = 20;

/** By exposed names. A Core's own name for its tool may not be another tool's canonical one: only `expose` may say so. */
export function claimNames<E extends NamedEntry<PromptRoute>>(entries: readonly E[]): Claims<E> {
  const suspects = entries.filter(({ route, override }) => {
    return route.exposed.includes(".") && route.exposed !== route.canonical && override?.expose === undefined;
  });
  const names = suspects.length === 0 ? undefined : new Set(entries.map(({ route }) => route.canonical));
  const sly = new Set(suspects.filter(({ route }) => names?.has(route.exposed)));
  return claim(
    entries,
    (entry) => entry.route.exposed,
    (entry) => sly.has(entry),
  );
}

/** What the hub itself is called, no Core's tool is: such a tool can be called by its canonical name. */
export function withoutNames<E extends NamedEntry<PromptRoute>>(
  claims: Claims<E>,
  names: readonly string[],
): Claims<E> {
  const isTaken = ({ route }: E) => names.includes(route.exposed);
  const { winners, losers } = claims;
  if (names.length === 0 || !winners.some(isTaken)) return claims;
  return { winners: winners.filter((entry) => !isTaken(entry)), losers: [...losers, ...winners.filter(isTaken)] };
}

/** What has the namespace of a prefixed Core in it is that Core's, whoever lists it. */
export function ofAnotherCore(shelves: readonly Shelf[]): (entry: UriEntry) => boolean {
  const prefixed = shelves.flatMap(({ source }) => (source.uris === "prefixed" ? [source] : []));
  return ({ uri, route }) =>
    prefixed.some(({ key, namespace }) => key !== route.core && toCore(namespace, uri) !== undefined);
}

export function claim<E>(
  entries: readonly E[],
  nameOf: (entry: E) => string,
  isRefused: (entry: E) => boolean = () => false,
): Claims<E> {
  const taken = new Set<string>();
  const winners: E[] = [];
  const losers: E[] = [];
  for (const entry of entries) {
    const name = nameOf(entry);
    if (taken.has(name) || isRefused(entry)) losers.push(entry);
    else {
      taken.add(name);
      winners.push(entry);
    }
  }
  return { winners, losers };
}

export interface AllClaims {
  readonly tools: Claims<ToolEntry>;
  readonly prompts: Claims<PromptEntry>;
  readonly resources: Claims<UriEntry>;
  readonly templates: Claims<UriEntry>;
}

/**
 * Names and uris that two Cores want: who has it, and how to reach the other; of one Core a handful, and how many more there are. `own`: names of
 * tools that the hub has itself.
 */
export function collisionNotes(all: AllClaims, own: readonly string[]): readonly CatalogNote[] {
  return fewOfEach([
    ...nameCollisions("tool", all.tools, own),
    ...nameCollisions("prompt", all.prompts),
    ...uriCollisions("resource", all.resources),
    ...uriCollisions("resource template", all.templates),
  ]);
}

/** Two instances of one server may have thousands of names in common. */
function fewOfEach(notes: readonly CatalogNote[]): readonly CatalogNote[] {
  const counts = new Map<string, number>();
  const few = notes.filter(({ core }) => {
    const count = (counts.get(core) ?? 0) + 1;
    counts.set(core, count);
    return count <= maxNotes;
  });
  for (const [core, count] of counts) {
    if (count <= maxNotes) continue;
    few.push({ core, message: `${count - maxNotes} more are hidden; thehub list --all shows them` });
  }
  return few;
}

function nameCollisions(
  what: string,
  { winners, losers }: Claims<PromptEntry>,
  own: readonly string[] = [],
): readonly CatalogNote[] {
  if (losers.length === 0) return [];
  const owners = new Map(winners.map(({ route }) => [route.exposed, route.canonical]));
  for (const name of own) owners.set(name, "the hub itself");
  return losers.map(({ route }) => ({
    core: route.core,
    message: `${what} ${route.canonical} is hidden: ${owners.get(route.exposed) ?? route.exposed} has the name ${route.exposed}; call it as ${route.canonical}`,
  }));
}

function uriCollisions(what: string, { winners, losers }: Claims<UriEntry>): readonly CatalogNote[] {
  if (losers.length === 0) return [];
  const owners = new Map(winners.map(({ uri, route }) => [uri, route.core]));
  return losers.map(({ uri, route }) => ({
    core: route.core,
    message: `${what} ${uri} is hidden: ${owners.has(uri) ? `core "${owners.get(uri)}" lists it as well` : "it has the namespace of another Core in it, whose uris are prefixed"}`,
  }));
}

// What one caller sees of a snapshot: who a name or a uri belongs to, and the lists as bytes. Immutable; everything but
// the verdicts is made when it is first asked for.
import type { ClientProfile } from "../base/client-profile.ts";
import type { Verdict } from "../gates/decide.ts";
import type { Era } from "../wire/revisions.ts";
import { type Claims, claim, claimNames, collisionNotes, ofAnotherCore, withoutNames } from "./claims.ts";
import type { ListKind } from "./cursor.ts";
import { keyOf } from "./entries.ts";
import { namedShelf } from "./exposed.ts";
import type { HubTools } from "./hub-tools.ts";
import { mergeInstructions } from "./instructions.ts";
import type {
  Ambiguous,
  CatalogNote,
  CoreRules,
  Found,
  FoundResource,
  HiddenReason,
  NamedEntry,
  NamedShelf,
  PromptEntry,
  PromptRoute,
  Shelf,
  ToolEntry,
  ToolRoute,
  UriEntry,
  ViewRules,
} from "./model.ts";
import { NameTable } from "./name-table.ts";
import { type Naming, otherSpellings } from "./names.ts";
import { ListPages } from "./pages.ts";
import type { SearchTools } from "./tool-cap.ts";
import type { SearchedTool } from "./tool-index.ts";
import { type Capped, ToolListing } from "./tool-listing.ts";
import { type SaidBy, UriTable } from "./uri-table.ts";

/** One thing of a Core and what becomes of it in this view, for `list --all`. */
export interface Explained {
  readonly kind: "tool" | "prompt" | "resource" | "template";
  readonly core: string;
  /** The canonical name, or the uri or template as its Core has it. */
  readonly id: string;
  /** The exposed name; the uri or template as clients have it. */
  readonly exposed: string;
  readonly hidden: HiddenReason | undefined;
  /** The rule that hides it, or lets it be there, as it is written: see `Verdict`. */
  readonly rule: string | undefined;
}

/** One Core's part of a view. */
interface Part {
  readonly shelf: Shelf;
  readonly rules: CoreRules;
  readonly tools: readonly ToolEntry[];
  readonly named: NamedShelf;
}

export class View {
  readonly #parts: readonly Part[];
  /** Of the Cores whose resources and prompts the caller may use. */
  readonly #whole: readonly Shelf[];
  readonly #profile: ClientProfile;
  readonly #namings: readonly Naming[];
  readonly #tools: Claims<ToolEntry>;
  readonly #toolListing: ToolListing;
  readonly #prompts: Claims<PromptEntry>;
  readonly #resources: Claims<UriEntry>;
  readonly #templates: Claims<UriEntry>;
  readonly #rank: ReadonlyMap<string, number>;
  #toolTable: NameTable<ToolRoute> | undefined;
  #promptTable: NameTable<PromptRoute> | undefined;
  #uriTable: UriTable | undefined;
  readonly #lists: Readonly<Record<Era, Map<ListKind, ListPages>>> = { legacy: new Map(), modern: new Map() };
  #capped: Capped | undefined;
  #searchedTools: readonly SearchedTool[] | undefined;
  #instructions: string | undefined;

  /** `namings`: of all profiles, each of which a call may use. */
  constructor(
    shelves: readonly Shelf[],
    rules: ViewRules,
    profile: ClientProfile,
    namings: readonly Naming[],
    searchTools: SearchTools = "auto",
  ) {
    this.#parts = shelves.map((shelf) => partOf(shelf, rules, profile));
    this.#profile = profile;
    this.#namings = namings;
    const wholeParts = this.#parts.filter(({ rules }) => rules.whole.t === "allowed");
    const whole = wholeParts.map((part) => part.shelf);
    const uri = (entry: UriEntry) => entry.uri;
    const tools = claimNames(this.#parts.flatMap((part) => part.tools));
    const sources = shelves.map((shelf) => shelf.source);
    this.#toolListing = new ToolListing(tools.winners, sources, { profile, namings, searchTools });
    this.#tools = withoutNames(tools, this.hubTools?.names ?? []);
    this.#prompts = claimNames(wholeParts.flatMap((part) => part.named.prompts));
    this.#whole = whole;
    const isOfAnother = ofAnotherCore(whole);
    this.#resources = claim(
      whole.flatMap((shelf) => shelf.resources),
      uri,
      isOfAnother,
    );
    this.#templates = claim(
      whole.flatMap((shelf) => shelf.templates),
      uri,
      isOfAnother,
    );
    this.#rank = rankByNamespace(shelves);
  }

  tool(spelling: string): ToolEntry | Ambiguous | undefined {
    this.#toolTable ??= this.#tableOf(this.#tools);
    return this.#toolTable.find(spelling);
  }

  prompt(spelling: string): Found<PromptRoute> | Ambiguous | undefined {
    this.#promptTable ??= this.#tableOf(this.#prompts);
    return this.#promptTable.find(spelling);
  }

  /** The owner of a uri as a client would read it. `saidBy`: which Cores said it to this caller, as far as anybody remembers. */
  resource(uri: string, saidBy?: SaidBy): FoundResource | undefined {
    return this.#uris.resource(uri, saidBy);
  }

  /** The owner of a listed template, for completion. */
  template(uriTemplate: string): FoundResource | undefined {
    return this.#uris.template(uriTemplate);
  }

  /** What the client gets of a list. */
  list(kind: ListKind, era: Era = "legacy"): ListPages {
    const known = this.#lists[era].get(kind);
    if (known !== undefined) return known;
    const pages = this.#pagesOf(kind, era);
    this.#lists[era].set(kind, pages);
    return pages;
  }

  /** The hub's own tools; undefined where they are not listed, and do not exist. */
  get hubTools(): HubTools | undefined {
    return this.#toolListing.hubTools;
  }

  /** Where there are more tools than the client can use; undefined where all are listed. */
  get capped(): Capped | undefined {
    if (!this.#toolListing.isCapped) return undefined;
    this.#capped ??= this.#toolListing.capped(this.#sorted(this.#tools.winners));
    return this.#capped;
  }

  /** Every tool that has its exposed name, listed or not, in the order of the list. */
  get searchedTools(): readonly SearchedTool[] {
    this.#searchedTools ??= this.#toolListing.searched(this.#sorted(this.#tools.winners));
    return this.#searchedTools;
  }

  /** Of the Cores that the caller has anything of. Empty when none says anything. */
  get instructions(): string {
    this.#instructions ??= mergeInstructions(
      this.#parts
        .filter(({ rules, tools }) => rules.whole.t === "allowed" || tools.length > 0)
        .map(({ shelf }) => ({ namespace: shelf.source.namespace, text: shelf.source.instructions })),
    );
    return this.#instructions;
  }

  /** Everything that the Cores offer, shown or hidden, in manifest order. Not for clients. */
  explain(): readonly Explained[] {
    const collided = new Set<unknown>();
    for (const claims of [this.#tools, this.#prompts, this.#resources, this.#templates]) {
      for (const entry of claims.losers) collided.add(entry);
    }
    return this.#parts.flatMap((part) => explainPart(part, collided));
  }

  /** Of `explain`, how many tools are not hidden. Costs nothing: probes ask for it, whoever sends them. */
  get toolCount(): number {
    return this.#tools.winners.length;
  }

  /** Of `explain`, what a client may mean by this name or uri, of all that there is: shown or hidden. */
  meanings(spelling: string): readonly Explained[] {
    const cores = new Map(this.#parts.map(({ shelf }) => [shelf.source.key, shelf.source]));
    return this.explain().filter(({ kind, core, id, exposed }) => {
      if (spelling === id || spelling === exposed) return true;
      const source = cores.get(core);
      if (source === undefined || kind === "resource" || kind === "template") return false;
      const native = id.slice(source.namespace.length + 1);
      return otherSpellings(this.#namings, source, native, source.tools.get(native)).includes(spelling);
    });
  }

  collisions(): readonly CatalogNote[] {
    const all = { tools: this.#tools, prompts: this.#prompts, resources: this.#resources, templates: this.#templates };
    return collisionNotes(all, this.hubTools?.names ?? []);
  }

  #pagesOf(kind: ListKind, era: Era): ListPages {
    const { pageSize } = this.#profile;
    const byUri = ({ winners }: Claims<UriEntry>) => {
      const entries = this.#sorted(winners);
      return new ListPages(kind, entries, (at) => entries[at]?.uri ?? "", era, pageSize);
    };
    if (kind === "tools") return this.#toolListing.pages(this.#sorted(this.#tools.winners), era);
    if (kind === "prompts") {
      const entries = this.#sorted(this.#prompts.winners);
      return new ListPages(kind, entries, (at) => entries[at]?.route.exposed ?? "", era, pageSize);
    }
    return byUri(kind === "resources" ? this.#resources : this.#templates);
  }

  get #uris(): UriTable {
    const all = ({ winners, losers }: Claims<UriEntry>) => [...winners, ...losers];
    const routes = (uris: "native" | "prefixed") =>
      this.#whole.flatMap(({ source }) =>
        source.uris === uris ? [{ namespace: source.namespace, route: { core: source.key, key: keyOf(source) } }] : [],
      );
    this.#uriTable ??= new UriTable({
      resources: all(this.#resources),
      templates: all(this.#templates),
      pages: this.#whole.flatMap(({ pages }) => pages),
      prefixed: routes("prefixed"),
      native: routes("native").map(({ route }) => route),
    });
    return this.#uriTable;
  }

  #tableOf<R extends PromptRoute>({ winners, losers }: Claims<NamedEntry<R>>): NameTable<R> {
    const cores = new Map(this.#parts.map(({ shelf }) => [shelf.source.key, shelf.source]));
    return new NameTable(winners, losers, ({ route, override }) => {
      const source = cores.get(route.core);
      return source === undefined ? [] : otherSpellings(this.#namings, source, route.native, override);
    });
  }

  /** By namespace, then native name or uri, bytewise: the same order whatever the order of the manifest. */
  #sorted<E extends NamedEntry<PromptRoute> | UriEntry>(entries: readonly E[]): readonly E[] {
    const rank = (entry: E) => this.#rank.get(entry.route.core) ?? 0;
    // The entries of one Core are in order already, and the sort is stable.
    return entries.toSorted((a, b) => rank(a) - rank(b));
  }
}

/**
 * Which lists differ between two views: what a client that had the one and now has the other must be told. `served`: the list of a kind
 * that it got meanwhile, by which it is judged then. By content: another catalog may have made the same list anew.
 */
export function diffViews(
  before: View,
  after: View,
  served: (kind: ListKind) => Buffer | undefined = () => undefined,
): { tools: boolean; resources: boolean; prompts: boolean } {
  const isNew = (kind: ListKind): boolean => {
    const had = served(kind);
    const list = after.list(kind);
    if (had !== undefined && list.whole !== undefined) return !had.equals(list.whole);
    return before !== after && !before.list(kind).equals(list);
  };
  return {
    tools: isNew("tools"),
    resources: isNew("resources") || isNew("resourceTemplates"),
    prompts: isNew("prompts"),
  };
}

function partOf(shelf: Shelf, rules: ViewRules, profile: ClientProfile): Part {
  const ofCore = rules.forCore(shelf.source);
  const named = namedShelf(shelf, profile);
  return { shelf, rules: ofCore, tools: named.tools.filter(({ route }) => ofCore.tool(route).t === "allowed"), named };
}

function rankByNamespace(shelves: readonly Shelf[]): ReadonlyMap<string, number> {
  const sources = shelves.map((shelf) => shelf.source);
  const ordered = sources.toSorted((a, b) => (a.namespace < b.namespace ? -1 : 1));
  return new Map(ordered.map((source, index) => [source.key, index]));
}

function explainPart({ shelf, rules, named: own }: Part, collided: ReadonlySet<unknown>): readonly Explained[] {
  const core = shelf.source.key;
  const explained = (
    kind: Explained["kind"],
    id: string,
    exposed: string,
    entry: unknown,
    verdict: Verdict,
  ): Explained => {
    const lost = collided.has(entry) ? "collision" : undefined;
    return { kind, core, id, exposed, hidden: verdict.t === "hidden" ? verdict.reason : lost, rule: verdict.rule };
  };
  const named = (kind: "tool" | "prompt", entry: PromptEntry, verdict: Verdict) => {
    return explained(kind, entry.route.canonical, entry.route.exposed, entry, verdict);
  };
  const byUri = (kind: "resource" | "template", entry: UriEntry) => {
    return explained(kind, entry.nativeUri, entry.uri, entry, rules.whole);
  };
  return [
    ...own.tools.map((tool) => named("tool", tool, rules.tool(tool.route))),
    ...own.prompts.map((prompt) => named("prompt", prompt, rules.whole)),
    ...shelf.resources.map((resource) => byUri("resource", resource)),
    ...shelf.templates.map((template) => byUri("template", template)),
  ];
}

// The words of the catalog: what it is built from, what it hands out. Types only.
import type { ClientProfile } from "../base/client-profile.ts";
import type { CoreStateName } from "../base/core-states.ts";
import type { PolicyReason, Verdict } from "../gates/decide.ts";
import type { CoreToolPolicy } from "../gates/policy.ts";
import type { ResolvedCore, ToolOverride } from "../manifest/manifest.ts";
import type { ByteString, Splice } from "../wire/frame.ts";
import type { ParamHeaders } from "../wire/param-headers.ts";
import type { Era } from "../wire/revisions.ts";

/** One entry of a Core's list, as the Core wrote it. */
export interface ListItem {
  readonly bytes: Buffer;
}

/** A Core's last known lists. A list that changes is replaced by a new array, never changed in place. */
interface CoreLists {
  readonly tools: readonly ListItem[];
  readonly resources: readonly ListItem[];
  readonly templates: readonly ListItem[];
  readonly prompts: readonly ListItem[];
}

/** What the catalog needs of one Core: its definition, and what it said last. */
export interface CatalogSource extends Pick<ResolvedCore, "key" | "namespace" | "prefix" | "uris" | "tags" | "tools"> {
  /** Handed on to the rules; the catalog does not look into it. */
  readonly policy: CoreToolPolicy;
  /** Of the Core. */
  readonly era: Era;
  /** Whether the Core can go on with calls as tasks. */
  readonly runsTasks: boolean;
  readonly state: CoreStateName;
  /** Undefined until the Core has listed once. */
  readonly lists: CoreLists | undefined;
  readonly instructions: string | undefined;
}

/** Lists can differ by what a client can do and by whose credential the Core is asked with, so entries are keyed by both. */
export interface CatalogKey {
  readonly core: string;
  readonly capabilityClass: "none";
  readonly credential: "shared";
}

/** What of a profile makes the names. */
export type NamesConfig = Pick<ClientProfile, "separator" | "charset" | "maxLength">;

/** Where a prompt is to be asked for. */
export interface PromptRoute {
  /** The Core's key. */
  readonly core: string;
  readonly key: CatalogKey;
  readonly native: string;
  readonly canonical: string;
  readonly exposed: string;
  /** The native name as the Core wrote it, quotes included: ready to be spliced into a call. */
  readonly nativeNameJson: ByteString;
}

export interface ToolRoute extends PromptRoute {
  readonly destructiveHint: boolean | undefined;
  readonly readOnlyHint: boolean | undefined;
  /** For the page of an MCP App only: clients do not show it to a model. */
  readonly appOnly: boolean;
  /** Its arguments that a call over HTTP repeats as headers. What says it wrongly is no tool to clients of the modern era. */
  readonly paramHeaders: ParamHeaders | "invalid" | undefined;
  /** Its results are no objects, which legacy clients know nothing else of: they get one around them, and around the schema. */
  readonly wrapsOutput: boolean;
  /** Its Core runs it as a task of 2025-11-25 only. */
  readonly needsTask: boolean;
  /** Calls of it have limits of their own. */
  readonly isLimited: boolean;
}

export interface ResourceRoute {
  readonly core: string;
  readonly key: CatalogKey;
}

export interface FoundResource extends ResourceRoute {
  /** What its Core calls it, or its template. */
  readonly nativeUri: string;
}

/** A uri as clients write it, and whose it is. */
export interface OwnedUri {
  readonly uri: string;
  readonly nativeUri: string;
  readonly route: ResourceRoute;
}

export interface Found<R> {
  readonly t: "found";
  readonly route: R;
}

/** A spelling that fits several entries of the view and is the exact name of none; `candidates` are canonical names. */
export interface Ambiguous {
  readonly t: "ambiguous";
  readonly candidates: readonly string[];
}

/** A list entry of the Core with what becomes of it on the way to a client. */
export interface Listed {
  readonly bytes: Buffer;
  readonly edits: readonly Splice[];
  /** For clients of the modern era, where those need others. */
  readonly modernEdits?: readonly Splice[] | undefined;
  /** The last part of the sort order, as UTF-8 bytes. */
  readonly sortKey: ByteString;
}

export interface NamedEntry<R extends PromptRoute> extends Listed, Found<R> {
  readonly override: ToolOverride | undefined;
}

export type ToolEntry = NamedEntry<ToolRoute>;
export type PromptEntry = NamedEntry<PromptRoute>;

/** A resource or a template in a list: its uri, or the template as written. */
export interface UriEntry extends Listed, OwnedUri {}

/** A tool or a prompt as its Core lists it, whatever clients call it. */
export interface NamedItem extends Listed {
  readonly native: string;
  readonly canonical: string;
  readonly nativeNameJson: ByteString;
  /** Where the name stands in `bytes`. */
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly hasTitle: boolean;
  /** Where the member `_meta`, an object, starts in `bytes`; -1 where there is none. */
  readonly metaStart: number;
  readonly override: ToolOverride | undefined;
}

export interface ToolItem extends NamedItem {
  readonly destructiveHint: boolean | undefined;
  readonly readOnlyHint: boolean | undefined;
  readonly appOnly: boolean;
  readonly paramHeaders: ParamHeaders | "invalid" | undefined;
  readonly wrapsOutput: boolean;
  readonly needsTask: boolean;
  /** Of the pages that the tool names as its own, as the Core writes them. */
  readonly pageUris: readonly string[];
  /** What gives those the form that clients see. */
  readonly pageEdits: readonly Splice[];
}

/** A Core's tools and prompts as one kind of client has them. */
export interface NamedShelf {
  readonly tools: readonly ToolEntry[];
  readonly prompts: readonly PromptEntry[];
}

/** What was read from one Core's lists, sorted. Does not depend on any other Core, nor on who is asking. */
export interface Shelf {
  readonly source: CatalogSource;
  readonly tools: readonly ToolItem[];
  readonly prompts: readonly NamedItem[];
  /** For the kinds of clients that have asked so far. */
  readonly named: Map<string, NamedShelf>;
  readonly resources: readonly UriEntry[];
  readonly templates: readonly UriEntry[];
  /** Pages of MCP Apps that its tools name, in a list or not. */
  readonly pages: readonly OwnedUri[];
  readonly notes: readonly CatalogNote[];
}

/** Something about a Core's lists that its operator should know. */
export interface CatalogNote {
  readonly core: string;
  readonly message: string;
}

/** Why something is not in a view: a rule, or another thing that has its name. */
export type HiddenReason = PolicyReason | "collision";

/** One caller's rules over one Core. */
export interface CoreRules {
  /** For the Core's resources and prompts, which go together. */
  readonly whole: Verdict;
  readonly mayHave: boolean;
  tool(route: ToolRoute): Verdict;
}

/** What one caller may see. Callers with the same `key` share a view. */
export interface ViewRules {
  readonly key: string;
  forCore(source: CatalogSource): CoreRules;
}

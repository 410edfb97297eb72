// Tools found by what they are for: a full-text index over the tools of one view, in memory. It is made when somebody searches, and the
// library is loaded for the first one; docs/decisions/0020-tool-search.md says which, and why.
import type { Options, SearchOptions } from "minisearch";
import type { CatalogSource, ToolEntry } from "./model.ts";
import { toolFacts } from "./tool-facts.ts";
import { plainWord, wordsOf } from "./tool-words.ts";

/** A tool with the Core that has it. */
export interface SearchedTool {
  readonly entry: ToolEntry;
  readonly source: CatalogSource;
}

/** Tools are read this many at a time, with everybody else's turn in between. */
const readAtOnce = 100;

/** Longer queries are cut: every word costs a look into the whole index. */
const maxQueryWords = 16;

interface Document {
  readonly id: number;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly parameters: string;
  readonly tags: string;
  readonly core: string;
}

const options: Options<Document> = {
  fields: ["name", "title", "description", "parameters", "tags", "core"],
  tokenize: wordsOf,
  processTerm: plainWord,
};

const searching: SearchOptions = {
  boost: { name: 4, title: 3, tags: 2, core: 2 },
  // The beginning of a word, and a slip of the pen: not of words so short that they would be all others.
  prefix: (word) => word.length > 2,
  fuzzy: (word) => (word.length > 3 ? 0.2 : false),
  maxFuzzy: 2,
  weights: { prefix: 0.4, fuzzy: 0.2 },
  tokenize: (query) => wordsOf(query).slice(0, maxQueryWords),
};

/** The parts of the library that are used. */
interface FullText {
  search(query: string, options: SearchOptions): readonly { readonly id: number }[];
}

export class ToolIndex {
  readonly tools: readonly SearchedTool[];
  readonly #texts: FullText;

  constructor(tools: readonly SearchedTool[], texts: FullText) {
    this.tools = tools;
    this.#texts = texts;
  }

  /** The best first; of equals, in the order of the list. */
  search(query: string, isWanted: (tool: SearchedTool) => boolean): readonly SearchedTool[] {
    const filter = ({ id }: { id: number }) => isWanted(this.tools[id] as SearchedTool);
    return this.#texts.search(query, { ...searching, filter }).map(({ id }) => this.tools[id] as SearchedTool);
  }
}

/** Reads all tools, a few at a time, so that nobody waits for it. Rejects only where the library cannot be loaded. */
export async function buildToolIndex(tools: readonly SearchedTool[]): Promise<ToolIndex> {
  const { default: MiniSearch } = await import("minisearch");
  const texts = new MiniSearch<Document>(options);
  for (let from = 0; from < tools.length; from += readAtOnce) {
    if (from > 0) await new Promise((resolve) => setImmediate(resolve));
    texts.addAll(tools.slice(from, from + readAtOnce).map((tool, index) => documentOf(tool, from + index)));
  }
  return new ToolIndex(tools, texts);
}

function documentOf({ entry, source }: SearchedTool, id: number): Document {
  const { title, description, parameters } = toolFacts(entry);
  const { native, exposed } = entry.route;
  // What an override calls it counts as much as what the Core does; the namespace is in `core` once.
  const renamed = entry.override?.expose ?? entry.override?.name ?? "";
  return {
    id,
    name: exposed === native ? native : `${native} ${renamed}`,
    title: title === native ? "" : title,
    description,
    parameters: parameters.join(" "),
    tags: source.tags.join(" "),
    core: source.key === source.namespace ? source.key : `${source.key} ${source.namespace}`,
  };
}

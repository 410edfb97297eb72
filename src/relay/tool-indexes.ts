// The indexes that tools are searched in: made when somebody searches, one at a time, and a few of them kept. Callers who see the same
// tools share one.
import { isSameTool } from "../catalog/tool-facts.ts";
import { buildToolIndex, type SearchedTool, type ToolIndex } from "../catalog/tool-index.ts";

/** An index takes about 2 KiB a tool. */
const maxKept = 8;

interface Kept {
  readonly caller: object;
  readonly index: ToolIndex;
}

interface Building {
  readonly caller: object;
  /** Until it is begun, what the caller sees may change. */
  tools: readonly SearchedTool[];
  isBegun: boolean;
  readonly done: Promise<void>;
}

export class ToolIndexes {
  /** The one used last is first. */
  #kept: readonly Kept[] = [];
  #building: readonly Building[] = [];
  #last: Promise<void> = Promise.resolve();
  #failure: { readonly tools: readonly SearchedTool[]; readonly cause: unknown } | undefined;

  /**
   * The index over these tools, or a promise to wait for before asking again; it never rejects. `caller` is whose tools they are. Who
   * has waited already gets what there is for the caller, if need be from before a change of the tools: a Core that changes its list all
   * the time keeps nobody from searching. Throws what kept the index from being made, once.
   */
  get(caller: object, tools: readonly SearchedTool[], hasWaited: boolean): ToolIndex | Promise<void> {
    const kept = this.#kept.find(({ index }) => isSame(index.tools, tools));
    if (kept !== undefined) {
      this.#keep(kept);
      return kept.index;
    }
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined && isSame(failure.tools, tools)) throw failure.cause;
    const done = this.#building.find((one) => isSame(one.tools, tools))?.done ?? this.#build(caller, tools);
    const before = hasWaited ? this.#kept.find((one) => one.caller === caller) : undefined;
    return before?.index ?? done;
  }

  #build(caller: object, tools: readonly SearchedTool[]): Promise<void> {
    const waiting = this.#building.find((one) => one.caller === caller && !one.isBegun);
    if (waiting !== undefined) {
      waiting.tools = tools;
      return waiting.done;
    }
    const done = this.#last.then(() => this.#run(building));
    const building: Building = { caller, tools, isBegun: false, done };
    this.#building = [...this.#building, building];
    this.#last = done;
    return done;
  }

  async #run(building: Building): Promise<void> {
    building.isBegun = true;
    const { caller, tools } = building;
    try {
      this.#keep({ caller, index: await buildToolIndex(tools) });
    } catch (cause) {
      this.#failure = { tools, cause };
    }
    this.#building = this.#building.filter((one) => one !== building);
  }

  #keep(kept: Kept): void {
    this.#kept = [kept, ...this.#kept.filter((one) => one !== kept)].slice(0, maxKept);
  }
}

/** By content: sessions with instances of their own have lists of their own, most of which are the same. */
function isSame(some: readonly SearchedTool[], others: readonly SearchedTool[]): boolean {
  if (some === others) return true;
  if (some.length !== others.length) return false;
  return some.every(({ entry, source }, at) => {
    const other = others[at];
    return other !== undefined && source.tags === other.source.tags && isSameTool(entry, other.entry);
  });
}

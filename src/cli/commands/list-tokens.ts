// `thehub list --tokens`: what each Core and tool of the list costs a model, and what would be left of it under a tool cap.
import { HubError } from "../../base/errors.ts";
import { HubTools } from "../../catalog/hub-tools.ts";
import type { NamesConfig } from "../../catalog/model.ts";
import { isAppOnly } from "../../catalog/visibility.ts";
import { membersOf } from "../../wire/cut-members.ts";
import { oneLine, printJson, type Terminal, table } from "../terminal.ts";
import { estimateRule, estimateTokens, type PricedTool, type Prices, priceTools } from "../token-prices.ts";

/** Nearly as long as any others are. */
const usualNames: NamesConfig = { separator: "__", charset: undefined, maxLength: 64 };

export interface TokenListOptions {
  readonly json?: boolean;
  readonly all?: boolean;
}

/** Only tools are in front of a model all the time; resources and prompts are asked for. */
export function checkTokenList(kind: string, options: TokenListOptions): void {
  if (kind !== "tools" && kind !== "cores") {
    throw new HubError("usage", `--tokens is for tools and cores: a model is not shown ${kind} before it asks`);
  }
  if (options.all === true) throw new HubError("usage", "what is hidden costs nothing: leave out --all or --tokens");
}

/** What is listed, and where it is known, whose it is: a client of a running hub is not told. */
export interface TokenList {
  readonly tools: readonly { readonly name?: unknown }[];
  /** By the exposed name. */
  readonly coreOf?: ReadonlyMap<string, string>;
  readonly names?: NamesConfig | undefined;
}

export function printTokens(
  terminal: Terminal,
  kind: string,
  { tools: listed, coreOf, names = usualNames }: TokenList,
  options: TokenListOptions,
): void {
  const tools = listed.filter(isForModels);
  const own = new HubTools({
    profile: names,
    namings: [],
    namespaces: [...new Set(coreOf?.values() ?? [])],
    tools: [],
    taken: new Set(),
    runsTasks: false,
  });
  const prices = priceTools(tools, (name) => coreOf?.get(name) ?? (own.find(name) === undefined ? undefined : "hub"));
  const searchTokens = own.entries.reduce((sum, { bytes }) => sum + estimateTokens(bytes.toString("utf8")), 0);
  const saved = prices.tokens - searchTokens;
  if (options.json === true) {
    const { tokens, cores, tools: priced } = prices;
    const lists = kind === "tools" ? { cores, tools: priced } : { cores };
    const search = { tokens: searchTokens, saves: saved };
    const report = {
      ...lists,
      total: { tools: tools.length, tokens },
      with_tool_search: search,
      estimate: estimateRule,
    };
    printJson(terminal, report);
    return;
  }
  terminal.stdout.write(table(terminal, rowsOf(terminal, kind, prices)));
  terminal.stderr.write(`tokens are estimated: ${estimateRule}\n`);
  if (tools.some(({ name }) => own.find(String(name)) !== undefined)) return;
  const search = `the hub's three search tools are ${searchTokens} tokens`;
  const says =
    saved > 0 ? `${search}, ${saved} less; pinned tools come on top` : `nothing is saved: ${search} themselves`;
  terminal.stderr.write(`under a tool cap, ${says}\n`);
}

/** Of what an app's page alone may call a model is told nothing. */
function isForModels(tool: object): boolean {
  const bytes = Buffer.from(JSON.stringify(tool));
  return !isAppOnly(bytes, membersOf(bytes, 0, bytes.length) ?? []);
}

function rowsOf(terminal: Terminal, kind: string, { tools, cores, tokens }: Prices): string[][] {
  // Numbers stand under each other for people; programs get them as they are.
  const width = terminal.stdout.isTTY === true ? String(tokens).length : 0;
  const row = (what: string, of: string, price: number) => [what, of, String(price).padStart(width)];
  const toolRow = (tool: PricedTool) => row(`  ${oneLine(tool.name)}`, "", tool.tokens);
  const rows: string[][] = [];
  for (const core of cores) {
    rows.push(row(oneLine(core.core), count(core.tools), core.tokens));
    if (kind === "tools") rows.push(...tools.filter((tool) => tool.core === core.core).map(toolRow));
  }
  if (kind === "tools") rows.push(...tools.filter((tool) => tool.core === undefined).map(toolRow));
  return [...rows, row("total", count(tools.length), tokens)];
}

function count(tools: number): string {
  return `${tools} ${tools === 1 ? "tool" : "tools"}`;
}

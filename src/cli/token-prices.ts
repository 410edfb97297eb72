// What tools cost a model: every tool of a list is read by it before it does anything. Tokens are estimated by one rule, since each
// model counts in its own way, and most of their tokenizers are not to be had. docs/tool-search.md compares it with one that is.

/**
 * UTF-8 bytes of a tool's JSON that make a token: between 4.2 and 4.6 for the lists of public servers, in OpenAI's o200k_base, and
 * as many for Chinese, Japanese or German descriptions.
 */
const bytesPerToken = 4.4;

export const estimateRule = `bytes of JSON / ${bytesPerToken}`;

export interface PricedTool {
  readonly name: string;
  /** Undefined where it is not known: a client of a running hub is not told of Cores. */
  readonly core: string | undefined;
  readonly tokens: number;
}

export interface PricedCore {
  readonly core: string;
  readonly tools: number;
  readonly tokens: number;
}

export interface Prices {
  /** The dearest first, both. */
  readonly tools: readonly PricedTool[];
  readonly cores: readonly PricedCore[];
  readonly tokens: number;
}

/** `coreOf`: whose tool an exposed name is. */
export function priceTools(
  tools: readonly { readonly name?: unknown }[],
  coreOf: (exposed: string) => string | undefined,
): Prices {
  const priced = tools.map((tool) => {
    const name = String(tool.name);
    return { name, core: coreOf(name), tokens: estimateTokens(JSON.stringify(tool)) };
  });
  const cores = new Map<string, { core: string; tools: number; tokens: number }>();
  for (const { core, tokens } of priced) {
    if (core === undefined) continue;
    const sum = cores.get(core) ?? { core, tools: 0, tokens: 0 };
    cores.set(core, { core, tools: sum.tools + 1, tokens: sum.tokens + tokens });
  }
  const tokens = priced.reduce((sum, tool) => sum + tool.tokens, 0);
  return { tools: priced.toSorted(byTokens), cores: [...cores.values()].sort(byTokens), tokens };
}

export function estimateTokens(json: string): number {
  return Math.ceil(Buffer.byteLength(json) / bytesPerToken);
}

function byTokens(a: { tokens: number }, b: { tokens: number }): number {
  return b.tokens - a.tokens;
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { estimateTokens, priceTools } from "../../../src/cli/token-prices.ts";

test("token prices: tools by what they cost, Cores by what theirs cost together, and all of it", () => {
  const tool = (name: string, chars: number) => ({ name, description: "x".repeat(chars) });
  const cores: Record<string, string> = { a1: "a", a2: "a", b1: "b" };
  const prices = priceTools([tool("a1", 10), tool("b1", 400), tool("a2", 100), tool("c1", 1)], (name) => cores[name]);
  assert.deepEqual(
    prices.tools.map(({ name, core }) => [name, core]),
    [
      ["b1", "b"],
      ["a2", "a"],
      ["a1", "a"],
      ["c1", undefined],
    ],
  );
  const price = (name: string) => prices.tools.find((priced) => priced.name === name)?.tokens ?? 0;
  assert.deepEqual(prices.cores, [
    { core: "b", tools: 1, tokens: price("b1") },
    { core: "a", tools: 2, tokens: price("a1") + price("a2") },
  ]);
  assert.equal(prices.tokens, price("a1") + price("a2") + price("b1") + price("c1"));
});

// Counted with OpenAI's o200k_base.
const counted: readonly (readonly [tokens: number, json: string])[] = [
  [
    178,
    '{"name":"create_or_update_file","description":"Create or update a single file in a GitHub repository","inputSchema":{"type":"object","properties":{"owner":{"type":"string","description":"Repository owner (username or organization)"},"repo":{"type":"string","description":"Repository name"},"path":{"type":"string","description":"Path where to create/update the file"},"content":{"type":"string","description":"Content of the file"},"message":{"type":"string","description":"Commit message"},"branch":{"type":"string","description":"Branch to create/update the file in"},"sha":{"type":"string","description":"SHA of the file being replaced (required when updating existing files)"}},"required":["owner","repo","path","content","message","branch"],"additionalProperties":false,"$schema":"http://json-schema.org/draft-07/schema#"}}',
  ],
  [29, "读取文件的完整内容并以文本形式返回。如果文件不存在，则返回错误。需要绝对路径和可选的行数限制。"],
  [
    27,
    "Liest den gesamten Inhalt der Datei und gibt ihn als Text zurück. Wenn die Datei nicht existiert, wird ein Fehler zurückgegeben.",
  ],
];

test("token prices: an estimate is near what a tokenizer counts", () => {
  for (const [tokens, json] of counted) {
    assert.ok(Math.abs(estimateTokens(json) / tokens - 1) < 0.15, `${estimateTokens(json)} for ${tokens}`);
  }
});

// What a client gets from the fixture Core mirror.mjs, to the byte.

/** The answer whose `raw` are these arguments. The id of a large one stands at its end, wherever the Core has put it. */
export function mirrored(idText: number | string, raw: string): string {
  const result = `{"content":[],"raw":${raw}}`;
  if (result.length > 16 * 1024) return `{"result":${result},"jsonrpc":"2.0","id":${idText}}`;
  return `{"jsonrpc":"2.0","id":${idText},"result":${result}}`;
}

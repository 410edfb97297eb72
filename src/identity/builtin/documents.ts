// Documents of clients that describe themselves at their own address, as the library gets them: fetched within the hub's limits, cut down to what it
// uses, and refused like a registration would be.
import { judgeMetadata } from "./client-metadata.ts";
import type { Ask } from "./provider.ts";

/** As clients are told by the draft, twice over. */
const maxLength = 10 * 1024;

export function documentFetch(ask: Ask): Ask {
  return async (url, init = {}) => {
    const { headers, signal } = init;
    const response = await ask(url, { method: init.method ?? "GET", headers: headers ?? {}, signal: signal ?? null });
    if (response.status !== 200) return response;
    const text = await response.text();
    return new Response(cleaned(text, String(url)), { status: 200, headers: response.headers });
  };
}

/** What else is fetched, keys that is, goes as it is. Throws where it is no client that may be one. */
function cleaned(text: string, url: string): string {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return text;
  }
  if (typeof said !== "object" || said === null || !("client_id" in said) || said.client_id !== url) return text;
  if (text.length > maxLength) throw new TypeError(`the document is longer than ${maxLength} characters`);
  const judged = judgeMetadata(said);
  if (judged.t === "refused") throw new TypeError(judged.why);
  return JSON.stringify(judged.metadata);
}

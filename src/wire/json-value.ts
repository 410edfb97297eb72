// The WebAssembly that wasm/json-value.ts is compiled to, ready to be called. It skips objects and arrays as values.ts does, faster.
import { jsonValueWasm } from "./json-value-wasm.ts";
import { compileWasm } from "./wasm.ts";

/** A text may begin here in the memory: below are the code's own few bytes, and what it may read in front of a text. */
export const textStart = 4096;
/** The code may read so far behind a text. */
export const slackBytes = 256;

export interface JsonValueCode {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /**
   * The address behind the object or array at `at`; 0 when it is not JSON, not closed before `limit`, or when more than `maxLevels` (at
   * most 128) are open in it at once. UTF-8 is not looked at.
   */
  valueEnd(at: number, limit: number, maxLevels: number): number;
  /** Whether the value that valueEnd last found had a control character between its tokens: a line end or a tab. */
  sawControl(): number;
  /** Whether it had a byte that is not ASCII. */
  sawHigh(): number;
  /** As wasm/ws-unmask.ts. */
  unmask(at: number, end: number, mask: number): void;
}

/** Compiled; each call of what is returned makes memory of its own. Throws where WebAssembly or its vectors are missing. */
export function compileJsonValue(): () => JsonValueCode {
  return compileWasm<JsonValueCode>(jsonValueWasm);
}

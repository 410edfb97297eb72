// What the arguments of one caller's calls of some tools must be.

export interface ArgumentRule {
  /** A glob over canonical names, or `#tag` for all of a Core. */
  readonly tools: string;
  /** A JSON Schema of the kind that the manifest may hold: nothing in it refers to anything. */
  readonly schema: object | boolean;
}

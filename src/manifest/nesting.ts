// How deeply a YAML text nests, found without recursion. The parser recurses, and a text made to exhaust the stack does
// not merely throw there: V8 can abort the whole process when a regular expression is compiled close to the limit.
import { CST, Lexer } from "yaml";

/** Several times what a manifest needs; no risk for the parser. */
const maxBrackets = 64;
const maxIndicators = 64;
const maxColumns = 512;

/** Block nesting cannot be deeper than a line is indented; flow nesting is counted by its brackets. */
export function isTooDeep(text: string): boolean {
  if (isPlain(text)) return false;
  let brackets = 0;
  let indicators = 0;
  let isLineStart = true;
  for (const token of new Lexer().lex(text)) {
    switch (CST.tokenType(token)) {
      case "newline":
        isLineStart = true;
        indicators = 0;
        continue;
      case "space":
        if (isLineStart && brackets === 0 && token.length > maxColumns) return true;
        break;
      case "seq-item-ind":
      case "explicit-key-ind":
        indicators += 1;
        if (indicators > maxIndicators) return true;
        break;
      case "flow-seq-start":
      case "flow-map-start":
        brackets += 1;
        if (brackets > maxBrackets) return true;
        break;
      case "flow-seq-end":
      case "flow-map-end":
        brackets = Math.max(0, brackets - 1);
        break;
      default:
        break;
    }
    isLineStart = false;
  }
  return false;
}

/** Lines and brackets too few for any depth, whatever they mean: so it is with nearly every manifest, and quickly seen. */
function isPlain(text: string): boolean {
  // An indicator takes a blank, too.
  const longLine = new RegExp(`[^\\n]{${2 * maxIndicators + 1}}`);
  return text.split(/[[{]/, maxBrackets + 2).length <= maxBrackets + 1 && !longLine.test(text);
}

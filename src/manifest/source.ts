// One manifest file as YAML: its plain value, and where in the text each part of it stands. Knows nothing of the schema.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import { isTooDeep } from "./nesting.ts";
import { formatPath, type Path, type Problem } from "./problems.ts";

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Source {
  /** As shown to people. */
  readonly file: string;
  /** Absolute; relative paths in the file start here. */
  readonly folder: string;
  readonly value: unknown;
  /** Where `path` stands: its key, or its value. The nearest part that exists, when `path` itself does not. */
  place(path: Path, at: "key" | "value"): Place;
  /** The keys of the map at `path` in the order of the text; a plain object would put numbers first. */
  keys(path: Path): string[];
  /** A number or a word such as true as it is written, which may be more than it is read as; undefined for anything else. */
  written(path: Path): string | undefined;
}

export type ReadSource =
  | { readonly t: "read"; readonly source: Source }
  | { readonly t: "unreadable"; readonly problems: readonly Problem[] };

/** Enough for anchors used by hand; a bomb needs thousands. */
const maxAliases = 100;

const hints: Record<string, string> = {
  TAB_AS_INDENT: "indent with spaces: YAML does not allow tabs there",
  BAD_INDENT: "give all keys of one map the same indentation, and close what was opened",
  MULTIPLE_DOCS: "keep one document per file: remove the --- line, or use a folder of files",
  MISSING_CHAR: "close what is open here: a quote, bracket or comma is missing",
  BAD_ALIAS: "put it in quotes: * at the beginning names an anchor",
  BAD_SCALAR_START: "put it in quotes: YAML keeps @ ` % and , at the beginning for itself",
  BAD_DQ_ESCAPE: "write it in single quotes, where \\ is just itself: 'C:\\Users'",
  BLOCK_AS_IMPLICIT_KEY:
    "put it in quotes if it is a text with a colon; else give all keys of one map the same indentation",
  UNEXPECTED_TOKEN: "put the whole value in quotes or none of it ('it''s'), and close each bracket once",
  TAG_RESOLVE_FAILED: "put it in quotes if it is a text with !; else remove the tag",
};

/** A fault of the parser's, as this page knows it. */
type Fault = Document["errors"][number] | Document["warnings"][number];

function hintOf({ code, message }: Fault): string {
  // Of the same kind as a missing bracket, for the parser.
  if (message.startsWith("Comments ")) return "put it in quotes if it is a text: # begins a comment";
  return hints[code] ?? "write valid YAML here";
}

export function readSource(text: string, file: string, folder: string): ReadSource {
  const lines = new LineCounter();
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problem = (place: Place, path: Path, message: string, hint: string): Problem => {
    return { severity: "error", file, ...place, path: formatPath(path), message, hint };
  };
  const whole = (message: string, hint: string): ReadSource => {
    return { t: "unreadable", problems: [problem({ line: 1, column: 1 }, [], message, hint)] };
  };

  const tooDeep = () => whole("nested too deeply", "a manifest is at most a few levels deep");
  const tooManyAliases = () => {
    return whole(`too many aliases: more than ${maxAliases} expansions`, "write the repeated parts out");
  };
  if (isTooDeep(text)) return tooDeep();
  try {
    // Not "silent": that would also drop the error about a second document, which would then be ignored.
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: "error",
    });
    const faults = [...document.errors, ...document.warnings];
    if (faults.length > 0) {
      const problems = faults.map((fault) => problem(at(startOf(fault, document)), [], sentence(fault), hintOf(fault)));
      return { t: "unreadable", problems };
    }
    const root = document.contents;
    if (root === null || (isScalar(root) && root.value === null)) {
      return whole("the file is empty", "write at least: cores: { template: { command: thehub-template-core } }");
    }
    if (!isMap(resolved(root, document))) {
      return whole("a manifest is a map of keys", "start with a line that says `cores:`");
    }
    const slips = slipsOf(document);
    if (slips === undefined) return tooManyAliases();
    if (slips.length > 0) {
      const problems = slips.map((slip) => {
        if (slip.first === undefined) {
          const name = text.slice(slip.offset, slip.end);
          const hint = `put it in quotes if it is a text: "${name}"; else define the anchor &${name.slice(1)} before it`;
          return problem(at(slip.offset), slip.path, `the alias ${name} has no anchor`, hint);
        }
        return problem(
          at(slip.offset),
          slip.path,
          `written twice: also on line ${at(slip.first).line}`,
          "keep one of them",
        );
      });
      return { t: "unreadable", problems };
    }
    const value: unknown = document.toJS({ maxAliasCount: maxAliases });
    return { t: "read", source: { file, folder, value, place: locate(document, at), ...lookups(document) } };
  } catch (error) {
    // The parser answers an alias bomb with ReferenceError, and what its stack cannot hold with RangeError.
    if (error instanceof ReferenceError) return tooManyAliases();
    if (error instanceof RangeError) return tooDeep();
    throw error;
  }
}

function sentence({ code, message }: Fault): string {
  if (code === "MULTIPLE_DOCS") return "a second document begins here";
  const first = message.split("\n", 1)[0] ?? message;
  return `not valid YAML: ${first.charAt(0).toLowerCase()}${first.slice(1)}`;
}

/** Where a fault is to be looked for: a quote that is not closed is found at the end of the file. */
function startOf({ message, pos: [offset] }: Fault, document: Document): number {
  if (!message.startsWith("Missing closing ")) return offset;
  let start = offset;
  visit(document, {
    Scalar(_key, { type, range }) {
      const isQuoted = type === "QUOTE_DOUBLE" || type === "QUOTE_SINGLE";
      if (isQuoted && range != null && range[0] < offset && range[1] >= offset) start = range[0];
    },
  });
  return start;
}

/** A key written twice (`first`: where before), or an alias without an anchor. */
interface Slip {
  readonly path: Path;
  readonly offset: number;
  readonly end?: number | undefined;
  readonly first: number | undefined;
}

/** Undefined: so many aliases that looking each of them up would take too long. */
function slipsOf(document: Document): Slip[] | undefined {
  const found: Slip[] = [];
  let aliases = 0;
  const look = (node: unknown, path: Path): void => {
    if (isAlias(node)) {
      aliases += 1;
      const isKnown = aliases > maxAliases || node.resolve(document) !== undefined;
      if (!isKnown) found.push({ path, offset: offsetOf(node) ?? 0, end: node.range?.[1], first: undefined });
    } else if (isSeq(node)) {
      node.items.forEach((item, index) => {
        look(item, [...path, index]);
      });
    } else if (isMap(node)) {
      const seen = new Map<string, number>();
      for (const pair of node.items) {
        const key = keyText(pair.key);
        const offset = offsetOf(pair.key) ?? 0;
        const first = seen.get(key);
        if (first === undefined) seen.set(key, offset);
        else found.push({ path: [...path, key], offset, first });
        look(pair.value, [...path, key]);
      }
    }
  };
  look(document.contents, []);
  return aliases > maxAliases ? undefined : found;
}

type Found = { readonly key: unknown; readonly value: unknown };

/** Looks a key up in a map; indexed once per map, so that a file full of problems is still reported quickly. */
function indexed(): (map: YAMLMap, key: string) => Found | undefined {
  const indexes = new WeakMap<YAMLMap, Map<string, Found>>();
  return (map, key) => {
    let index = indexes.get(map);
    if (index === undefined) {
      index = new Map(map.items.map((pair) => [keyText(pair.key), pair]));
      indexes.set(map, index);
    }
    return index.get(key);
  };
}

function locate(document: Document, at: (offset: number) => Place): Source["place"] {
  const find = indexed();
  return (path, which) => {
    let node: unknown = document.contents;
    let offset = offsetOf(node) ?? 0;
    for (const [index, step] of path.entries()) {
      const inside = resolved(node, document);
      if (isMap(inside)) {
        const pair = find(inside, String(step));
        if (pair === undefined) break;
        const wanted = which === "key" && index === path.length - 1 ? pair.key : (pair.value ?? pair.key);
        offset = offsetOf(wanted) ?? offsetOf(pair.key) ?? offset;
        node = pair.value;
      } else if (isSeq(inside) && typeof step === "number") {
        node = inside.items[step];
        offset = offsetOf(node) ?? offset;
      } else break;
    }
    return at(offset);
  };
}

function lookups(document: Document): Pick<Source, "keys" | "written"> {
  const find = indexed();
  const inside = (node: unknown, step: string | number): unknown => {
    if (isMap(node)) return find(node, String(step))?.value;
    return isSeq(node) && typeof step === "number" ? node.items[step] : undefined;
  };
  const nodeAt = (path: Path) =>
    path.reduce((node, step) => resolved(inside(node, step), document), resolved(document.contents, document));
  return {
    keys(path) {
      const node = nodeAt(path);
      return isMap(node) ? node.items.map((item) => keyText(item.key)) : [];
    },
    written(path) {
      const node = nodeAt(path);
      return isScalar(node) && ["number", "boolean"].includes(typeof node.value) ? node.source : undefined;
    },
  };
}

function resolved(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function offsetOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

/** As `toJS` names it: every key becomes text. */
function keyText(key: unknown): string {
  if (isScalar(key)) return key.value === null ? "" : String(key.value);
  return String(key);
}

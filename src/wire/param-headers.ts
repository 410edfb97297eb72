// The arguments of a tool that its calls repeat as HTTP headers (MCP 2026-07-28, `x-mcp-header`): which they are, what the headers of a
// call say, and whether those that came say the same as its body. Pure.
import { decodeHeaderValue, encodeHeaderValue } from "./header-value.ts";
import { members, type Range } from "./json.ts";
import { stringAt } from "./strings.ts";

/** In the schema of a property. */
export const paramHeaderKey = "x-mcp-header";
const paramHeaderPrefix = "Mcp-Param-";

interface ParamHeader {
  /** As the tool writes it: what stands behind `Mcp-Param-`. */
  readonly name: string;
  /** The same in lower case. */
  readonly key: string;
  /** Where the argument stands, for people. */
  readonly path: string;
  readonly isInteger: boolean;
}

/** By the name of a property: the header of its value, and those of what is in it. */
export type ParamHeaders = ReadonlyMap<string, ParamNode>;

interface ParamNode {
  readonly header: ParamHeader | undefined;
  readonly inner: ParamHeaders | undefined;
}

/** RFC 9110, 5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const types: ReadonlySet<unknown> = new Set(["string", "integer", "boolean"]);

/** What has schemas in it and is no way to a property that can have a header: one, a list of them, or by name. */
const others = [
  "additionalProperties",
  "allOf",
  "anyOf",
  "contains",
  "else",
  "if",
  "items",
  "not",
  "oneOf",
  "prefixItems",
  "propertyNames",
  "then",
  "unevaluatedItems",
  "unevaluatedProperties",
];
const othersByName = ["$defs", "definitions", "dependentSchemas", "patternProperties"];

/** Reads a tool's inputSchema, which is not nested without end. A text says why the tool is not valid; undefined: it has no such headers. */
export function readParamHeaders(inputSchema: unknown): ParamHeaders | string | undefined {
  const seen = new Set<string>();
  try {
    return innerOf(inputSchema, [], seen);
  } catch (error) {
    if (error instanceof InvalidHeader) return error.message;
    throw error;
  }
}

/** What keeps a tool from being offered to clients of the modern era. */
class InvalidHeader extends Error {
  constructor(path: readonly string[], problem: string) {
    super(`${paramHeaderKey} of ${path.length === 0 ? "the schema itself" : path.join(".")} ${problem}`);
  }
}

function innerOf(schema: unknown, path: readonly string[], seen: Set<string>): ParamHeaders | undefined {
  if (!isObject(schema)) return undefined;
  refuseElsewhere(schema, path);
  const nodes = new Map<string, ParamNode>();
  const properties = schema["properties"];
  for (const [name, property] of isObject(properties) ? Object.entries(properties) : []) {
    const at = [...path, name];
    const header = isObject(property) ? headerOf(property, at, seen) : undefined;
    const inner = innerOf(property, at, seen);
    if (header !== undefined || inner !== undefined) nodes.set(name, { header, inner });
  }
  if (path.length === 0 && Object.hasOwn(schema, paramHeaderKey))
    throw new InvalidHeader(path, "belongs to a property");
  return nodes.size === 0 ? undefined : nodes;
}

function headerOf(
  property: Record<string, unknown>,
  path: readonly string[],
  seen: Set<string>,
): ParamHeader | undefined {
  if (!Object.hasOwn(property, paramHeaderKey)) return undefined;
  const name = property[paramHeaderKey];
  if (typeof name !== "string" || !token.test(name)) throw new InvalidHeader(path, "is no name that a header can have");
  const { type } = property;
  if (!types.has(type)) throw new InvalidHeader(path, "needs a property of the type string, integer or boolean");
  const key = name.toLowerCase();
  if (seen.has(key)) throw new InvalidHeader(path, `is ${JSON.stringify(name)}, which another property has`);
  seen.add(key);
  return { name, key, path: path.join("."), isInteger: type === "integer" };
}

/** A header in what may be there or not, or more than once, has no one value. */
function refuseElsewhere(schema: Record<string, unknown>, path: readonly string[]): void {
  for (const keyword of others) {
    const value = schema[keyword];
    for (const part of Array.isArray(value) ? value : [value]) refuseIn(part, [...path, keyword]);
  }
  for (const keyword of othersByName) {
    const value = schema[keyword];
    for (const part of isObject(value) ? Object.values(value) : []) refuseIn(part, [...path, keyword]);
  }
}

function refuseIn(schema: unknown, path: readonly string[]): void {
  if (!isObject(schema)) return;
  if (Object.hasOwn(schema, paramHeaderKey)) throw new InvalidHeader(path, "is not on a way of properties only");
  const properties = schema["properties"];
  for (const [name, property] of isObject(properties) ? Object.entries(properties) : [])
    refuseIn(property, [...path, name]);
  refuseElsewhere(schema, path);
}

/** The headers of a call with the arguments that stand from `start` to `end`; -1: with none. In the order of the schema. */
export function paramHeaderLines(
  headers: ParamHeaders,
  bytes: Buffer,
  start: number,
  end: number,
): readonly (readonly [name: string, value: string])[] {
  const lines: [string, string][] = [];
  visit(headers, bytes, start, end, ({ name }, from, to) => {
    const text = textAt(bytes, from, to);
    if (text !== undefined) lines.push([paramHeaderPrefix + name, encodeHeaderValue(text)]);
  });
  return lines;
}

/** The headers that a call came with, by the name behind the prefix, in lower case. */
export type SentParamHeaders = Pick<ReadonlyMap<string, string>, "get">;

/** What is wrong with the headers of a call, of which the arguments stand as in `paramHeaderLines`; undefined: they repeat them. */
export function paramHeaderFault(
  headers: ParamHeaders,
  sent: SentParamHeaders,
  bytes: Buffer,
  start: number,
  end: number,
): string | undefined {
  let fault: string | undefined;
  visit(headers, bytes, start, end, (header, from, to) => {
    fault ??= faultOf(header, sent.get(header.key), bytes, from, to);
  });
  return fault;
}

function faultOf(
  { name, path, isInteger }: ParamHeader,
  value: string | undefined,
  bytes: Buffer,
  start: number,
  end: number,
): string | undefined {
  const header = paramHeaderPrefix + name;
  const text = textAt(bytes, start, end);
  if (value === undefined) {
    return text === undefined ? undefined : `the ${header} header is missing; it repeats the argument ${path}`;
  }
  const said = decodeHeaderValue(value);
  if (said === undefined) return `the ${header} header is neither plain text nor whole Base64`;
  if (text === undefined) return `there is a ${header} header, and no argument ${path} that it could repeat`;
  const isNumber = isInteger && bytes[start] !== quote && decimal.test(said);
  const isSame = said === text || (isNumber && Number(said) === Number(text));
  return isSame ? undefined : `the ${header} header says another thing than the argument ${path}`;
}

const quote = 0x22;
const decimal = /^-?\d{1,20}(?:\.\d{1,20})?$/;

/** Tells of each header where its argument stands; -1 where there is none. */
function visit(
  headers: ParamHeaders,
  bytes: Buffer,
  start: number,
  end: number,
  tell: (header: ParamHeader, start: number, end: number) => void,
): void {
  // Of a key that comes twice the last one counts, as with JSON.parse.
  const values = new Map<string, Range>();
  if (start >= 0) {
    members(bytes, start, end, (key, from, to) => {
      if (headers.has(key)) values.set(key, { start: from, end: to });
    });
  }
  for (const [key, { header, inner }] of headers) {
    const value = values.get(key) ?? nowhere;
    if (header !== undefined) tell(header, value.start, value.end);
    if (inner !== undefined) visit(inner, bytes, value.start, value.end, tell);
  }
}

const nowhere: Range = { start: -1, end: -1 };

/** What a header says of the value; undefined where it can say nothing of it, or there is none. */
function textAt(bytes: Buffer, start: number, end: number): string | undefined {
  switch (bytes[start]) {
    case quote:
      return stringAt(bytes, start, end);
    case 0x74: // true
      return "true";
    case 0x66: // false
      return "false";
    case undefined:
    case 0x5b: // [
    case 0x6e: // null
    case 0x7b: // {
      return undefined;
    default:
      return numberText(bytes.toString("latin1", start, end));
  }
}

/** An integer that others would read as another one is not told. */
function numberText(raw: string): string | undefined {
  const value = Number(raw);
  const isTold = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return isTold ? String(value) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

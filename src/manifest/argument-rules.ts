// What the manifest's schema cannot say of the schemas in `clients.*.arguments`: a rule that says nothing, or cannot be kept, is an error, as
// whoever wrote it relies on it.
import { nearest } from "./nearest.ts";
import type { Entry, Report } from "./parts.ts";
import type { Path } from "./problems.ts";
import { record, text } from "./values.ts";

const kinds: readonly string[] = ["object", "array", "string", "number", "integer", "boolean", "null"];
/** Where schemas stand within a schema: one, a list of them, a map of them. */
const single = ["additionalProperties", "items", "not", "if", "then", "else"];
const lists = ["prefixItems", "allOf", "anyOf", "oneOf"];
const maps = ["properties", "patternProperties"];
const ranges = ["Length", "Items"];

export function checkArguments(client: Entry, report: Report): void {
  const rules = record(record(client.value)?.["arguments"]) ?? {};
  for (const [tools, schema] of Object.entries(rules)) {
    checkSchema(schema, [...client.path, "arguments", tools], (path, message, hint, on = "value") => {
      report({ source: client.source, path, on }, "error", message, hint);
    });
  }
}

type Say = (path: Path, message: string, hint: string, on?: "key" | "value") => void;

/** As written: it may have the wrong shape, which others say. */
function checkSchema(schema: unknown, path: Path, say: Say): void {
  const parts = record(schema);
  if (parts === undefined) return;
  const type = text(parts["type"]);
  if (type !== undefined && !kinds.includes(type)) {
    const near = nearest(type, kinds);
    say(
      [...path, "type"],
      `${JSON.stringify(type)} is no type`,
      near ? `did you mean ${near}?` : `write one of ${kinds.join(", ")}`,
    );
  }
  checkPattern(parts["pattern"], [...path, "pattern"], say);
  for (const pattern of Object.keys(record(parts["patternProperties"]) ?? {})) {
    checkPattern(pattern, [...path, "patternProperties", pattern], say, "key");
  }
  for (const key of ["then", "else"]) {
    if (Object.hasOwn(parts, key) && !Object.hasOwn(parts, "if")) {
      say([...path, key], `${key} says nothing without if`, "add if:, or write the rule itself", "key");
    }
  }
  for (const range of ranges) {
    const [min, max] = [parts[`min${range}`], parts[`max${range}`]];
    if (typeof min === "number" && typeof max === "number" && min > max) {
      say([...path, `max${range}`], `max${range} is less than min${range}: nothing fits`, `write ${min} or more`);
    }
  }
  for (const key of single) checkSchema(parts[key], [...path, key], say);
  for (const key of lists) {
    const list = parts[key];
    if (!Array.isArray(list)) continue;
    for (const [at, one] of list.entries()) checkSchema(one, [...path, key, at], say);
  }
  for (const key of maps) {
    for (const [name, one] of Object.entries(record(parts[key]) ?? {})) checkSchema(one, [...path, key, name], say);
  }
}

function checkPattern(pattern: unknown, path: Path, say: Say, on: "key" | "value" = "value"): void {
  if (typeof pattern !== "string") return;
  try {
    new RegExp(pattern, "u");
  } catch (error) {
    const [, why = "it cannot be read"] = /: ([^:]*)$/.exec((error as Error).message) ?? [];
    say(path, `not a regular expression: ${why.toLowerCase()}`, "write one of JavaScript's, with the flag u", on);
  }
}

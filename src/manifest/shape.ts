// The shape of one manifest against the schema: the generated validator's findings in words, with what to write instead.
import { isCredentialName } from "../base/credential-name.ts";
import { nearest } from "./nearest.ts";
import { otherPlace, synonym } from "./other-words.ts";
import { formatPath, type Path } from "./problems.ts";
import { follow, plannedIn, type SchemaNode, schemaAt } from "./schema.ts";
import type { Source } from "./source.ts";
import { validate } from "./validator.ts";

export interface Finding {
  readonly path: Path;
  /** What to point at. */
  readonly at: "key" | "value";
  readonly message: string;
  readonly hint: string;
}

/** The part of ajv's error object that is used. */
interface Fault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly propertyName?: string;
}

interface Validator {
  (value: unknown): boolean;
  errors?: readonly Fault[] | null;
}

/** Everything about `value` that the schema refuses, and everything it allows but this version does not enforce. */
export function checkShape({ value, written }: Pick<Source, "value" | "written">): Finding[] {
  const planned = plannedIn(value);
  const findings: Finding[] = planned.map(({ path, by, instead }) => {
    return {
      path,
      at: "key",
      message: `not supported by this version yet: it comes with ${by}`,
      hint: `instead: ${instead}`,
    };
  });
  const check = validate as unknown as Validator;
  if (check(value)) return findings;
  const isPlanned = (path: Path) => planned.some((part) => part.path.every((step, index) => step === path[index]));
  for (const fault of check.errors ?? []) {
    const path = pathOf(fault.instancePath, value);
    const finding = explain(fault, path, valueAt(value, path), written);
    if (finding !== undefined && !isPlanned(finding.path)) findings.push(finding);
  }
  return findings;
}

function explain(fault: Fault, path: Path, value: unknown, written: Source["written"]): Finding | undefined {
  const node = schemaAt(path) ?? {};
  switch (fault.keyword) {
    case "additionalProperties":
      return unknownKey(path, String(fault.params["additionalProperty"]), node);
    case "anyOf":
      return noneOf(path, node);
    case "required":
      // Of one of several that would do: said once, of all of them.
      if (node.required?.includes(String(fault.params["missingProperty"])) !== true) return undefined;
      return missingKey(path, String(fault.params["missingProperty"]), node);
    case "type":
      return wrongType(path, value, node, written(path) ?? show(value));
    case "enum":
    case "const":
      return wrongChoice(path, value, node);
    case "minimum":
    case "maximum":
      return { path, at: "value", message: `${show(value)} is out of range`, hint: `write ${rangeOf(node)}` };
    case "pattern":
      return wrongText(fault, path, value, node);
    case "minItems":
      return { path, at: "value", message: "the list is empty", hint: "write at least one item" };
    case "minProperties":
      return { path, at: "key", message: "the map is empty", hint: `write one of ${keysOf(node)}, or remove it` };
    case "maxProperties":
      return { path, at: "key", message: "more than one is written", hint: `keep one of ${keysOf(node)}` };
    case "propertyNames":
      // Each bad name already has a finding of its own.
      return undefined;
    default:
      return { path, at: "value", message: `breaks the rule "${fault.keyword}"`, hint: node.description ?? "" };
  }
}

function unknownKey(path: Path, key: string, node: SchemaNode): Finding {
  const known = Object.keys(node.properties ?? {});
  const found = { path: [...path, key], at: "key" as const, message: "unknown key" };
  if (key === "<<")
    return { ...found, hint: "merge keys are not supported: write the keys out, or use an alias for the whole map" };
  const elsewhere = otherPlace(path, key);
  if (elsewhere !== undefined) return { ...found, hint: elsewhere };
  const near = nearest(key, known) ?? synonym(key, known);
  if (near !== undefined) return { ...found, hint: `did you mean ${near}?` };
  const inner = known.find((name) => Object.hasOwn(follow(node.properties?.[name] ?? {}).properties ?? {}, key));
  if (inner !== undefined) return { ...found, hint: `it belongs inside ${inner}: write ${inner}: { ${key}: … }` };
  const above = path.length > 0 ? schemaAt(path.slice(0, -1)) : undefined;
  if (above?.properties !== undefined && Object.hasOwn(above.properties, key)) {
    return { ...found, hint: `it belongs one level up, beside ${String(path.at(-1))}` };
  }
  return {
    ...found,
    hint:
      known.length === 0 ? "remove it" : `known here: ${known.filter((name) => !isPlannedKey(node, name)).join(", ")}`,
  };
}

function isPlannedKey(node: SchemaNode, key: string): boolean {
  return node.properties?.[key]?.["x-planned"] !== undefined;
}

function missingKey(path: Path, key: string, node: SchemaNode): Finding {
  const inside = follow(node.properties?.[key] ?? {});
  const what = inside.patternErrorMessage ?? inside.description ?? "";
  return { path, at: "key", message: `${key} is missing`, hint: what === "" ? `add ${key}` : `add ${key}: ${what}` };
}

function noneOf(path: Path, node: SchemaNode): Finding {
  const keys = (node.anyOf ?? []).flatMap(({ required }) => required);
  const [first = ""] = keys;
  const what = node.properties?.[first]?.patternErrorMessage ?? "";
  const message = keys.length === 1 ? `${first} is missing` : `none of ${keys.join(", ")} is there`;
  return { path, at: "key", message, hint: what === "" ? `add ${first}` : `add ${first}: ${what}` };
}

/** `written`: a number as it stands in the file: 3.10 is read as 3.1. */
function wrongType(path: Path, value: unknown, node: SchemaNode, written: string): Finding {
  const types = [node.type ?? []].flat();
  const wanted = types.map((type) => typeNames[type] ?? type).join(" or ");
  if (isSensitive(path, value)) {
    return {
      path,
      at: "value",
      message: `must be ${wanted}`,
      hint: node.patternErrorMessage ?? exampleHint(path, node) ?? typeHint(path, value, types, node, "…"),
    };
  }
  const message = `must be ${wanted}, not ${kindOf(value, written)}`;
  return { path, at: "value", message, hint: typeHint(path, value, types, node, written) };
}

/** Where a hash or a secret's name belongs, people write the secret itself: such values are not repeated. */
const secretPlaces = ["token_sha256", "tokens", "secrets", "client_secret", "private_key", "bearer"];

function isSensitive(path: Path, value: unknown): boolean {
  if (path.some((step) => secretPlaces.includes(String(step))) || isCredentialName(String(path.at(-1)))) return true;
  const isClient = path.length === 2 && path[0] === "clients";
  return (
    typeof value === "string" &&
    (isClient || path.at(-1) === "auth" || path.includes("headers") || path.includes("env"))
  );
}

const typeNames: Readonly<Record<string, string>> = {
  string: "text",
  object: "a map",
  array: "a list",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
};

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function typeHint(path: Path, value: unknown, types: readonly string[], node: SchemaNode, written: string): string {
  const key = path.at(-1);
  const lead = typeof key === "string" ? `${key}: ` : "";
  if (value === null) return `write a value after ${formatPath(path.slice(-1))}, or remove it`;
  if (types.includes("string") && (typeof value === "number" || typeof value === "boolean")) {
    return `put it in quotes: ${lead}"${written}"`;
  }
  if (types.includes("array") && typeof value === "string") {
    const items = key === "args" ? value.trim().split(/\s+/) : [value];
    return `write a list: ${lead}${JSON.stringify(items)}`;
  }
  if (types.includes("boolean") && typeof value === "string" && /^(yes|on|no|off|true|false)$/i.test(value)) {
    return `write ${/^(yes|on|true)$/i.test(value)}`;
  }
  if (types.some((type) => type === "integer" || type === "number")) {
    const plain = typeof value === "string" ? Number(value) : Number.NaN;
    if (value !== "" && Number.isFinite(plain)) return `write it without quotes: ${lead}${plain}`;
    const [, time = "", unit = ""] = /^(\d+(?:\.\d+)?) ?(ms|s|m|h)$/.exec(String(value)) ?? [];
    if (unit !== "" && lead.endsWith("_ms: ")) {
      return `write it in milliseconds: ${lead}${Math.round(Number(time) * (unitMs[unit] ?? 1))}`;
    }
    return `write ${rangeOf(node)}`;
  }
  return exampleHint(path, node) ?? (types.includes("object") ? "write key: value lines below it, indented" : "");
}

function exampleHint(path: Path, node: SchemaNode): string | undefined {
  const example = node.examples?.[0] ?? node.default;
  const key = path.at(-1);
  const lead = typeof key === "string" ? `${key}: ` : "";
  return example === undefined ? undefined : `for example ${lead}${JSON.stringify(example)}`;
}

function wrongChoice(path: Path, value: unknown, node: SchemaNode): Finding {
  const choices = (node.enum ?? [node.const]).map(String);
  const near = typeof value === "string" ? nearest(value, choices) : undefined;
  const list = choices.length === 1 ? `write ${choices[0]}` : `write one of ${choices.join(", ")}`;
  const hint = near === undefined ? list : `did you mean ${near}?`;
  return { path, at: "value", message: `${show(value)} is not a known value`, hint };
}

function wrongText(fault: Fault, path: Path, value: unknown, node: SchemaNode): Finding {
  if (fault.propertyName !== undefined) {
    const names = follow(node.propertyNames ?? {});
    const message = `${show(fault.propertyName)} is not a legal name`;
    return { path: [...path, fault.propertyName], at: "key", message, hint: names.patternErrorMessage ?? "" };
  }
  const shown = isSensitive(path, value) ? "the value" : show(value);
  return { path, at: "value", message: `${shown} is not allowed here`, hint: node.patternErrorMessage ?? "" };
}

function rangeOf(node: SchemaNode): string {
  const kind = node.type === "integer" ? "a whole number" : "a number";
  if (node.minimum === undefined) return kind;
  return node.maximum === undefined
    ? `${kind} from ${node.minimum}`
    : `${kind} from ${node.minimum} to ${node.maximum}`;
}

function keysOf(node: SchemaNode): string {
  return Object.keys(node.properties ?? {}).join(", ");
}

function kindOf(value: unknown, written: string): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a map" : written;
}

function show(value: unknown): string {
  if (value === null) return "an empty value";
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "a map";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** A JSON pointer as a path; array positions become numbers by what the value is. */
function pathOf(pointer: string, root: unknown): Path {
  const path: (string | number)[] = [];
  let value = root;
  for (const part of pointer.split("/").slice(1)) {
    const step = part.replaceAll("~1", "/").replaceAll("~0", "~");
    path.push(Array.isArray(value) ? Number(step) : step);
    value = (value as Record<string, unknown> | undefined)?.[step];
  }
  return path;
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string | number, unknown> | undefined)?.[step], root);
}

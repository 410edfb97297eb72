// The manifest's JSON Schema as data: what it says about a value, and which of it this version does not enforce yet.
import { readFileSync } from "node:fs";
import type { Path } from "./problems.ts";

/** The parts of JSON Schema that the manifest's own schema uses. */
export interface SchemaNode {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly propertyNames?: SchemaNode;
  readonly items?: SchemaNode;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly required?: readonly string[];
  /** Keys of which one must be there at least. */
  readonly anyOf?: readonly { readonly required: readonly string[] }[];
  readonly pattern?: string;
  readonly patternErrorMessage?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
  /** What brings this key, in words: this version does not enforce it. */
  readonly "x-planned"?: string;
  /** What to write until then. */
  readonly "x-instead"?: string;
}

export interface Planned {
  readonly path: Path;
  readonly by: string;
  readonly instead: string;
}

const file = new URL("../../schemas/manifest.schema.json", import.meta.url);

export const manifestSchema: SchemaNode = JSON.parse(readFileSync(file, "utf8"));

/** The node itself, with a `$ref` followed; keys beside the `$ref` win. */
export function follow(node: SchemaNode): SchemaNode {
  if (node.$ref === undefined) return node;
  const target = manifestSchema.$defs?.[node.$ref.replace("#/$defs/", "")];
  return target === undefined ? node : { ...target, ...node };
}

/** What the schema says about the value at `path`; undefined where it knows no such key. */
export function schemaAt(path: Path): SchemaNode | undefined {
  let node: SchemaNode | undefined = manifestSchema;
  for (const step of path) {
    if (node === undefined) return undefined;
    node = child(node, step);
  }
  return node;
}

/** Every part of `value` that the schema marks as planned. */
export function plannedIn(value: unknown): Planned[] {
  const found: Planned[] = [];
  const visit = (part: unknown, node: SchemaNode, path: Path): void => {
    const by = node["x-planned"];
    if (by !== undefined) {
      found.push({ path, by, instead: node["x-instead"] ?? "remove it" });
      return;
    }
    if (typeof part !== "object" || part === null) return;
    const entries: [string | number, unknown][] = Array.isArray(part) ? [...part.entries()] : Object.entries(part);
    for (const [step, inside] of entries) {
      const next = child(node, step);
      if (next !== undefined) visit(inside, next, [...path, step]);
    }
  };
  visit(value, manifestSchema, []);
  return found;
}

function child(node: SchemaNode, step: string | number): SchemaNode | undefined {
  if (typeof step === "number") return node.items && follow(node.items);
  if (node.properties !== undefined && Object.hasOwn(node.properties, step)) {
    const property = node.properties[step];
    return property && follow(property);
  }
  return typeof node.additionalProperties === "object" ? follow(node.additionalProperties) : undefined;
}

// Writes what follows from other files: the types, the validator and the reference page from schemas/manifest.schema.json, the
// WebAssembly from its source. With --check it writes nothing and fails when a file differs from what it would write.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { compile } from "json-schema-to-typescript";
import { manifestSchema, type SchemaNode } from "../src/manifest/schema.ts";
import { renderWasm } from "./compile-wasm.ts";
import { renderReference } from "./manifest-reference.ts";

const banner = "// Generated from schemas/manifest.schema.json by `npm run types`. Do not edit.";

const outputs: Record<string, () => Promise<string> | string> = {
  "src/manifest/model.ts": renderModel,
  "src/manifest/validator.ts": renderValidator,
  "docs/manifest.md": () => renderReference(manifestSchema),
  "src/wire/json-value-wasm.ts": () => renderWasm("wasm/json-value.ts", "jsonValueWasm"),
  "src/wire/small-message-wasm.ts": () => renderWasm("wasm/small-message.ts", "smallMessageWasm"),
};

async function renderModel(): Promise<string> {
  // A name for each kind of text would hide that they are all strings.
  const schema = withoutScalarNames(manifestSchema);
  const types = await compile(schema as Parameters<typeof compile>[0], "Manifest", {
    bannerComment: `${banner}\n// The manifest as written: every key optional that may be left out. Defaults are below the types.`,
    additionalProperties: false,
    unknownAny: true,
  });
  const defaults = Object.fromEntries(
    ["hub", "issuer", "client", "client_socket", "jwt", "core", "tool", "oauth"].map((name) => [
      name,
      defaultsOf(manifestSchema.$defs?.[name] ?? {}),
    ]),
  );
  return `${types}\n/** What a key that is left out means. */\nexport const defaults = ${JSON.stringify(defaults, null, 2)} as const;\n`;
}

function defaultsOf(node: SchemaNode): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [key, property] of Object.entries(node.properties ?? {})) {
    if (property["x-planned"] !== undefined) continue;
    if (property.properties !== undefined) found[key] = defaultsOf(property);
    else if (property.default !== undefined) found[key] = property.default;
  }
  return found;
}

function withoutScalarNames(schema: SchemaNode): unknown {
  const scalar = (name: string) => schema.$defs?.[name]?.type === "string";
  return JSON.parse(JSON.stringify(schema), (key, value) => {
    if (key === "$defs") return Object.fromEntries(Object.entries(value).filter(([name]) => !scalar(name)));
    // "One of these keys at least" would make a union of every object that has one.
    if (key === "anyOf") return undefined;
    const name = typeof value?.$ref === "string" ? value.$ref.replace("#/$defs/", "") : "";
    if (!scalar(name)) return value;
    return { type: "string", ...(value.description === undefined ? {} : { description: value.description }) };
  });
}

/** Compiled here rather than at start: compiling takes longer than everything else that `check` does. */
function renderValidator(): string {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    // An `anyOf` of required keys does not repeat what they are.
    strictRequired: false,
    messages: false,
    code: { source: true, esm: true, lines: true },
  });
  const schema = bare(manifestSchema);
  ajv.compile(schema);
  const code = standalone.default(ajv, { validate: manifestSchemaId(schema) });
  return [
    banner,
    "// biome-ignore-all lint: generated",
    "// biome-ignore-all format: generated",
    "// biome-ignore-all assist: generated",
    "// @ts-nocheck",
    shorter(code.replace('"use strict";\n', "")),
    "",
  ].join("\n");
}

/** The same in two thirds of the text, which every start reads: nobody asks where in the schema a rule stands, and noting an error is a function. */
function shorter(code: string): string {
  const noting =
    /const (err\d+) = (\{.*\});\nif\(vErrors === null\)\{\nvErrors = \[\1\];\n\}\nelse \{\nvErrors\.push\(\1\);\n\}\n/g;
  const short = code
    .replaceAll(/,schemaPath:"[^"\\]*"/g, "")
    .replaceAll(noting, (_all, _name, error: string) => `vErrors = noted(vErrors, ${error});\n`);
  return `${short}\nfunction noted(errors, error){\nif(errors === null)return [error];\nerrors.push(error);\nreturn errors;\n}\n`;
}

/** Only what decides validity; the rest would be carried along in the code. */
function bare(schema: SchemaNode): Record<string, unknown> {
  const notes = ["title", "description", "default", "examples", "patternErrorMessage", "x-planned", "x-instead"];
  const strip = (node: unknown, isMap: boolean): unknown => {
    if (Array.isArray(node)) return node.map((item) => strip(item, false));
    if (typeof node !== "object" || node === null) return node;
    const entries = Object.entries(node).filter(([key]) => isMap || !notes.includes(key));
    return Object.fromEntries(
      entries.map(([key, value]) => [key, strip(value, !isMap && (key === "properties" || key === "$defs"))]),
    );
  };
  return strip(schema, false) as Record<string, unknown>;
}

function manifestSchemaId(schema: Record<string, unknown>): string {
  return String(schema["$id"]);
}

const check = process.argv.includes("--check");
const root = new URL("../", import.meta.url);
let stale = 0;
for (const [name, render] of Object.entries(outputs)) {
  const path = fileURLToPath(new URL(name, root));
  const wanted = await render();
  const present = await readFile(path, "utf8").catch(() => "");
  if (present === wanted) continue;
  if (check) {
    stale += 1;
    console.error(`${name} does not follow its source: run npm run types`);
  } else {
    await writeFile(path, wanted);
    console.log(`wrote ${name}`);
  }
}
if (stale > 0) process.exitCode = 1;

// The JSON Schemas of all revisions and the example messages of the newest, as they are published with the specification. They are not part of this
// project: where nobody has put them beside it, what needs them is skipped.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type Options } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { root } from "./hub-process.ts";

/** Beside a clone, or beside the folder of its worktrees. */
const folder =
  ["..", "../.."].map((up) => join(root, up, "shared/mcp-schema")).find((place) => existsSync(place)) ?? "";

export const missingSchemas: string | false =
  folder === "" ? "the specification's schemas are not beside the project" : false;

const options: Options = {
  strict: false,
  allErrors: true,
  formats: { uri: (text: string) => URL.canParse(text), "uri-template": true, byte: /^[A-Za-z0-9+/]*={0,2}$/ },
};

/** The types of one revision. */
export class OfficialSchema {
  readonly #ajv: Ajv | Ajv2020;
  readonly #place: string;
  readonly #types: ReadonlySet<string>;

  constructor(revision: string) {
    const schema = JSON.parse(readFileSync(join(folder, revision, "schema.json"), "utf8"));
    const key = "$defs" in schema ? "$defs" : "definitions";
    this.#types = new Set(Object.keys(schema[key]));
    this.#place = `mcp#/${key}/`;
    this.#ajv = key === "$defs" ? new Ajv2020(options) : new Ajv(options);
    this.#ajv.addSchema(schema, "mcp");
  }

  has(type: string): boolean {
    return this.#types.has(type);
  }

  /** What is wrong with it; nothing: "". */
  problemWith(type: string, value: unknown): string {
    if (!this.has(type)) return `this revision has no ${type}`;
    const validate = this.#ajv.getSchema(this.#place + type);
    if (validate === undefined) throw new Error(`no schema of ${type}`);
    return validate(value) === true ? "" : `not a ${type}: ${this.#ajv.errorsText(validate.errors)}`;
  }
}

export interface Example {
  readonly type: string;
  readonly name: string;
  readonly text: string;
}

/** Of the newest revision. */
export function officialExamples(): Example[] {
  if (folder === "") return [];
  const place = join(folder, "2026-07-28/examples");
  return readdirSync(place).flatMap((type) =>
    readdirSync(join(place, type)).map((file) => ({
      type,
      name: `${type}/${file.replace(/\.json$/, "")}`,
      text: readFileSync(join(place, type, file), "utf8"),
    })),
  );
}

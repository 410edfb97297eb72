// What the arguments of a call must be, for callers that have such rules. The validator is loaded, and the rules are compiled, when a manifest
// with some comes into force; what was not compiled lets nothing pass.
import type { ArgumentRule } from "../base/argument-rule.ts";
import { globMatches } from "./glob.ts";

/** What is called, as rules name it. */
export interface Called {
  readonly canonical: string;
  /** Of its Core. */
  readonly tags: readonly string[];
}

/** Which part of which rule is not kept, and where. Holds nothing of what the rule or the arguments say. */
export interface ArgumentFault {
  readonly rule: ArgumentRule;
  /** JSON pointers: into the schema, and into the arguments. */
  readonly schemaAt: string;
  readonly at: string;
  readonly keyword: string;
}

/** The part of ajv that is used. */
interface Check {
  (value: unknown): boolean;
  errors?:
    | readonly {
        readonly keyword: string;
        readonly instancePath: string;
        readonly schemaPath: string;
        readonly params: Readonly<Record<string, unknown>>;
      }[]
    | null;
}

const maxShownChars = 200;

export class ArgumentChecks {
  readonly #checks = new WeakMap<ArgumentRule, Check>();

  /** Resolves when all of these can be asked about. */
  async prepare(rules: readonly ArgumentRule[]): Promise<void> {
    const missing = rules.filter((rule) => !this.#checks.has(rule));
    if (missing.length === 0) return;
    const { default: ajv } = await import("ajv/dist/2020.js");
    for (const rule of missing) {
      // The manifest has only what can be compiled. Nothing of one rule is kept for another.
      const compiler = new ajv.Ajv2020({
        ...{ strict: false, meta: false, validateSchema: false, addUsedSchema: false, messages: false },
        // What an object has from its prototype is none of its members.
        ownProperties: true,
      });
      this.#checks.set(rule, compiler.compile(rule.schema) as Check);
    }
  }

  /** The first rule of these that applies and is not kept; undefined: none. `value`: the arguments, parsed. */
  fault(rules: readonly ArgumentRule[], called: Called, value: unknown): ArgumentFault | undefined {
    for (const rule of rules) {
      if (!applies(rule, called)) continue;
      const check = this.#checks.get(rule);
      if (check === undefined) return { rule, schemaAt: "", at: "", keyword: "not ready" };
      if (check(value)) continue;
      const [first] = check.errors ?? [];
      check.errors = null;
      return {
        rule,
        schemaAt: (first?.schemaPath ?? "").replace(/^#/, "").slice(0, maxShownChars),
        at: placeOf(first).slice(0, maxShownChars),
        keyword: first?.keyword ?? "false schema",
      };
    }
    return undefined;
  }
}

/** Whether any of the rules is about this tool. */
export function appliesAny(rules: readonly ArgumentRule[], called: Called): boolean {
  return rules.some((rule) => applies(rule, called));
}

function applies({ tools }: ArgumentRule, { canonical, tags }: Called): boolean {
  return tools.startsWith("#") ? tags.includes(tools.slice(1)) : globMatches(tools, canonical);
}

/** What is wrong, not what it is wrong in: the member that is missing, or too many. */
function placeOf(error: NonNullable<Check["errors"]>[number] | undefined): string {
  const member = error?.params["missingProperty"] ?? error?.params["additionalProperty"];
  const step = typeof member === "string" ? `/${member.replaceAll("~", "~0").replaceAll("/", "~1")}` : "";
  return `${error?.instancePath ?? ""}${step}`;
}

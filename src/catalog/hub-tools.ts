// The hub's own tools, by which a client reaches more tools than it is shown: what they are called in one view, and how they are listed.
import type { ClientProfile } from "../base/client-profile.ts";
import { cutMembers, membersOf } from "../wire/cut-members.ts";
import type { Listed, NamesConfig, ToolRoute } from "./model.ts";
import { canonicalName, Naming, otherSpellings } from "./names.ts";

export type HubTool = "search_tools" | "describe_tool" | "call_tool";

/** The namespace that no Core may have. */
const core = { namespace: "hub", prefix: true };
const all: readonly HubTool[] = ["search_tools", "describe_tool", "call_tool"];

/** More names than these say less, and change more often. */
const maxNamespaces = 30;

export const maxFound = 50;
export const defaultFound = 10;
export const maxQueryChars = 500;

interface OwnEntry extends Listed {
  readonly name: string;
}

export interface HubToolsConfig {
  readonly profile: NamesConfig & Partial<Pick<ClientProfile, "downgrade">>;
  /** Of all profiles: how else they may be called. */
  readonly namings: readonly Naming[];
  /** Of the Cores whose tools the caller may use. */
  readonly namespaces: readonly string[];
  /** All of these, for what calling any of them may do. */
  readonly tools: Iterable<ToolRoute>;
  /** What tools of Cores are listed as: a call by such a name is theirs. */
  readonly taken: ReadonlySet<string>;
  /** Whether a call of some of them may go on as a task. */
  readonly runsTasks: boolean;
}

export class HubTools {
  readonly #names: ReadonlyMap<HubTool, string>;
  readonly #bySpelling = new Map<string, HubTool>();
  /** As they are listed; the same bytes as long as the same Cores have tools in the view. */
  readonly entries: readonly OwnEntry[];
  /** Whether the client may be answered with structured content. */
  readonly isStructured: boolean;

  constructor({ profile, namings, namespaces, tools, taken, runsTasks }: HubToolsConfig) {
    const naming = new Naming(profile);
    this.#names = new Map(all.map((tool) => [tool, naming.exposed(core, tool).name]));
    for (const tool of all) {
      for (const spelling of otherSpellings(namings, core, tool)) {
        // The bare name may be a Core's tool as well, and is that then.
        if (spelling !== tool && !taken.has(spelling)) this.#bySpelling.set(spelling, tool);
      }
      this.#bySpelling.set(canonicalName(core.namespace, tool), tool);
      this.#bySpelling.set(this.nameOf(tool), tool);
    }
    this.isStructured = profile.downgrade?.kinds.includes("structured_content") !== true;
    this.entries = this.#define(namespaces, hintsOf(tools), runsTasks).map(({ outputSchema, ...rest }) => {
      const tool = this.isStructured ? { ...rest, outputSchema } : rest;
      const bytes = Buffer.from(JSON.stringify(tool));
      const modernEdits = cutMembers(bytes, 0, membersOf(bytes, 0, bytes.length) ?? [], new Set(["execution"]));
      return { name: tool.name, bytes, edits: [], modernEdits, sortKey: "" };
    });
  }

  /** Which of them is meant, if any. */
  find(spelling: string): HubTool | undefined {
    return this.#bySpelling.get(spelling);
  }

  /** The exposed and the canonical names, which no tool of a Core may have. */
  get names(): readonly string[] {
    return all.flatMap((tool) => [this.nameOf(tool), canonicalName(core.namespace, tool)]);
  }

  nameOf(tool: HubTool): string {
    return this.#names.get(tool) ?? tool;
  }

  #define(namespaces: readonly string[], hints: Hints, runsTasks: boolean): readonly Definition[] {
    const search = this.nameOf("search_tools");
    const describe = this.nameOf("describe_tool");
    const call = this.nameOf("call_tool");
    const name = { type: "string", description: `the tool's name as ${search} answers it` };
    return [
      {
        name: search,
        title: "Search tools",
        description:
          `Find tools by what they do. More tools are here than you are shown${among(namespaces)}. ` +
          `Answers the best matches: name, one line of description, arguments that are required. ` +
          `Then see ${describe} for all arguments of one, and use it with ${call}.`,
        inputSchema: {
          type: "object",
          properties: {
            query: {
              type: "string",
              maxLength: maxQueryChars,
              description:
                'what the tool should do, in a few words: "create an issue"; "" for all tools of a core or a tag',
            },
            core: { type: "string", description: "only tools of this core" },
            tag: { type: "string", description: "only tools of cores with this tag" },
            limit: { type: "integer", minimum: 1, maximum: maxFound, default: defaultFound },
          },
          required: ["query"],
          additionalProperties: false,
        },
        outputSchema: {
          type: "object",
          properties: {
            total: { type: "integer", description: "how many match" },
            tools: {
              type: "array",
              items: {
                type: "object",
                properties: {
                  name: { type: "string" },
                  description: { type: "string" },
                  core: { type: "string" },
                  required: { type: "array", items: { type: "string" } },
                },
                required: ["name", "description", "core", "required"],
              },
            },
          },
          required: ["total", "tools"],
        },
        annotations: { readOnlyHint: true, openWorldHint: false },
      },
      {
        name: describe,
        title: "Describe a tool",
        description: `The whole definition of one tool that ${search} found: what it does, and all its arguments.`,
        inputSchema: { type: "object", properties: { name }, required: ["name"], additionalProperties: false },
        outputSchema: {
          type: "object",
          properties: { tool: { type: "object", description: "as in tools/list" } },
          required: ["tool"],
        },
        annotations: { readOnlyHint: true, openWorldHint: false },
      },
      {
        name: call,
        title: "Call a tool",
        description: `Call one tool that ${search} found, with the arguments that ${describe} says it takes. The answer is the tool's own.`,
        inputSchema: {
          type: "object",
          properties: { name, arguments: { type: "object", description: "the tool's own arguments; {} for none" } },
          required: ["name", "arguments"],
          additionalProperties: false,
        },
        // What it may do is what the tools that it reaches may do.
        annotations: { ...hints, openWorldHint: true },
        ...(runsTasks ? { execution: { taskSupport: "optional" } } : {}),
      },
    ];
  }
}

interface Definition {
  readonly name: string;
  readonly [member: string]: unknown;
}

interface Hints {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
}

/** By MCP's defaults: a tool that says nothing of itself may write, and what it writes may destroy. */
function hintsOf(tools: Iterable<ToolRoute>): Hints {
  let readOnlyHint = true;
  let destructiveHint = false;
  for (const tool of tools) {
    if (tool.readOnlyHint === true && tool.destructiveHint !== true) continue;
    readOnlyHint = false;
    if (tool.destructiveHint !== false) destructiveHint = true;
  }
  return { readOnlyHint, destructiveHint };
}

function among(namespaces: readonly string[]): string {
  if (namespaces.length === 0) return "";
  const more = namespaces.length - maxNamespaces;
  const named = namespaces.slice(0, maxNamespaces).join(", ");
  return ` (of ${named}${more > 0 ? ` and ${more} more` : ""})`;
}

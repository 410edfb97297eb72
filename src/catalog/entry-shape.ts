// List entries that are not as MCP says: a client that checks what it reads refuses the whole list for one of them, with all that other Cores have in it.
// What is null counts as absent, as its Core means it; an optional member of another type than it may have is cut; what may not be left out is put in where
// it says nothing. All else stays as it is, unknown members too.
import { cutMembers, type Member, membersOf } from "../wire/cut-members.ts";
import { byPlace, byteText, frameOf, joined, noSplices, type Splice } from "../wire/frame.ts";
import { elements, members, type Range } from "../wire/json.ts";
import type { Era } from "../wire/revisions.ts";
import { stringAt } from "../wire/scan.ts";

export type EntryKind = "tool" | "prompt" | "resource" | "resource template";

interface Members {
  readonly t: "members";
  readonly has: ReadonlyMap<string, Shape>;
  /** Without these it is of no use. */
  readonly needs?: readonly string[];
  /** The member that is put in where it is missing; `own`: what the entry is known by, as JSON. */
  readonly fill?: { readonly key: string; json(own: string): string };
}

type Shape =
  | { readonly t: "text"; readonly like?: RegExp }
  | { readonly t: "number"; readonly from: number; readonly to: number }
  | { readonly t: "boolean" | "objectType" | "schemas" }
  /** `isLoose`: what does not fit is left out of it. */
  | { readonly t: "list"; readonly of: Shape; readonly isLoose: boolean }
  | Members;

const text: Shape = { t: "text" };
const boolean: Shape = { t: "boolean" };
const list = (of: Shape, isLoose = false): Shape => ({ t: "list", of, isLoose });
const shaped = (has: Readonly<Record<string, Shape>>, more: Pick<Members, "needs" | "fill"> = {}): Members => {
  return { t: "members", has: new Map(Object.entries(has)), ...more };
};

const object = shaped({});
const anySchema = { properties: { t: "schemas" }, required: list(text, true) } as const;
const schema = shaped({ type: { t: "objectType" }, ...anySchema }, { fill: { key: "type", json: () => '"object"' } });
const icon = shaped(
  { src: text, mimeType: text, sizes: list(text), theme: { t: "text", like: /^(?:light|dark)$/ } },
  { needs: ["src"] },
);
const usual = { title: text, description: text, icons: list(icon, true), _meta: object };
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;
const annotations = shaped({
  audience: list({ t: "text", like: /^(?:user|assistant)$/ }),
  priority: { t: "number", from: 0, to: 1 },
  lastModified: { t: "text", like: dateTime },
});
const resource = { ...usual, name: text, mimeType: text, annotations };
const named = { fill: { key: "name", json: (own: string) => own } };
const hints = { readOnlyHint: boolean, destructiveHint: boolean, idempotentHint: boolean, openWorldHint: boolean };
const tool = {
  ...usual,
  inputSchema: schema,
  annotations: shaped({ title: text, ...hints }),
  execution: shaped({ taskSupport: { t: "text", like: /^(?:required|optional|forbidden)$/ } }),
};
const filled = { fill: { key: "inputSchema", json: () => '{"type":"object"}' } };
const argument = shaped({ name: text, title: text, description: text, required: boolean }, { needs: ["name"] });

const shapes: Readonly<Record<EntryKind, Readonly<Record<Era, Members>>>> = {
  tool: {
    legacy: shaped({ ...tool, outputSchema: schema }, filled),
    // Of its own revision any schema may say what comes out; for older clients it is put into another (output-schema.ts).
    modern: shaped({ ...tool, outputSchema: shaped(anySchema) }, filled),
  },
  prompt: both(shaped({ ...usual, arguments: list(argument) })),
  resource: both(shaped({ ...resource, size: { t: "number", from: 0, to: Number.MAX_VALUE } }, named)),
  "resource template": both(shaped(resource, named)),
};

function both(shape: Members): Readonly<Record<Era, Members>> {
  return { legacy: shape, modern: shape };
}

/** An entry, and which of its members says what it is known by. */
interface Entry {
  readonly bytes: Buffer;
  readonly members: readonly Member[];
  readonly idMember: Member;
}

/** The same bytes where nothing is wrong with them; `cut`: what was, by its path. A text says what keeps it from being an entry that clients take. */
export function readable(
  kind: EntryKind,
  era: Era,
  { bytes, members: all, idMember }: Entry,
): { readonly bytes: Buffer; readonly cut: ReadonlySet<string> } | string {
  const fit = new Fit(bytes, idMember);
  const shape = shapes[kind][era];
  const edits = fit.whole({ start: 0, end: bytes.length }, all, shape, "");
  if (edits === undefined) return `its ${shape.fill?.key} is not of a type that clients take`;
  return { bytes: edits.length === 0 ? bytes : joined(frameOf(bytes), edits, "", ""), cut: fit.cut };
}

class Fit {
  readonly cut = new Set<string>();
  readonly #bytes: Buffer;
  readonly #own: Range;

  constructor(bytes: Buffer, own: Range) {
    this.#bytes = bytes;
    this.#own = own;
  }

  /** The edits that make the object at a range, which has all these members, one of this shape; in order. Undefined where none do. */
  whole(range: Range, all: readonly Member[], shape: Members, path: string): readonly Splice[] | undefined {
    const bytes = this.#bytes;
    const { has, needs, fill } = shape;
    let inside: Splice[] = [];
    let unwanted: Set<string> | undefined;
    let isFilled = false;
    for (const member of all) {
      const { key, start } = member;
      const own = has.get(key);
      if (own === undefined) continue;
      const edits = bytes[start] === 0x6e ? undefined : this.#edits(member, own, path, key);
      if (edits !== undefined) {
        isFilled ||= key === fill?.key;
        if (edits.length > 0) inside = [...inside, ...edits];
        continue;
      }
      if (bytes[start] !== 0x6e) {
        if (key === fill?.key) return undefined;
        this.cut.add(`${path}${key}`);
      }
      unwanted = (unwanted ?? new Set()).add(key);
    }
    if (needs?.every((key) => unwanted?.has(key) !== true && all.some((member) => member.key === key)) === false) {
      return undefined;
    }
    const isMissing = fill !== undefined && (!isFilled || unwanted?.has(fill.key) === true);
    if (!isMissing && unwanted === undefined) return inside;
    return this.#put(range, all, inside, unwanted ?? new Set(), isMissing ? fill : undefined);
  }

  #put(
    range: Range,
    all: readonly Member[],
    inside: readonly Splice[],
    unwanted: ReadonlySet<string>,
    fill: Members["fill"],
  ): readonly Splice[] {
    const bytes = this.#bytes;
    const missing = fill && `"${fill.key}":${fill.json(byteText(bytes, this.#own.start, this.#own.end))}`;
    if (all.every(({ key }) => unwanted.has(key))) return [{ ...range, text: `{${missing ?? ""}}` }];
    const start = range.start + 1;
    const isGone = (edit: Splice) =>
      all.some((member) => unwanted.has(member.key) && member.start <= edit.start && edit.end <= member.end);
    return [
      ...(missing === undefined ? [] : [{ start, end: start, text: `${missing},` }]),
      ...inside.filter((edit) => !isGone(edit)),
      ...cutMembers(bytes, range.start, all, unwanted),
    ].sort(byPlace);
  }

  #edits({ start, end }: Range, shape: Shape, path: string, key: string): readonly Splice[] | undefined {
    const bytes = this.#bytes;
    const first = bytes[start];
    switch (shape.t) {
      case "members":
        return this.#members({ start, end }, shape, `${path}${key}.`);
      case "list":
        return first === 0x5b ? this.#list({ start, end }, shape, path, key) : undefined;
      case "schemas":
        return this.#schemas({ start, end });
      case "objectType":
        return this.#objectType({ start, end });
      case "boolean":
        return first === 0x74 || first === 0x66 ? noSplices : undefined;
      case "number": {
        const value = first === 0x22 ? Number.NaN : Number(bytes.toString("latin1", start, end));
        return value >= shape.from && value <= shape.to ? noSplices : undefined;
      }
      case "text": {
        if (first !== 0x22) return undefined;
        return shape.like === undefined || shape.like.test(stringAt(bytes, start, end)) ? noSplices : undefined;
      }
    }
  }

  #members(range: Range, shape: Members, path: string): readonly Splice[] | undefined {
    const all = this.#bytes[range.start] === 0x7b ? membersOf(this.#bytes, range.start, range.end) : undefined;
    return all && this.whole(range, all, shape, path);
  }

  #list(
    range: Range,
    { of, isLoose }: Shape & { t: "list" },
    path: string,
    key: string,
  ): readonly Splice[] | undefined {
    const edits: Splice[] = [];
    const fit: Range[] = [];
    let count = 0;
    elements(this.#bytes, range.start, range.end, (start, end) => {
      count++;
      const own = this.#edits({ start, end }, of, path, key);
      if (own === undefined) return;
      fit.push({ start, end });
      edits.push(...own);
    });
    if (fit.length === count) return edits;
    // A list in which some would have to be put right besides is not worth it.
    if (!isLoose || edits.length > 0) return undefined;
    return [{ ...range, text: `[${fit.map(({ start, end }) => byteText(this.#bytes, start, end)).join(",")}]` }];
  }

  /** Of what has names of its own. Schemas may be true and false, which older clients know nothing of. */
  #schemas({ start, end }: Range): readonly Splice[] | undefined {
    const bytes = this.#bytes;
    const edits: Splice[] = [];
    let isFit = true;
    const isWhole = members(bytes, start, end, (_key, from, to) => {
      const first = bytes[from];
      if (first === 0x74) edits.push({ start: from, end: to, text: "{}" });
      else if (first === 0x66) edits.push({ start: from, end: to, text: '{"not":{}}' });
      else isFit &&= first === 0x7b;
    });
    return isFit && isWhole ? edits : undefined;
  }

  /** What comes in is an object whatever else the schema would take. */
  #objectType({ start, end }: Range): readonly Splice[] | undefined {
    const bytes = this.#bytes;
    const isObject = (from: number, to: number) => bytes[from] === 0x22 && stringAt(bytes, from, to) === "object";
    if (isObject(start, end)) return noSplices;
    let has = false;
    elements(bytes, start, end, (from, to) => {
      has ||= isObject(from, to);
    });
    return has ? [{ start, end, text: '"object"' }] : undefined;
  }
}

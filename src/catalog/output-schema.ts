// Output schemas for the legacy era, which knows objects only: one of another root is shown inside an object, as its member `result`. Results are
// put into the same object on their way (relay/bridge/results.ts).
import type { Member } from "../wire/cut-members.ts";
import type { Splice } from "../wire/frame.ts";
import { elements, members } from "../wire/json.ts";
import { stringAt } from "../wire/strings.ts";

/** What the schema is put between. */
const before = '{"type":"object","properties":{"result":';
const after = '},"required":["result"]}';
const inside = "/properties/result";

/** `tool`: its members. Undefined where a legacy client can take the schema as it is, or there is none. */
export function wrappedSchema(bytes: Buffer, tool: readonly Member[]): readonly Splice[] | undefined {
  const schema = tool.findLast(({ key }) => key === "outputSchema");
  if (schema === undefined || isObjects(bytes, schema)) return undefined;
  const { start, end } = schema;
  const edits: Splice[] = [{ start, end: start, text: before }];
  movePointers(bytes, start, end, edits);
  edits.push({ start: end, end, text: after });
  return edits;
}

function isObjects(bytes: Buffer, { start, end }: Member): boolean {
  let type = "";
  members(bytes, start, end, (key, from, to) => {
    if (key === "type") type = bytes[from] === 0x22 ? stringAt(bytes, from, to) : "";
  });
  return type === "object";
}

/** References into the schema from its root now start elsewhere. A part with a name of its own (`$id`) is its own root. */
function movePointers(bytes: Buffer, start: number, end: number, edits: Splice[]): void {
  const first = bytes[start];
  if (first === 0x5b) {
    elements(bytes, start, end, (from, to) => movePointers(bytes, from, to, edits));
    return;
  }
  if (first !== 0x7b) return;
  const found: Splice[] = [];
  let isOwnRoot = false;
  members(bytes, start, end, (key, from, to) => {
    if (key === "$id") isOwnRoot = true;
    else if (key === "$ref" || key === "$dynamicRef") {
      // "#/…" or "#": what starts otherwise is no pointer.
      const isPointer = bytes[from] === 0x22 && bytes[from + 1] === 0x23;
      if (isPointer && (bytes[from + 2] === 0x2f || from + 3 === to))
        found.push({ start: from + 2, end: from + 2, text: inside });
    } else movePointers(bytes, from, to, found);
  });
  if (!isOwnRoot) edits.push(...found);
}

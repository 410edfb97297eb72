// Where the uris of resources stand in a Core's result, as ranges: never in texts, in structured content or in what is not of MCP.
import { membersOf } from "../wire/cut-members.ts";
import { elements, findMember, members, type Range } from "../wire/json.ts";
import type { Scan } from "../wire/scan.ts";
import { stringAt } from "../wire/scan.ts";

/** Strings with their quotes, in order. A member that comes twice counts twice, as nobody knows which one a client takes. */
export function resultUris(
  bytes: Buffer,
  { resultStart, resultEnd }: Pick<Scan, "resultStart" | "resultEnd">,
  method: string,
): readonly Range[] {
  if (resultStart < 0) return [];
  if (method === "tasks/get") {
    // What a task came to is in the task (2026-07-28); that of an earlier revision has none in it.
    const inside = findMember(bytes, resultStart, resultEnd, "result");
    return inside === undefined ? [] : resultUris(bytes, { resultStart: inside.start, resultEnd: inside.end }, "");
  }
  const found: Range[] = [];
  const take = (start: number, end: number): void => {
    if (bytes[start] === 0x22) found.push({ start, end });
  };
  const isRead = method === "resources/read";
  members(bytes, resultStart, resultEnd, (key, start, end) => {
    if (isRead && key === "contents") {
      elements(bytes, start, end, (from, to) => visit(bytes, from, to, "uri", take));
    } else if (!isRead && key === "content") visitBlocks(bytes, start, end, take);
    else if (!isRead && key === "messages") {
      elements(bytes, start, end, (from, to) => {
        visit(bytes, from, to, "content", (at, stop) => visitBlocks(bytes, at, stop, take));
      });
    }
  });
  return found;
}

type Visit = (start: number, end: number) => void;

/** The content of a tool's result is a list, that of a prompt's message a single block. */
function visitBlocks(bytes: Buffer, start: number, end: number, take: Visit): void {
  const block: Visit = (from, to) => visitBlock(bytes, from, to, take);
  if (bytes[start] === 0x5b) elements(bytes, start, end, block);
  else block(start, end);
}

function visitBlock(bytes: Buffer, start: number, end: number, take: Visit): void {
  const block = membersOf(bytes, start, end) ?? [];
  const types = new Set<string>();
  for (const { key, start: from, end: to } of block) {
    if (key === "type" && bytes[from] === 0x22) types.add(stringAt(bytes, from, to));
  }
  for (const { key, start: from, end: to } of block) {
    if (key === "uri" && types.has("resource_link")) take(from, to);
    else if (key === "resource" && types.has("resource")) visit(bytes, from, to, "uri", take);
  }
}

function visit(bytes: Buffer, start: number, end: number, wanted: string, take: Visit): void {
  members(bytes, start, end, (key, from, to) => {
    if (key === wanted) take(from, to);
  });
}

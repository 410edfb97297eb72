// Whom a tool is for, as MCP Apps say it: `_meta.ui.visibility` of a tool that only an app's page may call is `["app"]`.
import { type Member, membersOf } from "../wire/cut-members.ts";
import { elements, findMember } from "../wire/json.ts";
import { stringAt } from "../wire/scan.ts";

/** Absent, empty and unreadable: it is for models as well. */
export function isAppOnly(bytes: Buffer, members: readonly Member[]): boolean {
  const meta = members.findLast(({ key }) => key === "_meta");
  const ui =
    meta === undefined ? undefined : membersOf(bytes, meta.start, meta.end)?.findLast(({ key }) => key === "ui");
  const visibility = ui === undefined ? undefined : findMember(bytes, ui.start, ui.end, "visibility");
  if (visibility === undefined) return false;
  const audience: string[] = [];
  elements(bytes, visibility.start, visibility.end, (start, end) => {
    audience.push(bytes[start] === 0x22 ? stringAt(bytes, start, end) : "");
  });
  return audience.includes("app") && !audience.includes("model");
}

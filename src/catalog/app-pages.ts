// The pages of MCP Apps that a tool names as its own: `_meta.ui.resourceUri`, and what came before it.
import { type Member, membersOf } from "../wire/cut-members.ts";
import { byteString, type Splice } from "../wire/frame.ts";
import { members } from "../wire/json.ts";
import { stringAt } from "../wire/scan.ts";

/** Members of `_meta` itself. */
const older: ReadonlySet<string> = new Set(["ui/resourceUri", "openai/outputTemplate"]);
const maxUriBytes = 8192;

export interface AppPages {
  readonly pageUris: readonly string[];
  readonly pageEdits: readonly Splice[];
}

const none: AppPages = { pageUris: [], pageEdits: [] };

/** `tool`: its members. `spell`: what clients are told in the place of a uri; undefined where that is the uri itself. */
export function appPages(
  bytes: Buffer,
  tool: readonly Member[],
  spell: ((uri: string) => string) | undefined,
): AppPages {
  const metas = tool.filter(({ key, start }) => key === "_meta" && bytes[start] === 0x7b);
  if (metas.length === 0) return none;
  const pageUris: string[] = [];
  const pageEdits: Splice[] = [];
  const take = (start: number, end: number): void => {
    if (bytes[start] !== 0x22 || end - start - 2 > maxUriBytes) return;
    const uri = stringAt(bytes, start, end);
    if (/^ui:\/\//i.test(uri)) pageUris.push(uri);
    if (spell !== undefined) pageEdits.push({ start, end, text: byteString(JSON.stringify(spell(uri))) });
  };
  for (const meta of metas) {
    for (const { key, start, end } of membersOf(bytes, meta.start, meta.end) ?? []) {
      if (older.has(key)) take(start, end);
      else if (key === "ui") {
        members(bytes, start, end, (name, from, to) => {
          if (name === "resourceUri") take(from, to);
        });
      }
    }
  }
  return { pageUris, pageEdits };
}

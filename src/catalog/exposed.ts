// A Core's tools and prompts as one kind of client has them: under names that it takes, without what it does not understand.
import type { ClientProfile } from "../base/client-profile.ts";
import type { ByteString, Splice } from "../wire/frame.ts";
import { editsWithoutOutput, inOrder, jsonBytes, keyOf } from "./entries.ts";
import type { NamedItem, NamedShelf, PromptEntry, Shelf, ToolEntry } from "./model.ts";
import { Naming, namesKey } from "./names.ts";

/** Where people find a name that a client could not take, if the tool has a title of its own. */
const nativeNameMeta = "thehub/name";

/** The same for profiles whose clients see the same entries. */
export function entriesKey(profile: ClientProfile): string {
  return `${namesKey(profile)}${seesStructure(profile) ? "" : " plain"}`;
}

/** Made once per shelf and kind of names. */
export function namedShelf(shelf: Shelf, profile: ClientProfile): NamedShelf {
  const key = entriesKey(profile);
  const known = shelf.named.get(key);
  if (known !== undefined) return known;
  const named = nameShelf(shelf, profile);
  shelf.named.set(key, named);
  return named;
}

function nameShelf(shelf: Shelf, profile: ClientProfile): NamedShelf {
  const { source } = shelf;
  const key = keyOf(source);
  const naming = new Naming(profile);
  const isPlain = !seesStructure(profile);
  const tools = shelf.tools.map((item): ToolEntry => {
    const { native, canonical, nativeNameJson, bytes, sortKey, override } = item;
    const { destructiveHint, readOnlyHint, appOnly, paramHeaders, wrapsOutput, needsTask } = item;
    const { name, altered } = naming.exposed(source, native, override);
    const named = { core: source.key, key, native, canonical, exposed: name, nativeNameJson };
    const isLimited = override?.limits !== undefined;
    const said = { destructiveHint, readOnlyHint, appOnly, paramHeaders, wrapsOutput, needsTask };
    const route = { ...named, ...said, isLimited };
    const plain = isPlain ? editsWithoutOutput(item) : undefined;
    const edits = withRenaming(item, name, altered, plain ?? item.edits);
    const ofEra = plain ?? item.modernEdits;
    const modernEdits = ofEra === undefined ? undefined : withRenaming(item, name, altered, ofEra);
    return { t: "found", route, bytes, edits, modernEdits, sortKey, override };
  });
  const prompts = shelf.prompts.map((item): PromptEntry => {
    const { native, canonical, nativeNameJson, bytes, sortKey, edits } = item;
    const { name, altered } = naming.exposed(source, native);
    const route = { core: source.key, key, native, canonical, exposed: name, nativeNameJson };
    return { t: "found", route, bytes, edits: withRenaming(item, name, altered, edits), sortKey, override: undefined };
  });
  return { tools, prompts };
}

/** A client that is not to see structured content would take a tool that promises it for broken. */
function seesStructure({ downgrade }: ClientProfile): boolean {
  return downgrade?.kinds.includes("structured_content") !== true;
}

function withRenaming(item: NamedItem, name: string, altered: boolean, others: readonly Splice[]): readonly Splice[] {
  if (name === item.native) return others;
  return inOrder([...renaming(item, name, altered), ...others]);
}

/** Where the native name cannot be read off the new one, it is kept for people: as the title, or beside one. */
function renaming(item: NamedItem, name: string, altered: boolean): readonly Splice[] {
  const { nativeNameJson, nameStart, nameEnd, hasTitle, metaStart, bytes } = item;
  const rename = (more: ByteString): Splice => ({ start: nameStart, end: nameEnd, text: jsonBytes(name) + more });
  if (!altered) return [rename("")];
  if (!hasTitle) return [rename(`,"title":${nativeNameJson}`)];
  const member = `${jsonBytes(nativeNameMeta)}:${nativeNameJson}`;
  if (metaStart < 0) return [rename(`,"_meta":{${member}}`)];
  const start = metaStart + 1;
  return [rename(""), { start, end: start, text: isEmptyFrom(bytes, start) ? member : `${member},` }];
}

/** Whether an object that began before has no member. */
function isEmptyFrom(bytes: Buffer, start: number): boolean {
  let at = start;
  while ((bytes[at] ?? 0) <= 0x20) at++;
  return bytes[at] === 0x7d;
}

// Results for clients that cannot show, or do not know, a kind of content: it is made text, in the Core's own bytes. Only for sessions
// whose profile asks for it; all others pay nothing.
import type { ContentKind, Downgrade } from "../base/client-profile.ts";
import { toClient } from "../catalog/uri-spelling.ts";
import { cutMembers, type Member, membersOf } from "../wire/cut-members.ts";
import { type ByteString, byPlace, byteString, type Frame, flatten, noSplices, type Splice } from "../wire/frame.ts";
import { elements, type Range } from "../wire/json.ts";
import { contentSince, isLegacyRevision } from "../wire/revisions.ts";
import { type Scan, stringAt } from "../wire/scan.ts";
import type { CallHook } from "./call.ts";

/** For one call of a client that agreed on this revision; undefined where everything can pass. */
export function downgradeHooks(
  downgrade: Downgrade | undefined,
  revision: string | undefined,
): readonly CallHook[] | undefined {
  const kinds = kindsOf(downgrade, revision);
  if (kinds === undefined) return undefined;
  // What is cut of a modern Core's result is cut in one place (bridge/results.ts).
  const beside = new Set([...kinds].filter((kind) => kind !== "structured_content"));
  return [
    {
      edits: (frame, scan, { lane }) => {
        const isModern = lane.core.era === "modern" && revision !== undefined && isLegacyRevision(revision);
        return downgraded(frame, scan, { kinds: isModern ? beside : kinds, uriPrefix: lane.policy.uriPrefix });
      },
    },
  ];
}

/** What this client cannot be shown; undefined where it can be shown everything. */
export function kindsOf(
  downgrade: Downgrade | undefined,
  revision: string | undefined,
): ReadonlySet<ContentKind> | undefined {
  if (downgrade === undefined) return undefined;
  const kinds = new Set(downgrade.kinds);
  if (downgrade.byRevision && revision !== undefined) {
    for (const [kind, since] of contentSince) if (revision < since) kinds.add(kind);
  }
  return kinds.size === 0 ? undefined : kinds;
}

interface Plan {
  readonly kinds: ReadonlySet<ContentKind>;
  /** What stands before the Core's uris for clients. */
  readonly uriPrefix: string | undefined;
}

function downgraded(frame: Frame, { resultStart, resultEnd }: Scan, plan: Plan): readonly Splice[] {
  if (resultStart < 0) return noSplices;
  const bytes = flatten(frame);
  const result = membersOf(bytes, resultStart, resultEnd);
  if (result === undefined) return noSplices;
  const content = last(result, "content");
  const edits: Splice[] = [];
  if (content !== undefined) editBlocks(bytes, content, plan, edits);
  const messages = last(result, "messages");
  if (messages !== undefined) {
    elements(bytes, messages.start, messages.end, (start, end) => {
      const inside = last(membersOf(bytes, start, end) ?? [], "content");
      if (inside !== undefined) editBlocks(bytes, inside, plan, edits);
    });
  }
  if (plan.kinds.has("structured_content")) {
    edits.push(...structuredEdits(bytes, { start: resultStart, end: resultEnd }, result, new Set()));
  }
  return edits.sort(byPlace);
}

/** The content of a tool's result is a list, that of a prompt's message a single block. */
function editBlocks(bytes: Buffer, { start, end }: Range, plan: Plan, edits: Splice[]): void {
  const edit = (from: number, to: number): void => {
    const text = textFor(bytes, from, to, plan);
    if (text !== undefined) edits.push({ start: from, end: to, text });
  };
  if (bytes[start] === 0x5b) elements(bytes, start, end, edit);
  else edit(start, end);
}

/** The text block instead of this one; undefined where it can stay. */
function textFor(bytes: Buffer, start: number, end: number, plan: Plan): ByteString | undefined {
  const { kinds, uriPrefix } = plan;
  const block = membersOf(bytes, start, end) ?? [];
  const uriOf = (of: readonly Member[]) => {
    const uri = text(of, "uri");
    return uri === undefined || uriPrefix === undefined ? uri : toClient(uriPrefix, uri);
  };
  const text = (of: readonly Member[], key: string) => stringOf(bytes, last(of, key));
  const type = text(block, "type");
  if (type === "audio" || type === "image") {
    if (!kinds.has(type)) return undefined;
    return textBlock(bytes, block, said(type, text(block, "mimeType"), sizeOf(last(block, "data"))));
  }
  if (type === "resource_link") {
    if (!kinds.has(type)) return undefined;
    return textBlock(bytes, block, said("resource", text(block, "title") ?? text(block, "name"), uriOf(block)));
  }
  if (type !== "resource" || !kinds.has(type)) return undefined;
  const resource = last(block, "resource");
  const inside = resource === undefined ? [] : (membersOf(bytes, resource.start, resource.end) ?? []);
  const own = last(inside, "text");
  if (own !== undefined && bytes[own.start] === 0x22) return textBlock(bytes, block, rawOf(bytes, own));
  return textBlock(
    bytes,
    block,
    said("resource", uriOf(inside), text(inside, "mimeType"), sizeOf(last(inside, "blob"))),
  );
}

/** What is known of it, as JSON: `"[audio: audio/wav, 1200 bytes]"`. */
function said(what: string, ...parts: readonly (string | undefined)[]): ByteString {
  const known = parts.filter((part) => part !== undefined && part !== "");
  return byteString(JSON.stringify(`[${[`${what}:`, known.join(", ")].join(" ")}]`));
}

/** What says who it is for, and what others made of it, stays. */
function textBlock(bytes: Buffer, block: readonly Member[], json: ByteString): ByteString {
  const kept = ["annotations", "_meta"].flatMap((key) => {
    const member = last(block, key);
    return member === undefined ? [] : [`,"${key}":${rawOf(bytes, member)}`];
  });
  return `{"type":"text","text":${json}${kept.join("")}}`;
}

/**
 * Takes the structured content out of a result, and `others` of its members; where there is nothing else to read, it is there as text. In order
 * but for what is put in at the start, which comes first.
 */
export function structuredEdits(
  bytes: Buffer,
  { start, end }: Range,
  result: readonly Member[],
  others: ReadonlySet<string>,
): readonly Splice[] {
  const structured = last(result, "structuredContent");
  if (structured === undefined) return noSplices;
  const text = byteString(JSON.stringify(bytes.toString("utf8", structured.start, structured.end)));
  const content = last(result, "content");
  const list = `[${textBlock(bytes, [], text)}]`;
  const unwanted = new Set([...others, "structuredContent"]);
  if (result.every(({ key }) => unwanted.has(key))) {
    return [{ start: start + 1, end: end - 1, text: `"content":${list}` }];
  }
  const edits: Splice[] = [];
  if (content === undefined) edits.push({ start: start + 1, end: start + 1, text: `"content":${list},` });
  else if (/^\[\s*\]$/.test(bytes.toString("latin1", content.start, Math.min(content.end, content.start + 64)))) {
    edits.push({ start: content.start, end: content.end, text: list });
  }
  edits.push(...cutMembers(bytes, start, result, unwanted));
  return edits;
}

function last(list: readonly Member[], key: string): Member | undefined {
  return list.findLast((member) => member.key === key);
}

function rawOf(bytes: Buffer, { start, end }: Range): ByteString {
  return bytes.toString("latin1", start, end);
}

function stringOf(bytes: Buffer, range: Range | undefined): string | undefined {
  return range === undefined || bytes[range.start] !== 0x22 ? undefined : stringAt(bytes, range.start, range.end);
}

/** Of what is there in base64. */
function sizeOf(range: Range | undefined): string | undefined {
  return range === undefined ? undefined : `${Math.floor(((range.end - range.start - 2) * 3) / 4)} bytes`;
}

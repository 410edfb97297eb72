// Merges what the Cores tell a model about themselves. Their text is untrusted: it is capped, and cannot pass for another Core's.

const maxCoreBytes = 1024;
const maxTotalBytes = 4096;

export interface CoreInstructions {
  readonly namespace: string;
  readonly text: string | undefined;
}

/** Each Core's text under a `[namespace]` line, in the given order, cut to 1 KiB a Core and 4 KiB in all. Empty when no Core has any. */
export function mergeInstructions(cores: readonly CoreInstructions[]): string {
  const sections: string[] = [];
  let room = maxTotalBytes;
  for (const { namespace, text } of cores) {
    const body = text === undefined ? "" : cut(unlabelled(text.trim()), maxCoreBytes);
    if (body === "") continue;
    const section = cut(`${sections.length === 0 ? "" : "\n\n"}[${namespace}]\n${body}`, room);
    // A label with nothing under it would say nothing.
    if (section.length <= namespace.length + 5) break;
    sections.push(section);
    room -= Buffer.byteLength(section);
  }
  return sections.join("");
}

/** A line that looks like a label is indented. */
function unlabelled(text: string): string {
  return text.replace(/^\[(?=[a-z][a-z0-9-]*\][ \t]*$)/gm, " [");
}

/** At most `maxBytes` of UTF-8, never ending inside a character. */
function cut(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}

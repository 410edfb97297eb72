// Reads what tests need of the project's Markdown: fences with their info strings, headings as anchors, links.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./hub-process.ts";

export interface Fence {
  /** Path of the document, relative to the root. */
  readonly file: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** First word of the info string, or "". */
  readonly language: string;
  /** The rest of it. */
  readonly mark: string;
  readonly text: string;
}

export interface Link {
  readonly line: number;
  readonly target: string;
}

/** Every Markdown file of the project, tracked or new. */
export function documents(): string[] {
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.md"], {
    cwd: root,
    encoding: "utf8",
  });
  const files = listed.split("\n").filter((file) => file !== "" && existsSync(join(root, file)));
  if (files.length === 0) throw new Error("git lists no Markdown file");
  return files.sort();
}

export function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

export function fencesOf(file: string): Fence[] {
  const fences: Fence[] = [];
  let open: { line: number; ticks: string; indent: number; info: string; lines: string[] } | undefined;
  for (const [at, line] of read(file).split("\n").entries()) {
    const fence = /^( *)(`{3,})(.*)$/.exec(line);
    if (open === undefined) {
      if (fence === null) continue;
      const [, indent = "", ticks = "", info = ""] = fence;
      open = { line: at + 1, ticks, indent: indent.length, info: info.trim(), lines: [] };
    } else if (fence?.[3] === "" && fence[2] === open.ticks) {
      const [language = "", ...rest] = open.info.split(" ");
      fences.push({ file, line: open.line, language, mark: rest.join(" "), text: `${open.lines.join("\n")}\n` });
      open = undefined;
    } else open.lines.push(line.slice(Math.min(open.indent, line.length - line.trimStart().length)));
  }
  if (open !== undefined) throw new Error(`${file}:${open.line}: the fence is not closed`);
  return fences;
}

/** The anchors that GitHub makes of a document's headings. */
export function anchorsOf(file: string): Set<string> {
  const anchors = new Set<string>();
  for (const { line } of proseOf(file)) {
    const heading = /^#{1,6} +(.+?) *#*$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = plain.replaceAll(/[^\p{L}\p{N}\-_ ]/gu, "").replaceAll(" ", "-");
    let anchor = slug;
    for (let copy = 1; anchors.has(anchor); copy++) anchor = `${slug}-${copy}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Links and images outside fences and inline code. */
export function linksOf(file: string): Link[] {
  return proseOf(file).flatMap(({ line, at }) =>
    [...line.replaceAll(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)].map(([, target = ""]) => ({
      line: at,
      target,
    })),
  );
}

function proseOf(file: string): { line: string; at: number }[] {
  let ticks = "";
  return read(file)
    .split("\n")
    .flatMap((line, index) => {
      const fence = /^ *(`{3,})/.exec(line)?.[1];
      if (fence === undefined) return ticks === "" ? [{ line, at: index + 1 }] : [];
      if (ticks === "") ticks = fence;
      else if (ticks === fence) ticks = "";
      return [];
    });
}

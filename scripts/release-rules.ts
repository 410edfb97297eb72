// The rules of a release: which tags an image gets, and what must say the same. No files, no process: tested by themselves.

const pattern = /^v(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?$/;

interface Version {
  readonly numbers: readonly [number, number, number];
  readonly prerelease: boolean;
}

/** `v1.2.3` → `1.2.3`. Throws for anything else. */
export function versionOfTag(tag: string): string {
  if (!pattern.test(tag)) throw new Error(`${JSON.stringify(tag)} is no release tag; write v1.2.3, or v1.2.3-rc.1`);
  return tag.slice(1);
}

/** One sentence for each place that does not say `version`. */
export function versionProblems(version: string, places: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(places)
    .filter(([, said]) => said !== version)
    .map(([place, said]) => `${place}: says ${said ?? "nothing"}, the tag says ${version}`);
}

/** The part of the changelog under `## <version>`. Throws when there is none, or nothing in it. */
export function notesOf(changelog: string, version: string): string {
  const parts = changelog.split(/^## /m).slice(1);
  const part = parts.find((text) => text.split(/\s/, 1)[0] === version);
  const notes = part?.slice(part.indexOf("\n")).trim() ?? "";
  if (notes === "") throw new Error(`CHANGELOG.md has no part "## ${version}", or nothing in it`);
  return notes;
}

/**
 * The version itself, and the shorter names that it is now the newest of: `1.2`, `1`, `latest`. A fix for an old line does not
 * take `latest` away from a newer one, and a release candidate gets no name but its own.
 */
export function imageTags(version: string, gitTags: readonly string[]): string[] {
  const own = parseTag(`v${version}`);
  if (own === undefined) throw new Error(`${JSON.stringify(version)} is no version`);
  if (own.prerelease) return [version];
  const others = gitTags.map(parseTag).filter((other) => other !== undefined && !other.prerelease) as Version[];
  const [major, minor] = own.numbers;
  const newestOf = (sameLine: (numbers: Version["numbers"]) => boolean): boolean =>
    !others.some(({ numbers }) => sameLine(numbers) && isNewer(numbers, own.numbers));
  return [
    version,
    ...(newestOf((other) => other[0] === major && other[1] === minor) ? [`${major}.${minor}`] : []),
    ...(newestOf((other) => other[0] === major) ? [`${major}`] : []),
    ...(newestOf(() => true) ? ["latest"] : []),
  ];
}

function parseTag(tag: string): Version | undefined {
  const match = pattern.exec(tag);
  if (match === null) return undefined;
  const [, major, minor, patch, suffix] = match;
  return { numbers: [Number(major), Number(minor), Number(patch)], prerelease: suffix !== undefined };
}

function isNewer(a: Version["numbers"], b: Version["numbers"]): boolean {
  const at = a.findIndex((number, index) => number !== b[index]);
  return at >= 0 && (a[at] as number) > (b[at] as number);
}

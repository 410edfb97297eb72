// Many links at once.
import type { Link } from "./link.ts";

/** Fifty at a time: as fast as it goes, and no accept queue overflows. */
export async function openMany(count: number, open: () => Promise<Link>): Promise<Link[]> {
  const links: Link[] = [];
  while (links.length < count) {
    const batch = Array.from({ length: Math.min(50, count - links.length) }, open);
    links.push(...(await Promise.all(batch)));
  }
  return links;
}

export async function closeAll(links: readonly Link[]): Promise<void> {
  await Promise.all(links.map((link) => link.close()));
}

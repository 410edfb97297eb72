// Who holds, or asks for, which resource of which instance: the rows that subscriptions are made of.
import type { ClientSession, Lane } from "./call.ts";

/** A client's request that is on its way to the Core. `wanted` until the client takes it back. */
export interface Wish {
  readonly session: ClientSession;
  readonly uri: string;
  wanted: boolean;
}

/** One resource of one instance that somebody holds, or asks for. */
export interface Row {
  lane: Lane;
  readonly uri: string;
  /** By session, the uri as that client wrote it, in each way that it did. */
  readonly holders: Map<ClientSession, readonly string[]>;
  readonly wishes: Set<Wish>;
  /** Whose session was the first: `limitKey`. */
  readonly by: string;
  confirmed: boolean;
  /** Requests of clients to end it that are on their way to the Core. */
  ending: number;
  /** The one that has all of this one's, since both came to one instance. */
  joined?: Row;
}

export function isWanted(row: Row): boolean {
  if (row.holders.size > 0) return true;
  for (const { wanted } of row.wishes) if (wanted) return true;
  return false;
}

export function rowsOf(rows: ReadonlyMap<string, Row>, owner: string): number {
  let count = 0;
  for (const { by } of rows.values()) if (by === owner) count++;
  return count;
}

export function lastOf(row: Row): Row {
  return row.joined === undefined ? row : lastOf(row.joined);
}

export function wantedOf(rows: ReadonlyMap<string, Row>, gone?: Row): ReadonlySet<string> {
  return new Set([...rows.values()].filter((row) => row !== gone && isWanted(row)).map(({ uri }) => uri));
}

export function hasWish({ wishes }: Row, session: ClientSession, uri: string): boolean {
  for (const wish of wishes) if (wish.session === session && wish.uri === uri && wish.wanted) return true;
  return false;
}

export function addHolder({ holders }: Row, session: ClientSession, uri: string): void {
  const uris = holders.get(session) ?? [];
  if (!uris.includes(uri)) holders.set(session, [...uris, uri]);
}

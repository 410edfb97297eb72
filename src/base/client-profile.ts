// What the hub knows of one kind of client: which names it takes, how many tools, how long a list, which content. Data only.

export interface ClientProfile {
  /** Small letters, digits and `-`: it stands in paths, `/mcp/p/claude`. */
  readonly name: string;
  /** Who it is for, and since when that is known to be so; for people. */
  readonly description: string;
  /** What `clientInfo.name` of initialize may be, as globs in small letters: `claude-ai`, `codex*`. */
  readonly clientNames: readonly string[];
  /** Between namespace and native name. */
  readonly separator: string;
  /**
   * The characters that the client takes in a name, as between the brackets of a regular expression: `A-Za-z0-9_-`. Every name is made
   * of these. Undefined: nothing is known of the client, so names that the manifest or a Core without prefix sets stay as they are.
   */
  readonly charset: string | undefined;
  /** Longest name, in characters. */
  readonly maxLength: number;
  /** As many tools as the client can use; undefined: any number. */
  readonly toolCap: number | undefined;
  /** Globs of canonical names and #tags: the tools that are listed whatever the cap, in this order. */
  readonly pinned: readonly string[];
  /** Entries on one page of a list; undefined: every list is one page. */
  readonly pageSize: number | undefined;
  /** Undefined: results are handed on as they are, unread. */
  readonly downgrade: Downgrade | undefined;
}

/** A part of a result that a client may not be able to show, or not know. */
export type ContentKind = "audio" | "image" | "resource" | "resource_link" | "structured_content";

/** What of a result is made text for the client. */
export interface Downgrade {
  /** What the client cannot show, whatever its revision. */
  readonly kinds: readonly ContentKind[];
  /** Also what the revision that was agreed on does not know. */
  readonly byRevision: boolean;
}

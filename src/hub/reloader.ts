// Reloads one after the other, whoever asks: reads the manifest again, hands it to the hub, and says in the log and in numbers
// what came of it. A reload that is asked for while one runs is run after it, once for all who asked.
import type { Setup, SetupDiff } from "../manifest/diff.ts";
import type { Problem } from "../manifest/problems.ts";

/** What came of a reload. Only after `applied` is anything different; everything else left the old manifest in force. */
export type ReloadOutcome =
  | { readonly t: "unchanged" }
  | { readonly t: "applied"; readonly changes: SetupDiff }
  /** The manifest, or a setting, is wrong: every problem, as `thehub check` says them. */
  | { readonly t: "invalid"; readonly problems: readonly Problem[] }
  /** It is right, and could not be put in force: a Core did not come up, or the hub is shutting down. */
  | { readonly t: "failed"; readonly reason: string };

/** What reading the manifest again has given. */
export type Reread =
  | { readonly t: "ok"; readonly setup: Setup; readonly warnings: readonly Problem[] }
  | { readonly t: "invalid"; readonly problems: readonly Problem[] };

export interface Reloader {
  /** Never rejects. `cause`, for the log: `file`, `signal`, `admin`. */
  reload(cause: string): Promise<ReloadOutcome>;
}

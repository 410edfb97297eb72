// `thehub token list`, `revoke` and `rotate`: what is out, taking it back, and another key.
import { systemClock } from "../../../base/clock.ts";
import { HubError } from "../../../base/errors.ts";
import { KeyRing } from "../../../identity/key-ring.ts";
import { Ledger, type ListedEntry } from "../../../identity/ledger.ts";
import { durationText } from "../../duration.ts";
import { findStateDir, isSystems, unusable } from "../../state-dir.ts";
import { oneLine, printJson, type Terminal, table } from "../../terminal.ts";
import { listedReportOf, partText, whoseText } from "./entries.ts";

export interface OutstandingOptions {
  readonly json?: boolean;
}

export interface RevokeOptions extends OutstandingOptions {
  readonly all?: boolean;
  readonly client?: string;
}

export interface RotateOptions extends OutstandingOptions {
  readonly now?: boolean;
}

/** Tokens never stand in it: what is listed lets nobody in. */
export async function listTokens(terminal: Terminal, { json }: OutstandingOptions): Promise<number> {
  const entries = await withLedger(terminal, (ledger) => ledger.list());
  if (json === true) {
    printJson(terminal, { tokens: entries.map(listedReportOf) });
    return 0;
  }
  if (entries.length === 0) {
    terminal.stderr.write("nothing is out: no token of thehub token, and no grant\n");
    return 0;
  }
  terminal.stdout.write(table(terminal, entries.map(rowOf)));
  return 0;
}

/** Exit 1: there is none of these. */
export async function revokeTokens(
  terminal: Terminal,
  ids: readonly string[],
  { all, client, json }: RevokeOptions,
): Promise<number> {
  if ([ids.length > 0, all === true, client !== undefined].filter(Boolean).length !== 1) {
    throw new HubError("usage", "say which: the ids of thehub token list, or --client NAME, or --all");
  }
  const revoked = await withLedger(terminal, async (ledger) => {
    const live = (await ledger.list()).filter((entry) => !entry.revoked);
    const chosen =
      ids.length > 0 ? ids.flatMap((id) => named(live, id)) : live.filter((one) => all || one.client === client);
    const gone: ListedEntry[] = [];
    for (const entry of new Set(chosen)) if (await ledger.revoke(entry.id)) gone.push(entry);
    return gone;
  });
  if (json === true) terminal.stdout.write(`${JSON.stringify({ revoked: revoked.map(({ id }) => id) })}\n`);
  else if (revoked.length === 0) terminal.stderr.write("nothing was taken back: there is none of these\n");
  else {
    for (const entry of revoked)
      terminal.stdout.write(`taken back: ${[shortId(entry), oneLine(entry.note ?? "")].join(" ").trim()}\n`);
    terminal.stderr.write("a hub that runs ends what was opened with it within seconds\n");
  }
  return revoked.length === 0 ? 1 : 0;
}

/** Resolves with exit 0 once another key signs. */
export async function rotateKeys(terminal: Terminal, { now = false, json }: RotateOptions): Promise<number> {
  const { kid } = await new KeyRing(await findStateDir(terminal)).rotate({ drop: now });
  if (json === true) terminal.stdout.write(`${JSON.stringify({ kid, dropped: now })}\n`);
  else {
    const before = now
      ? "every token that was signed before is worth nothing"
      : "tokens that were signed before stay good until they end, or until the next change";
    terminal.stdout.write(`key ${kid.slice(0, 8)} signs from now on; ${before}\n`);
  }
  return 0;
}

async function withLedger<T>(terminal: Terminal, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const stateDir = await findStateDir(terminal);
  try {
    return await work(new Ledger({ stateDir, clock: systemClock }));
  } catch (error) {
    throw isSystems(error) ? unusable(stateDir, error) : error;
  }
}

/** Whoever pastes the first digits means the one that begins with them. */
const shortest = 6;

function named(live: readonly ListedEntry[], id: string): readonly ListedEntry[] {
  const found = id.length < shortest ? [] : live.filter((entry) => entry.id.startsWith(id.toLowerCase()));
  if (found.length === 1) return found;
  const what = found.length === 0 ? "nothing that is out has the id" : "more than one begins with";
  throw new HubError("usage", `${what} ${JSON.stringify(id)}; thehub token list has them`);
}

function shortId({ id }: ListedEntry): string {
  return id.slice(0, 8);
}

function rowOf(entry: ListedEntry): string[] {
  const leftMs = entry.expires - systemClock.wall();
  const state = entry.revoked ? "taken back" : `${durationText(leftMs)} left`;
  return [shortId(entry), entry.kind, whoseText(entry), state, partText(entry), oneLine(entry.note ?? "")];
}

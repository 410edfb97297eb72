// `thehub token`: a token that is good for a while, with part of somebody's rights.
import { systemClock } from "../../../base/clock.ts";
import { HubError } from "../../../base/errors.ts";
import { KeyRing } from "../../../identity/key-ring.ts";
import { Ledger, type LedgerEntry } from "../../../identity/ledger.ts";
import { defaultTtlMs, maxTtlMs, mintToken } from "../../../identity/signed-tokens.ts";
import { doubtRule } from "../../../manifest/glob-rules.ts";
import type { Manifest } from "../../../manifest/manifest.ts";
import { durationText, readDuration } from "../../duration.ts";
import { findClient } from "../../find-client.ts";
import { prepareOrThrow } from "../../prepare.ts";
import { isSystems, unusable } from "../../state-dir.ts";
import type { Terminal } from "../../terminal.ts";
import { partText, reportOf, whoseText } from "./entries.ts";

export interface MintOptions {
  readonly manifest?: string;
  readonly ttl?: string;
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  readonly client?: string;
  readonly readOnly?: boolean;
  readonly admin?: boolean;
  readonly name?: string;
  readonly json?: boolean;
}

/** The token alone goes to stdout, so that a script can take it; what it is goes to stderr. */
export async function mint(terminal: Terminal, options: MintOptions): Promise<number> {
  const { client, allow, deny = [], readOnly, admin, name } = options;
  const ttlMs = options.ttl === undefined ? defaultTtlMs : readDuration("--ttl", options.ttl, maxTtlMs);
  if (name !== undefined && !/^[\x21-\x7e]{1,64}$/.test(name)) {
    throw new HubError("usage", "--name: write up to 64 letters, digits and signs, with no blanks");
  }
  const { manifest, settings } = prepareOrThrow(terminal, options);
  const whose = client === undefined ? undefined : findClient(manifest, client);
  if (admin === true && whose !== undefined && !whose.admin) {
    throw new HubError(
      "usage",
      `--admin: client ${client} is none itself: a token is never good for more than its client`,
    );
  }
  for (const [option, rules] of Object.entries({ "--allow": allow ?? [], "--deny": deny })) {
    for (const rule of rules) checkRule(terminal, option, rule, manifest);
  }
  const clock = systemClock;
  const { stateDir } = settings;
  const deps = { ring: new KeyRing(stateDir), ledger: new Ledger({ stateDir, clock }), clock };
  const { token, entry } = await mintToken(deps, { client, allow, deny, readOnly, admin, name, ttlMs }).catch(
    (error: unknown) => {
      throw isSystems(error) ? unusable(stateDir, error) : error;
    },
  );
  if (options.json === true) {
    terminal.stdout.write(`${JSON.stringify({ token: token.reveal(), ...reportOf(entry) }, undefined, 2)}\n`);
    return 0;
  }
  terminal.stdout.write(`${token.reveal()}\n`);
  terminal.stderr.write(said(entry, ttlMs));
  return 0;
}

function said(entry: LedgerEntry, ttlMs: number): string {
  const until = new Date(entry.expires).toISOString();
  const what = `good for ${durationText(ttlMs)} (until ${until}) as ${whoseText(entry)}: ${partText(entry)}`;
  return `${what}\nto take it back: thehub token revoke ${entry.id.slice(0, 8)}\n`;
}

function checkRule(terminal: Terminal, option: string, rule: string, { cores }: Manifest): void {
  if (!/^\S{1,256}$/.test(rule)) {
    throw new HubError("usage", `${option}: ${JSON.stringify(rule)} is no rule: write names such as files.* or #tag`);
  }
  const namespaces = new Set(cores.map(({ namespace }) => namespace));
  const doubt = doubtRule(rule, namespaces, new Set(cores.flatMap(({ tags }) => tags)));
  if (doubt !== undefined) terminal.stderr.write(`thehub: ${option} ${rule}: ${doubt.message}; ${doubt.hint}\n`);
}

// `thehub check`: every problem of a manifest in one run, where its secrets come from, and with --start what its Cores say.
import { HubError } from "../../base/errors.ts";
import { printable } from "../../base/printable.ts";
import { Secret } from "../../base/secret.ts";
import { readTokenFile } from "../../base/token-file.ts";
import type { CoreSummary } from "../../catalog/summary.ts";
import { clientTokenHashes } from "../../manifest/client-tokens.ts";
import type { Manifest } from "../../manifest/manifest.ts";
import { hasErrors, type Problem, renderProblems, reportProblems } from "../../manifest/problems.ts";
import { explainSecret, type FoundSecret, resolveSecrets } from "../../manifest/secrets.ts";
import type { Settings } from "../../manifest/settings.ts";
import { type Prepared, prepare } from "../prepare.ts";
import { oneLine, paint, printJson, type Terminal } from "../terminal.ts";

interface CheckOptions {
  readonly json?: boolean;
  readonly start?: boolean;
}

interface CheckedCore {
  readonly core: string;
  readonly namespace: string;
  readonly secrets: readonly { name: string; found: boolean; source?: string; problem?: string }[];
  /** Only with --start. */
  readonly state?: string;
  readonly summary?: string;
}

/** Starts every Core of the manifest once, and says what each has. */
type StartCores = (terminal: Terminal, prepared: Prepared) => Promise<readonly CoreSummary[]>;

/**
 * `startCores`: for --start, passed in, because everything else of `check` is done without the hub.
 * Exit 0: fine. 2: the manifest or a setting is wrong. 3: a secret is missing, or a Core did not start.
 */
export async function check(
  terminal: Terminal,
  file: string | undefined,
  options: CheckOptions,
  startCores?: StartCores,
): Promise<number> {
  const preparation = prepare(terminal, { manifest: file });
  const { manifestPath } = preparation.t === "ok" ? preparation.prepared : preparation;
  if (preparation.t === "invalid") {
    report(terminal, options, { file: manifestPath, problems: preparation.problems, cores: [], disabled: [] });
    return 2;
  }
  const { prepared } = preparation;
  const found = [...(await tlsProblems(prepared.settings)), ...tokenFileProblems(prepared.manifest)];
  const problems = [...prepared.warnings, ...found];
  if (hasErrors(problems)) {
    report(terminal, options, { file: manifestPath, problems, cores: [], disabled: [] });
    return 2;
  }
  const cores = await lookAtCores(terminal, prepared, options.start === true ? startCores : undefined);
  const { disabled } = prepared.manifest;
  report(terminal, options, { file: manifestPath, problems, cores, disabled });
  return cores.every(isReady) ? 0 : 3;
}

/** The hub would not start with files that cannot serve TLS. */
async function tlsProblems({ tls }: Settings): Promise<Problem[]> {
  if (tls === undefined) return [];
  const { readTlsPair } = await import("../../doors/tls/tls-pair.ts");
  try {
    await readTlsPair(tls);
    return [];
  } catch (error) {
    const { message } = HubError.from(error);
    const [what = "", fix = ""] = message.split(/: (?=[^:]*$)/);
    return [{ severity: "error", file: "settings", line: 0, column: 0, path: "hub.tls", message: what, hint: fix }];
  }
}

/** Where it is checked the files may be others than where it runs. */
function tokenFileProblems({ clients }: Manifest): Problem[] {
  return clients.flatMap(({ name, tokens }) =>
    tokens.flatMap((token): Problem[] => {
      const read = token.t === "file" ? readTokenFile(token.path) : undefined;
      if (token.t !== "file" || read?.t !== "unusable") return [];
      const message = `${token.path} ${read.why}: it lets nobody in`;
      const hint = "name a file that holds a token, one a line, and that the hub's user can read";
      return [
        { severity: "warning", file: "settings", line: 0, column: 0, path: `clients.${name}.tokens`, message, hint },
      ];
    }),
  );
}

function isReady(core: CheckedCore): boolean {
  return core.secrets.every((secret) => secret.found) && (core.state ?? "up") === "up";
}

async function lookAtCores(
  terminal: Terminal,
  prepared: Prepared,
  startCores: StartCores | undefined,
): Promise<CheckedCore[]> {
  const { manifest, settings } = prepared;
  const reader = {
    env: terminal.env,
    secretsDir: settings.secretsDir,
    hubTokens: settings.token instanceof Secret ? [settings.token] : [],
    clientTokenHashes: clientTokenHashes(manifest.clients),
  };
  const checked = await Promise.all(
    manifest.cores.map(async (core): Promise<CheckedCore> => {
      const secrets = await resolveSecrets(core, reader);
      const facts = secrets.map((secret) => secretFacts(secret, explainSecret(secret, core)));
      return { core: core.key, namespace: core.namespace, secrets: facts };
    }),
  );
  if (startCores === undefined) return checked;
  const summaries = await startCores(terminal, prepared);
  return checked.map((core) => {
    const found = summaries.find((summary) => summary.core === core.core);
    return { ...core, state: found?.state ?? "failed", summary: found?.line ?? "did not start" };
  });
}

function secretFacts(secret: FoundSecret, problem: string | undefined): CheckedCore["secrets"][number] {
  if (secret.t === "found") return { name: secret.name, found: true, source: secret.source };
  return { name: secret.name, found: false, problem: problem ?? "not found" };
}

interface Findings {
  readonly file: string;
  readonly problems: readonly Problem[];
  readonly cores: readonly CheckedCore[];
  readonly disabled: readonly string[];
}

function report(terminal: Terminal, options: CheckOptions, { file, problems, cores, disabled }: Findings): void {
  if (options.json === true) {
    printJson(terminal, { file, ...reportProblems(problems), cores, disabled });
    return;
  }
  const text = printable(renderProblems(problems));
  if (text !== "") (hasErrors(problems) ? terminal.stderr : terminal.stdout).write(`${text}\n`);
  if (hasErrors(problems)) return;
  for (const core of cores) {
    terminal.stdout.write(`${paint(terminal, "bold", oneLine(core.core))}: namespace ${core.namespace}\n`);
    for (const secret of core.secrets) {
      const line = secret.found ? `secret ${secret.name}: from ${secret.source}` : `error: ${secret.problem}`;
      terminal.stdout.write(`  ${oneLine(line)}\n`);
    }
    if (core.summary !== undefined) terminal.stdout.write(`  ${oneLine(core.summary)}\n`);
  }
  for (const core of disabled) terminal.stdout.write(`${paint(terminal, "bold", oneLine(core))}: disabled\n`);
  if (cores.every(isReady)) terminal.stdout.write(`${file}: ok\n`);
}

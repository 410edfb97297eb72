// `thehub check`: every problem of a manifest in one run, where its secrets come from, and with --start what its Cores say.
import { HubError } from "../../base/errors.ts";
import { printable } from "../../base/printable.ts";
import { Secret } from "../../base/secret.ts";
import { readTokenFile } from "../../base/token-file.ts";
import { clientTokenHashes } from "../../manifest/client-tokens.ts";
import { manifestPlaces } from "../../manifest/load.ts";
import type { Manifest } from "../../manifest/manifest.ts";
import {
  formatPath,
  hasErrors,
  type Path,
  type Problem,
  renderProblems,
  reportProblems,
} from "../../manifest/problems.ts";
import { explainSecret, type FoundSecret, lackOf, resolveSecrets } from "../../manifest/secrets.ts";
import type { Settings } from "../../manifest/settings.ts";
import { missingVariables } from "../../manifest/templates.ts";
import { type Prepared, prepare } from "../prepare.ts";
import type { Started } from "../started-cores.ts";
import { oneLine, paint, printJson, type Terminal } from "../terminal.ts";

interface CheckOptions {
  readonly manifest?: string;
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
  /** Why it did not come up. */
  readonly problem?: string;
}

/** Starts every Core of the manifest once, and says what each has. */
type StartCores = (terminal: Terminal, prepared: Prepared) => Promise<Started>;

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
  if (file !== undefined && options.manifest !== undefined) {
    throw new HubError("usage", `${file} and --manifest ${options.manifest} are two manifests: name one of them`);
  }
  const preparation = prepare(terminal, { manifest: file ?? options.manifest });
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
  const { cores, missing, doubts } = await lookAtCores(
    terminal,
    prepared,
    options.start === true ? startCores : undefined,
  );
  const { disabled } = prepared.manifest;
  report(terminal, options, { file: manifestPath, problems: [...problems, ...missing, ...doubts], cores, disabled });
  return missing.length === 0 ? 0 : 3;
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

async function lookAtCores(
  terminal: Terminal,
  prepared: Prepared,
  startCores: StartCores | undefined,
): Promise<{ cores: CheckedCore[]; missing: Problem[]; doubts: Problem[] }> {
  const { manifest, settings } = prepared;
  const reader = {
    env: terminal.env,
    secretsDir: settings.secretsDir,
    hubTokens: settings.token instanceof Secret ? [settings.token] : [],
    clientTokenHashes: clientTokenHashes(manifest.clients),
  };
  const place = placing(terminal, prepared);
  const started = await startCores?.(terminal, prepared);
  const missing: Problem[] = [];
  const cores: CheckedCore[] = [];
  // Side by side: one that a command says may take its time.
  const looked = await Promise.all(
    manifest.cores.map(async (core) => ({ core, secrets: await resolveSecrets(core, reader) })),
  );
  for (const { core, secrets } of looked) {
    const facts = secrets.map((secret) => secretFacts(secret, explainSecret(secret, core)));
    const lacks = secrets.flatMap((secret, at) => {
      const lack = lackOf(secret, core);
      return lack === undefined ? [] : [place(["cores", core.key, "secrets", at], lack.what, lack.fix)];
    });
    for (const { name, at } of missingVariables(core.remote, (variable) => terminal.env[variable])) {
      lacks.push(place(["cores", core.key, ...at], `the variable ${name} is not set`, "start the hub with it"));
    }
    missing.push(...lacks);
    const checked = { core: core.key, namespace: core.namespace, secrets: facts };
    if (started === undefined) {
      cores.push(checked);
      continue;
    }
    const {
      state = "failed",
      line = "did not start",
      trouble,
    } = started.cores.find((one) => one.core === core.key) ?? {};
    cores.push({ ...checked, state, summary: line, ...(trouble === undefined ? {} : { problem: trouble }) });
    // A secret that is not there is why, and said already.
    if (state !== "up" && lacks.length === 0) missing.push(place(["cores", core.key], trouble ?? line, ""));
  }
  const doubts = (started?.strays ?? []).map(({ path, isName, what, fix }): Problem => {
    return { ...place(path, what, fix), severity: isName ? "warning" : "info" };
  });
  return { cores, missing, doubts };
}

/** Makes problems that stand at a path of the manifest; where that is not written, as with secrets that headers name, at its Core. */
function placing(
  { cwd }: Terminal,
  { manifestPath }: Prepared,
): (path: Path, message: string, hint: string) => Problem {
  let placeOf: ReturnType<typeof manifestPlaces> | undefined;
  return (path, message, hint) => {
    placeOf ??= manifestPlaces({ path: manifestPath, cwd });
    const shown = placeOf(path)?.isWritten === true ? path : path.slice(0, 2);
    const { file = manifestPath, line = 0, column = 0 } = placeOf(shown, "key") ?? {};
    return { severity: "error", file, line, column, path: formatPath(shown), message, hint };
  };
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
  for (const core of cores) {
    terminal.stdout.write(`${paint(terminal, "bold", oneLine(core.core))}: namespace ${core.namespace}\n`);
    for (const secret of core.secrets) {
      const line = secret.found ? `secret ${secret.name}: from ${secret.source}` : `secret ${secret.name}: not found`;
      terminal.stdout.write(`  ${oneLine(line)}\n`);
    }
    if (core.summary !== undefined) terminal.stdout.write(`  ${oneLine(core.summary)}\n`);
  }
  for (const core of disabled) terminal.stdout.write(`${paint(terminal, "bold", oneLine(core))}: disabled\n`);
  if (!hasErrors(problems)) terminal.stdout.write(`${file}: ok\n`);
}

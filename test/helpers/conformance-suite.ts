// Runs the official conformance suite against a server and reads what it found, check by check: that a scenario passed says
// little, for one that could not ask anything passes too.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./hub-process.ts";

const suiteFile = join(root, "node_modules/@modelcontextprotocol/conformance/dist/index.js");
const preload = join(root, "test/fixtures/conformance/suite-preload.mjs");

export const missingSuite: string | false = existsSync(suiteFile)
  ? false
  : "@modelcontextprotocol/conformance is not installed";

type Status = "SUCCESS" | "FAILURE" | "WARNING" | "SKIPPED" | "INFO";

interface Check {
  readonly id: string;
  readonly status: Status;
  readonly errorMessage?: string;
}

/** What the suite found in one scenario. */
export class Outcome {
  readonly #checks: readonly Check[];

  constructor(checks: readonly Check[]) {
    this.#checks = checks;
  }

  /** Every check, with and without a judgement. */
  get ids(): string[] {
    return this.#checks.map(({ id }) => id).sort();
  }

  /** Every check that judges, as `STATUS id`, sorted; ids repeat. What a check failed on is behind it. */
  get verdicts(): string[] {
    return this.#checks
      .filter(({ status }) => status !== "INFO")
      .map(({ id, status, errorMessage }) =>
        status === "SUCCESS" ? `${status} ${id}` : `${status} ${id}: ${errorMessage}`,
      )
      .sort();
  }

  get passed(): boolean {
    return this.#checks.length > 0 && this.#checks.every(({ status }) => status === "SUCCESS" || status === "INFO");
  }
}

/** Runs all scenarios of one revision, or one, which may be of an extension. Returns what each found; rejects when the server does not answer. */
export async function runSuite(url: string, revision: string, scenario?: string): Promise<Map<string, Outcome>> {
  await mustAnswer(url);
  const folder = await mkdtemp(join(tmpdir(), "thehub-conformance-"));
  try {
    const wanted = scenario === undefined ? ["--suite", "all"] : ["--scenario", scenario, "--force"];
    const output = await suite(["server", "--url", url, "--spec-version", revision, "--output-dir", folder, ...wanted]);
    const outcomes = new Map<string, Outcome>();
    for (const name of await readdir(folder)) {
      const checks = JSON.parse(await readFile(join(folder, name, "checks.json"), "utf8")) as Check[];
      outcomes.set(name.replace(/^server-/, "").replace(/-\d{4}-\d\d-\d\dT[^T]*$/, ""), new Outcome(checks));
    }
    if (outcomes.size === 0) throw new Error(`the suite ran no scenario: ${output}`);
    return outcomes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Runs one client scenario: the suite starts a server, and `command` with its URL behind it. Beside what the suite found is what was written
 * meanwhile, for whoever looks for a reason.
 */
export async function runClientScenario(
  command: string,
  revision: string,
  scenario: string,
): Promise<{ outcome: Outcome; output: string }> {
  const folder = await mkdtemp(join(tmpdir(), "thehub-conformance-"));
  try {
    // Forced: what belongs to an extension belongs to no revision.
    const wanted = ["--scenario", scenario, "--spec-version", revision, "--force", "--output-dir", folder, "--verbose"];
    const output = await suite(["client", "--command", command, ...wanted]);
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith("checks.json"));
    const [file, ...others] = files;
    if (file === undefined || others.length > 0) throw new Error(`${scenario} left ${files.length} results: ${output}`);
    return { outcome: new Outcome(JSON.parse(await readFile(join(folder, file), "utf8")) as Check[]), output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The suite's own list of the server scenarios of a revision. */
export const scenariosOf = (revision: string): Promise<string[]> => listed("--server", revision);

/** The same of the client scenarios. */
export const clientScenariosOf = (revision: string): Promise<string[]> => listed("--client", revision);

/** The server scenarios of an extension, which belongs to no revision. */
export const extensionScenarios = async (prefix: string): Promise<string[]> =>
  (await listed("--server")).filter((name) => name.startsWith(prefix));

async function listed(side: string, revision?: string): Promise<string[]> {
  const output = await suite(["list", side, ...(revision === undefined ? [] : ["--spec-version", revision])]);
  return [...output.matchAll(/^ +- (\S+)/gm)].map(([, name]) => String(name)).sort();
}

/** A dead URL passes some scenarios of the suite, as nothing wrong ever came from there. */
async function mustAnswer(url: string): Promise<void> {
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "suite", version: "1" } };
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answers initialize with ${response.status}: ${text}`);
}

/** Standard output and standard error of the suite. It exits with 1 when a check failed: its files say more. */
function suite(args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const options = { cwd: tmpdir(), env: { PATH: process.env["PATH"] ?? "", NO_COLOR: "1" } };
    execFile(process.execPath, ["--import", preload, suiteFile, ...args], options, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}

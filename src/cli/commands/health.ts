// `thehub health`: whether the hub of this environment answers. What HEALTHCHECK runs every few seconds, so it loads little.
import { type RequestOptions, request } from "node:http";
import { HubError } from "../../base/errors.ts";
import { parseBasePath } from "../../manifest/addresses.ts";
import { variable } from "../../manifest/environment.ts";
import { findTargets, type Target, type Way } from "../hub-targets.ts";
import { printJson, type Terminal } from "../terminal.ts";

export interface HealthOptions {
  readonly json?: boolean;
  readonly timeoutMs?: string;
}

interface Finding {
  /** Where the hub was asked, or its process where there is nothing to ask. */
  readonly address?: string;
  readonly process?: number;
  readonly ok: boolean;
  readonly cores?: number;
  readonly tools?: number;
  readonly problem?: string;
  /** What could not be looked at, of a hub that is well as far as it can be. */
  readonly note?: string;
}

const defaultTimeoutMs = 4_000;
const maxBodyBytes = 64 * 1024;
const askedForCertificate =
  "the hub answers, and lets nobody in without a client certificate; add a unix:/path to HUB_LISTEN to have its Cores looked at";

/** Exit 0: every address answers and has a Core to offer, or the hub runs and listens nowhere. 1: not so. 2: a wrong setting. */
export async function health(terminal: Terminal, options: HealthOptions): Promise<number> {
  const timeoutMs = readTimeout(options.timeoutMs);
  const path = `${readBasePath(terminal)}/healthz`;
  const { targets, lookedAt } = await findTargets(terminal);
  const findings = await Promise.all(targets.map((target) => look(target, path, timeoutMs)));
  const ok = findings.length > 0 && findings.every((finding) => finding.ok);
  if (options.json === true) {
    printJson(terminal, { ok, checked: findings });
    return ok ? 0 : 1;
  }
  for (const finding of findings) (finding.ok ? terminal.stdout : terminal.stderr).write(`${lineOf(finding)}\n`);
  if (findings.length === 0) {
    terminal.stderr.write(
      `thehub: no hub is running, by ${lookedAt}; start one, or set HUB_LISTEN or HUB_STATE_DIR as it has them\n`,
    );
  }
  return ok ? 0 : 1;
}

async function look(target: Target, path: string, timeoutMs: number): Promise<Finding> {
  if (target.t === "process") return { process: target.pid, ok: true };
  const { address, certificates } = target;
  let problem = "";
  for (const way of target.ways) {
    const answer = await ask(way, certificates, path, timeoutMs);
    if (answer.t === "answered") return { address, ...judge(answer) };
    if (answer.t === "closed") return { address, ok: true, note: askedForCertificate };
    problem ||= answer.problem;
  }
  return { address, ok: false, problem };
}

type Answer =
  | { readonly t: "answered"; readonly status: number; readonly body: string }
  /** The hub it is, by its certificate; it wants one from us. */
  | { readonly t: "closed" }
  | { readonly t: "silent"; readonly problem: string };

async function ask(
  way: Way,
  certificates: readonly string[] | undefined,
  path: string,
  timeoutMs: number,
): Promise<Answer> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return await get(await connected(way, certificates, signal), path, signal);
  } catch (error) {
    if (signal.aborted) return { t: "silent", problem: `no answer (none within ${timeoutMs} ms)` };
    if (error instanceof HubError) return { t: "silent", problem: error.message };
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED") return { t: "closed" };
    return { t: "silent", problem: `no answer (${code ?? message})` };
  }
}

/** What a request is made with: how to get there, or a connection that is known to be the hub's. */
async function connected(
  way: Way,
  certificates: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<RequestOptions> {
  if (certificates === undefined || "socketPath" in way) return { ...way, agent: false };
  const { connectPinned } = await import("../own-certificate.ts");
  const socket = await connectPinned(way, certificates, signal);
  return { createConnection: () => socket };
}

function get(to: RequestOptions, path: string, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // A name that no HUB_ALLOW_HOSTS refuses, whatever the address is called.
    const headers = { host: "localhost", connection: "close" };
    const asked = request({ ...to, path, headers, signal }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
        if (body.length > maxBodyBytes) response.destroy(new Error("the answer is too long for a hub's"));
      });
      response.on("end", () => resolve({ t: "answered", status: response.statusCode ?? 0, body }));
      response.on("error", reject);
    });
    asked.on("error", reject);
    asked.end();
  });
}

function judge({ status, body }: Extract<Answer, { t: "answered" }>): Omit<Finding, "address"> {
  const counts = readCounts(body);
  if (counts === undefined || (status !== 200 && status !== 503)) {
    return { ok: false, problem: `what answers is not the hub's /healthz (status ${status})` };
  }
  if (counts.ok) return counts;
  return { ...counts, problem: "the hub answers, but no Core is up: its log says why" };
}

function readCounts(body: string): { ok: boolean; cores: number; tools: number } | undefined {
  try {
    const { ok, cores, tools } = JSON.parse(body) as Record<string, unknown>;
    if (typeof ok !== "boolean" || typeof cores !== "number" || typeof tools !== "number") return undefined;
    return { ok, cores, tools };
  } catch {
    return undefined;
  }
}

function lineOf({ address, process, ok, cores, tools, problem, note }: Finding): string {
  if (address === undefined) return `process ${process}: runs, and listens nowhere`;
  if (note !== undefined) return `${address}: ${note}`;
  return ok ? `${address}: ok (Cores up: ${cores}, tools: ${tools})` : `${address}: ${problem}`;
}

function readBasePath({ env }: Terminal): string {
  const parsed = parseBasePath(variable(env, "HUB_BASE_PATH") ?? "");
  if (parsed.t === "ok") return parsed.value;
  throw new HubError("usage", `HUB_BASE_PATH: ${parsed.message}; ${parsed.hint}`);
}

function readTimeout(text: string | undefined): number {
  if (text === undefined) return defaultTimeoutMs;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 600_000) return value;
  throw new HubError("usage", `--timeout-ms ${text}: write a whole number of milliseconds from 1 to 600000`);
}

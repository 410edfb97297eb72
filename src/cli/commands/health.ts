// `thehub health`: whether the hub of this environment answers. What HEALTHCHECK runs every few seconds, so it loads little.
import { request } from "node:http";
import { HubError } from "../../base/errors.ts";
import { parseBasePath } from "../../manifest/addresses.ts";
import { variable } from "../../manifest/environment.ts";
import { findTargets, type Target, type Way } from "../hub-targets.ts";
import type { Terminal } from "../terminal.ts";

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
}

const defaultTimeoutMs = 4_000;
const maxBodyBytes = 64 * 1024;

/** Exit 0: every address answers and has a Core to offer, or the hub runs and listens nowhere. 1: not so. 2: a wrong setting. */
export async function health(terminal: Terminal, options: HealthOptions): Promise<number> {
  const timeoutMs = readTimeout(options.timeoutMs);
  const path = `${readBasePath(terminal)}/healthz`;
  const { targets, lookedAt } = await findTargets(terminal);
  const findings = await Promise.all(targets.map((target) => look(target, path, timeoutMs)));
  const ok = findings.length > 0 && findings.every((finding) => finding.ok);
  if (options.json === true) {
    terminal.stdout.write(`${JSON.stringify({ ok, checked: findings }, undefined, 2)}\n`);
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
  const { address } = target;
  let problem = "";
  for (const way of target.ways) {
    const answer = await ask(way, path, timeoutMs);
    if (answer.t === "answered") return { address, ...judge(answer) };
    problem ||= answer.problem;
  }
  return { address, ok: false, problem };
}

type Answer =
  | { readonly t: "answered"; readonly status: number; readonly body: string }
  | { readonly t: "silent"; readonly problem: string };

function ask(way: Way, path: string, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const fail = (error: NodeJS.ErrnoException) => {
      const why = signal.aborted ? `none within ${timeoutMs} ms` : (error.code ?? error.message);
      resolve({ t: "silent", problem: `no answer (${why})` });
    };
    // A name that no HUB_ALLOW_HOSTS refuses, whatever the address is called.
    const headers = { host: "localhost", connection: "close" };
    const asked = request({ ...way, path, headers, agent: false, signal }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
        if (body.length > maxBodyBytes) response.destroy(new Error("the answer is too long for a hub's"));
      });
      response.on("end", () => resolve({ t: "answered", status: response.statusCode ?? 0, body }));
      response.on("error", fail);
    });
    asked.on("error", fail);
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

function lineOf({ address, process, ok, cores, tools, problem }: Finding): string {
  if (address === undefined) return `process ${process}: runs, and listens nowhere`;
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

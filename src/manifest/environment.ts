// The hub's environment variables: which there are, what this version does with each, and what is wrong with those set.
import { nearest } from "./nearest.ts";
import type { Problem, Severity } from "./problems.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables read into settings. `HUB_URL` is read by commands that speak to a running hub. */
export const knownVariables: readonly string[] = [
  "HUB_MANIFEST",
  "HUB_LISTEN",
  "HUB_ADMIN_LISTEN",
  "HUB_TOKEN",
  "HUB_TOKEN_FILE",
  "HUB_BASE_PATH",
  "HUB_PUBLIC_URL",
  "HUB_ALLOW_HOSTS",
  "HUB_ALLOW_ORIGINS",
  "HUB_ALLOW_IPS",
  "HUB_TRUSTED_PROXIES",
  "HUB_LOG_LEVEL",
  "HUB_LOG_FORMAT",
  "HUB_TLS_CERT",
  "HUB_TLS_KEY",
  "HUB_TLS_CLIENT_CA",
  "HUB_CLIENT_CERTIFICATE_HEADER",
  "HUB_MAX_CONCURRENCY_PER_CLIENT",
  "HUB_RATE_LIMIT_RPS",
  "HUB_RATE_LIMIT_BYTES",
  "HUB_MAX_CONNECTIONS",
  "HUB_MAX_CONNECTIONS_PER_ADDRESS",
  "HUB_METRICS_TOKEN",
  "HUB_STATE_DIR",
  "HUB_STATE_KEY",
  "HUB_STATE_KEY_FILE",
  "HUB_SECRETS_DIR",
  "HUB_ANONYMOUS",
  "HUB_WATCH",
  "HUB_FENCE",
  "HUB_URL",
];

/** The value of a variable; empty and blank count as not set. */
export function variable(env: Environment, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === "" ? undefined : text;
}

/** Warnings for `HUB_*` that nobody knows. */
export function checkVariableNames(env: Environment): Problem[] {
  const problems: Problem[] = [];
  for (const name of Object.keys(env).sort()) {
    if (!name.startsWith("HUB_") || name.startsWith("HUB_SECRET_")) continue;
    if (knownVariables.includes(name) || variable(env, name) === undefined) continue;
    const near = nearest(
      name.slice(4),
      knownVariables.map((known) => known.slice(4)),
    );
    const hint = near === undefined ? `known: ${knownVariables.join(", ")}` : `did you mean HUB_${near}?`;
    problems.push(variableProblem(name, "warning", "unknown variable, ignored", hint));
  }
  return problems;
}

export function variableProblem(name: string, severity: Severity, message: string, hint: string): Problem {
  return { severity, file: "environment", line: 0, column: 0, path: name, message, hint };
}

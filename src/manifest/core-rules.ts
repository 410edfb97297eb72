// Rules inside one Core's entry: what to run, what it gets, how long it may take.
import { checkLogin } from "./login-rules.ts";
import { defaults } from "./model.ts";
import type { Entry, Report } from "./parts.ts";
import { checkPlace } from "./place-rules.ts";
import { checkPlaceholders } from "./placeholder-rules.ts";
import type { Path } from "./problems.ts";
import { isHubCredential } from "./secret-names.ts";
import { record, text, texts } from "./values.ts";
import { checkWrittenCredentials } from "./written-credentials.ts";

export function checkCore(core: Entry, report: Report): void {
  const values = record(core.value);
  if (values === undefined) return;
  checkCommand(core, values, report);
  checkPlace(core, values, report);
  checkPlaceholders(core, values, report);
  checkVariables(core, values, report);
  checkWrittenCredentials(core, values, report);
  checkTimeouts(core, values, report);
  checkIsolation(core, values, report);
  checkLogin(core, values, report);
}

/** What says how instances are shared out must go together. */
function checkIsolation(core: Entry, values: Values, report: Report): void {
  const { isolation, interactive, scaling } = values;
  const at = (...keys: string[]) => ({ ...core, path: [...core.path, ...keys] });
  const { min = defaults.core.scaling.min, max = defaults.core.scaling.max } = record(scaling) ?? {};
  if (interactive !== undefined && (isolation === "session" || isolation === "pool")) {
    const hint = `remove interactive: with isolation: ${isolation} the Core may ask its clients already`;
    report(at("interactive"), "error", "is for a shared Core", hint);
  }
  if (isolation !== "pool" && scaling !== undefined && (min !== 1 || max !== 1)) {
    report(at("scaling"), "error", "several instances are for isolation: pool", "write isolation: pool as well");
  } else if (Number(min) > Number(max)) {
    report(at("scaling"), "error", `min (${min}) is more than max (${max})`, `write max: ${min} or more`);
  } else if (isolation === "pool" && max === 1) {
    report(at("isolation"), "warning", "a pool of one runs one call at a time", "write scaling: { max: 4 }, say");
  }
  const idle = (key: "max_sessions" | "idle_timeout_ms", isUsed: boolean) => {
    if (isUsed || values[key] === undefined || values[key] === defaults.core[key]) return;
    report(at(key), "warning", "has no effect here", "write isolation: session, or remove it");
  };
  idle("max_sessions", isolation === "session");
  idle("idle_timeout_ms", isolation === "session" || isolation === "pool");
}

type Values = Readonly<Record<string, unknown>>;

function checkCommand(core: Entry, values: Values, report: Report): void {
  const command = values["command"];
  if (command === undefined) {
    // A key that says another way to run the Core has findings of its own.
    if (values["url"] !== undefined || values["container"] !== undefined) return;
    const near = Object.keys(values).find((key) => /^com+and?$|^cmd$|^exec$|^(server|http)_?url$/i.test(key));
    if (near !== undefined) return;
    report(core, "error", "command is missing", 'write what to run: command: npx, args: ["-y", "some-mcp-server"]');
    return;
  }
  const words = text(command)?.trim().split(/\s+/) ?? [];
  const [program = "", ...rest] = words;
  const looksLikeLine = rest.length > 0 && values["args"] === undefined && !/[\\/]/.test(program);
  if (looksLikeLine) {
    const hint = `write command: ${program}, args: ${JSON.stringify(rest)}`;
    report(
      { ...core, path: [...core.path, "command"] },
      "warning",
      "a program's name with spaces in it; no shell splits it",
      hint,
    );
  }
}

const looksSecret = /(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|PRIVATE_KEY)$/i;

/** The three ways to give a child a variable: each name once, and never the hub's own credentials. */
function checkVariables(core: Entry, values: Values, report: Report): void {
  const given = new Map<string, string>();
  const take = (name: string, way: string, path: Path): void => {
    const at = { source: core.source, path };
    const other = given.get(name);
    if (other === way) report(at, "error", `${name} is listed twice`, "remove one of them");
    else if (other !== undefined)
      report(at, "error", `${name} is also in ${other}`, `keep it in ${other} or in ${way}`);
    else given.set(name, way);
    if (isHubCredential(name)) {
      report(
        at,
        "error",
        `${name} is the hub's own and never handed to a Core`,
        "give the Core a secret of its own name",
      );
    }
  };
  const secrets = Array.isArray(values["secrets"]) ? values["secrets"] : [];
  secrets.forEach((secret: unknown, index) => {
    const path = [...core.path, "secrets", index];
    const name = text(secret) ?? text(record(secret)?.["name"]);
    if (name !== undefined) take(name, "secrets", path);
    const variable = text(record(record(secret)?.["from"])?.["env"]);
    if (variable !== undefined && isHubCredential(variable) && !variable.startsWith("HUB_SECRET_")) {
      const at = { source: core.source, path: [...path, "from", "env"], on: "value" as const };
      report(at, "error", `${variable} is the hub's own and never handed to a Core`, "name another variable");
    }
  });
  for (const [name, value] of Object.entries(record(values["env"]) ?? {})) {
    const path = [...core.path, "env", name];
    take(name, "env", path);
    // A placeholder has a problem of its own.
    const isElsewhere = /^$|^\$\{/.test(text(value) ?? "-");
    if (looksSecret.test(name) && !isElsewhere && given.get(name) === "env") {
      report(
        { source: core.source, path },
        "warning",
        "looks like a secret, and env is not masked",
        `write secrets: [${name}] and set HUB_SECRET_${name}`,
      );
    }
  }
  texts(values["inherit_env"])?.forEach((name, index) => {
    const path = [...core.path, "inherit_env", index];
    take(name, "inherit_env", path);
    if (looksSecret.test(name) && !isHubCredential(name)) {
      report(
        { source: core.source, path },
        "warning",
        `${name} looks like a secret, and inherited variables are not masked`,
        `write secrets: [${name}]`,
      );
    }
  });
}

function checkTimeouts(core: Entry, values: Values, report: Report): void {
  const policy = record(values["policy"]) ?? {};
  const {
    timeout_ms: timeout = defaults.core.policy.timeout_ms,
    max_timeout_ms: most = defaults.core.policy.max_timeout_ms,
  } = policy;
  if (typeof timeout !== "number" || typeof most !== "number" || timeout <= most) return;
  const key = policy["timeout_ms"] === undefined ? "max_timeout_ms" : "timeout_ms";
  const message = `timeout_ms ${timeout} is more than max_timeout_ms ${most}`;
  report(
    { source: core.source, path: [...core.path, "policy", key] },
    "error",
    message,
    `lower timeout_ms, or write max_timeout_ms: ${timeout} or more`,
  );
}

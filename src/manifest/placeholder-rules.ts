// What a Core's entry writes as ${…}. In a URL and in headers the hub fills in ${secret:NAME} and ${env:NAME}, and nothing else anywhere: what the clients' own
// configurations fill in would be handed on as it stands. In arguments that is as it should be: programs such as mcp-remote have their own.
import type { Entry, Report } from "./parts.ts";
import type { Path } from "./problems.ts";
import { isHubCredential } from "./secret-names.ts";
import { fillIn, namesIn } from "./templates.ts";
import { record, text, texts } from "./values.ts";

/** Of a variable, with a default or without. */
const placeholder = /\$\{([A-Za-z_]\w*)[^}]*\}/;
/** Within a longer text it may be meant for the Core. */
const whole = /^\$\{([A-Za-z_]\w*)[^}]*\}$/;

export function checkPlaceholders(core: Entry, values: Readonly<Record<string, unknown>>, report: Report): void {
  type Instead = (kind: string, name: string) => string;
  const check = (value: unknown, keys: Path, instead: Instead, elses?: RegExp): void => {
    const at = { source: core.source, path: [...core.path, ...keys], on: "value" as const };
    const written = text(value) ?? "";
    const [ours, kind = "", name = ""] = /\$\{(secret|env):([^}]*)\}/.exec(written) ?? [];
    if (ours !== undefined) {
      report(at, "error", `${ours} is not supported by this version yet`, `instead: ${instead(kind, name)}`);
      return;
    }
    const [other, variable = ""] = elses?.exec(written) ?? [];
    if (other === undefined) return;
    report(at, "warning", `${other} is not filled in, and goes on as it stands`, instead("", variable));
  };
  check(values["command"], ["command"], inProcess);
  check(values["cwd"], ["cwd"], inProcess);
  for (const [at, arg] of (texts(values["args"]) ?? []).entries()) check(arg, ["args", at], inProcess);
  for (const [own, value] of Object.entries(record(values["env"]) ?? {})) {
    const instead: Instead = (kind, name) => {
      if (kind !== "") return inProcess(kind, name);
      return `set ${own} where the hub is started, and write secrets: [${own}], or inherit_env: [${own}] if it is no secret`;
    };
    check(value, ["env", own], instead, whole);
  }
  const checkRequest = (value: unknown, keys: Path): void => {
    const written = text(value) ?? "";
    check(
      fillIn(written, () => ""),
      keys,
      inRequests,
      placeholder,
    );
    for (const variable of namesIn([written], "env").filter(isHubCredential)) {
      const at = { source: core.source, path: [...core.path, ...keys], on: "value" as const };
      report(at, "error", `${variable} is the hub's own`, "give the Core a credential of its own, as a secret");
    }
  };
  checkRequest(values["url"], ["url"]);
  const url = text(values["url"]) ?? "";
  if (record(values["auth"])?.["oauth"] !== undefined && fillIn(url, () => "") !== url) {
    const at = { source: core.source, path: [...core.path, "url"], on: "value" as const };
    report(at, "error", "a login is looked up by this address", "write it out, and what is secret into headers");
  }
  for (const [name, value] of Object.entries(record(values["headers"]) ?? {})) checkRequest(value, ["headers", name]);
}

function inProcess(kind: string, name: string): string {
  if (kind === "secret") return `secrets: [${name}] hands it to the Core as the environment variable ${name}`;
  return `inherit_env: [${name}] hands the variable on, or write its value`;
}

function inRequests(kind: string, name: string): string {
  if (kind !== "") return `name a ${kind === "env" ? "variable" : kind} by letters, digits and _`;
  return `write \${secret:${name}}, or \${env:${name}} if it is no secret, or its value`;
}

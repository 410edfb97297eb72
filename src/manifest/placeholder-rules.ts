// What a Core's entry writes as ${…}. In a URL and in headers the hub fills in ${secret:NAME}, and nothing else anywhere: what the clients' own
// configurations fill in would be handed on as it stands. In arguments that is as it should be: programs such as mcp-remote have their own.
import type { Entry, Report } from "./parts.ts";
import type { Path } from "./problems.ts";
import { fillSecrets } from "./templates.ts";
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
  const left = (value: unknown) => fillSecrets(text(value) ?? "", () => "");
  check(left(values["url"]), ["url"], inRequests, placeholder);
  for (const [name, value] of Object.entries(record(values["headers"]) ?? {}))
    check(left(value), ["headers", name], inRequests, placeholder);
}

function inProcess(kind: string, name: string): string {
  if (kind === "secret") return `secrets: [${name}] hands it to the Core as the environment variable ${name}`;
  return `inherit_env: [${name}] hands the variable on, or write its value`;
}

function inRequests(kind: string, name: string): string {
  if (kind === "secret") return "name a secret by letters, digits and _";
  return `write \${secret:${name}}, which is sought in the variable ${name} as well, or its value`;
}

// Credentials that a Core's entry says in the clear, where the hub has a place for a secret: in a header, in a URL's query, in an argument.
// Found by what they are called, so only warned about.
import { isCredentialName, isCredentialParameter } from "../base/credential-name.ts";
import type { Entry, Report } from "./parts.ts";
import { namesIn } from "./templates.ts";
import { record, text, texts } from "./values.ts";

/** `api_key=x`, of a URL's query. */
const parameter = /[?&]([\w-]+)=([^&#]*)/g;
/** `--token=x`, `API_KEY=x`, and `Authorization: x`, which is what comes behind `--header`. */
const assignment = /^(-{0,2}([A-Za-z][\w-]*))(?:=|:(?!\/\/)\s*)(.+)$/s;
/** `--token`, before its value. */
const option = /^--?(?!no-)([A-Za-z][\w-]*)$/;
/** A placeholder, a variable, a path, a file, a switch: none of them is a credential itself. */
const elsewhere = /\$\{|^[$./~]|^[A-Za-z]:\\|\.(?:json|ya?ml|toml|pem|key|txt|env)$|^(?:true|false)$/;
const scheme = /^(?:Bearer|Basic|Token) /i;

export function checkWrittenCredentials(core: Entry, values: Readonly<Record<string, unknown>>, report: Report): void {
  const warn = (keys: readonly (string | number)[], message: string, hint: string, on: "key" | "value" = "value") =>
    report({ source: core.source, path: [...core.path, ...keys], on }, "warning", message, hint);

  const [address = ""] = (text(values["url"]) ?? "").split("#", 1);
  for (const [, name = "", value = ""] of address.matchAll(parameter)) {
    if (!isCredentialParameter(name) || !isWritten(value)) continue;
    const hint = `write ${name}=${placeholder(name)}, and set ${variableOf(name)}`;
    warn(["url"], `${name} in its query looks like a secret, and a URL is not masked`, hint);
  }

  for (const [name, header] of Object.entries(record(values["headers"]) ?? {})) {
    const value = text(header) ?? "";
    const [variable] = namesIn([value], "env");
    if (!isCredentialName(name) || value === "" || (variable === undefined && value.includes("${"))) continue;
    const hint =
      variable === undefined
        ? `write ${scheme.exec(value)?.[0] ?? ""}${placeholder(name)}, and set ${variableOf(name)}`
        : `write \${secret:${variable}}, which is sought in the variable ${variable} as well`;
    warn(["headers", name], "looks like a secret, and what a header says is not masked", hint, "key");
  }

  const args = texts(values["args"]) ?? [];
  for (const [at, arg] of args.entries()) {
    const name = credentialIn(arg, args[at - 1]);
    if (name === undefined) continue;
    const hint = `if the Core takes it as a variable too, write secrets: [${secretName(name)}] and set ${variableOf(name)}`;
    warn(["args", at], `${name} looks like a secret, and arguments are not masked`, hint);
  }
}

/** What the argument calls the credential that it is; undefined: it is none. */
function credentialIn(arg: string, before = ""): string | undefined {
  const [, shown = "", name = "", value = ""] = assignment.exec(arg) ?? [];
  if (name !== "") return isCredentialName(name) && isWritten(value.replace(scheme, "")) ? shown : undefined;
  const [asked, named = ""] = option.exec(before) ?? [];
  return asked !== undefined && isCredentialName(named) && !arg.startsWith("-") && isWritten(arg) ? asked : undefined;
}

function isWritten(value: string): boolean {
  return value !== "" && !elsewhere.test(value);
}

function secretName(name: string): string {
  return name.replace(/^-+/, "").replaceAll("-", "_").toUpperCase();
}

function placeholder(name: string): string {
  return `\${secret:${secretName(name)}}`;
}

function variableOf(name: string): string {
  return `HUB_SECRET_${secretName(name)}`;
}

// Takes out of what a manifest says in the clear what looks like a credential all the same: people write passwords into arguments
// and URLs. Secrets that the hub knows are masked besides, wherever they stand.
import { isCredentialName, isCredentialParameter } from "../base/credential-name.ts";

const hidden = "[secret]";

/** `postgres://user:pass@host` → `postgres://[secret]@host`; `--api-key=x`, `X-Api-Key: x` and `API_KEY=x` lose their value. */
export function redactText(text: string): string {
  const [, name = "", between = ""] = /^-{0,2}([A-Za-z][\w-]*)(\s*[=:]\s*)\S/.exec(text) ?? [];
  if (isCredentialName(name)) return text.slice(0, text.indexOf(name) + name.length) + between + hidden;
  return text.replaceAll(/(:\/\/)[^/\s@]+@/g, `$1${hidden}@`).replaceAll(queryValue, (whole, parameter: string) => {
    const start = whole.indexOf("=") + 1;
    return isCredentialParameter(parameter) ? whole.slice(0, start) + hide(whole.slice(start)) : whole;
  });
}

const queryValue = /[?&]([\w-]+)=[^&\s#]+/g;

/** Also the word behind an option such as `--token`. */
export function redactArguments(args: readonly string[]): string[] {
  return args.map((arg, at) => {
    const [, option = ""] = /^--?([A-Za-z][\w-]*)$/.exec(args[at - 1] ?? "") ?? [];
    return isCredentialName(option) && !arg.startsWith("-") ? hidden : redactText(arg);
  });
}

/** Variables, or headers. */
export function redactVariables(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, isCredentialName(name) ? hide(value) : redactText(value)]),
  );
}

/** `${secret:NAME}` says where the secret is, and nothing of it; a scheme may stand before it. */
function hide(value: string): string {
  return /^(?:[A-Za-z]+ )?(?:\$\{secret:\w+\})+$/.test(value) ? value : hidden;
}

// The commands that must start quickly, in the plain spellings that scripts and clients use: these are read here. All others,
// mistakes and requests for help included, are left to program.ts, whose parser takes longer to load than a manifest to check.
import type { Terminal } from "./terminal.ts";

/** Options that take a value, and options that do not, by spelling. Those of program.ts have the same names. */
const valued: Readonly<Record<string, "manifest" | "listen" | "profile" | "timeoutMs">> = {
  "-m": "manifest",
  "--manifest": "manifest",
  "-l": "listen",
  "--listen": "listen",
  "--profile": "profile",
  "--timeout-ms": "timeoutMs",
};
const plain: Readonly<Record<string, "json">> = { "--json": "json" };

const commands: Readonly<Record<string, { readonly options: readonly string[]; readonly operands: number }>> = {
  serve: { options: ["manifest", "listen"], operands: 0 },
  stdio: { options: ["manifest", "profile"], operands: 0 },
  check: { options: ["manifest", "json"], operands: 1 },
  health: { options: ["json", "timeoutMs"], operands: 0 },
};

export interface PlainCommand {
  readonly name: string;
  readonly operands: readonly string[];
  readonly options: PlainOptions;
}

interface PlainOptions {
  manifest?: string;
  listen?: string;
  profile?: string;
  timeoutMs?: string;
  json?: true;
}

/** Undefined: not one of these commands, or not written plainly. */
export function readPlainCommand([name = "", ...words]: readonly string[]): PlainCommand | undefined {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return undefined;
  const operands: string[] = [];
  const options: PlainOptions = {};
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const flag = plain[word];
    const option = valued[word];
    if (!word.startsWith("-")) operands.push(word);
    else if (flag !== undefined && command.options.includes(flag)) options[flag] = true;
    else if (option !== undefined && command.options.includes(option)) {
      const value = words[++at];
      if (value === undefined || value.startsWith("-")) return undefined;
      options[option] = value;
    } else return undefined;
  }
  return operands.length > command.operands ? undefined : { name, operands, options };
}

/** Resolves with the exit code. */
export async function runPlainCommand(command: PlainCommand, terminal: Terminal): Promise<number> {
  const { name, operands, options } = command;
  if (name === "check") return (await import("./commands/check.ts")).check(terminal, operands[0], options);
  if (name === "health") return (await import("./commands/health.ts")).health(terminal, options);
  return (await import("./serving.ts")).runServing(name === "stdio" ? "stdio" : "serve", terminal, options);
}

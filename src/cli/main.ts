#!/usr/bin/env node
// The command line: the only place that reads argv and the environment. Commands are loaded when they are run, and the
// standard streams made when they are used, so that `--version` and `check` do not pay for what they do without.
import { writeSync } from "node:fs";
import { HubError } from "../base/errors.ts";
import { printable } from "../base/printable.ts";
import { version } from "../library/version.ts";
import { readPlainCommand, runPlainCommand } from "./plain-commands.ts";
import type { Terminal } from "./terminal.ts";

const terminal: Terminal = {
  env: process.env,
  get stdin() {
    return process.stdin;
  },
  get stdout() {
    return listened(process.stdout, lost);
  },
  get stderr() {
    return listened(process.stderr, ignore);
  },
  cwd: process.cwd(),
};

function listened<S extends NodeJS.WriteStream>(stream: S, onError: (error: Error) => void): S {
  return stream.listeners("error").includes(onError) ? stream : stream.on("error", onError);
}

function ignore(): void {}

/**
 * That nobody reads any more (`thehub list | head`) is no reason to crash or to fail. A full disk is: a list would end early and look whole.
 * What serves has other readers, and says what is wrong in its log.
 */
function lost(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE" || /^(serve|stdio|connect|)$/.test(process.argv[2] ?? "")) return;
  process.once("exit", () => {
    process.exitCode ||= explain(error);
  });
}

async function main(argv: readonly string[]): Promise<number> {
  if (/^(--version|-V)$/.test(argv.join(" "))) {
    // Making the stream process.stdout takes a tenth of the time that this command has.
    try {
      writeSync(1, `${version}\n`);
    } catch (error) {
      lost(error as Error);
    }
    return 0;
  }
  const command = readPlainCommand(argv);
  if (command !== undefined) return runPlainCommand(command, terminal);
  const { runProgram } = await import("./program.ts");
  return runProgram(argv, terminal);
}

function explain(error: unknown): number {
  const known = HubError.from(error);
  const debug = terminal.env["HUB_LOG_LEVEL"] === "debug";
  const detail = known.code === "internal" ? (known.cause ?? known) : known;
  const text = detail instanceof Error ? (debug ? detail.stack : detail.message) : String(detail);
  terminal.stderr.write(`thehub: ${printable(text ?? "")}\n`);
  return known.facts.exit;
}

// Not awaited: this file is built as CommonJS.
main(process.argv.slice(2))
  .catch(explain)
  .then((code) => {
    process.exitCode = code;
  });

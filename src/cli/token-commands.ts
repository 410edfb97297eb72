// `thehub token` and what is below it.
import type { Command } from "commander";
import { append } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** `done`: told the exit code. */
export function addTokenCommands(program: Command, terminal: Terminal, done: (exit: number) => void): void {
  const token = program
    .command("token")
    .description("make a token that is good for a while, see which are out, take them back")
    .option("-m, --manifest <file>", "manifest file or folder (default: HUB_MANIFEST, ./hub.yaml, built-in)")
    .option("--ttl <time>", "how long it is good for: 90s, 15m, 8h, 7d, at most 30d (default: 15m)")
    .option(
      "--allow <rule>",
      "what it may use: files.*, #tag; may be repeated (default: all that its client may)",
      append,
    )
    .option("--deny <rule>", "what it may not use; may be repeated", append)
    .option(
      "--client <name>",
      "the client of the manifest whose rights are the most that it has (default: HUB_TOKEN's)",
    )
    .option("--read-only", "only tools that change nothing")
    .option("--admin", "the admin API as well, where its client has it")
    .option("--name <name>", "what it is for; tokens of one name and the same rights are one caller")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nThe token is signed with the key in HUB_STATE_DIR, so whoever may read that folder may make one. A hub that runs takes it at" +
        "\nonce, and closes what was opened with it when it ends or is taken back. It goes to stdout alone, what it is to stderr.",
    )
    .action(async (options) => {
      done(await (await import("./commands/token/mint.ts")).mint(terminal, options));
    });
  token
    .command("list")
    .description("which tokens and grants are out: id, whose, how long, what for; never a token itself")
    .option("--json", "print JSON")
    .action(async (_options, command: Command) => {
      done(await (await import("./commands/token/outstanding.ts")).listTokens(terminal, command.optsWithGlobals()));
    });
  token
    .command("revoke")
    .description("take tokens and grants back: a hub that runs ends what was opened with them within seconds")
    .argument("[id...]", "ids of thehub token list, or how they begin")
    .option("--client <name>", "all that were made for this client")
    .option("--all", "all of them")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExit codes: 0 taken back, 1 there is none of these.")
    .action(async (ids, _options, command: Command) => {
      const options = command.optsWithGlobals();
      done(await (await import("./commands/token/outstanding.ts")).revokeTokens(terminal, ids, options));
    });
  token
    .command("rotate")
    .description("sign with another key from now on; the one before it stays good for what it has signed")
    .option("--now", "what was signed before is worth nothing from now on")
    .option("--json", "print JSON")
    .action(async (_options, command: Command) => {
      done(await (await import("./commands/token/outstanding.ts")).rotateKeys(terminal, command.optsWithGlobals()));
    });
  token
    .command("hash")
    .description("print the line for the manifest of a token that comes on stdin")
    .option("--json", "print JSON")
    .action(async (_options, command: Command) => {
      done(await (await import("./commands/token/hash.ts")).hashToken(terminal, command.optsWithGlobals()));
    });
  token
    .command("new")
    .description("make a token that does not end, and its line for the manifest")
    .option("--json", "print JSON")
    .action(async (_options, command: Command) => {
      done((await import("./commands/token/hash.ts")).newToken(terminal, command.optsWithGlobals()));
    });
  token
    .command("show")
    .description("print the token that the hub made for itself and keeps in HUB_STATE_DIR")
    .action(async () => {
      done(await (await import("./commands/token/show.ts")).showToken(terminal));
    });
}

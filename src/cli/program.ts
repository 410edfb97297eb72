// The commands and their options. What each does is in commands/, one file a command.
import { Command, CommanderError } from "commander";
import { version } from "../library/version.ts";
import { append } from "./options.ts";
import type { Terminal } from "./terminal.ts";
import { addTokenCommands } from "./token-commands.ts";

const manifestOption = [
  "-m, --manifest <file>",
  "manifest file or folder (default: HUB_MANIFEST, ./hub.yaml, built-in)",
] as const;

/** How to get to a hub that runs already. */
const urlOption = [
  "--url <url>",
  "ask a hub that runs already: ws://, wss://, http://, https:// or unix:PATH (default: HUB_URL)",
] as const;
const tokenEnvOption = [
  "--token-env <name>",
  "the variable that holds the hub's token (default: HUB_TOKEN, or the file of HUB_TOKEN_FILE)",
] as const;
const tokenFileOption = ["--token-file <file>", "the file that holds the hub's token"] as const;
const profileOption = ["--profile <name>", "as a client of this kind: chatgpt, claude, cursor …"] as const;
const headerOption = [
  "--header <header>",
  `a further header, 'Name: value' or 'Name: \${env:VARIABLE}'; may be repeated`,
] as const;
const runningHubHelp =
  "\nWith --url or HUB_URL the hub there is asked, as one of its clients. Otherwise, and with --manifest, Cores are started for it.";

/** Runs the command of `argv` (without node and script). Resolves with the exit code; usage errors are 2. */
export async function runProgram(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exit = 0;
  const program = new Command("thehub")
    .description("One MCP endpoint in front of many MCP servers.")
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    .addHelpText(
      "after",
      "\nWithout a command: serve if HUB_LISTEN is set, stdio if stdin is not a terminal, else this help." +
        "\nExit codes: 0 ok, 1 failure, 2 manifest or usage wrong, 3 a Core needed for the command failed.",
    );

  program
    .command("serve")
    .description("start the Cores and open the network doors")
    .option(...manifestOption)
    .option(
      "-l, --listen <addresses>",
      "where to listen: HOST:PORT, :PORT, unix:PATH, or a comma list (default: HUB_LISTEN, localhost:3000)",
    )
    .action(async (options) => {
      exit = await (await import("./serving.ts")).runServing("serve", terminal, options);
    });
  program
    .command("stdio")
    .description("serve one client on stdin and stdout, with Cores of its own")
    .option(...manifestOption)
    .option(
      "--profile <name>",
      "what kind of client it is: chatgpt, claude, cursor … (default: by what it calls itself)",
    )
    .action(async (options) => {
      exit = await (await import("./serving.ts")).runServing("stdio", terminal, options);
    });
  program
    .command("connect")
    .description("serve one client on stdin and stdout from a hub that is running")
    .argument(
      "[url]",
      "ws://HOST:PORT, wss://HOST/PATH, http://HOST:PORT/mcp, https://… or unix:PATH (default: HUB_URL)",
    )
    .option(...tokenEnvOption)
    .option(...tokenFileOption)
    .option(...headerOption, append)
    .option(
      "--profile <name>",
      "what kind of client it is: chatgpt, claude, cursor … (default: by what it calls itself)",
    )
    .option("--max-message-bytes <bytes>", "largest message taken from the client (default: 10485760, as the hub's)")
    .addHelpText(
      "after",
      "\nClients that start this command share the Cores of one hub. When the hub goes away, requests under way fail with" +
        "\nhub_unreachable, and the connection is made again as soon as the hub is back. A token is never taken from an" +
        "\nargument or a URL. Exit codes: 0 the client is done, 1 no hub or not let in, 2 used in a wrong way.",
    )
    .action(async (url, options) => {
      exit = await (await import("./commands/connect.ts")).connect(terminal, url, options);
    });
  program
    .command("check")
    .description("validate a manifest and look its secrets up")
    .argument("[file]", "the same as --manifest")
    .option(...manifestOption)
    .option("--json", "print JSON")
    .option("--start", "start every Core, too, and say what it has")
    .action(async (file, options) => {
      const { check } = await import("./commands/check.ts");
      exit = await check(terminal, file, options, async (...given) => {
        return (await import("./started-cores.ts")).startedCores(...given);
      });
    });
  program
    .command("list")
    .description("what a client would see: tools, resources, prompts, or the Cores")
    .argument("[what]", "cores, tools, resources or prompts", "tools")
    .option(...manifestOption)
    .option("--json", "print JSON")
    .option("--all", "also what is hidden, and why; of Cores of one's own only")
    .option(...profileOption)
    .option("--tokens", "what each Core and tool costs a model, in estimated tokens")
    .option(...urlOption)
    .option(...tokenEnvOption)
    .option(...tokenFileOption)
    .option(...headerOption, append)
    .addHelpText("after", runningHubHelp)
    .action(async (what, options) => {
      exit = await (await import("./commands/list.ts")).list(terminal, what, options);
    });
  program
    .command("call")
    .description("make one tool call; progress is shown on a terminal")
    .argument("<name>", "the tool, in any spelling: template__echo or template.echo")
    .argument("[arguments]", "a JSON object, or - to read it from stdin", "{}")
    .option(...manifestOption)
    .option("--json", "print the whole result as JSON")
    .option(...profileOption)
    .option(...urlOption)
    .option(...tokenEnvOption)
    .option(...tokenFileOption)
    .option(...headerOption, append)
    .addHelpText("after", `${runningHubHelp} An interrupt (Ctrl-C) cancels the call.`)
    .action(async (name, json, options) => {
      exit = await (await import("./commands/call.ts")).call(terminal, name, json, options);
    });
  program
    .command("explain")
    .description("whether a client may use something, and which rule of the manifest says so")
    .usage("[options] <client> <name>")
    .argument(
      "<client>",
      "one of the manifest; token for the holder of HUB_TOKEN, anonymous for whoever needs none; left out with --claims",
    )
    .argument("[name]", "a tool or prompt in any spelling, or a resource's uri")
    .option(...manifestOption)
    .option(
      "--claims <file>",
      "in place of a client: a file with the claims of a signed token, or with the token; - for stdin",
    )
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nCores are started for it, as only they know what they have. Exit codes: 0 allowed, 1 not allowed or not there, 2 no such client or" +
        "\nthe manifest is wrong, 3 not found, and a Core is not up.",
    )
    .action(async (client, name, options) => {
      const words = name === undefined ? [client] : [client, name];
      exit = await (await import("./commands/explain.ts")).explain(terminal, words, options);
    });
  program
    .command("health")
    .description("exit 0 when the hub of this environment answers (HUB_LISTEN, HUB_BASE_PATH), or runs on STDIO")
    .option("--json", "print JSON")
    .option("--timeout-ms <ms>", "how long to wait for an answer (default: 4000)")
    .action(async (options) => {
      exit = await (await import("./commands/health.ts")).health(terminal, options);
    });
  const steering = (name: string, says: string, help: string) =>
    program
      .command(name)
      .description(says)
      .option(
        "--url <url>",
        "the hub: http://HOST:PORT, https://HOST/PATH or unix:PATH (default: HUB_URL, else the one that runs here)",
      )
      .option(
        "--token-env <name>",
        "the variable that holds an admin's token (default: HUB_TOKEN, or the file of HUB_TOKEN_FILE)",
      )
      .option("--token-file <file>", "the file that holds an admin's token")
      .option("--json", "print JSON")
      .addHelpText(
        "after",
        `\n${help}\nA hub of the same user on this machine is found by itself, and needs no token.`,
      );
  steering(
    "status",
    "what a running hub is doing: its Cores, sessions and calls",
    "Exit codes: 0 it answers, 1 no hub answers or not to this caller, 3 it has given a Core up.",
  ).action(async (options) => {
    exit = await (await import("./commands/status.ts")).status(terminal, options);
  });
  steering(
    "reload",
    "have a running hub read its manifest again, and say what changed",
    "Exit codes: 0 in force or nothing changed, 1 no hub answers or not to this caller, 2 the manifest is wrong, 3 a Core did not come up;\nthe old one stays in force after 2 and 3.",
  ).action(async (options) => {
    exit = await (await import("./commands/reload.ts")).reload(terminal, options);
  });
  steering(
    "restart",
    "start one Core of a running hub anew; no call is lost",
    "The new one takes over when it is up; where it does not come up, the old one goes on. Exit codes: 0 done, 1 no hub or no such\nCore, 3 it did not come up.",
  )
    .argument("<core>", "its key in the manifest")
    .action(async (core, options) => {
      exit = await (await import("./commands/steer.ts")).steer("restart", terminal, core, options);
    });
  steering(
    "drain",
    "let one Core of a running hub finish its calls, and stop it",
    "New calls to it are refused at once; thehub restart brings it back. Waits until it has stopped. Exit codes: 0 done, 1 no hub or\nno such Core.",
  )
    .argument("<core>", "its key in the manifest")
    .action(async (core, options) => {
      exit = await (await import("./commands/steer.ts")).steer("drain", terminal, core, options);
    });
  program
    .command("login")
    .description("sign in to a remote Core, in a browser or with a device code")
    .argument("[core]", "its key in the manifest")
    .option(...manifestOption)
    .option("--for <client>", "whose login it is: a client of the manifest, where the Core has credentials: per-user")
    .option(
      "--device",
      "with a code to enter on another device, where the server has such codes: for machines without a browser",
    )
    .option("--no-browser", "print the page to open, and open none (default: BROWSER, else the system's)")
    .option("--list", "which logins there are")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nThe login is kept in HUB_STATE_DIR, encrypted, and renewed by itself; a hub that runs has it at once. A Core with grant:" +
        "\nclient_credentials needs none: the command then says whether the hub can sign in as itself. Exit codes: 0 signed in, 1 nobody" +
        "\ndid in time, 2 no such Core, 3 the other side refused.",
    )
    .action(async (core, options) => {
      exit = await (await import("./commands/login.ts")).login(terminal, core, options);
    });
  program
    .command("logout")
    .description("end a login at a remote Core: its tokens are revoked where the server does that, and forgotten")
    .argument("<core>", "its key in the manifest")
    .option(...manifestOption)
    .option("--for <client>", "whose login it is, as with thehub login")
    .option("--json", "print JSON")
    .action(async (core, options) => {
      exit = await (await import("./commands/logout.ts")).logout(terminal, core, options);
    });
  addTokenCommands(program, terminal, (code) => {
    exit = code;
  });

  try {
    await program.parseAsync(commandLine(argv, terminal), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  return exit;
}

/** `thehub` alone means serve, stdio or help, by what it was started with. */
function commandLine(argv: readonly string[], terminal: Terminal): string[] {
  if (argv.length > 0) return [...argv];
  if ((terminal.env["HUB_LISTEN"] ?? "").trim() !== "") return ["serve"];
  return terminal.stdin.isTTY === true ? ["--help"] : ["stdio"];
}

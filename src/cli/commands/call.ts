// `thehub call`: one tool call, with Cores of its own or by a hub that runs already. Progress goes to stderr on a terminal, the answer to stdout.
import { text as readAll } from "node:stream/consumers";
import { HubError } from "../../base/errors.ts";
import { printable } from "../../base/printable.ts";
import { version } from "../../library/version.ts";
import { InProcessClient, type Progress } from "../in-process-client.ts";
import { hasPerson, Person, personCapabilities } from "../person.ts";
import { checkProfile, prepareOrThrow } from "../prepare.ts";
import { type RunningHubOptions, runningHubUrl } from "../running-hub-options.ts";
import { withHub } from "../started-cores.ts";
import { oneLine, ownLines, printJson, type Terminal } from "../terminal.ts";

interface CallOptions extends RunningHubOptions {
  readonly json?: boolean;
}

interface Content {
  readonly type: string;
  readonly text?: string;
  readonly uri?: string;
  readonly mimeType?: string;
}

/** Exit 1 when the tool reports an error, 3 when its Core could not be used. An interrupt takes the call back. */
export async function call(terminal: Terminal, name: string, json: string, options: CallOptions): Promise<number> {
  const argumentsText = json === "-" ? await readAll(terminal.stdin) : json;
  checkArguments(argumentsText);
  const onProgress = (progress: Progress) => show(terminal, progress);
  const person = personAt(terminal, json);
  const url = runningHubUrl(terminal, options);
  if (url !== undefined) {
    const { withRunningHub } = await import("../running-hub.ts");
    return withRunningHub(
      terminal,
      url,
      options,
      onProgress,
      (client) => {
        return callWith(client, terminal, name, argumentsText, options, () => []);
      },
      person,
    );
  }
  const prepared = prepareOrThrow(terminal, options);
  checkProfile(options.profile, prepared);
  return withHub(
    terminal,
    prepared,
    async (hub) => {
      const principal = { ...hub.everyone, profileName: options.profile };
      const client = new InProcessClient(hub.doorkeeper, principal, onProgress, person);
      const interrupted = () => client.cancelAll();
      process.once("SIGINT", interrupted);
      try {
        await client.initialize(version);
        const troubles = () => hub.summaries().flatMap(({ core }) => hub.trouble(core) ?? []);
        return await callWith(client, terminal, name, argumentsText, options, troubles);
      } finally {
        process.off("SIGINT", interrupted);
        client.close();
      }
    },
    person === undefined ? {} : personCapabilities,
  );
}

/** Undefined where nobody can be asked: no terminal, or one whose input has the arguments. */
function personAt(terminal: Terminal, json: string): Person | undefined {
  return json !== "-" && hasPerson(terminal) ? new Person(terminal) : undefined;
}

/** `troubles`: what is wrong with Cores, one of which may be the one that has the tool. */
async function callWith(
  client: InProcessClient,
  terminal: Terminal,
  name: string,
  argumentsText: string,
  { json }: CallOptions,
  troubles: () => readonly string[],
): Promise<number> {
  // The arguments go out as they were written: no number loses a digit here.
  const params = `{"name":${JSON.stringify(name)},"arguments":${argumentsText},"_meta":{"progressToken":1}}`;
  const reply = await client.request("tools/call", params);
  if (terminal.stderr.isTTY === true) terminal.stderr.write("\r\x1b[K");
  if (reply.error !== undefined) {
    const code = (reply.error.data as { code?: string } | undefined)?.code ?? "";
    const isUnknown = code === "name_unknown";
    // The Core that is not up may be the one that has it.
    const known = isUnknown ? troubles() : [];
    if (known.length > 0) terminal.stderr.write(`${printable(known.join("\n"))}\n`);
    if (json === true) printJson(terminal, { error: reply.error });
    else {
      const message = ownLines(reply.error.message);
      // What a client of MCP asks; who is told here has a command for it.
      terminal.stderr.write(
        `thehub: ${isUnknown ? message.replace("; tools/list shows", "; thehub list shows") : message}\n`,
      );
    }
    if (known.length > 0) return 3;
    return code.startsWith("core_") ? 3 : 1;
  }
  if (json === true) terminal.stdout.write(`${forReader(terminal, reply.resultText ?? "", printableJson)}\n`);
  else print(terminal, reply.result);
  return (reply.result as { isError?: boolean }).isError === true ? 1 : 0;
}

const wanted = `write an object, such as '{"text": "hello"}'`;

function checkArguments(text: string): void {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return;
  } catch (error) {
    throw new HubError("usage", `the arguments are not JSON: ${(error as Error).message}; ${wanted}`);
  }
  throw new HubError("usage", `the arguments are no JSON object; ${wanted}`);
}

function show(terminal: Terminal, { progress, total, message }: Progress): void {
  if (terminal.stderr.isTTY !== true) return;
  const part = total === undefined ? String(progress) : `${progress}/${total}`;
  terminal.stderr.write(`\r\x1b[K${oneLine(message === undefined ? part : `${part} ${message}`)}`);
}

/** A program gets what the Core said byte for byte; a person at a terminal what cannot steer it. */
function forReader({ stdout }: Terminal, text: string, shown = printable): string {
  return stdout.isTTY === true ? shown(text) : text;
}

/** Outside of its strings JSON may have carriage returns, which are as good as spaces. */
function printableJson(text: string): string {
  return printable(text.replaceAll("\r", " "));
}

/** Text; anything else as a line that says what it is. `--json` prints the whole result. */
function print(terminal: Terminal, result: unknown): void {
  const { content, structuredContent } = result as { content?: Content[]; structuredContent?: unknown };
  if (content === undefined) {
    printJson(terminal, result);
    return;
  }
  for (const item of content) {
    if (item.text !== undefined) terminal.stdout.write(`${forReader(terminal, String(item.text))}\n`);
    else terminal.stdout.write(`[${oneLine([item.type, item.mimeType, item.uri].filter(Boolean).join(" "))}]\n`);
  }
  if (content.length === 0 && structuredContent !== undefined) {
    printJson(terminal, structuredContent);
  }
}

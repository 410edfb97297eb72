// `thehub reload`: has a running hub read its manifest again, and says what came of it.
import { printable } from "../../base/printable.ts";
import { type Problem, renderProblems } from "../../manifest/problems.ts";
import { type AdminOptions, findAdmin } from "../admin-client.ts";
import { oneLine, printJson, type Terminal } from "../terminal.ts";

interface Changes {
  readonly cores: Readonly<Record<string, readonly string[] | boolean>>;
  readonly clients: Readonly<Record<string, readonly string[]>>;
  readonly settings: readonly string[];
  readonly needs_restart: readonly string[];
}

/** Exit 0: in force, or nothing has changed. 2: the manifest is wrong. 3: a Core did not come up. Then the old one stays in force. */
export async function reload(terminal: Terminal, options: AdminOptions): Promise<number> {
  const admin = await findAdmin(terminal, options);
  const { body, error } = await admin.ask("POST", "reload");
  if (options.json === true) {
    printJson(terminal, body);
    return error?.facts.exit ?? 0;
  }
  if (Array.isArray(body["problems"]))
    terminal.stderr.write(`${printable(renderProblems(body["problems"] as Problem[]))}\n`);
  if (error !== undefined) throw error;
  const file = typeof body["file"] === "string" ? oneLine(body["file"]) : "the built-in manifest";
  if (body["outcome"] === "unchanged") terminal.stdout.write(`nothing has changed in ${file}\n`);
  else terminal.stdout.write(`reloaded ${file}\n${changeLines(body["changes"] as Changes)}`);
  return 0;
}

function changeLines({ cores, clients, settings, needs_restart: needsRestart }: Changes): string {
  const lines: string[] = [];
  const tell = (what: string, names: readonly string[] | boolean) => {
    if (names === true) lines.push(`  ${what}\n`);
    else if (names !== false && names.length > 0) lines.push(`  ${what}: ${names.map(oneLine).join(", ")}\n`);
  };
  for (const [how, names] of Object.entries(cores)) tell(`cores ${how === "policy" ? "with other rules" : how}`, names);
  for (const [how, names] of Object.entries(clients))
    tell(`clients ${how === "rekeyed" ? "with another token" : how}`, names);
  tell("settings", settings);
  tell("settings that wait for a restart of the hub", needsRestart);
  return lines.join("");
}

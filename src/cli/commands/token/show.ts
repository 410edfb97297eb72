// `thehub token show`: the token that a hub made for itself, for whoever may read its state folder.
import { join } from "node:path";
import { HubError } from "../../../base/errors.ts";
import { variable } from "../../../manifest/environment.ts";
import { readKeptToken } from "../../made-token.ts";
import { findStateDir } from "../../state-dir.ts";
import type { Terminal } from "../../terminal.ts";

/** Exit 1: there is none, or clients present another. The token alone goes to stdout, so that a script can take it. */
export async function showToken(terminal: Terminal): Promise<number> {
  const given = ["HUB_TOKEN", "HUB_TOKEN_FILE"].find((name) => variable(terminal.env, name) !== undefined);
  if (given !== undefined)
    return refuse(terminal, `no token was made, since ${given} is set: clients present that one`);
  const stateDir = await findStateDir(terminal);
  const token = await readKeptToken(stateDir).catch((error: NodeJS.ErrnoException) => {
    throw new HubError("usage", `cannot read ${join(stateDir, "token")} (${error.code}): run this as the hub's user`);
  });
  if (token !== undefined) {
    terminal.stdout.write(`${token.reveal()}\n`);
    return 0;
  }
  return refuse(
    terminal,
    `no token is kept in ${stateDir}: one is where no client and no HUB_TOKEN is set, and thehub serve has auth: builtin, or listens beyond ` +
      "this machine without a terminal (at one, it is printed at the start); set HUB_STATE_DIR to the folder that the hub has",
  );
}

function refuse(terminal: Terminal, why: string): number {
  terminal.stderr.write(`thehub: ${why}\n`);
  return 1;
}

// How a client is to start this hub again: by its package, or from the clone that it is run from, which no registry need know.
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** `main`: the program as it was started, perhaps by a link to it. */
export function ownCommand(main: string): readonly [command: string, ...args: string[]] {
  const file = existsSync(main) ? realpathSync(main) : main;
  const isClone = existsSync(join(dirname(file), "../../src/cli/main.ts"));
  return isClone ? ["node", file] : ["npx", "-y", "@ghively/thehub"];
}

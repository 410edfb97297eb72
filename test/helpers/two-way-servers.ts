// The two-way Cores of one generation of the SDK as servers elsewhere, in one process.
import { join } from "node:path";
import { root } from "./hub-process.ts";
import { ServerProcess } from "./server-process.ts";
import type { Generation } from "./two-way-client.ts";

/** Its `place` is `HOST:PORT`. */
export function startTwoWayServers(generation: Generation): Promise<ServerProcess> {
  return ServerProcess.start(join(root, "test/fixtures/two-way/elsewhere.mjs"), [String(generation[0])]);
}

// What the hub's Cores are started with, of what this process was started with.
import { fileURLToPath } from "node:url";
import type { Terminal } from "./terminal.ts";
import { packageRoot, version } from "./version.ts";

export interface CoreEnvironment {
  readonly env: Terminal["env"];
  readonly platform: NodeJS.Platform;
  /** Folders on the Cores' PATH after the hub's own: the example Cores, and the Node that runs the hub. */
  readonly extraPath: readonly string[];
  readonly version: string;
}

export function coreEnvironment(terminal: Terminal): CoreEnvironment {
  const exampleCores = fileURLToPath(new URL("examples/cores/bin", packageRoot));
  const node = fileURLToPath(new URL(".", `file://${process.execPath}`));
  return { env: terminal.env, platform: process.platform, extraPath: [exampleCores, node], version };
}

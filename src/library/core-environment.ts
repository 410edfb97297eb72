// What the hub's Cores are started with, of what this process was started with.
import { fileURLToPath } from "node:url";
import { packageRoot, version } from "./version.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface CoreEnvironment {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  /** Folders on the Cores' PATH after the hub's own: the example Cores, and the Node that runs the hub. */
  readonly extraPath: readonly string[];
  readonly version: string;
}

export function coreEnvironment({ env }: { readonly env: Environment }): CoreEnvironment {
  const exampleCores = fileURLToPath(new URL("examples/cores/bin", packageRoot));
  const node = fileURLToPath(new URL(".", `file://${process.execPath}`));
  return { env, platform: process.platform, extraPath: [exampleCores, node], version };
}

// What the fence around Cores keeps from them: every file that holds what only the hub is to know.
import { mkdirSync } from "node:fs";
import { Fence, type FenceDeps, type FenceRules } from "../cores/fence.ts";
import type { Setup } from "../manifest/diff.ts";

/** Where Docker, Compose and Podman put secrets, whether or not HUB_SECRETS_DIR says so. */
const engineSecrets = "/run/secrets";

export interface CoreFenceDeps extends Pick<FenceDeps, "log" | "platform"> {
  /** The hub's own environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As it is in force. */
  setup(): Setup;
}

export function coreFence({ env, setup, ...rest }: CoreFenceDeps): Fence {
  const home = env["HOME"];
  if (home?.startsWith(`${setup().settings.stateDir}/`) === true) makeFolder(home);
  const open = home === undefined ? [] : [home];
  return new Fence({ ...rest, path: env["PATH"] ?? "", rules: () => fenceRules(setup(), open) });
}

function fenceRules({ manifest, settings }: Setup, open: readonly string[]): FenceRules {
  const { fence, stateDir, secretsDir = engineSecrets, tls, secretFiles } = settings;
  const ofCores = manifest.cores.flatMap((core) =>
    core.secrets.flatMap(({ from }) => (from.t === "file" ? [from.path] : [])),
  );
  const keys = tls === undefined ? [] : [tls.key];
  const closed = [stateDir, secretsDir, engineSecrets, ...keys, ...secretFiles, ...ofCores];
  return { mode: fence, closed: [...new Set(closed)], open };
}

/** In the image HOME is within the state folder: Cores keep their caches there. A start where that fails is a Core's to complain about. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch {}
}

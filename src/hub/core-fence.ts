// What the fence around Cores keeps from them: every file that holds what only the hub is to know.
import { join } from "node:path";
import { Fence, type FenceDeps, type FenceRules } from "../cores/fence.ts";
import type { Setup } from "../manifest/diff.ts";
import type { ResolvedCore } from "../manifest/manifest.ts";

/** Where Docker, Compose and Podman put secrets, whether or not HUB_SECRETS_DIR says so: before the hub starts, or never. */
const engineSecrets = "/run/secrets";

export interface CoreFenceDeps extends Pick<FenceDeps, "log" | "platform"> {
  /** The hub's own environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As it is in force. */
  setup(): Setup;
}

export function coreFence({ env, setup, ...rest }: CoreFenceDeps): Fence {
  return new Fence({ ...rest, path: env["PATH"] ?? "", rules: () => fenceRules(setup(), env["HOME"]) });
}

export function fenceRules({ manifest, settings }: Setup, home: string | undefined): FenceRules {
  const { fence, stateDir, secretsDir, tls, secretFiles } = settings;
  const keys = tls === undefined ? [] : [tls.key];
  const tokens = manifest.clients.flatMap((client) =>
    client.tokens.flatMap((it) => (it.t === "file" ? [it.path] : [])),
  );
  const named = [...keys, ...secretFiles, ...tokens, ...manifest.cores.flatMap(filesOf)];
  const closed = secretsDir === undefined ? [stateDir, ...named] : [stateDir, secretsDir, ...named];
  // As in the image: caches are programs that run at the next start, so no Core writes to another's.
  const homes = home === stateDir ? join(home, "home") : home?.startsWith(`${stateDir}/`) === true ? home : undefined;
  return { mode: fence, closed: [...new Set(closed)], closedIfThere: [engineSecrets], homes };
}

/** Those that hold secrets of one Core, or keys by which the hub is known to it. */
function filesOf({ secrets, login, remote }: ResolvedCore): readonly string[] {
  const all = [...secrets, login?.clientSecret, login?.privateKey?.secret];
  const named = all.flatMap((secret) => (secret?.from.t === "file" ? [secret.from.path] : []));
  return remote?.tls?.key === undefined ? named : [...named, remote.tls.key];
}

// What the hub hands to each Core, but for what is a Core's own; and how a Core's secrets are found.
import type { Clock } from "../base/clock.ts";
import { PassingSecrets } from "../base/passing-secrets.ts";
import type { Secret } from "../base/secret.ts";
import type { CoreDeps, SecretsFound } from "../cores/core-deps.ts";
import type { Reaper } from "../cores/reaper.ts";
import { defaultPendingBytes, defaultStallMs } from "../cores/stdio-link.ts";
import { clientTokenHashes } from "../manifest/client-tokens.ts";
import type { Setup } from "../manifest/diff.ts";
import type { ResolvedCore } from "../manifest/manifest.ts";
import { explainSecret, resolveSecrets } from "../manifest/secrets.ts";
import type { Settings } from "../manifest/settings.ts";
import type { Log } from "../telemetry/log.ts";
import type { Masker } from "../wire/mask.ts";
import { coreFence } from "./core-fence.ts";

/** Cores' messages may be larger than clients': a result carries what the tool read. */
const maxCoreMessageBytes = 64 * 1024 * 1024;

export interface CoreHost {
  readonly log: Log;
  readonly masker: Masker;
  readonly settings: Settings;
  /** The hub's own environment: where secrets and the Cores' PATH come from. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly extraPath: readonly string[];
  readonly version: string;
}

export function coreDepsOf(
  host: CoreHost,
  hubId: string,
  clock: Clock,
  setup: () => Setup,
  reaper: Promise<Pick<Reaper, "usesEngine">>,
): Omit<CoreDeps, "secrets" | "ids" | "known" | "capabilities" | "credential"> {
  const { log, masker, settings, env, platform, extraPath, version } = host;
  const own = log.child({ component: "cores" });
  let instances = 0;
  return {
    clock,
    log: own,
    masker,
    limits: {
      maxMessageBytes: Math.max(maxCoreMessageBytes, settings.limits.maxMessageBytes),
      maxPendingBytes: defaultPendingBytes,
      stallMs: defaultStallMs,
    },
    host: {
      hubId,
      version,
      platform,
      env: (name) => env[name],
      extraPath,
      nextInstance: () => ++instances,
      usesEngine: (file, environment) => void reaper.then((it) => it.usesEngine(file, environment)),
      fence: coreFence({ log: own, platform, env, setup }),
    },
  };
}

export type SecretFinder = (definition: ResolvedCore, setup: Setup) => Promise<SecretsFound>;

/**
 * For one instance: its secrets as the setup has them looked for. What is found is masked until the start after the next one, or until nobody has
 * the finder any more.
 */
export function secretFinder({ env, masker }: Pick<CoreHost, "env" | "masker">): SecretFinder {
  const masked = new PassingSecrets((secret) => masker.add(secret));
  return async (definition, setup) => {
    const found = await find(env, definition, setup);
    if (found.t === "ok") masked.change([...found.values.values()]);
    return found;
  };
}

async function find(
  env: CoreHost["env"],
  definition: ResolvedCore,
  { manifest, settings }: Setup,
): Promise<SecretsFound> {
  const values = new Map<string, Secret>();
  const reader = {
    env,
    secretsDir: settings.secretsDir,
    hubTokens: settings.token === undefined ? [] : [settings.token],
    clientTokenHashes: clientTokenHashes(manifest.clients),
  };
  for (const secret of await resolveSecrets(definition, reader)) {
    if (secret.t !== "found") return { t: "missing", message: explainSecret(secret, definition) ?? secret.name };
    values.set(secret.name, secret.value);
  }
  return { t: "ok", values };
}

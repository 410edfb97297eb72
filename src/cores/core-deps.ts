// What a Core needs of whoever runs it.
import type { ClientCapabilities } from "../base/client-capabilities.ts";
import type { Clock } from "../base/clock.ts";
import type { Credential } from "../base/credential.ts";
import type { Secret } from "../base/secret.ts";
import type { ResolvedCore } from "../manifest/manifest.ts";
import type { Log } from "../telemetry/log.ts";
import type { Masker } from "../wire/mask.ts";
import type { Host } from "./environment.ts";
import type { Known } from "./known.ts";
import type { LinkLimits } from "./stdio-link.ts";

export type SecretsFound =
  | { readonly t: "ok"; readonly values: ReadonlyMap<string, Secret> }
  | { readonly t: "missing"; readonly message: string };

export interface CoreDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly host: Host;
  readonly limits: LinkLimits;
  /** For stderr, and for what the hub reads out of a Core's answers. */
  readonly masker: Pick<Masker, "look" | "maskFrame" | "maskText">;
  /** The last id that was used; shared with the Core that this one takes the place of. */
  readonly ids: { last: number };
  /** Shared by all instances of one definition. */
  readonly known: Known;
  /** What the Core may ask its client, as `initialize` says it. Asked at every start. */
  capabilities(): Promise<ClientCapabilities>;
  /** The login that a remote Core's requests go with; undefined where there is none. Asked at every start. */
  credential(): Promise<Credential | undefined>;
  /** Asked at every start, so that a rotated secret is taken up by a restart. */
  secrets(definition: ResolvedCore): Promise<SecretsFound>;
}

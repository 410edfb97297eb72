// What the hub's own ways in stand on beside the manifest, kept in step with its files: tokens in files, the keys of signed tokens, and what was
// taken back of those.
import type { Clock } from "../base/clock.ts";
import type { Secret } from "../base/secret.ts";
import type { Way } from "../identity/auth.ts";
import { certificates } from "../identity/certificates.ts";
import { KeyRing } from "../identity/key-ring.ts";
import { Ledger, LiveGrants } from "../identity/ledger.ts";
import { type Looked, Lookout } from "../identity/lookout.ts";
import { HubTokens } from "../identity/signed-tokens.ts";
import { sockets } from "../identity/sockets.ts";
import { staticTokens } from "../identity/static-tokens.ts";
import { TokenFiles } from "../identity/token-files.ts";
import type { Setup } from "../manifest/diff.ts";
import type { Log } from "../telemetry/log.ts";

export interface CredentialsDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly stateDir: string;
  /** Whatever else may take back what it let in. */
  readonly further: readonly Looked[];
  /** A token is known from now on: it is to be kept out of everything that is said. */
  learned(token: Secret): void;
  /** Answers given before may not hold any more, and those inside are to be judged anew. */
  changed(): void;
}

export class Credentials {
  readonly ring: KeyRing;
  readonly ledger: Ledger;
  readonly live: LiveGrants;
  readonly #clock: Clock;
  readonly #files: TokenFiles;
  readonly #signed: HubTokens;
  readonly #lookout: Lookout;

  constructor({ clock, log, stateDir, further, learned, changed }: CredentialsDeps) {
    this.#clock = clock;
    this.ring = new KeyRing(stateDir);
    this.ledger = new Ledger({ stateDir, clock });
    this.live = new LiveGrants(this.ledger);
    this.#files = new TokenFiles({ log, learned });
    this.#signed = new HubTokens({ ring: this.ring, live: this.live, clock });
    this.#lookout = new Lookout({ clock, log, looked: [this.#files, this.ring, this.live, ...further], changed });
  }

  /** Resolves once everything is known that there is; from then on changes are noticed within seconds. Never rejects. */
  open(): Promise<void> {
    return this.#lookout.open();
  }

  close(): void {
    this.#lookout.close();
  }

  /** In the order in which they are asked. */
  ways({ manifest: { clients }, settings: { token } }: Setup): readonly Way[] {
    const clock = this.#clock;
    const paths = clients.flatMap(({ tokens }) => tokens.flatMap((one) => (one.t === "file" ? [one.path] : [])));
    this.#files.take(paths);
    const ways = [
      staticTokens({ token, clients, files: this.#files, clock }),
      this.#signed.way(clients),
      certificates(clients, clock),
      sockets(clients, clock),
    ];
    return ways.filter((way) => way !== undefined);
  }
}

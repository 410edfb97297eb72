// Keeps the hub's TLS in step with its files: reads them again when they change, in whatever way they were put there, and goes on
// with what it has when the new ones are bad.
import type { SecureContextOptions, Server, TlsOptions } from "node:tls";
import type { Clock, Timer } from "../../base/clock.ts";
import { HubError } from "../../base/errors.ts";
import { lookAt } from "../../base/file-look.ts";
import type { TlsFiles } from "../../base/tls-files.ts";
import type { DoorLog } from "../port.ts";
import { type CertificateFacts, readTlsPair, type TlsPair } from "./tls-pair.ts";

export interface TlsKeeperDeps {
  readonly files: TlsFiles;
  readonly clock: Clock;
  readonly log: DoorLog;
  /** A certificate came into force in place of another. */
  reloaded?(certificate: CertificateFacts): void;
}

/**
 * The files are looked at, not watched: a look follows every link on the way, as Kubernetes, cert-manager and certbot lay them, and
 * works on network file systems and single-file mounts, where no event comes. Three calls of `stat` cost nothing.
 */
const lookMs = 2_000;
const dayMs = 24 * 60 * 60 * 1000;
const warnDays = 14;

export class TlsKeeper {
  readonly #deps: TlsKeeperDeps;
  readonly #servers = new Set<Server>();
  #pair: TlsPair;
  /** How the files looked when they were last read, and at the last look. */
  #read: string;
  #seen: string;
  #look: Timer | undefined;
  #daily: Timer | undefined;
  #closed = false;

  /** Rejects with `usage`, which names the file and the fix, when the files cannot serve TLS. */
  static async open(deps: TlsKeeperDeps): Promise<TlsKeeper> {
    // Before the files are read: what changes while they are is found by the first look.
    const looks = await looksOf(deps.files);
    return new TlsKeeper(deps, await readTlsPair(deps.files), looks);
  }

  private constructor(deps: TlsKeeperDeps, pair: TlsPair, looks: string) {
    this.#deps = deps;
    this.#pair = pair;
    this.#read = looks;
    this.#seen = looks;
    this.#judge();
    this.#arm();
  }

  /** The certificate in force. */
  get certificate(): CertificateFacts {
    return this.#pair.certificate;
  }

  /** What a server is made with. */
  options(): TlsOptions {
    const asksClients = this.#pair.clientCa !== undefined;
    return {
      ...this.#context(),
      ALPNProtocols: ["http/1.1"],
      requestCert: asksClients,
      rejectUnauthorized: asksClients,
    };
  }

  /** From now on the server follows the files, until it is closed. */
  keep(server: Server): void {
    this.#servers.add(server);
    server.once("close", () => this.#servers.delete(server));
  }

  close(): void {
    this.#closed = true;
    this.#look?.cancel();
    this.#daily?.cancel();
  }

  #context(): SecureContextOptions {
    const { cert, key, clientCa } = this.#pair;
    return { cert, key, minVersion: "TLSv1.2", ...(clientCa !== undefined && { ca: clientCa }) };
  }

  #arm(): void {
    if (this.#closed) return;
    this.#look = this.#deps.clock.after(lookMs, () => void this.#lookAgain().finally(() => this.#arm()));
  }

  /** Two looks must agree before the files are read: of two files that are copied one after the other, only one is there at first. */
  async #lookAgain(): Promise<void> {
    const looks = await looksOf(this.#deps.files);
    const isSettled = looks === this.#seen;
    this.#seen = looks;
    if (!isSettled || looks === this.#read || this.#closed) return;
    this.#read = looks;
    await this.#reload();
  }

  async #reload(): Promise<void> {
    const { files, log } = this.#deps;
    const before = this.#pair;
    try {
      const pair = await readTlsPair(files);
      if (this.#closed) return;
      if (isSame(pair, before)) {
        this.#pair = pair;
        return;
      }
      if (this.#daysLeft(pair.certificate) <= 0) {
        throw new HubError("usage", `the TLS certificate ${files.cert} expired at ${pair.certificate.expires}`);
      }
      this.#pair = pair;
      // Also ends the resumption of TLS sessions that were agreed on before: each server makes ticket keys of its own anew.
      for (const server of this.#servers) server.setSecureContext(this.#context());
    } catch (error) {
      const { subject, expires } = before.certificate;
      log.warn("tls_reload_failed", { reason: HubError.from(error).message, in_force: subject, expires });
      return;
    }
    const { subject, expires } = this.certificate;
    log.info("tls_reloaded", { subject, expires });
    this.#judge();
    this.#deps.reloaded?.(this.certificate);
  }

  /** Says what an operator should see to: at the start, with every new certificate, and once a day. */
  #judge(): void {
    const { clock, files, log } = this.#deps;
    const { subject, expires } = this.certificate;
    this.#daily?.cancel();
    this.#daily = clock.after(dayMs, () => this.#judge());
    const days = this.#daysLeft(this.certificate);
    if (days <= warnDays) {
      const fix = `renew it and replace ${files.cert} and ${files.key}: they are read again without a restart`;
      log.warn("tls_certificate_expires", { subject, expires, days: Math.max(0, Math.floor(days)), fix });
    }
    if (this.#pair.isKeyExposed) {
      log.warn("tls_key_exposed", {
        file: files.key,
        fix: `every user of this machine can read it: chmod 600 ${files.key}`,
      });
    }
  }

  #daysLeft({ expires }: CertificateFacts): number {
    return (Date.parse(expires) - Date.parse(this.#deps.clock.iso())) / dayMs;
  }
}

function isSame(one: TlsPair, other: TlsPair): boolean {
  const same = (a: Buffer | undefined, b: Buffer | undefined) => a === b || (a !== undefined && b?.equals(a) === true);
  return same(one.cert, other.cert) && same(one.key, other.key) && same(one.clientCa, other.clientCa);
}

/** Changes whenever one of the files does. */
async function looksOf({ cert, key, clientCa }: TlsFiles): Promise<string> {
  const paths = [cert, key, clientCa].filter((path) => path !== undefined);
  return (await Promise.all(paths.map(lookAt))).join(" ");
}

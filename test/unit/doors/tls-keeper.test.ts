import assert from "node:assert/strict";
import { chmod, copyFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { HubError } from "../../../src/base/errors.ts";
import type { TlsFiles } from "../../../src/base/tls-files.ts";
import { TlsKeeper } from "../../../src/doors/tls/tls-keeper.ts";
import { type Certificates, makeCertificates, type Pair, signCertificate } from "../../helpers/certificates.ts";
import { MemoryLog } from "../../helpers/echo-doorkeeper.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { lacksOpenssl as skip } from "../../helpers/proxy-process.ts";

let made = "";
let certificates: Certificates;
let renewed: Pair;
let expired: Pair;

before(async () => {
  if (skip !== false) return;
  made = await mkdtemp(join(tmpdir(), "thehub-made-"));
  certificates = makeCertificates(made, "hub.example");
  renewed = signCertificate(made, { name: "renewed", subject: "renewed.example", days: 90 });
  expired = signCertificate(made, { name: "expired", subject: "expired.example", days: -1 });
});

after(() => rm(made, { recursive: true, force: true }));

/** The wall clock of the certificates, and timers that a test moves. */
class RealDateClock extends FakeClock {
  override iso(): string {
    return new Date(Date.now() + this.now()).toISOString();
  }
}

class Kept implements AsyncDisposable {
  readonly clock = new RealDateClock();
  readonly log = new MemoryLog();
  readonly reloads: string[] = [];
  readonly folder: string;
  readonly files: TlsFiles;
  keeper: TlsKeeper | undefined;

  private constructor(folder: string, clientCa: boolean) {
    this.folder = folder;
    const path = (name: string) => join(folder, name);
    this.files = { cert: path("tls.crt"), key: path("tls.key"), clientCa: clientCa ? path("ca.crt") : undefined };
  }

  static async make({ clientCa = false } = {}): Promise<Kept> {
    return new Kept(await mkdtemp(join(tmpdir(), "thehub-keeper-")), clientCa);
  }

  /** Copied beside and renamed over, as programs that renew certificates do. */
  async put(pair: Partial<Pair>): Promise<void> {
    for (const [from, to] of [
      [pair.cert, this.files.cert],
      [pair.key, this.files.key],
    ] as const) {
      if (from === undefined) continue;
      await copyFile(from, `${to}.new`);
      await chmod(`${to}.new`, to.endsWith(".key") ? 0o600 : 0o644);
      await rename(`${to}.new`, to);
    }
  }

  async open(): Promise<TlsKeeper> {
    const { files, clock, log } = this;
    this.keeper = await TlsKeeper.open({ files, clock, log, reloaded: ({ subject }) => this.reloads.push(subject) });
    return this.keeper;
  }

  /** Two looks: the first sees a change, the second that it is over. */
  async looks(times = 2): Promise<void> {
    for (let look = 0; look < times; look++) {
      const { timers } = this.clock;
      this.clock.advance(2_000);
      // A look has ended when the next one is set.
      while (this.clock.timers < timers) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  said(msg: string): string[] {
    return this.log.lines.filter((line) => line.split(" ")[1] === msg);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.keeper?.close();
    assert.equal(this.clock.timers, 0, "no timer is left");
    await rm(this.folder, { recursive: true, force: true });
  }
}

const refusedWith = (pattern: RegExp) => (error: unknown) =>
  error instanceof HubError && error.code === "usage" && pattern.test(error.message);

test("tls-keeper: files that cannot serve are refused at the start, by name and with the fix", { skip }, async () => {
  await using kept = await Kept.make({ clientCa: true });
  const { cert, key, clientCa = "" } = kept.files;
  await copyFile(certificates.ca, clientCa);
  const refuses = (pattern: RegExp) => assert.rejects(kept.open(), refusedWith(pattern));
  await refuses(/tls\.crt cannot be read \(ENOENT\).*HUB_TLS_CERT/);
  await kept.put({ cert: certificates.server.cert });
  await refuses(/key .*tls\.key cannot be read \(ENOENT\)/);
  await kept.put({ key: certificates.client.key });
  await refuses(/tls\.key does not belong to the certificate in .*tls\.crt: the server's own certificate comes first/);
  await writeFile(key, "nonsense");
  await refuses(/tls\.key holds no private key in PEM/);
  await kept.put(certificates.server);
  await writeFile(cert, "nonsense");
  await refuses(/tls\.crt holds no certificate in PEM/);
  await kept.put(certificates.server);
  await writeFile(clientCa, "");
  await refuses(/client CA .*ca\.crt holds no certificate in PEM.*HUB_TLS_CLIENT_CA/);
  await writeFile(clientCa, Buffer.alloc(1024 * 1024 + 1, "-"));
  await refuses(/ca\.crt is larger than 1 MiB/);
  await rm(clientCa);
  await mkdir(clientCa);
  await refuses(/ca\.crt is not a file/);
});

test("tls-keeper: a key with a passphrase is refused with the command that takes it off", { skip }, async () => {
  const { execFileSync } = await import("node:child_process");
  await using kept = await Kept.make();
  await kept.put(certificates.server);
  const { key } = kept.files;
  execFileSync("openssl", ["pkey", "-in", certificates.server.key, "-aes256", "-passout", "pass:x", "-out", key]);
  await assert.rejects(kept.open(), refusedWith(/has a passphrase: write it without one: openssl pkey/));
});

test("tls-keeper: a renamed-over pair comes into force, and is said once", { skip }, async () => {
  await using kept = await Kept.make();
  await kept.put(certificates.server);
  const keeper = await kept.open();
  await kept.looks(5);
  assert.deepEqual(kept.reloads, []);
  await kept.put(renewed);
  await kept.looks(5);
  assert.deepEqual(kept.reloads, ["CN=renewed.example"]);
  assert.equal(keeper.certificate.subject, "CN=renewed.example");
  const [line = "", ...more] = kept.said("tls_reloaded");
  assert.match(line, /^info .*"subject":"CN=renewed.example","expires":"20\d\d-/);
  assert.deepEqual(more, []);
});

test("tls-keeper: a folder that Kubernetes swaps behind a link comes into force", { skip }, async () => {
  await using kept = await Kept.make();
  const { cert, key } = kept.files;
  const version = async (name: string, pair: Pair) => {
    await mkdir(join(kept.folder, name));
    await copyFile(pair.cert, join(kept.folder, name, "tls.crt"));
    await copyFile(pair.key, join(kept.folder, name, "tls.key"));
    await symlink(name, join(kept.folder, "..data_tmp"));
    await rename(join(kept.folder, "..data_tmp"), join(kept.folder, "..data"));
  };
  await version("..1", certificates.server);
  for (const path of [cert, key]) await symlink(join("..data", path.slice(dirname(path).length + 1)), path);
  const keeper = await kept.open();
  await version("..2", renewed);
  await rm(join(kept.folder, "..1"), { recursive: true });
  await kept.looks();
  assert.equal(keeper.certificate.subject, "CN=renewed.example");
});

test("tls-keeper: a pair that is half there waits for its other half, without a word", { skip }, async () => {
  await using kept = await Kept.make();
  await kept.put(certificates.server);
  const keeper = await kept.open();
  await kept.put({ cert: renewed.cert });
  await kept.looks(1);
  await kept.put({ key: renewed.key });
  await kept.looks(2);
  assert.equal(keeper.certificate.subject, "CN=renewed.example");
  assert.deepEqual(kept.said("tls_reload_failed"), []);
});

test("tls-keeper: a bad pair leaves the old one in force, says why once, and a good one is taken after it", {
  skip,
}, async () => {
  await using kept = await Kept.make();
  await kept.put(certificates.server);
  const keeper = await kept.open();
  const before = keeper.certificate;
  const cases: [() => Promise<void>, RegExp][] = [
    [() => kept.put({ cert: renewed.cert }), /does not belong to the certificate/],
    [() => writeFile(kept.files.cert, ""), /holds no certificate/],
    [() => rm(kept.files.cert), /cannot be read \(ENOENT\)/],
    [() => kept.put(expired), /expired at 20/],
  ];
  for (const [spoil, reason] of cases) {
    const said = kept.said("tls_reload_failed").length;
    await spoil();
    await kept.looks(4);
    const lines = kept.said("tls_reload_failed").slice(said);
    assert.equal(lines.length, 1, String(reason));
    assert.match(lines[0] ?? "", reason);
    assert.match(lines[0] ?? "", /^warn .*"in_force":"CN=hub.example"/);
    assert.deepEqual(keeper.certificate, before);
  }
  assert.doesNotMatch(kept.log.lines.join(), /PRIVATE KEY/);
  await kept.put(renewed);
  await kept.looks();
  assert.equal(keeper.certificate.subject, "CN=renewed.example");
});

test("tls-keeper: a certificate that ends within 14 days is warned about at once, daily, and no more when renewed", {
  skip,
}, async () => {
  await using kept = await Kept.make();
  await kept.put(certificates.server);
  await kept.open();
  const warned = () => kept.said("tls_certificate_expires").length;
  assert.match(kept.said("tls_certificate_expires")[0] ?? "", /^warn .*"days":1,"fix":"renew it/);
  kept.clock.advance(23 * 60 * 60 * 1000);
  assert.equal(warned(), 1);
  kept.clock.advance(60 * 60 * 1000);
  assert.equal(warned(), 2);
  await new Promise((resolve) => setImmediate(resolve));
  await kept.put(renewed);
  while (kept.reloads.length === 0) await kept.looks(1);
  const renewedAt = warned();
  kept.clock.advance(10 * 24 * 60 * 60 * 1000);
  assert.equal(warned(), renewedAt);
});

test("tls-keeper: a key that other users can read is warned about", {
  skip: skip || process.platform === "win32",
}, async () => {
  await using kept = await Kept.make();
  await kept.put(certificates.server);
  await kept.open();
  assert.deepEqual(kept.said("tls_key_exposed"), []);
  kept.keeper?.close();
  await chmod(kept.files.key, 0o644);
  await kept.open();
  assert.match(kept.said("tls_key_exposed")[0] ?? "", /^warn .*chmod 600 /);
});

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { ShownCertificate } from "../../../src/base/shown-certificate.ts";
import { forwardedCertificate } from "../../../src/doors/forwarded-certificate.ts";
import { createAuth } from "../../../src/identity/auth.ts";
import { certificates } from "../../../src/identity/certificates.ts";
import type { CertificateRule } from "../../../src/manifest/manifest.ts";
import { makeCertificates, signCertificate } from "../../helpers/certificates.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { lacksOpenssl as skip } from "../../helpers/proxy-process.ts";

let folder = "";
let pem = "";
let chain = "";
let certificate: X509Certificate;

before(async () => {
  if (skip !== false) return;
  folder = await mkdtemp(join(tmpdir(), "thehub-forwarded-"));
  const { ca } = makeCertificates(folder, "localhost");
  const names =
    "subjectAltName=@names\nextendedKeyUsage=clientAuth\n[names]\nDNS.1=A.example\nDNS.2=b.example\nURI.1=spiffe://x/y, DNS:evil\n";
  const { cert } = signCertificate(folder, { name: "agent", subject: "agent", extension: names });
  pem = readFileSync(cert, "utf8");
  chain = readFileSync(ca, "utf8");
  certificate = new X509Certificate(pem);
});
after(() => rm(folder, { recursive: true, force: true }));

const base64 = (text = pem) => new X509Certificate(text).raw.toString("base64");

test("forwarded certificates: one is read as nginx, Traefik, RFC 9440 and Envoy write it", { skip }, () => {
  const fingerprint = certificate.fingerprint256.replaceAll(":", "").toLowerCase();
  const texts: readonly [string, string][] = [
    ["ssl-client-cert", encodeURIComponent(pem)],
    ["x-forwarded-tls-client-cert", base64()],
    ["x-forwarded-tls-client-cert", encodeURIComponent(base64())],
    ["x-forwarded-tls-client-cert", `${base64()},${base64(chain)}`],
    ["client-cert", `:${base64()}:`],
    [
      "x-forwarded-client-cert",
      `By=spiffe://proxy;Hash=${fingerprint};Cert="${encodeURIComponent(pem)}";Subject="CN=x"`,
    ],
    ["x-forwarded-client-cert", `Hash=00;Subject="CN=laptop",Hash=${fingerprint};Cert="${encodeURIComponent(pem)}"`],
  ];
  for (const [header, text] of texts) {
    const shown = forwardedCertificate(header, text);
    assert.equal(shown?.fingerprint, fingerprint, text.slice(0, 60));
    assert.deepEqual([shown?.subject, shown?.cn, shown?.dns], ["CN=agent", "agent", ["a.example", "b.example"]]);
    assert.deepEqual(shown?.uris, ["spiffe://x/y, DNS:evil"], "one name does not pass for two");
    assert.equal(shown?.until, Date.parse(certificate.validTo));
  }
});

test("forwarded certificates: of Envoy's elements the last counts, and its names are enough", () => {
  const hash = "ab".repeat(32);
  const element = `Hash=${hash.toUpperCase()};Subject="CN=lap\\,top,O=A;B";URI=spiffe://a/b;DNS=One.example;DNS=two.example`;
  const shown = forwardedCertificate("x-forwarded-client-cert", `Hash=${"0".repeat(64)};Subject="CN=admin",${element}`);
  assert.deepEqual(shown, {
    fingerprint: hash,
    subject: "CN=lap\\,top,O=A;B",
    cn: "lap,top",
    dns: ["one.example", "two.example"],
    uris: ["spiffe://a/b"],
    until: undefined,
  });
});

test("forwarded certificates: what a client wrote before Envoy's own element cannot take it over", () => {
  const hash = "ab".repeat(32);
  const admin = `Hash=${"0".repeat(64)};Subject="CN=admin"`;
  const own = ["CN=laptop", 'CN=lap\\"top', ""].map(
    (subject) => `By=spiffe://p;Hash=${hash};Subject="${subject}";DNS=a.example`,
  );
  for (const element of own) {
    assert.equal(forwardedCertificate("x-forwarded-client-cert", `${admin},${element}`)?.fingerprint, hash);
    for (const open of ['X="', "X=\\", 'X="\\', 'X="a"b', ";", '"']) {
      const shown = forwardedCertificate("x-forwarded-client-cert", `${admin};${open},${element}`);
      assert.ok(shown === undefined || shown.fingerprint === hash, `${open},${element}`);
    }
  }
});

test("forwarded certificates: what is none is none", () => {
  for (const text of [
    "",
    " ",
    "CN=laptop",
    "%",
    "::",
    ":AAAA:",
    "AAAA",
    "-----BEGIN CERTIFICATE-----",
    "%2D",
    "null",
  ]) {
    assert.equal(forwardedCertificate("x-client-cert", text), undefined, text);
    assert.equal(forwardedCertificate("x-forwarded-client-cert", text), undefined, text);
  }
  assert.equal(forwardedCertificate("x-forwarded-client-cert", 'Subject="CN=laptop"'), undefined, "nothing says which");
});

const nothing = { subjects: undefined, cns: undefined, dns: undefined, uris: undefined, fingerprints: undefined };
const shown: ShownCertificate = {
  fingerprint: "ab".repeat(32),
  subject: "CN=agent,O=Example",
  cn: "agent",
  dns: ["a.example"],
  uris: ["spiffe://a"],
  until: undefined,
};

function whoIs(rules: Record<string, Partial<CertificateRule>>, certificate: ShownCertificate): string {
  const clients = Object.entries(rules).map(([name, rule]) => {
    return { name, allow: undefined, deny: [], admin: false, certificate: { ...nothing, ...rule } };
  });
  const way = certificates(clients, new FakeClock());
  assert.ok(way !== undefined);
  const result = createAuth([way]).authenticate({ certificate });
  assert.ok(!(result instanceof Promise));
  return result.t === "ok" ? result.principal.id : result.reason;
}

test("certificates: everything that a rule names must be there, of a list one, and the first client that fits counts", () => {
  assert.equal(whoIs({ a: { cns: ["agent"], dns: ["a.example"] } }, shown), "a");
  assert.equal(whoIs({ a: { cns: ["agent"], dns: ["b.example"] } }, shown), "missing");
  assert.equal(whoIs({ a: { uris: ["spiffe://b"] }, b: { uris: ["spiffe://b", "spiffe://a"] }, c: {} }, shown), "b");
  assert.equal(whoIs({ a: { subjects: ["cn=agent, o=Example"] } }, shown), "a");
  assert.equal(whoIs({ a: { fingerprints: ["cd".repeat(32)] }, b: { fingerprints: ["ab".repeat(32)] } }, shown), "b");
  assert.equal(whoIs({ a: { cns: ["agent"] } }, { ...shown, cn: "agent2" }), "missing");
  const nameless = { ...shown, subject: "", cn: undefined, dns: [], uris: [] };
  assert.equal(whoIs({ a: { subjects: ["CN=agent"] }, b: { cns: ["agent"] } }, nameless), "missing");
});

test("certificates: one that has ended is none, and its end is its bearer's", () => {
  const clock = new FakeClock();
  const client = { name: "a", allow: undefined, deny: [], admin: false, certificate: { ...nothing, cns: ["agent"] } };
  const way = certificates([client], clock);
  assert.ok(way !== undefined);
  const auth = createAuth([way]);
  const until = clock.wall() + 1000;
  const result = auth.authenticate({ certificate: { ...shown, until } });
  assert.ok(!(result instanceof Promise) && result.t === "ok");
  assert.equal(result.principal.until, until);
  assert.equal(auth.again(result.principal)?.id, "a");
  clock.advance(1000);
  assert.equal(auth.again(result.principal), undefined);
});

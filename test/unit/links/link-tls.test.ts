import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import { parseTls, type TlsFiles } from "../../../src/links/link-tls.ts";
import { makeCertificates } from "../../helpers/certificates.ts";

test("link-tls: what is missing, malformed or does not belong together is said, without its contents", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "links-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const made = makeCertificates(folder, "localhost");
  const text = (path: string) => readFileSync(path, "utf8");
  const cert = text(made.client.cert);
  const key = new Secret(text(made.client.key));
  const says = (files: TlsFiles) => {
    const parsed = parseTls(files);
    return parsed.t === "bad" ? parsed.message : "ok";
  };
  assert.equal(says({}), "ok");
  assert.equal(says({ ca: text(made.ca), cert, key }), "ok");
  assert.equal(says({ cert }), "a client certificate has two parts: the key is missing");
  assert.equal(says({ key }), "a client certificate has two parts: the certificate is missing");
  assert.match(says({ ca: "hunter2" }), /^ca holds no certificate in PEM/);
  assert.match(says({ cert: key.reveal(), key }), /^cert holds no certificate in PEM/);
  const broken = "-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----\n";
  for (const files of [
    { ca: broken },
    { cert: broken, key },
    { cert, key: new Secret("hunter2") },
    { cert, key: new Secret(text(made.stranger.key)) },
  ]) {
    assert.match(says(files), /not readable/);
    assert.doesNotMatch(says(files), /hunter2/);
  }
});

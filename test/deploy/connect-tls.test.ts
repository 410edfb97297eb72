// `thehub connect` to a hub behind TLS whose certificate nobody else has signed.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createServer } from "node:tls";
import { bridge, connected, hubWithToken, refused, withToken } from "../helpers/connect-process.ts";
import { thehub } from "../helpers/thehub.ts";

test("connect: a certificate of one's own CA is refused with the fix, and taken with it", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-tls-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const key = join(folder, "key.pem");
  const cert = join(folder, "cert.pem");
  try {
    const request = [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "1",
    ];
    const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    execFileSync("openssl", [...request, ...names, "-keyout", key, "-out", cert], { stdio: "ignore" });
  } catch {
    context.skip("needs openssl (Debian: openssl)");
    return;
  }
  await using hub = await hubWithToken();
  const { port } = new URL(await hub.url());
  const proxy = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (outer) => {
    const inner = connectTcp(Number(port), "127.0.0.1");
    outer.pipe(inner).pipe(outer);
    for (const [side, other] of [
      [outer, inner],
      [inner, outer],
    ] as const) {
      side.on("error", () => other.destroy());
      side.on("close", () => other.destroy());
    }
  });
  proxy.on("tlsClientError", () => {});
  proxy.listen(0);
  await once(proxy, "listening");
  const proxyPort = (proxy.address() as { port: number }).port;
  try {
    for (const scheme of ["wss", "https"]) {
      const url = `${scheme}://localhost:${proxyPort}/mcp`;
      const untrusted = await refused(url);
      assert.equal(untrusted.code, 1);
      assert.match(String(untrusted.last?.["reason"]), /not trusted.*NODE_EXTRA_CA_CERTS/);
      await using bridged = await bridge(url, { env: { ...withToken, NODE_EXTRA_CA_CERTS: cert } });
      const client = await connected(bridged);
      assert.deepEqual((await client.call("echo.echo", { n: 6 })).result.structuredContent, { n: 6 });
      assert.deepEqual(
        bridged.logs.map(({ msg }) => msg),
        ["hub_connected"],
      );
      const plain = scheme === "wss" ? "ws" : "http";
      const listed = await thehub(["list", "--url", `${plain}://localhost:${proxyPort}/mcp`], withToken);
      assert.equal(listed.code, 1);
      assert.match(listed.stderr, new RegExp(`behind TLS, write ${scheme}://`));
    }
  } finally {
    proxy.close();
  }
});

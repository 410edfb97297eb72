import assert from "node:assert/strict";
import { test } from "node:test";
import { type Asked, type OriginRules, originRefusal } from "../../../src/doors/origin.ts";

function passes(asked: Partial<Asked>, rules: Partial<OriginRules> = {}): boolean {
  const refusal = originRefusal(
    { allowHosts: [], allowOrigins: [], ...rules },
    { reach: "loopback", socket: { localAddress: "127.0.0.1" }, host: "localhost:3000", origin: undefined, ...asked },
  );
  if (refusal !== undefined) assert.equal(refusal.status, 403);
  return refusal === undefined;
}

test("origin: on loopback only loopback hosts and allowed ones are served", () => {
  for (const host of ["localhost", "LocalHost:3000", "127.0.0.1:3000", "[::1]:3000", "localhost.", undefined]) {
    assert.ok(passes({ host }), host);
  }
  for (const host of [
    "evil.example",
    "evil.example:3000",
    "localhost.evil.example",
    "",
    "a b",
    "[::2]:3000",
    "x@localhost",
  ]) {
    assert.ok(!passes({ host }), host);
  }
  assert.ok(passes({ host: "hub.example:8443" }, { allowHosts: ["hub.example"] }));
  assert.ok(!passes({ host: "hub.example:8443" }, { allowHosts: ["hub.example:443"] }));
  assert.ok(passes({ host: "a.hub.example" }, { allowHosts: ["*.hub.example"] }));
  assert.ok(!passes({ host: "hub.example" }, { allowHosts: ["*.hub.example"] }));
  assert.ok(!passes({ host: "evilhub.example" }, { allowHosts: ["*.hub.example"] }));
  assert.ok(passes({ host: "anything" }, { allowHosts: ["*"] }));
});

test("origin: beyond loopback any host is served until allowed ones are named", () => {
  const asked = { reach: "network", socket: { localAddress: "::ffff:10.0.0.5" } } as const;
  assert.ok(passes({ ...asked, host: "any.example" }));
  const rules = { allowHosts: ["hub.example"] };
  assert.ok(passes({ ...asked, host: "hub.example" }, rules));
  assert.ok(!passes({ ...asked, host: "any.example" }, rules));
  // Probes ask by address.
  assert.ok(passes({ ...asked, host: "10.0.0.5:3000" }, rules));
  assert.ok(!passes({ ...asked, host: "10.0.0.6:3000" }, rules));
  assert.ok(passes({ ...asked, host: "localhost:3000" }, rules));
});

test("origin: a unix socket has no host that could be forged", () => {
  assert.ok(passes({ reach: "socket", host: "whatever" }, { allowHosts: ["hub.example"] }));
});

test("origin: none is fine, the own one is fine, foreign ones are refused", () => {
  const host = "hub.example:3000";
  const asked = { reach: "network", host } as const;
  assert.ok(passes({ ...asked, origin: undefined }));
  assert.ok(passes({ ...asked, origin: "http://hub.example:3000" }));
  assert.ok(passes({ ...asked, origin: "http://HUB.example:3000" }));
  for (const origin of [
    "http://hub.example",
    "http://evil.example:3000",
    "null",
    "",
    "file://",
    "http://localhost:3000",
  ]) {
    assert.ok(!passes({ ...asked, origin }), origin);
  }
});

test("origin: default ports are the same written and left out, also behind a proxy that ends TLS", () => {
  const reach = "network";
  assert.ok(passes({ reach, host: "hub.example", origin: "https://hub.example" }));
  assert.ok(passes({ reach, host: "hub.example:443", origin: "https://hub.example" }));
  assert.ok(passes({ reach, host: "hub.example", origin: "http://hub.example:80" }));
  assert.ok(!passes({ reach, host: "hub.example", origin: "https://hub.example:8443" }));
});

test("origin: on loopback pages of this machine are fine, whatever their port", () => {
  assert.ok(passes({ origin: "http://localhost:5173" }));
  assert.ok(passes({ origin: "http://127.0.0.1:1" }));
  assert.ok(passes({ origin: "https://[::1]:8443" }));
  assert.ok(!passes({ origin: "http://evil.example" }));
  assert.ok(!passes({ origin: "http://localhost.evil.example" }));
});

test("origin: allowed origins are taken as browsers write them", () => {
  const rules = { allowOrigins: ["https://app.example", "vscode-webview://abc"] };
  assert.ok(passes({ origin: "https://app.example" }, rules));
  assert.ok(passes({ origin: "vscode-webview://abc" }, rules));
  assert.ok(!passes({ origin: "http://app.example" }, rules));
  assert.ok(!passes({ origin: "https://app.example:8443" }, rules));
  assert.ok(passes({ origin: "null" }, { allowOrigins: ["*"] }));
});

test("origin: behind a trusted proxy the host it was asked for is the own one too, under the scheme it was asked by", () => {
  const asked = { reach: "network", host: "10.0.0.5:3000", forwardedHost: "hub.example", scheme: "https" } as const;
  assert.ok(passes({ ...asked, origin: "https://hub.example" }));
  assert.ok(passes({ ...asked, origin: "https://hub.example:443" }));
  assert.ok(passes({ ...asked, origin: "https://hub.example:8443", forwardedHost: "hub.example:8443" }));
  assert.ok(!passes({ ...asked, origin: "http://hub.example" }), "another scheme");
  assert.ok(!passes({ ...asked, origin: "https://evil.example" }));
  assert.ok(!passes({ ...asked, origin: "https://hub.example", forwardedHost: "a b, hub.example/" }), "garbled");
  assert.ok(!passes({ ...asked, origin: "https://hub.example", forwardedHost: undefined }));
});

test("origin: a forwarded host never makes up for a Host that is not allowed", () => {
  assert.ok(!passes({ host: "evil.example", forwardedHost: "localhost" }));
  assert.ok(!passes({ host: "evil.example", forwardedHost: "hub.example" }, { allowHosts: ["hub.example"] }));
  assert.ok(passes({ host: "hub.example", forwardedHost: "hub.example" }, { allowHosts: ["hub.example"] }));
});

test("origin: the public URL of the hub is its own, by whatever name a proxy asks for it", () => {
  const rules = { own: new URL("https://hub.example/base") };
  assert.ok(passes({ host: "hub.example" }, rules));
  assert.ok(!passes({ host: "evil.example" }, rules));
  assert.ok(passes({ host: "127.0.0.1:3000", origin: "https://hub.example" }, rules));
  for (const origin of ["http://hub.example", "https://hub.example:8443", "https://hub.example.evil.example", "null"]) {
    assert.ok(!passes({ host: "127.0.0.1:3000", origin }, rules), origin);
  }
  assert.ok(passes({ reach: "network", host: "hub.example" }, { ...rules, allowHosts: ["other.example"] }));
});

// Which addresses and hosts are this machine alone: what Host checks and the made token hang on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isLoopback, isLoopbackHost } from "../../../src/doors/listen.ts";

const tcp = (host: string | undefined) => ({ t: "tcp", host, port: 3000, optional: false }) as const;

test("listen: loopback hosts, names under localhost and Unix sockets are this machine alone", () => {
  for (const host of [
    "127.0.0.1",
    "127.8.9.10",
    "::1",
    "[::1]",
    "localhost",
    "LOCALHOST",
    "app.localhost",
    "::ffff:127.0.0.1",
  ]) {
    assert.ok(isLoopbackHost(host), host);
    assert.ok(isLoopback(tcp(host)), host);
  }
  assert.ok(isLoopback({ t: "unix", path: "/run/hub.sock" }));
});

test("listen: everything else is reachable from elsewhere", () => {
  for (const host of [
    undefined,
    "0.0.0.0",
    "::",
    "10.0.0.1",
    "hub.example",
    "localhost.example",
    "127.example",
    "1.127.0.1",
  ]) {
    assert.ok(!isLoopback(tcp(host)), String(host));
  }
});

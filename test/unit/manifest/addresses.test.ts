import assert from "node:assert/strict";
import { test } from "node:test";
import { isLoopback } from "../../../src/doors/listen.ts";
import * as addresses from "../../../src/manifest/addresses.ts";

const { parseBasePath, parseHosts, parseListen, parseNetworks, parseOrigins, parseProxies, parsePublicUrl } = addresses;

function good<T>(parsed: addresses.Parsed<T>): T | undefined {
  return parsed.t === "ok" ? parsed.value : undefined;
}

test("addresses: reads every form of an address to listen on", () => {
  const tcp = (host: string | undefined, port: number, optional = false) => ({
    t: "tcp" as const,
    host,
    port,
    optional,
  });
  assert.deepEqual(good(parseListen(["localhost:3000"])), [tcp("127.0.0.1", 3000), tcp("::1", 3000, true)]);
  assert.deepEqual(good(parseListen(["0.0.0.0:80"])), [tcp("0.0.0.0", 80)]);
  assert.deepEqual(good(parseListen([":0"])), [tcp(undefined, 0)]);
  assert.deepEqual(good(parseListen(["*:3000"])), [tcp(undefined, 3000)]);
  assert.deepEqual(good(parseListen(["[::1]:3000"])), [tcp("::1", 3000)]);
  assert.deepEqual(good(parseListen(["hub.internal:65535"])), [tcp("hub.internal", 65535)]);
  assert.deepEqual(good(parseListen([" :1 , unix:/run/hub.sock,", "127.0.0.1:2"])), [
    tcp(undefined, 1),
    { t: "unix", path: "/run/hub.sock" },
    tcp("127.0.0.1", 2),
  ]);
});

test("addresses: refuses what is not an address, and says what to write", () => {
  const bad = [
    "3000",
    "localhost",
    "localhost:",
    "a:b",
    ":70000",
    "::1:3000",
    "[::1]",
    "[x]:1",
    "unix:run.sock",
    "http://x:1",
    "",
    " , ",
  ];
  for (const text of bad) {
    const parsed = parseListen([text]);
    assert.ok(parsed.t === "bad", text);
    assert.notEqual(parsed.hint, "");
  }
});

test("addresses: knows which addresses only this machine can reach", () => {
  const reach = (text: string) => good(parseListen([text]))?.map((address) => isLoopback(address));
  assert.deepEqual(reach("localhost:1,127.9.9.9:1,[::1]:1,unix:/a"), [true, true, true, true, true]);
  assert.deepEqual(reach(":1,0.0.0.0:1,[::]:1,hub:1,10.0.0.1:1"), [false, false, false, false, false]);
});

test("addresses: a base path may be written with or without slashes", () => {
  for (const text of ["/hub", "hub", "/hub/", "//hub//"]) assert.equal(good(parseBasePath(text)), "/hub", text);
  assert.equal(good(parseBasePath("/a/b-c")), "/a/b-c");
  assert.equal(good(parseBasePath("/")), "");
  for (const text of ["/a b", "/a/../b", "/a//b", "/a?b", "https://x/y"])
    assert.equal(good(parseBasePath(text)), undefined, text);
});

test("addresses: a public URL is plain http(s) without its last slash", () => {
  assert.equal(good(parsePublicUrl("https://Hub.example/hub/")), "https://hub.example/hub");
  for (const text of ["hub.example", "ws://x", "https://u:p@x", "https://x/?a", "https://x/#a"]) {
    assert.equal(good(parsePublicUrl(text)), undefined, text);
  }
});

test("addresses: hosts are names with an optional port, in small letters", () => {
  assert.deepEqual(good(parseHosts(["Hub.Example:8443", "*.example", "*", "[::1]", "10.0.0.1:1"])), [
    "hub.example:8443",
    "*.example",
    "*",
    "[::1]",
    "10.0.0.1:1",
  ]);
  for (const text of ["https://hub", "hub/x", "a b", "a.*"]) assert.equal(good(parseHosts([text])), undefined, text);
});

test("addresses: origins are normalised, also those of editors", () => {
  assert.deepEqual(good(parseOrigins(["https://App.example:443/", "vscode-webview://abc", "*"])), [
    "https://app.example",
    "vscode-webview://abc",
    "*",
  ]);
  for (const text of ["null", "app.example", "https://a/b", "https://u@a"])
    assert.equal(good(parseOrigins([text])), undefined, text);
});

test("addresses: trusted proxies are addresses, networks and words, spelt out as networks", () => {
  assert.deepEqual(good(parseProxies(["10.0.0.5", "10.0.0.0/8", "2001:DB8::1", "FD00::/8", "unix"])), [
    "10.0.0.5/32",
    "10.0.0.0/8",
    "2001:db8::1/128",
    "fd00::/8",
    "unix",
  ]);
  assert.deepEqual(good(parseProxies(["::ffff:10.0.0.0/104", "::ffff:10.0.0.5"])), ["10.0.0.0/8", "10.0.0.5/32"]);
  assert.deepEqual(good(parseProxies(["Loopback", "private"])), [
    "127.0.0.0/8",
    "::1/128",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "fc00::/7",
  ]);
  const wrong = [
    "",
    "*",
    "proxy",
    "10.0.0",
    "10.0.0.0/33",
    "::/129",
    "10.0.0.0/8/8",
    "10.0.0.1:80",
    "[::1]",
    "constructor",
  ];
  for (const text of [...wrong, "::ffff:10.0.0.0/95", "10.0.0.0/-1", "10.0.0.0/"]) {
    assert.equal(good(parseProxies([text])), undefined, text);
  }
  for (const text of ["0.0.0.0/0", "::/0", "::ffff:0.0.0.0/96"]) {
    const parsed = parseProxies([text]);
    assert.match(parsed.t === "bad" ? parsed.message : "", /trusts everybody/, text);
  }
});

test("addresses: where clients may come from is addresses, networks and words; sockets come from nowhere", () => {
  assert.deepEqual(
    good(parseNetworks(["203.0.113.7", "2001:db8::/32", "::ffff:10.0.0.0/104", "Loopback", "0.0.0.0/0"])),
    ["203.0.113.7/32", "2001:db8::/32", "10.0.0.0/8", "127.0.0.0/8", "::1/128", "0.0.0.0/0"],
  );
  for (const text of ["", "*", "example.com", "10.0.0.0/33", "10.0.0.1:80", "[::1]", "10.0.0.1-10.0.0.9"]) {
    const parsed = parseNetworks([text]);
    assert.match(parsed.t === "bad" ? parsed.message : "", /is not an address or network/, text);
  }
  const unix = parseNetworks(["unix"]);
  assert.match(unix.t === "bad" ? unix.hint : "", /Unix sockets are not subject/);
});

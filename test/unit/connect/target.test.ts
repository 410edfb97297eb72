import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTarget, withProfile } from "../../../src/connect/target.ts";

function good(text: string) {
  const parsed = parseTarget(text);
  assert.ok(parsed.t === "ok", parsed.t === "bad" ? parsed.message : "");
  return parsed.target;
}

function bad(text: string): string {
  const parsed = parseTarget(text);
  assert.ok(parsed.t === "bad", `${text} was taken`);
  return parsed.message;
}

test("target: takes ws and wss URLs as they are", () => {
  assert.deepEqual(good("ws://localhost:3000"), {
    way: "websocket",
    url: "ws://localhost:3000/",
    socketPath: undefined,
    name: "ws://localhost:3000/",
  });
  assert.equal(good("wss://hub.example/hub/mcp").url, "wss://hub.example/hub/mcp");
  assert.equal(good("ws://[::1]:3000/mcp").url, "ws://[::1]:3000/mcp");
});

test("target: a query goes to the hub and not into messages", () => {
  const target = good("wss://hub.example/mcp?tenant=acme#here");
  assert.equal(target.url, "wss://hub.example/mcp?tenant=acme");
  assert.equal(target.name, "wss://hub.example/mcp");
});

test("target: a Unix socket may have a URL's path behind it", () => {
  assert.deepEqual(good("unix:/run/hub.sock"), {
    way: "websocket",
    url: "ws://localhost/mcp",
    socketPath: "/run/hub.sock",
    name: "unix:/run/hub.sock",
  });
  assert.equal(good("unix:/run/hub.sock:/hub/ws").url, "ws://localhost/hub/ws");
  assert.equal(good("unix:/run/a:b.sock").socketPath, "/run/a:b.sock");
  assert.match(bad("unix:hub.sock"), /not an absolute path/);
});

test("target: refuses credentials in any part, and does not repeat them", () => {
  for (const url of [
    "ws://anna:hunter22@hub.example/",
    "ws://hunter22@hub.example/",
    "wss://hub.example/?token=hunter22",
    "wss://hub.example/?access_token=hunter22",
    "wss://hub.example/?a=1&api-key=hunter22",
  ]) {
    const message = bad(url);
    assert.match(message, /HUB_TOKEN/);
    assert.doesNotMatch(message, /hunter22/);
  }
});

test("target: http and https speak HTTP, at /mcp where no path is written", () => {
  assert.deepEqual(good("http://localhost:3000"), {
    way: "http",
    url: "http://localhost:3000/mcp",
    socketPath: undefined,
    name: "http://localhost:3000/mcp",
  });
  assert.equal(good("https://hub.example").url, "https://hub.example/mcp");
  assert.equal(good("https://hub.example/?tenant=acme").url, "https://hub.example/mcp?tenant=acme");
  assert.equal(good("https://hub.example/hub/mcp").url, "https://hub.example/hub/mcp");
  assert.equal(good("https://hub.example/hub").url, "https://hub.example/hub");
});

test("target: says what to write instead of other schemes and no URL at all", () => {
  assert.match(bad("ftp://hub.example"), /https:\/\//);
  assert.match(bad("localhost:3000"), /ws:\/\/localhost:3000/);
  assert.match(bad(""), /ws:\/\/localhost:3000/);
  assert.match(bad("https://hub.example/mcp?token=hunter22"), /HUB_TOKEN/);
});

test("target: a profile is part of the path, wherever the hub is", () => {
  const path = (text: string) => {
    const target = withProfile(good(text), "claude");
    return target && new URL(target.url).pathname;
  };
  for (const text of ["ws://h", "ws://h/mcp", "ws://h/mcp/", "http://h", "https://h/mcp", "unix:/run/hub.sock"]) {
    assert.equal(path(text), "/mcp/p/claude", text);
  }
  assert.equal(path("ws://h/ws"), "/ws/p/claude");
  assert.equal(path("wss://h/hub"), "/hub/mcp/p/claude");
  assert.equal(path("https://h/hub/mcp?tenant=acme"), "/hub/mcp/p/claude");
  assert.equal(path("ws://h/mcp/p/cursor"), undefined);
  assert.equal(withProfile(good("https://h/mcp?tenant=acme"), "claude")?.name, "https://h/mcp/p/claude");
  assert.equal(withProfile(good("unix:/run/hub.sock"), "claude")?.name, "unix:/run/hub.sock");
});

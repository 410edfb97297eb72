// What `thehub login` opens pages with, and which addresses it asks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openerOf } from "../../../src/cli/browser.ts";
import { reachOf } from "../../../src/links/reach.ts";

const url = "https://login.example/authorize?a=1&b=2";

test("browser: BROWSER is a command, of which %s is the page; else the system's, where there is a screen", () => {
  assert.deepEqual(openerOf({ BROWSER: "firefox --new-window" }, url, "linux"), ["firefox", "--new-window", url]);
  assert.deepEqual(openerOf({ BROWSER: "lynx %s:w3m" }, url, "linux"), ["lynx", url]);
  assert.deepEqual(openerOf({ DISPLAY: ":0" }, url, "linux"), ["xdg-open", url]);
  assert.deepEqual(openerOf({ WAYLAND_DISPLAY: "wayland-0" }, url, "linux"), ["xdg-open", url]);
  assert.equal(openerOf({ DISPLAY: "" }, url, "linux"), undefined);
  assert.deepEqual(openerOf({}, url, "darwin"), ["open", url]);
  // A shell would read the rest of the page's address as the next command.
  assert.equal(openerOf({}, url, "win32")?.includes("cmd"), false);
});

test("login reach: addresses of this machine and of private networks are asked only where the Core says so", () => {
  const reach = reachOf(false);
  const inside =
    "127.0.0.1 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 198.18.0.1 224.0.0.1 255.255.255.255 " +
    "::1 :: fe80::1 fe80::1%eth0 fc00::1 fd12:3456::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 2002:7f00:1::";
  for (const address of inside.split(" ")) {
    assert.match(reach.refuses(address) ?? "asked", /allow_private: true/, address);
    assert.equal(reachOf(true).refuses(address), undefined);
  }
  for (const address of "93.184.216.34 172.32.0.1 100.128.0.1 2606:2800:220:1::1 ::ffff:93.184.216.34".split(" ")) {
    assert.equal(reach.refuses(address), undefined, address);
  }
});

// What strangers have the hub's authorization server fetch, where a proxy looks names up.
import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../../src/base/clock.ts";
import { documentAsk, type Lookup } from "../../../src/hub/document-ask.ts";
import { HttpProxy } from "../../helpers/http-proxy.ts";

const publicAddresses = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"];
const looked =
  (...addresses: string[]): Lookup =>
  async () =>
    addresses.map((address) => ({ address }));
const url = "https://client.example/client.json";

async function behind(proxy: HttpProxy, lookup: Lookup | undefined, allowPrivate = false, init?: RequestInit) {
  const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
  const ask = documentAsk({ clock: systemClock, allowPrivate, env, ...(lookup && { lookup }) });
  return ask(url, init).then(
    () => "an answer",
    (error: Error) => {
      assert.ok(error instanceof TypeError, String(error));
      return error.message;
    },
  );
}

test("document ask: a proxy is not asked for a name that leads to a private address, whatever else it leads to", async () => {
  await using proxy = await HttpProxy.open();
  for (const address of ["10.1.2.3", "169.254.169.254", "127.0.0.1", "::1", "fd00:ec2::254", "::ffff:10.0.0.1"]) {
    for (const addresses of [[address], [...publicAddresses, address]]) {
      const said = await behind(proxy, looked(...addresses));
      assert.match(said, /^https:\/\/client\.example\/client\.json is not asked: \S+ is .*allow_private: true/);
    }
  }
  assert.deepEqual(proxy.asked, []);
});

test("document ask: what has no address here is not left to the proxy, unless allow_private says so", async () => {
  await using proxy = await HttpProxy.open();
  proxy.refusal = 418;
  for (const lookup of [looked(), () => Promise.reject(new Error("ENOTFOUND"))]) {
    assert.match(await behind(proxy, lookup), /it has no address here: write allow_private: true if the proxy keeps/);
  }
  const whole = documentAsk({
    clock: systemClock,
    allowPrivate: false,
    env: { HTTPS_PROXY: `127.0.0.1:${proxy.port}` },
  });
  await assert.rejects(whole("https://client.invalid/"), /client\.invalid\/ is not asked: .* no address here/);
  assert.deepEqual(proxy.asked, []);
  const never: Lookup = () => Promise.reject(new Error("nobody looks"));
  assert.match(await behind(proxy, never, true), /the proxy answered 418/);
  assert.equal(proxy.asked.length, 1);
});

test("document ask: a name that leads to the Internet is the proxy's to reach, and an address is judged as it is", async () => {
  await using proxy = await HttpProxy.open();
  proxy.refusal = 418;
  assert.match(await behind(proxy, looked(...publicAddresses)), /the proxy answered 418/);
  assert.deepEqual(
    proxy.asked.map(({ what }) => what),
    ["CONNECT client.example:443"],
  );
  const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
  const ask = documentAsk({ clock: systemClock, allowPrivate: false, env });
  for (const host of ["10.1.2.3", "[::1]", "169.254.169.254"]) {
    await assert.rejects(ask(`https://${host}/`), /is not asked: \S+ is /, host);
  }
  assert.equal(proxy.asked.length, 1);
});

test("document ask: who asked does not wait longer for a name than it wants to", async () => {
  await using proxy = await HttpProxy.open();
  const abort = new AbortController();
  const lookup: Lookup = () => new Promise(() => abort.abort());
  assert.match(await behind(proxy, lookup, false, { signal: abort.signal }), /not needed any more/);
});

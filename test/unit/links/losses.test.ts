import assert from "node:assert/strict";
import { test } from "node:test";
import { hubWords } from "../../../src/connect/words.ts";
import { lossOfClose, lossOfError, lossOfStatus } from "../../../src/links/losses.ts";

const here = { name: "wss://hub.example/mcp", credential: "HUB_TOKEN", way: "websocket", words: hubWords } as const;
const overHttp = { name: "https://hub.example/mcp", credential: undefined, way: "http", words: hubWords } as const;
const tokenless = { ...here, credential: undefined };
const errorWith = (code: string) => Object.assign(new Error(`secret detail ${code}`), { code });

test("losses: a refused token names where it came from, a missing one where to put it", () => {
  const refused = lossOfStatus(401, "", here);
  assert.equal(refused.kind, "refused");
  assert.equal(refused.code, "unauthenticated");
  assert.match(refused.reason, /token of HUB_TOKEN/);
  assert.match(lossOfStatus(401, "", tokenless).reason, /put it into HUB_TOKEN, or name its variable with --token-env/);
  assert.equal(lossOfClose(4401, "", here).kind, "refused");
});

test("losses: a wrong path, a redirect and a foreign server are wrong, an overloaded one is away", () => {
  for (const status of [200, 301, 400, 403, 404, 426]) assert.equal(lossOfStatus(status, "", here).kind, "wrong");
  for (const status of [408, 429, 500, 502, 503, 504]) assert.equal(lossOfStatus(status, "", here).kind, "away");
  assert.match(lossOfStatus(404, "", here).reason, /check the path/);
});

test("losses: the hub's own words are passed on in one short line, anything else is not", () => {
  const body = JSON.stringify({ error: { code: "draining", message: `the hub\nis ${"x".repeat(500)}` } });
  const { reason } = lossOfStatus(503, body, here);
  assert.match(reason, /answered 503: the hub is xxx/);
  assert.ok(reason.length < 300 && !reason.includes("\n"));
  assert.equal(lossOfStatus(503, "<html>secret</html>", here).reason, "wss://hub.example/mcp answered 503");
});

test("losses: a certificate of one's own CA is answered with NODE_EXTRA_CA_CERTS", () => {
  for (const code of ["DEPTH_ZERO_SELF_SIGNED_CERT", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"]) {
    const loss = lossOfError(errorWith(code), here);
    assert.equal(loss.kind, "wrong");
    assert.match(loss.reason, /NODE_EXTRA_CA_CERTS/);
  }
  assert.match(lossOfError(errorWith("CERT_HAS_EXPIRED"), here).reason, /renew/);
  assert.match(lossOfError(errorWith("ERR_TLS_CERT_ALTNAME_INVALID"), here).reason, /another host name/);
  assert.match(lossOfError(errorWith("EPROTO"), here).reason, /ws:\/\//);
});

test("losses: over HTTP the fix is in the words of HTTP, and a redirect says where to without its secrets", () => {
  assert.match(lossOfStatus(404, "", overHttp).reason, /Streamable HTTP at \/mcp/);
  assert.match(lossOfStatus(405, "", overHttp).reason, /no MCP endpoint/);
  assert.match(lossOfError(errorWith("EPROTO"), overHttp).reason, /; if it has none, write http:\/\//);
  const inPlain = { ...overHttp, name: overHttp.name.replace("https:", "http:") };
  for (const code of ["ECONNRESET", "HPE_INVALID_CONSTANT"]) {
    assert.match(lossOfError(errorWith(code), inPlain).reason, /; if it is behind TLS, write https:\/\/$/);
    assert.doesNotMatch(lossOfError(errorWith(code), overHttp).reason, /;/);
  }
  const moved = lossOfStatus(308, "", overHttp, "https://hub.example/hub/mcp?key=secret").reason;
  assert.match(moved, /connect to https:\/\/hub\.example\/hub\/mcp$/);
  assert.match(
    lossOfStatus(308, "", overHttp, "/login?key=secret").reason,
    /connect to https:\/\/hub\.example\/login$/,
  );
});

test("losses: a redirect to another origin does not say where to, one to the same host with TLS does", () => {
  for (const location of [
    "https://evil.example/mcp",
    "http://169.254.169.254/",
    "//evil.example",
    "http://[",
    undefined,
  ]) {
    assert.match(
      lossOfStatus(302, "", overHttp, location).reason,
      /^https:\/\/hub\.example\/mcp redirects \(302\), which is not followed; connect to the address that is meant$/,
    );
  }
  const plain = { ...overHttp, name: "http://hub.example/mcp" };
  assert.match(
    lossOfStatus(301, "", plain, "https://hub.example/mcp").reason,
    /connect to https:\/\/hub\.example\/mcp$/,
  );
  assert.match(lossOfStatus(301, "", overHttp, "http://hub.example/mcp").reason, /address that is meant$/);
});

test("losses: nobody there is away, with what to do", () => {
  for (const code of ["ECONNREFUSED", "ENOTFOUND", "ENOENT", "ECONNRESET", "EPIPE"]) {
    const loss = lossOfError(errorWith(code), here);
    assert.equal(loss.kind, "away");
    assert.match(loss.reason, /cannot be reached/);
  }
  assert.match(lossOfError(errorWith("ECONNREFUSED"), here).reason, /thehub serve/);
});

test("losses: what breaks the WebSocket protocol or its limits is said as such", () => {
  const error = Object.assign(new RangeError("Max payload size exceeded"), {
    code: "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH",
  });
  assert.match(lossOfError(error, here).reason, /sent what cannot be taken: Max payload size exceeded/);
  assert.equal(lossOfError(error, here).kind, "away");
});

test("losses: the end of a connection says who ended it", () => {
  assert.match(lossOfClose(1001, "the hub is shutting down", here).reason, /restarting/);
  assert.match(lossOfClose(1006, "", here).reason, /broke/);
  assert.match(lossOfClose(1009, "the message is larger than 10 bytes", here).reason, /1009 the message is larger/);
});

// A page of somebody else's in a real browser, against a hub on this machine that asks for no token: by DNS rebinding, where the browser takes the hub
// for the page's own server, and across sites.
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { test } from "node:test";
import { Chromium, chromiumMissing } from "../helpers/chromium.ts";
import { startHub } from "../helpers/hub-process.ts";
import { metric } from "../helpers/raw-client.ts";

const skip = chromiumMissing() ?? false;
const evil = "evil.example";

const hello = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "page", version: "1" } },
};
const meta = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "page", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};
const call = {
  jsonrpc: "2.0",
  id: 2,
  method: "tools/call",
  params: { name: "template__echo", arguments: { text: "from a page" }, _meta: meta },
};

/**
 * All ways of a page to a hub at `base`, by name: what it got to see. A status, `open` for a WebSocket or a stream, `opaque` for an answer that the
 * browser hides, `closed` for nothing.
 */
const ways = (base: string) => `(async () => {
  const base = ${JSON.stringify(base)};
  const json = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const modern = { ...json, "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "template__echo" };
  const get = (path, options) =>
    fetch(base + path, options).then((answer) => (answer.type === "opaque" ? "opaque" : String(answer.status)), () => "closed");
  const post = (body, headers, more) => get("/mcp", { method: "POST", headers, body: JSON.stringify(body), ...more });
  const socket = (path) => new Promise((resolve) => {
    const ws = new WebSocket(base.replace("http", "ws") + path, "mcp");
    ws.onopen = () => { ws.send(${JSON.stringify(JSON.stringify(hello))}); resolve("open"); ws.close(); };
    ws.onerror = () => resolve("closed");
  });
  const stream = () => new Promise((resolve) => {
    const events = new EventSource(base + "/sse");
    events.onopen = () => { resolve("open"); events.close(); };
    events.onerror = () => { resolve("closed"); events.close(); };
  });
  const seen = {};
  seen.initialize = await post(${JSON.stringify(hello)}, json);
  seen.call = await post(${JSON.stringify(call)}, modern);
  seen.simple = await post(${JSON.stringify(call)}, { "content-type": "text/plain" }, { mode: "no-cors" });
  seen.events = await get("/mcp", { headers: { accept: "text/event-stream", "mcp-session-id": "x" } });
  seen.messages = await get("/messages?sessionId=x", { method: "POST", headers: json, body: "{}" });
  seen.status = await get("/api/status");
  seen.reload = await get("/api/reload", { method: "POST", headers: json, body: "{}" });
  seen.metrics = await get("/metrics");
  seen.health = await get("/healthz");
  seen.script = await new Promise((resolve) => {
    const script = document.body.appendChild(document.createElement("script"));
    [script.onload, script.onerror] = [() => resolve("open"), () => resolve("closed")];
    script.src = base + "/api/config";
  });
  for (const path of ["/mcp", "/", "/ws"]) seen["socket " + path] = await socket(path);
  seen.sse = await stream();
  return seen;
})()`;

/** A form that posts a call as text, which no page needs to be allowed. */
const form = (base: string) => `(() => {
  const sent = document.body.appendChild(document.createElement("form"));
  Object.assign(sent, { method: "POST", enctype: "text/plain", action: ${JSON.stringify(`${base}/mcp`)} });
  const text = ${JSON.stringify(JSON.stringify({ ...call, ignored: "=" }))};
  const field = sent.appendChild(document.createElement("input"));
  [field.name, field.value] = [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)];
  sent.submit();
})()`;

/** Serves a page until it is turned, and is the hub from then on. */
async function rebinder(hubPort: number): Promise<{ port: number; turn(): void; server: Server }> {
  let isTurned = false;
  const page = "<!doctype html><title>evil</title><body>a page";
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    // By what it is when it is asked: browsers open connections before they have a use for them.
    socket.once("data", (first) => {
      if (isTurned) {
        const hub = connect(hubPort, "127.0.0.1");
        hub.on("error", () => socket.destroy());
        hub.write(first);
        socket.pipe(hub).pipe(socket);
        return;
      }
      socket.end(
        `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${page.length}\r\nConnection: close\r\n\r\n${page}`,
      );
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    turn: () => {
      isTurned = true;
    },
    server,
  };
}

test("rebinding: no page reaches a hub without a token, neither as its own server nor across sites", {
  skip,
}, async () => {
  await using hub = await startHub({ manifest: "cores: { template: { command: thehub-template-core } }" });
  await hub.logged("core_summary");
  const url = await hub.url();
  const { port } = new URL(url);
  const { server, turn, ...rebound } = await rebinder(Number(port));
  await using browser = await Chromium.open(`--host-resolver-rules=MAP ${evil} 127.0.0.1`);
  try {
    // The hub's own page may, so what follows is refused for what it is.
    await browser.open(`${url}/healthz`);
    const own = (await browser.run(ways(url))) as Record<string, string>;
    assert.equal(own["initialize"], "200");
    assert.equal(own["call"], "200");
    assert.equal(own["socket /mcp"], "open");
    assert.equal(own["sse"], "open");
    const before = await metric(url, 'thehub_requests_total{core="template",method="tools/call"}');
    assert.equal(before, 1);

    await browser.open(`http://${evil}:${rebound.port}/`);
    turn();
    const bases = [`http://${evil}:${rebound.port}`, url, `http://localhost:${port}`];
    const requests = async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return text.split("\n").filter((line) => line.startsWith("thehub_requests_total"));
    };
    const counted = await requests();
    // That of the hub's own page waits a minute for it.
    const streams = await metric(url, 'thehub_sessions{door="sse"}');
    for (const base of bases) {
      const seen = (await browser.run(ways(base))) as Record<string, string>;
      const isRebound = base === bases[0];
      for (const [way, got] of Object.entries(seen)) {
        // A page across sites may ask what everybody may, and not see the answer.
        const refused = isRebound ? /^(403|closed)$/ : /^(closed|opaque)$/;
        const expected = isRebound && way === "simple" ? /^(403|opaque)$/ : refused;
        assert.match(got, expected, `${way} at ${base}: ${JSON.stringify(seen)}`);
      }
      assert.deepEqual(await requests(), counted, `something of a page at ${base} got as far as a request`);
    }
    for (const base of bases) {
      await browser.follow(form(base));
      assert.equal(
        await browser.run(`performance.getEntriesByType("navigation")[0].responseStatus`),
        403,
        `form at ${base}`,
      );
      await browser.open("data:text/html,<body>a page of no origin");
    }
    assert.deepEqual(await requests(), counted);
    assert.equal(await metric(url, 'thehub_sessions{door="websocket"}'), 0);
    const after = await metric(url, 'thehub_sessions{door="sse"}');
    assert.ok(after <= streams, `${after} streams, ${streams} before`);
  } finally {
    server.close();
  }
  await hub.stop();
});

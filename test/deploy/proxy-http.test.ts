// What plain HTTP the shipped nginx and Caddy files let through, and how: forbidden paths in every spelling, event streams,
// streamed requests, limits. Behind most is a server of the test's own, which can say what it saw; proxy-doors.test.ts has the hub's doors.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type RequestOptions, request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeCertificates } from "../helpers/certificates.ts";
import { fixture, startHub } from "../helpers/hub-process.ts";
import { host, lacks, lacksOpenssl, lookup, startProxy } from "../helpers/proxy-process.ts";

const folder = mkdtempSync(join(tmpdir(), "thehub-tls-"));
after(() => rmSync(folder, { recursive: true }));
const certificates = lacksOpenssl === false ? makeCertificates(folder, host) : undefined;
const clientAddress = "127.0.0.2";

const pages = ["metrics", "healthz", "livez", "readyz", "api", "api/cores", "ui", "ui/index.html"];

/** Ways to say a page's path so that a filter may overlook it. */
function spellings(page: string): string[] {
  const encoded = `%${page.charCodeAt(0).toString(16)}${page.slice(1)}`;
  const capital = page.toUpperCase();
  const plain = ["", "/", "?a=/hub/mcp", "#/hub/mcp", ";/hub/mcp", "%3f/../../hub/mcp", "%23/../hub/mcp"].flatMap(
    (end) => [`/${page}${end}`, `/hub/${page}${end}`],
  );
  return [
    ...plain,
    `//${page}`,
    `/hub//${page}`,
    `//hub/${page}`,
    `/HUB/${page}`,
    `/hub/${capital}`,
    `/${encoded}`,
    `/hub/${encoded}`,
    `/%68ub/${page}`,
    `/hub%2f${page}`,
    `/hub/.%2f${page}`,
    `/hub/./${page}`,
    `/hub/mcp/../${page}`,
    `/hub/mcp/..%2f${page}`,
    `/hub/mcp%2f..%2f${page}`,
    `/hub/mcp/%2e%2e/${page}`,
    `/hub/../${page}`,
    `/hub/..%2f${page}`,
    `/hub/..;/${page}`,
    `/hub/mcp/${page}`,
    `/hub/hub/${page}`,
    `/hub\\${page}`,
    `/hub%5c${page}`,
    `/hub/mcp%00/../${page}`,
    `/hub/mcp%0a/${page}`,
    `/hub/mcp%0d%0aX:%20/${page}`,
    `https://${host}/${page}`,
    `https://${host}/hub/${page}`,
    `http://127.0.0.1/${page}`,
  ];
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function options(port: number, path: string, more: RequestOptions = {}): RequestOptions {
  assert.ok(certificates);
  const headers = { host: `${host}:${port}`, ...more.headers };
  const to = { host, port, path, lookup, servername: host, ca: readFileSync(certificates.ca) };
  return { ...to, localAddress: clientAddress, agent: false, ...more, headers };
}

async function ask(port: number, path: string, more: RequestOptions = {}): Promise<Answer> {
  const asked = request(options(port, path, more)).end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  let body = "";
  for await (const chunk of response.setEncoding("utf8")) body += chunk;
  return { status: response.statusCode ?? 0, body };
}

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** Stands where the hub would, and keeps what it was asked. */
class StandIn implements AsyncDisposable {
  readonly asked: IncomingMessage[] = [];
  handle: Handle = (_request, response) => response.end("ok");
  readonly #server = createServer((request, response) => {
    this.asked.push(request);
    this.handle(request, response);
  });

  async start(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server.close(), "close");
    this.#server.closeAllConnections();
    await closed;
  }
}

for (const kind of ["nginx", "caddy"] as const) {
  const skip = lacks(kind);

  async function standIn(): Promise<AsyncDisposable & { upstream: StandIn; port: number }> {
    assert.ok(certificates);
    const upstream = new StandIn();
    const proxy = await startProxy(kind, { upstreamPort: await upstream.start(), certificates });
    return {
      upstream,
      port: proxy.port,
      async [Symbol.asyncDispose]() {
        await proxy[Symbol.asyncDispose]();
        await upstream[Symbol.asyncDispose]();
      },
    };
  }

  test(`proxy ${kind}: pages are not to be had from outside, however their paths are spelt`, { skip }, async () => {
    assert.ok(certificates);
    await using hub = await startHub({
      manifest: `cores:\n  echo:\n    ${fixture("echo.mjs")}\n`,
      env: { HUB_BASE_PATH: "/hub", HUB_ALLOW_HOSTS: host },
    });
    const direct = await hub.url();
    assert.equal((await fetch(`${direct}/hub/livez`)).status, 200, "the hub itself has them");
    const upstreamPort = Number(new URL(direct).port);
    await using proxy = await startProxy(kind, { upstreamPort, certificates });
    assert.equal((await ask(proxy.port, "/hub")).status, 426, "the hub is behind the proxy");
    for (const path of pages.flatMap(spellings)) {
      const { status, body } = await ask(proxy.port, path);
      assert.ok([400, 403, 404, 421].includes(status) || (status === 200 && body === ""), `${path}: ${status}`);
      assert.doesNotMatch(body, /thehub_|"ok"/, path);
    }
  });

  test(`proxy ${kind}: the hub sees no path but those of its doors`, { skip }, async () => {
    await using it = await standIn();
    const profiles = ["/mcp/p/claude-code", "/ws/p/cursor", "/sse/p/x2/"];
    const doors = ["", "/", "/mcp", "/mcp/", "/ws", "/sse", "/messages?sessionId=1", ...profiles];
    for (const path of doors) assert.equal((await ask(it.port, `/hub${path}`)).status, 200, path);
    for (const path of pages.flatMap(spellings)) await ask(it.port, path);
    const nowhere = [
      "/",
      "/mcp",
      "/mcp/p/claude",
      "/hubs",
      "/hubmcp",
      "/hub/nothing",
      "/hub/mcp/x",
      "/hub/.well-known",
    ];
    for (const path of [...nowhere, "/hub/p/claude", "/hub/mcp/p", "/hub/mcp/p/a/b", "/hub/messages/p/claude"]) {
      assert.equal((await ask(it.port, path)).status, 404, path);
    }
    const seen = new Set(it.upstream.asked.map(({ url }) => url?.split("?")[0]));
    const through = ["/", "/mcp", "/mcp/p/claude-code", "/messages", "/sse", "/sse/p/x2", "/ws", "/ws/p/cursor"];
    assert.deepEqual([...seen].sort(), through);
    assert.ok(
      it.upstream.asked.some(({ url }) => url === "/messages?sessionId=1"),
      "queries are kept",
    );
  });

  test(`proxy ${kind}: where clients sign in and read how is reached, below the hub's path and in front of it`, {
    skip,
  }, async () => {
    await using it = await standIn();
    const signIn = [
      "/oauth/authorize?client_id=x",
      "/oauth/authorize/a_b-c",
      "/oauth/token",
      "/oauth/consent/a_b-c",
      "/oauth/client-metadata.json",
      "/.well-known/oauth-protected-resource/mcp/p/claude",
      "/.well-known/oauth-authorization-server",
    ];
    for (const path of signIn) assert.equal((await ask(it.port, `/hub${path}`)).status, 200, path);
    const inFront = ["oauth-authorization-server", "oauth-protected-resource", "openid-configuration"];
    const wellKnown = [
      ...inFront.map((name) => `/.well-known/${name}/hub`),
      "/.well-known/oauth-protected-resource/hub/mcp",
    ];
    for (const path of wellKnown) assert.equal((await ask(it.port, path)).status, 200, path);
    assert.deepEqual(
      it.upstream.asked.map(({ url }) => url),
      [...signIn, ...wellKnown],
    );
    for (const path of [
      "/oauth/token",
      "/.well-known/oauth-authorization-server",
      "/.well-known/other/hub",
      "/hub/oauth/",
      "/hub/oauth/a/b/c",
      "/hub/.well-known/other",
    ]) {
      assert.equal((await ask(it.port, path)).status, 404, path);
    }
  });

  test(`proxy ${kind}: another name than the hub's does not reach it`, { skip }, async () => {
    await using it = await standIn();
    for (const name of ["evil.example", "127.0.0.1", "localhost"]) {
      const { body } = await ask(it.port, "/hub/mcp", { headers: { host: name } });
      assert.notEqual(body, "ok", name);
    }
    assert.equal(it.upstream.asked.length, 0);
  });

  test(`proxy ${kind}: Authorization arrives as it was sent, forwarding headers as the proxy sets them`, {
    skip,
  }, async () => {
    await using it = await standIn();
    const own = { authorization: "Bearer abc", "x-forwarded-for": "203.0.113.66", forwarded: "for=203.0.113.66" };
    await ask(it.port, "/hub/mcp", {
      headers: { ...own, "x-forwarded-host": "evil.example", "x-forwarded-proto": "http", "mcp-session-id": "s" },
    });
    const { headers } = it.upstream.asked[0] ?? assert.fail("asked");
    assert.equal(headers.authorization, "Bearer abc");
    assert.equal(headers["mcp-session-id"], "s");
    assert.equal(headers["x-forwarded-for"], clientAddress);
    assert.equal(headers["x-forwarded-proto"], "https");
    assert.equal(headers["x-forwarded-host"], `${host}:${it.port}`);
    assert.equal(headers.host, `${host}:${it.port}`);
    assert.equal(headers["forwarded"], undefined);
  });

  test(`proxy ${kind}: an event stream arrives event by event, and its end on either side is seen on the other`, {
    skip,
  }, async () => {
    await using it = await standIn();
    let upstream: ServerResponse | undefined;
    it.upstream.handle = (_request, response) => {
      upstream = response;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: 0\n\n");
    };
    const asked = request(options(it.port, "/hub/sse", { headers: { accept: "text/event-stream" } })).end();
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    response.setEncoding("utf8");
    // The next event is written only when the one before has arrived: a proxy that holds back would hang here.
    for (let n = 0; n < 5; n++) {
      assert.equal((await once(response, "data"))[0], `data: ${n}\n\n`);
      upstream?.write(`data: ${n + 1}\n\n`);
    }
    assert.ok(upstream);
    const gone = once(upstream, "close");
    response.destroy();
    await gone;
  });

  test(`proxy ${kind}: a request arrives while it is still being sent, and its answer goes out as it is written`, {
    skip,
  }, async () => {
    await using it = await standIn();
    it.upstream.handle = (incoming, response) => {
      incoming.once("data", (chunk: Buffer) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.write(chunk);
        incoming.resume().once("end", () => response.end("]"));
      });
    };
    const asked = request(options(it.port, "/hub/mcp", { method: "POST" }));
    asked.write("[1");
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    assert.equal(String((await once(response, "data"))[0]), "[1");
    asked.end(",2");
    assert.equal(String((await once(response, "data"))[0]), "]");
  });

  test(`proxy ${kind}: bodies over 10 MiB and headers over 16 KiB are refused`, { skip }, async () => {
    await using it = await standIn();
    it.upstream.handle = (incoming, response) => void incoming.resume().once("end", () => response.end("ok"));
    const post = async (size: number) => {
      const asked = request(options(it.port, "/hub/mcp", { method: "POST", headers: { "content-length": size } }));
      // A proxy that has answered need not read the rest.
      asked.on("error", () => {});
      asked.end(Buffer.alloc(size, " "));
      const [response] = (await once(asked, "response")) as [IncomingMessage];
      response.resume();
      return response.statusCode ?? 0;
    };
    assert.equal(await post(10 * 1024 * 1024), 200);
    assert.ok((await post(10 * 1024 * 1024 + 1)) >= 400);
    const { status } = await ask(it.port, "/hub/mcp", { headers: { "x-long": "x".repeat(24 * 1024) } });
    assert.ok(status === 400 || status === 431, String(status));
    assert.ok(it.upstream.asked.every(({ headers }) => headers["x-long"] === undefined));
  });

  test(`proxy ${kind}: an upgrade to anything but WebSocket leads nowhere`, { skip }, async () => {
    await using it = await standIn();
    const h2c = { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "AAMAAABkAARAAAAAAAIAAAAA" };
    const { status } = await ask(it.port, "/hub/mcp", { headers: h2c });
    assert.equal(status, 200, "answered as the request it is");
    if (kind === "nginx") assert.equal(it.upstream.asked[0]?.headers.upgrade, undefined);
  });
}

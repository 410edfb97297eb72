// The network front over TLS, with real certificates and real sockets.
import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type IncomingMessage, request as plainRequest } from "node:http";
import { type RequestOptions, request } from "node:https";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { WebSocket } from "ws";
import type { TlsFiles } from "../../../src/base/tls-files.ts";
import type { WebDoor } from "../../../src/doors/http-router.ts";
import { makeCertificates, read, signCertificate } from "../../helpers/certificates.ts";
import { DoorServer, type DoorServerOptions, readAll, upgradeRequest } from "../../helpers/door-server.ts";
import { lacksOpenssl as skip } from "../../helpers/proxy-process.ts";

const folder = mkdtempSync(join(tmpdir(), "thehub-tls-"));
after(() => rmSync(folder, { recursive: true }));
const made = skip === false ? makeCertificates(folder, "localhost") : undefined;

function certificates() {
  assert.ok(made);
  return made;
}

const filesOf = (clientCa?: string): TlsFiles => ({ ...certificates().server, clientCa });
const trusting = (more: ConnectionOptions = {}): ConnectionOptions => ({
  ca: readFileSync(certificates().ca),
  ...more,
});
const open = (options: DoorServerOptions = {}) => DoorServer.open({ tls: filesOf(), ...options });

async function secure(hub: DoorServer, options: ConnectionOptions = trusting()): Promise<TLSSocket> {
  const socket = connect({ host: "127.0.0.1", port: hub.port, servername: "localhost", ...options });
  await once(socket, "secureConnect");
  return socket;
}

async function get(
  hub: DoorServer,
  path: string,
  options: RequestOptions = {},
): Promise<{ status: number; text: string }> {
  const asked = request(`${hub.url}${path}`, { ...trusting(), agent: false, ...options } as RequestOptions).end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return { status: response.statusCode ?? 0, text };
}

async function said(hub: DoorServer, pattern: RegExp): Promise<string> {
  for (;;) {
    const line = hub.log.lines.find((it) => pattern.test(it));
    if (line !== undefined) return line;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** How a connection that should come to nothing ends. */
function failure(hub: DoorServer, options: ConnectionOptions): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port: hub.port, servername: "localhost", ...options });
  // With TLS 1.3 a client is through before the server has looked at its certificate.
  socket.once("secureConnect", () => socket.write("GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n"));
  return new Promise((resolve) => {
    socket.once("data", (chunk: Buffer) => resolve(chunk.toString()));
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.once("end", () => resolve("ended"));
  });
}

test("http-server tls: pages and sessions are served on https addresses, by TLS 1.2 and 1.3 alone", {
  skip,
}, async () => {
  await using hub = await open();
  assert.match(hub.server.addresses[0] ?? "", /^https:\/\/127\.0\.0\.1:\d+$/);
  assert.equal((await get(hub, "/healthz")).status, 200);
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    const socket = await secure(hub, trusting({ minVersion: version, maxVersion: version }));
    assert.equal(socket.getProtocol(), version);
    socket.destroy();
  }
  const old = trusting({ minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
  assert.match(await failure(hub, old), /ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|ECONNRESET/);
  const socket = new WebSocket(`${hub.wsUrl}/mcp`, { ca: readFileSync(certificates().ca) });
  await once(socket, "open");
  socket.send("{}");
  assert.equal(String((await once(socket, "message"))[0]), "{}");
  socket.close();
  await once(socket, "close");
});

test("http-server tls: HTTP/1.1 is what is agreed on, and a client that speaks HTTP/2 alone is told so", {
  skip,
}, async () => {
  await using hub = await open();
  const both = await secure(hub, trusting({ ALPNProtocols: ["h2", "http/1.1"] }));
  assert.equal(both.alpnProtocol, "http/1.1");
  both.destroy();
  assert.match(await failure(hub, trusting({ ALPNProtocols: ["h2"] })), /NO_APPLICATION_PROTOCOL/);
});

test("http-server tls: Unix sockets beside it stay plain", { skip: skip || process.platform === "win32" }, async () => {
  const path = join(folder, "hub.sock");
  await using hub = await open({ listen: `127.0.0.1:0,unix:${path}` });
  assert.match(hub.server.addresses.join(), /^https:.*,unix:/);
  const asked = plainRequest({ socketPath: path, path: "/livez", headers: { host: "x" } }).end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  response.resume();
  assert.equal(response.statusCode, 200);
});

test("http-server tls: a page of its own over https is let in, the same over http is not", { skip }, async () => {
  await using hub = await open({ listen: ":0" });
  const { port } = new URL(hub.url);
  const status = async (host: string, origin: string): Promise<number> => {
    const options = { ...trusting(), headers: { host, origin }, servername: "localhost", agent: false };
    const asked = request(`https://127.0.0.1:${port}/livez`, options).end();
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    response.resume();
    return response.statusCode ?? 0;
  };
  assert.equal(await status("hub.example", "https://hub.example"), 200);
  assert.equal(await status("hub.example", "https://hub.example:443"), 200);
  assert.equal(await status("hub.example", "http://hub.example"), 403);
  assert.equal(await status("hub.example:80", "http://hub.example"), 403);
  assert.equal(await status("hub.example", "https://evil.example"), 403);
});

test("http-server tls: an offer of another protocol is left alone here, too", { skip }, async () => {
  await using hub = await open();
  const socket = await secure(hub);
  const offer =
    "Host: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n";
  for (let time = 0; time < 20; time++) {
    socket.write(`GET /healthz HTTP/1.1\r\n${offer}\r\n`);
    assert.match(String((await once(socket, "data"))[0]), /^HTTP\/1.1 200 .*"ok":true/s);
  }
  assert.equal(hub.server.connections, 1);
  socket.destroy();
});

test("http-server tls: with client certificates nobody gets in without one of the authority", { skip }, async () => {
  await using hub = await open({ tls: filesOf(certificates().ca) });
  const { client, stranger } = certificates();
  assert.equal((await get(hub, "/livez", read(client))).status, 200);
  assert.match(await failure(hub, trusting()), /CERTIFICATE_REQUIRED/);
  assert.match(await said(hub, /tls_handshake_failed/), /"reason":"client_certificate"/);
  assert.doesNotMatch(await failure(hub, trusting(read(stranger))), /HTTP/);
  // A certificate of the authority that is meant for servers is no client's.
  assert.doesNotMatch(await failure(hub, trusting(read(certificates().server))), /HTTP/);
  assert.equal(hub.server.failedHandshakes.client_certificate, 3);
  assert.equal((await get(hub, "/livez", read(client))).status, 200);
});

test("http-server tls: who was told of a client authority that has gone does not come back by resumption", {
  skip,
}, async () => {
  const own = mkdtempSync(join(folder, "own-"));
  const ca = join(own, "ca.crt");
  copyFileSync(certificates().ca, ca);
  await using hub = await open({ tls: filesOf(ca) });
  const client = read(certificates().client);
  const first = connect({ host: "127.0.0.1", port: hub.port, ...trusting(client) });
  const [session] = (await once(first, "session")) as [Buffer];
  first.destroy();
  const again = await secure(hub, trusting({ ...client, session }));
  assert.equal(again.isSessionReused(), true, "resumption works as such");
  again.destroy();
  copyFileSync(join(folder, "other-ca.crt"), ca);
  await said(hub, /tls_reloaded/);
  assert.doesNotMatch(await failure(hub, trusting({ ...client, session })), /HTTP/);
  assert.equal((await get(hub, "/livez", read(certificates().stranger))).status, 200);
});

test("http-server tls: a handshake that never ends is cut off, and counted", { skip }, async () => {
  await using hub = await open({ http: { handshakeTimeoutMs: 50 } });
  // Nothing at all, and the first bytes of a ClientHello.
  for (const start of [Buffer.alloc(0), Buffer.from("16030100f8010000f40303", "hex")]) {
    const socket = await hub.socket();
    socket.write(start);
    assert.equal((await readAll(socket)).length, 0);
    socket.destroy();
  }
  assert.equal(hub.server.failedHandshakes.timeout, 2);
  // After the handshake the time for a request begins.
  const silent = await secure(hub);
  assert.match((await readAll(silent)).toString(), /^HTTP\/1.1 408 /);
});

test("http-server tls: plain HTTP and garbage end, and are said at a bounded rate", { skip }, async () => {
  await using hub = await open();
  for (let time = 0; time < 5; time++) {
    for (const text of ["GET / HTTP/1.1\r\nhost: localhost\r\n\r\n", "\x00\x01garbage"]) {
      const socket = connectTcp(hub.port, "127.0.0.1");
      socket.on("error", () => {});
      socket.write(text);
      await readAll(socket);
    }
  }
  assert.equal(hub.server.failedHandshakes.plain_http, 5);
  assert.equal(hub.server.failedHandshakes.protocol, 5);
  assert.equal(hub.log.lines.filter((line) => line.includes("tls_handshake_failed")).length, 2);
});

test("http-server tls: connections count once, and those over the limit are closed before the handshake", {
  skip,
}, async () => {
  await using hub = await open({ http: { maxConnections: 2 } });
  const first = await secure(hub);
  first.write(upgradeRequest({ host: hub.authority }));
  assert.match(String((await once(first, "data"))[0]), /^HTTP\/1.1 101 /);
  const second = await secure(hub);
  second.write(upgradeRequest({ host: hub.authority }));
  await once(second, "data");
  assert.equal(hub.server.connections, 2);
  assert.match(await failure(hub, trusting()), /ECONNRESET|ended/);
  assert.deepEqual(hub.server.refusedConnections, { total: 1, address: 0, half_open: 0 });
  second.destroy();
  while (hub.server.connections > 1) await new Promise((resolve) => setImmediate(resolve));
  (await secure(hub)).destroy();
  first.destroy();
});

test("http-server tls: a handshake that is begun, or was all that came, gives way to a new connection", {
  skip,
}, async () => {
  await using hub = await open({ http: { maxConnections: 1 } });
  const isClosed = (socket: Socket) => new Promise((resolve) => socket.on("error", () => {}).once("close", resolve));
  const begun = await hub.socket();
  const begunIsClosed = isClosed(begun.resume());
  begun.write("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "latin1");
  while (hub.server.connections < 1) await new Promise((resolve) => setImmediate(resolve));
  const silent = await secure(hub);
  const silentIsClosed = isClosed(silent.resume());
  await begunIsClosed;
  const client = await secure(hub);
  await silentIsClosed;
  client.write(upgradeRequest({ host: hub.authority }));
  assert.match(String((await once(client, "data"))[0]), /^HTTP\/1.1 101 /);
  assert.match(await failure(hub, trusting()), /ECONNRESET|ended/, "who was let in stays");
  assert.deepEqual(hub.server.refusedConnections, { total: 1, address: 0, half_open: 2 });
  client.destroy();
});

test("http-server tls: a client that takes nothing of a response is cut off", { skip }, async () => {
  const door: WebDoor = {
    methods: ["GET"],
    handle: (_request, response) => {
      const fill = () => {
        while (response.write(Buffer.alloc(256 * 1024)));
        response.once("drain", fill);
      };
      response.writeHead(200);
      fill();
    },
  };
  await using hub = await open({ doors: { "/mcp": door }, http: { stallMs: 60 } });
  const socket = await secure(hub);
  socket.pause();
  socket.on("error", () => {});
  socket.write("GET /mcp HTTP/1.1\r\nhost: localhost\r\n\r\n");
  assert.match(await said(hub, /slow_reader_cut/), /"took nothing"/);
  socket.destroy();
});

test("http-server tls: a new certificate is shown to new connections, and those that are open stay", {
  skip,
}, async () => {
  const own = mkdtempSync(join(folder, "own-"));
  const files = { cert: join(own, "tls.crt"), key: join(own, "tls.key"), clientCa: undefined };
  const put = ({ cert, key }: { cert: string; key: string }) => {
    copyFileSync(cert, files.cert);
    copyFileSync(key, files.key);
  };
  put(certificates().server);
  await using hub = await open({ tls: files });
  const before = await secure(hub);
  const extension = "subjectAltName=DNS:localhost\n";
  put(signCertificate(folder, { name: "next", subject: "next", extension }));
  await said(hub, /tls_reloaded/);
  const later = await secure(hub);
  assert.equal(later.getPeerCertificate().subject.CN, "next");
  before.write("GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n");
  assert.match(String((await once(before, "data"))[0]), /^HTTP\/1.1 200 /);
  for (const socket of [before, later]) socket.destroy();
});

// What can go wrong on a connection over WebSocket: it is lost, with the reason, and nothing is asked elsewhere.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { WebSocketServer } from "ws";
import { LinkClient } from "../../helpers/link-client.ts";

const answer = (status: string, ...headers: readonly string[]) =>
  `${[`HTTP/1.1 ${status}`, "Content-Length: 6", "Connection: close", ...headers].join("\r\n")}\r\n\r\n<html>`;

const faults: Readonly<Record<string, readonly [fault: (socket: Socket) => void, kind: string, says: RegExp]>> = {
  "a reset": [(it) => it.resetAndDestroy(), "away", /cannot be reached: the connection was reset/],
  "a server that hangs": [() => {}, "away", /cannot be reached: /],
  "401": [(it) => it.end(answer("401 No", "WWW-Authenticate: Bearer")), "refused", /wants a token/],
  "403": [(it) => it.end(answer("403 No")), "wrong", /refused the connection \(403\)$/],
  "404": [(it) => it.end(answer("404 No")), "wrong", /there is no MCP server at/],
  "429": [(it) => it.end(answer("429 No", "Retry-After: 7")), "away", /answered 429$/],
  "503": [(it) => it.end(answer("503 No")), "away", /answered 503$/],
  "a page": [(it) => it.end(answer("200 OK", "Content-Type: text/html")), "wrong", /is no WebSocket endpoint \(200\)/],
  "a redirect to a metadata address": [
    (it) => it.end(answer("302 Found", "Location: ws://169.254.169.254/latest/")),
    "wrong",
    /redirects \(302\), which is not followed; connect to the address that is meant$/,
  ],
  "what is no HTTP": [(it) => it.end("SSH-2.0-x\r\n"), "wrong", /does not speak HTTP/],
};

for (const [name, [fault, kind, says]] of Object.entries(faults)) {
  test(`ws-faults: ${name} loses the connection before anything was sent`, async () => {
    const sockets: Socket[] = [];
    await using server = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => {});
      socket.once("data", () => fault(socket));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
    const client = new LinkClient("websocket", url, { limits: { handshakeMs: 500 } });
    const { loss } = await client.expect("lost");
    assert.equal(loss.kind, kind);
    assert.match(loss.reason, says);
    assert.equal(sockets.length, 1);
    for (const socket of sockets) socket.destroy();
  });
}

test("ws-faults: a message without an end, and a connection that breaks, lose the connection", async () => {
  for (const [fault, says] of [
    [
      (it: Socket) => it.write(Buffer.concat([Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 16, 0, 0]), Buffer.alloc(1000)])),
      /sent what cannot be taken: Max payload size exceeded/,
    ],
    [(it: Socket) => it.destroy(), /the connection to \S+ broke/],
  ] as const) {
    const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(sockets, "listening");
    sockets.on("connection", (_socket, request) => {
      request.socket.on("error", () => {});
      fault(request.socket);
    });
    const client = await LinkClient.open("websocket", `ws://127.0.0.1:${(sockets.address() as AddressInfo).port}/`, {
      limits: { maxMessageBytes: 100_000 },
    });
    const { loss } = await client.expect("lost");
    assert.equal(loss.kind, "away");
    assert.match(loss.reason, says);
    await new Promise((resolve) => sockets.close(resolve));
  }
});

test("ws-faults: a server that says goodbye and keeps the connection is not waited for", async () => {
  const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(sockets, "listening");
  const { port } = sockets.address() as AddressInfo;
  const client = new LinkClient("websocket", `ws://127.0.0.1:${port}/mcp`);
  const [, request] = await once(sockets, "connection");
  await client.expect("opened");
  const socket: Socket = request.socket;
  for (const event of ["data", "end"]) socket.removeAllListeners(event);
  socket.allowHalfOpen = true;
  socket.on("error", () => {});
  socket.resume();
  socket.write(Buffer.from([0x88, 2, 0x03, 0xe9]));
  assert.match((await client.expect("lost")).loss.reason, /is restarting \(1001\)$/);
  socket.destroy();
  sockets.close();
});

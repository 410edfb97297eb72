// The opening handshake of RFC 6455, server side: judging the request and writing the 101. No extensions.
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { errorReply, type Reply } from "./reply.ts";

const version = "13";

/** Why this upgrade request is no WebSocket handshake; undefined when it is one. */
export function handshakeRefusal(request: IncomingMessage): Reply | undefined {
  const { headers } = request;
  if (request.method !== "GET") {
    return errorReply("request_invalid", "a WebSocket upgrade is a GET request", {
      status: 405,
      headers: { allow: "GET" },
    });
  }
  if (headers.host === undefined) return errorReply("request_invalid", "the Host header is missing");
  if (headers["sec-websocket-version"] !== version) {
    return errorReply("request_invalid", "this server speaks WebSocket version 13", {
      status: 426,
      headers: { upgrade: "websocket", "sec-websocket-version": version },
    });
  }
  if (!/^[+/0-9A-Za-z]{22}==$/.test(headers["sec-websocket-key"] ?? "")) {
    return errorReply("request_invalid", "Sec-WebSocket-Key is not 16 bytes in base64");
  }
  return undefined;
}

/** The 101 that accepts a request which `handshakeRefusal` let pass. `mcp` is chosen when it is offered. */
export function handshakeResponse(request: IncomingMessage): string {
  const accept = createHash("sha1")
    .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest("base64");
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept}`,
  ];
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  if (offered.includes("mcp")) lines.push("Sec-WebSocket-Protocol: mcp");
  return `${lines.join("\r\n")}\r\n\r\n`;
}

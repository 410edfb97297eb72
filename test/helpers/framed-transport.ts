// What the SDK's clients of both generations take as a transport, over parts that they have none for: a pair of streams in either
// framing, and a WebSocket for those that lost theirs.
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { WebSocket } from "ws";
import { createReader } from "../fixtures/cores/lib.mjs";

export type Framing = "newline" | "content-length";

/** As both generations declare it, as far as they agree. */
export interface PlainTransport {
  onmessage?: (message: never, extra?: never) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  start(): Promise<void>;
  send(message: object): Promise<void>;
  close(): Promise<void>;
}

/** `close` ends the output and waits for the end of the input, which is how the process behind it leaves. */
export function streamTransport(framing: Framing, input: Readable, output: Writable): PlainTransport {
  const transport: PlainTransport = {
    async start() {
      input.on(
        "data",
        createReader(framing, (text: string) => transport.onmessage?.(JSON.parse(text) as never)),
      );
      input.on("end", () => transport.onclose?.());
    },
    async send(message) {
      const text = JSON.stringify(message);
      output.write(framing === "newline" ? `${text}\n` : `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    },
    async close() {
      if (input.readableEnded) return;
      const ended = once(input, "end");
      output.end();
      await ended;
    },
  };
  return transport;
}

export function webSocketTransport(url: string): PlainTransport {
  const socket = new WebSocket(url, ["mcp"]);
  const transport: PlainTransport = {
    async start() {
      socket.on("message", (data) => transport.onmessage?.(JSON.parse(String(data)) as never));
      socket.on("close", () => transport.onclose?.());
      await once(socket, "open");
    },
    async send(message) {
      socket.send(JSON.stringify(message));
    },
    async close() {
      if (socket.readyState === WebSocket.CLOSED) return;
      const closed = once(socket, "close");
      socket.close();
      await closed;
    },
  };
  return transport;
}

// A link is the client's end of one connection to whatever is measured: it frames, writes and reads, and knows no JSON-RPC.
import type { ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { connect as connectTcp, type Socket } from "node:net";
import { firstId, noKey, type Sealed, sealed, webSocketFrame } from "./frames.ts";
import { type Listener, newlineReader, type Reader, webSocketReader } from "./reader.ts";

export interface Link {
  /** Who hears what is read; replaced by each kind of measurement. */
  listener: Listener;
  readonly reader: Reader;
  /** Half of every nonce on this link: an answer that went to another link is seen. */
  readonly salt: number;
  /** Ids are never used twice on one link. */
  nextId: number;
  seal(message: Buffer): Sealed;
  /** One frame, or several of `frameSize` bytes each. */
  write(bytes: Buffer, frameSize?: number): void;
  /** Resolves when the connection, or the child at its other end, is gone. */
  close(): Promise<void>;
}

export const deaf: Listener = {
  message() {},
  long() {},
  settled() {},
  closed() {},
};

/** One for all sockets: a read is used up before the next one starts. */
export const readBuffer = Buffer.allocUnsafeSlow(256 * 1024);

export interface WebSocketTarget {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Opens a WebSocket with subprotocol `mcp`; rejects when the upgrade is refused or the connection fails. */
export function openWebSocketLink(target: WebSocketTarget): Promise<Link> {
  return new Promise((resolve, reject) => {
    const key = randomBytes(16).toString("base64");
    const mask = randomBytes(4);
    let upgraded = false;
    let early = Buffer.alloc(0);
    let gone: () => void = () => {};
    const closed = new Promise<void>((done) => {
      gone = done;
    });
    const socket: Socket = connectTcp({
      host: "127.0.0.1",
      port: target.port,
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback(size, buffer) {
          if (upgraded) link.reader.push(buffer as Buffer, size);
          else upgrade((buffer as Buffer).subarray(0, size));
          return true;
        },
      },
    });
    const link: Link = {
      listener: deaf,
      reader: webSocketReader(() => link.listener, {
        pong: (payload) => void socket.write(controlFrame(0x8a, payload, mask)),
      }),
      salt: randomBytes(4).readUInt32BE(),
      nextId: firstId,
      seal(message) {
        const { bytes, start } = webSocketFrame(message, mask);
        return sealed(message, bytes, start, mask);
      },
      write: (bytes) => void socket.write(bytes),
      close() {
        link.listener = deaf;
        socket.end(controlFrame(0x88, Buffer.from([0x03, 0xe8]), mask));
        const force = setTimeout(() => socket.destroy(), 2000);
        return closed.then(() => clearTimeout(force));
      },
    };
    function upgrade(chunk: Buffer): void {
      early = Buffer.concat([early, chunk]);
      const end = early.indexOf("\r\n\r\n");
      if (end < 0) return;
      const answer = early.subarray(0, end).toString("latin1");
      const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      if (!answer.startsWith("HTTP/1.1 101") || !answer.includes(accept)) {
        reject(new Error(`upgrade refused: ${answer.split("\r\n")[0]}`));
        socket.destroy();
        return;
      }
      upgraded = true;
      resolve(link);
      const rest = early.subarray(end + 4);
      if (rest.length > 0) link.reader.push(rest, rest.length);
    }
    socket.on("connect", () => {
      const headers = Object.entries({
        Host: `127.0.0.1:${target.port}`,
        Upgrade: "websocket",
        Connection: "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": "mcp",
        "Sec-WebSocket-Key": key,
        ...target.headers,
      });
      const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
      socket.write(`GET ${target.path} HTTP/1.1\r\n${lines}\r\n`);
    });
    socket.on("error", (error) => reject(error));
    socket.on("close", () => {
      gone();
      reject(new Error("connection closed before the upgrade"));
      link.listener.closed("connection closed");
    });
  });
}

function controlFrame(first: number, payload: Buffer, mask: Buffer): Buffer {
  const frame = Buffer.alloc(6 + payload.length);
  frame[0] = first;
  frame[1] = 0x80 | payload.length;
  mask.copy(frame, 2);
  for (let i = 0; i < payload.length; i++) frame[6 + i] = (payload[i] ?? 0) ^ (mask[i & 3] ?? 0);
  return frame;
}

/** A link over a child's stdin and stdout, one message a line. Closing it ends the child. */
export function stdioLink(child: ChildProcess, stop: () => Promise<void>): Link {
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error("the child has no pipes");
  const link: Link = {
    listener: deaf,
    reader: newlineReader(() => link.listener),
    salt: randomBytes(4).readUInt32BE(),
    nextId: firstId,
    seal(message) {
      const bytes = Buffer.concat([message, Buffer.from("\n")]);
      return sealed(message, bytes, 0, noKey);
    },
    write: (bytes) => void stdin.write(bytes),
    close() {
      link.listener = deaf;
      return stop();
    },
  };
  stdout.on("data", (chunk: Buffer) => link.reader.push(chunk, chunk.length));
  stdin.on("error", () => link.listener.closed("the child closed its input"));
  child.on("exit", () => link.listener.closed("the child exited"));
  return link;
}

// HTTP as text on a socket of one's own: what is sent is what a test wrote, what came is there as it came.
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export const json = ["Content-Type: application/json", "Accept: application/json, text/event-stream"];

/** A request as text; `headers` besides Host, and Content-Length where there is a body. */
export function requestText(line: string, headers: readonly string[] = [], body?: string | Buffer): string {
  const text = Buffer.isBuffer(body) ? body.toString("latin1") : Buffer.from(body ?? "", "utf8").toString("latin1");
  const length = body === undefined ? [] : [`Content-Length: ${text.length}`];
  return `${[`${line} HTTP/1.1`, "Host: localhost", ...headers, ...length].join("\r\n")}\r\n\r\n${text}`;
}

/** One that posts a message to the MCP endpoint. */
export function postText(
  sessionId: string | undefined,
  message: object | string,
  headers: readonly string[] = json,
): string {
  const id = sessionId === undefined ? [] : [`Mcp-Session-Id: ${sessionId}`];
  const body = typeof message === "string" ? message : JSON.stringify({ jsonrpc: "2.0", ...message });
  return requestText("POST /mcp", [...headers, ...id], body);
}

export function initialize(protocolVersion = "2025-11-25"): object {
  return {
    id: 0,
    method: "initialize",
    params: { protocolVersion, capabilities: {}, clientInfo: { name: "raw", version: "1" } },
  };
}

export class Wire implements Disposable {
  readonly socket: Socket;
  /** All that came, a character a byte. */
  text = "";
  readonly closed: Promise<unknown>;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      this.text += chunk.toString("latin1");
    });
    this.closed = once(socket, "close");
  }

  static async open(port: number): Promise<Wire> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return new Wire(socket);
  }

  write(text: string): void {
    this.socket.write(text, "latin1");
  }

  /** Resolves with all that came once this is in it; rejects when the connection ends without it. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.text)) {
      if (this.socket.readableEnded || this.socket.destroyed) throw new Error(`ended without ${pattern}: ${this.text}`);
      await new Promise<void>((resolve) => {
        const wake = () => {
          for (const event of ["data", "end", "close"]) this.socket.off(event, wake);
          resolve();
        };
        for (const event of ["data", "end", "close"]) this.socket.on(event, wake);
      });
    }
    return this.text;
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

export const statusesIn = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));

export function sessionIdIn(text: string): string {
  const id = /mcp-session-id: ([0-9a-f]{32})\r\n/i.exec(text)?.[1];
  if (id === undefined) throw new Error(`no session in ${text}`);
  return id;
}

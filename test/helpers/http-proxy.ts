// An HTTP proxy on loopback that says what it was asked for: requests in plain HTTP, and tunnels. Whatever the name, it leads to 127.0.0.1.
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, request, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

export interface Proxied {
  /** `CONNECT mcp.example:443`, `POST http://mcp.example/mcp`. */
  readonly what: string;
  readonly headers: IncomingHttpHeaders;
}

export class HttpProxy implements AsyncDisposable {
  readonly asked: Proxied[] = [];
  /** With which status tunnels and requests are refused; undefined: they are not. */
  refusal: number | undefined;
  readonly #server: Server = createServer();
  readonly #sockets = new Set<Socket>();

  constructor() {
    this.#server.on("connection", (socket) => this.#sockets.add(socket));
    this.#server.on("request", (asked, response) => {
      this.asked.push({ what: `${asked.method} ${asked.url}`, headers: asked.headers });
      if (this.refusal !== undefined) {
        response.writeHead(this.refusal).end();
        return;
      }
      const { port, pathname, search } = new URL(asked.url ?? "");
      const { method, headers } = asked;
      const onward = request({ host: "127.0.0.1", port, path: `${pathname}${search}`, method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      onward.on("error", () => response.destroy());
      asked.pipe(onward);
    });
    this.#server.on("connect", (asked, socket) => {
      this.asked.push({ what: `CONNECT ${asked.url}`, headers: asked.headers });
      if (this.refusal !== undefined) {
        socket.end(`HTTP/1.1 ${this.refusal} No\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      const onward = connect(Number(asked.url?.split(":").at(-1)), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(onward).pipe(socket);
      });
      this.#sockets.add(onward);
      onward.on("error", () => socket.destroy());
      socket.on("error", () => onward.destroy());
    });
  }

  static async open(): Promise<HttpProxy> {
    const proxy = new HttpProxy();
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

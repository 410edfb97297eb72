// A TCP proxy on loopback that cuts a connection in the middle of what the server says, as a network does.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export class CuttingProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cut: { readonly text: Buffer; readonly resolve: () => void } | undefined;

  private constructor(upstreamPort: number) {
    this.#server = createServer((client) => this.#join(client, connect(upstreamPort, "127.0.0.1")));
  }

  static async open(upstreamPort: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(upstreamPort);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cuts the first connection on which the server says `text`, right behind its last byte. Resolves when it is cut. */
  cutBehind(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#cut = { text: Buffer.from(text), resolve };
    });
  }

  #join(client: Socket, upstream: Socket): void {
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (chunk) => upstream.write(chunk));
    let said = Buffer.alloc(0);
    upstream.on("data", (chunk: Buffer) => {
      const passed = said.length;
      said = Buffer.concat([said, chunk]);
      const found = this.#cut === undefined ? -1 : said.indexOf(this.#cut.text);
      if (this.#cut === undefined || found < 0) {
        client.write(chunk);
        return;
      }
      const { text, resolve } = this.#cut;
      this.#cut = undefined;
      upstream.destroy();
      client.once("close", resolve);
      client.end(said.subarray(passed, found + text.length), () => client.destroy());
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, "close");
  }
}

// A TCP proxy on loopback that cuts connections in the middle of what the server says, as a network does.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

interface Cut {
  readonly text: string;
  readonly done: () => void;
}

export class CuttingProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #cuts = new Set<Cut>();

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
    return new Promise((resolve) => this.#cuts.add({ text, done: resolve }));
  }

  /** Cuts all that is open. Resolves when it is cut. */
  async cutNow(): Promise<void> {
    const open = [...this.#sockets];
    for (const socket of open) socket.destroy();
    await Promise.all(open.map((socket) => socket.closed || once(socket, "close")));
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
      const first = this.#firstCutIn(said);
      if (first === undefined) {
        client.write(chunk);
        return;
      }
      this.#cuts.delete(first.cut);
      upstream.destroy();
      client.once("close", first.cut.done);
      client.end(said.subarray(passed, first.end), () => client.destroy());
    });
  }

  #firstCutIn(said: Buffer): { cut: Cut; end: number } | undefined {
    let first: { cut: Cut; end: number } | undefined;
    for (const cut of this.#cuts) {
      const at = said.indexOf(cut.text);
      const end = at + cut.text.length;
      if (at >= 0 && (first === undefined || end < first.end)) first = { cut, end };
    }
    return first;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, "close");
  }
}

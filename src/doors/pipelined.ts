// Requests that a client sends without waiting for the answers before them: node reads and starts every one of them, so somebody
// has to count. Clients that do this in earnest have a handful under way.
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** On one connection, behind the request whose answer goes out first. */
const maxWaiting = 256;

export class Pipelined {
  readonly #waiting = new WeakMap<Socket, Set<ServerResponse>>();

  /** False: there are more on this connection than anybody needs, and it should be cut off. */
  mayWait(socket: Socket, response: ServerResponse): boolean {
    // Whose turn it is has the socket already; nearly all are, and cost nothing.
    if (response.socket !== null) return true;
    const waiting = this.#waitingOn(socket);
    if (waiting.size >= maxWaiting) return false;
    waiting.add(response);
    response.once("socket", () => waiting.delete(response));
    return true;
  }

  #waitingOn(socket: Socket): Set<ServerResponse> {
    let waiting = this.#waiting.get(socket);
    if (waiting === undefined) {
      waiting = new Set();
      this.#waiting.set(socket, waiting);
      socket.once("close", () => this.#closed(socket));
    }
    return waiting;
  }

  /** Node tells a response that its connection is gone only once it had its turn: the others would wait for ever, and be waited for. */
  #closed(socket: Socket): void {
    for (const response of this.#waiting.get(socket) ?? []) {
      response.destroy();
      response.emit("close");
    }
    this.#waiting.delete(socket);
  }
}

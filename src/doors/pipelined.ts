// Requests that a client sends without waiting for the answers before them: node reads and starts every one of them, so somebody
// has to count. Clients that do this in earnest have a handful under way.
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** On one connection, behind the request whose answer goes out first. */
const maxWaiting = 256;

export class Pipelined {
  readonly #waiting = new WeakMap<Socket, number>();

  /** False: there are more on this connection than anybody needs, and it should be cut off. */
  mayWait(socket: Socket, response: ServerResponse): boolean {
    // Whose turn it is has the socket already; nearly all are, and cost nothing.
    if (response.socket !== null) return true;
    const waiting = (this.#waiting.get(socket) ?? 0) + 1;
    if (waiting > maxWaiting) return false;
    this.#waiting.set(socket, waiting);
    response.once("socket", () => this.#waiting.set(socket, (this.#waiting.get(socket) ?? 1) - 1));
    return true;
  }
}

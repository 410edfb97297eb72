// Requests that a client sends without waiting for the answers before them: node reads and starts every one of them, so somebody
// has to count. Clients that do this in earnest have a handful under way.
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** The response whose turn it is. Once it has begun, a status line would become part of it. Node keeps it there, and leaves it out of its types. */
export function answerOn(socket: Duplex): ServerResponse | undefined {
  return (socket as { _httpMessage?: ServerResponse | null })._httpMessage ?? undefined;
}

/**
 * For what takes the connection away from the requests before it: waits until all of these are answered, as node does not. Never calls back where it
 * is closed before.
 */
export function afterAnswers(socket: Socket, then: () => void): void {
  const response = answerOn(socket);
  if (response === undefined) {
    then();
    return;
  }
  // Nobody owns the socket meanwhile.
  const ignore = () => {};
  socket.on("error", ignore);
  response.once("close", () => {
    socket.off("error", ignore);
    // Behind an answer node waits so long only for the next request, which has come already.
    if (socket.writable) afterAnswers(socket.setTimeout(0), then);
  });
}

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

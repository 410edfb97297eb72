// An HTTP service that decides calls: each question is kept, and answered as the test says. Not answered at all by default.

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface Question {
  readonly request: IncomingMessage;
  /** The body as it came, and what `input` in it is. */
  readonly body: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into inputs of all shapes
  readonly input: any;
  /** Answers it with this body. */
  answer(body: string | object, status?: number, headers?: Record<string, string>): void;
  /** Ends the connection without an answer. */
  hangUp(): void;
  /** Ends the connection in the middle of an answer. */
  breakOff(): void;
}

export class DecisionServer implements AsyncDisposable {
  readonly questions: Question[] = [];
  readonly url: string;
  /** How a question is answered; kept waiting where it does nothing. */
  answering: (question: Question) => void = () => {};
  readonly #server: Server;
  readonly #waiters: ((question: Question) => void)[] = [];

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/data/thehub/allow`;
    server.on("request", (request, response) => void this.#take(request, response));
  }

  static async start(): Promise<DecisionServer> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new DecisionServer(server);
  }

  /** The next question to come. */
  next(): Promise<Question> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const question: Question = {
      ...{ request, body, input: JSON.parse(body).input },
      answer: (answer, status = 200, headers = {}) => {
        response.writeHead(status, { "content-type": "application/json", ...headers });
        response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
      },
      hangUp: () => response.destroy(),
      breakOff: () => {
        response.writeHead(200, { "content-length": 100 });
        response.write('{"result":', () => response.destroy());
      },
    };
    this.questions.push(question);
    this.answering(question);
    for (const waiter of this.#waiters.splice(0)) waiter(question);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}

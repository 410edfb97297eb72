// Keep-alive HTTP/1.1 connections to one port, each with one request under way at most. Connections are opened as they are
// needed, up to a limit; what is beyond it waits its turn.
import { connect as connectTcp, type Socket } from "node:net";
import { type Head, HttpReader } from "./http-reader.ts";
import { readBuffer } from "./link.ts";
import type { LongMessage } from "./reader.ts";

export interface PoolListener {
  message(bytes: Buffer, start: number, end: number): void;
  long(message: LongMessage): void;
  ended(head: Head): void;
  /** A chunk has been used up; `responses` of them ended in it. */
  settled(responses: number): void;
  failed(reason: string): void;
}

/** As many as any row has in flight. */
const maxConnections = 64;

interface Request {
  /** Head and body. */
  readonly bytes: Buffer;
  /** Called when its response is whole. */
  readonly done: (() => void) | undefined;
}

interface Connection {
  readonly socket: Socket;
  /** What is under way on it. */
  request: Request | undefined;
}

export class HttpPool {
  readonly #port: number;
  readonly #to: PoolListener;
  readonly #keepsWhole: () => boolean;
  readonly #all = new Set<Connection>();
  /** The one used last is used next. */
  readonly #free: Connection[] = [];
  readonly #waiting: Request[] = [];
  #closed = false;

  constructor(port: number, to: PoolListener, keepsWhole: () => boolean) {
    this.#port = port;
    this.#to = to;
    this.#keepsWhole = keepsWhole;
  }

  /** Resolves once a first connection is there. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const { socket } = this.#connect();
      socket.once("connect", () => resolve());
      socket.once("error", reject);
      socket.once("close", () => reject(new Error("connection closed")));
    });
  }

  /** How many requests have no whole response yet. */
  get busy(): number {
    return this.#all.size - this.#free.length + this.#waiting.length;
  }

  send(bytes: Buffer, done?: () => void): void {
    const request = { bytes, done };
    if (this.#free.length === 0 && this.#all.size >= maxConnections) {
      this.#waiting.push(request);
      return;
    }
    if (this.#free.length === 0) this.#connect();
    this.#start(this.#free.pop() as Connection, request);
  }

  /** Resolves when every connection is gone. What is still under way is cut off. */
  async close(): Promise<void> {
    this.#closed = true;
    const gone = [...this.#all].map(
      ({ socket }) => new Promise<void>((resolve) => socket.once("close", () => resolve())),
    );
    for (const { socket, request } of this.#all) {
      if (request !== undefined) socket.destroy();
      else socket.end();
    }
    const force = setTimeout(() => {
      for (const { socket } of this.#all) socket.destroy();
    }, 2000);
    await Promise.all(gone);
    clearTimeout(force);
  }

  #connect(): Connection {
    let ended = 0;
    const reader = new HttpReader(
      {
        message: (bytes, start, end) => this.#to.message(bytes, start, end),
        long: (message) => this.#to.long(message),
        ended: (head) => {
          ended++;
          this.#to.ended(head);
          connection.request?.done?.();
          this.#release(connection, head.keepsAlive);
        },
        refused: (reason) => this.#to.failed(reason),
      },
      this.#keepsWhole,
    );
    const socket = connectTcp({
      host: "127.0.0.1",
      port: this.#port,
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (size, buffer) => {
          reader.push(buffer as Buffer, size);
          const responses = ended;
          ended = 0;
          this.#to.settled(responses);
          return true;
        },
      },
    });
    const connection: Connection = { socket, request: undefined };
    this.#all.add(connection);
    this.#free.push(connection);
    socket.on("error", () => socket.destroy());
    socket.on("end", () => this.#forget(connection));
    socket.on("close", () => {
      this.#forget(connection);
      if (reader.finish()) this.#to.settled(1);
      else if (connection.request !== undefined && !this.#closed)
        this.#to.failed("connection closed before the answer was whole");
    });
    return connection;
  }

  #start(connection: Connection, request: Request): void {
    connection.request = request;
    connection.socket.write(request.bytes);
  }

  #release(connection: Connection, keepsAlive: boolean): void {
    connection.request = undefined;
    if (!keepsAlive) {
      this.#all.delete(connection);
      connection.socket.end();
    } else if (this.#all.has(connection)) this.#free.push(connection);
    const next = this.#waiting.shift();
    if (next !== undefined) this.send(next.bytes, next.done);
  }

  #forget(connection: Connection): void {
    this.#all.delete(connection);
    const at = this.#free.indexOf(connection);
    if (at >= 0) this.#free.splice(at, 1);
  }
}

// Links over HTTP: Streamable HTTP, where an answer is the response to its own POST, and the 2024-11-05 transport, where answers
// come on the stream of a GET. Own light client: what it costs is taken from the cores that hub and Core share.
import { randomBytes } from "node:crypto";
import { firstId, noKey, sealed } from "./frames.ts";
import { HttpPool, type PoolListener } from "./http-pool.ts";
import type { Head } from "./http-reader.ts";
import { deaf, type Link } from "./link.ts";
import { delay } from "./processes.ts";

export interface HttpTarget {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface HttpLink extends Link {
  /** Asks for the stream of what belongs to no request, on the connection that the handshake was made on. */
  listen(): Promise<void>;
}

const revision = "2025-11-25";

/** The id of the session that the server opened, if it has sessions. */
function sessionIn({ text }: Head): string | undefined {
  return /\r\nmcp-session-id: *([^\r]+)/i.exec(text)?.[1];
}

/** What a request of the modern era repeats as headers; it is written as the benchmark's calls are. */
function routingHeaders(message: Buffer): Record<string, string> {
  const [, method = "", name = ""] =
    /"method":"([^"]+)","params":\{"name":"([^"]+)"/.exec(message.toString("latin1")) ?? [];
  return { "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method, "Mcp-Name": name };
}

function requestHead(method: string, path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** One session of Streamable HTTP; as many connections as it has calls in flight. */
export async function openHttpLink(target: HttpTarget, era: "legacy" | "modern" = "legacy"): Promise<HttpLink> {
  const { port, path } = target;
  let session: string | undefined;
  const shared = (): Record<string, string> => ({
    Host: `127.0.0.1:${port}`,
    ...target.headers,
    ...(session === undefined ? {} : { "Mcp-Session-Id": session, "MCP-Protocol-Version": revision }),
  });
  const link: HttpLink = {
    ...newLink(() => pool),
    seal(message) {
      const head = requestHead("POST", path, {
        ...shared(),
        ...(era === "modern" ? routingHeaders(message) : {}),
        Accept: "application/json, text/event-stream",
        "Content-Type": "application/json",
        "Content-Length": String(message.length),
      });
      return sealed(message, Buffer.concat([Buffer.from(head, "latin1"), message]), head.length, noKey);
    },
    async listen() {
      while (pool.busy > 0) await delay(1);
      pool.send(Buffer.from(requestHead("GET", path, { ...shared(), Accept: "text/event-stream" })));
    },
    async close() {
      link.listener = deaf;
      if (session !== undefined) {
        // A session would outlive its connections.
        const bytes = Buffer.from(requestHead("DELETE", path, shared()));
        await Promise.race([new Promise<void>((resolve) => pool.send(bytes, resolve)), delay(2000)]);
      }
      await pool.close();
    },
  };
  const pool = new HttpPool(
    port,
    {
      ...toListenerOf(link),
      ended(head) {
        session ??= sessionIn(head);
      },
      // Only a response that has ended makes room for the next request.
      settled: (responses) => responses > 0 && link.listener.settled(),
    },
    () => link.reader.keepWhole,
  );
  await pool.open();
  return link;
}

function newLink(pool: () => HttpPool): Omit<HttpLink, "seal" | "listen" | "close"> {
  return {
    listener: deaf,
    reader: { keepWhole: true, push() {} },
    salt: randomBytes(4).readUInt32BE(),
    nextId: firstId,
    write(bytes, frameSize = bytes.length) {
      for (let at = 0; at < bytes.length; at += frameSize) pool().send(bytes.subarray(at, at + frameSize));
    },
  };
}

function toListenerOf(link: Link): Pick<PoolListener, "message" | "long" | "failed"> {
  return {
    message: (bytes, start, end) => link.listener.message(bytes, start, end),
    long: (message) => link.listener.long(message),
    failed: (reason) => link.listener.closed(reason),
  };
}

/** One client of the 2024-11-05 transport: a stream for what it is sent, connections for what it sends. */
export async function openSseLink(target: HttpTarget): Promise<Link> {
  const { port, path } = target;
  const shared = { Host: `127.0.0.1:${port}`, ...target.headers };
  let endpoint: string | undefined;
  let ready: (path: string) => void = () => {};
  let broken: (error: Error) => void = () => {};
  const opened = new Promise<string>((resolve, reject) => {
    ready = resolve;
    broken = reject;
  });
  const link: Link = {
    ...newLink(() => posts),
    seal(message) {
      const head = requestHead("POST", endpoint as string, {
        ...shared,
        "Content-Type": "application/json",
        "Content-Length": String(message.length),
      });
      return sealed(message, Buffer.concat([Buffer.from(head, "latin1"), message]), head.length, noKey);
    },
    async close() {
      link.listener = deaf;
      await Promise.all([stream.close(), posts.close()]);
    },
  };
  const to = toListenerOf(link);
  const keepsWhole = () => link.reader.keepWhole;
  const failed = (reason: string) => {
    broken(new Error(reason));
    to.failed(reason);
  };
  const stream = new HttpPool(
    port,
    {
      long: to.long,
      failed,
      message(bytes, start, end) {
        if (endpoint !== undefined) to.message(bytes, start, end);
        // The first event says where to send.
        else ready(bytes.toString("latin1", start, end).trim());
      },
      ended: () => failed("the stream ended"),
      settled: () => link.listener.settled(),
    },
    keepsWhole,
  );
  // What a server says to a POST is no message.
  const nothing = { message() {}, long() {}, ended() {}, settled() {} };
  const posts = new HttpPool(port, { ...nothing, failed }, keepsWhole);
  await stream.open();
  stream.send(Buffer.from(requestHead("GET", path, { ...shared, Accept: "text/event-stream" })));
  const place = await opened;
  endpoint = place.startsWith("/") ? place : new URL(place).pathname + new URL(place).search;
  return link;
}

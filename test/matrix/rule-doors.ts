// Every door, spoken to in raw messages: what a rule does must not depend on the way in.
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { ask, EventReader, HttpMcp, SseMcp, textOf } from "../helpers/http-mcp.ts";
import { startHub } from "../helpers/hub-process.ts";
import { envelope, revision } from "../helpers/modern-http.ts";
import { NewlineClient } from "../helpers/newline-client.ts";
import { type Message, WsClient } from "../helpers/ws-client.ts";

/** How somebody comes: what is shown, and what of the address is asked for. */
export interface Approach {
  /** Shown as a bearer token; undefined: none. */
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Behind the path. */
  readonly query?: string;
  readonly protocols?: readonly string[];
}

/** Where a hub is. */
export interface House {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The path of its socket file. */
  readonly socket: string;
}

export interface Inside {
  readonly t: "inside";
  request(method: string, params?: object): Promise<Message>;
  leave(): Promise<void>;
}

/** `status`: of HTTP, before anything was served. */
export interface Outside {
  readonly t: "outside";
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export interface RuleDoor {
  readonly name: string;
  /** Whether a web page could come this way, so that Host and Origin are looked at. */
  readonly isForPages: boolean;
  enter(house: House, approach: Approach): Promise<Inside | Outside>;
}

function headersOf({ token, headers = {} }: Approach): Record<string, string> {
  return { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
}

async function outside(response: IncomingMessage): Promise<Outside> {
  const { statusCode = 0, headers } = response;
  return { t: "outside", status: statusCode, headers, body: await textOf(response) };
}

/** One that has been answered with events, or with JSON. */
async function answerOf(response: IncomingMessage): Promise<Message> {
  if (response.headers["content-type"] === "application/json") return JSON.parse(await textOf(response)) as Message;
  const events = new EventReader(response);
  for (;;) {
    const message = await events.message();
    if (message.method === undefined) return message;
  }
}

const modern = (params: object): object => ({ ...params, _meta: envelope() });

async function webSocket(address: string, approach: Approach, isModern: boolean): Promise<Inside | Outside> {
  const socket = new WebSocket(`${address}${approach.query ?? ""}`, ["mcp", ...(approach.protocols ?? [])], {
    headers: headersOf(approach),
  });
  const client = new WsClient(socket);
  const refused = new Promise<IncomingMessage>((resolve) => {
    socket.on("unexpected-response", (_request, response) => resolve(response));
  });
  const first = await Promise.race([once(socket, "open"), refused]);
  if (!Array.isArray(first)) return outside(first);
  if (!isModern) {
    const clientInfo = { name: "raw", version: "1" };
    await client.request("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
    client.notify("notifications/initialized");
  }
  return {
    t: "inside",
    request: (method, params = {}) => client.request(method, isModern ? modern(params) : params),
    leave: () => client[Symbol.asyncDispose](),
  };
}

const overWebSocket = (isModern: boolean): RuleDoor => ({
  name: `websocket ${isModern ? "modern" : "legacy"}`,
  isForPages: true,
  enter: ({ url }, approach) => webSocket(`${url.replace(/^http/, "ws")}/mcp`, approach, isModern),
});

const overSocketFile: RuleDoor = {
  name: "websocket by a socket file",
  isForPages: false,
  enter: ({ socket }, approach) => webSocket(`ws+unix:${socket}:/mcp`, approach, false),
};

const http: RuleDoor = {
  name: "http legacy",
  isForPages: true,
  async enter({ url }, approach) {
    const address = `${url}/mcp${approach.query ?? ""}`;
    const headers = { ...headersOf(approach), "content-type": "application/json", accept: "application/json" };
    const hello = JSON.stringify({ jsonrpc: "2.0", id: 0, method: "ping" });
    const probe = await ask(address, { method: "POST", headers }, hello);
    // Without a session a ping gets no further than a look at its headers: 400 is who was let in.
    if (probe.statusCode !== 400) return outside(probe);
    probe.resume();
    const client = await HttpMcp.open(address, { headers: headersOf(approach) }, "2025-11-25");
    return {
      t: "inside",
      request: async (method, params = {}) => answerOf(await client.post({ method, params })),
      leave: async () => void (await client.close()),
    };
  },
};

const httpModern: RuleDoor = {
  name: "http modern",
  isForPages: true,
  async enter({ url }, approach) {
    const address = `${url}/mcp${approach.query ?? ""}`;
    let id = 0;
    const post = async (method: string, params: object) => {
      const { name, uri, taskId } = params as Record<string, string | undefined>;
      const named = method === "resources/read" ? uri : (name ?? taskId);
      const headers = {
        ...headersOf(approach),
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": revision,
        "mcp-method": method,
        ...(named === undefined ? {} : { "mcp-name": named }),
      };
      const body = JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params: modern(params) });
      return ask(address, { method: "POST", headers }, body);
    };
    const first = await post("server/discover", {});
    if (first.statusCode !== 200) return outside(first);
    first.resume();
    return {
      t: "inside",
      request: async (method, params = {}) => answerOf(await post(method, params)),
      leave: () => Promise.resolve(),
    };
  },
};

const sse: RuleDoor = {
  name: "sse",
  isForPages: true,
  async enter({ url }, approach) {
    const address = `${url}/sse${approach.query ?? ""}`;
    const headers = headersOf(approach);
    const probe = await ask(address, { headers: { ...headers, accept: "text/event-stream" } });
    if (probe.statusCode !== 200) return outside(probe);
    probe.destroy();
    const client = await SseMcp.open(address, { headers });
    return {
      t: "inside",
      request: async (method, params = {}) => (await client.request(method, params)).answer,
      leave: async () => client.close(),
    };
  },
};

/** By `thehub connect`: the client of a bridge on standard input and output. */
const connect: RuleDoor = {
  name: "stdio by connect",
  isForPages: false,
  async enter({ url }, { token, headers, query }) {
    if (headers !== undefined || query !== undefined) throw new Error("a bridge sends its own");
    const env = token === undefined ? {} : { HUB_TOKEN: token };
    const bridge = await startHub({ args: ["connect", `${url.replace(/^http/, "ws")}/mcp`], env });
    const client = new NewlineClient(bridge.child.stdout, bridge.child.stdin);
    const clientInfo = { name: "raw", version: "1" };
    const hello = await client.request("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
    const leave = async () => {
      bridge.child.stdin.end();
      await bridge.exited;
      await bridge[Symbol.asyncDispose]();
    };
    if (hello.error === undefined) {
      return { t: "inside", request: (method, params = {}) => client.request(method, params), leave };
    }
    await leave();
    // It says what the hub said: with which status, only the log has.
    return { t: "outside", status: 401, headers: {}, body: hello.error.message };
  },
};

export const ruleDoors: readonly RuleDoor[] = [
  overWebSocket(false),
  overWebSocket(true),
  overSocketFile,
  http,
  httpModern,
  sse,
  connect,
];

/** Through the door with this token: who is not let in fails the test. */
export async function letIn(door: RuleDoor, house: House, token: string): Promise<Inside> {
  const entered = await door.enter(house, { token });
  if (entered.t === "inside") return entered;
  throw new Error(`${door.name} refused a good token: ${entered.status} ${entered.body}`);
}

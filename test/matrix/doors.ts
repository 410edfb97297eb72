// The doors of the matrix, and how an SDK client of either generation comes in by each.
import {
  SSEClientTransport as SseV2,
  StreamableHTTPClientTransport as StreamableV2,
} from "@modelcontextprotocol/client";
import { SSEClientTransport as SseV1 } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport as StreamableV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { WebSocketClientTransport } from "@modelcontextprotocol/sdk/client/websocket.js";
import { WebSocket } from "ws";
import { type Framing, type PlainTransport, streamTransport, webSocketTransport } from "../helpers/framed-transport.ts";
import { type HubProcess, startHub } from "../helpers/hub-process.ts";
import { type Generation, type Negotiation, TwoWayClient } from "../helpers/two-way-client.ts";
import type { Isolation } from "./two-way-cores.ts";

/** What runs already: the hub of many clients, and what a hub of one client is started with. */
export interface Scene {
  readonly hub: HubProcess;
  readonly stdioManifest: string;
}

/** A client that is in. */
export interface Guest extends AsyncDisposable {
  readonly client: TwoWayClient;
  /** The hub behind the door: where what its Cores write to stderr is logged. */
  readonly hub: HubProcess;
}

export interface Door {
  readonly name: string;
  /** Isolations that cannot be had by this door, and why. */
  readonly without: Partial<Record<Isolation, string>>;
  open(scene: Scene, name: string, generation: Generation, negotiation?: Negotiation): Promise<Guest>;
}

const oneClient = "thehub stdio has one client, so each of its Cores is that client's own; thehub connect shares";

const framings: readonly Framing[] = ["newline", "content-length"];

/** `thehub stdio`: a hub with Cores of its own for one client. */
const stdio = (framing: Framing): Door => ({
  name: `stdio ${framing}`,
  without: { shared: oneClient, pool: oneClient },
  open: async ({ stdioManifest }, name, generation, negotiation) => {
    const hub = await startHub({ args: ["stdio"], manifest: stdioManifest });
    return entered(hub, hub, framing, { name, generation, negotiation });
  },
});

/** `thehub connect`: the same streams, bridged to the hub of many clients. */
const connect = (framing: Framing): Door => ({
  name: `stdio ${framing} by connect`,
  without: {},
  open: async ({ hub }, name, generation, negotiation) => {
    const bridge = await startHub({ args: ["connect", await hub.wsUrl()] });
    return entered(bridge, hub, framing, { name, generation, negotiation });
  },
});

/** Who comes in. */
interface Who {
  readonly name: string;
  readonly generation: Generation;
  readonly negotiation: Negotiation | undefined;
}

const openClient = ({ name, generation, negotiation }: Who, transport: PlainTransport): Promise<TwoWayClient> =>
  TwoWayClient.open(name, generation, transport, undefined, negotiation);

async function entered(process: HubProcess, hub: HubProcess, framing: Framing, who: Who): Promise<Guest> {
  const client = await openClient(who, streamTransport(framing, process.child.stdout, process.child.stdin));
  const leave = async () => {
    await client.close();
    await process.exited;
    await process[Symbol.asyncDispose]();
  };
  return { client, hub, [Symbol.asyncDispose]: leave };
}

const over = async (hub: HubProcess, who: Who, transport: PlainTransport): Promise<Guest> => {
  const client = await openClient(who, transport);
  return { client, hub, [Symbol.asyncDispose]: () => client.close() };
};

const webSocket: Door = {
  name: "websocket",
  without: {},
  open: async ({ hub }, name, generation, negotiation) => {
    const url = await hub.wsUrl();
    Object.assign(globalThis, { WebSocket });
    const transport = generation === "1.x" ? new WebSocketClientTransport(new URL(url)) : webSocketTransport(url);
    return over(hub, { name, generation, negotiation }, transport as PlainTransport);
  },
};

const http: Door = {
  name: "http",
  without: {},
  open: async ({ hub }, name, generation, negotiation) => {
    let isHeard = () => {};
    const heard = new Promise<void>((resolve) => (isHeard = resolve));
    const watched: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (init?.method === "GET" && response.status === 200) isHeard();
      return response;
    };
    const Transport = generation === "1.x" ? StreamableV1 : StreamableV2;
    const transport = new Transport(new URL(await hub.httpUrl()), { fetch: watched });
    const { client } = await over(hub, { name, generation, negotiation }, transport as PlainTransport);
    // Only a session has a stream of its own.
    if (client.era === "legacy") await heard;
    const leave = async () => {
      await transport.terminateSession();
      await client.close();
    };
    return { client, hub, [Symbol.asyncDispose]: leave };
  },
};

const sse: Door = {
  name: "sse",
  without: {},
  open: async ({ hub }, name, generation, negotiation) => {
    const Transport = generation === "1.x" ? SseV1 : SseV2;
    const url = new URL("/sse", await hub.httpUrl());
    return over(hub, { name, generation, negotiation }, new Transport(url) as unknown as PlainTransport);
  },
};

export const doors: readonly Door[] = [...framings.map(stdio), ...framings.map(connect), webSocket, http, sse];

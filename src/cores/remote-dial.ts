// From a Core's manifest entry to a connection: the address with its secrets in place, what every request carries, over which way.
import type { Clock } from "../base/clock.ts";
import { Secret } from "../base/secret.ts";
import {
  type Connection,
  type ConnectionEvents,
  type Dialling,
  defaultConnectionLimits,
  type Way,
} from "../links/connection.ts";
import { HttpConnection } from "../links/http-connection.ts";
import type { PeerWords } from "../links/losses.ts";
import { WsConnection } from "../links/ws-connection.ts";
import type { RemotePlace } from "../manifest/manifest.ts";
import { fillSecrets } from "../manifest/templates.ts";

export type Dial = (events: ConnectionEvents) => Connection;

/** `secrets` has all that the place names. */
export function dialler(
  place: RemotePlace,
  secrets: ReadonlyMap<string, Secret>,
  { clock, maxMessageBytes }: { readonly clock: Clock; readonly maxMessageBytes: number },
): Dial {
  const filled = (text: string) => fillSecrets(text, (name) => secrets.get(name)?.reveal() ?? "");
  const url = new URL(filled(place.url));
  const way: Way = url.protocol === "ws:" || url.protocol === "wss:" ? "websocket" : "http";
  const headers = Object.fromEntries(
    Object.entries(place.headers).map(([name, value]) => [name, new Secret(filled(value))]),
  );
  const dialling: Dialling = {
    target: { way, url: url.href, socketPath: undefined, name: `${url.protocol}//${url.host}` },
    words: serverWords,
    token: place.bearer === undefined ? undefined : secrets.get(place.bearer),
    credential: place.bearer === undefined ? undefined : `secret ${place.bearer}`,
    headers,
    limits: { ...defaultConnectionLimits, maxMessageBytes },
    clock,
  };
  return (events) => (way === "websocket" ? new WsConnection(dialling, events) : new HttpConnection(dialling, events));
}

const serverWords: PeerWords = {
  noun: "MCP server",
  refused: "nothing listens there; start the server, or correct url",
  noSocket: "there is no such socket",
  noPermission: "no permission",
  paths: {
    websocket: "check the path of url",
    http: "check the path of url: many servers have theirs at /mcp",
  },
  odd: "is it an MCP server, and url the whole address of its endpoint?",
  noToken: "write auth: { bearer: NAME } and set the secret NAME",
};

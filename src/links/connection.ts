// A connection to an MCP endpoint somewhere else, a hub or a server, over WebSocket or Streamable HTTP. Messages go in and out as bytes.

import type { Clock } from "../base/clock.ts";
import type { HubError } from "../base/errors.ts";
import type { Secret } from "../base/secret.ts";
import type { ByteString, Frame, Sent } from "../wire/frame.ts";
import type { Loss, PeerWords } from "./losses.ts";

/** What is spoken to the other side. */
export type Way = "websocket" | "http";

export interface Target {
  /** By scheme; over a Unix socket it is WebSocket. */
  readonly way: Way;
  /** What is dialled. Of a Unix socket only its path and query count. */
  readonly url: string;
  readonly socketPath: string | undefined;
  /** For people and logs: no user, no query. */
  readonly name: string;
}

export interface ConnectionLimits {
  /** How long a connection may take to open, TLS included, and the head of a response once it has begun. */
  readonly handshakeMs: number;
  /** Largest message taken from the hub. */
  readonly maxMessageBytes: number;
  /** Most bytes that may wait to be sent. */
  readonly maxPendingBytes: number;
  /** From here on the source of messages is asked to wait. */
  readonly pressureBytes: number;
  /** After so much silence the hub is pinged, and after as much again given up. */
  readonly pingMs: number;
  /** How long a goodbye may take, and the end of a response that nobody waits for. */
  readonly closeMs: number;
}

export const defaultConnectionLimits: ConnectionLimits = {
  handshakeMs: 10_000,
  maxMessageBytes: 32 * 1024 * 1024,
  maxPendingBytes: 32 * 1024 * 1024,
  pressureBytes: 1024 * 1024,
  pingMs: 25_000,
  closeMs: 2_000,
};

export interface Dialling {
  readonly target: Target;
  readonly words: PeerWords;
  readonly token: Secret | undefined;
  /** Where the token came from, for people. */
  readonly credential: string | undefined;
  /** Further headers of each request. */
  readonly headers: Readonly<Record<string, Secret>>;
  readonly limits: ConnectionLimits;
  readonly clock: Clock;
}

/** What a message is, as far as whoever sends it must know. */
export interface Said {
  readonly method: string;
  /** Of a request. */
  readonly idText?: ByteString;
}

export interface Connection {
  /** `full`: over the limit, not taken. Without `said` it is an answer. */
  send(frame: Frame, said?: Said): Sent;
  /** While paused nothing is read, and the hub is not blamed for its silence. */
  pause(paused: boolean): void;
  /** Nobody waits for the answer to this request any more: it was given, or the client has taken the request back. */
  settled(idText: ByteString): void;
  /** The revision that the handshake agreed on. */
  agreed(revision: string): void;
  /** Says goodbye; `lost` follows when the hub has taken note, or when it took too long. */
  close(): void;
  /** Ends the connection at once for a reason of one's own. */
  abandon(loss: Loss): void;
}

export interface ConnectionEvents {
  opened(): void;
  message(frame: Frame): void;
  /** This request will get no answer of the hub, while the connection goes on. */
  unanswered(idText: ByteString, error: HubError): void;
  /** The hub has not run this request, and may be asked again on another connection; `lost` follows. */
  returned(idText: ByteString, frame: Frame, loss: Loss): void;
  /** Once, at the end: nothing comes after it. */
  lost(loss: Loss): void;
  /** Whether much waits to be sent. */
  pressed(pressed: boolean): void;
}

/** The headers that every request carries: those of the user, and the token. */
export function headersOf({ token, headers }: Dialling): Record<string, string> {
  const sent: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) sent[name] = value.reveal();
  if (token !== undefined) sent["Authorization"] = `Bearer ${token.reveal()}`;
  return sent;
}

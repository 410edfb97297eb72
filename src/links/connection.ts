// A connection to an MCP endpoint somewhere else, a hub or a server, over WebSocket, Streamable HTTP or HTTP+SSE. Messages go in and out as bytes.

import type { SecureContext } from "node:tls";
import type { Clock } from "../base/clock.ts";
import type { HubError } from "../base/errors.ts";
import type { Secret } from "../base/secret.ts";
import type { ByteString, Frame, Sent } from "../wire/frame.ts";
import type { Loss, PeerWords } from "./losses.ts";

/** What is spoken to the other side. */
export type Way = "websocket" | "http" | "sse";

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
  /** Whether addresses that are none of the Internet may be connected to: loopback, private networks, metadata services (`address.ts`). */
  readonly allowPrivate: boolean;
  /** URL of the HTTP proxy to go through; it may hold a user and a password. */
  readonly proxy?: Secret | undefined;
  /** Whom to trust, and which certificate to show (`link-tls.ts`). */
  readonly tls?: SecureContext | undefined;
  /**
   * What goes into the Authorization header, asked for each request, and before `token`; undefined: `token`, if there is one. Where it
   * rejects, the request was not sent.
   */
  readonly authorization?: (() => string | undefined | Promise<string | undefined>) | undefined;
  /**
   * The other side refused a request for want of a login, or of one that may do more. Resolves to whether the same request is to be sent
   * once more; until then it waits. Never rejects.
   */
  readonly challenged?: ((challenge: Challenge) => Promise<boolean>) | undefined;
}

/** A response that says who is let in. */
export interface Challenge {
  /** 401, or 403. */
  readonly status: number;
  readonly wwwAuthenticate: string | undefined;
  /** What the refused request carried. */
  readonly sent: string | undefined;
}

/** What a message is, as far as whoever sends it must know. */
export interface Said {
  readonly method: string;
  /** Of a request. */
  readonly idText?: ByteString;
  /** Of `notifications/cancelled`: what is taken back. */
  readonly cancels?: ByteString;
  /** Over HTTP: what is said of it beside its body. */
  readonly headers?: Readonly<Record<string, string>>;
  /** It was refused as `mismatched` before: a second refusal stands. */
  readonly isAgain?: true;
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
  /** `idText`: of the request on whose response it came; undefined where messages come on one stream, or on one that belongs to no request. */
  message(frame: Frame, idText?: ByteString): void;
  /** This request will get no answer of the hub, while the connection goes on. */
  unanswered(idText: ByteString, error: HubError): void;
  /** The other side takes its headers for another thing than its body, and has not run it. Where nobody takes this, the refusal is a message. */
  mismatched?(idText: ByteString, frame: Frame, refusal: Frame): void;
  /** The hub has not run this request, and may be asked again on another connection; `lost` follows. */
  returned(idText: ByteString, frame: Frame, loss: Loss): void;
  /** Of what belongs to no request, something may have been said that did not come. */
  missed?(): void;
  /** Once, at the end: nothing comes after it. */
  lost(loss: Loss): void;
  /** Whether much waits to be sent. */
  pressed(pressed: boolean): void;
}

/** The headers that every request carries: those of the user, and the token or what is `authorized` now. */
export function headersOf({ token, headers }: Dialling, authorized?: string): Record<string, string> {
  const sent: Record<string, string> = {};
  const authorization = authorized ?? (token === undefined ? undefined : `Bearer ${token.reveal()}`);
  for (const [name, value] of Object.entries(headers)) {
    if (authorization === undefined || name.toLowerCase() !== "authorization") sent[name] = value.reveal();
  }
  if (authorization !== undefined) sent["Authorization"] = authorization;
  return sent;
}

// TLS handshakes that came to nothing: counted by reason, and said at a bounded rate, since any stranger can cause them.
import type { TLSSocket } from "node:tls";
import type { Clock } from "../../base/clock.ts";
import { SpacedLog } from "../../base/spaced-log.ts";
import type { DoorLog } from "../port.ts";

/** Reasons that have a number of their own. */
export const handshakeFailureReasons = ["aborted", "client_certificate", "plain_http", "protocol", "timeout"] as const;
type Reason = (typeof handshakeFailureReasons)[number];

export class HandshakeFailures {
  readonly #counts = new Map<Reason, number>(handshakeFailureReasons.map((reason) => [reason, 0]));
  readonly #lines: SpacedLog;

  constructor(clock: Clock, log: DoorLog) {
    this.#lines = new SpacedLog(clock, (context) => log.info("tls_handshake_failed", context));
  }

  get counts(): Readonly<Partial<Record<Reason, number>>> {
    return Object.fromEntries(this.#counts);
  }

  add(error: NodeJS.ErrnoException, socket: TLSSocket): void {
    const reason = reasonOf(error, socket);
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    // A client that goes away again is a port scan or a probe.
    if (reason === "aborted") return;
    const detail = socket.authorizationError ?? error.code ?? error.message;
    this.#lines.say(reason, { reason, detail: String(detail), peer: socket.remoteAddress });
  }

  /** Says what has not been said yet. */
  close(): void {
    this.#lines.close();
  }
}

function reasonOf({ code }: NodeJS.ErrnoException, socket: TLSSocket): Reason {
  if (socket.authorizationError !== undefined && socket.authorizationError !== null) return "client_certificate";
  if (code === "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE") return "client_certificate";
  if (code === "ERR_TLS_HANDSHAKE_TIMEOUT") return "timeout";
  if (code === "ERR_SSL_HTTP_REQUEST") return "plain_http";
  return code === "ECONNRESET" ? "aborted" : "protocol";
}

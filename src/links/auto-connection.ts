// A server over HTTP of which nobody said which of the two transports it speaks: Streamable HTTP is tried, and HTTP+SSE where the first
// message is refused as something unknown (MCP 2025-03-26, "Backwards Compatibility").
//
//   trying ──a message comes──► settled on Streamable HTTP
//      └──refused before any came──► settled on HTTP+SSE, which is sent the same again
import type { ByteString, Frame, Sent } from "../wire/frame.ts";
import type { Connection, ConnectionEvents, Dialling, Said } from "./connection.ts";
import { HttpConnection } from "./http-connection.ts";
import type { Loss } from "./losses.ts";
import { SseConnection } from "./sse-connection.ts";

export class AutoConnection implements Connection {
  #inner: Connection;
  /** What was sent, while it may have to be sent again; undefined once it is settled. */
  #sent: { readonly frame: Frame; readonly said: Said | undefined }[] | undefined = [];

  constructor(dialling: Dialling, events: ConnectionEvents) {
    const settled = () => {
      this.#sent = undefined;
    };
    this.#inner = new HttpConnection(dialling, {
      ...events,
      message: (frame, idText) => {
        settled();
        events.message(frame, idText);
      },
      // The end of the attempt says what becomes of it.
      returned: (idText, frame, loss) => {
        if (this.#sent === undefined) events.returned(idText, frame, loss);
      },
      lost: (loss) => {
        const sent = this.#sent;
        if (sent === undefined || loss.kind !== "wrong") return events.lost(loss);
        settled();
        const target = { ...dialling.target, way: "sse" as const };
        this.#inner = new SseConnection(
          { ...dialling, target },
          {
            ...events,
            opened: () => {
              for (const { frame, said } of sent) this.#inner.send(frame, said);
            },
            // Two refusals are told of as the first one: most servers speak Streamable HTTP.
            lost: (second) => events.lost(second.kind === "wrong" ? loss : second),
          },
        );
      },
    });
  }

  send(frame: Frame, said?: Said): Sent {
    this.#sent?.push({ frame, said });
    return this.#inner.send(frame, said);
  }

  pause(paused: boolean): void {
    this.#inner.pause(paused);
  }

  settled(idText: ByteString): void {
    this.#inner.settled(idText);
  }

  agreed(revision: string): void {
    this.#inner.agreed(revision);
  }

  close(): void {
    this.#inner.close();
  }

  abandon(loss: Loss): void {
    this.#inner.abandon(loss);
  }
}

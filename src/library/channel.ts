// A client of a hub in this very process: messages as text, with no bytes on any wire.
import type { EndReason } from "../base/end-reason.ts";
import type { Doorkeeper, Visitor } from "../doors/port.ts";
import type { Principal } from "../sessions/principal.ts";
import { frameOfText, joined, replySink, type Sent } from "../wire/frame.ts";

export interface ChannelEvents {
  /** One message of the hub, as the Core or the hub wrote it. */
  message(text: string): void;
  /** The hub asks for the end: it is shutting down. Close the channel. */
  end?(reason: EndReason): void;
}

export class Channel {
  readonly #visitor: Visitor;
  #isOpen = true;

  constructor(doorkeeper: Doorkeeper, principal: Principal, events: ChannelEvents) {
    this.#visitor = doorkeeper.open({
      principal,
      door: "stdio",
      sink: replySink((frame, splices): Sent => {
        if (!this.#isOpen) return "closed";
        events.message(joined(frame, splices, "", "").toString("utf8"));
        return "ok";
      }),
      end: (reason) => events.end?.(reason),
    });
  }

  send(text: string): void {
    if (this.#isOpen) this.#visitor.receive(frameOfText(text));
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#visitor.leave();
  }
}

// A client of a hub in this very process: messages as text, with no bytes on any wire.
import type { Doorkeeper, EndReason, Visitor } from "../doors/port.ts";
import type { Principal } from "../sessions/principal.ts";
import { type Frame, flatten, frameOfText, replySink, type Sent, type Splice } from "../wire/frame.ts";

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
        events.message(spliced(frame, splices));
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

function spliced(frame: Frame, splices: readonly Splice[]): string {
  const bytes = flatten(frame);
  const parts: Buffer[] = [];
  let at = 0;
  for (const splice of splices) {
    parts.push(bytes.subarray(at, splice.start), Buffer.from(splice.text, "latin1"));
    at = splice.end;
  }
  parts.push(bytes.subarray(at));
  return Buffer.concat(parts).toString("utf8");
}

// A channel shaped as the MCP SDKs' Transport: messages as objects, delivered in turns of their own.
import type { Hub } from "../hub.ts";
import { Channel } from "./channel.ts";
import type { HubChannel } from "./public.ts";

export class SdkChannel implements HubChannel {
  onmessage?: HubChannel["onmessage"];
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  readonly #hub: Hub;
  readonly #closed: () => void;
  #channel: Channel | undefined;

  constructor(hub: Hub, closed: () => void) {
    this.#hub = hub;
    this.#closed = closed;
  }

  async start(): Promise<void> {
    this.#channel ??= new Channel(this.#hub.doorkeeper, this.#hub.everyone, {
      // Never inside `send`: whoever sends is not ready for the answer before that has returned.
      message: (text) => queueMicrotask(() => this.onmessage?.(JSON.parse(text))),
      end: () => void this.close(),
    });
  }

  async send(message: object): Promise<void> {
    if (this.#channel === undefined) throw new Error("the channel is not open; await start() first");
    this.#channel.send(JSON.stringify(message));
  }

  async close(): Promise<void> {
    if (this.#channel === undefined) return;
    this.#channel.close();
    this.#channel = undefined;
    this.#closed();
    this.onclose?.();
  }
}

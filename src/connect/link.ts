// The way to the hub: dials, waits, dials again, and always holds at most one connection. What to do when is in link-state.ts.
import type { Clock, Timer } from "../base/clock.ts";
import type { HubError } from "../base/errors.ts";
import type { Connection, ConnectionEvents, Dialling, Said } from "../links/connection.ts";
import { HttpConnection } from "../links/http-connection.ts";
import type { Loss } from "../links/losses.ts";
import { WsConnection } from "../links/ws-connection.ts";
import type { ByteString, Frame, Sent } from "../wire/frame.ts";
import {
  idleLink,
  type LinkEffect,
  type LinkEvent,
  type LinkLife,
  type LinkPolicy,
  linkTransition,
} from "./link-state.ts";

export interface LinkLog {
  info(msg: string, context?: Record<string, unknown>): void;
  warn(msg: string, context?: Record<string, unknown>): void;
}

export interface LinkDeps {
  readonly dialling: Dialling;
  readonly policy: LinkPolicy;
  readonly clock: Clock;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
  readonly log: LinkLog;
}

export interface LinkEvents {
  /** The connection is open: say what it must know of the client, then call `greeted`. */
  greet(): void;
  ready(again: boolean): void;
  message(frame: Frame): void;
  /** As the connection's own events. */
  unanswered(idText: ByteString, error: HubError): void;
  returned(idText: ByteString, frame: Frame, loss: Loss): void;
  /** Whatever was sent and not answered never will be. */
  forsaken(loss: Loss): void;
  /** There will be no connection any more. */
  failed(loss: Loss): void;
  /** Whether the source of messages should wait. */
  pressed(pressed: boolean): void;
}

export class Link {
  /** Resolves when the connection is closed after `leave`, or given up. */
  readonly ended: Promise<void>;
  readonly #deps: LinkDeps;
  readonly #events: LinkEvents;
  #life: LinkLife = idleLink();
  #connection: Connection | undefined;
  #paused = false;
  #retry: Timer | undefined;
  #end: () => void = () => {};
  /** Events of effects that are just being carried out wait here. */
  readonly #queue: LinkEvent[] = [];
  #busy = false;

  constructor(deps: LinkDeps, events: LinkEvents) {
    this.#deps = deps;
    this.#events = events;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get isUp(): boolean {
    return this.#life.state.t === "up";
  }

  /** Open, and waiting for what is said first. */
  get isGreeting(): boolean {
    return this.#life.state.t === "greeting";
  }

  /** Whether an open connection means that there is a hub. Over HTTP only its answer does. */
  get isProvedByOpening(): boolean {
    return this.#deps.dialling.target.way === "websocket";
  }

  get wasUp(): boolean {
    return this.#life.wasUp;
  }

  /** Why there is no connection, while there is none. */
  get loss(): Loss | undefined {
    const { state } = this.#life;
    return state.t === "waiting" || state.t === "failed" ? state.loss : undefined;
  }

  /** Does nothing the second time. */
  start(): void {
    this.#take({ t: "start" });
  }

  greeted(): void {
    this.#take({ t: "greeted", generation: this.#life.generation });
  }

  /** Closes the connection with 1000; `ended` says when that is done. */
  leave(): void {
    this.#take({ t: "leave" });
  }

  /** Gives up this connection: it is of no use. */
  abandon(loss: Loss): void {
    this.#connection?.abandon(loss);
  }

  send(frame: Frame, said?: Said): Sent {
    return this.#connection?.send(frame, said) ?? "closed";
  }

  settled(idText: ByteString): void {
    this.#connection?.settled(idText);
  }

  agreed(revision: string): void {
    this.#connection?.agreed(revision);
  }

  /** Stops and resumes reading what the hub sends, on this connection and the next ones. */
  pause(paused: boolean): void {
    this.#paused = paused;
    if (this.#life.state.t === "up" || this.#life.state.t === "greeting") this.#connection?.pause(paused);
  }

  #take(event: LinkEvent): void {
    this.#queue.push(event);
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const { clock, policy, random } = this.#deps;
      const step = linkTransition(this.#life, next, policy, clock.now(), random());
      this.#life = step.next;
      for (const effect of step.effects) this.#carryOut(effect);
    }
    this.#busy = false;
  }

  #carryOut(effect: LinkEffect): void {
    const { dialling, log } = this.#deps;
    switch (effect.t) {
      case "dial":
        this.#dial(effect.generation);
        return;
      case "greet":
        if (this.#paused) this.#connection?.pause(true);
        this.#events.greet();
        return;
      case "ready":
        log.info("hub_connected", { url: dialling.target.name, again: effect.again });
        this.#events.ready(effect.again);
        return;
      case "forsaken":
        this.#connection = undefined;
        this.#events.pressed(false);
        this.#events.forsaken(effect.loss);
        return;
      case "retry_after": {
        const { generation, ms } = effect;
        log.warn("hub_lost", { reason: this.loss?.reason, retry_ms: ms });
        this.#retry = this.#deps.clock.after(ms, () => this.#take({ t: "retry", generation }));
        return;
      }
      case "hang_up":
        this.#connection?.close();
        return;
      case "give_up":
        this.#events.failed(effect.loss);
        this.#end();
        return;
      case "left":
        this.#retry?.cancel();
        this.#end();
        return;
    }
  }

  #dial(generation: number): void {
    const { dialling } = this.#deps;
    const events: ConnectionEvents = {
      opened: () => this.#take({ t: "opened", generation }),
      message: (frame) => this.#events.message(frame),
      unanswered: (idText, error) => this.#events.unanswered(idText, error),
      returned: (idText, frame, loss) => this.#events.returned(idText, frame, loss),
      lost: (loss) => this.#take({ t: "lost", generation, loss }),
      pressed: (pressed) => this.#events.pressed(pressed),
    };
    this.#connection =
      dialling.target.way === "http" ? new HttpConnection(dialling, events) : new WsConnection(dialling, events);
  }
}

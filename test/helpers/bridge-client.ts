// A client of the test's own in front of a bridge; time is the test's, or real.
import assert from "node:assert/strict";
import type { Clock } from "../../src/base/clock.ts";
import type { EndReason } from "../../src/base/end-reason.ts";
import { Bridge, type BridgeLimits, defaultBridgeLimits } from "../../src/connect/bridge.ts";
import { defaultLinkPolicy } from "../../src/connect/link-state.ts";
import { parseTarget } from "../../src/connect/target.ts";
import { hubWords } from "../../src/connect/words.ts";
import { type ConnectionLimits, defaultConnectionLimits } from "../../src/links/connection.ts";
import { flatten, frameOfText, replySink } from "../../src/wire/frame.ts";
import { MemoryLog, somebody } from "./echo-doorkeeper.ts";
import { FakeClock } from "./fake-clock.ts";
import { type Connection, Inbox, type ScriptedHub } from "./scripted-hub.ts";
import type { Message } from "./ws-client.ts";

export const helloParams = {
  protocolVersion: "2025-11-25",
  capabilities: { roots: {} },
  clientInfo: { name: "c", version: "1" },
};
export const helloResult = {
  protocolVersion: "2025-11-25",
  capabilities: { tools: { listChanged: true }, prompts: { listChanged: true }, resources: {}, logging: {} },
  serverInfo: { name: "hub", version: "1" },
};

/** Tells a test when the bridge has noticed that its hub is gone. */
class LossLog extends MemoryLog {
  readonly losses = new Inbox<unknown>();

  override warn(msg: string, context: Record<string, unknown> = {}): void {
    super.warn(msg, context);
    if (msg === "hub_lost") this.losses.put(context["reason"]);
  }
}

export class BridgeClient implements AsyncDisposable {
  readonly clock: FakeClock = new FakeClock();
  readonly log: LossLog = new LossLog();
  readonly inbox: Inbox<Message> = new Inbox<Message>();
  readonly ended: Promise<EndReason>;
  readonly bridge: Bridge;
  readonly held: boolean[] = [];

  /** `clock`: in place of the one that stands still. */
  constructor(
    url: string,
    limits: Partial<BridgeLimits> = {},
    connectionLimits: Partial<ConnectionLimits> = {},
    clock: Clock = this.clock,
  ) {
    const parsed = parseTarget(url);
    if (parsed.t === "bad") throw new Error(parsed.message);
    this.bridge = new Bridge({
      dialling: {
        target: parsed.target,
        words: hubWords,
        allowPrivate: true,
        token: undefined,
        credential: undefined,
        headers: {},
        limits: { ...defaultConnectionLimits, ...connectionLimits },
        clock,
      },
      policy: defaultLinkPolicy,
      limits: { ...defaultBridgeLimits, ...limits },
      clock,
      random: () => 0.5,
      log: this.log,
      holdInput: (hold) => this.held.push(hold),
    });
    this.ended = new Promise((resolve) => {
      this.bridge.open({
        principal: somebody,
        door: "stdio",
        sink: replySink((frame) => {
          this.inbox.put(JSON.parse(String(flatten(frame))) as Message);
          return "ok";
        }),
        end: resolve,
      });
    });
  }

  say(message: object): void {
    this.bridge.receive(frameOfText(JSON.stringify({ jsonrpc: "2.0", ...message })));
  }

  next(): Promise<Message> {
    return this.inbox.next();
  }

  /** The handshake, as clients have it. */
  async hello(hub: Connection): Promise<void> {
    this.say({ id: 0, method: "initialize", params: helloParams });
    await hub.answer("initialize", helloResult);
    assert.equal((await this.next()).id, 0);
    this.say({ method: "notifications/initialized" });
    assert.equal((await hub.next()).method, "notifications/initialized");
  }

  /** The hub's next connection after one was lost, once the wait for it is over. */
  async again(hub: ScriptedHub): Promise<Connection> {
    await this.log.losses.next();
    // Longer than the waits after the first three losses, shorter than requests wait.
    this.clock.advance(1000);
    return hub.connection();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.bridge.leave();
    const closed = this.bridge.close();
    // The hub of a test may not answer a goodbye.
    this.clock.advance(defaultConnectionLimits.closeMs);
    await closed;
  }
}

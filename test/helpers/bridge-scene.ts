// A lane scene with the bridge in it: clients and Cores of both eras, what is asked and parked, and the states that modern clients carry.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { ClientCapabilities } from "../../src/base/client-capabilities.ts";
import { HubError } from "../../src/base/errors.ts";
import type { LimitSettings } from "../../src/gates/limited.ts";
import { Asks } from "../../src/relay/asks.ts";
import { Bridge } from "../../src/relay/bridge/bridge.ts";
import { Parks } from "../../src/relay/bridge/parks.ts";
import { SealedStates } from "../../src/relay/bridge/sealed-state.ts";
import type { SealKey } from "../../src/relay/bridge/sealer.ts";
import { TaskHandles } from "../../src/relay/bridge/task-handles.ts";
import { ownerOf } from "../../src/relay/owner.ts";
import { UrlElicitations } from "../../src/relay/url-elicitations.ts";
import type { Principal } from "../../src/sessions/principal.ts";
import { flatten, frameOfText } from "../../src/wire/frame.ts";
import { latestModernRevision } from "../../src/wire/revisions.ts";
import { LogRecord } from "./core-run.ts";
import { somebody } from "./echo-doorkeeper.ts";
import { type LaneOptions, LaneScene, type Said, scanned } from "./lane-scene.ts";

export const versionKey = "io.modelcontextprotocol/protocolVersion";
export const capabilitiesKey = "io.modelcontextprotocol/clientCapabilities";

export interface ModernOptions {
  readonly capabilities?: ClientCapabilities;
  readonly principal?: Principal;
}

const called = { canonical: "ns.tool", wrapsOutput: false, needsTask: false };

export type BridgeClient = ReturnType<BridgeScene["legacy"]>;
export type BridgeCore = ReturnType<LaneScene["core"]>;

export class BridgeScene {
  readonly lanes: LaneScene;
  readonly record = new LogRecord();
  readonly keys: SealKey[] = [{ kid: "k1", key: randomBytes(32) }];
  readonly handles: TaskHandles;
  /** The parks whose tasks are others than they were, each time. */
  readonly changedTasks: string[] = [];
  readonly asks: Asks;
  readonly parks: Parks;
  readonly bridge: Bridge;

  constructor(limits?: Partial<LimitSettings>) {
    this.lanes = new LaneScene(limits);
    const { clock, calls } = this.lanes;
    const { log } = this.record;
    const keys = {
      current: () => this.keys[0] as SealKey,
      find: (kid: string) => this.keys.find((key) => key.kid === kid),
    };
    const states = new SealedStates({ keys, audience: () => "here", clock, log });
    // So that each refusal has its line at once.
    states.close();
    this.handles = new TaskHandles({ keys, audience: () => "here" });
    const urls = new UrlElicitations();
    this.parks = new Parks({
      ...{ clock, states, calls, handles: this.handles },
      taskChanged: (id) => this.changedTasks.push(id),
      settle: (ask, result) => this.asks.settle(ask, result),
      dropAsks: (session) => this.asks.dropSession(session),
    });
    this.asks = new Asks({
      ...{ clock, log, urls, ownerOf },
      parks: {
        sessionOf: (call) => this.bridge.sessionOf(call),
        asked: (...asked) => this.parks.asked(...asked),
        withdrawn: (ask) => this.parks.withdrawn(ask),
      },
      waited: (lane, ms) => calls.waited(lane, ms),
    });
    const serverInfo = '{"name":"thehub","version":"1"}';
    this.bridge = new Bridge({ clock, states, parks: this.parks, asks: this.asks, calls, serverInfo });
  }

  get clock() {
    return this.lanes.clock;
  }

  /** What was refused so far of what clients brought back. */
  get refusals() {
    return this.record.lines.filter(({ msg }) => msg === "request_state_refused");
  }

  core(options: LaneOptions = {}) {
    return this.lanes.core(options);
  }

  legacy(capabilities: ClientCapabilities = {}, principal: Principal = somebody) {
    const client = this.lanes.client(capabilities, principal);
    client.session.revision = "2025-11-25";
    client.session.client = { name: "old", version: "1" };
    return client;
  }

  /** Each of its requests says this of itself. */
  modern({ capabilities = {}, principal = somebody }: ModernOptions = {}) {
    const client = this.lanes.client(capabilities, principal);
    const revision = latestModernRevision;
    const info = { name: "new", version: "1" };
    client.session.revision = revision;
    client.session.client = info;
    client.session.envelope = { revision, client: info, capabilities, logLevel: undefined };
    const meta = { [versionKey]: revision, [capabilitiesKey]: capabilities };
    const request: typeof client.request = (method, params) => client.request(method, { ...params, _meta: meta });
    return { ...client, request };
  }

  /** Sends a request, as the table of methods does it. Returns its id; a refusal is its answer. */
  call(
    client: Pick<BridgeClient, "request" | "session" | "heard">,
    { lane }: Pick<BridgeCore, "lane">,
    params: object,
    method = "tools/call",
  ) {
    const request = client.request(method, params);
    const id = Number(request.idText);
    try {
      const state = this.bridge.stateOf(request, lane.core.name);
      if (state === undefined || !this.bridge.resume(state, request)) {
        const hook = this.bridge.hook(request, lane, state, method === "tools/call" ? called : undefined);
        this.lanes.calls.begin(request, lane, undefined, hook === undefined ? undefined : [hook]);
      }
    } catch (error) {
      assert.ok(error instanceof HubError);
      client.heard.push({ id, error: { code: error.facts.rpc, message: error.message } });
    }
    return id;
  }

  /** The client's response to the request that it was sent. */
  answers({ session }: Pick<BridgeClient, "session">, asked: Said | undefined, body: string): void {
    assert.ok(asked !== undefined, "it was asked nothing");
    const frame = frameOfText(`{"jsonrpc":"2.0","id":${asked.id},${body}}`);
    this.asks.answered(session, frame, scanned(flatten(frame).toString()).record);
  }

  cancels({ session }: Pick<BridgeClient, "session">, id: number): void {
    const text = `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id}}}`;
    const { record } = scanned(text);
    const range = { start: record.requestIdStart, end: record.requestIdEnd };
    this.lanes.calls.cancel(session, String(id), frameOfText(text), range);
  }

  progress({ lane }: Pick<BridgeCore, "lane">, token: unknown, progress: number): void {
    const params = { progressToken: token, progress };
    const text = JSON.stringify({ jsonrpc: "2.0", method: "notifications/progress", params });
    const { record } = scanned(text);
    this.lanes.calls.progress(lane, frameOfText(text), record, Number(token));
  }

  /** Nothing is left of any call: no question, no park, no timer but the clock's own sweep, and what is still to be said of refusals. */
  assertIdle(): void {
    this.asks.close();
    this.clock.advance(2000);
    assert.equal(this.asks.open, 0, "questions are open");
    assert.equal(this.clock.timers, 0, "timers are set");
  }
}

// A relay's table of calls with lanes and sessions around it, and nothing outside: what a client says is a text, what a Core is told
// is kept, and what a Core says is a text again.
import assert from "node:assert/strict";
import type { ClientCapabilities } from "../../src/base/client-capabilities.ts";
import { HubError } from "../../src/base/errors.ts";
import type { LimitSettings } from "../../src/gates/limited.ts";
import { createLimits } from "../../src/gates/limits.ts";
import { resultFrame } from "../../src/relay/answers.ts";
import { type Call, type ClientSession, type CorePort, createLane, type Lane } from "../../src/relay/call.ts";
import { Calls } from "../../src/relay/calls.ts";
import type { Request } from "../../src/relay/request.ts";
import type { Principal } from "../../src/sessions/principal.ts";
import { Session } from "../../src/sessions/session.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { flatten, frameOfText, joined, noSplices, type ReplySink, replySink } from "../../src/wire/frame.ts";
import { Metas } from "../../src/wire/meta.ts";
import type { Era } from "../../src/wire/revisions.ts";
import { createScan, type Scan, scan } from "../../src/wire/scan.ts";
import { somebody } from "./echo-doorkeeper.ts";
import { FakeClock } from "./fake-clock.ts";

export interface Said {
  readonly id?: unknown;
  readonly method?: string;
  // biome-ignore lint/suspicious/noExplicitAny: messages of all shapes
  readonly params?: any;
  // biome-ignore lint/suspicious/noExplicitAny: messages of all shapes
  readonly result?: any;
  readonly error?: { readonly code: number; readonly message: string };
}

/** A sink that keeps what it is sent, as it goes over the wire. */
function keeping(said: Said[]): ReplySink {
  return replySink((frame, splices) => {
    said.push(JSON.parse(joined(frame, splices, "", "").toString()));
    return "ok";
  });
}

export function scanned(text: string): { bytes: Buffer; record: Scan } {
  const bytes = flatten(frameOfText(text));
  const record = createScan();
  assert.equal(scan(bytes, record), undefined);
  return { bytes, record };
}

interface Own {
  readonly method: string;
  readonly params: unknown;
  resolve(result?: string): void;
  reject(error?: Error): void;
}

export interface LaneOptions {
  readonly capabilities?: object;
  readonly owner?: ClientSession;
  readonly namespace?: string;
  readonly serial?: boolean;
  readonly era?: Era;
  /** Stands before what a person is asked. */
  readonly label?: string;
}

const metas = new Metas();

export class LaneScene {
  readonly clock = new FakeClock();
  readonly sessions = new Set<ClientSession>();
  readonly calls: Calls;
  #clients = 0;
  #cores = 0;

  /** `limits`: of each client and each Core, where they are to be met. */
  constructor(limits: Partial<LimitSettings> = {}) {
    const settings = { maxConcurrency: 10_000, maxQueue: 0, rateRps: 0, rateBytes: 0, ...limits };
    this.calls = new Calls({
      busyPoll: false,
      clock: this.clock,
      sessions: () => this.sessions,
      errorEdits: () => noSplices,
      createLimiter: (start) =>
        createLimits<Call>({
          clock: this.clock,
          start,
          client: () => settings,
          core: () => settings,
          tool: () => undefined,
          maxWaitingBytes: 1_000_000,
        }),
    });
  }

  client(capabilities: ClientCapabilities = {}, principal: Principal = somebody) {
    const heard: Said[] = [];
    const id = `s${++this.#clients}`;
    const session: ClientSession = new Session<Call>(id, 0, {
      principal,
      door: "websocket",
      sink: keeping(heard),
    });
    session.phase = "ready";
    session.capabilities = capabilities;
    this.sessions.add(session);
    let last = 0;
    /** What the relay makes of a message of this client. */
    const request = (method: string, params: object): Request => {
      const text = JSON.stringify({ jsonrpc: "2.0", id: ++last, method, params });
      const { bytes, record } = scanned(text);
      const meta = metas.of({ bytes, scan: record, text: undefined });
      return {
        ...{
          session,
          replies: session.sink,
          method,
          frame: frameOfText(text),
          bytes,
          text: undefined,
          scan: record,
          meta,
        },
        ...{ idText: bytes.toString("latin1", record.idStart, record.idEnd), readMs: undefined },
      };
    };
    /** Hands a request to what takes it, and answers with an empty result what is left to the hub. */
    const asks = (method: string, params: object, take: (request: Request) => boolean) => {
      const asked = request(method, params);
      try {
        if (!take(asked)) session.sink.answer(resultFrame(asked.idText, Buffer.from("{}")), noSplices);
      } catch (error) {
        assert.ok(error instanceof HubError);
        heard.push({ id: last, error: { code: error.facts.rpc, message: error.message } });
      }
      return last;
    };
    const answerTo = (asked: number) => heard.find((message) => message.id === asked && message.method === undefined);
    const leave = () => {
      session.phase = "closed";
      this.sessions.delete(session);
      this.calls.dropSession(session);
    };
    return { session, heard, request, asks, answerTo, leave };
  }

  core(options: LaneOptions = {}) {
    const told: Said[] = [];
    const own: Own[] = [];
    const port = {
      name: `core ${++this.#cores}`,
      era: options.era ?? "legacy",
      namespace: options.namespace ?? `ns${this.#cores}`,
      state: { t: "up", since: 0 } as CorePort["state"],
      heardMs: 0,
      capabilities: (options.capabilities ?? {}) as Record<string, unknown>,
      nextId: () => ++ids,
      watch: () => {},
      send: keeping(told).send,
      request: (method: string, params: object | undefined) =>
        new Promise<Buffer>((resolve, reject) => {
          own.push({
            method,
            params,
            resolve: (result = "{}") => resolve(Buffer.from(result)),
            reject: (error = new Error("no")) => reject(error),
          });
        }),
    };
    let ids = 100 * this.#cores;
    const policy = {
      timeoutMs: 1000,
      maxTimeoutMs: 1000,
      exclusive: false,
      serial: options.serial === true,
      roots: undefined,
      label: options.label,
      keepsTasks: true,
      uriPrefix: undefined,
    };
    const meter = createMetrics({ version: "0", node: "0" }).forCore(port.name);
    const lane: Lane = createLane(port, policy, meter, options.owner);
    /** The Core's answer to the last request of this method: a result, or an error. */
    const answers = (method: string, body: string) => {
      const asked = told.findLast((message) => message.method === method);
      assert.ok(asked !== undefined, `it was asked no ${method}`);
      const frame = frameOfText(`{"jsonrpc":"2.0","id":${asked.id},${body}}`);
      const { record } = scanned(flatten(frame).toString());
      assert.equal(this.calls.answer(lane, frame, record, asked.id as number), true);
    };
    const methods = () => told.map(({ method }) => method);
    const becomes = (state: CorePort["state"]) => {
      port.state = state;
      this.calls.coreChanged(lane);
    };
    return { port, lane, told, own, answers, methods, becomes };
  }
}

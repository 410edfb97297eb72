// A limiter under a fake clock, whose calls are named after their clients.
import type { LimitSettings } from "../../src/gates/limited.ts";
import { type CallLimiter, createLimits, type LimitedCall, type Verdict } from "../../src/gates/limits.ts";
import { FakeClock } from "./fake-clock.ts";

export interface TestCall extends LimitedCall {
  readonly name: string;
}

const wide: LimitSettings = { maxConcurrency: 1000, maxQueue: 1000, rateRps: 0, rateBytes: 0 };

export interface LimitsScene {
  readonly clock: FakeClock;
  readonly limits: CallLimiter<TestCall>;
  readonly started: string[];
  call(name: string, coreKey?: string, bytes?: number, limitedTool?: string): TestCall;
}

/** `call("a1")` is a call of client "a" named "a1". */
export function limitsScene(options: {
  client?: Partial<LimitSettings>;
  core?: Partial<LimitSettings>;
  tools?: Readonly<Record<string, Partial<LimitSettings>>>;
  maxWaitingBytes?: number;
  gone?: ReadonlySet<string>;
  onStart?(call: TestCall, limits: CallLimiter<TestCall>): void;
}): LimitsScene {
  const clock = new FakeClock();
  const started: string[] = [];
  const limits: CallLimiter<TestCall> = createLimits<TestCall>({
    clock,
    client: () => ({ ...wide, ...options.client }),
    core: (key) => (options.gone?.has(key) === true ? undefined : { ...wide, ...options.core }),
    tool: (_core, native) => options.tools?.[native] && { ...wide, ...options.tools[native] },
    ...(options.maxWaitingBytes === undefined ? {} : { maxWaitingBytes: options.maxWaitingBytes }),
    start: (call) => {
      started.push(call.name);
      options.onStart?.(call, limits);
    },
  });
  const call = (name: string, coreKey = "core", bytes = 1, limitedTool?: string): TestCall => {
    return { name, clientKey: name.replace(/\d+$/, ""), coreKey, limitedTool, bytes };
  };
  return { clock, limits, started, call };
}

export function isRefusal(verdict: Verdict): verdict is Exclude<Verdict, string> {
  return typeof verdict === "object";
}

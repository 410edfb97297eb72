// From a definition to an instance that has said who it is: one try after the other, each on a process or connection of its own.
import type { ResolvedCore } from "../manifest/manifest.ts";
import { eraOf } from "../wire/revisions.ts";
import type { Greeting } from "./handshake.ts";
import { type Hello, type HelloDeps, sayHello } from "./hello.ts";
import type { Instance } from "./instance.ts";
import type { Known } from "./known.ts";
import { startFailed } from "./start-failed.ts";
import { firstTry, mayFetch, neverAnswered, nextTry, type Start, type Try } from "./tries.ts";

export interface GreetDeps extends HelloDeps {
  readonly known: Known;
  /** How often it was restarted in a row. */
  readonly restarts: number;
  /** In place of the instance that there is. Undefined where the start was overtaken. Throws StartFailed. */
  open(attempt: Try): Promise<Probed | undefined>;
  /** False once the start was overtaken. */
  isStarting(): boolean;
}

export interface Probed {
  readonly instance: Instance;
  /** Resolves where it is gone in a way that says something of its era; never rejects. */
  readonly gone: Promise<Hello>;
}

export interface Greeted {
  readonly instance: Instance;
  readonly greeting: Greeting;
}

/** Undefined where the start was overtaken. Rejects with StartFailed, or as the Core refuses. */
export async function greet(definition: ResolvedCore, deps: GreetDeps): Promise<Greeted | undefined> {
  const { known, clock } = deps;
  const start = startOf(definition, deps);
  const tried: Try[] = [];
  let isSure = true;
  for (let attempt: Try | undefined = firstTry(start); attempt !== undefined; ) {
    tried.push(attempt);
    const opened: Probed | undefined = await deps.open(attempt);
    if (opened === undefined) return undefined;
    const { instance, gone } = opened;
    const isPinned = definition.era === attempt.era;
    const hello: Hello = await Promise.race([sayHello(instance, { ...attempt, isPinned }, deps), gone]);
    if (!deps.isStarting()) return undefined;
    if (hello.t === "ok") {
      const { greeting } = hello;
      if (definition.remote === undefined) known.framing = attempt.framing;
      if (isSure && hello.isSure) known.learn(eraOf(greeting.protocolVersion), clock.now());
      return { instance, greeting };
    }
    // What a Core does after it was silent may be for any reason: it may have been slow.
    isSure = hello.t === "again" && hello.isSure;
    attempt = nextTry(start, tried, hello.t === "silent" ? "silent" : { again: hello.era });
  }
  throw startFailed("core_timeout", neverAnswered(tried), false);
}

function startOf(
  { remote, framing, era, command, health }: ResolvedCore,
  { known, clock, restarts }: GreetDeps,
): Start {
  return {
    framing: remote === undefined ? framing : "newline",
    known: { framing: remote === undefined ? known.framing : "newline", era: known.era(clock.now()) },
    // HTTP+SSE is of the first revision.
    era: era !== "auto" ? era : remote?.transport === "sse" ? "legacy" : undefined,
    restarts,
    startupTimeoutMs: health.startupTimeoutMs,
    mayFetch: remote === undefined && mayFetch(command),
  };
}

// The first exchange with an instance: which era it speaks, and what it says of itself. The question of the modern era comes first, on the
// process or connection that will serve; whoever does not know it answers with an error and is greeted as ever.
//
// Whoever is silent is not asked anew but greeted as well, behind the question: a Core that is slow to start answers both in order, and one that
// ignores what it does not know answers the second.
import type { ClientCapabilities } from "../base/client-capabilities.ts";
import type { Clock } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import type { Log } from "../telemetry/log.ts";
import { ownRequestMeta } from "../wire/request-meta.ts";
import type { Era } from "../wire/revisions.ts";
import { type Discovery, isModernOnly, readDiscovery, readRefusal, unsupportedVersionCode } from "./discovery.ts";
import { type Greeting, initializeParams, longestStartMs, patiently, readGreeting, unsupported } from "./handshake.ts";
import type { Instance } from "./instance.ts";
import { CoreRefusal, coreErrorCode } from "./own-requests.ts";
import { startFailed } from "./start-failed.ts";
import type { Try } from "./tries.ts";

export interface HelloDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly host: { readonly version: string };
  readonly startupTimeoutMs: number;
  capabilities(): Promise<ClientCapabilities>;
}

export type Hello =
  /** `isSure`: the era may be taken for granted from now on. */
  | { readonly t: "ok"; readonly greeting: Greeting; readonly isSure: boolean }
  | { readonly t: "silent" }
  /** It is to be greeted in this era, on another process or connection. */
  | { readonly t: "again"; readonly era: Era; readonly isSure: boolean };

export interface PinnedTry extends Try {
  /** The manifest wants this era and no other. */
  readonly isPinned?: boolean;
}

/** So long an unknown Core may be silent before it is greeted in the other era as well. */
const unsureMs = 3000;

/** Rejects with StartFailed, or as the Core refuses. */
export async function sayHello(instance: Instance, attempt: PinnedTry, deps: HelloDeps): Promise<Hello> {
  if (attempt.era === "legacy") return initialize(instance, attempt, deps);
  const quietMs = attempt.era === "modern" ? attempt.quietMs : Math.min(unsureMs, attempt.quietMs / 3);
  const asked = discover(instance, deps);
  const found = await patiently(asked, patience(instance, quietMs, deps));
  if (found === "late") throw late("server/discover", deps);
  if (found !== "silent")
    return found.t === "modern" ? modern(found.greeting) : ifLegacy(found, instance, attempt, deps);
  if (attempt.era === "modern") return { t: "silent" };
  // Another order is possible where requests do not follow each other, and there silence proves nothing.
  const greeted = initialize(instance, { ...attempt, quietMs: attempt.quietMs - quietMs }, deps).then((hello) =>
    hello.t === "ok" && !instance.isOrdered ? { ...hello, isSure: false } : hello,
  );
  return Promise.race([tooLate(asked), greeted]);
}

function modern(greeting: Greeting): Hello {
  return { t: "ok", greeting, isSure: true };
}

function ifLegacy(found: Discovery, instance: Instance, attempt: PinnedTry, deps: HelloDeps): Promise<Hello> {
  if (attempt.isPinned === true)
    throw startFailed("era_unsupported", "does not speak MCP 2026-07-28, which era: modern wants", true);
  if (found.t === "unsupported") throw startFailed("era_unsupported", found.reason, true);
  return initialize(instance, attempt, deps);
}

/** The modern era after all, on an instance that has been sent what begins the other one. Otherwise never. */
function tooLate(asked: Promise<Discovery>): Promise<Hello> {
  return new Promise((resolve) => {
    asked.then(
      ({ t }) => {
        if (t === "modern") resolve({ t: "again", era: "modern", isSure: true });
      },
      () => {},
    );
  });
}

async function discover(instance: Instance, deps: HelloDeps, isAgain = false): Promise<Discovery> {
  try {
    const params = { _meta: ownRequestMeta(deps.host.version) };
    return readDiscovery(await instance.request("server/discover", params, totalMs(deps) * 2));
  } catch (error) {
    // It refuses this revision and offers it: what is meant is one that it does speak, and there is one.
    if (isModernOnly(error) && !isAgain) return discover(instance, deps, true);
    if (error instanceof CoreRefusal) return readRefusal(error);
    // It has no answer for this request alone, and may have one for another.
    if (error instanceof HubError && error.code !== "login_needed") return { t: "legacy" };
    throw error;
  }
}

async function initialize(
  instance: Instance,
  { framing, quietMs, isPinned }: PinnedTry,
  deps: HelloDeps,
): Promise<Hello> {
  const { host, log } = deps;
  try {
    const capabilities = await deps.capabilities();
    // The request's own time is longer than patience: only one of the two decides.
    const answer = instance.request("initialize", initializeParams(host.version, capabilities), totalMs(deps) * 2);
    const result = await patiently(answer, patience(instance, quietMs, deps));
    if (result === "late") throw late("initialize", deps);
    if (result === "silent") {
      log.info("core_silent", { framing, after_ms: Math.round(quietMs) });
      return { t: "silent" };
    }
    const read = readGreeting(result);
    if (read.t === "era_unsupported") throw startFailed("era_unsupported", read.reason, true);
    if (read.t === "garbled") throw startFailed("core_garbled", read.reason, false);
    return { t: "ok", greeting: read.greeting, isSure: true };
  } catch (error) {
    if (isModernOnly(error)) {
      const why = isPinned === true ? "era: legacy wants another" : "did not answer server/discover";
      throw startFailed("era_unsupported", `speaks MCP 2026-07-28 only, and ${why}`, isPinned === true);
    }
    if (coreErrorCode(error) === unsupportedVersionCode) {
      throw startFailed("era_unsupported", unsupported("versions that it does not name"), true);
    }
    throw error;
  }
}

function patience(instance: Instance, quietMs: number, deps: HelloDeps) {
  return { clock: deps.clock, heardMs: () => instance.heardMs, quietMs, totalMs: totalMs(deps) };
}

function totalMs({ startupTimeoutMs }: HelloDeps): number {
  return Math.max(longestStartMs, startupTimeoutMs);
}

function late(method: string, deps: HelloDeps): Error {
  return startFailed("core_timeout", `did not answer ${method} within ${totalMs(deps)} ms`, false);
}

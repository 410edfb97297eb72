// `thehub connect`: one client on stdin and stdout, bridged to a hub that runs elsewhere. Stdout carries messages and nothing else.
import { systemClock } from "../../base/clock.ts";
import { errorTable } from "../../base/errors.ts";
import { Bridge, defaultBridgeLimits } from "../../connect/bridge.ts";
import { defaultLinkPolicy } from "../../connect/link-state.ts";
import { hubWords } from "../../connect/words.ts";
import { openStdioDoor } from "../../doors/stdio-door.ts";
import { defaultConnectionLimits } from "../../links/connection.ts";
import type { Loss } from "../../links/losses.ts";
import type { Problem } from "../../manifest/problems.ts";
import { ownPrincipal } from "../../sessions/principal.ts";
import type { Log } from "../../telemetry/log.ts";
import { type ConnectOptions, isSentInClear, readConnectSettings } from "../connect-settings.ts";
import { endOfService, logCrashes } from "../service.ts";
import type { Terminal } from "../terminal.ts";
import { openVoice } from "../voice.ts";

const maxOutboxBytes = 32 * 1024 * 1024;
/** From here on the hub is asked to wait for the client's reader, which is cut off only when it takes nothing for long. */
const pressureBytes = 8 * 1024 * 1024;
const stallMs = 30_000;
/** After the end of the input, for the answers that are under way; and then for the reader to take them. */
const drainMs = 25_000;
const lastWordsMs = 1_000;

/** Whoever starts the command is the only client there is. */
const self = ownPrincipal("client", { admin: false, shared: false });

/** Ends, with exit 0, when its input does or a signal comes. Exit 1: no hub; 2: used in a wrong way. */
export async function connect(terminal: Terminal, url: string | undefined, options: ConnectOptions): Promise<number> {
  const read = await readConnectSettings(terminal, url, options);
  if (read.t === "invalid") {
    const { log } = openVoice(terminal, { logLevel: "info", logFormat: "json" });
    for (const problem of read.problems) log.error("usage_problem", shown(problem));
    return 2;
  }
  const { settings } = read;
  const { log: hubLog, masker } = openVoice(terminal, settings);
  const log = hubLog.child({ component: "connect" });
  for (const secret of settings.secrets) masker.add(secret);
  logCrashes(log);
  for (const problem of settings.warnings) log.warn("usage_problem", shown(problem));
  if (isSentInClear(settings)) {
    log.warn("plaintext_token", {
      url: settings.target.name,
      fix: "the token goes out unencrypted: connect with https:// or wss://",
    });
  }
  const stop = endOfService();
  const bridge = new Bridge({
    dialling: {
      ...settings,
      words: hubWords,
      limits: defaultConnectionLimits,
      clock: systemClock,
      allowPrivate: true,
    },
    policy: defaultLinkPolicy,
    limits: defaultBridgeLimits,
    clock: systemClock,
    random: Math.random,
    log,
    holdInput: (hold) => (hold ? terminal.stdin.pause() : terminal.stdin.resume()),
  });
  // The clock's timers let the process exit; while the hub is waited for it must not.
  const awake = setInterval(() => {}, 2 ** 30);
  try {
    const door = openStdioDoor({
      input: terminal.stdin,
      output: terminal.stdout,
      principal: self,
      doorkeeper: bridge,
      clock: systemClock,
      log,
      limits: { maxMessageBytes: settings.maxMessageBytes, maxOutboxBytes, drainMs: drainMs + lastWordsMs },
      pressure: { bytes: pressureBytes, stallMs, changed: (pressed) => bridge.hold(pressed) },
    });
    const limitCalls = () => void systemClock.after(drainMs, () => bridge.failCalls());
    terminal.stdin.once("end", limitCalls);
    void stop.then(() => {
      // Nobody knows when a hub that is not there will be, and whoever sent the signal will not wait for it.
      if (!bridge.isUp) bridge.failCalls();
      limitCalls();
      door.close();
    });
    const end = await door.ended;
    if (bridge.failure !== undefined) return failed(log, bridge.failure);
    log.info("draining", { reason: end });
    await bridge.close();
    log.info("stopped", {});
    return end === "slow_reader" || end === "protocol_error" ? 1 : 0;
  } finally {
    clearInterval(awake);
  }
}

function shown({ path, message, hint }: Problem): Record<string, unknown> {
  return { at: path, problem: message, hint };
}

function failed(log: Log, { code, reason }: Loss): number {
  log.error("connect_failed", { code, reason });
  return errorTable[code].exit;
}

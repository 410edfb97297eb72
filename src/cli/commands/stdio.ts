// `thehub stdio`: one client on stdin and stdout, with Cores of its own. Stdout carries messages and nothing else.
import { systemClock } from "../../base/clock.ts";
import { HubError } from "../../base/errors.ts";
import { openStdioDoor } from "../../doors/stdio-door.ts";
import { logProblems } from "../../hub/log-problems.ts";
import { openHub } from "../../hub.ts";
import { coreEnvironment } from "../../library/core-environment.ts";
import { profileProblem } from "../../manifest/profiles.ts";
import { prepare } from "../prepare.ts";
import { openReloading } from "../reloading.ts";
import { endOfService, logCrashes } from "../service.ts";
import { hasSpareProcessor } from "../spare-processor.ts";
import { closeTelemetry, openTelemetry } from "../telemetry.ts";
import type { Terminal } from "../terminal.ts";
import { openVoice } from "../voice.ts";

const lastWordsMs = 1_000;
const maxOutboxBytes = 32 * 1024 * 1024;

/** Ends, with exit 0, when its input does or a signal comes: calls already read are answered first. */
export async function stdio(terminal: Terminal, options: { manifest?: string; profile?: string }): Promise<number> {
  const preparation = prepare(terminal, options);
  if (preparation.t === "invalid") {
    logProblems(openVoice(terminal, { logLevel: "info", logFormat: "json" }).log, preparation.problems);
    return 2;
  }
  const { prepared } = preparation;
  const { settings } = prepared;
  const voice = openVoice(terminal, settings);
  const { log } = voice;
  logCrashes(log);
  const telemetry = await openTelemetry(terminal, voice);
  logProblems(log, prepared.warnings);
  const unknown = profileProblem(options.profile, prepared.manifest.profiles.keys());
  if (unknown !== undefined) {
    log.error("usage_problem", { at: "--profile", problem: unknown, hint: "docs/profiles.md has what there is" });
    return 2;
  }
  const stop = endOfService();
  const own = { ...coreEnvironment(terminal), exclusive: true, busyPoll: hasSpareProcessor() };
  const hub = await openHub({ ...prepared, ...voice, telemetry, ...own });
  const reloading = openReloading(terminal, options, prepared, hub, log);
  try {
    void hub.settled().then(() => {
      for (const { line } of hub.summaries()) log.info("core_summary", { summary: line });
    });
    const door = openStdioDoor({
      input: terminal.stdin,
      output: terminal.stdout,
      principal: { ...hub.everyone, profileName: options.profile },
      doorkeeper: hub.doorkeeper,
      clock: systemClock,
      log: log.child({ component: "doors" }),
      limits: {
        maxMessageBytes: settings.limits.maxMessageBytes,
        maxOutboxBytes,
        drainMs: settings.drainTimeoutMs + lastWordsMs,
      },
    });
    // When the input or the service ends, what runs too long is answered by the hub before the door gives up.
    const limitCalls = () => void setTimeout(() => hub.failCalls(), hub.settings.drainTimeoutMs).unref();
    terminal.stdin.once("end", limitCalls);
    void stop.then(() => {
      limitCalls();
      door.close();
    });
    const end = await door.ended;
    log.info("draining", { reason: end });
    return 0;
  } catch (error) {
    const known = HubError.from(error);
    log.error("start_failed", { error: known });
    return known.facts.exit;
  } finally {
    reloading.close();
    await hub.stop();
    log.info("stopped", {});
    await closeTelemetry(telemetry);
  }
}

// How a process that serves ends: asked by a signal, or by a bug, which then is a log line as well.
import { closeSync, openSync } from "node:fs";
import type { Log } from "../telemetry/log.ts";

/** Resolves with the name of the first SIGTERM or SIGINT. A second one ends the process at once. */
export function endOfService(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals) => {
      if (asked) process.exit(signal === "SIGINT" ? 130 : 143);
      asked = true;
      resolve(signal);
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
  });
}

/**
 * SIGHUP reloads, unless it says that the terminal which this process was started on is gone: then it ends the service, as SIGTERM does.
 */
export function onHangup(reload: () => void): void {
  const hadTerminal = hasTerminal();
  let isOver = false;
  process.on("SIGHUP", () => {
    if (!hadTerminal || hasTerminal()) reload();
    else if (!isOver) {
      isOver = true;
      process.kill(process.pid, "SIGTERM");
    }
  });
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}

/** A bug must not end as a bare stack on stderr: it is logged like everything else, and the process ends. */
export function logCrashes(log: Log): void {
  const crash = (error: unknown) => {
    log.error("crashed", { error, stack: error instanceof Error ? error.stack : undefined });
    process.exit(1);
  };
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  process.on("warning", (warning) => log.warn("process_warning", { warning: warning.message }));
}

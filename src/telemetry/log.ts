// The log: JSON lines on stderr, masked as whole lines. Writes at once, so that a crash loses nothing. The names of its
// lines are listed in docs/logs.md.
import { destination, type Logger, pino } from "pino";
import type { Clock } from "../base/clock.ts";
import { printable } from "../base/printable.ts";
import { logFields } from "./log-fields.ts";
import { prettyLine } from "./log-pretty.ts";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];
export type LogFormat = "json" | "pretty";

/** `msg` is a stable snake_case name of what happened; everything that varies goes into the context. Never throws. */
export interface Log {
  debug(msg: string, context?: Record<string, unknown>): void;
  info(msg: string, context?: Record<string, unknown>): void;
  warn(msg: string, context?: Record<string, unknown>): void;
  error(msg: string, context?: Record<string, unknown>): void;
  /** A log whose every line carries this context too; `component` names the part of the hub. */
  child(context: Record<string, unknown>): Log;
  /** Ask before gathering a context for debug. */
  readonly isDebug: boolean;
}

/** What the log needs of the masker. */
export interface LogMask {
  maskText(text: string): string;
  maskJson(json: string): string;
}

/** Where whole JSON lines go beside the stream, masked; may be set later. */
export interface LogTap {
  take: ((line: string) => void) | undefined;
}

export interface LogOptions {
  readonly clock: Clock;
  /** The least important line that is written; `silent`: none is. */
  readonly level: LogLevel | "silent";
  readonly format: LogFormat;
  readonly mask: LogMask;
  /** For `pretty`. */
  readonly colour?: boolean;
  /** Gets whole lines; stderr when absent. */
  readonly stream?: { write(line: string): unknown };
  readonly tap?: LogTap;
}

export function createLog(options: LogOptions): Log {
  const { clock, mask } = options;
  const sink = options.stream ?? openStderr();
  const colour = options.colour === true;
  const write = (line: string): void => {
    const masked = mask.maskJson(line);
    // Logs are read at terminals in either form; the JSON is the same to a program.
    sink.write(options.format === "pretty" ? prettyLine(masked, colour) : printable(masked));
    options.tap?.take?.(masked);
  };
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"ts":"${clock.iso()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
  return childLog(logger, mask, { component: "hub" });
}

function openStderr(): { write(line: string): unknown } {
  const stderr = destination({ dest: 2, sync: true });
  // Nobody reads stderr any more: there is nowhere left to say so, and the hub carries on.
  stderr.on("error", () => {});
  return stderr;
}

function childLog(logger: Logger, mask: LogMask, fixed: Record<string, unknown>): Log {
  const isDebug = logger.isLevelEnabled("debug");
  const fieldOptions = { withStacks: isDebug, maskText: (text: string) => mask.maskText(text) };
  const write = (level: LogLevel, msg: string, context: Record<string, unknown> | undefined): void => {
    if (!logger.isLevelEnabled(level)) return;
    const { component, ...rest } = logFields({ ...fixed, ...context }, fieldOptions);
    const line: Record<string, unknown> = { msg, component };
    for (const [name, value] of Object.entries(rest)) line[isReserved(name) ? `${name}_` : name] = value;
    logger[level](line);
  };
  return {
    debug: (msg, context) => write("debug", msg, context),
    info: (msg, context) => write("info", msg, context),
    warn: (msg, context) => write("warn", msg, context),
    error: (msg, context) => write("error", msg, context),
    child: (context) => childLog(logger, mask, { ...fixed, ...context }),
    isDebug,
  };
}

function isReserved(name: string): boolean {
  return name === "ts" || name === "level" || name === "msg";
}

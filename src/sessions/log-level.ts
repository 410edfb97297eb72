// The eight log levels of MCP (RFC 5424), as numbers that compare: 0 is debug, 7 is emergency.
const names = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"] as const;

export type LogLevelName = (typeof names)[number];
export type LogLevel = number;

export const logLevelNames: readonly LogLevelName[] = names;

/** The level's number, or undefined for a word that MCP does not know. */
export function logLevelOf(name: unknown): LogLevel | undefined {
  const at = names.indexOf(name as LogLevelName);
  return at < 0 ? undefined : at;
}

export function logLevelName(level: LogLevel): LogLevelName {
  return names[level] ?? "debug";
}

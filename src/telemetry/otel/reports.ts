// What goes wrong with exporting, as log lines that cannot flood: the first at once, then one a minute for each kind.
import { DiagLogLevel, diag } from "@opentelemetry/api";
import { setGlobalErrorHandler } from "@opentelemetry/core";
import type { Clock } from "../../base/clock.ts";
import type { Log } from "../log.ts";
import type { Signal } from "../otel-settings.ts";

const quietMs = 60_000;
const shownChars = 300;

export interface Reports {
  /** An export failed, for good: `lost` items of it will not be sent again. */
  failed(signal: Signal, error: unknown, lost: number): void;
  succeeded(signal: Signal): void;
}

interface Trouble {
  /** Since the last line. */
  failures: number;
  lost: number;
  saidAtMs: number;
}

export function openReports(deps: { log: Log; clock: Clock; secrets: readonly string[] }): Reports {
  const { log, clock } = deps;
  const troubles = new Map<Signal, Trouble>();
  const redact = (text: string): string =>
    deps.secrets.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text).slice(0, shownChars);

  const warnings = new Map<string, number>();
  const warn = (...words: unknown[]): void => {
    const text = redact(words.map((word) => (word instanceof Error ? word.message : String(word))).join(" "));
    const now = clock.now();
    const saidAtMs = warnings.get(text);
    if (saidAtMs !== undefined && now - saidAtMs < quietMs) return;
    if (warnings.size >= 100) warnings.clear();
    warnings.set(text, now);
    log.warn("telemetry_warning", { reason: text });
  };
  const ignore = (): void => {};
  // The packages report to the process, not to whoever made them: there is one hub in a process, and this is its place.
  diag.setLogger(
    { error: warn, warn, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  // What a failed export is reported as is said by `failed`.
  setGlobalErrorHandler(ignore);

  return {
    failed(signal, error, lost) {
      const now = clock.now();
      const trouble = troubles.get(signal) ?? { failures: 0, lost: 0, saidAtMs: Number.NEGATIVE_INFINITY };
      troubles.set(signal, trouble);
      trouble.failures += 1;
      trouble.lost += lost;
      if (now - trouble.saidAtMs < quietMs) return;
      const { failures } = trouble;
      log.warn("telemetry_export_failed", { signal, reason: redact(reasonOf(error)), failures, lost: trouble.lost });
      Object.assign(trouble, { failures: 0, lost: 0, saidAtMs: now });
    },
    succeeded(signal) {
      if (!troubles.delete(signal)) return;
      log.info("telemetry_export_recovered", { signal });
    },
  };
}

/** Of several addresses tried, Node gathers the errors in one that says nothing itself. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  if (error.message === "" && inner instanceof Error) return inner.message;
  const code = "code" in error ? ` (${String(error.code)})` : "";
  return `${error.message === "" ? error.name : error.message}${code}`;
}

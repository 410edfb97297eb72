// The time on spans: monotonic, so that a span lies inside its parent to the microsecond, and true to the wall clock.
import type { HrTime } from "@opentelemetry/api";
import { millisToHrTime } from "@opentelemetry/core";

/** When the two clocks have come apart by this much (a correction, a sleep), the wall clock is right. */
const maxDriftMs = 50;

export function createSpanTime(): () => HrTime {
  let correctionMs = 0;
  return () => {
    const sinceEpochMs = performance.timeOrigin + performance.now();
    const driftMs = Date.now() - sinceEpochMs;
    if (Math.abs(driftMs - correctionMs) > maxDriftMs) correctionMs = driftMs;
    return millisToHrTime(sinceEpochMs + correctionMs);
  };
}

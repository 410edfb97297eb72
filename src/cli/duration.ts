// How long something is to be, as people write it: 90s, 15m, 8h, 7d.
import { HubError } from "../base/errors.ts";

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds. Throws `usage`, which names the option, for what is no duration, or longer than `mostMs`. */
export function readDuration(option: string, text: string, mostMs: number): number {
  const [, digits = "", unit = ""] = /^(\d{1,9})(s|m|h|d)$/.exec(text.trim()) ?? [];
  const ms = Number(digits) * (units[unit] ?? 0);
  if (ms === 0)
    throw new HubError("usage", `${option}: ${JSON.stringify(text)} is no duration: write 90s, 15m, 8h or 7d`);
  if (ms <= mostMs) return ms;
  throw new HubError("usage", `${option}: ${text} is longer than the ${durationText(mostMs)} that there may be`);
}

/** In its largest whole unit; of an odd time the two largest: `1h 30m`. */
export function durationText(ms: number): string {
  const parts: string[] = [];
  let rest = Math.ceil(ms / 1000) * 1000;
  for (const [unit, length] of Object.entries(units).reverse()) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join(" ") || "0s";
}

// Moments as manifests write them: a date with its time and zone, so that it says the same to everybody.
import type { Parsed } from "./addresses.ts";

const form = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
const hint = "write a date with its time and zone: 2027-06-30T18:00:00Z, or 2027-06-30T20:00:00+02:00";

/** Milliseconds since 1970. */
export function parseMoment(text: string): Parsed<number> {
  const bad = (what: string): Parsed<number> => ({ t: "bad", message: `"${text}" ${what}`, hint });
  const parts = form.exec(text.trim());
  if (parts === null) {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text))
      return bad("says neither time nor zone, and a day does not end everywhere at once");
    return bad(/^\d{4}-\d{2}-\d{2}T[\d:.]+$/.test(text) ? "says no zone" : "is no date");
  }
  const [year = 0, month = 0, day = 0] = parts.slice(1, 4).map(Number);
  const ms = Date.parse(text.trim());
  // The 30th of February would be taken for a day in March.
  const isDay = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
  return Number.isNaN(ms) || !isDay ? bad("is no day of any calendar, or no time of a day") : { t: "ok", value: ms };
}

// Rules between profiles, and between profiles and clients.

import { nearest } from "./nearest.ts";
import type { Entry, Parts, Report } from "./parts.ts";
import type { Path } from "./problems.ts";
import { defaultProfileName, knownProfileNames } from "./profiles.ts";
import { record, text } from "./values.ts";

export function checkProfiles(parts: Parts, report: Report): void {
  const byName = new Map(parts.profiles.map((profile) => [profile.key, profile]));
  const known = new Set([...byName.keys(), ...knownProfileNames]);
  const checkName = (entry: Entry, key: string): void => {
    const name = text(record(entry.value)?.[key]);
    if (name === undefined || known.has(name)) return;
    const near = nearest(name, known);
    const hint = near === undefined ? `write one of ${[...known].toSorted().join(", ")}` : `did you mean ${near}?`;
    report({ source: entry.source, path: [...entry.path, key], on: "value" }, "error", `no profile ${name}`, hint);
  };
  for (const client of parts.clients) checkName(client, "profile");
  for (const profile of parts.profiles) {
    checkName(profile, "extends");
    checkDefault(profile, report);
    checkSeparator(profile, report);
    checkCircle(profile, byName, report);
  }
}

/** `default` is what `hub.names` says, and for whoever nothing else is for. */
function checkDefault(profile: Entry, report: Report): void {
  if (profile.key !== defaultProfileName) return;
  const elsewhere: Readonly<Record<string, string>> = {
    separator: "write it in hub.names",
    max_length: "write it in hub.names",
    client_names: "remove it: default is for all clients that no other profile is for",
    extends: "remove it, and write what is to be different",
  };
  for (const [key, hint] of Object.entries(elsewhere)) {
    if (record(profile.value)?.[key] === undefined) continue;
    report({ source: profile.source, path: [...profile.path, key] }, "error", `not a key of profile default`, hint);
  }
}

function checkSeparator(profile: Entry, report: Report): void {
  const { separator, charset } = record(profile.value) ?? {};
  const written = text(separator);
  const allowed = text(charset);
  if (written === undefined || allowed === undefined || allowed === "any") return;
  const bad = [...written].find((character) => !charsetHas(allowed, character));
  if (bad === undefined) return;
  const at = { source: profile.source, path: [...profile.path, "separator"], on: "value" as const };
  report(at, "error", `charset ${allowed} has no ${bad}`, "write a separator of the charset's own characters");
}

/** Reported once, at the first of them. */
function checkCircle(profile: Entry, byName: ReadonlyMap<string, Entry>, report: Report): void {
  const way = [profile.key];
  for (let at: Entry | undefined = profile; at !== undefined; ) {
    const next: string | undefined = text(record(at.value)?.["extends"]);
    if (next === undefined || (way.includes(next) && next !== profile.key)) return;
    way.push(next);
    if (next === profile.key) {
      const isFirst = [...byName.keys()].find((name) => way.includes(name)) === profile.key;
      if (!isFirst) return;
      const path: Path = [...profile.path, "extends"];
      const hint = "let one of them start from a built-in profile, or from none";
      report({ source: profile.source, path, on: "value" }, "error", `a circle: ${way.join(" → ")}`, hint);
      return;
    }
    at = byName.get(next);
  }
}

/** Only for charsets that the schema lets pass: ranges, and `_ - . /`, none of which is in a range. */
function charsetHas(charset: string, separator: string): boolean {
  return charset.replaceAll(/A-Z|a-z|0-9/g, "").includes(separator);
}

// Rules for identity providers: whose tokens are believed, and whether every client can be had by one.
import { isDeepStrictEqual } from "node:util";
import { type Entry, type Parts, placeOf, type Report } from "./parts.ts";
import { record, text, texts } from "./values.ts";

type Values = Readonly<Record<string, unknown>>;

export function checkIdentity(parts: Parts, report: Report): void {
  checkIssuers(parts, report);
  const earlier: { readonly entry: Entry; readonly jwt: Values }[] = [];
  for (const entry of parts.clients) {
    const jwt = record(record(entry.value)?.["jwt"]);
    if (jwt === undefined) continue;
    const path = [...entry.path, "jwt"];
    const issuer = text(jwt["issuer"]);
    if (issuer !== undefined && isPlain(issuer)) {
      report(
        { source: entry.source, path: [...path, "issuer"], on: "value" },
        "error",
        overHttp,
        "write its https URL",
      );
    }
    const cover = earlier.find((one) => covers(one.jwt, jwt));
    if (cover !== undefined) {
      const message = `client ${cover.entry.key} at ${placeOf(cover.entry)} comes first and takes all that this would`;
      report({ source: entry.source, path }, "warning", message, "write the narrower client first, or remove this one");
    }
    earlier.push({ entry, jwt });
  }
}

const overHttp = "what comes over http can be anybody's: keys come over https only";

function checkIssuers({ hub, clients }: Parts, report: Report): void {
  const issuers = record(record(record(hub?.value)?.["auth"])?.["issuers"]);
  if (hub === undefined || issuers === undefined) return;
  const named = new Set(clients.map((client) => record(record(client.value)?.["jwt"])?.["issuer"]));
  for (const [url, value] of Object.entries(issuers)) {
    const at = { source: hub.source, path: ["hub", "auth", "issuers", url] };
    if (!named.has(url)) {
      const hint = `write who its people are: clients: { everybody: { jwt: { issuer: ${url} } } }`;
      report(at, "warning", "no client is of this issuer: its tokens let nobody in", hint);
    }
    if (isPlain(url)) report(at, "error", overHttp, "write its https URL");
    const keys = text(record(value)?.["jwks_url"]);
    if (keys !== undefined && isPlain(keys)) {
      report({ ...at, path: [...at.path, "jwks_url"], on: "value" }, "error", overHttp, "write its https URL");
    }
  }
}

/** http beyond this machine. */
function isPlain(url: string): boolean {
  return url.startsWith("http:") && !/^http:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])([:/]|$)/.test(url);
}

/** Whether whoever meets the conditions of `later` meets those of `first`: each of them is there as well, and no wider. */
function covers(first: Values, later: Values): boolean {
  if (first["issuer"] !== later["issuer"]) return false;
  const sameGroupsClaim = (first["groups_claim"] ?? "groups") === (later["groups_claim"] ?? "groups");
  return (
    isWider(first["subjects"], later["subjects"]) &&
    isWider(first["groups"], later["groups"]) &&
    (first["groups"] === undefined || sameGroupsClaim) &&
    (texts(first["scopes"]) ?? []).every((scope) => texts(later["scopes"])?.includes(scope) === true) &&
    Object.entries(record(first["claims"]) ?? {}).every(([name, wanted]) => {
      return isWider(wanted, record(later["claims"])?.[name]);
    })
  );
}

/** Of conditions that ask for any of some values; undefined asks for nothing. */
function isWider(first: unknown, later: unknown): boolean {
  if (first === undefined) return true;
  if (later === undefined) return false;
  const wanted = [first].flat();
  return [later].flat().every((value) => wanted.some((one) => isDeepStrictEqual(one, value)));
}

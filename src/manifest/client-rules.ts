// Rules of clients: what each comes in with, and until when.
import { resolve } from "node:path";
import { canonicalName } from "../base/distinguished-name.ts";
import { maxSocketPathBytes, parseListen, parseNetworks } from "./addresses.ts";
import { parseMoment } from "./moments.ts";
import { type Entry, type Parts, placeOf, type Report } from "./parts.ts";
import { formatPath, type Path } from "./problems.ts";
import { record, text, texts } from "./values.ts";

const hashOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

type Values = Readonly<Record<string, unknown>>;
/** What may be there once only, by what it is, and where it was first. */
type Taken = Map<string, Entry>;

export function checkClients(parts: Parts, report: Report): void {
  const tokens: Taken = new Map();
  const sockets: Taken = new Map();
  for (const address of listened(parts)) sockets.set(address, hubEntry(parts));
  for (const client of parts.clients) {
    const values = record(client.value);
    if (values === undefined) continue;
    checkToken(values["token_sha256"], [...client.path, "token_sha256"], client, tokens, report);
    checkMoment(values, client, client.path, report);
    checkTokens(values["tokens"], client, tokens, report);
    checkSubject(record(values["certificate"]), client, report);
    checkSocket(record(values["socket"]), client, sockets, report);
    if (values["read_only"] === true && values["admin"] === true) {
      const at = { source: client.source, path: [...client.path, "read_only"] };
      const hint = "remove admin, or read_only";
      report(at, "warning", "an admin may stop Cores and reload the manifest all the same", hint);
    }
    const networks = parseNetworks(texts(values["allow_ips"]) ?? []);
    if (networks.t === "bad") {
      const path = [...client.path, "allow_ips"];
      report({ source: client.source, path, on: "value" }, "error", networks.message, networks.hint);
    }
    if (Array.isArray(values["allow"]) && values["allow"].length === 0) {
      const path = [...client.path, "allow"];
      report(
        { source: client.source, path },
        "warning",
        "an empty list: this client sees nothing",
        'write ["*"] for everything, or name tools: ["files.*"]',
      );
    }
  }
}

function checkTokens(value: unknown, client: Entry, taken: Taken, report: Report): void {
  if (!Array.isArray(value)) return;
  for (const [index, item] of value.entries()) {
    const path = [...client.path, "tokens", index];
    const token = record(item);
    if (token === undefined) continue;
    const given = [token["sha256"], token["file"]].filter((one) => one !== undefined).length;
    if (given !== 1) {
      const message = given === 0 ? "says no token" : "is two tokens";
      report({ source: client.source, path }, "error", message, "write one of sha256 and file");
    }
    checkToken(token["sha256"], [...path, "sha256"], client, taken, report);
    const file = text(token["file"]);
    if (file !== undefined) {
      const what = `file ${resolve(client.source.folder, file)}`;
      checkOnce(what, [...path, "file"], client, taken, report);
    }
    checkMoment(token, client, path, report);
  }
}

function checkToken(value: unknown, path: Path, client: Entry, taken: Taken, report: Report): void {
  const hash = text(value)?.toLowerCase();
  if (hash === hashOfNothing) {
    const hint = 'hash the token itself: printf %s "$TOKEN" | thehub token hash';
    report({ source: client.source, path, on: "value" }, "error", "this is the SHA-256 of an empty token", hint);
    // What is no hash is said by the schema.
  } else if (hash !== undefined && /^[0-9a-f]{64}$/.test(hash)) checkOnce(hash, path, client, taken, report);
}

function checkOnce(what: string, path: Path, client: Entry, taken: Taken, report: Report): void {
  const first = taken.get(what);
  if (first === undefined) {
    taken.set(what, { ...client, path });
    return;
  }
  const at = { source: client.source, path, on: "value" as const };
  const isOwn = first.key === client.key;
  const whose = isOwn
    ? `${formatPath(first.path)} at ${placeOf(first)}`
    : `client ${first.key} at ${placeOf({ ...first, path: first.path.slice(0, 2) })}`;
  report(at, "error", `same token as ${whose}`, isOwn ? "remove one of them" : "give each client a token of its own");
}

/** Whether it is over already is known when it is read: nobody means to write a token that is none. */
function checkMoment(values: Values, client: Entry, path: Path, report: Report): void {
  const written = text(values["expires"]);
  if (written === undefined) return;
  const at = { source: client.source, path: [...path, "expires"], on: "value" as const };
  const moment = parseMoment(written);
  if (moment.t === "bad") report(at, "error", moment.message, moment.hint);
  else if (moment.value <= Date.now()) {
    report(at, "warning", `${written} is over: this lets nobody in`, "write a later moment, or remove what has ended");
  }
}

function checkSubject(rule: Values | undefined, client: Entry, report: Report): void {
  const subjects = texts([rule?.["subject"]].flat()) ?? [];
  for (const subject of subjects) {
    if (canonicalName(subject) !== undefined) continue;
    const at = { source: client.source, path: [...client.path, "certificate", "subject"], on: "value" as const };
    report(at, "error", `"${subject}" is no name of a certificate`, "write it as CN=laptop,OU=Dev,O=Example");
  }
}

function checkSocket(socket: Values | undefined, client: Entry, taken: Taken, report: Report): void {
  const written = text(socket?.["path"]);
  const at = (key: string) => ({ source: client.source, path: [...client.path, "socket", key], on: "value" as const });
  if (written !== undefined) {
    const path = resolve(client.source.folder, written);
    const first = taken.get(path);
    if (Buffer.byteLength(path) > maxSocketPathBytes) {
      const message = `"${path}" is longer than ${maxSocketPathBytes} bytes, the system's limit`;
      report(at("path"), "error", message, "write a shorter path");
    } else if (first !== undefined) {
      const message = `${path} is already ${formatPath(first.path)} at ${placeOf(first)}`;
      report(at("path"), "error", message, "give each its own socket: it says who comes in by it");
    } else taken.set(path, { ...client, path: [...client.path, "socket", "path"] });
  }
  if (socket !== undefined && record(client.value)?.["admin"] === true) {
    const message = "an admin does not come in by a socket: Cores run as the hub's user, and can open it as well";
    report(
      { source: client.source, path: [...client.path, "socket"] },
      "error",
      message,
      "remove admin, or use a token",
    );
  }
  const mode = text(socket?.["mode"]);
  if (mode === undefined || !/^0?[0-7]{3}$/.test(mode)) return;
  const bits = Number.parseInt(mode, 8);
  if ((bits & 0o600) !== 0o600) {
    report(at("mode"), "error", `${mode} shuts the hub's own user out`, "write 0600 or 0660");
  } else if ((bits & 0o002) !== 0) {
    const message = `${mode} lets every user of the machine in as ${client.key}`;
    report(at("mode"), "warning", message, "write 0660 and a group");
  }
}

/** The sockets that the hub's own addresses are, as far as the manifest says. */
function listened({ hub }: Parts): string[] {
  const values = record(hub?.value);
  return ["listen", "admin_listen"].flatMap((key) => {
    const written = text(values?.[key]) ?? texts(values?.[key]);
    const parsed = written === undefined ? undefined : parseListen([written].flat());
    return parsed?.t === "ok" ? parsed.value.flatMap((address) => (address.t === "unix" ? [address.path] : [])) : [];
  });
}

function hubEntry({ hub }: Parts): Entry {
  if (hub === undefined) throw new TypeError("no hub: there");
  return { key: "hub", value: hub.value, path: ["hub"], source: hub.source };
}

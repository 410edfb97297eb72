// Rules of where a Core is: a process of the hub's, or a server somewhere else.
import { isEngineVariable } from "./engine-variables.ts";
import { defaults } from "./model.ts";
import type { Entry, Report } from "./parts.ts";
import { record, text } from "./values.ts";

/** Keys that only one of the two has. */
const localKeys = ["args", "cwd", "env", "inherit_env", "framing", "fence"];
const remoteKeys = ["transport", "headers", "auth", "allow_private", "tls"];

const token = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
/** The hub writes these itself. */
const ownHeaders = new Set(["host", "content-type", "content-length", "accept", "connection", "mcp-session-id"]);

export function checkPlace(core: Entry, values: Readonly<Record<string, unknown>>, report: Report): void {
  const at = (...keys: string[]) => ({ source: core.source, path: [...core.path, ...keys] });
  const url = text(values["url"]);
  checkContainer(values, at, report);
  if (url === undefined) {
    if (values["url"] !== undefined) return;
    for (const key of remoteKeys) {
      if (values[key] === undefined || values[key] === (defaults.core as Readonly<Record<string, unknown>>)[key])
        continue;
      report(at(key), "error", "is for a remote Core", "write url: https://…, or remove it");
    }
    return;
  }
  if (values["command"] !== undefined) {
    report(at("url"), "error", "a Core is either a command or a url", "remove command, or url");
  }
  if (values["container"] !== undefined) {
    report(at("url"), "error", "a Core is either a container or a url", "remove container, or url");
  }
  for (const key of localKeys) {
    if (values[key] !== undefined) report(at(key), "error", "is for a local process", "remove it: url is a server");
  }
  if (values["era"] === "modern" && values["transport"] === "sse") {
    const fix = "write era: legacy, or transport: streamable-http";
    report(at("era"), "error", "HTTP+SSE is of the first revision alone", fix);
  }
  checkUrl(url, values, at, report);
  checkHeaders(values, at, report);
  checkTls(url, record(values["tls"]), at, report);
}

function checkTls(url: string, tls: Readonly<Record<string, unknown>> | undefined, at: At, report: Report): void {
  if (tls === undefined) return;
  const [protocol] = url.split("//", 1);
  if (protocol === "http:" || protocol === "ws:") {
    const secure = protocol === "http:" ? "https" : "wss";
    report(at("tls"), "error", `does not go with ${protocol}//`, `write url: ${secure}://…, or remove it`);
  }
  for (const [one, other] of [
    ["cert", "key"],
    ["key", "cert"],
  ] as const) {
    if (tls[one] === undefined || tls[other] !== undefined) continue;
    report(at("tls", one), "error", `${other} is missing`, `a client certificate has both: write ${other} as well`);
  }
}

function checkContainer(values: Readonly<Record<string, unknown>>, at: At, report: Report): void {
  const container = record(values["container"]);
  if (container === undefined) return;
  if (values["command"] !== undefined) {
    report(at("command"), "error", "a container runs what its image says", "remove it; args follow the image");
  }
  if (values["fence"] !== undefined) {
    report(at("fence"), "error", "is for a process on this machine", "remove it: the container is the fence");
  }
  if (container["network"] === "host") {
    const fix = "write network: bridge, or the name of a network";
    report(at("container", "network"), "error", "host is this machine's own network, loopback included", fix);
  }
  const secrets = Array.isArray(values["secrets"]) ? (values["secrets"] as unknown[]) : [];
  for (const secret of secrets) {
    const name = text(secret) ?? text(record(secret)?.["name"]) ?? "";
    if (isEngineVariable(name))
      report(at("secrets"), "error", `${name} is a variable of the engine itself`, "give the secret another name");
  }
  const mounts = Array.isArray(container["mounts"]) ? (container["mounts"] as unknown[]) : [];
  for (const mount of mounts) {
    const source = text(record(mount)?.["source"])?.replace(/\/+$/, "") ?? "x";
    const isEngine = /(^|\/)(docker|podman)\.sock$|^(\/var)?\/run$/.test(source);
    if (source !== "" && !isEngine) continue;
    const message = isEngine ? "gives the container the engine, and with it this machine" : "is all of this machine";
    report(at("container", "mounts"), "error", message, "name the folder that the Core needs");
  }
}

type At = (...keys: string[]) => { source: Entry["source"]; path: Entry["path"]; on?: "key" | "value" };

function checkUrl(url: string, values: Readonly<Record<string, unknown>>, at: At, report: Report): void {
  const flaw = flawOf(url);
  if (flaw !== undefined) {
    report({ ...at("url"), on: "value" }, "error", ...flaw);
    return;
  }
  const protocol = url.slice(0, url.indexOf("/"));
  const isWs = protocol.startsWith("ws");
  const transport = values["transport"] ?? "auto";
  if (transport === "auto" || (transport === "websocket") === isWs) return;
  const fix = isWs ? "websocket" : "streamable-http or sse";
  report(at("transport"), "error", `does not go with ${protocol}//`, `write transport: ${fix}, or leave it out`);
}

/** What is wrong with it, and what to write instead. */
function flawOf(url: string): [message: string, hint: string] | undefined {
  const filled = url.replaceAll(/\$\{[^}]*\}/g, "x");
  if (!URL.canParse(filled)) return ["is no URL", "write the whole address: https://wiki.example/mcp"];
  const { protocol, username, password } = new URL(filled);
  if (!["http:", "https:", "ws:", "wss:"].includes(protocol)) {
    return [`${protocol}// is no way to a Core`, "write http://, https://, ws:// or wss://"];
  }
  if (username === "" && password === "") return undefined;
  return ["has a user or password in it", "take it out, and write auth or headers with a secret"];
}

function checkHeaders(values: Readonly<Record<string, unknown>>, at: At, report: Report): void {
  const bearer = record(values["auth"])?.["bearer"];
  for (const [name, value] of Object.entries(record(values["headers"]) ?? {})) {
    const lower = name.toLowerCase();
    if (!token.test(name))
      report(at("headers", name), "error", "is no name of a header", "write letters, digits and -");
    else if (ownHeaders.has(lower) || lower.startsWith("mcp-")) {
      report(at("headers", name), "error", "is written by the hub", "remove it");
    } else if (lower === "authorization" && bearer !== undefined) {
      report(at("headers", name), "error", "is also what auth.bearer writes", "keep one of them");
    }
    if (/[\r\n\0]/.test(text(value) ?? ""))
      report(at("headers", name), "error", "has a line end in it", "write one line");
  }
}

// The hub to connect to, as a user names it: ws://, wss://, http://, https:// or unix:. Credentials are not taken here, in any form.
import { isAbsolute } from "node:path";
import type { Target } from "../links/connection.ts";

export type ParsedTarget =
  | { readonly t: "ok"; readonly target: Target }
  /** `message` says what is wrong with the URL without repeating it where it may hold a secret. */
  | { readonly t: "bad"; readonly message: string };

/** Names of query parameters that look like a credential; a URL ends up in logs and process lists. */
const credentialName = /token|secret|passw|auth|credential|signature|api[-_]?key|^key$|^sig$/i;

export function parseTarget(text: string): ParsedTarget {
  if (text.startsWith("unix:")) return parseUnix(text);
  if (!URL.canParse(text) || !text.includes("://")) {
    return bad(
      `${JSON.stringify(text)} is not a URL; write ws://localhost:3000, https://hub.example/mcp or unix:/run/hub.sock`,
    );
  }
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    return bad("the URL holds a user or password; take it out, and put the hub's token into HUB_TOKEN");
  }
  const leak = [...url.searchParams.keys()].find((name) => credentialName.test(name));
  if (leak !== undefined) {
    return bad(`the URL holds "${leak}" in its query; take it out, and put the hub's token into HUB_TOKEN`);
  }
  const isHttp = url.protocol === "http:" || url.protocol === "https:";
  if (!isHttp && url.protocol !== "ws:" && url.protocol !== "wss:") {
    return bad(`${url.protocol}// is not a way to a hub; write ws://, wss://, http://, https:// or unix:/run/hub.sock`);
  }
  // WebSocket is served at the root as well, Streamable HTTP is not: nobody means it without a path.
  if (isHttp && url.pathname === "/") url.pathname = "/mcp";
  url.hash = "";
  return {
    t: "ok",
    target: {
      way: isHttp ? "http" : "websocket",
      url: url.href,
      socketPath: undefined,
      name: `${url.protocol}//${url.host}${url.pathname}`,
    },
  };
}

/** The same hub, as a client of this profile: `/mcp/p/claude`. Undefined where the URL names a profile itself. */
export function withProfile(target: Target, profile: string): Target | undefined {
  const url = new URL(target.url);
  const path = url.pathname.replace(/\/$/, "");
  if (/\/p\/[^/]+$/.test(path)) return undefined;
  const door = /\/(?:mcp|ws)$/.test(path) ? path : `${path}/mcp`;
  url.pathname = `${door}/p/${profile}`;
  const name = target.socketPath === undefined ? `${url.protocol}//${url.host}${url.pathname}` : target.name;
  return { ...target, url: url.href, name };
}

/** `unix:/run/hub.sock`, or with the path of a URL behind it: `unix:/run/hub.sock:/hub/mcp`. */
function parseUnix(text: string): ParsedTarget {
  const rest = text.slice("unix:".length);
  const colon = rest.lastIndexOf(":/");
  const socketPath = colon > 0 ? rest.slice(0, colon) : rest;
  const path = colon > 0 ? rest.slice(colon + 1) : "/mcp";
  if (!isAbsolute(socketPath)) {
    return bad(`${JSON.stringify(text)} is not an absolute path; write unix:/run/hub.sock`);
  }
  const url = new URL(path, "ws://localhost");
  return { t: "ok", target: { way: "websocket", url: url.href, socketPath, name: `unix:${socketPath}` } };
}

function bad(message: string): ParsedTarget {
  return { t: "bad", message };
}

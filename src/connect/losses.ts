// Why a hub could not be reached or was lost, in words with the fix, and whether trying again makes sense.
import { away, type Loss } from "./link-state.ts";
import type { Way } from "./target.ts";

/** What a reason may name. */
export interface Circumstances {
  /** The target as people may see it. */
  readonly name: string;
  /** Where the token came from; undefined when none was given. */
  readonly credential: string | undefined;
  readonly way: Way;
}

/** What differs between the ways. */
const words = {
  websocket: {
    plain: "ws://",
    encrypted: "wss://",
    paths: "check the path: /, /mcp or /ws, behind HUB_BASE_PATH if it is set",
    endpoint: "WebSocket endpoint",
  },
  http: {
    plain: "http://",
    encrypted: "https://",
    paths: "check the path: a hub serves Streamable HTTP at /mcp, behind HUB_BASE_PATH if it is set",
    endpoint: "MCP endpoint",
  },
} as const;

const untrusted: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_UNTRUSTED",
]);

const hints: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there; start the hub with thehub serve, or correct the port",
  EPIPE: "the connection broke",
  ENOENT: "there is no such socket; start the hub with HUB_LISTEN=unix:PATH",
  EACCES: "no permission; a hub's socket belongs to the user who runs the hub",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name cannot be looked up now",
  EHOSTUNREACH: "there is no way to the host",
  ENETUNREACH: "there is no way to the network",
  ETIMEDOUT: "nobody answered in time",
};

/** The error of a dial, or of a connection that broke. */
export function lossOfError(error: NodeJS.ErrnoException, { name, way }: Circumstances): Loss {
  const code = error.code ?? "";
  const { plain: plainScheme, encrypted } = words[way];
  if (untrusted.has(code)) {
    const fix = "if it is your own CA, set NODE_EXTRA_CA_CERTS to its certificate (PEM)";
    return wrong(`the certificate of ${name} is not trusted (${code}); ${fix}`);
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return wrong(`the certificate of ${name} is for another host name; connect by a name that it holds`);
  }
  if (code.startsWith("CERT_")) return wrong(`the certificate of ${name} is not valid (${code}); renew it`);
  if (code === "EPROTO" || code.startsWith("ERR_SSL")) {
    return wrong(`${name} does not speak TLS as expected (${code}); a hub without TLS is reached with ${plainScheme}`);
  }
  if (code.startsWith("HPE_")) {
    return wrong(`${name} does not speak HTTP (${code}); a hub behind TLS is reached with ${encrypted}`);
  }
  if (code.startsWith("WS_ERR_")) return away(`${name} sent what cannot be taken: ${plain(error.message)}`);
  if (code === "ECONNRESET") {
    return away(`${name} cannot be reached: the connection was reset; a hub behind TLS is reached with ${encrypted}`);
  }
  const hint = hints[code] ?? (code === "" ? plain(error.message) : code);
  return away(`${name} cannot be reached: ${hint}`);
}

/** An answer that is a refusal: of the upgrade, or of a message. `body`: its first bytes. */
export function lossOfStatus(
  status: number,
  body: string,
  { name, credential, way }: Circumstances,
  location?: string,
): Loss {
  const said = hubMessage(body);
  const because = said === undefined ? "" : `: ${said}`;
  if (status === 401) {
    const reason =
      credential === undefined
        ? `${name} wants a token: put it into HUB_TOKEN, or name its variable with --token-env`
        : `${name} does not take the token of ${credential}`;
    return { kind: "refused", code: "unauthenticated", reason };
  }
  if (status === 403) return wrong(`${name} refused the connection (403)${because}`);
  if (status === 404) {
    return wrong(`there is no hub at ${name} (404); ${words[way].paths}`);
  }
  if (status >= 300 && status < 400)
    return wrong(`${name} redirects (${status}); connect to ${placeOf(location) ?? "where it leads"}`);
  if (status >= 500 || status === 429 || status === 408) return away(`${name} answered ${status}${because}`);
  return wrong(`${name} is no ${words[way].endpoint} (${status})${because}; ${words[way].paths}`);
}

/** The end of a connection that was open. */
export function lossOfClose(code: number, reason: string, { name, credential }: Circumstances): Loss {
  const why = plain(reason);
  if (code === 4401) {
    const token = credential === undefined ? "a token is needed" : `the token of ${credential} is no longer valid`;
    return { kind: "refused", code: "unauthenticated", reason: `${name} ended the session: ${token}` };
  }
  if (code === 1001) return away(`${name} is restarting (1001)`);
  if (code === 1006) return away(`the connection to ${name} broke`);
  return away(`${name} closed the connection (${code}${why === "" ? "" : ` ${why}`})`);
}

/** A URL without what may be secret in it; undefined for what is none. */
function placeOf(location: string | undefined): string | undefined {
  if (location === undefined || !URL.canParse(location)) return undefined;
  const { protocol, host, pathname } = new URL(location);
  return `${protocol}//${host}${pathname}`;
}

export function wrong(reason: string): Loss {
  return { kind: "wrong", code: "hub_unreachable", reason };
}

/** `error.message` of a hub's refusal. */
export function hubMessage(body: string): string | undefined {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: unknown } };
    return typeof error?.message === "string" ? plain(error.message) : undefined;
  } catch {
    return undefined;
  }
}

/** Another party's words: one short line. */
function plain(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, " ").trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

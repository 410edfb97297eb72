// Why the other side could not be reached or was lost, in words with the fix, and whether trying again makes sense.
import type { ErrorCode } from "../base/errors.ts";
import { refusedCode } from "./address.ts";
import type { Way } from "./connection.ts";

/** Why there is no connection. */
export interface Loss {
  /**
   * `away`: nobody answers, or the connection ended: tried again. `wrong`: something else answers than what can be
   * trusted: tried again only once it has been there. `refused`: this client is not wanted: never tried again.
   */
  readonly kind: "away" | "wrong" | "refused";
  readonly code: Extract<ErrorCode, "hub_unreachable" | "unauthenticated">;
  /** A sentence for people: what happened, and the fix where there is one. */
  readonly reason: string;
  /** Of HTTP, where that is what said so: one of 400 … 405 to a first message may come of a server that speaks another way. */
  readonly status?: number;
  /** How long the other side asked to wait before it is dialled again. */
  readonly retryMs?: number;
}

export function away(reason: string): Loss {
  return { kind: "away", code: "hub_unreachable", reason };
}

/** What the other side is called, and what helps when it cannot be had: a hub is looked for elsewhere than a server. */
export interface PeerWords {
  /** `hub`, `MCP server`: follows "no". */
  readonly noun: string;
  /** Nothing listens at its address. */
  readonly refused: string;
  /** There is no such Unix socket, or no permission for it. */
  readonly noSocket: string;
  readonly noPermission: string;
  /** Where its endpoint is, where it was not found. */
  readonly paths: Readonly<Record<Way, string>>;
  /** Something answers that does not speak its protocol. */
  readonly odd: string;
  /** It wants a token, and none was given. */
  readonly noToken: string;
  /** What to do where the one it was shown is no good. */
  readonly wrongToken: string;
}

/** What a reason may name. */
export interface Circumstances {
  /** The target as people may see it. */
  readonly name: string;
  /** Where the token came from; undefined when none was given. */
  readonly credential: string | undefined;
  readonly way: Way;
  readonly words: PeerWords;
}

/** What differs between the ways. */
const ways = {
  websocket: { plain: "ws://", encrypted: "wss://", endpoint: "WebSocket endpoint" },
  http: { plain: "http://", encrypted: "https://", endpoint: "MCP endpoint" },
  sse: { plain: "http://", encrypted: "https://", endpoint: "endpoint of HTTP+SSE" },
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
  EPIPE: "the connection broke",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name cannot be looked up now",
  EHOSTUNREACH: "there is no way to the host",
  ENETUNREACH: "there is no way to the network",
  ETIMEDOUT: "nobody answered in time",
};

/** The error of a dial, or of a connection that broke. */
export function lossOfError(error: NodeJS.ErrnoException, { name, way, words }: Circumstances): Loss {
  const code = error.code ?? "";
  const { plain: plainScheme, encrypted } = ways[way];
  const ifBehindTls = name.startsWith(plainScheme) ? `; if it is behind TLS, write ${encrypted}` : "";
  if (untrusted.has(code)) {
    const fix = "if it is your own CA, set NODE_EXTRA_CA_CERTS to its certificate (PEM)";
    return wrong(`the certificate of ${name} is not trusted (${code}); ${fix}`);
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return wrong(`the certificate of ${name} is for another host name; connect by a name that it holds`);
  }
  if (code.startsWith("CERT_")) return wrong(`the certificate of ${name} is not valid (${code}); renew it`);
  if (code === "EPROTO" || code.startsWith("ERR_SSL")) {
    return wrong(`${name} does not speak TLS as expected (${code}); if it has none, write ${plainScheme}`);
  }
  if (code === refusedCode) {
    return wrong(`${name} is not connected to: ${plain(error.message)}; write allow_private: true if that is meant`);
  }
  if (code === "EPROXY") return away(`${name} cannot be reached: ${plain(error.message)}`);
  if (code.startsWith("HPE_")) {
    return wrong(`${name} does not speak HTTP (${code})${ifBehindTls}`);
  }
  if (code.startsWith("WS_ERR_")) return away(`${name} sent what cannot be taken: ${plain(error.message)}`);
  if (code === "ECONNRESET") {
    return away(`${name} cannot be reached: the connection was reset${ifBehindTls}`);
  }
  const hint = hintFor(code, words) ?? hints[code] ?? (code === "" ? plain(error.message) : code);
  return away(`${name} cannot be reached: ${hint}`);
}

function hintFor(code: string, words: PeerWords): string | undefined {
  const hinted: Readonly<Record<string, string>> = {
    ECONNREFUSED: words.refused,
    ENOENT: words.noSocket,
    EACCES: words.noPermission,
  };
  return hinted[code];
}

/** An answer that is a refusal: of the upgrade, or of a message. `body`: its first bytes. */
export function lossOfStatus(status: number, body: string, circumstances: Circumstances, location?: string): Loss {
  return { ...judgeStatus(status, body, circumstances, location), status };
}

function judgeStatus(
  status: number,
  body: string,
  { name, credential, way, words }: Circumstances,
  location?: string,
): Loss {
  const said = messageIn(body);
  const because = said === undefined ? "" : `: ${said}`;
  if (status === 401) {
    const reason =
      credential === undefined
        ? `${name} wants a token: ${words.noToken}`
        : `${name} does not take the token of ${credential}: ${words.wrongToken}`;
    return { kind: "refused", code: "unauthenticated", reason };
  }
  if (status === 403) return wrong(`${name} refused the connection (403)${because}`);
  if (status === 404) {
    // A hub is there, and says what it is that is not.
    if (said?.startsWith("there is no profile ") === true) return wrong(`${name}: ${said}`);
    return wrong(`there is no ${words.noun} at ${name} (404); ${words.paths[way]}`);
  }
  if (status >= 300 && status < 400)
    return wrong(`${name} redirects (${status}), which is not followed; ${redirectFix(name, location)}`);
  if (status >= 500 || status === 429 || status === 408) return away(`${name} answered ${status}${because}`);
  return wrong(`${name} is no ${ways[way].endpoint} (${status})${because}; ${words.paths[way]}`);
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

/** Where it leads is said where that is the same place, or the same with TLS: what another party makes up is not worth trying. */
function redirectFix(name: string, location: string | undefined): string {
  const elsewhere = "connect to the address that is meant";
  if (location === undefined || !URL.canParse(name) || !URL.canParse(location, name)) return elsewhere;
  const here = new URL(name);
  const { protocol, host, hostname, pathname } = new URL(location, here);
  const isSame = protocol === here.protocol && host === here.host;
  const isUpgrade = hostname === here.hostname && protocol === here.protocol.replace(/^(http|ws):$/, "$1s:");
  return isSame || isUpgrade ? `connect to ${protocol}//${host}${pathname}` : elsewhere;
}

export function wrong(reason: string): Loss {
  return { kind: "wrong", code: "hub_unreachable", reason };
}

/** `error.message` of a refusal. */
export function messageIn(body: string): string | undefined {
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

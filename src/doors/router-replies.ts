// What the router answers by itself: refusals, and where to go instead.
import type { AuthResult, Refused } from "../identity/auth.ts";
import { challengeOf } from "./challenge.ts";
import type { RouterDeps } from "./http-router.ts";
import type { ResourceFacts } from "./metadata-pages.ts";
import { errorReply, type Reply } from "./reply.ts";

export function nothingButThese({ house, doors, pages }: Pick<RouterDeps, "house" | "doors" | "pages">): Reply {
  const forClients =
    house === undefined ? "" : "MCP clients connect to /mcp (Streamable HTTP or WebSocket), older ones to /sse; ";
  const others = [...doors.keys()].filter((path) => doors.get(path)?.access === "admin");
  const there = [...Object.keys(pages).map((page) => `/${page}`), ...others]
    .join(", ")
    .replace(/, ([^,]*)$/, " and $1");
  return errorReply(
    "name_unknown",
    `nothing is here; ${forClients}there ${forClients === "" ? "are" : "are also"} ${there}`,
  );
}

/** The person who reads this may be trying the API on a laptop, where nothing is configured. */
export const forbidden = errorReply(
  "forbidden",
  "this is for admins: send HUB_TOKEN, or the token of a client with admin: true in the manifest; on the hub's own machine its user needs none with thehub status, reload, restart and drain",
);

export const httpIsAt = "MCP over HTTP is at /mcp";

export const upgradeNeeded = errorReply(
  "request_invalid",
  `this path speaks WebSocket, by ws:// or wss://; ${httpIsAt}`,
  {
    status: 426,
    headers: { upgrade: "websocket" },
  },
);

/** Said by every door, each in its own form. */
export const drainingText = "the hub is shutting down";
export const fullText = "the hub has as many sessions as it may";

export const draining = errorReply("draining", drainingText, { headers: { "retry-after": "5" } });
export const full = errorReply("overloaded", fullText, { headers: { "retry-after": "5" } });

export function noSuchProfile(name: string, known: Iterable<string>): Reply {
  const names = [...known].toSorted().join(", ");
  const asked = JSON.stringify(name.slice(0, 64));
  return errorReply("name_unknown", `there is no profile ${asked}; there are ${names}, or leave /p/… out`);
}

export function notAllowed(path: string, methods: readonly string[], elsewhere = ""): Reply {
  const allow = methods.join(", ");
  return errorReply("request_invalid", `${path} takes ${allow} only${elsewhere}`, { status: 405, headers: { allow } });
}

/** RFC 6750, section 3, where tokens are only given. */
const challenges = { missing: "Bearer", invalid: 'Bearer error="invalid_token"' };

/** `facts`: where tokens can be got, if they can. `path`: what was asked for. */
export function tokenRefusal(refused: Refused, facts: ResourceFacts | undefined, path: string): Reply {
  const challenge = challengeOf(refused, facts, path);
  switch (refused.reason) {
    case "missing":
      return unauthenticated(challenge, "a token is needed: send it as Authorization: Bearer <token>");
    case "invalid": {
      const why = refused.why === undefined ? "" : ` here: ${refused.why}`;
      return unauthenticated(challenge, `the token is not valid${why}`);
    }
    case "address": {
      const { name, client = name } = refused.principal;
      return errorReply(
        "forbidden",
        `this token may not be used from this address; the hub's operator can add it to clients.${client}.allow_ips`,
      );
    }
    case "slowed":
      return slowedReply(refused.waitMs);
    case "scope": {
      const message = `the token lets its holder do less than this needs; the scopes for it: ${refused.scope}`;
      return errorReply("forbidden", message, { headers: { "www-authenticate": challenge } });
    }
  }
}

/** Not from an address that may ask for anything. Says nothing of what there is. */
export const notFromHere = errorReply(
  "forbidden",
  "this address may not use this hub; the hub's operator can add it to HUB_ALLOW_IPS",
);

export function slowedReply(waitMs: number): Reply {
  return errorReply("slowed", "too many wrong tokens came from this address; wait before you send another one", {
    headers: { "retry-after": String(Math.max(1, Math.ceil(waitMs / 1000))) },
  });
}

/** For who is not an admin, and has not the metrics' own token. */
export function metricsRefusal(result: AuthResult, sent: string | undefined): Reply {
  if (result.t === "refused" && (result.reason === "slowed" || result.reason === "address")) {
    return tokenRefusal(result, undefined, "/metrics");
  }
  if (sent === undefined) {
    return unauthenticated(challenges.missing, "metrics need the bearer token of HUB_METRICS_TOKEN");
  }
  return unauthenticated(challenges.invalid, "the token is not valid for metrics");
}

function unauthenticated(challenge: string, message: string): Reply {
  return errorReply("unauthenticated", message, { headers: { "www-authenticate": challenge } });
}

function twice(name: string): Reply {
  return errorReply("request_invalid", `there is more than one ${name} header`, { headers: { connection: "close" } });
}

export const twoHosts = twice("Host");
export const twoAuthorizations = twice("Authorization");

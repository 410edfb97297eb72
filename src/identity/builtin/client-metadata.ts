// What clients say of themselves, when they register and in documents of their own: cut down to what the hub uses, and refused where it must not
// be believed. Pure.
import { judgeRedirect } from "./redirect-rules.ts";

export type ClientMetadata = Readonly<Record<string, unknown>>;

export type JudgedMetadata =
  | { readonly t: "ok"; readonly metadata: ClientMetadata }
  | { readonly t: "refused"; readonly error: "invalid_redirect_uri" | "invalid_client_metadata"; readonly why: string };

const maxRedirects = 16;
const maxNameLength = 80;
const maxKeysLength = 8 * 1024;
/** Also what the token endpoint says that it takes. */
export const authMethods = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"];

/** `body`: JSON that came from somebody unknown. */
export function judgeMetadata(body: unknown): JudgedMetadata {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return bad("it is no JSON object");
  const said = body as ClientMetadata;
  const uris = said["redirect_uris"];
  if (!Array.isArray(uris) || uris.length === 0 || uris.length > maxRedirects) {
    return { t: "refused", error: "invalid_redirect_uri", why: `redirect_uris has from 1 to ${maxRedirects} URIs` };
  }
  let kind = "web";
  for (const uri of uris as unknown[]) {
    const judged = typeof uri === "string" ? judgeRedirect(uri) : ({ t: "refused", why: "is no text" } as const);
    if (judged.t === "refused") {
      const why = `the redirect URI ${JSON.stringify(uri)?.slice(0, 120)} ${judged.why}`;
      return { t: "refused", error: "invalid_redirect_uri", why };
    }
    if (judged.kind === "native") kind = "native";
  }
  const method = said["token_endpoint_auth_method"] ?? "none";
  if (typeof method !== "string" || !authMethods.includes(method)) {
    return bad(`token_endpoint_auth_method is one of ${authMethods.join(", ")}`);
  }
  const keys = keysOf(said);
  if (JSON.stringify(keys).length > maxKeysLength) return bad("its keys are too long");
  return {
    t: "ok",
    metadata: {
      ...(typeof said["client_id"] === "string" ? { client_id: said["client_id"] } : {}),
      client_name: nameOf(said["client_name"]),
      redirect_uris: uris,
      // A program may be on any port of its own machine; that is what the library makes of "native".
      application_type: kind,
      // What it asks for beyond that it does not get, and is told so by what is answered.
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: method,
      ...(method === "private_key_jwt" ? keys : {}),
    },
  };
}

/** Of a document only these: what it says may have changed since, so that keys come from where it says. */
function keysOf(said: ClientMetadata): ClientMetadata {
  const names = ["jwks", "jwks_uri", "token_endpoint_auth_signing_alg"];
  return Object.fromEntries(names.filter((name) => said[name] !== undefined).map((name) => [name, said[name]]));
}

/** For people: one short line, in which nothing hides. */
function nameOf(name: unknown): string | undefined {
  if (typeof name !== "string") return undefined;
  const line = name.replaceAll(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  return line === "" ? undefined : line.slice(0, maxNameLength);
}

function bad(why: string): JudgedMetadata {
  return { t: "refused", error: "invalid_client_metadata", why };
}

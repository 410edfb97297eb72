// What went wrong with an authorization server, in words for people and in what follows from it. What servers say is theirs, not ours: it is
// cut, kept on one line, and rid of everything secret that was sent to them.
import {
  AuthorizationServerMismatchError,
  InsecureTokenEndpointError,
  IssuerMismatchError,
  OAuthError,
  RegistrationRejectedError,
} from "@modelcontextprotocol/client";
import { HubError } from "../base/errors.ts";
import { FetchFailed } from "./fetch.ts";

const maxCharacters = 200;

/** `secrets`: what was sent, and may have come back. */
export function explain(error: unknown, secrets: readonly (string | undefined)[] = []): string {
  return withoutSecrets(say(error), secrets);
}

/** Whether asking again later may help without anybody's doing. */
export function mayPass(error: unknown): boolean {
  if (error instanceof OAuthError) return passing.has(error.code);
  return error instanceof FetchFailed || error instanceof SyntaxError;
}

/** Whether it was asked for more than it gives. */
export function isOfScope(error: unknown): boolean {
  return error instanceof OAuthError && error.code === "invalid_scope";
}

/** Those of the server itself. Whatever is no OAuth error at all, such as a page of a proxy, comes as `server_error`. */
const passing: ReadonlySet<string> = new Set([
  "server_error",
  "temporarily_unavailable",
  "too_many_requests",
  "slow_down",
]);

export function loginFailed(core: string, error: unknown, secrets: readonly (string | undefined)[] = []): HubError {
  if (error instanceof HubError) return error;
  return new HubError("login_failed", `cannot sign in to Core ${core}: ${explain(error, secrets)}`, { core });
}

function say(error: unknown): string {
  if (error instanceof FetchFailed) return error.message;
  if (error instanceof RegistrationRejectedError)
    return `it does not register the hub (HTTP ${error.status}${said(error.body)})`;
  if (error instanceof OAuthError) {
    if (error.code === "server_error") return "the authorization server failed";
    const more = error.message === error.code ? "" : `: ${error.message}`;
    return `the authorization server says ${error.code}${more}`;
  }
  if (error instanceof IssuerMismatchError) {
    if (error.kind === "authorization_response") {
      return "the answer does not come from the authorization server that was asked: somebody may have mixed up the two, and nothing was sent";
    }
    return `the authorization server calls itself ${error.received}, not ${error.expected}`;
  }
  if (error instanceof InsecureTokenEndpointError) return "its token endpoint is not https";
  if (error instanceof AuthorizationServerMismatchError) return "its authorization server is another one now";
  if (error instanceof SyntaxError) return "an answer of it is no JSON";
  if (error instanceof Error && error.name === "ZodError") return "an answer of it is not what OAuth says";
  return error instanceof Error ? error.message : String(error);
}

function said(body: string): string {
  try {
    const { error, error_description: description } = JSON.parse(body) as Record<string, unknown>;
    return [error, description]
      .filter((word) => typeof word === "string")
      .map((word) => `, ${word}`)
      .join("");
  } catch {
    return "";
  }
}

function withoutSecrets(text: string, secrets: readonly (string | undefined)[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret === undefined || secret === "") continue;
    for (const form of [secret, encodeURIComponent(secret)]) clean = clean.replaceAll(form, "[secret]");
  }
  return oneLine(clean);
}

/** Printable, on one line, not long. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  return line.length <= maxCharacters ? line : `${line.slice(0, maxCharacters)}…`;
}

// Signing in with a browser: the page to open, and what comes of the answer that it sends back (authorization code, PKCE).
import { randomBytes } from "node:crypto";
import { OAuthError, startAuthorization, validateAuthorizationResponseIssuer } from "@modelcontextprotocol/client";
import { defined } from "./defined.ts";
import { redeem, secretsOf } from "./grants.ts";
import { askForLess, keep, mustBeOpenable, prepare, type SignInDeps, type SignInRequest } from "./preparing.ts";
import type { LoginTarget } from "./target.ts";
import type { LoginRecord } from "./vault.ts";
import { isOfScope, loginFailed, oneLine } from "./words.ts";

/** A login under way. What it resolves with is kept already. */
export interface Begun {
  /** To be opened by the person, in a browser. */
  readonly url: string;
  readonly state: string;
  /** Takes the answer's parameters, whose state was compared already. Once: a code is good for one use. Rejects with `login_failed`. */
  finish(answer: URLSearchParams): Promise<LoginRecord>;
}

/** Rejects with `login_failed`. */
export async function beginInBrowser(
  deps: SignInDeps,
  request: SignInRequest & { readonly redirectUrl: string },
): Promise<Begun> {
  const { target, redirectUrl } = request;
  try {
    const { requester, discovered, scope } = await prepare(deps, request);
    const { metadata, url: serverUrl } = discovered.server;
    mustBeOpenable(metadata?.authorization_endpoint ?? serverUrl);
    if (metadata !== undefined && metadata.code_challenge_methods_supported === undefined) mustBeNamed(target);
    const state = randomBytes(24).toString("base64url");
    const { authorizationUrl, codeVerifier } = await startAuthorization(
      serverUrl,
      defined({
        metadata,
        clientInformation: { client_id: requester.client.id },
        redirectUrl,
        scope,
        state,
        resource: discovered.resource,
      }),
    );
    let isUsed = false;
    const finish = async (answer: URLSearchParams): Promise<LoginRecord> => {
      const code = answer.get("code") ?? undefined;
      const iss = answer.get("iss") ?? undefined;
      try {
        if (isUsed) throw new Error("this answer has been used");
        isUsed = true;
        validateAuthorizationResponseIssuer({
          iss,
          expectedIssuer: metadata?.issuer,
          issParameterSupported: metadata?.authorization_response_iss_parameter_supported === true,
        });
        if (code === undefined) throw refusedBy(answer);
        const tokens = await redeem(requester, { code, verifier: codeVerifier, iss, redirectUrl });
        return await keep(deps, request, requester, { ...tokens, scope: tokens.scope ?? scope });
      } catch (error) {
        if (isOfScope(error)) await askForLess(deps, request);
        throw loginFailed(target.core, error, secretsOf(requester, code, codeVerifier, state));
      }
    };
    return { url: authorizationUrl.href, state, finish };
  } catch (error) {
    throw loginFailed(target.core, error, [target.oauth.clientSecret?.reveal()]);
  }
}

/** MCP: a server that does not say that it takes PKCE is not gone to. Many take it and say nothing, which is the operator's to know. */
function mustBeNamed({ oauth }: LoginTarget): void {
  if (oauth.issuer !== undefined) return;
  const fix = "write auth.oauth.issuer of the Core if you know that it does";
  throw new Error(
    `its authorization server does not say that it takes PKCE, which protects the answer of a login: ${fix}`,
  );
}

function refusedBy(answer: URLSearchParams): Error {
  const error = answer.get("error");
  if (error === null) return new Error("the answer has neither a code nor an error");
  if (error === "access_denied") return new Error("access was denied in the browser");
  return new OAuthError(oneLine(error), oneLine(answer.get("error_description") ?? "it does not say why"));
}

// Tokens without a person: a login that is renewed, and the hub as itself. Loaded when there is something to renew, for the SDK is large.
import { computeScopeUnion, IssuerMismatchError, OAuthError } from "@modelcontextprotocol/client";
import { type Asked, describe, discover, readChallenge, sameIssuer } from "./discovery.ts";
import type { Subject } from "./exchange.ts";
import { createFetch } from "./fetch.ts";
import { exchangeToken, type Requester, refresh, secretsOf, signInAsItself } from "./grants.ts";
import { fetchDepsOf, probe, type SignInDeps, scopeOf } from "./preparing.ts";
import { type LoginTarget, resourceOf } from "./target.ts";
import type { LoginRecord, Tokens } from "./vault.ts";
import { explain, mayPass } from "./words.ts";

export { computeScopeUnion, readChallenge };

export type Renewed =
  | { readonly t: "tokens"; readonly tokens: Tokens }
  /** The authorization server has said no. `isClientGone`: it does not know the hub any more. */
  | { readonly t: "refused"; readonly why: string; readonly isClientGone: boolean }
  /** Later it may go well. */
  | { readonly t: "passing"; readonly why: string };

/** Never rejects. */
export async function renew(
  deps: SignInDeps,
  target: LoginTarget,
  record: LoginRecord,
  tokens: Tokens & { readonly refresh: string },
): Promise<Renewed> {
  const { client, resource } = record;
  const { oauth } = target;
  try {
    const fetch = createFetch(fetchDepsOf(deps, target));
    const server = await describe(record.server, fetch);
    // The refresh token is of one issuer, and is shown to no other (SEP-2352).
    if (!sameIssuer(server.issuer, record.issuer))
      throw new IssuerMismatchError("metadata", record.issuer, server.issuer);
    const renewed = await refresh({ server, client, oauth, resource, fetch, nowMs: () => nowMs(deps) }, tokens);
    return { t: "tokens", tokens: renewed };
  } catch (error) {
    return failed(error, secretsOf({ client, oauth }, tokens.access, tokens.refresh));
  }
}

/** The hub as itself. `more`: scopes that were asked for beyond the usual ones. Never rejects. */
export async function obtain(
  deps: SignInDeps,
  target: LoginTarget,
  challenge: Asked | undefined,
  more: string | undefined,
): Promise<Renewed> {
  const { oauth } = target;
  const client = { id: oauth.clientId ?? "", isRegistered: false };
  try {
    const fetchDeps = fetchDepsOf(deps, target);
    const fetch = createFetch(fetchDeps);
    // A refusal of a call need not say where the Core describes itself; one of a caller without a login does.
    const asked = challenge?.resourceMetadataUrl === undefined ? await probe(target, fetchDeps) : challenge;
    const { server, resource, scope } = await discover(target, asked, fetch);
    const requester: Requester = { server, client, oauth, resource, fetch, nowMs: () => nowMs(deps) };
    const wanted = computeScopeUnion(scopeOf(target, { server, resource, scope }, undefined), more);
    return { t: "tokens", tokens: await signInAsItself(requester, wanted) };
  } catch (error) {
    return failed(error, secretsOf({ client, oauth }));
  }
}

/**
 * Another's token into one for the Core. It is shown to the issuer of the manifest alone: whoever the Core names could keep it. Never rejects.
 */
export async function exchange(deps: SignInDeps, target: LoginTarget, subject: Subject): Promise<Renewed> {
  const { oauth } = target;
  const client = { id: oauth.clientId ?? "", isRegistered: false };
  const token = subject.token.reveal();
  try {
    if (oauth.issuer === undefined)
      throw new Error("auth.oauth.issuer is not written: a client's token goes to no server that a Core names");
    const fetchDeps = fetchDepsOf(deps, target);
    const fetch = createFetch(fetchDeps);
    const { server, resource, scope } = await discover(target, await probe(target, fetchDeps), fetch);
    if (!sameIssuer(server.issuer, oauth.issuer))
      throw new IssuerMismatchError("metadata", oauth.issuer, server.issuer);
    // Without an audience the token would be good anywhere.
    const audience = resource ?? resourceOf(target).href;
    const requester: Requester = { server, client, oauth, resource: audience, fetch, nowMs: () => nowMs(deps) };
    const wanted = scopeOf(target, { server, resource, scope }, undefined);
    return { t: "tokens", tokens: await exchangeToken(requester, { token, type: subject.type }, wanted) };
  } catch (error) {
    return failed(error, secretsOf({ client, oauth }, token));
  }
}

/** Whether the Core trusts another authorization server now than the one that the login is of. False also where nobody says. */
export async function hasMoved(
  deps: SignInDeps,
  target: LoginTarget,
  record: LoginRecord,
  asked: Asked,
): Promise<boolean> {
  try {
    const { server, resource } = await discover(target, asked, createFetch(fetchDepsOf(deps, target)));
    // Without a description of the Core the server would be a guess.
    return resource !== undefined && !sameIssuer(server.issuer, record.issuer);
  } catch {
    return false;
  }
}

function nowMs({ clock }: SignInDeps): number {
  return Date.parse(clock.iso());
}

function failed(error: unknown, secrets: readonly (string | undefined)[]): Renewed {
  const why = explain(error, secrets);
  const isFinal = !mayPass(error) && (error instanceof OAuthError || error instanceof IssuerMismatchError);
  if (!isFinal) return { t: "passing", why };
  const code = error instanceof OAuthError ? String(error.code) : "";
  return { t: "refused", why, isClientGone: code === "invalid_client" || code === "unauthorized_client" };
}

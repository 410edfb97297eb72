// What every way to sign in starts with: asking the Core what it wants, finding its authorization server, being a client there; and what it ends with.
import { computeScopeUnion } from "@modelcontextprotocol/client";
import type { Clock } from "../base/clock.ts";
import { chooseClient } from "./client.ts";
import { type Asked, type Discovered, discover, readChallenge, sameIssuer } from "./discovery.ts";
import { createFetch, type FetchDeps, fetchHead, isLoopbackName } from "./fetch.ts";
import type { Requester } from "./grants.ts";
import type { LoginOwner } from "./owner.ts";
import { type LoginTarget, resourceOf } from "./target.ts";
import type { LoginRecord, Tokens, Vault } from "./vault.ts";

export interface SignInDeps {
  readonly clock: Clock;
  readonly vault: Vault;
}

export interface SignInRequest {
  readonly target: LoginTarget;
  readonly owner: LoginOwner;
  /** Where answers go; undefined: no browser comes into it. */
  readonly redirectUrl: string | undefined;
  /** Where the hub describes itself as a client, if it does. */
  readonly ownMetadataUrl?: string | undefined;
}

/** What the Core says to a caller without a login. Some let in whoever asks, and ask back at what comes next. Rejects where it cannot be asked. */
export async function probe(target: LoginTarget, deps: FetchDeps): Promise<Asked | undefined> {
  const clientInfo = { name: "thehub", version: "1" };
  return (
    (await ask(target, deps, "initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo })) ??
    (await ask(target, deps, "tools/list", {}))
  );
}

async function ask(target: LoginTarget, deps: FetchDeps, method: string, params: object): Promise<Asked | undefined> {
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 0, method, params });
  const { status, headers: said } = await fetchHead(resourceOf(target), { method: "POST", headers, body }, deps);
  if (status !== 401 && status !== 403) return undefined;
  return readChallenge({ status, wwwAuthenticate: said.get("www-authenticate") ?? undefined });
}

export function fetchDepsOf(deps: Pick<SignInDeps, "clock">, target: LoginTarget): FetchDeps {
  return {
    clock: deps.clock,
    reach: target.reach,
    plainOrigin: resourceOf(target).origin,
    ca: target.ca,
    certificate: target.certificate,
    agent: target.agent,
  };
}

/** What to ask for: what the manifest says or else the Core, what it asked for beyond that, and what keeps the login alive. */
export function scopeOf(
  target: LoginTarget,
  discovered: Discovered,
  before: Pick<LoginRecord, "tokens" | "wantedScope"> | undefined,
): string | undefined {
  const base = target.oauth.scopes?.join(" ") ?? discovered.scope;
  const wanted =
    before?.wantedScope === undefined ? undefined : computeScopeUnion(before.tokens?.scope, before.wantedScope);
  const scope = computeScopeUnion(base, wanted);
  const isLasting = discovered.server.metadata?.scopes_supported?.includes("offline_access") === true;
  const lasts = scope !== undefined && isLasting && target.oauth.grant === "authorization_code";
  return lasts ? computeScopeUnion(scope, "offline_access") : scope;
}

export interface Prepared {
  readonly requester: Requester;
  readonly discovered: Discovered;
  readonly scope: string | undefined;
}

export async function prepare(deps: SignInDeps, request: SignInRequest): Promise<Prepared> {
  const { clock, vault } = deps;
  const { target, owner, redirectUrl, ownMetadataUrl } = request;
  const fetchDeps = fetchDepsOf(deps, target);
  const fetch = createFetch(fetchDeps);
  const found = await vault.read(target.core, owner);
  const before = found.t === "login" && found.record.url === resourceOf(target).href ? found.record : undefined;
  const discovered = await discover(target, await probe(target, fetchDeps), fetch);
  const isSame = before !== undefined && sameIssuer(before.issuer, discovered.server.issuer);
  const scope = scopeOf(target, discovered, isSame ? before : undefined);
  const known = isSame ? before.client : undefined;
  const client = await chooseClient({ target, discovered, redirectUrl, ownMetadataUrl, known, scope, fetch });
  const { server, resource } = discovered;
  const requester = { server, client, oauth: target.oauth, resource, fetch, nowMs: () => Date.parse(clock.iso()) };
  return { requester, discovered, scope };
}

export async function keep(
  { vault }: SignInDeps,
  { target, owner }: SignInRequest,
  { server, client, resource }: Requester,
  tokens: Tokens,
): Promise<LoginRecord> {
  const { core } = target;
  const { issuer, url } = server;
  const record = { core, owner, url: resourceOf(target).href, issuer, server: url, resource, client, tokens };
  await vault.alone(core, owner, () => vault.write(record));
  return record;
}

/** The Core has asked for what the authorization server does not give: the next login asks for what it did before. Never rejects. */
export async function askForLess({ vault }: SignInDeps, { target, owner }: SignInRequest): Promise<void> {
  const { core } = target;
  const forget = async () => {
    const found = await vault.read(core, owner);
    if (found.t === "login" && found.record.wantedScope !== undefined)
      await vault.write({ ...found.record, wantedScope: undefined });
  };
  // Where nothing can be written, the login fails in the same way again.
  await vault.alone(core, owner, forget).catch(() => {});
}

/** What opens it may be anything: a browser, or what the system takes for one. */
export function mustBeOpenable(text: string): void {
  const { protocol, hostname } = new URL(text);
  if (protocol === "https:" || (protocol === "http:" && isLoopbackName(hostname.replace(/^\[|\]$/g, "")))) return;
  throw new Error("its authorization page is not https");
}

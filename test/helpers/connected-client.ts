// A client that registers at a hub with `auth: builtin`, and is connected by a person with a token.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { ScriptedBrowser } from "./scripted-browser.ts";

const callback = "https://claude.ai/api/mcp/auth_callback";

export interface Registered {
  readonly id: string;
  /** Where its person is sent. */
  readonly begin: string;
  readonly verifier: string;
}

export interface Connected {
  readonly id: string;
  readonly access: string;
  refresh(): Promise<Response>;
  /** Gives back what it was granted. */
  giveBack(): Promise<Response>;
}

export async function registered(url: string, resource = `${url}/mcp`): Promise<Registered> {
  const registration = await fetch(`${url}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_name: "Claude", redirect_uris: [callback] }),
  });
  const { client_id: id } = (await registration.json()) as { client_id: string };
  const verifier = randomBytes(32).toString("base64url");
  const asked = {
    ...{ response_type: "code", client_id: id, redirect_uri: callback, resource },
    ...{ code_challenge: createHash("sha256").update(verifier).digest("base64url"), code_challenge_method: "S256" },
  };
  return { id, verifier, begin: `${url}/oauth/authorize?${new URLSearchParams(asked)}` };
}

/** Its person, who has this token, lets it have the Core. */
export async function connected(url: string, token: string, resource?: string, core = "two"): Promise<Connected> {
  const { id, verifier, begin } = await registered(url, resource);
  const { left, text } = await new ScriptedBrowser(url).consent(begin, token, [core]);
  assert.ok(left, text);
  const post = (path: string, fields: Record<string, string>) =>
    fetch(`${url}${path}`, { method: "POST", body: new URLSearchParams({ client_id: id, ...fields }) });
  const answer = await post("/oauth/token", {
    ...{ grant_type: "authorization_code", code: left.searchParams.get("code") ?? "", code_verifier: verifier },
    redirect_uri: callback,
  });
  const tokens = (await answer.json()) as { access_token: string; refresh_token: string };
  assert.equal(answer.status, 200, JSON.stringify(tokens));
  const { access_token: access, refresh_token } = tokens;
  return {
    id,
    access,
    refresh: () => post("/oauth/token", { grant_type: "refresh_token", refresh_token }),
    giveBack: () => post("/oauth/revoke", { token: refresh_token }),
  };
}

// The hub's own authorization server, from a client that registers to its tokens.
import assert from "node:assert/strict";
import { test } from "node:test";
import { claudeCallback, OAuthHouse, ownersToken } from "../../helpers/oauth-house.ts";
import { offered } from "../../helpers/scripted-browser.ts";

test("authorization server: a client that registers gets tokens once its person has shown theirs and said what it may use", async () => {
  await using house = await OAuthHouse.open();
  const registered = await house.register({
    scope: "claudeai",
    token_endpoint_auth_method: "none",
    logo_uri: "https://claude.ai/x",
  });
  assert.equal(registered.status, 201);
  const client = (await registered.json()) as Record<string, unknown>;
  assert.equal(client["client_secret"], undefined);
  const id = String(client["client_id"]);
  const begun = house.begin(id, { scope: "claudeai offline_access", nonce: "n" });
  const browser = house.browser();
  const first = await browser.open(begun.url);
  assert.equal(first.status, 200, first.text);
  assert.match(
    first.text,
    /calls itself <strong>Claude<\/strong> wants to use this hub. The answer goes to <strong>claude.ai<\/strong>/,
  );
  assert.doesNotMatch(first.text, /wiki/);
  const second = await browser.submit(first, { token: ownersToken, answer: "token" });
  assert.deepEqual(offered(second), ["files", "wiki"], second.text);
  const page = await browser.submit(second, { core: "wiki", days: "30", answer: "allow" });
  assert.ok(page.left, page.text);
  assert.equal(page.left.origin + page.left.pathname, claudeCallback);
  assert.equal(page.left.searchParams.get("state"), "the-state");
  assert.equal(page.left.searchParams.get("iss"), house.url);
  const answer = await house.redeem(id, begun, page.left);
  const tokens = (await answer.json()) as Record<string, unknown>;
  assert.equal(answer.status, 200, JSON.stringify(tokens));
  assert.equal(tokens["token_type"], "Bearer");
  assert.equal(tokens["scope"], "mcp");
  assert.equal(tokens["expires_in"], 3600);
  const found = house.store.grantOf(String(tokens["access_token"]));
  assert.deepEqual(found?.grant.cores, ["wiki"]);
  assert.equal(found?.payload["aud"], `${house.url}/mcp`);
  assert.deepEqual(
    house.granted.map(({ id }) => id),
    [found?.grant.id],
  );
  const renewed = await house.refresh(id, String(tokens["refresh_token"]));
  assert.equal(renewed.status, 200, await renewed.clone().text());
});

test("authorization server: two clients that are connected at once in one browser both get their answer", async () => {
  await using house = await OAuthHouse.open({ basePath: "/hub" });
  const browser = house.browser();
  const id = await house.client();
  const opened = [];
  for (const state of ["one", "two"]) {
    const begun = house.begin(id, { state });
    opened.push({ begun, page: await browser.open(begun.url) });
  }
  for (const { begun, page } of opened) {
    const asked = await browser.submit(page, { token: ownersToken, answer: "token" });
    const last = await browser.submit(asked, { core: "wiki", days: "30", answer: "allow" });
    assert.ok(last.left, last.text);
    assert.equal((await house.redeem(id, begun, last.left)).status, 200);
  }
});

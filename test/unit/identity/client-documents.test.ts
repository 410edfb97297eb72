// Clients that describe themselves at an address of their own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chatgptCallback, OAuthHouse, ownersToken } from "../../helpers/oauth-house.ts";

const url = "https://chatgpt.com/oauth/client.json";

/** Serves documents, as the Internet would. */
function internet(documents: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const fetch = async (place: string | URL): Promise<Response> => {
    asked.push(String(place));
    const found = documents[String(place)];
    if (found === undefined) return new Response("", { status: 404 });
    if (typeof found === "string") return new Response(found);
    return Response.json(found, { headers: { "cache-control": "max-age=600" } });
  };
  return { asked, fetch };
}

const document = {
  client_id: url,
  client_name: "ChatGPT",
  redirect_uris: [chatgptCallback],
  grant_types: ["authorization_code", "refresh_token", "urn:x"],
  response_types: ["code"],
  token_endpoint_auth_method: "none",
  scope: "whatever openid",
  logo_uri: "http://not-https.example/logo",
};

test("client documents: a client is known by its address, and the page says whose it is", async () => {
  const { asked, fetch } = internet({ [url]: document });
  await using house = await OAuthHouse.open({ fetch });
  const begun = house.begin(url, { redirect_uri: chatgptCallback });
  const browser = house.browser();
  const first = await browser.open(begun.url);
  assert.match(first.text, /<strong>ChatGPT<\/strong> \(of <strong>chatgpt.com<\/strong>\) wants to use this hub/);
  const page = await browser.consent(begun.url, ownersToken);
  const answer = await house.redeem(url, begun, page.left, { redirect_uri: chatgptCallback });
  assert.equal(answer.status, 200, await answer.clone().text());
  const { refresh_token } = (await answer.json()) as { refresh_token: string };
  assert.equal((await house.refresh(url, refresh_token)).status, 200);
  assert.deepEqual(asked, [url], "a document is fetched once for as long as it says");
});

test("client documents: what is not the client's own, or must not be one, is no client", async () => {
  const at = (path: string) => `https://client.example/${path}`;
  const { asked, fetch } = internet({
    [at("other")]: { ...document, client_id: url },
    [at("bad-redirect")]: { ...document, client_id: at("bad-redirect"), redirect_uris: ["javascript:alert(1)"] },
    [at("secret")]: { ...document, client_id: at("secret"), token_endpoint_auth_method: "client_secret_post" },
    [at("huge")]: JSON.stringify({ ...document, client_id: at("huge"), padding: "x".repeat(20_000) }),
    [at("no-json")]: "<html>",
  });
  await using house = await OAuthHouse.open({ fetch });
  for (const path of ["other", "bad-redirect", "secret", "huge", "no-json", "missing"]) {
    const page = await house.browser().open(house.begin(at(path), { redirect_uri: chatgptCallback }).url);
    assert.deepEqual([page.status, page.left], [400, undefined], `${path}: ${page.text}`);
  }
  const fetched = asked.length;
  for (const id of [
    "http://client.example/c",
    "https://client.example/../c",
    "https://me@client.example/c",
    "https://client.example/c#x",
  ]) {
    const page = await house.browser().open(house.begin(id, { redirect_uri: chatgptCallback }).url);
    assert.deepEqual([page.status, page.left], [400, undefined], id);
  }
  assert.equal(asked.length, fetched, "something was fetched that is no address of a client");
});

test("client documents: an address has so many fetched a minute", async () => {
  const { asked, fetch } = internet({});
  await using house = await OAuthHouse.open({ fetch });
  for (let time = 0; time < 30; time++) {
    await house.browser().open(house.begin(`https://client.example/${time}`).url);
  }
  assert.equal(asked.length, 20);
});

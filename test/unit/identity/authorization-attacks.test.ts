// What must not work at the hub's own authorization server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chatgptCallback, claudeCallback, OAuthHouse, ownersToken } from "../../helpers/oauth-house.ts";

async function errorOf(response: Response): Promise<string> {
  return String(((await response.json()) as { error?: string }).error);
}

test("authorization server: nobody is sent to where the client has not said, not even with an error", async () => {
  await using house = await OAuthHouse.open();
  const id = await house.client();
  const near = [
    "https://evil.example/cb",
    `${claudeCallback}/../x`,
    `${claudeCallback}?next=https://evil.example`,
    claudeCallback.replace("claude.ai", "claude.ai:8443"),
    claudeCallback.replace("claude.ai", "claude.ai.evil.example"),
    claudeCallback.replace("https", "http"),
    claudeCallback.toUpperCase(),
    undefined,
  ];
  for (const redirect_uri of near) {
    for (const more of [{}, { response_type: "token" }, { code_challenge: undefined }]) {
      const page = await house.browser().open(house.begin(id, { redirect_uri, ...more }).url);
      assert.equal(page.left, undefined, `${redirect_uri} led to ${page.left}`);
      assert.equal(page.status, 400, `${redirect_uri}: ${page.text}`);
    }
  }
  const unknown = await house.browser().open(house.begin("nobody").url);
  assert.deepEqual([unknown.status, unknown.left], [400, undefined]);
  const twice = await house.browser().open(`${house.begin(id).url}&redirect_uri=https://evil.example`);
  assert.deepEqual([twice.status, twice.left], [400, undefined]);
});

test("authorization server: a request without a challenge, or with one that is no hash, goes back as refused", async () => {
  await using house = await OAuthHouse.open();
  const id = await house.client();
  for (const more of [
    { code_challenge: undefined, code_challenge_method: undefined },
    { code_challenge_method: "plain" },
    { code_challenge_method: undefined },
  ]) {
    const { left, text } = await house.browser().open(house.begin(id, more).url);
    assert.equal(left?.searchParams.get("error"), "invalid_request", text);
    assert.equal(left.searchParams.get("code"), null);
  }
});

test("authorization server: a code is worth nothing without its verifier, its client and its redirect URI", async () => {
  await using house = await OAuthHouse.open();
  const id = await house.client();
  const other = await house.client();
  const begun = house.begin(id);
  const { left } = await house.browser().consent(begun.url, ownersToken);
  const refused = async (response: Promise<Response>) => assert.equal(await errorOf(await response), "invalid_grant");
  await refused(house.redeem(id, { ...begun, verifier: "x".repeat(43) }, left));
  await refused(house.redeem(other, begun, left));
  await refused(house.redeem(id, begun, left, { redirect_uri: chatgptCallback }));
  const without = house.token({
    grant_type: "authorization_code",
    client_id: id,
    code: left?.searchParams.get("code") ?? "",
    redirect_uri: claudeCallback,
  });
  await refused(without);
  assert.equal((await house.redeem(id, begun, left)).status, 200);
});

test("authorization server: a code that comes a second time ends what the first one gave", async () => {
  await using house = await OAuthHouse.open();
  const id = await house.client();
  const { tokens, code, begun } = await house.connect(id);
  assert.ok(house.store.grantOf(tokens.access_token));
  assert.equal(await errorOf(await house.redeem(id, begun, code)), "invalid_grant");
  assert.equal(house.store.grantOf(tokens.access_token), undefined);
  assert.equal(await errorOf(await house.refresh(id, tokens.refresh_token)), "invalid_grant");
  assert.deepEqual(
    house.ended.map(({ clientId }) => clientId),
    [id],
  );
});

test("authorization server: a refresh token that comes a second time ends the grant, for the thief as well", async () => {
  await using house = await OAuthHouse.open();
  const id = await house.client();
  const { tokens } = await house.connect(id);
  const second = (await (await house.refresh(id, tokens.refresh_token)).json()) as typeof tokens;
  assert.ok(house.store.grantOf(second.access_token));
  assert.equal(await errorOf(await house.refresh(id, tokens.refresh_token)), "invalid_grant");
  assert.equal(house.store.grantOf(second.access_token), undefined);
  assert.equal(await errorOf(await house.refresh(id, second.refresh_token)), "invalid_grant");
  assert.equal(house.ended.length, 1);
});

test("authorization server: tokens are for this hub, and no client gets one for another", async () => {
  await using house = await OAuthHouse.open();
  const id = await house.client();
  for (const resource of [
    "https://other.example/mcp",
    `${house.url}.evil.example/mcp`,
    `${house.url}@evil.example/`,
    `${house.url}/mcp?x=1`,
  ]) {
    const { left, text } = await house.browser().open(house.begin(id, { resource }).url);
    assert.equal(left?.searchParams.get("error"), "invalid_target", `${resource}: ${text}`);
  }
  const { tokens } = await house.connect(id);
  const elsewhere = await house.token({
    grant_type: "refresh_token",
    client_id: id,
    refresh_token: tokens.refresh_token,
    resource: "https://other.example/",
  });
  assert.equal(await errorOf(elsewhere), "invalid_target");
});

test("authorization server: a consent is finished in the browser that the client sent here, and in no other", async () => {
  await using house = await OAuthHouse.open();
  const id = await house.client();
  const mine = house.browser();
  const first = await mine.open(house.begin(id).url);
  const stranger = await house.browser().open(first.url);
  assert.equal(stranger.status, 403);
  assert.doesNotMatch(stranger.text, /<form/);
  const theirs = house.browser();
  await theirs.open(house.begin(id).url);
  assert.equal((await theirs.submit({ ...first }, { token: ownersToken, answer: "token" })).status, 403);
  // The place that it leads back to, without the cookie of this browser.
  const uid = first.url.slice(first.url.lastIndexOf("/") + 1);
  const resumed = await house.browser().open(`${house.url}/oauth/authorize/${uid}`);
  assert.deepEqual([resumed.status, resumed.left], [400, undefined]);
});

test("authorization server: a form that another page sent, or that was answered before, grants nothing", async () => {
  await using house = await OAuthHouse.open();
  const id = await house.client();
  const browser = house.browser();
  const first = await browser.open(house.begin(id).url);
  const second = await browser.submit(first, { token: ownersToken, answer: "token" });
  const foreign = await browser.submit(
    second,
    { core: "wiki", days: "30", answer: "allow" },
    { "sec-fetch-site": "cross-site" },
  );
  assert.deepEqual([foreign.status, foreign.left], [403, undefined]);
  const old = await browser.submit(first, { core: "wiki", days: "30", answer: "allow" });
  assert.deepEqual([old.status, old.left], [403, undefined]);
  const forged = await browser.submit({ ...second, text: "" }, { core: "wiki", days: "30", answer: "allow" });
  assert.deepEqual([forged.status, forged.left], [403, undefined]);
  assert.deepEqual(house.granted, []);
});

test("authorization server: a client gets no Core that its person may not use, and none that was not chosen", async () => {
  await using house = await OAuthHouse.open();
  const id = await house.client();
  const browser = house.browser();
  const asked = await browser.submit(await browser.open(house.begin(id).url), { token: ownersToken, answer: "token" });
  const none = await browser.submit(asked, { days: "30", answer: "allow" });
  assert.deepEqual([none.status, none.left], [400, undefined]);
  const page = await browser.submit(none, { core: ["secret-core", "wiki"], days: "30", answer: "allow" });
  assert.ok(page.left?.searchParams.get("code"));
  assert.deepEqual(house.granted[0]?.cores, ["wiki"]);
});

test("authorization server: a person says no, and the client hears it", async () => {
  await using house = await OAuthHouse.open();
  const id = await house.client();
  for (const isKnown of [false, true]) {
    const browser = house.browser();
    let page = await browser.open(house.begin(id).url);
    if (isKnown) page = await browser.submit(page, { token: ownersToken, answer: "token" });
    const { left } = await browser.submit(page, { answer: "deny" });
    assert.equal(left?.searchParams.get("error"), "access_denied");
    assert.equal(left.searchParams.get("iss"), house.url);
  }
});

test("authorization server: wrong tokens are few, and told apart from nothing", async () => {
  await using house = await OAuthHouse.open();
  const id = await house.client();
  const browser = house.browser();
  let page = await browser.open(house.begin(id).url);
  for (let time = 1; time < 10; time++) {
    page = await browser.submit(page, { token: `wrong-${time}`, answer: "token" });
    assert.equal(page.status, 403);
    assert.match(page.text, /not a token of this hub/);
  }
  const last = page;
  page = await browser.submit(last, { token: "wrong", answer: "token" });
  assert.deepEqual([page.status, page.left], [403, undefined]);
  assert.match(page.text, /this request is over/);
  assert.match(page.text, /Begin again from the client/);
  assert.doesNotMatch(page.text, /<form/);
  const again = house.browser();
  const slowed = await again.submit(await again.open(house.begin(id).url), { token: ownersToken, answer: "token" });
  assert.equal(slowed.status, 429);
});

test("authorization server: after the tenth wrong token a request is over, whatever is shown for it, from wherever", async () => {
  await using house = await OAuthHouse.open();
  const id = await house.client();
  const browser = house.browser();
  let page = await browser.open(house.begin(id).url);
  const from = (time: number) => ({ "x-peer": `198.51.100.${time}` });
  for (let time = 1; time < 10; time++) {
    page = await browser.submit(page, { token: `wrong-${time}`, answer: "token" }, from(time));
    assert.match(page.text, /<form/);
  }
  const form = page;
  await browser.submit(form, { token: "wrong", answer: "token" }, from(10));
  const tried = [
    () => browser.submit(form, { token: ownersToken, answer: "token" }, from(11)),
    () => browser.submit(form, { answer: "deny" }, from(12)),
    () => browser.open(form.url),
  ];
  for (const attempt of tried) {
    const { status, text, left } = await attempt();
    assert.deepEqual([status, left], [403, undefined]);
    assert.match(text, /this request is over/);
    assert.doesNotMatch(text, /<form/);
  }
  const resumed = await browser.open(form.url.replace("/consent/", "/authorize/"));
  assert.deepEqual([resumed.status, resumed.left], [400, undefined]);
  assert.match((await house.browser().open(house.begin(id).url)).text, /<form/, "another request is another one");
});

test("authorization server: a form is answered once, however many answers come at the same time", async () => {
  await using house = await OAuthHouse.open();
  const id = await house.client();
  const browser = house.browser();
  const page = await browser.open(house.begin(id).url);
  const answers = await Promise.all(
    Array.from({ length: 5 }, (_, time) =>
      browser.submit(page, { token: `wrong-${time}`, answer: "token" }, { "x-peer": `198.51.100.${time}` }),
    ),
  );
  const compared = answers.filter(({ text }) => text.includes("not a token of this hub"));
  assert.equal(compared.length, 1);
  assert.equal(answers.filter(({ text }) => text.includes("answered already")).length, 4);
});

test("authorization server: whoever was connected before is asked again, and asked for nothing where no question may be", async () => {
  await using house = await OAuthHouse.open();
  const id = await house.client();
  const browser = house.browser();
  await house.connect(id, browser);
  const again = await browser.open(house.begin(id).url);
  assert.match(again.text, /name="token"/);
  const silent = await browser.open(house.begin(id, { prompt: "none" }).url);
  assert.equal(silent.left?.searchParams.get("error"), "consent_required");
});

test("authorization server: its pages are in no frame, in no cache, and run nothing", async () => {
  await using house = await OAuthHouse.open();
  const id = await house.client();
  const browser = house.browser();
  const first = await browser.open(house.begin(id).url);
  const second = await browser.submit(first, { token: ownersToken, answer: "token" });
  const failure = await browser.open(house.begin("nobody").url);
  for (const { headers } of [first, second, failure]) {
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /script/);
    assert.equal(headers.get("x-frame-options"), "DENY");
    assert.equal(headers.get("cache-control"), "no-store");
  }
  assert.match(first.headers.get("content-security-policy") ?? "", /form-action 'self'/);
});

test("authorization server: what a client calls itself is text", async () => {
  await using house = await OAuthHouse.open();
  const id = await house.client({ client_name: `<script>alert(1)</script>\n"Claude\u202e` });
  const { text } = await house.browser().open(house.begin(id).url);
  assert.match(text, /&#60;script&#62;alert\(1\)&#60;\/script&#62; &#34;Claude<\/strong>/);
  assert.doesNotMatch(text, /<script/);
});

test("registration: what is no place to send a person to is refused, and so is what is too much", async () => {
  await using house = await OAuthHouse.open();
  const bad = [
    "javascript:alert(1)",
    "data:text/html,x",
    "http://claude.ai/cb",
    "ftp://x.example/",
    "https://claude.ai/cb#x",
    "https://user@claude.ai/cb",
    "https://claude.ai\\@evil.example/",
    "myapp:/cb",
    "//claude.ai/cb",
    `https://claude.ai/${"x".repeat(600)}`,
    "https://claude.ai/ cb",
  ];
  let peer = 0;
  const register = (metadata: object) => house.register(metadata, { "x-peer": `192.0.2.${peer++}` });
  for (const uri of bad) {
    const response = await register({ redirect_uris: [claudeCallback, uri] });
    assert.equal(response.status, 400, uri);
    assert.equal(await errorOf(response), "invalid_redirect_uri", uri);
  }
  for (const metadata of [
    { redirect_uris: [] },
    { redirect_uris: undefined },
    { redirect_uris: Array(17).fill(claudeCallback) },
  ]) {
    assert.equal(await errorOf(await register(metadata)), "invalid_redirect_uri");
  }
  assert.equal(
    await errorOf(await register({ token_endpoint_auth_method: "tls_client_auth" })),
    "invalid_client_metadata",
  );
  for (const uri of [
    "http://localhost:33418/cb",
    "http://127.0.0.1/",
    "http://[::1]:9/x",
    "cursor://anysphere.cursor-retrieval/oauth/cb",
    "com.example.app:/cb",
  ]) {
    assert.equal((await register({ redirect_uris: [uri] })).status, 201, uri);
  }
});

test("registration: a program on the person's own machine may be on any port, and a web client on none but its own", async () => {
  await using house = await OAuthHouse.open();
  const id = await house.client({ redirect_uris: ["http://127.0.0.1:1/callback"] });
  const page = await house.browser().open(house.begin(id, { redirect_uri: "http://127.0.0.1:40001/callback" }).url);
  assert.equal(page.status, 200, page.text);
  const other = await house.browser().open(house.begin(id, { redirect_uri: "http://127.0.0.1:40001/other" }).url);
  assert.deepEqual([other.status, other.left], [400, undefined]);
});

test("registration: an address has so many a minute, and those that were never used make room", async () => {
  await using house = await OAuthHouse.open();
  const used = await house.client();
  await house.connect(used);
  const statuses: number[] = [];
  for (let time = 0; time < 12; time++) statuses.push((await house.register({}, { "x-peer": "198.51.100.1" })).status);
  assert.deepEqual(statuses, [...Array(10).fill(201), 429, 429]);
  const [first] = await Promise.all([house.client()]);
  for (let time = 0; time < 501; time++)
    house.store.put("Client", `flood-${time}`, { redirect_uris: [claudeCallback] }, undefined);
  assert.equal(house.store.find("Client", first ?? ""), undefined);
  assert.equal(house.store.find("Client", "flood-0"), undefined);
  assert.ok(house.store.find("Client", "flood-500"));
  assert.ok(house.store.find("Client", used), "one that is in use was forgotten");
});

test("authorization server: once the token that it was made with is worth nothing, so is the grant", async () => {
  await using house = await OAuthHouse.open();
  const id = await house.client();
  const { tokens } = await house.connect(id);
  house.bad.add(house.granted[0]?.id ?? "");
  assert.equal(await errorOf(await house.refresh(id, tokens.refresh_token)), "invalid_grant");
});

test("authorization server: a client that gives its refresh token back has ended the grant", async () => {
  await using house = await OAuthHouse.open();
  const id = await house.client();
  const { tokens } = await house.connect(id);
  const body = new URLSearchParams({ token: tokens.refresh_token, client_id: id });
  assert.equal((await fetch(`${house.url}/oauth/revoke`, { method: "POST", body })).status, 200);
  assert.equal(house.store.grantOf(tokens.access_token), undefined);
  assert.equal(house.ended.length, 1);
});

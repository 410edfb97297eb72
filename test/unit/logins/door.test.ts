// Logins that clients begin: the hub's own pages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HubError } from "../../../src/base/errors.ts";
import type { LoginOwner } from "../../../src/logins/owner.ts";
import { answerOf, type LoginScene, loginScene } from "../../helpers/login-scene.ts";

const publicUrl = "https://hub.example/base";
const laptop: LoginOwner = { t: "client", id: "laptop" };

/** The page behind a link as a browser has it: its text, the cookie that it sets, and where its button leads. */
async function open(logins: ReturnType<LoginScene["logins"]>, url: string, cookie?: string) {
  const page = await logins.answer({ method: "GET", url: url.replace(publicUrl, ""), cookie });
  const given = page?.headers["set-cookie"]?.split(";", 1)[0];
  const href = /href="([^"]+)"/.exec(page?.body ?? "")?.[1];
  const next = href?.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
  return { status: page?.status, body: page?.body ?? "", headers: page?.headers ?? {}, cookie: given, next };
}

test("login door: the person who was asked signs in, and the client's calls go with that login", async () => {
  await using scene = await loginScene();
  const logins = scene.logins(publicUrl);
  const credential = logins.credential(scene.target(), laptop);
  assert.equal(await scene.call(credential), 401);
  const { url, done } = await logins.startLogin(scene.target(), laptop, "laptop");
  const shown = await open(logins, url);
  assert.equal(shown.status, 200);
  assert.match(shown.body, /The client laptop of this hub asks to use wiki with your account/);
  assert.match(shown.headers["set-cookie"] ?? "", /; Path=\/base\/oauth; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/);
  const answer = await answerOf(shown.next ?? "");
  const signed = await open(logins, `/oauth/callback?${answer}`, `other=1; ${shown.cookie}`);
  assert.equal(signed.status, 200, signed.body);
  await done;
  assert.equal(await scene.call(credential), 200);
  assert.equal((await open(logins, `/oauth/callback?${answer}`, shown.cookie)).status, 404);
});

test("login door: whoever is talked into opening another's link signs nobody in", async () => {
  await using scene = await loginScene();
  const logins = scene.logins(publicUrl);
  const { url } = await logins.startLogin(scene.target(), laptop, "laptop");
  const shown = await open(logins, url);
  // The attacker has opened the hub's page, and passes only the authorization server's on.
  const answer = await answerOf(shown.next ?? "");
  for (const cookie of [undefined, "thehub_login=", "thehub_login=of-another-browser"]) {
    assert.equal((await open(logins, `/oauth/callback?${answer}`, cookie)).status, 403);
  }
  assert.equal(scene.server.asked("/token").length, 0);
  assert.ok(scene.lines.some(({ msg }) => msg === "login_answer_refused"));
});

test("login door: a link that a program looked at first is still good for the person, and only for that browser", async () => {
  await using scene = await loginScene();
  const logins = scene.logins(publicUrl);
  const { url, done } = await logins.startLogin(scene.target(), laptop, "laptop");
  const looked = await open(logins, url);
  const shown = await open(logins, url);
  assert.equal(looked.next, shown.next);
  assert.equal(scene.server.asked("/register").length, 1);
  const answer = await answerOf(shown.next ?? "");
  assert.equal((await open(logins, `/oauth/callback?${answer}`, looked.cookie)).status, 403);
  // Loaded twice at once: one is the answer.
  const twice = [0, 1].map(() => open(logins, `/oauth/callback?${answer}`, shown.cookie));
  assert.deepEqual((await Promise.all(twice)).map(({ status }) => status).sort(), [200, 404]);
  await done;
});

test("login door: two who ask for the same login get one page, and another's state is no way in", async () => {
  await using scene = await loginScene();
  const logins = scene.logins(publicUrl);
  const first = await logins.startLogin(scene.target(), laptop, "laptop");
  const second = await logins.startLogin(scene.target(), laptop, "laptop");
  assert.equal(first.url, second.url);
  const other = await logins.startLogin(scene.target(), { t: "client", id: "phone" }, "phone");
  assert.notEqual(other.url, first.url);
  assert.equal((await open(logins, "/oauth/callback?state=guessed&code=x")).status, 404);
  assert.equal((await open(logins, "/oauth/start?ticket=guessed")).status, 404);
  assert.equal((await logins.answer({ method: "GET", url: "/mcp", cookie: undefined }))?.status, undefined);
  assert.equal((await logins.answer({ method: "POST", url: "/oauth/start", cookie: undefined }))?.status, 405);
});

test("login door: what does not come about is said in the page and to whoever waits", async () => {
  await using scene = await loginScene({ registration: false });
  const logins = scene.logins("http://127.0.0.1:3000");
  const { url, done } = await logins.startLogin(scene.target(), laptop, "<b>laptop</b>");
  const shown = await open(logins, new URL(url).pathname + new URL(url).search);
  assert.equal(shown.status, 502);
  assert.match(shown.body, /registers no clients by itself/);
  await assert.rejects(done, { code: "login_failed" });
});

test("login door: names in a page are text", async () => {
  await using scene = await loginScene();
  const logins = scene.logins(publicUrl);
  const { url } = await logins.startLogin(scene.target(), laptop, "<script>alert(1)</script>");
  const shown = await open(logins, url);
  assert.ok(!shown.body.includes("<script>"));
  assert.match(shown.headers["content-security-policy"] ?? "", /default-src 'none'/);
});

test("login door: the hub describes itself as a client, and signs in as that where the server takes it", async () => {
  await using scene = await loginScene({ registration: false, metadataDocuments: true });
  const logins = scene.logins(publicUrl);
  const page = await logins.answer({ method: "GET", url: "/oauth/client-metadata.json", cookie: undefined });
  const document = JSON.parse(page?.body ?? "{}");
  assert.equal(document.client_id, `${publicUrl}/oauth/client-metadata.json`);
  assert.deepEqual(document.redirect_uris, [`${publicUrl}/oauth/callback`]);
  const { url } = await logins.startLogin(scene.target(), laptop, "laptop");
  const shown = await open(logins, url);
  assert.equal(new URL(shown.next ?? "").searchParams.get("client_id"), document.client_id);
  // Over plain http nobody else can read it: there is none then.
  const plain = scene.logins("http://127.0.0.1:3000");
  const absent = await plain.answer({ method: "GET", url: "/oauth/client-metadata.json", cookie: undefined });
  assert.equal(absent?.status, 404);
});

test("login door: without an address for browsers, and for the hub's own sign-in, there is no page", async () => {
  await using scene = await loginScene();
  await assert.rejects(scene.logins().startLogin(scene.target(), laptop, "laptop"), /HUB_PUBLIC_URL/);
  const target = scene.target({ grant: "client_credentials", clientId: "ci" });
  await assert.rejects(scene.logins(publicUrl).startLogin(target, laptop, "laptop"), /the hub itself/);
});

test("login door: who waits is told when the hub ends", async () => {
  await using scene = await loginScene();
  const logins = scene.logins(publicUrl);
  const { done } = await logins.startLogin(scene.target(), laptop, "laptop");
  const told = assert.rejects(done, (error) => error instanceof HubError && /the hub ends/.test(error.message));
  await logins.close();
  await told;
});

// Logins that clients begin: the hub's own pages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HubError } from "../../../src/base/errors.ts";
import type { Secret } from "../../../src/base/secret.ts";
import type { DoorRequest } from "../../../src/logins/door.ts";
import type { LoginOwner } from "../../../src/logins/owner.ts";
import { answerOf, type LoginScene, loginScene } from "../../helpers/login-scene.ts";

const publicUrl = "https://hub.example/base";
const laptop: LoginOwner = { t: "client", id: "laptop" };

const asker = { id: "laptop", shared: false, name: "laptop" };
const itsToken = "the-token-of-laptop";

/** Who a token lets into this hub; without one nobody is let in. */
function person(token: Secret | undefined) {
  if (token?.reveal() === itsToken) return asker;
  return token?.reveal() === "the-token-of-mallory" ? { id: "mallory", shared: false } : undefined;
}

type Logins = ReturnType<LoginScene["logins"]>;

/** The page behind a link as a browser has it: its text, the cookie that it sets, its form, and where its button leads. */
async function open(logins: Logins, url: string, cookie?: string, more: Partial<DoorRequest> = {}) {
  const page = await logins.answer({ method: "GET", url: url.replace(publicUrl, ""), cookie, person, ...more });
  const given = page?.headers["set-cookie"]?.split(";", 1)[0];
  const plain = (text = "") => text.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
  const body = page?.body ?? "";
  const href = /href="([^"]+)"/.exec(body)?.[1];
  const fields = [...body.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)];
  const form = new URLSearchParams(Object.fromEntries(fields.map(([, name = "", value]) => [name, plain(value)])));
  return { status: page?.status, body, headers: page?.headers ?? {}, cookie: given, form, next: href && plain(href) };
}

/** As `open`, by a person who shows that they are who asked. */
async function openAs(logins: Logins, url: string, token = itsToken, more: Partial<DoorRequest> = {}) {
  const asked = await open(logins, url);
  asked.form.set("token", token);
  return open(logins, "/oauth/start", asked.cookie, { method: "POST", form: asked.form, site: "same-origin", ...more });
}

test("login door: the person who was asked signs in, and the client's calls go with that login", async () => {
  await using scene = await loginScene();
  const logins = scene.logins(publicUrl);
  const credential = logins.credential(scene.target(), laptop);
  assert.equal(await scene.call(credential), 401);
  const { url, done } = await logins.startLogin(scene.target(), laptop, asker);
  const shown = await openAs(logins, url);
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

test("login door: a person of an identity provider is told which token is asked for, and what spares typing it", async () => {
  await using scene = await loginScene();
  const logins = scene.logins(publicUrl);
  const id = "eng https://login.example u-17";
  const { url } = await logins.startLogin(scene.target(), { t: "client", id }, { id, shared: false, name: "eng:u-17" });
  assert.match((await open(logins, url)).body, /access token that the client got there.*grant: token-exchange/s);
  const named = await logins.startLogin(scene.target(), laptop, asker);
  assert.doesNotMatch((await open(logins, named.url)).body, /token-exchange/);
});

test("login door: whoever is talked into opening another's link signs nobody in", async () => {
  await using scene = await loginScene();
  const logins = scene.logins(publicUrl);
  const { url } = await logins.startLogin(scene.target(), laptop, asker);
  const shown = await openAs(logins, url);
  // The attacker has opened the hub's page, and passes only the authorization server's on.
  const answer = await answerOf(shown.next ?? "");
  const name = (shown.cookie ?? "").split("=", 1);
  for (const cookie of [undefined, `${name}=`, `${name}=of-another-browser`]) {
    assert.equal((await open(logins, `/oauth/callback?${answer}`, cookie)).status, 403);
  }
  assert.equal(scene.server.asked("/token").length, 0);
  assert.ok(scene.lines.some(({ msg }) => msg === "login_answer_refused"));
});

test("login door: a link that a program looked at first is still good for the person, and only for that browser", async () => {
  await using scene = await loginScene();
  const logins = scene.logins(publicUrl);
  const { url, done } = await logins.startLogin(scene.target(), laptop, asker);
  const looked = await openAs(logins, url);
  const shown = await openAs(logins, url);
  assert.equal(looked.next, shown.next);
  assert.equal(scene.server.asked("/register").length, 1);
  const answer = await answerOf(shown.next ?? "");
  assert.equal((await open(logins, `/oauth/callback?${answer}`, looked.cookie)).status, 403);
  // Loaded twice at once: one is the answer.
  const twice = [0, 1].map(() => open(logins, `/oauth/callback?${answer}`, shown.cookie));
  assert.deepEqual((await Promise.all(twice)).map(({ status }) => status).sort(), [200, 404]);
  await done;
});

test("login door: a person may have several links open in one browser, and answers each", async () => {
  await using scene = await loginScene();
  const logins = scene.logins(publicUrl);
  const jar = new Map<string, string>();
  const cookies = () => [...jar.values()].join("; ");
  const keep = ({ cookie = "" }: { cookie?: string | undefined }) =>
    jar.set(cookie.slice(0, cookie.indexOf("=")), cookie);
  const links = [];
  for (const core of ["wiki", "crm"]) {
    links.push(await logins.startLogin({ ...scene.target(), core }, laptop, asker));
  }
  const asked = [];
  for (const { url } of links) {
    const page = await open(logins, url, cookies());
    keep(page);
    asked.push(page);
  }
  const shown = [];
  for (const { form } of asked) {
    form.set("token", itsToken);
    const page = await open(logins, "/oauth/start", cookies(), { method: "POST", form, site: "same-origin" });
    assert.equal(page.status, 200, page.body);
    keep(page);
    shown.push(page);
  }
  for (const { next } of shown) {
    const signed = await open(logins, `/oauth/callback?${await answerOf(next ?? "")}`, cookies());
    assert.equal(signed.status, 200, signed.body);
  }
  await Promise.all(links.map(({ done }) => done));
});

test("login door: two who ask for the same login get one page, and another's state is no way in", async () => {
  await using scene = await loginScene();
  const logins = scene.logins(publicUrl);
  const first = await logins.startLogin(scene.target(), laptop, asker);
  const second = await logins.startLogin(scene.target(), laptop, asker);
  assert.equal(first.url, second.url);
  const other = await logins.startLogin(
    scene.target(),
    { t: "client", id: "phone" },
    { id: "phone", shared: false, name: "phone" },
  );
  assert.notEqual(other.url, first.url);
  assert.equal((await open(logins, "/oauth/callback?state=guessed&code=x")).status, 404);
  assert.equal((await open(logins, "/oauth/start?ticket=guessed")).status, 404);
  assert.equal((await logins.answer({ method: "GET", url: "/mcp", cookie: undefined, person }))?.status, undefined);
  assert.equal(
    (await logins.answer({ method: "POST", url: "/oauth/callback", cookie: undefined, person }))?.status,
    405,
  );
});

test("login door: what does not come about is said in the page and to whoever waits", async () => {
  await using scene = await loginScene({ registration: false });
  const logins = scene.logins("http://127.0.0.1:3000");
  const { url, done } = await logins.startLogin(scene.target(), laptop, { ...asker, name: "<b>laptop</b>" });
  const shown = await openAs(logins, new URL(url).pathname + new URL(url).search);
  assert.equal(shown.status, 502);
  assert.match(shown.body, /registers no clients by itself/);
  await assert.rejects(done, { code: "login_failed" });
  assert.deepEqual(scene.happened, { sign_in_failed: 1 });
});

test("login door: one sign-in that fails is counted once, however often its page is loaded", async () => {
  await using scene = await loginScene({ registration: false });
  const logins = scene.logins(publicUrl);
  const { url } = await logins.startLogin(scene.target(), laptop, asker);
  const pages = await Promise.all([0, 1, 2].map(() => openAs(logins, url)));
  for (const { status, body } of pages) {
    assert.equal(status, 502);
    assert.match(body, /registers no clients by itself/);
  }
  assert.deepEqual(scene.happened, { sign_in_failed: 1 });
});

test("login door: names in a page are text", async () => {
  await using scene = await loginScene();
  const logins = scene.logins(publicUrl);
  const { url } = await logins.startLogin(scene.target(), laptop, { ...asker, name: "<script>alert(1)</script>" });
  const shown = await openAs(logins, url);
  assert.ok(!shown.body.includes("<script>"));
  assert.match(shown.headers["content-security-policy"] ?? "", /default-src 'none'/);
});

test("login door: the hub describes itself as a client, and signs in as that where the server takes it", async () => {
  await using scene = await loginScene({ registration: false, metadataDocuments: true });
  const logins = scene.logins(publicUrl);
  const page = await logins.answer({ method: "GET", url: "/oauth/client-metadata.json", cookie: undefined, person });
  const document = JSON.parse(page?.body ?? "{}");
  assert.equal(document.client_id, `${publicUrl}/oauth/client-metadata.json`);
  assert.deepEqual(document.redirect_uris, [`${publicUrl}/oauth/callback`]);
  const { url } = await logins.startLogin(scene.target(), laptop, asker);
  const shown = await openAs(logins, url);
  assert.equal(new URL(shown.next ?? "").searchParams.get("client_id"), document.client_id);
  // Over plain http nobody else can read it: there is none then.
  const plain = scene.logins("http://127.0.0.1:3000");
  const absent = await plain.answer({ method: "GET", url: "/oauth/client-metadata.json", cookie: undefined, person });
  assert.equal(absent?.status, 404);
});

test("login door: without an address for browsers, and for the hub's own sign-in, there is no page", async () => {
  await using scene = await loginScene();
  await assert.rejects(scene.logins().startLogin(scene.target(), laptop, asker), /HUB_PUBLIC_URL/);
  const target = scene.target({ grant: "client_credentials", clientId: "ci" });
  await assert.rejects(scene.logins(publicUrl).startLogin(target, laptop, asker), /the hub itself/);
});

test("login door: who waits is told when the hub ends", async () => {
  await using scene = await loginScene();
  const logins = scene.logins(publicUrl);
  const { done } = await logins.startLogin(scene.target(), laptop, asker);
  const told = assert.rejects(done, (error) => error instanceof HubError && /the hub ends/.test(error.message));
  await logins.close();
  await told;
});

test("login door: whoever opens a link shows with the client's token that they are who asked; nobody else's helps", async () => {
  await using scene = await loginScene();
  const logins = scene.logins(publicUrl);
  const { url, done } = await logins.startLogin(scene.target(), laptop, asker);
  const asked = await open(logins, url);
  assert.equal(asked.status, 200);
  assert.equal(asked.next, undefined);
  assert.match(asked.headers["content-security-policy"] ?? "", /form-action 'self'; ?|form-action 'self'$/);
  assert.match(asked.headers["content-security-policy"] ?? "", /frame-ancestors 'none'/);
  assert.ok(!JSON.stringify(asked).includes(itsToken));
  // Somebody who was sent the link has a token of their own, or none.
  for (const token of ["the-token-of-mallory", "guessed", ""]) {
    const refused = await openAs(logins, url, token);
    assert.equal(refused.status, 403);
    assert.equal(refused.next, undefined);
  }
  assert.equal(scene.server.asked("/authorize").length, 0);
  const rejected = assert.rejects(done, { code: "login_failed" });
  for (let times = 3; times < 10; times++) await openAs(logins, url, "guessed");
  await rejected;
  assert.equal((await open(logins, url)).status, 404);
});

test("login door: a form that was filled in for somebody else's browser is refused", async () => {
  await using scene = await loginScene();
  const logins = scene.logins(publicUrl);
  const { url } = await logins.startLogin(scene.target(), laptop, asker);
  const asked = await open(logins, url);
  asked.form.set("token", itsToken);
  const posted = { method: "POST", form: asked.form };
  const elsewhere = await open(logins, url);
  // The attacker's own form and token, sent by the person's browser: without a cookie, with that browser's own, from another page.
  for (const [cookie, site] of [
    [undefined, "same-origin"],
    [elsewhere.cookie, "same-origin"],
    ["thehub_login=made-up", "same-origin"],
    [asked.cookie, "cross-site"],
    [asked.cookie, "same-site"],
  ] as const) {
    assert.equal((await open(logins, "/oauth/start", cookie, { ...posted, site })).status, 403);
  }
  assert.equal((await open(logins, "/oauth/start", asked.cookie, posted)).status, 200);
});

test("login door: a hub that lets this machine in without a token asks for none", async () => {
  await using scene = await loginScene();
  const logins = scene.logins("http://127.0.0.1:3000");
  const anonymous = { id: "anonymous", shared: true };
  const { url } = await logins.startLogin(scene.target(), { t: "operator" }, { ...anonymous, name: "anonymous" });
  const { pathname, search } = new URL(url);
  const shown = await open(logins, pathname + search, undefined, { person: () => anonymous });
  assert.ok(shown.next?.startsWith(`${scene.server.issuer}/authorize`));
});

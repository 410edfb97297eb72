// Token exchange: one person's token for the hub into one for a Core, at an authorization server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import { ExchangedLogin, type Subject } from "../../../src/logins/exchange.ts";
import { type LoginScene, loginScene } from "../../helpers/login-scene.ts";

const subjectOf = (token: string, expiresAt?: number): Subject => ({
  token: new Secret(token),
  type: "access_token",
  expiresAt,
});

function exchanged(
  scene: LoginScene,
  subject: () => Subject | undefined,
  issuer: string | undefined = scene.server.issuer,
) {
  scene.server.clients.set("hub", { secret: "the-secret-of-the-hub", redirectUris: [] });
  const clientSecret = new Secret("the-secret-of-the-hub");
  const target = scene.target({ clientId: "hub", clientSecret, issuer });
  return new ExchangedLogin(
    target,
    { clock: scene.clock, log: scene.log, vault: scene.vault(), learned: scene.learn, ...scene.counting },
    subject,
  );
}

test("exchange: a person's token becomes one for the Core, got once however many calls need it, and goes to no Core itself", async () => {
  await using scene = await loginScene();
  const { server } = scene;
  server.subjects.add("the-token-of-ann");
  const login = exchanged(scene, () => subjectOf("the-token-of-ann"));
  const statuses = await Promise.all([1, 2, 3, 4].map(() => scene.call(login)));
  assert.deepEqual(statuses, [200, 200, 200, 200]);
  const [asked, ...more] = server.asked("/token");
  assert.equal(more.length, 0);
  assert.equal(asked?.parameters["subject_token"], "the-token-of-ann");
  assert.equal(asked?.parameters["subject_token_type"], "urn:ietf:params:oauth:token-type:access_token");
  assert.equal(asked?.parameters["audience"], server.coreUrl);
  assert.equal(asked?.parameters["resource"], server.coreUrl);
  assert.equal(login.state.t, "ok");
  // Masked, and nowhere in the log.
  assert.equal(scene.learned.length, 1);
  assert.ok(!JSON.stringify(scene.lines).includes("the-token-of-ann"));
  assert.notEqual(await login.authorization(), "Bearer the-token-of-ann");
});

test("exchange: it ends with what it came of, and another person's is another", async () => {
  await using scene = await loginScene({ tokenLifeS: 120 });
  const { server, clock } = scene;
  server.subjects.add("first").add("second");
  let subject: Subject | undefined = subjectOf("first", Date.now() + 300_000);
  const login = exchanged(scene, () => subject);
  const first = await login.authorization();
  assert.equal(await login.authorization(), first);
  clock.shiftMs += 121_000;
  const renewed = await login.authorization();
  assert.notEqual(renewed, first);
  subject = subjectOf("second");
  assert.notEqual(await login.authorization(), renewed);
  subject = subjectOf("first", Date.now() - 1);
  assert.equal(await login.authorization(), undefined);
  assert.equal(login.state.t, "needs_login");
  subject = undefined;
  assert.equal(await login.authorization(), undefined);
  assert.equal(server.asked("/token").length, 3);
});

test("exchange: the mask knows the last two tokens, not all there ever were", async () => {
  await using scene = await loginScene({ tokenLifeS: 120 });
  scene.server.subjects.add("ann");
  const login = exchanged(scene, () => subjectOf("ann"));
  const tokens: (string | undefined)[] = [];
  for (let times = 0; times < 4; times++) {
    tokens.push((await login.authorization())?.replace("Bearer ", ""));
    scene.clock.shiftMs += 121_000;
  }
  assert.deepEqual(scene.masked, tokens.slice(-2));
});

test("exchange: a token that is refused is exchanged once more, and a server that says no ends it with its reason", async () => {
  await using scene = await loginScene();
  const { server, clock } = scene;
  server.subjects.add("ann");
  const login = exchanged(scene, () => subjectOf("ann"));
  assert.equal(await scene.call(login), 200);
  clock.shiftMs += 20_000;
  server.endAccess();
  assert.equal(await scene.call(login), 200);
  server.subjects.clear();
  server.endAccess();
  clock.shiftMs += 20_000;
  assert.equal(await scene.call(login), 401);
  assert.ok(login.state.t === "needs_login");
  assert.match(login.state.why, /invalid_grant/);
  assert.equal(login.state.byLogin, false);
});

test("exchange: a person's token is shown to the issuer of the manifest alone, and only an access token is taken for it", async () => {
  await using scene = await loginScene({ issuedTokenType: "urn:ietf:params:oauth:token-type:refresh_token" });
  scene.server.subjects.add("ann");
  const odd = exchanged(scene, () => subjectOf("ann"));
  await assert.rejects(odd.authorization(), /no access token/);
  const before = scene.server.asked("/token").length;
  const anywhere = exchanged(scene, () => subjectOf("ann"), "");
  await assert.rejects(anywhere.authorization());
  assert.equal(scene.server.asked("/token").length, before);
});

test("exchange: a server that is down is asked again later, not for each call", async () => {
  await using scene = await loginScene({ tokenAnswer: { status: 503, body: "busy", type: "text/plain" } });
  scene.server.subjects.add("ann");
  const login = exchanged(scene, () => subjectOf("ann"));
  await assert.rejects(login.authorization(), { code: "core_down" });
  await assert.rejects(login.authorization(), { code: "core_down" });
  assert.equal(scene.server.asked("/token").length, 1);
  scene.server.switches.tokenAnswer = undefined;
  scene.clock.shiftMs += 6000;
  assert.match((await login.authorization()) ?? "", /^Bearer access-/);
  assert.deepEqual(scene.happened, { failed: 1, renewed: 1 });
});

test("exchange: near its end a token is exchanged on the side, and goes on where that fails", async () => {
  await using scene = await loginScene({ tokenLifeS: 120 });
  const { server, clock } = scene;
  server.subjects.add("ann");
  const login = exchanged(scene, () => subjectOf("ann"));
  const first = await login.authorization();
  clock.shiftMs += 100_000;
  server.switches.tokenAnswer = { status: 503, body: "busy", type: "text/plain" };
  const failed = scene.counted("failed");
  assert.equal(await login.authorization(), first);
  await failed;
  assert.equal(await login.authorization(), first);
  server.switches.tokenAnswer = undefined;
  clock.shiftMs += 6000;
  const renewed = scene.counted("renewed");
  assert.equal(await login.authorization(), first);
  await renewed;
  assert.notEqual(await login.authorization(), first);
});

test("exchange: a token that lives shortly is exchanged once for the calls of its time", async () => {
  await using scene = await loginScene({ tokenLifeS: 20 });
  scene.server.subjects.add("ann");
  const login = exchanged(scene, () => subjectOf("ann"));
  const first = await login.authorization();
  assert.equal(await login.authorization(), first);
  assert.equal(scene.server.asked("/token").length, 1);
});

test("exchange: what the issuer does not exchange is not shown to it again with each call, and another token is", async () => {
  await using scene = await loginScene();
  const { server, clock } = scene;
  let subject = "of somebody unknown";
  const login = exchanged(scene, () => subjectOf(subject));
  for (let calls = 0; calls < 3; calls++) assert.equal(await scene.call(login), 401);
  assert.equal(server.asked("/token").length, 1);
  assert.ok(login.state.t === "needs_login");
  clock.shiftMs += 61_000;
  assert.equal(await login.authorization(), undefined);
  assert.equal(server.asked("/token").length, 2);
  server.subjects.add("ann");
  subject = "ann";
  assert.equal(await scene.call(login), 200);
});

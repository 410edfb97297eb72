// The login of one owner at one Core, against a real authorization server.
import assert from "node:assert/strict";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Credential, CredentialState } from "../../../src/base/credential.ts";
import { lackOf } from "../../../src/base/credential.ts";
import { Secret } from "../../../src/base/secret.ts";
import { CoreLogin } from "../../../src/logins/core-login.ts";
import { operator } from "../../../src/logins/owner.ts";
import { type LoginScene, loginScene } from "../../helpers/login-scene.ts";

/** Resolves at the first state, now or later, that is as wanted. */
function stateOf(credential: Credential, wanted: (state: CredentialState) => boolean): Promise<CredentialState> {
  if (wanted(credential.state)) return Promise.resolve(credential.state);
  return new Promise((resolve) => {
    const end = credential.watch((state) => {
      if (!wanted(state)) return;
      end();
      resolve(state);
    });
  });
}

/** The operator's login, taken up by the hub. */
async function signedIn(scene: LoginScene): Promise<Credential> {
  await scene.signIn();
  const credential = scene.logins().credential(scene.target(), operator);
  await credential.authorization();
  return credential;
}

test("login: without one nothing is sent, and a refusal says what to do", async () => {
  await using scene = await loginScene();
  const credential = scene.logins().credential(scene.target(), operator);
  assert.equal(await credential.authorization(), undefined);
  assert.equal(credential.state.t, "none");
  assert.equal(await scene.call(credential), 401);
  const lack = lackOf(credential.state);
  assert.equal(credential.state.t, "needs_login");
  assert.equal(lack?.fix, "run: thehub login wiki");
  assert.equal(lack?.byLogin, true);
});

test("login: what thehub login does in another process is taken up by a hub that runs", async () => {
  await using scene = await loginScene();
  const credential = scene.logins().credential(scene.target(), operator);
  assert.equal(await scene.call(credential), 401);
  await scene.signIn();
  await stateOf(credential, ({ t }) => t === "ok");
  assert.equal(await scene.call(credential), 200);
  assert.ok(scene.lines.some(({ msg }) => msg === "login_taken_up"));
});

test("login: two hundred calls when the token has just ended are one refresh", async () => {
  await using scene = await loginScene();
  await scene.signIn();
  const credential = scene.logins().credential(scene.target(), operator);
  assert.equal(await scene.call(credential), 200);
  scene.server.endAccess();
  scene.clock.shiftMs += 3601 * 1000;
  const before = scene.server.asked("/token").length;
  const statuses = await Promise.all(Array.from({ length: 200 }, () => scene.call(credential)));
  assert.deepEqual(new Set(statuses), new Set([200]));
  assert.equal(scene.server.asked("/token").length - before, 1);
});

test("login: two hundred calls that are all refused with one token are one refresh", async () => {
  await using scene = await loginScene();
  const credential = await signedIn(scene);
  scene.server.endAccess();
  scene.clock.shiftMs += 60_000;
  const before = scene.server.asked("/token").length;
  const statuses = await Promise.all(Array.from({ length: 200 }, () => scene.call(credential)));
  assert.deepEqual(new Set(statuses), new Set([200]));
  assert.equal(scene.server.asked("/token").length - before, 1);
});

test("login: near its end a token is renewed on the side, and nobody waits for it", async () => {
  await using scene = await loginScene();
  await scene.signIn();
  const credential = scene.logins().credential(scene.target(), operator);
  const first = await credential.authorization();
  scene.clock.shiftMs += 3570 * 1000;
  const held = new Promise<void>((resolve) => {
    scene.server.switches.beforeToken = () => {
      scene.server.switches.beforeToken = undefined;
      resolve();
      return changed;
    };
  });
  let letGo: () => void = () => {};
  const changed = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  assert.equal(await credential.authorization(), first);
  await held;
  assert.equal(await credential.authorization(), first);
  const renewed = new Promise<void>((resolve) => void credential.watch(() => resolve()));
  letGo();
  await renewed;
  assert.notEqual(await credential.authorization(), first);
});

test("login: one without a refresh token is good until its end", async () => {
  await using scene = await loginScene({ refreshTokens: false });
  await scene.signIn();
  const credential = scene.logins().credential(scene.target(), operator);
  assert.equal(await scene.call(credential), 200);
  scene.clock.shiftMs += 3590 * 1000;
  // The first of them would begin what ends it.
  for (let calls = 0; calls < 30; calls++) assert.equal(await scene.call(credential), 200);
  scene.clock.shiftMs += 11 * 1000;
  assert.equal(await credential.authorization(), undefined);
  assert.equal(credential.state.t, "needs_login");
});

test("login: hubs of one user that renew at the same moment do not lose a rotating refresh token", async () => {
  await using scene = await loginScene();
  await scene.signIn();
  const credentials = Array.from({ length: 4 }, () => scene.logins().credential(scene.target(), operator));
  for (const credential of credentials) await credential.authorization();
  scene.server.endAccess();
  scene.clock.shiftMs += 3601 * 1000;
  const statuses = await Promise.all(credentials.map((credential) => scene.call(credential)));
  assert.deepEqual(statuses, [200, 200, 200, 200]);
  assert.equal(scene.server.asked("/token").length, 2);
});

test("login: a refresh token that was revoked asks for a new login, and is not tried again", async () => {
  await using scene = await loginScene();
  const credential = await signedIn(scene);
  scene.server.revokeAll();
  scene.clock.shiftMs += 3601 * 1000;
  assert.equal(await scene.call(credential), 401);
  assert.equal(credential.state.t, "needs_login");
  assert.match(lackOf(credential.state)?.why ?? "", /invalid_grant/);
  const asked = scene.server.asked("/token").length;
  assert.equal(await scene.call(credential), 401);
  assert.equal(scene.server.asked("/token").length, asked);
  await scene.signIn();
  await stateOf(credential, ({ t }) => t === "ok");
  assert.equal(await scene.call(credential), 200);
});

test("login: an authorization server that is down for a while does not end the login", async () => {
  await using scene = await loginScene();
  const credential = await signedIn(scene);
  scene.server.endAccess();
  scene.server.switches.tokenAnswer = { status: 503, body: "<html>maintenance</html>", type: "text/html" };
  scene.clock.shiftMs += 3601 * 1000;
  await assert.rejects(credential.authorization(), { code: "core_down" });
  const asked = scene.server.asked("/token").length;
  // A second one does not ask at once.
  await assert.rejects(credential.authorization(), { code: "core_down" });
  assert.equal(scene.server.asked("/token").length, asked);
  assert.equal(credential.state.t, "ok");
  scene.server.switches.tokenAnswer = undefined;
  scene.clock.shiftMs += 2000;
  assert.equal(await scene.call(credential), 200);
});

test("login: an authorization server that is busy does not end the login, whatever it calls that", async () => {
  await using scene = await loginScene();
  const credential = await signedIn(scene);
  scene.server.endAccess();
  scene.clock.shiftMs += 3601 * 1000;
  for (const [status, error] of [
    [429, "Too many requests, please try again later."],
    [503, "maintenance"],
  ] as const) {
    scene.server.switches.tokenAnswer = { status, body: JSON.stringify({ error }) };
    await assert.rejects(credential.authorization(), { code: "core_down" }, error);
    assert.equal(credential.state.t, "ok");
    scene.clock.shiftMs += 60_000;
  }
  scene.server.switches.tokenAnswer = undefined;
  assert.equal(await scene.call(credential), 200);
});

test("login: a new token that the Core refuses is not renewed again and again", async () => {
  await using scene = await loginScene();
  const credential = await signedIn(scene);
  scene.server.endAccess();
  const asked = scene.server.asked("/token").length;
  assert.equal(await scene.call(credential), 401);
  assert.equal(scene.server.asked("/token").length, asked);
  assert.match(lackOf(credential.state)?.why ?? "", /refuses a login that is new/);
});

test("login: more access is asked for with what is there already, and at most twice", async () => {
  await using scene = await loginScene({ coreScopes: ["read"], neededScope: "write" });
  await scene.signIn();
  const credential = scene.logins().credential(scene.target(), operator);
  assert.equal(await scene.call(credential), 403);
  assert.equal(credential.state.t, "ok");
  assert.equal(lackOf(credential.state)?.byLogin, true);
  await scene.signIn();
  assert.deepEqual(
    scene.server.asked("/authorize").map(({ parameters }) => parameters["scope"]),
    ["read", "read write"],
  );
  await stateOf(credential, (state) => state.t === "ok" && state.lacks === undefined);
  assert.equal(await scene.call(credential), 200);
});

test("login: a Core that is never satisfied is given up after three logins", async () => {
  await using scene = await loginScene({ coreScopes: ["read"], neededScope: "write", grantsScopes: false });
  await scene.signIn();
  const credential = scene.logins().credential(scene.target(), operator);
  let authorizations = 1;
  while ((await scene.call(credential)) === 403 && lackOf(credential.state)?.byLogin === true) {
    await scene.signIn();
    authorizations += 1;
    await stateOf(credential, (state) => state.t === "ok" && state.lacks === undefined);
  }
  assert.equal(authorizations, 3);
});

test("login: many calls that find the same lack with one token are one step, said once", async () => {
  await using scene = await loginScene({ coreScopes: ["read"], neededScope: "write" });
  await scene.signIn();
  const credential = scene.logins().credential(scene.target(), operator);
  const statuses = await Promise.all(Array.from({ length: 50 }, () => scene.call(credential)));
  assert.deepEqual(new Set(statuses), new Set([403]));
  assert.equal(lackOf(credential.state)?.byLogin, true);
  assert.equal(scene.lines.filter(({ msg }) => msg === "login_needed").length, 1);
});

test("login: the hub as itself asks for more when calls need it, once for all of them", async () => {
  await using scene = await loginScene({ coreScopes: ["read"], neededScope: "write" });
  scene.server.clients.set("ci", { secret: "secret-of-ci", redirectUris: [] });
  const clientSecret = new Secret("secret-of-ci");
  const target = scene.target({ grant: "client_credentials", clientId: "ci", clientSecret });
  const credential = scene.logins().credential(target, operator);
  const statuses = await Promise.all(Array.from({ length: 50 }, () => scene.call(credential)));
  assert.deepEqual(new Set(statuses), new Set([200]));
  const scopes = scene.server.asked("/token").map(({ parameters }) => parameters["scope"]);
  assert.deepEqual(scopes, ["read", "read write"]);
});

test("login: where the hub as itself is given no more, what it has goes on, and what comes later is as before", async () => {
  await using scene = await loginScene({ neededScope: "admin", takenScopes: ["read"] });
  scene.server.clients.set("ci", { secret: "secret-of-ci", redirectUris: [] });
  const oauth = { grant: "client_credentials", clientId: "ci", scopes: ["read"] } as const;
  const target = scene.target({ ...oauth, clientSecret: new Secret("secret-of-ci"), issuer: scene.server.issuer });
  const credential = scene.logins().credential(target, operator);
  assert.equal(await scene.call(credential), 403);
  assert.match(lackOf(credential.state)?.why ?? "", /invalid_scope/);
  scene.server.switches.neededScope = undefined;
  assert.equal(await scene.call(credential), 200);
  scene.clock.shiftMs += 3601 * 1000;
  scene.server.endAccess();
  assert.equal(await scene.call(credential), 200);
  assert.equal(credential.state.t, "ok");
});

test("login: more than a person may be given is asked for once, and not by each login after that", async () => {
  await using scene = await loginScene({ neededScope: "admin", coreScopes: ["read"], takenScopes: ["read"] });
  await scene.signIn();
  const credential = scene.logins().credential(scene.target(), operator);
  assert.equal(await scene.call(credential), 403);
  await assert.rejects(scene.signIn(), /invalid_scope/);
  const record = await scene.signIn();
  assert.equal(record.tokens?.scope, "read");
});

test("login: the hub signs in as itself, and does so anew when its token ends", async () => {
  await using scene = await loginScene({ coreScopes: ["read"] });
  scene.server.clients.set("ci", { secret: "secret-of-ci", redirectUris: [] });
  const clientSecret = new Secret("secret-of-ci");
  const target = scene.target({
    grant: "client_credentials",
    clientId: "ci",
    clientSecret,
    issuer: scene.server.issuer,
  });
  const credential = scene.logins().credential(target, operator);
  assert.equal(await scene.call(credential), 200);
  scene.server.endAccess();
  scene.clock.shiftMs += 3601 * 1000;
  const statuses = await Promise.all(Array.from({ length: 50 }, () => scene.call(credential)));
  assert.deepEqual(new Set(statuses), new Set([200]));
  const [first, ...more] = scene.server.asked("/token");
  assert.equal(more.length, 1);
  assert.equal(first?.parameters["scope"], "read");
  assert.equal(first?.parameters["resource"], scene.server.coreUrl);
});

test("login: the hub's own sign-in that is refused says so, and waits before it asks again", async () => {
  await using scene = await loginScene();
  const target = scene.target({ grant: "client_credentials", clientId: "nobody" });
  const credential = scene.logins().credential(target, operator);
  assert.equal(await scene.call(credential), 401);
  assert.match(lackOf(credential.state)?.why ?? "", /invalid_client/);
  assert.equal(lackOf(credential.state)?.byLogin, false);
  const asked = scene.server.asked("/token").length;
  assert.equal(await scene.call(credential), 401);
  assert.equal(scene.server.asked("/token").length, asked);
});

test("login: a token is never sent to a Core that has another address than when it was made", async () => {
  await using scene = await loginScene();
  await scene.signIn();
  const credential = scene.logins().credential(scene.target({}, "https://elsewhere.example/mcp"), operator);
  assert.equal(await credential.authorization(), undefined);
  assert.match(lackOf(credential.state)?.why ?? "", /its login is for http:/);
});

test("login: a Core that moves to another authorization server is not shown the old one's tokens", async () => {
  await using scene = await loginScene();
  await using other = await loginScene();
  const credential = await signedIn(scene);
  scene.server.endAccess();
  scene.server.switches.namedIssuer = other.server.issuer;
  scene.clock.shiftMs += 60_000;
  const asked = scene.server.asked("/token").length;
  assert.equal(await scene.call(credential), 401);
  assert.match(lackOf(credential.state)?.why ?? "", /another authorization server/);
  assert.equal(scene.server.asked("/token").length, asked);
  assert.equal(other.server.asked("/token").length, 0);
});

test("login: one that is in use stays so while its file cannot be read", async () => {
  await using scene = await loginScene();
  await scene.signIn();
  const login = new CoreLogin(scene.target(), operator, {
    ...{ clock: scene.clock, log: scene.log, vault: scene.vault(), learned: scene.learn },
    ...scene.counting,
  });
  assert.equal(await scene.call(login), 200);
  const folder = join(scene.stateDir, "logins");
  const [name = ""] = await readdir(folder);
  await writeFile(join(folder, name), "{");
  await login.look();
  assert.equal(await scene.call(login), 200);
  assert.equal(login.state.t, "ok");
  assert.ok(!scene.lines.some(({ msg }) => msg === "login_needed"));
});

test("login: one that cannot be renewed ends, and is not begun again from what is kept", async () => {
  await using scene = await loginScene({ refreshTokens: false });
  await scene.signIn();
  const credential = scene.logins().credential(scene.target(), operator);
  assert.equal(await scene.call(credential), 200);
  scene.clock.shiftMs += 3601 * 1000;
  scene.server.endAccess();
  for (let time = 0; time < 3; time++) {
    scene.clock.shiftMs += 2000;
    assert.equal(await credential.authorization(), undefined);
    assert.equal(credential.state.t, "needs_login");
  }
  assert.equal(scene.lines.filter(({ msg }) => msg === "login_needed").length, 1);
  await scene.signIn();
  await stateOf(credential, ({ t }) => t === "ok");
});

test("login: a Core that stops describing itself has not moved", async () => {
  await using scene = await loginScene();
  const credential = await signedIn(scene);
  scene.server.switches.resourceMetadata = "absent";
  scene.server.endAccess();
  scene.clock.shiftMs += 60_000;
  assert.equal(await scene.call(credential), 200);
});

test("login: what becomes of it is counted, and how it is can be looked at, by Core", async () => {
  await using scene = await loginScene();
  const logins = scene.logins();
  assert.deepEqual(
    [...logins.states()].map(([core, state]) => [core, state]),
    [],
  );
  const credential = logins.credential(scene.target(), operator);
  const states = () => [...logins.states()].map(([core, state]) => [core, state]);
  await credential.authorization();
  assert.deepEqual(states(), [["wiki", "none"]]);
  for (let count = 0; count < 3; count++) assert.equal(await scene.call(credential), 401);
  assert.deepEqual(states(), [["wiki", "needed"]]);
  assert.deepEqual(scene.happened, { needed: 1 });
  await scene.signIn();
  await stateOf(credential, ({ t }) => t === "ok");
  assert.deepEqual(states(), [["wiki", "good"]]);
  scene.clock.shiftMs += 3601 * 1000;
  await credential.authorization();
  assert.deepEqual(scene.happened, { needed: 1, taken_up: 1, renewed: 1 });
  scene.clock.shiftMs += 3601 * 1000;
  scene.server.switches.tokenAnswer = { status: 503, body: "", type: "text/html" };
  for (let count = 0; count < 3; count++) await assert.rejects(credential.authorization(), { code: "core_down" });
  assert.deepEqual(states(), [["wiki", "good"]]);
  assert.deepEqual(scene.happened, { needed: 1, taken_up: 1, renewed: 1, failed: 1 });
  scene.server.switches.tokenAnswer = undefined;
  scene.server.revokeAll();
  scene.clock.shiftMs += 60_000;
  await credential.authorization();
  assert.deepEqual(states(), [["wiki", "needed"]]);
  assert.deepEqual(scene.happened, { needed: 2, taken_up: 1, renewed: 1, failed: 1 });
});

test("login: one that is not good for everything is lacking, whoever it is of", async () => {
  await using scene = await loginScene({ coreScopes: ["read"], neededScope: "write" });
  await scene.signIn();
  const logins = scene.logins();
  const credential = logins.credential(scene.target(), operator);
  logins.credential(scene.target(), { t: "client", id: "ann" });
  for (let count = 0; count < 3; count++) assert.equal(await scene.call(credential), 403);
  assert.deepEqual(
    [...logins.states()].map(([core, state]) => [core, state]),
    [
      ["wiki", "lacking"],
      ["wiki", "none"],
    ],
  );
  assert.deepEqual(scene.happened, { needed: 1 });
});

test("login: nothing secret is in a log line, and every token is known to the mask", async () => {
  await using scene = await loginScene();
  const record = await scene.signIn();
  const credential = scene.logins().credential(scene.target(), operator);
  await credential.authorization();
  scene.server.switches.tokenAnswer = {
    status: 400,
    body: JSON.stringify({
      error: "invalid_grant",
      error_description: `no ${record.tokens?.refresh} here\n\u001b[31m`,
    }),
  };
  scene.clock.shiftMs += 3601 * 1000;
  await credential.authorization();
  const text = JSON.stringify([scene.lines, credential.state]);
  for (const secret of [record.tokens?.access, record.tokens?.refresh]) {
    assert.ok(secret !== undefined && !text.includes(secret));
    assert.ok(scene.learned.includes(secret));
  }
  assert.ok(text.includes("no [secret] here"));
  assert.ok(!text.includes("\\u001b"));
});

test("login: the mask knows the last two tokens of each kind, not all there ever were, and none once it was signed out", async () => {
  await using scene = await loginScene();
  await scene.signIn();
  const credential = scene.logins().credential(scene.target(), operator);
  const tokens: string[] = [];
  for (let times = 0; times < 4; times++) {
    await credential.authorization();
    const found = await scene.vault().read("wiki", operator);
    assert.ok(found.t === "login");
    tokens.push(found.record.tokens?.access ?? "", found.record.tokens?.refresh ?? "");
    scene.clock.shiftMs += 3601 * 1000;
  }
  assert.deepEqual(scene.masked, tokens.slice(-4));
  const signedOut = stateOf(credential, ({ t }) => t === "none");
  await scene.vault().remove("wiki", operator);
  await signedOut;
  assert.deepEqual(scene.masked, []);
});

test("login: its file is for the hub's user alone, and says nothing of its tokens", async () => {
  await using scene = await loginScene();
  const record = await scene.signIn();
  const folder = join(scene.stateDir, "logins");
  const [name = "", ...others] = await readdir(folder);
  assert.deepEqual(others, []);
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600);
  assert.equal((await stat(join(scene.stateDir, "key"))).mode & 0o777, 0o600);
  const text = await readFile(join(folder, name), "utf8");
  assert.ok(!text.includes(record.tokens?.access ?? "") && !text.includes(record.client.id));
});

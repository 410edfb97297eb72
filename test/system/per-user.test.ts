// One `per-user` Core, several people, and everything that might mix them up: signing in at the same moment, two sessions of one person, renewal, reload,
// sign-out. The Core says whose account each answer is of, has a tool for each account, and notices a session that comes with another account's token.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type AuthorizationServer, startAuthorizationServer } from "../helpers/authorization-server.ts";
import { type HubProcess, startHub } from "../helpers/hub-process.ts";
import { signInAt } from "../helpers/login-person.ts";
import { thehub } from "../helpers/thehub.ts";
import { type Message, WsClient } from "../helpers/ws-client.ts";

const browser = `${process.execPath} ${fileURLToPath(new URL("../fixtures/logins/browser.mjs", import.meta.url))}`;
const people = ["ann", "bob", "cid"] as const;
type Person = (typeof people)[number];
const tokenOf = (person: Person) => `the-token-of-${person}-0123456789abcdefgh`;
const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");

const manifest = ({ coreUrl }: AuthorizationServer, more = "") => `clients:
${people.map((person) => `  ${person}: { token_sha256: "${hashOf(tokenOf(person))}" }\n`).join("")}cores:
  wiki:
    url: ${coreUrl}
    allow_private: true
    credentials: per-user
    isolation: session
    health: { restart_backoff_ms: 50 }
${more}`;

async function enter(hub: HubProcess, person: Person): Promise<WsClient> {
  const headers = { Authorization: `Bearer ${tokenOf(person)}` };
  return WsClient.connect(await hub.wsUrl(), headers, {}, { elicitation: { url: {} } });
}

async function toolsOf(client: WsClient): Promise<string[]> {
  const { result } = await client.request("tools/list");
  return result.tools.map(({ name }: { name: string }) => name).sort();
}

/** Whose account the answers to so many calls at once are of. */
async function accountsOf(client: WsClient, calls = 1): Promise<string[]> {
  const answers = await Promise.all(Array.from({ length: calls }, () => client.call("wiki__look")));
  return [...new Set(answers.map(({ result, error }) => result?.content[0].text ?? error?.message))];
}

/** The same by the stateless era, where each request stands for itself. */
async function accountsByRequest(hub: HubProcess, person: Person, calls: number): Promise<string[]> {
  const url = await hub.httpUrl();
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: person, version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const call = async (id: number) => {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${tokenOf(person)}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": "tools/call",
        "mcp-name": "wiki__look",
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id,
        method: "tools/call",
        params: { name: "wiki__look", arguments: {}, _meta },
      }),
    });
    const { result, error } = (await response.json()) as Message;
    return result?.content[0].text ?? error?.message;
  };
  return [...new Set(await Promise.all(Array.from({ length: calls }, (_, at) => call(at + 1))))];
}

/** Signs in as the person does who is asked by this client. */
async function signIn(client: WsClient, person: Person): Promise<void> {
  const asked = await client.notified("elicitation/create");
  client.answer(asked, { action: "accept" });
  const { status, text } = await signInAt(String(asked.params?.["url"]), tokenOf(person));
  assert.equal(status, 200, text);
}

const renewals = (server: AuthorizationServer) =>
  server.asked("/token").filter(({ parameters }) => parameters["grant_type"] === "refresh_token").length;

test("per-user: a Core that only the operator has not signed in to is up, starts nothing anew, and says so once", async () => {
  await using server = await startAuthorizationServer();
  await using hub = await startHub({ manifest: manifest(server), env: { HUB_LOG_LEVEL: "debug" } });
  const downs = (level: string) => hub.logs.filter((line) => line.msg === "core_down" && line.level === level);
  await hub.logged("core_down", ({ generation }) => generation === 3);
  assert.deepEqual([downs("warn").length, downs("debug").length > 1], [1, true]);
  const health = await fetch(`${await hub.url()}/healthz`);
  assert.deepEqual([health.status, await health.json()], [200, { ok: true, cores: 1, tools: 0 }]);
  const page = await (await fetch(`${await hub.url()}/metrics`)).text();
  assert.match(page, /^thehub_core_up\{core="wiki"\} 1$/m);
  assert.match(page, /^thehub_core_restarts_total\{core="wiki"\} 0$/m);
});

test("per-user: two people who sign in at the same moment, each with two sessions, share no token, no session and no list", async () => {
  await using server = await startAuthorizationServer({ tokenLifeS: 2 });
  server.mcp.isPersonal = true;
  await using hub = await startHub({ manifest: manifest(server) });
  const ann = [await enter(hub, "ann"), await enter(hub, "ann")] as const;
  const bob = [await enter(hub, "bob"), await enter(hub, "bob")] as const;
  await using cid = await enter(hub, "cid");
  const all = [...ann, ...bob];
  for (const client of [...all, cid]) assert.deepEqual(await toolsOf(client), ["wiki__sign_in"]);

  // First use, by all of them at once; one page is enough for both sessions of a person.
  const first = all.map((client) => client.call("wiki__sign_in"));
  await Promise.all([signIn(ann[0], "ann"), signIn(bob[0], "bob")]);
  for (const call of first) {
    const { result, error } = await call;
    assert.match(result?.content[0].text ?? "", /Signed in to wiki/, JSON.stringify(error));
  }
  for (const client of all) await client.notified("notifications/tools/list_changed");
  // What they have now has to be renewed soon, what comes of that not.
  server.switches.tokenLifeS = 3600;
  const [annsAccounts, bobsAccounts] = [await accountsOf(ann[0], 20), await accountsOf(bob[0], 20)];
  assert.equal(annsAccounts.length, 1);
  assert.equal(bobsAccounts.length, 1);
  assert.notDeepEqual(annsAccounts, bobsAccounts);
  const accountOf = ([text = ""]: string[]) => text.replace("look of ", "");
  const own = { ann: accountOf(annsAccounts), bob: accountOf(bobsAccounts) };
  assert.match(own.ann, /^account-\d$/);

  const holds = async () => {
    for (const [person, clients] of [
      ["ann", ann],
      ["bob", bob],
    ] as const) {
      const answers = await Promise.all(clients.map((client) => accountsOf(client, 10)));
      for (const answer of answers) assert.deepEqual(answer, [`look of ${own[person]}`]);
      for (const client of clients)
        assert.deepEqual(await toolsOf(client), ["wiki__look", `wiki__only-${own[person]}`].sort());
      assert.deepEqual(await accountsByRequest(hub, person, 10), [`look of ${own[person]}`]);
      // Another's tool does not exist.
      const others = person === "ann" ? own.bob : own.ann;
      const { error } = await clients[0].call(`wiki__only-${others}`);
      assert.equal(error?.data?.["code"], "name_unknown");
    }
    assert.deepEqual(await toolsOf(cid), ["wiki__sign_in"]);
    // Who has not signed in is asked to, whatever the name is, and whoever has it.
    cid.notifications.length = 0;
    const refused = cid.call(`wiki__only-${own.ann}`);
    cid.answer(await cid.notified("elicitation/create"), { action: "decline" });
    assert.equal((await refused).error?.data?.["code"], "login_needed");
    assert.deepEqual(server.mcp.crossed, []);
  };
  await holds();

  // Renewal under load: one for each of them, however many calls and sessions.
  do await Promise.all(all.map((client) => accountsOf(client, 10)));
  while (renewals(server) < 2);
  await holds();
  assert.equal(renewals(server), 2);

  // Another manifest, with the same Core: nothing of it has moved.
  await writeFile(join(hub.folder, "hub.yaml"), manifest(server, "    tags: [docs]\n"));
  hub.child.kill("SIGHUP");
  await hub.logged("reloaded");
  await holds();

  // Who signs out is alone in that.
  const env = { HUB_STATE_DIR: join(hub.folder, "state"), BROWSER: browser };
  const out = await thehub(["logout", "wiki", "--for", "ann"], env, hub.folder);
  assert.equal(out.code, 0, out.stderr);
  for (const client of bob) assert.deepEqual(await accountsOf(client, 5), [`look of ${own.bob}`]);
  for (const client of ann) {
    client.notifications.length = 0;
    const call = client.call("wiki__look");
    const asked = await client.notified("elicitation/create");
    client.answer(asked, { action: "decline" });
    assert.equal((await call).error?.data?.["code"], "login_needed");
  }
  // Signed in anew it is another account here: nothing of the former one is shown.
  assert.equal((await thehub(["login", "wiki", "--for", "ann"], env, hub.folder)).code, 0);
  for (const client of all) {
    const [answer = ""] = await accountsOf(client, 5);
    assert.ok(
      ann.includes(client as never) ? ![own.ann, own.bob].includes(answer.slice(8)) : answer === `look of ${own.bob}`,
      answer,
    );
  }
  assert.deepEqual(server.mcp.crossed, []);
  for (const client of all) await client[Symbol.asyncDispose]();
  await hub.stop();
});

test("per-user: what the operator signed in to serves nobody else, by either era", async () => {
  await using server = await startAuthorizationServer();
  server.mcp.isPersonal = true;
  await using hub = await startHub({ manifest: manifest(server) });
  const env = { HUB_STATE_DIR: join(hub.folder, "state"), BROWSER: browser };
  assert.equal((await thehub(["login", "wiki"], env, hub.folder)).code, 0);
  await hub.logged("core_up", ({ core }) => core === "wiki");
  await using ann = await enter(hub, "ann");
  assert.deepEqual(await toolsOf(ann), ["wiki__sign_in"]);
  const [early = "", ...others] = await accountsByRequest(hub, "ann", 5);
  assert.deepEqual(others, []);
  assert.match(early, /unknown tool|needs a login/);
  assert.equal((await thehub(["login", "wiki", "--for", "ann"], env, hub.folder)).code, 0);
  await ann.notified("notifications/tools/list_changed");
  assert.deepEqual(await accountsByRequest(hub, "ann", 5), ["look of account-2"]);
  assert.deepEqual(await accountsOf(ann, 5), ["look of account-2"]);
  assert.deepEqual(server.mcp.crossed, []);
  await hub.stop();
});

test("per-user: who is asked and signs in by thehub login instead has the call go on", async () => {
  await using server = await startAuthorizationServer();
  await using hub = await startHub({ manifest: manifest(server) });
  await using ann = await enter(hub, "ann");
  assert.deepEqual(await toolsOf(ann), ["wiki__sign_in"]);
  const call = ann.call("wiki__sign_in");
  const asked = await ann.notified("elicitation/create");
  const env = { HUB_STATE_DIR: join(hub.folder, "state"), BROWSER: browser };
  assert.equal((await thehub(["login", "wiki", "--for", "ann"], env, hub.folder)).code, 0);
  const { result, error } = await call;
  assert.match(result?.content[0].text ?? "", /Signed in to wiki/, JSON.stringify(error));
  await ann.notified(
    "notifications/elicitation/complete",
    ({ params }) => params?.["elicitationId"] === asked.params?.["elicitationId"],
  );
  assert.deepEqual(await accountsOf(ann), ["seen"]);
  await hub.stop();
});

test("per-user: thehub check says what shared means, and that per-user is not that", async () => {
  await using server = await startAuthorizationServer();
  await using hub = await startHub({ manifest: manifest(server) });
  await hub.logged("listening");
  const warning = /everyone who may call this Core acts as the person who signed in/;
  const check = (text: string) =>
    writeFile(join(hub.folder, "checked.yaml"), text).then(() => thehub(["check", join(hub.folder, "checked.yaml")]));
  const shared = await check(manifest(server).replace("credentials: per-user", "credentials: shared"));
  assert.equal(shared.code, 0);
  assert.match(shared.stdout + shared.stderr, warning);
  const own = await check(manifest(server));
  assert.equal(own.code, 0);
  assert.doesNotMatch(own.stdout + own.stderr, warning);
  await hub.stop();
});

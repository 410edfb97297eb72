// Logins at first use, on the built hub: a client's person is asked to sign in on the hub's page, by whatever way the client has, and its calls go on.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { type AuthorizationServer, startAuthorizationServer } from "../helpers/authorization-server.ts";
import { ask, EventReader, textOf } from "../helpers/http-mcp.ts";
import { type HubProcess, startHub } from "../helpers/hub-process.ts";
import { signInAt } from "../helpers/login-person.ts";
import { ModernClient } from "../helpers/modern-client.ts";
import { WsClient } from "../helpers/ws-client.ts";

const tokens = {
  operator: "the-token-of-the-operator-0123456789",
  ann: "the-token-of-ann-0123456789abcdefgh",
  bob: "the-token-of-bob-0123456789abcdefgh",
};
const askable = { elicitation: { url: {} } };

async function hubOf(
  { coreUrl }: AuthorizationServer,
  more: string,
  env: Record<string, string> = {},
): Promise<HubProcess> {
  const hash = (token: string) => createHash("sha256").update(token).digest("hex");
  return startHub({
    manifest: `clients:
  ann: { token_sha256: "${hash(tokens.ann)}" }
  bob: { token_sha256: "${hash(tokens.bob)}" }
cores:
  wiki:
    url: ${coreUrl}
    allow_private: true
    health: { restart_backoff_ms: 60000 }
${more}`,
    env: { HUB_TOKEN: tokens.operator, ...env },
  });
}

async function clientOf(hub: HubProcess, name: keyof typeof tokens, capabilities = {}): Promise<WsClient> {
  return WsClient.connect(await hub.wsUrl(), { Authorization: `Bearer ${tokens[name]}` }, {}, capabilities);
}

async function toolsOf(client: WsClient): Promise<string[]> {
  const { result } = await client.request("tools/list");
  return result.tools.map(({ name }: { name: string }) => name);
}

const perUser = "    credentials: per-user\n    isolation: session\n";

test("login at first use: a client that takes links is asked, its person signs in, and its call goes on", async () => {
  await using server = await startAuthorizationServer();
  await using hub = await hubOf(server, perUser, { HUB_BASE_PATH: "/hub" });
  await using ann = await clientOf(hub, "ann", askable);
  // Of a Core that nobody has signed in to there is nothing to see but the way in.
  assert.deepEqual(await toolsOf(ann), ["wiki__sign_in"]);
  const first = ann.call("wiki__sign_in");
  const asked = await ann.notified("elicitation/create");
  assert.equal(asked.params?.["mode"], "url");
  assert.match(String(asked.params?.["message"]), /^\[wiki\] Sign in to wiki/);
  const url = String(asked.params?.["url"]);
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/hub\/oauth\/start\?ticket=/);
  ann.answer(asked, { action: "accept" });
  // Whoever else was sent the link is not who asked.
  assert.equal((await signInAt(url, tokens.bob)).status, 403);
  assert.equal((await signInAt(url, undefined)).status, 403);
  const signed = await signInAt(url, tokens.ann);
  assert.equal(signed.status, 200, signed.text);
  const { result, error } = await first;
  assert.match(result?.content[0].text, /Signed in to wiki/, JSON.stringify(error));
  const complete = await ann.notified("notifications/elicitation/complete");
  assert.equal(complete.params?.["elicitationId"], asked.params?.["elicitationId"]);
  await ann.notified("notifications/tools/list_changed");
  assert.deepEqual(await toolsOf(ann), ["wiki__look"]);
  assert.equal((await ann.call("wiki__look")).result?.content[0].text, "seen");
  // The link was good once.
  assert.equal((await signInAt(url, tokens.ann)).status, 404);

  // A login that is over is asked for again, by a call that is then answered as if nothing had been.
  server.revokeAll();
  ann.notifications.length = 0;
  const calls = [1, 2, 3].map(() => ann.call("wiki__look"));
  const again = await ann.notified("elicitation/create");
  ann.answer(again, { action: "accept" });
  assert.equal((await signInAt(String(again.params?.["url"]), tokens.ann)).status, 200);
  for (const call of calls) {
    const answer = await call;
    assert.equal(answer.result?.content[0].text, "seen", JSON.stringify(answer.error));
  }
  assert.equal(ann.notifications.filter(({ method }) => method === "elicitation/create").length, 1);

  // What one has is nobody else's: not the login, not the list.
  await using bob = await clientOf(hub, "bob", askable);
  assert.deepEqual(await toolsOf(bob), ["wiki__sign_in"]);
  assert.deepEqual(ann.strays, []);
  const shown = JSON.stringify([hub.logs, asked, again]);
  for (const secret of [...Object.values(tokens), ...server.seen.map(({ authorization }) => authorization?.slice(7))])
    if (secret !== undefined && secret !== "") assert.ok(!shown.includes(secret));
  await hub.stop();
});

test("login at first use: a client that cannot be asked gets the link in the error, and who declines gets none", async () => {
  await using server = await startAuthorizationServer();
  await using hub = await hubOf(server, perUser);
  await using bob = await clientOf(hub, "bob");
  assert.deepEqual(await toolsOf(bob), ["wiki__sign_in"]);
  const { error } = await bob.call("wiki__sign_in");
  assert.equal(error?.code, -32042);
  assert.equal(error?.data?.["code"], "login_at_url");
  const [elicitation] = (error?.data?.["elicitations"] ?? []) as { mode: string; url: string }[];
  assert.equal(elicitation?.mode, "url");
  assert.ok(error?.message.includes(elicitation?.url ?? "-"));
  assert.equal((await signInAt(elicitation?.url ?? "", tokens.bob)).status, 200);
  await bob.notified("notifications/tools/list_changed");
  assert.equal((await bob.call("wiki__look")).result?.content[0].text, "seen");

  await using ann = await clientOf(hub, "ann", askable);
  await toolsOf(ann);
  const declined = ann.call("wiki__sign_in");
  ann.answer(await ann.notified("elicitation/create"), { action: "decline" });
  const answer = await declined;
  assert.equal(answer.error?.data?.["code"], "login_needed");
  assert.ok(!JSON.stringify(answer).includes("/oauth/"));

  // A call that is taken back takes the question with it.
  ann.notifications.length = 0;
  const { id } = ann.start("tools/call", { name: "wiki__sign_in", arguments: {} });
  const asked = await ann.notified("elicitation/create");
  ann.notify("notifications/cancelled", { requestId: id });
  const withdrawn = await ann.notified("notifications/cancelled");
  assert.equal(withdrawn.params?.["requestId"], asked.id);

  // A link that nobody waits for does not keep the hub from a good end.
  await using plain = await clientOf(hub, "ann");
  await toolsOf(plain);
  assert.equal((await plain.call("wiki__sign_in")).error?.code, -32042);
  await hub.stop();
});

test("login at first use: over HTTP the question comes on the call's own response, before its answer", async () => {
  await using server = await startAuthorizationServer();
  await using hub = await hubOf(server, perUser);
  const url = await hub.httpUrl();
  let session: Record<string, string> = {};
  const post = (message: object) => {
    const headers = { "content-type": "application/json", accept: "application/json, text/event-stream", ...session };
    const options = { method: "POST", headers: { ...headers, authorization: `Bearer ${tokens.ann}` } };
    return ask(url, options, JSON.stringify({ jsonrpc: "2.0", ...message }));
  };
  const hello = { protocolVersion: "2025-11-25", capabilities: askable, clientInfo: { name: "raw", version: "1" } };
  const opened = await post({ id: 1, method: "initialize", params: hello });
  await textOf(opened);
  session = { "mcp-session-id": String(opened.headers["mcp-session-id"]), "mcp-protocol-version": "2025-11-25" };
  await textOf(await post({ method: "notifications/initialized" }));
  assert.match(await textOf(await post({ id: 2, method: "tools/list" })), /wiki__sign_in/);
  const events = new EventReader(await post({ id: 3, method: "tools/call", params: { name: "wiki__sign_in" } }));
  const asked = await events.message();
  assert.equal(asked.method, "elicitation/create");
  assert.equal((await post({ id: asked.id, result: { action: "accept" } })).statusCode, 202);
  assert.equal((await signInAt(String(asked.params?.["url"]), tokens.ann)).status, 200);
  const { answer, before } = await events.answer(3);
  assert.deepEqual(
    before.map(({ method }) => method),
    ["notifications/elicitation/complete"],
  );
  assert.match(answer.result.content[0].text, /Signed in to wiki/);
  await hub.stop();
});

for (const door of ["http", "websocket"] as const) {
  test(`login at first use: by ${door} a modern client is sent to the page by its answer, and its call comes back for the rest`, async () => {
    await using server = await startAuthorizationServer();
    await using hub = await hubOf(server, perUser);
    const options = { token: tokens.ann, capabilities: askable };
    const url = door === "http" ? await hub.httpUrl() : await hub.wsUrl();
    await using ann =
      door === "http" ? ModernClient.overHttp(url, options) : await ModernClient.overWebSocket(url, options);
    /** Calls, and returns the page and what the client is to bring back. */
    const asked = async (name: string) => {
      const { result, error } = await ann.call(name);
      assert.equal(result?.resultType, "input_required", JSON.stringify(error));
      const { login } = result.inputRequests;
      assert.deepEqual(
        [login.method, login.params.mode, login.params.elicitationId],
        ["elicitation/create", "url", undefined],
      );
      assert.match(login.params.message, /^\[wiki\] Sign in to wiki/);
      return { url: String(login.params.url), requestState: String(result.requestState) };
    };
    const brought = (requestState: string, action: string) => ({ requestState, inputResponses: { login: { action } } });

    const declined = await asked("wiki__sign_in");
    const { error } = await ann.call("wiki__sign_in", {}, brought(declined.requestState, "decline"));
    assert.equal(error?.data?.["code"], "login_needed");
    assert.ok(!JSON.stringify(error).includes("/oauth/"));

    const first = await asked("wiki__sign_in");
    // It comes back at once, and waits for the person.
    const waits = ann.call("wiki__sign_in", {}, brought(first.requestState, "accept"));
    assert.equal((await signInAt(first.url, tokens.bob)).status, 403);
    assert.equal((await signInAt(first.url, tokens.ann)).status, 200);
    assert.match((await waits).result?.content[0].text, /Signed in to wiki/);
    assert.equal((await ann.call("wiki__look")).result?.content[0].text, "seen");
    // What stood in for the tools is gone, and still answers who was sent away by it.
    assert.match(
      (await ann.call("wiki__sign_in", {}, brought(first.requestState, "accept"))).result?.content[0].text,
      /Signed in to wiki/,
    );
    assert.equal((await ann.call("wiki__sign_in")).error?.data?.["code"], "name_unknown");

    // Its tools are called as they were known, and asked for in the same way, though by HTTP each request finds out anew that there is no login.
    server.revokeAll();
    const again = await asked("wiki__look");
    assert.equal((await signInAt(again.url, tokens.ann)).status, 200);
    const seen = await ann.call("wiki__look", {}, brought(again.requestState, "accept"));
    assert.equal(seen.result?.content[0].text, "seen", JSON.stringify(seen));
    assert.equal((await ann.call("wiki__look")).result?.content[0].text, "seen");

    server.revokeAll();
    const late = await asked("wiki.look");
    const comesBack = ann.call("wiki.look", {}, brought(late.requestState, "accept"));
    assert.equal((await signInAt(late.url, tokens.ann)).status, 200);
    const told = await comesBack;
    // Who has waited before the tool was there is told to come once more.
    const isThere = told.result?.resultType === "complete";
    const { result } = isThere ? told : await ann.call("wiki.look", {}, { requestState: told.result?.requestState });
    assert.equal(result?.content[0].text, "seen", JSON.stringify(told));
    await ann.close();
    await hub.stop();
  });
}

test("login at first use: a name of a Core that waits for a login is no unknown one, and says what to do", async () => {
  await using server = await startAuthorizationServer();
  await using hub = await hubOf(server, perUser);
  await using bob = await clientOf(hub, "bob");
  assert.deepEqual(await toolsOf(bob), ["wiki__sign_in"]);
  // Whether there is such a tool nobody knows before: any name of the Core gets the same.
  const { error } = await bob.call("wiki__look");
  assert.equal(error?.data?.["code"], "login_at_url", JSON.stringify(error));
  assert.match(error?.message ?? "", /core "wiki".*\/oauth\/start\?ticket=.*sign in there, then call again/);
  await using modern = ModernClient.overHttp(await hub.httpUrl(), { token: tokens.bob, capabilities: {} });
  const answer = await modern.call("wiki__look");
  assert.equal(answer.error?.data?.["code"], "login_needed", JSON.stringify(answer));
  assert.match(String(answer.error?.data?.["url"]), /\/oauth\/start\?ticket=/);
  const elsewhere = await bob.call("look");
  assert.equal(elsewhere.error?.data?.["code"], "name_unknown");
  assert.match(elsewhere.error?.message ?? "", /wiki__sign_in signs in to core "wiki", and shows what that has/);

  await using ann = await clientOf(hub, "ann", askable);
  await toolsOf(ann);
  const waits = ann.call("wiki__look");
  const asked = await ann.notified("elicitation/create");
  ann.answer(asked, { action: "accept" });
  assert.equal((await signInAt(String(asked.params?.["url"]), tokens.ann)).status, 200);
  const signed = await waits;
  assert.equal(signed.error?.data?.["code"], "login_needed", JSON.stringify(signed));
  assert.match(signed.error?.message ?? "", /the login is there now; call again/);
  await ann.notified("notifications/tools/list_changed");
  assert.equal((await ann.call("wiki__look")).result?.content[0].text, "seen");
  await hub.stop();
});

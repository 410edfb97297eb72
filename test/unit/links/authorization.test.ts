// The authorization of each request: asked for each, asked for again once where it was refused, and kept to the origin.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { WebSocketServer } from "ws";
import { Secret } from "../../../src/base/secret.ts";
import type { Challenge, Dialling } from "../../../src/links/connection.ts";
import { helloResult } from "../../helpers/bridge-client.ts";
import { LinkClient } from "../../helpers/link-client.ts";
import { ScriptedHttpHub } from "../../helpers/scripted-http-hub.ts";
import { Inbox } from "../../helpers/scripted-hub.ts";

/** A login whose every refusal brings the next token, or none. */
class Login {
  readonly challenges: Challenge[] = [];
  readonly #isLate: boolean;
  readonly #helps: boolean;
  #token = 1;

  constructor({ isLate = false, helps = true } = {}) {
    this.#isLate = isLate;
    this.#helps = helps;
  }

  get options(): Pick<Dialling, "authorization" | "challenged"> {
    return {
      authorization: () => (this.#isLate ? Promise.resolve(`Bearer t-${this.#token}`) : `Bearer t-${this.#token}`),
      challenged: async (challenge) => {
        this.challenges.push(challenge);
        if (this.#helps) this.#token++;
        return this.#helps;
      },
    };
  }
}

const challenge = { "www-authenticate": 'Bearer error="invalid_token"' };

for (const isLate of [false, true]) {
  test(`authorization: a request that was refused is sent once more with what is authorized then${isLate ? ", also if that takes its time" : ""}`, async () => {
    await using hub = await ScriptedHttpHub.open();
    const login = new Login({ isLate });
    const client = await LinkClient.open("http", hub.url, {
      ...login.options,
      token: new Secret("unused"),
      headers: { "X-Org": new Secret("acme"), authorization: new Secret("Basic unused") },
    });
    client.hello();
    const first = await hub.next("POST initialize");
    assert.equal(first.header("authorization"), "Bearer t-1");
    assert.equal(first.header("x-org"), "acme");
    first.refuse(401, "secret", challenge);
    const second = await hub.next("POST initialize");
    assert.equal(second.header("authorization"), "Bearer t-2");
    assert.equal(second.body, first.body);
    second.answer(helloResult);
    await client.expect("message");
    assert.deepEqual(login.challenges, [
      { status: 401, wwwAuthenticate: 'Bearer error="invalid_token"', sent: "Bearer t-1" },
    ]);
    client.initialized();
    const note = await hub.next("POST notifications/initialized");
    note.refuse(401);
    (await hub.next("POST notifications/initialized")).refuse(202);
    (await hub.next("GET")).refuse(403);
    const stream = await hub.next("GET");
    assert.equal(stream.header("authorization"), "Bearer t-4");
    stream.refuse(405);
    client.say({ id: 1, method: "tools/call" });
    (await hub.next("POST tools/call")).refuse(403, "", challenge);
    // A second refusal is the answer.
    (await hub.next("POST tools/call")).refuse(403, "", challenge);
    assert.equal((await client.expect("unanswered")).error.data["may_have_run"], false);
    assert.equal(login.challenges.length, 4);
    client.connection.close();
    await client.expect("lost");
  });
}

test("authorization: without another one, a refusal is what it was: its body and reason are there", async () => {
  await using hub = await ScriptedHttpHub.open();
  const login = new Login({ helps: false });
  const client = await LinkClient.open("http", hub.url, login.options);
  client.hello();
  (await hub.next("POST initialize")).refuse(403, '{"error":{"message":"not you"}}');
  await client.expect("returned");
  const { loss } = await client.expect("lost");
  assert.match(loss.reason, /refused the connection \(403\): not you$/);
  assert.equal(loss.status, 403);
});

test("authorization: a refusal that breaks off while it is asked about is one all the same", async () => {
  await using hub = await ScriptedHttpHub.open();
  const asked = new Inbox<(isHelped: boolean) => void>();
  const client = await LinkClient.open("http", hub.url, {
    challenged: () => new Promise<boolean>((decide) => asked.put(decide)),
  });
  client.hello();
  const request = await hub.next("POST initialize");
  request.response.writeHead(401, { "content-length": "100" });
  request.response.write("x");
  const decide = await asked.next();
  request.cut();
  await request.closed;
  decide(false);
  await client.expect("returned");
  assert.equal((await client.expect("lost")).loss.kind, "refused");
});

test("authorization: a request too large to be kept is not sent again, and one without authorization is not sent at all", async () => {
  await using hub = await ScriptedHttpHub.open();
  const login = new Login();
  const client = await LinkClient.open("http", hub.url, login.options);
  client.say({ id: 0, method: "initialize", params: { text: "x".repeat(70_000) } });
  (await hub.next("POST initialize")).refuse(401);
  assert.equal((await client.expect("unanswered")).error.code, "unauthenticated");
  assert.equal((await client.expect("lost")).loss.kind, "refused");
  assert.equal(login.challenges.length, 1);
  const without = await LinkClient.open("http", hub.url, {
    authorization: () => Promise.reject(new Error("no login yet")),
  });
  without.hello();
  await without.expect("returned");
  assert.match((await without.expect("lost")).loss.reason, /cannot be reached: no login yet$/);
  assert.equal(hub.waiting, 0);
});

test("authorization: a stream of HTTP+SSE and its messages", async () => {
  await using hub = await ScriptedHttpHub.open();
  const login = new Login({ isLate: true });
  const client = new LinkClient("sse", hub.url, login.options);
  (await hub.next("GET")).refuse(401, "", challenge);
  const stream = await hub.next("GET");
  assert.equal(stream.header("authorization"), "Bearer t-2");
  stream.stream();
  stream.write("event: endpoint\ndata: /messages\n\n");
  await client.expect("opened");
  client.hello();
  (await hub.next("POST initialize")).refuse(401, "", challenge);
  const again = await hub.next("POST initialize");
  assert.equal(again.header("authorization"), "Bearer t-3");
  again.refuse(202);
  client.connection.close();
  await client.expect("lost");
});

for (const helps of [true, false]) {
  test(`authorization: a WebSocket that was refused is dialled once more${helps ? "" : ", unless that is no use"}`, async () => {
    const sockets = new WebSocketServer({ noServer: true });
    const seen: (string | undefined)[] = [];
    await using http = createServer().listen(0, "127.0.0.1");
    http.on("upgrade", (request, socket, head) => {
      seen.push(request.headers.authorization);
      if (request.headers.authorization === "Bearer t-2") sockets.handleUpgrade(request, socket, head, () => {});
      else
        socket.end(
          "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        );
    });
    await once(http, "listening");
    const login = new Login({ isLate: true, helps });
    const client = new LinkClient(
      "websocket",
      `ws://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
      login.options,
    );
    if (helps) {
      await client.expect("opened");
      client.connection.close();
      await client.expect("lost");
    } else assert.equal((await client.expect("lost")).loss.kind, "refused");
    assert.deepEqual(seen, helps ? ["Bearer t-1", "Bearer t-2"] : ["Bearer t-1"]);
    assert.equal(login.challenges[0]?.wwwAuthenticate, "Bearer");
  });
}

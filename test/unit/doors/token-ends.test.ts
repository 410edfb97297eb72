// Tokens that end, that take time to be checked, and that take turns on one session, at every door.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { WebSocket } from "ws";
import { bearerToken } from "../../../src/base/bearer.ts";
import type { Auth } from "../../../src/identity/auth.ts";
import { ownPrincipal, type Principal } from "../../../src/sessions/principal.ts";
import { DoorServer } from "../../helpers/door-server.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { House, listen, ping } from "../../helpers/http-house.ts";
import { json, postText } from "../../helpers/http-wire.ts";
import { modernText, toolCall } from "../../helpers/modern-http.ts";

const start = new FakeClock().wall();

/** Tokens `alice SECONDS` are all of one caller, and end so many seconds after the start. Each takes a turn to be checked. */
const slowly: Auth = {
  required: true,
  version: 0,
  admits: () => true,
  async authenticate({ authorization }) {
    await new Promise((resolve) => setImmediate(resolve));
    const [id = "", seconds = ""] = bearerToken(authorization)?.split(" ") ?? [];
    return id === "" ? { t: "refused", reason: "missing" } : { t: "ok", principal: person(id, Number(seconds)) };
  },
  again: (principal) => principal,
};

function person(id: string, seconds: number): Principal {
  return { ...ownPrincipal(id, { admin: false, shared: false }), until: start + seconds * 1000 };
}

const bearer = (token: string) => `Authorization: Bearer ${token}`;

test("token ends: a WebSocket is closed with 4401", async () => {
  const clock = new FakeClock();
  await using hub = await DoorServer.open({ auth: slowly, clock });
  const socket = new WebSocket(`${hub.wsUrl}/mcp`, { headers: { authorization: "Bearer alice 10" } });
  await once(socket, "open");
  clock.advance(7_500);
  assert.equal(socket.readyState, WebSocket.OPEN);
  clock.advance(2_500);
  const [code] = await once(socket, "close");
  assert.equal(code, 4401);
});

test("token ends: an upgrade whose client has left while its token was checked leaves nothing behind", async () => {
  await using hub = await DoorServer.open({ auth: slowly });
  const socket = new WebSocket(`${hub.wsUrl}/mcp`, { headers: { authorization: "Bearer alice 10" } });
  socket.on("error", () => {});
  socket.terminate();
  await new Promise((resolve) => socket.once("close", resolve));
  const next = new WebSocket(`${hub.wsUrl}/mcp`, { headers: { authorization: "Bearer alice 10" } });
  await once(next, "open");
  assert.ok(hub.doorkeeper.visitors.length <= 2);
  next.close();
  await once(next, "close");
});

test("token ends: the stream of an HTTP session ends with the token it was asked for with, the session does not", async () => {
  await using house = await House.open({ auth: slowly });
  const { id, visitor } = await house.session(undefined, [bearer("alice 10")]);
  using stream = await house.wire();
  stream.write(listen(id, [bearer("alice 5")]));
  await stream.until(/text\/event-stream/);
  house.clock.advance(5_000);
  await stream.until(/\r\n0\r\n\r\n$/);
  assert.equal(visitor.leaves, 0);
  using wire = await house.wire();
  visitor.echoes = true;
  wire.write(postText(id, ping(7), [...json, bearer("alice 60")]));
  await wire.until(/"id":7,"result"/);
});

test("token ends: what a request may do is what its own token lets it do, on a session of the same caller", async () => {
  await using house = await House.open({ auth: slowly });
  const { id, visitor } = await house.session(undefined, [bearer("alice 10")]);
  visitor.echoes = true;
  using wire = await house.wire();
  wire.write(postText(id, ping(1), [...json, bearer("alice 60")]));
  await wire.until(/"id":1,"result"/);
  assert.deepEqual(visitor.renewals.at(-1), person("alice", 60));
  wire.write(postText(id, ping(2), [...json, bearer("mallory 60")]));
  await wire.until(/HTTP\/1\.1 404 /);
  assert.equal(visitor.renewals.at(-1)?.id, "alice");
});

test("token ends: an SSE session ends with its stream's token, and its messages bring their own", async () => {
  await using house = await House.open({ auth: slowly });
  const { stream, endpoint, visitor } = await house.sseSession([bearer("alice 10")]);
  const body = JSON.stringify({ jsonrpc: "2.0", ...ping(1) });
  const head = [...json, bearer("alice 60"), `Content-Length: ${body.length}`].join("\r\n");
  using wire = await house.wire();
  wire.write(`POST ${endpoint} HTTP/1.1\r\nHost: localhost\r\n${head}\r\n\r\n${body}`);
  await wire.until(/HTTP\/1\.1 202 /);
  assert.deepEqual(visitor.renewals.at(-1), person("alice", 60));
  house.clock.advance(10_000);
  await stream.until(/\r\n0\r\n\r\n$/);
  await house.until(() => visitor.leaves === 1);
  stream[Symbol.dispose]();
});

test("token ends: of the modern era a request that hears of changes ends, a call that was begun is answered", async () => {
  await using house = await House.open({ auth: slowly });
  house.doorkeeper.echoes = false;
  using wire = await house.wire();
  wire.write(modernText(toolCall(1), [bearer("alice 5")]));
  await house.until(() => house.doorkeeper.visitors.length === 1);
  const call = house.doorkeeper.last;
  using other = await house.wire();
  other.write(modernText(toolCall(2), [bearer("alice 5")]));
  await house.until(() => house.doorkeeper.visitors.length === 2);
  const listens = house.doorkeeper.last;
  await house.until(() => listens.asked.length === 1);
  listens.isListening = true;
  house.clock.advance(6_000);
  await house.until(() => listens.leaves === 1);
  assert.equal(call.leaves, 0);
  call.result(0, "{}");
  await wire.until(/"id":1,"result"/);
});

test("token ends: what lets nobody in any more when a body has come at last is refused, in both eras and over SSE", async () => {
  let isIn = true;
  const judge = ({ principal }: { principal: Principal }) => (isIn ? principal : undefined);
  await using house = await House.open({ auth: slowly, judge });
  const { id, visitor } = await house.session(undefined, [bearer("alice 60")]);
  const { stream, endpoint, visitor: listener } = await house.sseSession([bearer("alice 60")]);
  const body = JSON.stringify({ jsonrpc: "2.0", ...ping(1) });
  const head = [...json, bearer("alice 60"), `Content-Length: ${body.length}`].join("\r\n");
  const posted = `POST ${endpoint} HTTP/1.1\r\nHost: localhost\r\n${head}\r\n\r\n${body}`;
  const requests = [
    postText(id, ping(1), [...json, bearer("alice 60")]),
    modernText(toolCall(1), [bearer("alice 60")]),
    posted,
  ];
  const had = [visitor, listener].map(({ asked }) => asked.length);
  for (const text of requests) {
    isIn = true;
    using wire = await house.wire();
    wire.write(text.slice(0, -5));
    isIn = false;
    wire.write(text.slice(-5));
    await wire.until(/^HTTP\/1\.1 401 /);
  }
  assert.deepEqual(
    [visitor, listener].map(({ asked }) => asked.length),
    had,
  );
  stream[Symbol.dispose]();
});

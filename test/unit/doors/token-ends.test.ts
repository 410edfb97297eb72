// Tokens that end, that take time to be checked, and that take turns on one session, at every door.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { WebSocket } from "ws";
import { bearerToken } from "../../../src/base/bearer.ts";
import type { Judge } from "../../../src/doors/port.ts";
import { judgeBy } from "../../../src/doors/stay.ts";
import type { Auth, AuthResult } from "../../../src/identity/auth.ts";
import { ownPrincipal, type Principal } from "../../../src/sessions/principal.ts";
import { DoorServer } from "../../helpers/door-server.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { House, listen, ping } from "../../helpers/http-house.ts";
import { json, postText } from "../../helpers/http-wire.ts";
import { modernText, toolCall } from "../../helpers/modern-http.ts";

const start = new FakeClock().wall();

/** Rules that a reload changes: until when each caller may stay, whatever its token says; who is not there has to go. */
class MovedRules implements Auth {
  readonly required = true;
  version = 0;
  readonly ends = new Map<string, number>();
  readonly admits = () => true;

  authenticate({ authorization }: { authorization?: string | undefined }): AuthResult {
    const is = this.#of(bearerToken(authorization) ?? "");
    return is === undefined ? { t: "refused", reason: "invalid" } : { t: "ok", principal: is };
  }

  again({ id }: Principal): Principal | undefined {
    return this.#of(id);
  }

  move(id: string, seconds: number | undefined): void {
    if (seconds === undefined) this.ends.delete(id);
    else this.ends.set(id, seconds);
    this.version++;
  }

  #of(id: string): Principal | undefined {
    const seconds = this.ends.get(id);
    return seconds === undefined ? undefined : person(id, seconds);
  }
}

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
  const judge: Judge = (guest) => (isIn ? guest : undefined);
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

test("token ends: an end that a reload moves counts for what is open, earlier and later, at every door", async () => {
  const rules = new MovedRules();
  for (const id of ["early", "late", "gone"]) rules.move(id, 100);
  rules.move("late", 10);
  const judge = judgeBy(rules);
  await using house = await House.open({ auth: rules, judge });
  const { clock } = house;
  await using hub = await DoorServer.open({ auth: rules, clock, judge });
  const open = async (id: string) => {
    const socket = new WebSocket(`${hub.wsUrl}/mcp`, { headers: { authorization: `Bearer ${id}` } });
    await once(socket, "open");
    const session = await house.session(undefined, [bearer(id)]);
    const stream = await house.wire();
    stream.write(listen(session.id, [bearer(id)]));
    await stream.until(/text\/event-stream/);
    const sse = await house.sseSession([bearer(id)]);
    const modern = await house.wire();
    house.doorkeeper.echoes = false;
    modern.write(modernText(toolCall(2), [bearer(id)]));
    await house.until(() => house.doorkeeper.last.asked.length === 1 && house.doorkeeper.last !== sse.visitor);
    const listens = house.doorkeeper.last;
    listens.isListening = true;
    house.doorkeeper.echoes = true;
    const over = {
      socket: once(socket, "close"),
      stream: stream.until(/\r\n0\r\n\r\n$/),
      sse: sse.stream.until(/\r\n0\r\n\r\n$/),
    };
    const isOpen = () => socket.readyState === WebSocket.OPEN && sse.visitor.leaves === 0 && listens.leaves === 0;
    const hasEnded = async () => {
      const [code] = await over.socket;
      assert.equal(code, 4401);
      await Promise.all([over.stream, over.sse]);
      await house.until(() => sse.visitor.leaves === 1 && listens.leaves === 1);
      for (const wire of [stream, sse.stream, modern]) wire[Symbol.dispose]();
    };
    return { isOpen, hasEnded };
  };
  const early = await open("early");
  const late = await open("late");
  const gone = await open("gone");
  rules.move("early", 20);
  rules.move("late", 40);
  clock.advance(15_000);
  assert.deepEqual([early.isOpen(), late.isOpen(), gone.isOpen()], [true, true, true]);
  rules.move("gone", undefined);
  clock.advance(2_500);
  await gone.hasEnded();
  clock.advance(5_000);
  await early.hasEnded();
  assert.ok(late.isOpen());
  clock.advance(20_000);
  await late.hasEnded();
});

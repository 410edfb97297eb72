// Everything that can go wrong on a connection over Streamable HTTP, each with what is said of the request: whether it may have run.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import { parseTls } from "../../../src/links/link-tls.ts";
import { helloResult } from "../../helpers/bridge-client.ts";
import { makeCertificates, read, serverExtension, signCertificate } from "../../helpers/certificates.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { LinkClient, type LinkOptions } from "../../helpers/link-client.ts";
import { type HttpRequest, ScriptedHttpHub } from "../../helpers/scripted-http-hub.ts";

const call = (id: number) => ({ id, method: "tools/call", params: { name: "x" } });
const session = { "mcp-session-id": "s-1" };
const metadata = "http://169.254.169.254/latest/meta-data/";

/** A session in which something was answered already. */
async function hello(hub: ScriptedHttpHub, options: LinkOptions = {}): Promise<LinkClient> {
  const client = await LinkClient.open("http", hub.url, options);
  client.hello();
  (await hub.next("POST initialize")).answer(helloResult, session);
  await client.expect("message");
  client.initialized();
  (await hub.next("POST notifications/initialized")).refuse(202);
  (await hub.next("GET")).refuse(405);
  return client;
}

/** What is asked next is call 2, and the connection ends as it should. */
async function answersTheSecond(hub: ScriptedHttpHub, client: LinkClient): Promise<void> {
  const next = await hub.next("POST tools/call");
  assert.equal(next.message.id, 2);
  next.answer({});
  await client.expect("message");
  client.connection.close();
  (await hub.next("DELETE")).refuse(204);
}

interface Outcome {
  readonly name: string;
  readonly fault: (request: HttpRequest) => void;
  readonly code: string;
  readonly mayHaveRun: boolean;
  readonly says: RegExp;
  readonly retryMs?: number;
}

const html = { "content-type": "text/html" };
const hints = "HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n";
const switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nabc";
const outcomes: readonly Outcome[] = [
  {
    name: "a reset",
    fault: (it) => it.request.socket.resetAndDestroy(),
    code: "hub_unreachable",
    mayHaveRun: true,
    says: /the connection was reset/,
    retryMs: 1000,
  },
  { name: "403", fault: (it) => it.refuse(403), code: "hub_unreachable", mayHaveRun: false, says: /answered 403/ },
  {
    name: "403 of a login that is not good for this",
    fault: (it) => it.refuse(403, "{}", { "www-authenticate": 'Bearer error="insufficient_scope", scope="write"' }),
    code: "unauthenticated",
    mayHaveRun: false,
    says: /answered 403: the login is not good for this/,
  },
  {
    name: "429 with Retry-After",
    fault: (it) => it.refuse(429, "", { "retry-after": "7" }),
    code: "overloaded",
    mayHaveRun: false,
    says: /answered 429/,
    retryMs: 7000,
  },
  { name: "503", fault: (it) => it.refuse(503), code: "overloaded", mayHaveRun: false, says: /503/, retryMs: 1000 },
  { name: "502", fault: (it) => it.refuse(502), code: "hub_unreachable", mayHaveRun: true, says: /502/, retryMs: 1000 },
  {
    name: "HTML",
    fault: (it) => it.refuse(200, "<html>", html),
    code: "hub_unreachable",
    mayHaveRun: true,
    says: /answered with text\/html instead of JSON or events/,
  },
  {
    name: "JSON that is cut off",
    fault: (it) => {
      it.response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
      it.response.write('{"jsonrpc":', () => it.cut());
    },
    code: "hub_unreachable",
    mayHaveRun: true,
    says: /the connection broke before its answer was there/,
    retryMs: 1000,
  },
  {
    name: "a truncated stream of events",
    fault: (it) => {
      it.stream();
      it.write("data: {");
      it.response.end();
    },
    code: "hub_unreachable",
    mayHaveRun: true,
    says: /did not answer: its stream ended/,
    retryMs: 1000,
  },
  {
    name: "an endless event",
    fault: (it) => {
      it.stream();
      it.write(`data: "${"x".repeat(200_000)}`);
    },
    code: "too_large",
    mayHaveRun: true,
    says: /a message may have 100000 bytes/,
  },
  {
    name: "endless JSON",
    fault: (it) => {
      it.response.writeHead(200, { "content-type": "application/json" });
      it.response.write("[".repeat(200_000));
    },
    code: "too_large",
    mayHaveRun: true,
    says: /a message may have 100000 bytes/,
  },
  {
    name: "a head without an end",
    fault: (it) => it.request.socket.write(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}`),
    code: "hub_unreachable",
    mayHaveRun: true,
    says: /HPE_HEADER_OVERFLOW|does not speak HTTP/,
    retryMs: 1000,
  },
  {
    name: "101",
    fault: (it) => it.request.socket.write(switching),
    code: "hub_unreachable",
    mayHaveRun: true,
    says: /it switched to another protocol \(101\), which nobody asked for/,
    retryMs: 1000,
  },
  {
    name: "101 after other informational responses",
    fault: (it) => it.request.socket.write(`${hints.repeat(3)}${switching}`),
    code: "hub_unreachable",
    mayHaveRun: true,
    says: /it switched to another protocol/,
    retryMs: 1000,
  },
  {
    name: "informational responses without an end",
    fault: (it) => it.request.socket.write(hints.repeat(17)),
    code: "hub_unreachable",
    mayHaveRun: true,
    says: /more than 16 informational responses \(1xx\) came before an answer/,
    retryMs: 1000,
  },
  {
    name: "a redirect to a metadata address",
    fault: (it) => it.refuse(307, "", { location: metadata }),
    code: "hub_unreachable",
    mayHaveRun: false,
    says: /redirects \(307\), which is not followed; connect to the address that is meant$/,
  },
  {
    name: "a redirect after the fact",
    fault: (it) => it.refuse(303, "", { location: metadata }),
    code: "hub_unreachable",
    mayHaveRun: true,
    says: /redirects \(303\), which is not followed/,
  },
];

for (const { name, fault, code, mayHaveRun, says, retryMs } of outcomes) {
  test(`http-faults: ${name} fails the call, which ${mayHaveRun ? "may have" : "has not"} run, and the session goes on`, async () => {
    await using hub = await ScriptedHttpHub.open();
    await using client = await hello(hub, { limits: { maxMessageBytes: 100_000 } });
    client.say(call(1));
    fault(await hub.next("POST tools/call"));
    const { id, error } = await client.expect("unanswered");
    assert.equal(id, "1");
    assert.equal(error.code, code);
    assert.match(error.message, says);
    assert.doesNotMatch(error.message, /169\.254/);
    assert.deepEqual([error.data["may_have_run"], error.data.retry_after_ms], [mayHaveRun, retryMs]);
    client.say(call(2));
    // Nothing was asked again meanwhile, and nothing elsewhere.
    await answersTheSecond(hub, client);
  });
}

test("http-faults: a session that is not known any more, and a login that is refused, return the call unrun and are lost", async () => {
  for (const [status, kind, says] of [
    [404, "away", /does not know the session any more/],
    [401, "refused", /wants a token/],
  ] as const) {
    await using hub = await ScriptedHttpHub.open();
    const client = await hello(hub);
    client.say(call(1));
    (await hub.next("POST tools/call")).refuse(status);
    assert.equal((await client.expect("returned")).id, "1");
    const { loss } = await client.expect("lost");
    assert.equal(loss.kind, kind);
    assert.match(loss.reason, says);
  }
});

test("http-faults: of the calls that are under way as a session is gone, each that is refused is returned unrun, and one that is answered is answered", async () => {
  for (const first of ["POST tools/call", "POST notifications/cancelled"]) {
    await using hub = await ScriptedHttpHub.open();
    const client = await hello(hub);
    const under: HttpRequest[] = [];
    for (const id of [1, 2, 3]) {
      client.say(call(id));
      under.push(await hub.next("POST tools/call"));
    }
    client.say(first === "POST tools/call" ? call(4) : { method: "notifications/cancelled", params: { requestId: 9 } });
    (await hub.next(first)).refuse(404);
    if (first === "POST tools/call") assert.equal((await client.expect("returned")).id, "4");
    under[0]?.refuse(404);
    assert.equal((await client.expect("returned")).id, "1");
    // What is said meanwhile goes to the next session.
    client.say(call(5));
    under[1]?.answer({});
    assert.equal((await client.expect("message")).message.id, 2);
    under[2]?.refuse(404);
    assert.deepEqual([(await client.expect("returned")).id, (await client.expect("returned")).id], ["3", "5"]);
    assert.match((await client.expect("lost")).loss.reason, /does not know the session any more/);
  }
});

test("http-faults: a call that has not gone out as a session is lost is returned unrun", async () => {
  await using hub = await ScriptedHttpHub.open();
  let authorized: undefined | Promise<undefined>;
  const client = await hello(hub, { authorization: () => authorized });
  client.say(call(1));
  const first = await hub.next("POST tools/call");
  authorized = new Promise(() => {});
  client.say(call(2));
  first.refuse(404);
  assert.deepEqual([(await client.expect("returned")).id, (await client.expect("returned")).id], ["1", "2"]);
  await client.expect("lost");
});

test("http-faults: a server that hangs is waited for, and a head that has begun is not", async () => {
  await using hub = await ScriptedHttpHub.open();
  const clock = new FakeClock();
  const client = await hello(hub, { clock });
  client.say(call(1));
  const hanging = await hub.next("POST tools/call");
  clock.advance(3_600_000);
  // A byte now and then does not make a head.
  const timers = clock.timers;
  hanging.request.socket.write("H");
  while (clock.timers === timers) await new Promise(setImmediate);
  clock.advance(5_000);
  hanging.request.socket.write("T");
  clock.advance(5_000);
  const { error } = await client.expect("unanswered");
  assert.equal(error.data["may_have_run"], true);
  assert.match(error.message, /nobody answered in time/);
  client.connection.abandon({ kind: "away", code: "hub_unreachable", reason: "the test is over" });
});

test("http-faults: no request waits for what takes others back, and those go one after the other", async () => {
  await using hub = await ScriptedHttpHub.open();
  const client = await hello(hub);
  client.say(call(1));
  const first = await hub.next("POST tools/call");
  const back = { method: "notifications/cancelled", params: { requestId: 1 } };
  for (const message of [back, back, call(2)]) client.say(message);
  const [one, other] = [await hub.any(), await hub.any()];
  const [slow, second] = one.message.method === "tools/call" ? [other, one] : [one, other];
  assert.equal(second.message.id, 2);
  second.answer({});
  await client.expect("message");
  slow.refuse(202);
  (await hub.next("POST notifications/cancelled")).refuse(202);
  first.cut();
  await client.expect("unanswered");
  client.connection.close();
  (await hub.next("DELETE")).refuse(204);
});

test("http-faults: what takes a request back does not overtake it", async () => {
  await using hub = await ScriptedHttpHub.open();
  const late: (() => void)[] = [];
  let isLate = false;
  const authorization = () => (isLate ? new Promise<undefined>((go) => late.push(() => go(undefined))) : undefined);
  await using client = await hello(hub, { authorization });
  isLate = true;
  client.say(call(1));
  client.say({ method: "notifications/cancelled", params: { requestId: 1 } });
  client.connection.settled("1");
  isLate = false;
  client.say(call(2));
  assert.equal(late.length, 1, "the request is on its way, and nothing else");
  const second = await hub.next("POST tools/call");
  assert.equal(second.message.id, 2);
  for (const go of late) go();
  (await hub.next("POST tools/call")).stream();
  (await hub.next("POST notifications/cancelled")).refuse(202);
  second.answer({});
  await client.expect("message");
  client.connection.close();
  (await hub.next("DELETE")).refuse(204);
});

test("http-faults: informational responses are no head that has begun, on a socket of its own and on one that was kept", async () => {
  await using hub = await ScriptedHttpHub.open();
  const clock = new FakeClock();
  const client = await hello(hub, { clock });
  for (const id of [1, 3]) {
    client.say(call(id));
    const thinking = await hub.next("POST tools/call");
    for (const hint of ["HTTP/1.1 102 Processing\r\n\r\n", hints]) {
      thinking.request.socket.write(hint);
      // What came before this was read before.
      client.say(call(id + 1));
      (await hub.next("POST tools/call")).answer({});
      assert.equal((await client.expect("message")).message.id, id + 1);
      clock.advance(60_000);
    }
    thinking.answer({ late: true });
    assert.deepEqual((await client.expect("message")).message.result, { late: true });
  }
  client.connection.abandon({ kind: "away", code: "hub_unreachable", reason: "the test is over" });
});

test("http-faults: a head that has begun after an informational response is not waited for either", async () => {
  await using hub = await ScriptedHttpHub.open();
  const clock = new FakeClock();
  const client = await hello(hub, { clock });
  client.say(call(1));
  const { request } = await hub.next("POST tools/call");
  request.socket.write(hints);
  client.say(call(2));
  (await hub.next("POST tools/call")).answer({});
  await client.expect("message");
  const timers = clock.timers;
  request.socket.write("H");
  while (clock.timers === timers) await new Promise(setImmediate);
  clock.advance(10_000);
  assert.match((await client.expect("unanswered")).error.message, /nobody answered in time/);
  client.connection.abandon({ kind: "away", code: "hub_unreachable", reason: "the test is over" });
});

test("http-faults: an answer a byte at a time is an answer, however long its stream is open", async () => {
  await using hub = await ScriptedHttpHub.open();
  const clock = new FakeClock();
  const client = await hello(hub, { clock });
  client.say(call(1));
  const slow = await hub.next("POST tools/call");
  slow.response.socket?.setNoDelay(true);
  slow.stream();
  for (const byte of `data: {"jsonrpc":"2.0","id":1,"result":{}}\n\n`) {
    slow.write(byte);
    await new Promise(setImmediate);
    clock.advance(1_000);
  }
  assert.deepEqual((await client.expect("message")).message.result, {});
  client.connection.abandon({ kind: "away", code: "hub_unreachable", reason: "the test is over" });
});

test("http-faults: a server that takes connections and says nothing is given up, before anything is sent", async () => {
  const clock = new FakeClock();
  const sockets: Socket[] = [];
  await using server = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = await LinkClient.open("http", `https://127.0.0.1:${portOf(server)}/mcp`, { clock });
  client.hello();
  await once(server, "connection");
  clock.advance(10_000);
  assert.equal((await client.expect("returned")).id, "0");
  assert.match((await client.expect("lost")).loss.reason, /nobody answered in time/);
  for (const socket of sockets) socket.destroy();
});

test("http-faults: a name that nobody knows, and a port where nobody listens, return what was not sent", async () => {
  await using closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const port = portOf(closed);
  await closed[Symbol.asyncDispose]();
  for (const [url, says] of [
    ["http://no-such-host.invalid/mcp", /the host name (?:is not known|cannot be looked up now)/],
    [`http://127.0.0.1:${port}/mcp`, /nothing listens there/],
  ] as const) {
    const client = await LinkClient.open("http", url);
    client.hello();
    assert.equal((await client.expect("returned")).id, "0");
    const { loss } = await client.expect("lost");
    assert.equal(loss.kind, "away");
    assert.match(loss.reason, says);
  }
});

test("http-faults: certificates: expired, of a stranger, of one's own authority, and with one of the client's own", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "links-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const made = makeCertificates(folder, "localhost");
  const expired = signCertificate(folder, {
    name: "old",
    subject: "localhost",
    extension: serverExtension("localhost"),
    days: -1,
  });
  const ca = readFileSync(made.ca, "utf8");
  const connect = async (
    pair: typeof expired,
    files: Parameters<typeof parseTls>[0] | undefined,
    requestCert = false,
  ) => {
    let requests = 0;
    await using server = createTlsServer(
      { ...read(pair), ca, requestCert, rejectUnauthorized: requestCert },
      (_request, response) => {
        requests++;
        response.writeHead(200, { "content-type": "application/json" }).end('{"jsonrpc":"2.0","id":0,"result":{}}');
      },
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const parsed = files === undefined ? undefined : parseTls(files);
    if (parsed?.t === "bad") throw new Error(parsed.message);
    const client = await LinkClient.open("http", `https://localhost:${portOf(server)}/mcp`, { tls: parsed?.context });
    client.hello();
    const told = await client.next();
    if (told.t === "returned") assert.equal(requests, 0);
    client.connection.abandon({ kind: "away", code: "hub_unreachable", reason: "the test is over" });
    server.closeAllConnections();
    return told;
  };
  const lossOf = (told: Awaited<ReturnType<typeof connect>>) => (told.t === "returned" ? told.loss.reason : told.t);
  assert.match(lossOf(await connect(made.server, undefined)), /is not trusted/);
  assert.match(lossOf(await connect(expired, { ca })), /is not valid \(CERT_HAS_EXPIRED\); renew it/);
  assert.equal((await connect(made.server, { ca })).t, "message");
  const { cert, key } = made.client;
  const own = { cert: readFileSync(cert, "utf8"), key: new Secret(readFileSync(key, "utf8")) };
  assert.equal((await connect(made.server, { ca, ...own }, true)).t, "message");
  const without = await connect(made.server, { ca }, true);
  assert.notEqual(without.t, "message");
});

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

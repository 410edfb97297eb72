// Requests as no library sends them, on real sockets: what is refused, how, and that nothing behind it is read as a request.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import type { WebDoor } from "../../../src/doors/http-router.ts";
import { DoorServer, type DoorServerOptions, readAll } from "../../helpers/door-server.ts";
import { Wire } from "../../helpers/http-wire.ts";
import { tokenAuth } from "../../helpers/token-auth.ts";

/** A door that reads a body and says what it was; and remembers what it was asked. */
class Reading {
  readonly asked: string[] = [];
  readonly door: WebDoor = {
    methods: ["GET", "POST"],
    handle: (request, response) => {
      this.asked.push(`${request.method} ${request.url}`);
      let body = "";
      request.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      request.on("end", () => response.end(`took <${body}>`));
    },
  };
}

async function withDoor(use: (hub: DoorServer, seen: string[]) => Promise<void>, options: DoorServerOptions = {}) {
  const reading = new Reading();
  await using hub = await DoorServer.open({ doors: { "/mcp": reading.door }, ...options });
  await use(hub, reading.asked);
}

/** Everything that is answered to these bytes on a connection of their own, which the client then lets go of. */
async function answerTo(hub: DoorServer, text: string): Promise<string> {
  const socket = await hub.socket();
  socket.on("error", () => {});
  socket.end(text, "latin1");
  return (await readAll(socket)).toString("latin1");
}

const statusesIn = (answer: string) => [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));

const head = (line: string, ...headers: string[]) => [line, "Host: localhost", ...headers, "", ""].join("\r\n");
/** What an attacker wants to have read as a request of its own. */
const hidden = head("GET /mcp?hidden HTTP/1.1");

test("http-requests: what could be two things to two readers is refused, and ends the connection", () =>
  withDoor(async (hub, seen) => {
    const post = "POST /mcp HTTP/1.1";
    const chunked = "Transfer-Encoding: chunked";
    const cases: Record<string, string> = {
      "both lengths": `${head(post, "Content-Length: 6", chunked)}0\r\n\r\n${hidden}`,
      "both lengths, the other way round": `${head(post, chunked, "Content-Length: 6")}0\r\n\r\n${hidden}`,
      "two lengths": `${head(post, "Content-Length: 0", `Content-Length: ${hidden.length}`)}${hidden}`,
      "the same length twice": `${head(post, "Content-Length: 0", "Content-Length: 0")}${hidden}`,
      "a list of lengths": `${head(post, "Content-Length: 0, 0")}${hidden}`,
      "a signed length": `${head(post, "Content-Length: +0")}${hidden}`,
      "a length in hexadecimal": `${head(post, "Content-Length: 0x0")}${hidden}`,
      "a length that overflows": `${head(post, "Content-Length: 18446744073709551616")}${hidden}`,
      "an encoding that is not the last": `${head(post, "Transfer-Encoding: chunked, identity")}0\r\n\r\n${hidden}`,
      "an unknown encoding": `${head(post, "Transfer-Encoding: xchunked")}0\r\n\r\n${hidden}`,
      "chunked twice": `${head(post, chunked, chunked)}0\r\n\r\n${hidden}`,
      "a blank before the colon": `${head(post, "Content-Length : 0")}${hidden}`,
      "a folded header": `${head(post, "X: a\r\n b")}${hidden}`,
      "a folded length": `${head(post, "Content-Length:\r\n 0")}${hidden}`,
      "bare line feeds": hidden.replaceAll("\r\n", "\n"),
      "one bare line feed": head("GET /mcp?hidden HTTP/1.1", "X: a\nY: b"),
      "a bare carriage return": head("GET /mcp?hidden HTTP/1.1", "X: a\rY: b"),
      "a NUL": head("GET /mcp?hidden HTTP/1.1", "X: a\0b"),
      "a header without a name": head("GET /mcp?hidden HTTP/1.1", ": a"),
      "a header without a colon": head("GET /mcp?hidden HTTP/1.1", "X"),
      "a chunk size that is none": `${head(post, chunked)}0x1\r\na\r\n0\r\n\r\n`,
      "a chunk that is longer than it says": `${head(post, chunked)}1\r\nab\r\n0\r\n\r\n`,
      "chunks with bare line feeds": `${head(post, chunked)}1\na\n0\n\n`,
    };
    for (const [name, text] of Object.entries(cases)) {
      const answer = await answerTo(hub, text + hidden);
      assert.deepEqual(statusesIn(answer), [400], `${name}: ${answer}`);
      assert.match(answer, /connection: close/i, name);
      assert.ok(!seen.some((line) => line.includes("hidden")), `${name}: ${seen.join()}`);
    }
  }));

test("http-requests: other versions and shapes of HTTP get an answer of their own", () =>
  withDoor(async (hub) => {
    const cases: [string, number][] = [
      ["GET /livez HTTP/1.0\r\n\r\n", 200],
      ["GET /livez HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n", 200],
      ["GET /livez HTTP/1.1\r\n\r\n", 400],
      ["GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400],
      // HTTP/0.9 is answered like 1.0: one request, then the end.
      ["GET /livez\r\n\r\n", 200],
      ["GET /livez HTTP/0.9\r\n\r\n", 200],
      ["GET /livez HTTP/1.2\r\nHost: localhost\r\n\r\n", 400],
      ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
      [head("GET http://localhost/livez HTTP/1.1"), 200],
      [head("GET http://localhost/livez?x HTTP/1.1"), 200],
      [head("GET http://other.example/nothing HTTP/1.1"), 404],
      [head("OPTIONS * HTTP/1.1"), 404],
      [head("GET livez HTTP/1.1"), 400],
      [head("BREW /livez HTTP/1.1"), 400],
      [head("get /livez HTTP/1.1"), 400],
      [head("PROPFIND /livez HTTP/1.1"), 405],
      [head("TRACE /mcp HTTP/1.1"), 405],
      [head("DELETE /mcp HTTP/1.1"), 405],
      [head(`GET /${"x".repeat(15_000)} HTTP/1.1`), 404],
      [head(`GET /${"x".repeat(17_000)} HTTP/1.1`), 431],
      [head("GET /livez HTTP/1.1", `X: ${"y".repeat(17_000)}`), 431],
      [head("GET /livez HTTP/1.1", ...Array.from({ length: 2_000 }, (_, at) => `x${at}: yyyyy`)), 431],
      [head("POST /mcp HTTP/1.1", "Expect: something", "Content-Length: 0"), 417],
    ];
    for (const [text, status] of cases) {
      const answer = await answerTo(hub, text);
      assert.deepEqual(statusesIn(answer), [status], `${text.slice(0, 80)}: ${answer.slice(0, 300)}`);
    }
    // Nobody asked for a tunnel here: closed, unanswered.
    assert.equal(await answerTo(hub, head("CONNECT localhost:22 HTTP/1.1")), "");
    assert.equal(hub.server.connections, 0);
  }));

test("http-requests: HEAD has the headers of GET, and no body, with the next answer right behind it", () =>
  withDoor(async (hub) => {
    const answer = await answerTo(hub, head("HEAD /livez HTTP/1.1") + head("GET /livez HTTP/1.1"));
    assert.deepEqual(statusesIn(answer), [200, 200]);
    const [first = "", second = ""] = answer.split(/(?=HTTP\/1\.1)/);
    assert.match(first, /content-length: 14\r\n/);
    assert.match(first, /\r\n\r\n$/);
    assert.match(second, /\{"live":true\}\n$/);
  }));

test("http-requests: who asks before it sends its body is told to go on, or refused without it", () =>
  withDoor(
    async (hub, seen) => {
      const asking = ["Expect: 100-continue", "Content-Length: 2"];
      const welcome = await hub.socket();
      welcome.write(head("POST /mcp HTTP/1.1", "Authorization: Bearer a-token-of-decent-length", ...asking));
      assert.equal(String((await once(welcome, "data"))[0]), "HTTP/1.1 100 Continue\r\n\r\n");
      welcome.write("ok");
      assert.match(String((await once(welcome, "data"))[0]), /^HTTP\/1.1 200 .*took <ok>/s);
      welcome.destroy();
      for (const [line, status] of [
        ["POST /mcp HTTP/1.1", 401],
        ["POST /nothing HTTP/1.1", 404],
        ["PUT /livez HTTP/1.1", 405],
      ] as const) {
        const answer = await answerTo(hub, head(line, ...asking) + hidden);
        assert.deepEqual(statusesIn(answer), [status], answer);
        assert.match(answer, /connection: close/i);
      }
      assert.deepEqual(seen, ["POST /mcp"]);
    },
    { auth: tokenAuth({ token: new Secret("a-token-of-decent-length"), clients: [] }) },
  ));

test("http-requests: a client that has closed its own side still gets its answer", () =>
  withDoor(async (hub) => {
    const answer = await answerTo(hub, `${head("POST /mcp HTTP/1.1", "Content-Length: 2")}ok`);
    assert.match(answer, /took <ok>/);
  }));

test("http-requests: half a body, and a chunked one that never ends, are cut off in time", () =>
  withDoor(
    async (hub) => {
      for (const text of [
        `${head("POST /mcp HTTP/1.1", "Content-Length: 10")}half`,
        `${head("POST /mcp HTTP/1.1", "Transfer-Encoding: chunked")}1\r\na\r\n`,
      ]) {
        const socket = await hub.socket();
        socket.write(text);
        assert.match((await readAll(socket)).toString(), /^HTTP\/1.1 408 .*took too long/s);
        socket.destroy();
      }
    },
    { http: { handshakeTimeoutMs: 50, requestTimeoutMs: 60 } },
  ));

test("http-requests: requests sent without waiting are answered in order, and too many of them end the connection", () =>
  withDoor(async (hub, seen) => {
    const several = Array.from({ length: 200 }, (_, at) => head(`GET /mcp?${at} HTTP/1.1`)).join("");
    assert.equal(statusesIn(await answerTo(hub, several)).length, 200);
    assert.deepEqual(
      seen,
      Array.from({ length: 200 }, (_, at) => `GET /mcp?${at}`),
    );

    const held: IncomingMessage[] = [];
    const silent: WebDoor = { methods: ["GET"], handle: (request) => void held.push(request) };
    await using deaf = await DoorServer.open({ doors: { "/mcp": silent } });
    const socket = await deaf.socket();
    socket.on("error", () => {});
    const flood = head("GET /mcp HTTP/1.1").repeat(1_000);
    const gone = new Promise((resolve) => socket.once("close", resolve));
    for (let time = 0; time < 50 && !socket.destroyed; time++) {
      if (!socket.write(flood)) await Promise.race([once(socket, "drain"), gone]);
    }
    socket.resume();
    await gone;
    assert.ok(held.length <= 257, `${held.length} were started`);
    assert.equal(deaf.log.lines.filter((line) => line.includes("client_cut")).length, 1);
  }));

test("http-requests: an offer of another protocol waits for the answers before it, and so does a WebSocket", async () => {
  const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
  const h2c = head("GET /livez HTTP/1.1", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c");
  const ws = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", key];
  for (const [offer, status] of [
    [h2c, 200],
    [head("GET /mcp HTTP/1.1", ...ws), 101],
  ] as const) {
    const held: ServerResponse[] = [];
    const slow: WebDoor = { methods: ["GET"], handle: (_request, response) => void held.push(response) };
    const livez = () => ({ status: 200, body: "lives" });
    await using hub = await DoorServer.open({ doors: { "/mcp": slow }, pages: { livez } });
    using wire = await Wire.open(hub.port);
    wire.write(head("GET /mcp HTTP/1.1").repeat(2) + offer);
    while (held.length < 2) await new Promise((resolve) => setImmediate(resolve));
    for (const [at, response] of held.entries()) response.end(`answer ${at}`);
    const text = await wire.until(new RegExp(`answer 1HTTP/1.1 ${status}`));
    assert.deepEqual(statusesIn(text), [200, 200, status]);
    assert.match(text, /answer 0HTTP/);
  }
});

test("http-requests: pages behind an answer that does not come are not made without end", async () => {
  const silent: WebDoor = { methods: ["GET"], handle: () => {} };
  let made = 0;
  const livez = () => ({ status: 200, body: String(made++) });
  await using hub = await DoorServer.open({ doors: { "/mcp": silent }, pages: { livez } });
  const socket = await hub.socket();
  socket.on("error", () => {});
  const gone = new Promise((resolve) => socket.once("close", resolve));
  socket.write(head("GET /mcp HTTP/1.1") + head("GET /livez HTTP/1.1").repeat(5_000));
  socket.resume();
  await gone;
  assert.ok(made <= 256, `${made} were made`);
});

test("http-requests: an offer of another protocol cannot hide the length of its body behind thousands of headers", () =>
  withDoor(async (hub, seen) => {
    const padding = Array.from({ length: 2_500 }, () => "a:").join("\r\n");
    const offer = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", padding, `Content-Length: ${hidden.length}`];
    const socket = await hub.socket();
    socket.write(head("POST /mcp HTTP/1.1", ...offer) + hidden);
    assert.match(String((await once(socket, "data"))[0]), /took <GET \/mcp\?hidden/);
    assert.deepEqual(seen, ["POST /mcp"]);
    socket.destroy();
  }));

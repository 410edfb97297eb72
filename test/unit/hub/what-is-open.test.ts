// What is open on a served hub, and ends with what it was opened by: the key of an identity provider, the time of a client.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { test } from "node:test";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { freePort } from "../../helpers/free-port.ts";
import { ask, EventReader, HttpMcp } from "../../helpers/http-mcp.ts";
import { root } from "../../helpers/hub-process.ts";
import { envelope } from "../../helpers/modern-http.ts";
import { ServedHub } from "../../helpers/served-hub.ts";
import { issuerKey, TokenIssuer } from "../../helpers/token-issuer.ts";
import { WsClient } from "../../helpers/ws-client.ts";

const cores = { a: { command: process.execPath, args: [`${root}/test/fixtures/cores/echo.mjs`] } };
const sha256 = (token: string) => createHash("sha256").update(token).digest("hex");
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

/** A WebSocket, the stream of a session over HTTP, an SSE stream, each with a token of its own. */
class Open implements AsyncDisposable {
  readonly over = { socket: false, stream: false, sse: false };
  readonly #socket: WsClient;
  readonly #ends: Promise<unknown>;

  private constructor(socket: WsClient, streams: { readonly stream: EventReader; readonly sse: EventReader }) {
    this.#socket = socket;
    const closed = once(socket.socket, "close").then(([code]) => {
      this.over.socket = true;
      return code;
    });
    const ended = (["stream", "sse"] as const).map(async (name) => {
      while ((await streams[name].any()) !== undefined);
      this.over[name] = true;
    });
    this.#ends = Promise.all([closed, ...ended]);
  }

  static async by({ url }: ServedHub, token: (path: string) => Promise<string>): Promise<Open> {
    const socket = await WsClient.connect(`${url.replace("http", "ws")}/mcp`, bearer(await token("/mcp")).headers);
    const http = await HttpMcp.open(`${url}/mcp`, bearer(await token("/mcp")));
    const stream = await http.listen();
    const sse = new EventReader(await ask(`${url}/sse`, bearer(await token("/sse"))));
    await sse.next();
    return new Open(socket, { stream, sse });
  }

  /** Something comes from the client, so that nobody takes it for gone. */
  async stays(): Promise<void> {
    assert.deepEqual((await this.#socket.request("ping")).result, {});
    assert.deepEqual(this.over, { socket: false, stream: false, sse: false });
  }

  async hasEnded(): Promise<void> {
    const [code] = (await this.#ends) as [number];
    assert.equal(code, 4401);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#socket[Symbol.asyncDispose]();
  }
}

/** In steps, as clients are looked after; each of those inside says something meanwhile. */
async function pass(clock: FakeClock, seconds: number, inside: readonly Open[]): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 5) {
    clock.advance(5_000);
    for (const open of inside) await open.stays();
  }
}

test("what is open: a key that its issuer takes back ends it, at every door, and what another key signed goes on", async () => {
  const clock = new FakeClock();
  await using issuer = await TokenIssuer.open({ clock });
  const [one] = issuer.keys;
  const two = await issuerKey("two");
  issuer.keys = [...issuer.keys, two];
  const port = await freePort();
  const hub = { public_url: `http://localhost:${port}`, auth: { issuers: { [issuer.url]: {} } } };
  const manifest = { hub, cores, clients: { eng: { jwt: { issuer: issuer.url } } } };
  await using served = await ServedHub.open(manifest, { port, clock });
  const exp = issuer.nowS + 3600;
  const tokens = (sub: string, key: typeof one) => (path: string) =>
    issuer.token(hub.public_url + path, { sub, exp }, { key });
  await using alice = await Open.by(served, tokens("alice", one));
  await using bob = await Open.by(served, tokens("bob", two));
  await pass(clock, 30, [alice, bob]);
  issuer.keys = [two];
  // A token of a key that is not there yet has the keys read.
  const response = await ask(`${served.url}/mcp`, bearer(await tokens("carol", await issuerKey("three"))("/mcp")));
  assert.equal(response.statusCode, 401);
  response.resume();
  clock.advance(2_500);
  await alice.hasEnded();
  await bob.stays();

  // The provider is not named any more, and nobody's client comes by it.
  await served.reload({ cores, hub: { public_url: hub.public_url }, clients: { eng: { tokens: [] } } });
  await bob.hasEnded();
});

test("what is open: an end that a reload moves counts for it, earlier and later, at every door", async () => {
  const port = await freePort();
  const clock = new FakeClock();
  const start = clock.wall();
  const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();
  const manifest = (early: number, late: number) => ({
    cores,
    clients: {
      early: { token_sha256: sha256("the-token-of-early"), expires: at(early) },
      late: { tokens: [{ sha256: sha256("the-token-of-late"), expires: at(late) }] },
    },
  });
  await using served = await ServedHub.open(manifest(3600, 10), { port, clock });
  await using early = await Open.by(served, async () => "the-token-of-early");
  await using late = await Open.by(served, async () => "the-token-of-late");
  await served.reload(manifest(20, 40));
  await pass(clock, 15, [early, late]);
  clock.advance(7_500);
  await early.hasEnded();
  await pass(clock, 15, [late]);
  clock.advance(5_000);
  await late.hasEnded();
});

test("what is open: other rights count for whatever a connection says of itself only after the reload", async () => {
  const port = await freePort();
  const manifest = (allow: string) => ({
    cores: { ...cores, b: cores.a },
    clients: { c: { token_sha256: sha256("the-token-of-c"), allow: [allow] } },
  });
  await using served = await ServedHub.open(manifest("a.*"), { port });
  const url = `${served.url.replace("http", "ws")}/mcp`;
  await using client = await WsClient.connect(url, bearer("the-token-of-c").headers);
  const namespaces = async (clientInfo: object) => {
    const _meta = envelope({ "io.modelcontextprotocol/clientInfo": clientInfo });
    const { result } = await client.request("tools/list", { _meta });
    return [...new Set(result.tools.map(({ name }: { name: string }) => name.split("__")[0]))];
  };
  assert.deepEqual(await namespaces({ name: "one", version: "1" }), ["a"]);
  await served.reload(manifest("b.*"));
  assert.deepEqual(await namespaces({ name: "one", version: "1" }), ["b"]);
  assert.deepEqual(await namespaces({ name: "two", version: "1" }), ["b"]);
});

// What becomes of the responses of Streamable HTTP when nothing more will come on them: seen raw, as a client's library sees it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";

let hub: HubProcess;
let url = "";

before(async () => {
  hub = await startHub({ manifest: `cores:\n  held:\n    ${fixture("echo.mjs")}\n` });
  url = `${await hub.url()}/mcp`;
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
});

/** One session by hand. */
class Session {
  readonly headers: Record<string, string>;
  #lastId = 0;

  private constructor(id: string) {
    this.headers = { ...plain, "mcp-session-id": id };
  }

  static async open(): Promise<Session> {
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "raw", version: "1" } };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 0, method: "initialize", params });
    const response = await fetch(url, { method: "POST", headers: plain, body });
    const session = new Session(String(response.headers.get("mcp-session-id")));
    await session.send({ method: "notifications/initialized" });
    return session;
  }

  send(message: object): Promise<Response> {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    return fetch(url, { method: "POST", headers: this.headers, body });
  }

  call(name: string, args: object, meta: object = {}): { id: number; response: Promise<Response> } {
    const id = ++this.#lastId;
    const params = { name: `held__${name}`, arguments: args, _meta: meta };
    return { id, response: this.send({ id, method: "tools/call", params }) };
  }

  /** A call that the Core holds, and that nothing came of yet. */
  async held(key: string): Promise<{ id: number; response: Promise<Response> }> {
    const held = this.call("slow", { key });
    await (await this.call("until-held", { key }).response).text();
    return held;
  }

  resume(lastEventId: string): Promise<Response> {
    return fetch(url, { headers: { ...this.headers, "last-event-id": lastEventId } });
  }
}

const plain = { "content-type": "application/json", accept: "application/json, text/event-stream" };
const priming = (id: string) => `id: ${id}\nretry: 1000\ndata: \n\n`;

test("http streams: a request that was cancelled before anything came gets a stream without events, and without an id", async () => {
  const session = await Session.open();
  const { id, response } = await session.held("cancelled");
  await session.send({ method: "notifications/cancelled", params: { requestId: id } });
  const ended = await response;
  assert.equal(ended.headers.get("content-type"), "text/event-stream");
  assert.equal(await ended.text(), "");
});

test("http streams: a request that waits when its session is ended is refused as those after it are", async () => {
  const session = await Session.open();
  const { response } = await session.held("ended");
  await fetch(url, { method: "DELETE", headers: session.headers });
  const refused = await response;
  assert.equal(refused.status, 404);
  assert.equal((await session.send({ id: 9, method: "ping" })).status, 404);
  assert.match(await refused.text(), /send initialize again/);
});

test("http streams: a stream that has ended is resumed with what is left of it, and with 204 where nothing is", async () => {
  const session = await Session.open();
  const { id, response } = session.call("progress", { steps: 2 }, { progressToken: "p" });
  const text = await (await response).text();
  const [first, second, third, fourth] = text.split(/(?<=\n\n)/);
  assert.equal(first, priming("1-0"));
  assert.match(String(fourth), new RegExp(`^id: 1-3\\ndata: .*"id":${id},`));

  assert.equal(await (await session.resume("1-1")).text(), `${priming("1-1")}${third}${fourth}`);
  assert.equal(await (await session.resume("1-0")).text(), `${priming("1-0")}${second}${third}${fourth}`);
  assert.equal((await session.resume("1-3")).status, 204);
  assert.equal((await session.resume("1-4")).status, 400);
});

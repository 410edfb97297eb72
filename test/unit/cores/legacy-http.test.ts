// Legacy Cores over Streamable HTTP: requests that nobody waits for any more, where the server leaves their streams open.
import assert from "node:assert/strict";
import { test } from "node:test";
import { frameOfText } from "../../../src/wire/frame.ts";
import { CoreRun, type RunOptions } from "../../helpers/core-run.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { FaultyServer } from "../../helpers/faulty-server.ts";
import type { HttpRequest } from "../../helpers/scripted-http-hub.ts";
import { Inbox } from "../../helpers/scripted-hub.ts";

/** As `closeMs` of the links. */
const closeMs = 2_000;

function remote(url: string, options: RunOptions): CoreRun {
  const place = { url, headers: {}, bearer: undefined, tls: undefined, allowPrivate: true };
  const definition = { remote: { ...place, transport: "streamable-http" as const }, command: "", args: [] };
  return new CoreRun({ ...options, definition: { ...definition, era: "legacy" } });
}

/** What becomes of requests that get no answer: their streams, as they are opened. */
function unanswered() {
  const open = new Inbox<HttpRequest>();
  const leave = (it: HttpRequest) => {
    it.stream();
    open.put(it);
  };
  return { open, leave };
}

test("legacy http: calls that were taken back leave their places to others", async () => {
  const clock = new FakeClock();
  const { open, leave } = unanswered();
  await using server = await FaultyServer.open({ wait: leave });
  await using run = await remote(server.url, { clock }).up();
  const ids = Array.from({ length: 256 }, () => run.send("tools/call", { name: "wait" }));
  for (const _ of ids) await open.next();
  for (const requestId of ids) {
    const cancelled = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } };
    run.core.send(frameOfText(JSON.stringify(cancelled)), []);
  }
  await server.noted("notifications/cancelled", ids.length);
  clock.advance(closeMs);
  assert.equal(await run.call("echo", { marker: "next" }), "next");
});

test("legacy http: a ping that was not answered in time leaves its place to others", async () => {
  const clock = new FakeClock();
  const { open, leave } = unanswered();
  await using server = await FaultyServer.open({}, { methods: { ping: leave } });
  await using _run = await remote(server.url, { clock, health: { pingIntervalMs: 30_000 } }).up();
  clock.advance(30_000);
  const ping = await open.next();
  clock.advance(10_000);
  clock.advance(closeMs);
  await ping.closed;
  assert.deepEqual(server.notes, ["notifications/initialized"], "a ping is not cancelled");
});

test("legacy http: a request is not taken back by a notification of another kind that has its id", async () => {
  const clock = new FakeClock();
  const { open, leave } = unanswered();
  await using server = await FaultyServer.open({ wait: leave });
  await using run = await remote(server.url, { clock }).up();
  const answer = run.call("wait");
  const call = await open.next();
  const params = { progressToken: "t", progress: 1, requestId: call.message.id };
  run.core.send(frameOfText(JSON.stringify({ jsonrpc: "2.0", method: "notifications/progress", params })), []);
  await server.noted("notifications/progress");
  clock.advance(closeMs);
  call.event({ jsonrpc: "2.0", id: call.message.id, result: { content: [{ type: "text", text: "still" }] } });
  assert.equal(await Promise.race([answer, call.closed.then(() => "cut")]), "still");
});

test("legacy http: what may have been said while the stream of news was broken is looked for once that is there again", async () => {
  const standing = new Inbox<HttpRequest>();
  let tools = 1;
  await using server = await FaultyServer.open(
    {},
    {
      capabilities: { tools: { listChanged: true } },
      standing: (it, nth) => {
        // The server has not heard yet that the one before has broken.
        if (nth === 2) return it.refuse(409);
        it.stream();
        it.write("retry: 50\n\n");
        standing.put(it);
      },
      methods: {
        "tools/list": (it) => it.answer({ tools: [{ name: `tool-${tools}`, inputSchema: { type: "object" } }] }),
      },
    },
  );
  await using run = await remote(server.url, {}).up();
  const stream = await standing.next();
  await run.until(() => run.core.lists?.tools.length === 1);
  tools++;
  stream.cut();
  await standing.next();
  await run.until(() => run.core.lists?.tools[0]?.bytes.includes("tool-2") === true);
  assert.deepEqual(run.states, ["starting", "up", "up"], "whoever waits for news of a resource is told to look");
});

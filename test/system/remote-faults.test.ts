// What a client sees when something goes wrong between the hub and a server elsewhere: each fault with its stated outcome, on the built hub. The words
// of each are docs/remote-cores.md's; the same faults on the connections alone are in test/unit/links.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FaultyServer, type Fault as Happening } from "../helpers/faulty-server.ts";
import { type HubProcess, startHub } from "../helpers/hub-process.ts";
import { type Message, WsClient } from "../helpers/ws-client.ts";

const metadata = "http://169.254.169.254/latest/meta-data/";
const html = { "content-type": "text/html" };
const fine = { content: [{ type: "text", text: "fine" }] };

interface Fault {
  readonly happens: Happening;
  /** What the call fails with; undefined: it is answered. */
  readonly fails?: {
    readonly code: string;
    readonly says: RegExp;
    readonly mayHaveRun: boolean;
    readonly againMs?: number;
  };
  /** How often the server is asked, if not once. */
  readonly asked?: number;
  /** The Core that it is a tool of, if not `faulty`. */
  readonly core?: string;
}

/** By tool. */
const faults: Record<string, Fault> = {
  hang: {
    core: "hasty",
    happens: () => {},
    fails: { code: "core_timeout", says: /no answer from core "hasty" within \d+ ms/, mayHaveRun: true },
  },
  reset: {
    happens: (it) => it.request.socket.resetAndDestroy(),
    fails: { code: "core_down", says: /the connection was reset/, mayHaveRun: true, againMs: 1000 },
  },
  "401": { happens: (it, nth) => (nth === 1 ? it.refuse(401) : it.answer(fine)), asked: 2 },
  "401-always": {
    core: "patient",
    happens: (it) => it.refuse(401),
    fails: { code: "login_needed", says: /needs a login: .*; run: thehub login patient$/, mayHaveRun: false },
  },
  "403": {
    happens: (it) => it.refuse(403),
    fails: { code: "core_down", says: /answered 403/, mayHaveRun: false },
  },
  "404-of-the-session": {
    happens: (it, nth) => (nth === 1 ? it.refuse(404) : it.answer(fine)),
    asked: 2,
  },
  "429": {
    happens: (it) => it.refuse(429, "", { "retry-after": "7" }),
    fails: { code: "overloaded", says: /answered 429/, mayHaveRun: false, againMs: 7000 },
  },
  "503": {
    happens: (it) => it.refuse(503),
    fails: { code: "overloaded", says: /answered 503/, mayHaveRun: false, againMs: 1000 },
  },
  html: {
    happens: (it) => it.refuse(200, "<html>", html),
    fails: { code: "core_down", says: /answered with text\/html instead of JSON or events/, mayHaveRun: true },
  },
  "truncated-events": {
    happens: (it) => {
      it.stream();
      it.write('data: {"jsonrpc":"2.0",');
      it.response.end();
    },
    fails: { code: "core_down", says: /did not answer: its stream ended/, mayHaveRun: true, againMs: 1000 },
  },
  "endless-event": {
    happens: (it) => {
      it.stream();
      it.write('data: "');
      const more = Buffer.alloc(1024 * 1024, "x");
      const go = () => {
        while (!it.response.destroyed && it.response.write(more));
      };
      it.response.on("drain", go);
      go();
    },
    fails: { code: "too_large", says: /sent more than is taken: a message may have 67108864 bytes/, mayHaveRun: true },
  },
  "a-byte-at-a-time": {
    happens: (it) => {
      const bytes = [...`data: ${JSON.stringify({ jsonrpc: "2.0", id: it.message.id, result: fine })}\n\n`];
      it.response.socket?.setNoDelay(true);
      it.stream();
      const timer = setInterval(() => {
        const byte = bytes.shift();
        if (byte !== undefined) return it.write(byte);
        clearInterval(timer);
        it.response.end();
      }, 2);
    },
  },
  "redirect-to-metadata": {
    happens: (it) => it.refuse(307, "", { location: metadata }),
    fails: { code: "core_down", says: /redirects \(307\), which is not followed/, mayHaveRun: false },
  },
};

let server: FaultyServer;
let hub: HubProcess;

before(async () => {
  server = await FaultyServer.open(
    Object.fromEntries(Object.entries(faults).map(([name, { happens }]) => [name, happens])),
  );
  const core = (key: string, more: string) =>
    `  ${key}:\n    url: ${server.url}\n    allow_private: true\n    ${more}\n`;
  hub = await startHub({
    manifest: `cores:
${core("faulty", "health: { restart_backoff_ms: 20 }")}${core("hasty", "policy: { timeout_ms: 300 }")}${core("patient", "health: { restart_backoff_ms: 60000 }")}`,
  });
  await hub.logged("core_summary");
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** What a client is told of a call that failed: in words, and for programs. */
function holds(
  { error }: Message,
  { code, says, mayHaveRun, againMs }: NonNullable<Fault["fails"]>,
  core: string,
): void {
  assert.ok(error, "it failed");
  assert.equal(error.data?.["code"], code, error.message);
  assert.match(error.message, says);
  assert.match(error.message, new RegExp(`core "${core}"`));
  assert.equal(error.data?.["core"], core);
  assert.equal(error.data?.["may_have_run"], mayHaveRun);
  if (againMs !== undefined) assert.equal(error.data?.["retry_after_ms"], againMs);
  assert.doesNotMatch(JSON.stringify(error), /169\.254/);
}

for (const [tool, { core = "faulty", fails, asked = 1 }] of Object.entries(faults)) {
  const outcome =
    fails === undefined ? "is answered" : `fails the call, which ${fails.mayHaveRun ? "may have" : "has not"} run`;
  test(`remote faults: ${tool.replaceAll("-", " ")} ${outcome}, and the next call goes well`, async () => {
    await using client = await WsClient.connect(await hub.wsUrl());
    const answer = await client.call(`${core}__${tool}`);
    if (fails === undefined) assert.equal(answer.result?.content[0].text, "fine", JSON.stringify(answer.error));
    else holds(answer, fails, core);
    assert.equal(server.asked.get(tool), asked, "so often the server was asked");
    if (core === "hasty") await server.noted("notifications/cancelled");
    const next = await client.call("faulty__echo", { marker: tool });
    assert.equal(next.result?.content[0].text, tool, JSON.stringify(next.error));
    assert.deepEqual(client.strays, []);
  });
}

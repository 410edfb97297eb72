// What a client sees when something goes wrong between the hub and a server elsewhere: each fault with its stated outcome, on the built hub. The words
// of each are docs/remote-cores.md's; the same faults on the connections alone are in test/unit/links.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createSecureServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeCertificates, read, serverExtension, signCertificate } from "../helpers/certificates.ts";
import { FaultyServer, type Fault as Happening } from "../helpers/faulty-server.ts";
import { type HubProcess, startHub } from "../helpers/hub-process.ts";
import { type HttpRequest, ScriptedHttpHub } from "../helpers/scripted-http-hub.ts";
import { startTwoWayServers } from "../helpers/two-way-servers.ts";
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
  "401": {
    happens: (it) => it.refuse(401),
    fails: {
      code: "login_at_url",
      says: /needs a login: it answers nobody without one; run: thehub login faulty; or open http/,
      mayHaveRun: false,
    },
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
${core("faulty", "health: { restart_backoff_ms: 20 }")}${core("hasty", "policy: { timeout_ms: 300 }")}`,
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

/** Cores that never come up, and why, in the words of the log. */
const neverUp: Record<string, { readonly url: string; readonly more?: string; readonly says: RegExp }> = {
  unknown: { url: "http://no-such-host.invalid/mcp", says: /the host name (?:is not known|cannot be looked up now)/ },
  metadata: { url: metadata, says: /169\.254\.169\.254 is the metadata service of a cloud/ },
};

test("remote faults: a server that never comes up is said why, and is nobody else's trouble", async (t) => {
  const refusing = async (name: string, refuse: (it: HttpRequest) => void, says: RegExp) => {
    const http = await ScriptedHttpHub.open();
    t.after(() => http[Symbol.asyncDispose]());
    void (async () => {
      for (;;) refuse(await http.any());
    })();
    neverUp[name] = { url: http.url, more: "allow_private: true", says };
  };
  await refusing("html", (it) => it.refuse(200, "<html>", html), /answered with text\/html instead of JSON or events/);
  await refusing(
    "redirect",
    (it) => it.refuse(302, "", { location: metadata }),
    /redirects \(302\), which is not followed/,
  );
  await refusing("busy", (it) => it.refuse(503), /answered 503/);
  await refusing("limited", (it) => it.refuse(429, "", { "retry-after": "100" }), /answered 429/);
  await refusing("reset", (it) => it.request.socket.resetAndDestroy(), /the connection was reset/);
  const entries = Object.entries(neverUp).map(
    ([key, { url, more }]) =>
      `  ${key}: { url: "${url}", health: { restart_backoff_ms: 60000 }${more === undefined ? "" : `, ${more}`} }\n`,
  );
  await using other = await startHub({
    manifest: `cores:\n  faulty: { url: "${server.url}", allow_private: true }\n${entries.join("")}`,
  });
  for (const [key, { says }] of Object.entries(neverUp)) {
    const { reason } = await other.logged("core_down", ({ core }) => core === key);
    assert.match(String(reason), says);
    if (key !== "metadata") assert.doesNotMatch(String(reason), /169\.254/);
  }
  // Who says how long it wants to be left alone is left alone.
  const { retry_ms: retryMs } = await other.logged("core_down", ({ core }) => core === "limited");
  assert.equal(retryMs, 100_000);
  await using client = await WsClient.connect(await other.wsUrl());
  const { result } = await client.call("faulty__echo", { marker: "fine" });
  assert.equal(result?.content[0].text, "fine");
  await other.stop();
});

test("remote faults: a server whose certificate has expired gets no call more", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-faults-"));
  t.after(() => rm(folder, { recursive: true }));
  const { ca, server: good } = makeCertificates(folder, "localhost");
  const old = signCertificate(folder, {
    ...{ name: "old", subject: "localhost", days: -1 },
    extension: serverExtension("localhost"),
  });
  const secure = createSecureServer(read(good));
  await using faulty = await FaultyServer.open({}, { server: secure });
  await using other = await startHub({
    manifest: `cores:\n  secure: { url: "${faulty.url}", allow_private: true, health: { restart_backoff_ms: 60000 } }\n`,
    env: { NODE_EXTRA_CA_CERTS: ca },
  });
  await other.logged("core_up");
  await using client = await WsClient.connect(await other.wsUrl());
  assert.equal((await client.call("secure__echo", { marker: "one" })).result?.content[0].text, "one");
  secure.setSecureContext(read(old));
  secure.closeAllConnections();
  const says = /certificate of https:\/\/localhost:\d+ is not valid \(CERT_HAS_EXPIRED\); renew it/;
  // It may go out on a socket that is just being closed: that is another fault.
  let answer = await client.call("secure__echo", { marker: "two" });
  if (answer.error?.message.endsWith("the connection was reset")) answer = await client.call("secure__echo");
  holds(answer, { code: "core_down", says, mayHaveRun: false }, "secure");
  assert.deepEqual(faulty.ran, ["one"]);
  await other.stop();
});

test("remote faults: under load a server is restarted three times: each call has one answer, which says truly whether it ran", async () => {
  await using faulty = await FaultyServer.open();
  await using other = await startHub({
    manifest: `cores:\n  faulty: { url: "${faulty.url}", allow_private: true, health: { restart_backoff_ms: 20 } }\n`,
  });
  await other.logged("core_up");
  const url = await other.wsUrl();
  const outcomes = new Map<string, Message>();
  /** As many as a client may have under way, one after the other's answer. */
  const load = async (name: string) => {
    await using client = await WsClient.connect(url);
    const lane = async (at: number) => {
      for (let nth = 0; nth < 40; nth++) {
        const marker = `${name}-${at}-${nth}`;
        outcomes.set(marker, await client.call("faulty__echo", { marker }));
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, at) => lane(at)));
    assert.deepEqual(client.strays, []);
  };
  const loads = Promise.all(["ann", "bob", "cid"].map(load));
  for (const count of [100, 300, 500]) {
    await faulty.hasRun(count);
    await faulty.restart();
  }
  await loads;
  assert.equal(outcomes.size, 3 * 8 * 40);
  let failed = 0;
  for (const [marker, { result, error }] of outcomes) {
    const times = faulty.ran.filter((ran) => ran === marker).length;
    if (error === undefined) assert.deepEqual([result?.content[0].text, times], [marker, 1]);
    else {
      failed++;
      const { may_have_run: mayHaveRun } = error.data ?? {};
      assert.equal(typeof mayHaveRun, "boolean", error.message);
      assert.ok(times <= (mayHaveRun === true ? 1 : 0), `${marker} ran ${times} times: ${error.message}`);
    }
  }
  assert.ok(failed > 0, "some were under way each time");
  await using client = await WsClient.connect(url);
  assert.equal((await client.call("faulty__echo", { marker: "after" })).result?.content[0].text, "after");
  await other.stop();
});

test("remote faults: by every way, what a server was asked when it died may have run, and what is asked then has not", async () => {
  const servers = await startTwoWayServers("1.x");
  const ways = ["http", "sse", "websocket"];
  const entries = ways.map(
    (way) => `  ${way}:
    url: ${way === "websocket" ? "ws" : "http"}://${servers.place}/${way}/${way}
    allow_private: true
    health: { restart_backoff_ms: 60000 }
${way === "sse" ? "    transport: sse\n" : ""}`,
  );
  await using other = await startHub({ manifest: `cores:\n${entries.join("")}` });
  await other.logged("core_summary");
  await using client = await WsClient.connect(await other.wsUrl());
  const held = ways.map((way) => client.call(`${way}__hold`, { marker: way }, { progressToken: way }));
  for (const way of ways)
    await client.notified("notifications/progress", ({ params }) => params?.["progressToken"] === way);
  await servers[Symbol.asyncDispose]();
  for (const [at, way] of ways.entries()) {
    const says = /went down under this call, which may have run|the connection broke|did not answer: /;
    holds((await held[at]) as Message, { code: "core_down", says, mayHaveRun: true }, way);
    // Of HTTP the hub may find out only now that nobody is there.
    const never = { code: "core_down", says: /nothing listens there|is down: /, mayHaveRun: false };
    holds(await client.call(`${way}__whoami`, { marker: "x" }), never, way);
  }
  await other.stop();
});

// Streamable HTTP and HTTP+SSE through the shipped nginx and Caddy files, to a real hub: prefixes, events that are not held back,
// calls that outlast the proxy's patience, and who the log says was there.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeCertificates } from "../helpers/certificates.ts";
import { ask, EventReader, HttpMcp, type HttpOptions, SseMcp, textOf } from "../helpers/http-mcp.ts";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import {
  host,
  lacks,
  lacksOpenssl,
  lookup,
  type ProxyKind,
  type ProxyOptions,
  type ProxyProcess,
  startProxy,
} from "../helpers/proxy-process.ts";

const folder = mkdtempSync(join(tmpdir(), "thehub-tls-"));
after(() => rmSync(folder, { recursive: true }));
const certificates = lacksOpenssl === false ? makeCertificates(folder, host) : undefined;
const token = "a-token-of-decent-length";
/** Loopback like the proxy, but not the address that the hub trusts. */
const clientAddress = "127.0.0.2";

interface Setup extends AsyncDisposable {
  readonly hub: HubProcess;
  readonly proxy: ProxyProcess;
  readonly url: string;
}

async function setUp(
  kind: ProxyKind,
  { env, ...options }: Partial<ProxyOptions> & { env?: Record<string, string> } = {},
): Promise<Setup> {
  const hub = await startHub({
    manifest: `hub: { drain_timeout_ms: 500 }\ncores:\n  echo:\n    ${fixture("echo.mjs")}\n`,
    env: { HUB_TOKEN: token, HUB_TRUSTED_PROXIES: "127.0.0.1", HUB_ALLOW_HOSTS: host, HUB_BASE_PATH: "/hub", ...env },
  });
  const upstreamPort = Number(new URL(await hub.url()).port);
  assert.ok(certificates);
  const proxy = await startProxy(kind, { upstreamPort, certificates, ...options });
  return {
    hub,
    proxy,
    url: `https://${host}:${proxy.port}/hub`,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await hub[Symbol.asyncDispose]();
    },
  };
}

function client(headers: Record<string, string> = {}): HttpOptions {
  assert.ok(certificates);
  const authorization = `Bearer ${token}`;
  const ca = readFileSync(certificates.ca);
  return { ca, localAddress: clientAddress, lookup, headers: { authorization, ...headers } };
}

/** Both HTTP transports, once through everything that a proxy can spoil. */
async function useBoth(url: string, profile = ""): Promise<void> {
  const http = await HttpMcp.open(`${url}/mcp${profile}`, client());
  assert.deepEqual((await http.call("echo__echo", { n: 1 })).result.structuredContent, { n: 1 });
  assert.equal(await http.close(), 204);
  const sse = await SseMcp.open(`${url}/sse${profile}`, client());
  const { answer } = await sse.request("tools/call", { name: "echo__echo", arguments: { n: 2 } });
  assert.deepEqual(answer.result.structuredContent, { n: 2 });
  sse.close();
}

for (const kind of ["nginx", "caddy"] as const) {
  const skip = lacks(kind);

  test(`proxy ${kind}: both HTTP transports work with the prefix taken off, by base path and by public URL`, {
    skip,
  }, async () => {
    for (const env of [{}, { HUB_BASE_PATH: "", HUB_PUBLIC_URL: `https://${host}/hub` }]) {
      await using it = await setUp(kind, { env });
      await useBoth(it.url);
      await useBoth(it.url, "/p/claude");
      const sse = await SseMcp.open(`${it.url}/sse`, client());
      assert.match(sse.endpoint, /^\/hub\/messages\?/, JSON.stringify(env));
      sse.close();
    }
  });

  test(`proxy ${kind}: both HTTP transports work with the prefix kept`, { skip }, async () => {
    await using it = await setUp(kind, { keepsPrefix: true });
    await useBoth(it.url);
    await useBoth(it.url, "/p/claude");
  });

  test(`proxy ${kind}: without a token both are refused, and told how to ask`, { skip }, async () => {
    await using it = await setUp(kind);
    for (const path of ["/mcp", "/sse"]) {
      const response = await ask(it.url + path, { ...client(), headers: {} });
      assert.equal(response.statusCode, 401, path);
      assert.match(String(response.headers["www-authenticate"]), /^Bearer/);
      assert.match(await textOf(response), /unauthenticated/);
    }
  });

  test(`proxy ${kind}: an event arrives while its call still runs, and one of the session's own at once`, {
    skip,
  }, async () => {
    await using it = await setUp(kind);
    const http = await HttpMcp.open(`${it.url}/mcp`, client());
    const running = new EventReader(await http.start("echo__progress-then-hang", {}, "t"));
    const progress = await running.message();
    assert.deepEqual([progress.method, progress.params?.["progressToken"]], ["notifications/progress", "t"]);
    running.close();

    const own = await http.listen();
    await http.call("echo__grow", { name: "more" });
    assert.equal((await own.message()).method, "notifications/tools/list_changed");
    own.close();

    const sse = await SseMcp.open(`${it.url}/sse`, client());
    const params = { name: "echo__progress-then-hang", arguments: {}, _meta: { progressToken: "s" } };
    await sse.send({ id: 77, method: "tools/call", params });
    for (;;) {
      const message = await sse.events.message();
      if (message.method !== "notifications/progress") continue;
      assert.equal(message.params?.["progressToken"], "s");
      break;
    }
    sse.close();
  });

  test(`proxy ${kind}: messages of 3 MiB pass both ways over HTTP, unchanged`, { skip }, async () => {
    await using it = await setUp(kind);
    const http = await HttpMcp.open(`${it.url}/mcp`, client());
    const blob = "0123456789abcdef".repeat(3 * 64 * 1024);
    const { result } = await http.call("echo__echo", { blob });
    assert.ok(result.structuredContent.blob === blob);
  });

  test(`proxy ${kind}: the log names the client of both, and not whom it pretends to be`, { skip }, async () => {
    await using it = await setUp(kind);
    const spoofed = { "x-forwarded-for": "203.0.113.66", forwarded: "for=203.0.113.66" };
    await HttpMcp.open(`${it.url}/mcp`, client(spoofed));
    const sse = await SseMcp.open(`${it.url}/sse`, client(spoofed));
    for (const door of ["http", "sse"]) {
      const line = await it.hub.logged("session_opened", (it) => it["door"] === door);
      assert.equal(line["peer"], clientAddress, door);
    }
    assert.doesNotMatch(JSON.stringify(it.hub.logs), /203\.0\.113|a-token-of/);
    sse.close();
  });

  test(`proxy ${kind}: SIGTERM of the hub ends both kinds of stream in order, after their answers`, {
    skip,
  }, async () => {
    await using it = await setUp(kind);
    const http = await HttpMcp.open(`${it.url}/mcp`, client());
    const own = await http.listen();
    const held = new EventReader(await http.start("echo__progress-then-hang", {}, "t"));
    assert.equal((await held.message()).method, "notifications/progress");
    it.hub.child.kill("SIGTERM");
    assert.match((await held.message()).error?.message ?? "", /shutting down|draining/);
    assert.equal(await held.next(), undefined);
    while ((await own.next()) !== undefined);
    assert.equal((await it.hub.exited).code, 0);
  });
}

test("proxy: calls and streams in silence for longer than the read timeout live on by the hub's comments", async (t) => {
  const kinds = (["nginx", "caddy"] as const).filter((kind) => lacks(kind) === false);
  if (kinds.length === 0) return t.skip("needs nginx or caddy (Debian: nginx-light, caddy)");
  await Promise.all(
    kinds.map(async (kind) => {
      // The head of an answer comes after 10 s at the latest, a comment every 15 to 17.5 s.
      await using it = await setUp(kind, { readTimeout: "20s" });
      const http = await HttpMcp.open(`${it.url}/mcp`, client());
      const own = await http.listen();
      const sse = await SseMcp.open(`${it.url}/sse`, client());
      await sse.send({ id: 77, method: "tools/call", params: { name: "echo__slow", arguments: { key: "s" } } });
      const waiting = sse.events.answer(77);
      const call = new EventReader(await http.start("echo__slow", { key: "h" }));
      const answer = call.message();
      // Read all the time, for the comments; what is told of the Core that has just come up is not what is waited for.
      let grown = false;
      const ownNext = (async () => {
        for (;;) {
          const message = await own.message();
          if (grown) return message;
        }
      })();
      // Two comments on each: longer than the timeout, whichever came first.
      const other = await HttpMcp.open(`${it.url}/mcp`, client());
      await Promise.all([call, own, sse.events].map((events) => events.commented(2)));
      await other.call("echo__release", { key: "h", value: "at last" });
      await other.call("echo__release", { key: "s", value: "at last" });
      assert.equal((await answer).result.content[0].text, "at last", kind);
      assert.equal((await waiting).answer.result.content[0].text, "at last", kind);
      grown = true;
      await other.call("echo__grow", { name: "late" });
      assert.equal((await ownNext).method, "notifications/tools/list_changed", kind);
      own.close();
      sse.close();
    }),
  );
});

// `thehub connect` between real clients and a real hub, which goes away and comes back.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { bridge, connected, hubWithToken, manifest, refused, token, withToken } from "../helpers/connect-process.ts";
import { ContentLengthClient } from "../helpers/content-length-client.ts";
import { type HubProcess, mainFile, startHub } from "../helpers/hub-process.ts";
import { NewlineClient } from "../helpers/newline-client.ts";

/** By which both ways are tested: what a client sees is the same. */
const ways = { ws: (hub: HubProcess) => hub.wsUrl(), http: (hub: HubProcess) => hub.httpUrl() };

let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-connect-"));
});

after(() => rm(folder, { recursive: true, force: true }));

for (const [way, urlOf] of Object.entries(ways)) {
  test(`connect over ${way}: the SDK 2.x lists, calls, sees progress and cancels through it`, async () => {
    await using hub = await hubWithToken();
    const client = new Client({ name: "sdk-v2", version: "1" });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [mainFile, "connect", await urlOf(hub)],
        env: { PATH: process.env["PATH"] ?? "", ...withToken },
        stderr: "ignore",
      }),
    );
    const { tools } = await client.listTools();
    assert.ok(tools.some(({ name }) => name === "echo__slow"));
    const echo = await client.callTool({ name: "echo__echo", arguments: { n: 1 } });
    assert.deepEqual(echo.structuredContent, { n: 1 });
    const aborter = new AbortController();
    // Cancelled as soon as its progress is seen.
    const long = client.callTool(
      { name: "echo__progress-then-hang" },
      { signal: aborter.signal, onprogress: () => aborter.abort(new Error("enough")) },
    );
    await assert.rejects(long);
    const { content } = await client.callTool({ name: "echo__seen" });
    const [seen] = content;
    assert.ok(seen?.type === "text");
    assert.equal((JSON.parse(seen.text) as { cancelled: unknown[] }).cancelled.length, 1);
    await client.close();
    await hub.stop();
  });
}

for (const [way, urlOf] of Object.entries(ways)) {
  test(`connect over ${way}: a Content-Length client is answered in kind`, async () => {
    await using hub = await hubWithToken();
    await using bridged = await bridge(await urlOf(hub));
    const client = new ContentLengthClient(bridged.child.stdout, bridged.child.stdin);
    const hello = await client.request("initialize", {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: "lsp", version: "1" },
    });
    assert.equal(hello.result.protocolVersion, "2025-06-18");
    client.notify("notifications/initialized");
    const call = await client.request("tools/call", { name: "echo__echo", arguments: { s: "é" } });
    assert.deepEqual(call.result.structuredContent, { s: "é" });
    bridged.child.stdin.end();
    assert.equal((await bridged.exited).code, 0);
    await hub.stop();
  });
}

for (const [way, urlOf] of Object.entries(ways)) {
  test(`connect over ${way}: two clients share one Core, and their answers do not mix`, async () => {
    await using hub = await hubWithToken();
    await using one = await bridge(await urlOf(hub));
    await using two = await bridge(await urlOf(hub));
    const clients = [await connected(one), await connected(two)] as const;
    const pids = await Promise.all(
      clients.map(async (client) => (await client.call("echo__pid")).result.content[0].text),
    );
    assert.equal(pids[0], pids[1]);
    const [first, second] = clients;
    const held = first.call("echo__slow", { key: "k" });
    let looks = 0;
    const callsBesideLooks = async () => {
      looks++;
      return JSON.parse((await second.call("echo__seen")).result.content[0].text).calls - looks;
    };
    // Two pids, and slow: the two clients come by connections of their own.
    while ((await callsBesideLooks()) < 3);
    await second.call("echo__release", { key: "k", value: "from the other client" });
    assert.equal((await held).result.content[0].text, "from the other client");
    assert.equal(await callsBesideLooks(), 4);
    assert.deepEqual([...first.strays, ...second.strays], []);
  });
}

for (const [way, urlOf] of Object.entries(ways)) {
  test(`connect over ${way}: payloads go through to the byte, 9 MiB as well`, async () => {
    await using hub = await hubWithToken();
    await using bridged = await bridge(await urlOf(hub));
    const client = await connected(bridged);
    for (const raw of [
      '{"n":9007199254740993,"m":1e400,"a":1,"\\u0061":2,"s":"\\ud800\\u0000"}',
      `{"s":"${"x".repeat(9 * 1024 * 1024)}"}`,
    ]) {
      const id = client.nextId++;
      const answered = client.answerTo(id);
      client.write(
        `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"m__mirror","arguments":${raw}}}`,
      );
      await answered;
      assert.ok(client.lastText.includes(`"result":{"content":[],"raw":${raw}}`));
    }
  });
}

for (const [way, urlOf] of Object.entries(ways)) {
  test(`connect over ${way}: a client that reads slowly gets everything, and one message over the limit is refused alone`, async () => {
    await using hub = await hubWithToken();
    await using bridged = await bridge(await urlOf(hub));
    const client = await connected(bridged);
    bridged.child.stdout.pause();
    const calls = [1, 2, 3, 4].map(() => client.call("echo__big", { bytes: 6 * 1024 * 1024 }));
    // By then the hub has made all four, and the bridge holds what it may: the Core answers in order.
    await using other = await bridge(await urlOf(hub));
    await (await connected(other)).call("echo__pid");
    bridged.child.stdout.resume();
    for (const call of calls) assert.equal((await call).result.content[0].text.length, 6 * 1024 * 1024);

    const refused = client.answerTo("null");
    client.write(
      JSON.stringify({ jsonrpc: "2.0", id: 99, method: "ping", params: { s: "x".repeat(11 * 1024 * 1024) } }),
    );
    assert.equal((await refused).error?.data?.["code"], "too_large");
    assert.deepEqual((await client.request("ping")).result, {});
  });
}

for (const [way, urlOf] of Object.entries(ways)) {
  test(`connect over ${way}: a hub that is killed fails the call under way, and one that comes back serves again`, async () => {
    await using hub = await hubWithToken();
    const url = await urlOf(hub);
    await using bridged = await bridge(url);
    const client = await connected(bridged);
    await client.request("logging/setLevel", { level: "debug" });
    const lost = client.call("echo__progress-then-hang", {}, { progressToken: "p" });
    await client.notified("notifications/progress");
    hub.child.kill("SIGKILL");
    const { error } = await lost;
    assert.equal(error?.code, -32059);
    assert.equal(error?.data?.["code"], "hub_unreachable");
    assert.equal(error?.data?.["may_have_run"], true);

    // This one waits for the hub that is not there yet.
    const early = client.request("tools/list");
    await using again = await hubWithToken(`localhost:${new URL(url).port}`);
    for (const list of ["tools", "resources", "prompts"]) await client.notified(`notifications/${list}/list_changed`);
    const { result, error: refused } = await early;
    assert.ok(result !== undefined, JSON.stringify(refused));
    assert.deepEqual((await client.call("echo__echo", { n: 2 })).result.structuredContent, { n: 2 });
    const session = await again.logged("session_opened");
    assert.equal(session["client"], "newline-client");
    // The new hub knows the log level that the client asked the old one for.
    const seen = await client.call("echo__seen");
    assert.deepEqual(JSON.parse(seen.result.content[0].text).setLevel, ["debug"]);
    assert.deepEqual(client.strays, []);
    bridged.child.stdin.end();
    assert.equal((await bridged.exited).code, 0);
    await again.stop();
  });
}

for (const [way, urlOf] of Object.entries(ways)) {
  test(`connect over ${way}: a hub that is stopped in order answers what it has, and its end is no failure of the client`, async () => {
    const hurried = `hub: { drain_timeout_ms: 200 }\n${manifest}`;
    await using hub = await startHub({ manifest: hurried, env: withToken });
    const url = await urlOf(hub);
    await using bridged = await bridge(url);
    const client = await connected(bridged);
    const held = client.call("echo__progress-then-hang", {}, { progressToken: "p" });
    await client.notified("notifications/progress");
    hub.child.kill("SIGTERM");
    assert.equal((await held).error?.data?.["code"], "draining");
    const line = await bridged.logged("hub_lost");
    assert.match(String(line["reason"]), /restarting \(1001\)|nothing listens there/);
    assert.equal((await hub.exited).code, 0);
    await using again = await hubWithToken(`localhost:${new URL(url).port}`);
    await client.notified("notifications/tools/list_changed");
    assert.deepEqual((await client.call("echo__echo", { n: 3 })).result.structuredContent, { n: 3 });
    assert.deepEqual(client.strays, []);
    await again.stop();
  });
}

for (const [way, urlOf] of Object.entries(ways)) {
  test(`connect over ${way}: the end of stdin and SIGTERM let calls under way finish, say goodbye and exit 0`, async () => {
    await using hub = await hubWithToken();
    const url = await urlOf(hub);
    await using helper = await bridge(url);
    const second = await connected(helper);
    for (const end of ["stdin", "SIGTERM"] as const) {
      await using bridged = await bridge(url);
      const client = await connected(bridged);
      const held = client.call("echo__slow", { key: end });
      await client.call("echo__echo");
      if (end === "stdin") bridged.child.stdin.end();
      else bridged.child.kill("SIGTERM");
      await second.call("echo__release", { key: end, value: "still answered" });
      assert.equal((await held).result.content[0].text, "still answered");
      assert.deepEqual(await bridged.exited, { code: 0, signal: null });
      assert.deepEqual(
        bridged.logs.map(({ msg }) => msg),
        ["hub_connected", "draining", "stopped"],
      );
    }
  });
}

for (const [way, urlOf] of Object.entries(ways)) {
  test(`connect over ${way}: a hub that does not let it in ends it at once with exit 1, and the log says what to change`, async () => {
    await using hub = await hubWithToken();
    const url = await urlOf(hub);
    const wrong = await refused(url, {
      env: { MY_TOKEN: "wrong-token-0123456789" },
      more: ["--token-env", "MY_TOKEN"],
    });
    assert.equal(wrong.code, 1);
    assert.equal(wrong.last?.msg, "connect_failed");
    assert.match(String(wrong.last?.["reason"]), /does not take the token of MY_TOKEN/);
    assert.equal((await wrong.answer).error?.data?.["code"], "unauthenticated");
    const none = await refused(url, { env: {} });
    assert.equal(none.code, 1);
    assert.match(String(none.last?.["reason"]), /put it into HUB_TOKEN/);
    const lost = await refused(url.replace("/mcp", "/nowhere"));
    assert.equal(lost.code, 1);
    assert.match(String(lost.last?.["reason"]), /404.*check the path/);
    // By an address that is not loopback: the hub refuses the Host, and the token has gone out in the clear.
    const foreign = await refused(url.replace("localhost", "0.0.0.0"));
    assert.equal(foreign.code, 1);
    assert.match(String(foreign.last?.["reason"]), /403.*HUB_ALLOW_HOSTS/);
    assert.match(foreign.text, /"plaintext_token"/);
  });
}

for (const [way, urlOf] of Object.entries(ways)) {
  test(`connect over ${way}: the token comes from a file or a variable, and the hub from HUB_URL, too`, async () => {
    await using hub = await hubWithToken();
    const HUB_URL = await urlOf(hub);
    const file = join(folder, "token");
    await writeFile(file, `${token}\n`);
    for (const [env, more] of [
      [{ HUB_TOKEN_FILE: file }, []],
      [{}, ["--token-file", file]],
      [{ OTHER: token, HUB_TOKEN: "wrong-token-0123456789" }, ["--token-env", "OTHER"]],
      [{ ...withToken, TEAM: "acme" }, ["--header", `X-Team: \${env:TEAM}`, "--header", "X-Plain: 1"]],
    ] as const) {
      await using bridged = await startHub({ env: { HUB_URL, ...env }, args: ["connect", ...more] });
      const client = await connected(bridged);
      assert.deepEqual((await client.call("echo.echo")).error, undefined);
    }
  });
}

test("connect: SIGTERM while there is no hub answers what waits, and exits 0", async () => {
  await using bridged = await bridge(`unix:${join(folder, "nobody.sock")}`);
  const client = new NewlineClient(bridged.child.stdout, bridged.child.stdin);
  const waiting = client.request("ping");
  await bridged.logged("hub_lost");
  bridged.child.kill("SIGTERM");
  const { error } = await waiting;
  assert.equal(error?.data?.["code"], "draining");
  assert.equal(error?.data?.["may_have_run"], false);
  assert.equal((await bridged.exited).code, 0);
});

test("connect: a Unix socket is as good as a port", async () => {
  const socket = join(folder, "hub.sock");
  await using hub = await hubWithToken(`unix:${socket}`);
  await hub.logged("listening");
  await using bridged = await bridge(`unix:${socket}`);
  const client = await connected(bridged);
  assert.deepEqual((await client.call("echo.echo", { n: 4 })).result.structuredContent, { n: 4 });
  bridged.child.stdin.end();
  assert.equal((await bridged.exited).code, 0);
});

test("connect: a client that is started before its hub waits for it", async () => {
  const socket = join(folder, "later.sock");
  await using bridged = await bridge(`unix:${socket}`);
  const client = new NewlineClient(bridged.child.stdout, bridged.child.stdin);
  const hello = client.hello();
  await bridged.logged("hub_lost");
  await using _hub = await hubWithToken(`unix:${socket}`);
  await hello;
  assert.deepEqual((await client.call("echo.echo", { n: 5 })).result.structuredContent, { n: 5 });
});

test("connect: what is written wrongly is named with the fix, exit 2, and no secret is repeated", async () => {
  for (const [url, more, says] of [
    ["localhost:3000", [], /https:\/\/hub\.example\/mcp/],
    [`http://localhost:3000?token=${token}`, [], /HUB_TOKEN/],
    [`ws://${token}@localhost:3000`, [], /HUB_TOKEN/],
    [`ws://localhost:3000?token=${token}`, [], /HUB_TOKEN/],
    ["ws://localhost:3000", ["--token-env", token], /not set/],
    ["ws://localhost:3000", ["--header", `Authorization: ${token}`], /HUB_TOKEN/],
    ["ws://localhost:3000", ["--header", `X-Api-Key: ${token}`], /\$\{env:NAME\}/],
    ["ws://localhost:3000", ["--header", "nonsense"], /Name: value/],
    ["ws://localhost:3000", ["--max-message-bytes", "12"], /from 1024/],
  ] as const) {
    const { code, text } = await refused(url, { env: {}, more });
    assert.equal(code, 2, text);
    assert.match(text, says);
    assert.match(text, /"msg":"usage_problem"/);
  }
});

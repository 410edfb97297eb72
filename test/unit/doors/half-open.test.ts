// Connections that show nothing of who is behind them, on real sockets: each kind gives way to somebody who does.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { test } from "node:test";
import { DoorServer, upgradeRequest } from "../../helpers/door-server.ts";
import { tokenAuth, tokenClient } from "../../helpers/token-auth.ts";

const head = "POST /mcp HTTP/1.1\r\nHost: localhost\r\n";
const body = "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{";

/** What each has sent, and how much of an answer it is given before it is half-open: all of it. */
const kinds: Record<string, string> = {
  silent: "",
  "in its head": head,
  "in its body, let in": `${head}Authorization: Bearer ana\r\n${body}`,
  "in its body, refused": `${head}Authorization: Bearer wrong\r\n${body}`,
  "of a probe": "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "refused at the upgrade": upgradeRequest({ host: "localhost" }, "GET /nothing HTTP/1.1"),
};

async function waitFor(isThere: () => boolean): Promise<void> {
  while (!isThere()) await new Promise((resolve) => setImmediate(resolve));
}

for (const [kind, sent] of Object.entries(kinds)) {
  test(`half-open: a connection that is ${kind} gives way to a new one`, async () => {
    let isReading = false;
    const door = {
      methods: ["POST"],
      handle: (request: NodeJS.ReadableStream) => {
        isReading = true;
        request.resume();
      },
    };
    const auth = tokenAuth({ clients: [tokenClient("ana", "ana")] });
    await using hub = await DoorServer.open({ auth, doors: { "/mcp": door }, http: { maxConnections: 1 } });
    const idle = await hub.socket();
    const closed = new Promise((resolve) => idle.once("close", resolve));
    idle.on("error", () => {});
    idle.resume().write(sent);
    await waitFor(() => hub.server.connections === 1);
    if (kind.endsWith("let in")) await waitFor(() => isReading);
    const [client, answer] = await talk(hub);
    assert.match(answer, /^HTTP\/1\.1 101 /);
    await closed;
    const { half_open, total } = hub.server.refusedConnections;
    // Who was refused at the upgrade is sent away anyway, perhaps before.
    assert.ok(half_open === 1 || kind.includes("upgrade"));
    assert.equal(total, 0);
    client.destroy();
  });
}

test("half-open: who was let in once stays, also between its requests", async () => {
  const door = {
    methods: ["POST"],
    handle: (request: NodeJS.ReadableStream, response: { end(text: string): void }) => {
      request.resume().on("end", () => response.end("in"));
    },
  };
  const auth = tokenAuth({ clients: [tokenClient("ana", "ana")] });
  await using hub = await DoorServer.open({ auth, doors: { "/mcp": door }, http: { maxConnections: 1 } });
  const known = await hub.socket();
  known.write(`${head}Authorization: Bearer ana\r\nContent-Length: 2\r\n\r\n{}`);
  assert.match(String((await once(known, "data"))[0]), /^HTTP\/1\.1 200 /);
  const late = await hub.socket();
  late.on("error", () => {});
  await new Promise((resolve) => late.resume().once("close", resolve));
  assert.deepEqual(hub.server.refusedConnections, { total: 1, address: 0, half_open: 0 });
  known.write(`${head}Authorization: Bearer ana\r\nContent-Length: 2\r\n\r\n{}`);
  assert.match(String((await once(known, "data"))[0]), /^HTTP\/1\.1 200 /);
  known.destroy();
});

async function talk(hub: DoorServer): Promise<[Socket, string]> {
  const client = await hub.socket();
  client.write(upgradeRequest({ host: hub.authority, authorization: "Bearer ana" }));
  const [chunk] = await once(client, "data");
  return [client, String(chunk)];
}

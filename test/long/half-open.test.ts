// Ten thousand connections that are begun and never shown to be anybody's, in every stage of beginning: others come in all the same.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { startHub } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

/** Open files that a process may have here; both sides of the connections need one each, the hub with some to spare. */
const files = Number(execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).replace("unlimited", "1000000"));
const wanted = 10_000;
const count = Math.min(wanted, Math.max(0, files - 500));

/** As many as the hub takes: fewer than come, so that it is always full of those that have come last. */
const room = Math.floor(count / 5);

const stages = [
  "",
  "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-",
  "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
];

test(`half-open: ${wanted} connections that say nothing, or half of something, keep nobody out`, {
  skip: count < 1000 ? `only ${files} open files are allowed` : false,
}, async (t) => {
  if (count < wanted) t.diagnostic(`${count} connections, as only ${files} open files are allowed`);
  await using hub = await startHub({
    manifest: "cores: {}\n",
    env: { HUB_TOKEN: "the-token-of-the-house", HUB_MAX_CONNECTIONS: String(room) },
  });
  const port = Number(new URL(await hub.url()).port);
  const idle = new Set<Socket>();
  let cut = 0;
  const open = (stage: string) =>
    new Promise<void>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.write(stage, "latin1");
        resolve();
      });
      idle.add(socket);
      socket.on("error", () => resolve());
      socket.on("close", () => {
        idle.delete(socket);
        cut++;
      });
      socket.resume();
    });
  for (let at = 0; at < count; at += 200) {
    await Promise.all(Array.from({ length: 200 }, (_, n) => open(stages[(at + n) % stages.length] ?? "")));
  }
  await using first = await WsClient.connect(await hub.wsUrl(), { authorization: "Bearer the-token-of-the-house" });
  // They go on coming.
  for (let n = 0; n < 400; n++) await open(stages[n % stages.length] ?? "");
  await using second = await WsClient.connect(await hub.wsUrl(), { authorization: "Bearer the-token-of-the-house" });
  assert.deepEqual((await first.request("ping")).result, {});
  assert.deepEqual((await second.request("ping")).result, {});
  const answer = await fetch(`${await hub.url()}/metrics`);
  const gaveWay = Number(
    /^thehub_connections_refused_total\{reason="half_open"\} (\d+)$/m.exec(await answer.text())?.[1],
  );
  t.diagnostic(`${gaveWay} gave way, ${cut} are closed`);
  assert.ok(gaveWay >= count / 2, String(gaveWay));
  for (const socket of idle) socket.destroy();
  await hub.stop();
});

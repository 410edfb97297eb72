// A Core over SSH, by a real sshd: `ssh -T host command` is a command like any other.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { root, startHub } from "../helpers/hub-process.ts";
import { SshServer, sshMissing } from "../helpers/ssh-server.ts";
import { WsClient } from "../helpers/ws-client.ts";

const skip = sshMissing() ?? false;

function manifestOf(server: SshServer, core: string): string {
  const args = [...server.args, `${process.execPath} ${join(root, "test/fixtures/cores", core)}`];
  return `cores:\n  far:\n    command: ssh\n    args: ${JSON.stringify(args)}\n    health: { stop_timeout_ms: 500 }\n`;
}

test("ssh: a Core on the other side is listed and called, and ends with the hub", { skip }, async () => {
  await using server = await SshServer.start();
  await using hub = await startHub({ manifest: manifestOf(server, "echo.mjs") });
  await hub.logged("core_up", ({ core }) => core === "far");
  await using client = await WsClient.connect(await hub.wsUrl());
  const text = "é\u2028\n".repeat(10_000);
  const { result } = await client.call("far__echo", { text, n: 1 });
  assert.equal(result.structuredContent.text, text);
  const { result: told } = await client.call("far__env", { name: "THEHUB_INSTANCE" });
  // Over there is another environment: nothing of the hub's goes along by itself.
  assert.equal(told.content[0].text, "unset");
  const held = client.call("far__slow", { key: "k" });
  assert.equal((await client.call("far__until-held", { key: "k" })).result?.content[0].text, "held");
  await client.call("far__release", { key: "k" });
  assert.equal((await held).result?.content[0].text, "released");
  await hub.stop();
});

test("ssh: a host whose key is not known, and a connection that is cut, are said; the Core comes back", {
  skip,
}, async () => {
  await using server = await SshServer.start();
  await using hub = await startHub({ manifest: manifestOf(server, "echo.mjs") });
  const up = await hub.logged("core_up", ({ core }) => core === "far");
  process.kill(Number(up["pid"]), "SIGKILL");
  await hub.logged("core_down", ({ core }) => core === "far");
  await hub.logged("core_up", ({ core, generation }) => core === "far" && generation === 2);
  await hub.stop();
  const unknown = manifestOf(server, "echo.mjs").replace(
    `UserKnownHostsFile=${join(server.folder, "known")}`,
    "UserKnownHostsFile=/dev/null",
  );
  await using refused = await startHub({ manifest: unknown });
  const down = await refused.logged("core_down", ({ core }) => core === "far");
  assert.match(JSON.stringify(down["stderr"]), /Host key verification failed/);
  await refused.stop();
});

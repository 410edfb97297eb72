// Beyond loopback nobody gets in without a token, also when nobody thought of one.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type HubProcess, startHub } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

const args = ["serve", "--listen", "0.0.0.0:0"];
let state = "";

before(async () => {
  state = await mkdtemp(join(tmpdir(), "thehub-made-token-"));
});

after(() => rm(state, { recursive: true, force: true }));

async function tools(hub: HubProcess, headers: Record<string, string> = {}, query = ""): Promise<number> {
  await using client = await WsClient.connect(await hub.wsUrl(`/mcp${query}`), headers);
  return (await client.request("tools/list")).result.tools.length;
}

test("made token: a hub that listens beyond loopback makes one, keeps it readable by its owner alone, and never logs it", async () => {
  await using hub = await startHub({ args, env: { HUB_STATE_DIR: state } });
  const { file } = await hub.logged("token_made");
  assert.equal(file, join(state, "token"));
  assert.equal((await stat(join(state, "token"))).mode & 0o777, 0o600);
  const token = (await readFile(join(state, "token"), "utf8")).trim();
  assert.ok(token.length >= 32);

  await assert.rejects(tools(hub), /401/);
  await assert.rejects(tools(hub, { Authorization: "Bearer something-else" }), /401/);
  assert.equal(await tools(hub, { Authorization: `Bearer ${token}` }), 3);
  await hub.stop();
  assert.ok(!JSON.stringify(hub.logs).includes(token));
});

test("made token: it is the same after a restart, and counts in the header only", async () => {
  const token = (await readFile(join(state, "token"), "utf8")).trim();
  await using hub = await startHub({ args, env: { HUB_STATE_DIR: state } });
  assert.equal(await tools(hub, { Authorization: `Bearer ${token}` }), 3);
  for (const query of [`?token=${token}`, `?access_token=${token}`, `?authorization=Bearer%20${token}`]) {
    await assert.rejects(tools(hub, {}, query), /401/);
  }
  await hub.stop();
});

test("made token: none is made where HUB_ANONYMOUS=allow says so, and the plaintext is warned about all the same", async () => {
  await using hub = await startHub({ args, env: { HUB_ANONYMOUS: "allow" } });
  assert.equal(await tools(hub), 3);
  await hub.logged("plaintext_exposed");
  await hub.stop();
  assert.ok(!hub.logs.some(({ msg }) => msg === "token_made"));
});

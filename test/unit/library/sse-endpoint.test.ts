// Where the SSE door sends clients, by what the hub knows of the path in front of it.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createHub } from "../../../src/library/create-hub.ts";
import { ask, EventReader } from "../../helpers/http-mcp.ts";

test("sse-endpoint: the path of HUB_PUBLIC_URL, else the base path, else nothing stands in front of /messages", async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-endpoint-"));
  for (const [env, at, prefix] of [
    [{}, "/sse", ""],
    [{ HUB_BASE_PATH: "/hub/" }, "/hub/sse", "/hub"],
    // A proxy may have taken the base path off; its clients still need it.
    [{ HUB_BASE_PATH: "/hub" }, "/sse", "/hub"],
    [{ HUB_PUBLIC_URL: "https://hub.example/tools/" }, "/sse", "/tools"],
    [{ HUB_PUBLIC_URL: "https://hub.example" }, "/sse", ""],
    [{ HUB_PUBLIC_URL: "https://hub.example/tools", HUB_BASE_PATH: "/hub" }, "/hub/sse", "/tools"],
    [{ HUB_PUBLIC_URL: "https://hub.example/", HUB_BASE_PATH: "/hub" }, "/hub/sse", ""],
  ] as const) {
    const hub = await createHub({ cores: {} }, { env: { HUB_STATE_DIR: folder, ...env } });
    const [url] = await hub.listen("127.0.0.1:0");
    const reader = new EventReader(await ask(`${url}${at}`, { headers: { accept: "text/event-stream" } }));
    const endpoint = (await reader.any())?.data ?? "";
    assert.match(endpoint, new RegExp(`^${prefix}/messages\\?sessionId=[0-9a-f]{32}$`), JSON.stringify(env));
    // Where the hub itself knows that path, it takes messages there.
    if (prefix !== "/tools") {
      const headers = { "content-type": "application/json" };
      const body = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
      const accepted = await ask(new URL(endpoint, url).href, { method: "POST", headers }, body);
      assert.equal(accepted.statusCode, 202);
      assert.equal((await reader.message()).id, 1);
    }
    reader.close();
    await hub.close();
  }
  await rm(folder, { recursive: true, force: true });
});

// scripts/hub-stdio with a real engine: the command that a client of Command mode starts.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { dockerTests } from "../helpers/docker-tests.ts";
import { root } from "../helpers/hub-process.ts";

const { skip, folder, engine } = await dockerTests("wrapper", async (fresh) => {
  await fresh.makeBaseImage();
  await fresh.buildImage();
});

test("hub-stdio: an official client starts it from another folder, with a manifest at an odd path and a secret", {
  skip,
}, async () => {
  const odd = join(folder, 'my "hub", mine: $HOME');
  await mkdir(odd);
  const core = "command: node\n    args: [/cores/env-printer.mjs]\n    secrets: [API_TOKEN]";
  await writeFile(join(odd, "hub.yaml"), `cores:\n  it:\n    ${core}\n`);
  const secret = "a-secret-by-its-name";
  const transport = new StdioClientTransport({
    command: join(root, "scripts/hub-stdio"),
    args: ["--volume", `${join(root, "test/fixtures/cores")}:/cores:ro`],
    cwd: folder,
    env: {
      ...(engine().env as Record<string, string>),
      HUB_MANIFEST: join(odd, "hub.yaml"),
      THEHUB_SECRETS: "API_TOKEN",
      API_TOKEN: secret,
    },
    stderr: "ignore",
  });
  const client = new Client({ name: "test", version: "1" });
  await client.connect(transport);
  // What the Core gives back is masked: it has the secret, and no client sees it.
  const { content } = await client.callTool({ name: "it.env", arguments: {} });
  assert.ok(
    JSON.stringify(content).includes(`\\"API_TOKEN\\":\\"${"*".repeat(secret.length)}\\"`),
    JSON.stringify(content),
  );
  const volumes = await engine().docker("volume", "ls", "--quiet");
  assert.match(volumes, /^thehub-stdio$/m);
  await client.close();
  assert.equal(await engine().docker("ps", "--all", "--quiet"), "", "the container outlived its client");
});

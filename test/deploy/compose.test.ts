// The Compose files with a real engine and Debian's docker-compose: what the README says to type answers a real client.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ComposeProject, composeProblem } from "../helpers/compose-project.ts";
import { dockerTests } from "../helpers/docker-tests.ts";
import { root } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

const tools = ["template__add", "template__countdown", "template__echo"];

const { skip, folder, engine } = await dockerTests(
  "compose",
  (fresh) => fresh.makeBaseImage(),
  () => composeProblem([3000]),
);

async function toolsFor(token: string): Promise<string[]> {
  await using client = await WsClient.connect("ws://localhost:3000", { authorization: `Bearer ${token}` });
  const { result } = await client.request("tools/list");
  return result.tools.map((tool: { name: string }) => tool.name);
}

test("compose: every file is accepted by docker-compose", { skip }, async () => {
  for (const file of ["loopback", "tls", "otel", "secrets"]) {
    await new ComposeProject(engine(), { files: [`docker-compose.${file}.yml`] }).compose("config", "--quiet");
  }
});

test("compose: up builds and starts the hub; a client gets in with the token that thehub token show prints", {
  skip,
}, async () => {
  await using project = new ComposeProject(engine());
  const hub = await project.up();
  const line = await engine().logged(hub, "token_made");
  assert.match(String(line["fix"]), /thehub token show/);
  const token = await project.token();
  assert.deepEqual(await toolsFor(token), tools);
  await assert.rejects(WsClient.connect("ws://localhost:3000", { authorization: "Bearer wrong" }), /401/);
  await engine().health(hub, "healthy");

  await project.compose("restart", "hub");
  await engine().health(hub, "healthy");
  assert.equal(await project.token(), token, "another token after a restart");
});

test("compose: HUB_TOKEN of the shell is the token, and the loopback override publishes on this machine alone", {
  skip,
}, async () => {
  const token = "chosen-by-the-user";
  await using project = new ComposeProject(engine(), {
    files: ["docker-compose.loopback.yml"],
    env: { HUB_TOKEN: token },
  });
  const hub = await project.up();
  assert.equal(await engine().docker("port", hub), "3000/tcp -> 127.0.0.1:3000");
  assert.deepEqual(await toolsFor(token), tools);
});

test("compose: with secrets as files the token and a Core's secret come from them, and neither is a variable", {
  skip,
}, async () => {
  const token = "a-token-from-a-file";
  const secret = "a-secret-from-a-file";
  const files = { hub_token: token, API_TOKEN: secret };
  await mkdir(join(folder, "secrets"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, "secrets", name), `${text}\n`);
  const core = "command: node\n    args: [/cores/mirror.mjs]\n    secrets: [API_TOKEN]";
  await writeFile(join(folder, "hub.yaml"), `cores:\n  m:\n    ${core}\n`);
  const override = join(folder, "override.yml");
  await writeFile(
    override,
    JSON.stringify({
      services: {
        hub: {
          volumes: [`${folder}/hub.yaml:/etc/hub/hub.yaml:ro`, `${root}/test/fixtures/cores:/cores:ro`],
          secrets: ["API_TOKEN"],
        },
      },
      secrets: Object.fromEntries(Object.keys(files).map((name) => [name, { file: join(folder, "secrets", name) }])),
    }),
  );
  await using project = new ComposeProject(engine(), {
    files: ["docker-compose.secrets.yml", override],
    env: { HUB_TOKEN: "not-this-one-at-all" },
  });
  const hub = await project.up();
  await using client = await WsClient.connect("ws://localhost:3000", { authorization: `Bearer ${token}` });
  // What the Core gives back is masked: it has the secret, and no client sees it.
  const { result } = await client.call("m__secret", { name: "API_TOKEN" });
  assert.equal(result.content[0].text, "*".repeat(secret.length));
  const inspected = await engine().docker("inspect", hub);
  for (const text of [token, secret, "not-this-one-at-all"]) assert.ok(!inspected.includes(text), `${text} is shown`);
});

// The profiles of docker-compose.yml with Debian's Caddy and Prometheus in images of the official names and layout: what they mount,
// and how they reach the hub, is as it is for everybody. Grafana and the collector come in no package that is to be had here.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { test } from "node:test";
import { WebSocket } from "ws";
import { parse } from "yaml";
import { ComposeProject, composeProblem } from "../helpers/compose-project.ts";
import { dockerTests } from "../helpers/docker-tests.ts";
import { root } from "../helpers/hub-process.ts";
import { eventually } from "../helpers/programs.ts";
import { WsClient } from "../helpers/ws-client.ts";

const { services } = parse(readFileSync(join(root, "docker-compose.yml"), "utf8"));

/** What the official images do that matters here. */
const caddy = `FROM node:24-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends caddy
ENV XDG_DATA_HOME=/data
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
`;
const prometheus = `FROM node:24-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends prometheus
RUN mkdir /prometheus && chown nobody:nogroup /prometheus
USER nobody
CMD ["prometheus", "--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]
`;

const { skip, engine } = await dockerTests(
  "profiles",
  async (fresh, at) => {
    await fresh.makeBaseImage();
    for (const [name, text] of Object.entries({ caddy, prometheus })) {
      await writeFile(join(at, "Dockerfile"), text);
      await fresh.docker("build", "--quiet", "--tag", services[name].image, at);
    }
  },
  () => composeProblem([80, 443, 3000, 9090]),
);

interface PrometheusAnswer {
  readonly data: {
    readonly activeTargets: readonly { labels: { job: string }; health: string; lastError: string }[];
    readonly groups: readonly unknown[];
  };
}

async function statusOf(path: string, ca: string): Promise<number> {
  const asked = request({ host: "localhost", path, ca }).end();
  const [response] = await once(asked, "response");
  response.resume();
  return response.statusCode;
}

test("compose: with the profile tls a client gets to the hub by wss, and nothing but the hub's doors", {
  skip,
}, async ({ signal }) => {
  const files = ["docker-compose.tls.yml"];
  await using project = new ComposeProject(engine(), { files, profile: "tls", env: { HUB_DOMAIN: "localhost" } });
  const hub = await project.up();
  assert.equal(await engine().docker("port", hub), "3000/tcp -> 127.0.0.1:3000");
  const token = await project.token();
  const proxy = await project.container("caddy");
  const root = "/data/caddy/pki/authorities/local/root.crt";
  const ca = await eventually(() => engine().docker("exec", proxy, "cat", root), signal);
  assert.equal(await eventually(() => statusOf("/metrics", ca), signal), 404);
  assert.equal(await statusOf("/healthz", ca), 404);

  const open = (headers: Record<string, string>) => new WebSocket("wss://localhost/hub", ["mcp"], { ca, headers });
  await using client = new WsClient(open({ authorization: `Bearer ${token}` }));
  await once(client.socket, "open");
  const clientInfo = { name: "test", version: "1" };
  const { result } = await client.request("initialize", {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo,
  });
  assert.equal(result.serverInfo.name, "thehub");
  const [error] = await once(open({}), "error");
  assert.match(error.message, /401/);
});

test("compose: with the profile observe Prometheus finds the hub and takes the rules", { skip }, async ({ signal }) => {
  await using project = new ComposeProject(engine(), { profile: "observe" });
  await project.up("hub", "prometheus");
  const api = (path: string) =>
    fetch(`http://127.0.0.1:9090/api/v1/${path}`).then((response) => response.json() as Promise<PrometheusAnswer>);
  const found = await eventually(async () => {
    const { data } = await api("targets?state=active");
    return data.activeTargets.find((target) => target.health !== "unknown");
  }, signal);
  assert.deepEqual([found.labels.job, found.health, found.lastError], ["thehub", "up", ""]);
  const { data } = await api("rules");
  assert.ok(data.groups.length > 0, "no rules");
});

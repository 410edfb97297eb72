// The image, built by its Dockerfile on a local base and run by a real Docker Engine, as locked down as the docs say it may be.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ContentLengthClient } from "../helpers/content-length-client.ts";
import { hubImage } from "../helpers/docker-engine.ts";
import { dockerTests } from "../helpers/docker-tests.ts";
import { HubProcess, root } from "../helpers/hub-process.ts";
import { lootOf, thief } from "../helpers/thief.ts";
import { WsClient } from "../helpers/ws-client.ts";

const lockedDown = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];
const published = ["--publish", "127.0.0.1:0:3000", "--env", "HUB_LISTEN=0.0.0.0:3000"];
const templateTools = ["template__add", "template__countdown", "template__echo"];
const token = "a-token-of-this-test";

const { skip, folder, engine } = await dockerTests("image", async (fresh) => {
  await fresh.makeBaseImage();
  await fresh.buildImage(hubImage, "--build-arg", "VERSION=1.2.3", "--build-arg", "REVISION=abc");
});

/** A container that serves `manifest` (YAML; the built-in one without), with the fixture Cores at /cores. */
async function serve(name: string, manifest?: string, ...options: readonly string[]): Promise<string> {
  const mounts = ["--volume", `${join(root, "test/fixtures/cores")}:/cores:ro`];
  if (manifest !== undefined) {
    const file = join(folder, `${name}.yaml`);
    await writeFile(file, manifest);
    mounts.push("--volume", `${file}:/etc/hub/hub.yaml:ro`);
  }
  const given = ["--env", `HUB_TOKEN=${token}`, ...published, ...lockedDown, ...mounts, ...options];
  await engine().docker("run", "--detach", "--name", name, ...given, hubImage);
  await engine().logged(name, "listening");
  return name;
}

async function connect(container: string): Promise<WsClient> {
  const url = `ws://${await engine().address(container)}`;
  return WsClient.connect(url, { authorization: `Bearer ${token}` });
}

async function exitCode(container: string): Promise<string> {
  return engine().docker("inspect", "--format", "{{.State.ExitCode}}", container);
}

test("image: serves where HUB_LISTEN says, is healthy, runs as nobody special and writes to its volume alone", {
  skip,
}, async () => {
  await serve("hub", undefined, "--health-interval", "1s");
  await using client = await connect("hub");
  const { result } = await client.request("tools/list");
  assert.deepEqual(
    result.tools.map((tool: { name: string }) => tool.name),
    templateTools,
  );
  await engine().health("hub", "healthy");
  assert.equal(await engine().docker("exec", "hub", "id", "-u"), "1000");
  const rest = await engine().run("docker", ["exec", "hub", "sh", "-c", "touch /opt/thehub/x /etc/hub/x"]);
  assert.equal(rest.code, 1, "the root file system can be written to");
  await engine().docker("exec", "hub", "touch", "/var/lib/thehub/x");
  assert.equal(await engine().docker("exec", "hub", "sh", "-c", "cat /proc/1/comm"), "tini");
  const processes = await engine().docker("top", "hub", "-eo", "pid,ppid,args");
  const [tini] = /^ *(\d+) .* tini /m.exec(processes)?.slice(1) ?? [];
  assert.match(
    processes,
    new RegExp(`^ *\\d+ +${tini} +node /opt/thehub/dist/cli/main.js$`, "m"),
    "node is tini's own child",
  );
});

test("image: is labelled, and holds neither packages nor sources", { skip }, async () => {
  const { Config } = JSON.parse(await engine().docker("inspect", "--format", "{{json .}}", hubImage));
  assert.equal(Config.Labels["org.opencontainers.image.version"], "1.2.3");
  assert.equal(Config.Labels["org.opencontainers.image.revision"], "abc");
  for (const name of ["title", "description", "licenses", "source"]) {
    assert.ok(Config.Labels[`org.opencontainers.image.${name}`], `no label ${name}`);
  }
  assert.deepEqual(Object.keys(Config.Volumes), ["/var/lib/thehub"]);
  assert.equal(Config.User, "1000:1000");
  const inside = await engine().docker("run", "--rm", "--entrypoint", "ls", hubImage, "/opt/thehub");
  for (const none of ["node_modules", "src", "test", "scripts"])
    assert.doesNotMatch(inside, new RegExp(`^${none}$`, "m"));
  const version = await engine().docker("run", "--rm", ...lockedDown, hubImage, "--version");
  assert.match(version, /^\d+\.\d+\.\d+$/);
});

test("image: without HUB_LISTEN an official client speaks to it over STDIO, in lines", { skip }, async () => {
  const transport = new StdioClientTransport({
    command: "docker",
    args: ["run", "--rm", "--interactive", ...lockedDown, hubImage],
    env: engine().env as Record<string, string>,
    stderr: "ignore",
  });
  const client = new Client({ name: "test", version: "1" });
  await client.connect(transport);
  const { tools } = await client.listTools();
  assert.deepEqual(
    tools.map((tool) => tool.name),
    templateTools,
  );
  const { content } = await client.callTool({ name: "template.add", arguments: { a: 2, b: 3 } });
  assert.match(JSON.stringify(content), /5/);
  await client.close();
});

test("image: over STDIO it answers Content-Length headers in kind, is healthy, and ends with its input", {
  skip,
}, async () => {
  const child = engine().spawn(
    "run",
    "--interactive",
    "--name",
    "stdio",
    "--health-interval",
    "1s",
    ...lockedDown,
    hubImage,
  );
  child.stderr.resume();
  const exited = once(child, "exit");
  const client = new ContentLengthClient(child.stdout, child.stdin);
  const clientInfo = { name: "test", version: "1" };
  await client.request("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
  client.notify("notifications/initialized");
  const { result } = await client.request("tools/call", { name: "template__echo", arguments: { text: "héllo" } });
  assert.equal(result.content[0].text, "héllo");
  await engine().health("stdio", "healthy");
  child.stdin.end();
  assert.deepEqual(await exited, [0, null]);
});

test("image: hubs that share a volume do not take each other for dead", { skip }, async () => {
  const run = (name: string) => {
    const volume = ["--volume", "shared:/var/lib/thehub"];
    return new HubProcess(engine().spawn("run", "--interactive", "--rm", "--name", name, ...volume, hubImage), folder);
  };
  const hubs = [run("first")];
  await hubs[0]?.logged("core_up");
  hubs.push(run("second"));
  await hubs[1]?.logged("core_up");
  for (const name of ["first", "second"]) {
    assert.match(await engine().docker("exec", name, "thehub", "health"), /^process \d+: runs, and listens nowhere$/);
  }
  for (const { child } of hubs) child.stdin.end();
  for (const { exited } of hubs) assert.equal((await exited).code, 0);
});

test("image: a Core that npx fetches starts on the read-only root, and its cache is in the volume", {
  skip,
}, async () => {
  const npx = `command: npx\n    args: [-y, "@modelcontextprotocol/server-memory"]`;
  await serve("npx", `cores:\n  memory:\n    ${npx}\n    health: { startup_timeout_ms: 120000 }\n`);
  await engine().logged("npx", "core_up");
  await using client = await connect("npx");
  const { result } = await client.call("memory.read_graph");
  assert.deepEqual(result.structuredContent, { entities: [], relations: [] });
  assert.match(await engine().docker("exec", "npx", "ls", "-a", "/var/lib/thehub/home/memory"), /^\.npm$/m);
});

test("image: a bad manifest is exit 2, with every problem on stderr", { skip }, async () => {
  const bad = join(root, "test/unit/manifest/bad-manifest.yaml");
  const mount = ["--volume", `${bad}:/etc/hub/hub.yaml:ro`, "--env", "HUB_MANIFEST=/etc/hub/hub.yaml"];
  const { code, stdout, stderr } = await engine().run("docker", ["run", "--rm", ...mount, ...published, hubImage]);
  assert.equal(code, 2, stderr);
  assert.equal(stdout, "");
  const problems = stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.ok(problems.filter(({ level, msg }) => level === "error" && msg === "manifest_problem").length > 3, stderr);
  assert.equal(problems[0].file, "/etc/hub/hub.yaml");
});

test("image: docker stop lets a call under way finish, and the hub exits 0", { skip }, async () => {
  await serve("drained");
  await using client = await connect("drained");
  await client.request("tools/list");
  const args = { from: 10, interval_ms: 200 };
  const call = client.call("template__countdown", args, { progressToken: 1 });
  await client.notified("notifications/progress");
  await Promise.all([engine().docker("stop", "drained"), call]);
  assert.equal((await call).error, undefined);
  assert.equal(await exitCode("drained"), "0");
});

test("image: a call that never ends is answered within the ten seconds of docker stop, and the hub exits 0", {
  skip,
}, async () => {
  await serve("held", "cores:\n  m:\n    command: node\n    args: [/cores/mirror.mjs]\n");
  await using client = await connect("held");
  await client.request("tools/list");
  const { answer } = client.start("tools/call", { name: "m__hold", arguments: {} });
  await client.request("ping");
  await engine().docker("stop", "held");
  assert.equal((await answer).error?.data?.["code"], "draining");
  assert.equal(await exitCode("held"), "0");
});

test("image: no zombie stays after 50 crashes of a Core, each of which leaves a child behind", { skip }, async () => {
  const health = "{ max_restarts: 1000, restart_backoff_ms: 1 }";
  const core = `command: node\n    args: [/cores/crash-with-child.mjs]\n    health: ${health}`;
  await serve("crashing", `cores:\n  c:\n    ${core}\n`);
  await using client = await connect("crashing");
  await client.request("tools/list");
  for (let crash = 0; crash < 50; crash++) {
    const { error } = await client.call("c__crash");
    assert.equal(error?.data?.["code"], "core_down", `crash ${crash}: ${JSON.stringify(error)}`);
  }
  // One that has just died may still be there when it is looked at; one that stays, stays.
  const look = "for d in /proc/[0-9]*; do grep -h '^State:.*zombie' $d/status 2>/dev/null; done; true";
  let zombies = "not looked";
  for (let looks = 0; looks < 20 && zombies !== ""; looks++)
    zombies = await engine().docker("exec", "crashing", "sh", "-c", look);
  assert.equal(zombies, "");
  await engine().docker("stop", "crashing");
  assert.equal(await exitCode("crashing"), "0");
});

test("image: the full variant has python3, git and what UV_IMAGE brings, and is the same hub", { skip }, async () => {
  // The real uv is in an image of its own registry: here only the way it takes is tested.
  const uv = join(folder, "uv");
  await mkdir(uv);
  const says = `RUN printf '#!/bin/sh\\necho in place of uv\\n' >/uv && chmod 755 /uv && cp /uv /uvx`;
  await writeFile(join(uv, "Dockerfile"), `FROM node:24-bookworm-slim\n${says}\n`);
  await engine().docker("build", "--quiet", "--tag", "in-place-of-uv", uv);
  await engine().buildImage("full", "--target", "full", "--build-arg", "UV_IMAGE=in-place-of-uv");
  const look = "python3 --version && git --version && uvx && id -u && thehub --version";
  const said = await engine().docker("run", "--rm", ...lockedDown, "--entrypoint", "sh", "full", "-c", look);
  assert.match(said, /^Python 3\.\d+.*\ngit version .*\nin place of uv\n1000\n\d+\.\d+\.\d+$/);
});

const thieves = `cores:
  one:
    command: node
    args: [/cores/thief.mjs]
  two:
    command: node
    args: [/cores/thief.mjs]
    secrets: [API_TOKEN]
`;

/** A hub with two thieves and a secret for one of them, the engine's way. */
async function serveThieves(name: string, ...options: readonly string[]): Promise<void> {
  const secrets = join(folder, "secrets");
  await mkdir(secrets, { recursive: true });
  await writeFile(join(secrets, "API_TOKEN"), "a-secret-of-this-test");
  await serve(
    name,
    thieves,
    "--volume",
    `${secrets}:/run/secrets:ro`,
    "--env",
    "HUB_SECRETS_DIR=/run/secrets",
    ...options,
  );
}

for (const [who, ...options] of [
  ["its own user"],
  ["any other user", "--user", "12345:0", "--tmpfs", "/var/lib/thehub:uid=12345,mode=0700"],
] as const) {
  test(`image: a hostile Core reaches neither the hub nor its siblings nor their secrets (run by ${who})`, {
    skip,
  }, async () => {
    const name = `fenced-by-${options.length}`;
    await serveThieves(name, "--env", "HUB_LOG_LEVEL=debug", ...options);
    await using client = await connect(name);
    const one = await thief(client, "one");
    const two = await thief(client, "two");
    assert.ok(two.self.env["API_TOKEN"], "the sibling has no secret");
    const said = await engine().logged(name, "cores_fenced");
    assert.deepEqual(said["closed"], ["/var/lib/thehub", "/run/secrets"]);
    assert.deepEqual(said["in_reach"], []);

    const pids = (await one.tries("list", { path: "/proc" })).match(/\b\d+\b/g)?.map(Number) ?? [];
    const others = pids.filter((pid) => pid !== one.self.pid);
    // tini, which has the hub's whole environment as well, the hub, its guardian, and the sibling.
    for (const pid of [1, one.self.ppid, two.self.pid]) assert.ok(others.includes(pid), `${pid} of ${pids}`);
    assert.ok(others.length >= 4, `${pids}`);
    for (const pid of others) {
      for (const [what, args, error] of lootOf(pid))
        assert.equal(await one.tries(what, args), error, `${what} ${JSON.stringify(args)}`);
      if (Number(said["abi"]) >= 6) assert.equal(await one.tries("signal", { pid }), "EPERM");
    }

    const [hubId = ""] = one.self.env["THEHUB_INSTANCE"]?.split(".") ?? [];
    const run = `/var/lib/thehub/run/${hubId}`;
    const closed = ["/run/secrets/API_TOKEN", "/proc/self/root/run/secrets/API_TOKEN", run];
    for (const path of closed) {
      for (const what of ["read", "child"]) assert.equal(await one.tries(what, { path }), "EACCES", `${what} ${path}`);
    }
    for (const path of [run, `${run}.sock`]) assert.equal(await one.tries("remove", { path }), "EACCES", path);
    for (const path of ["/var/lib/thehub/new", "/var/lib/thehub/run/ab12"]) {
      assert.equal(await one.tries("write", { path }), "EACCES", path);
    }
    for (const path of ["/opt/thehub/dist/cli/main.js", "/etc/hub/hub.yaml"]) {
      assert.match(await one.tries("write", { path }), /^(EACCES|EROFS)$/, path);
    }
    // A HOME of its own, since what npx keeps there is a program that is run at the next start.
    const kept = "/var/lib/thehub/home/two/kept";
    assert.equal(two.self.env["HOME"], "/var/lib/thehub/home/two");
    assert.match(await two.tries("write", { path: kept }), /^got /);
    assert.equal(await two.tries("read", { path: kept }), "got x");
    for (const what of ["read", "write", "remove"]) assert.equal(await one.tries(what, { path: kept }), "EACCES", what);
    assert.equal(await one.tries("write", { path: "/var/lib/thehub/home/new" }), "EACCES");
    // Anybody of the user can open the socket and the port; neither answers who has no token.
    const words = [{}, { authorization: `Bearer ${hubId}` }];
    for (const to of [`${run}.sock`, "127.0.0.1:3000"]) {
      for (const headers of words) {
        for (const path of ["/api/status", "/api/config"]) {
          assert.match(await one.tries("ask", { to, path, headers }), /^got 401 /, `${to}${path}`);
        }
      }
    }
    assert.match(await one.tries("ask", { to: "127.0.0.1:3000", path: "/mcp" }), /^got 401 /);

    // What docs/security.md says that it can do all the same.
    assert.match(await one.tries("list", { path: "/var/lib/thehub" }), /^got .*\brun\b/);
    assert.match(await one.tries("read", { path: "/etc/hub/hub.yaml" }), /^got cores:/);
    assert.match(await one.tries("read", { path: `/proc/${two.self.pid}/cmdline` }), /thief\.mjs/);
    assert.match(await two.tries("write", { path: "/tmp/of-two" }), /^got /);
    assert.equal(await one.tries("read", { path: "/tmp/of-two" }), "got x");
    assert.match(await one.tries("chmod", { path: run }), /^got /);
    assert.equal(await one.tries("read", { path: run }), "EACCES");
    await engine().docker("exec", name, "thehub", "status");
  });
}

test("image: where the container's profile forbids the fence, that is a warning, or no start of Cores", {
  skip,
}, async () => {
  const profile = join(folder, "seccomp.json");
  const forbidden = { names: ["landlock_create_ruleset"], action: "SCMP_ACT_ERRNO" };
  await writeFile(profile, JSON.stringify({ defaultAction: "SCMP_ACT_ALLOW", syscalls: [forbidden] }));
  const under = ["--security-opt", `seccomp=${profile}`];
  await serveThieves("bare", ...under);
  const { level, reason } = await engine().logged("bare", "cores_unfenced");
  assert.equal(level, "warn");
  assert.match(String(reason), /^the container's seccomp profile forbids Landlock/);
  await using client = await connect("bare");
  const one = await thief(client, "one");
  assert.match(await one.tries("read", { path: `/proc/${one.self.ppid}/environ` }), /^got .*HUB_TOKEN=/s);

  await serveThieves("strict", ...under, "--env", "HUB_FENCE=required");
  const failed = await engine().logged("strict", "core_failed");
  assert.match(String(failed["reason"]), /^must be fenced \(fence: required\), and cannot be here: the container's/);
});

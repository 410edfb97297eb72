// How a container is asked for. That it is one is for a real engine to say: test/deploy/containers.test.ts.
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { containerName, findEngine, runArguments } from "../../../src/cores/container.ts";
import { loadManifest } from "../../../src/manifest/load.ts";

function load(core: object) {
  return loadManifest({ text: JSON.stringify({ cores: { files: core } }), file: "hub.yaml", folder: "/etc/hub" });
}

function specOf(container: object) {
  const loaded = load({ container });
  assert.ok(loaded.t === "ok", JSON.stringify(loaded));
  const spec = loaded.manifest.cores[0]?.container;
  assert.ok(spec);
  return spec;
}

function problemsOf(core: object): string[] {
  const loaded = load(core);
  return (loaded.t === "ok" ? loaded.warnings : loaded.problems).map(({ path, message }) => `${path}: ${message}`);
}

const run = {
  name: containerName("0a1b", "files", 3),
  hubId: "0a1b",
  args: ["--root", "/data"],
  variables: [],
  outright: {},
};

test("container: without more it has no network, no capabilities, nothing to write to, and bounds", () => {
  const args = runArguments({ ...run, spec: specOf({ image: "acme/files:1" }) });
  assert.equal(
    args.join(" "),
    "run --rm --interactive --init --name thehub-0a1b-files-3 --label thehub.hub=0a1b --log-driver none --cap-drop=ALL " +
      "--security-opt=no-new-privileges --read-only --tmpfs /tmp:rw,nosuid,nodev,size=64m,mode=1777 --network none " +
      "--memory 512m --memory-swap 512m --pids-limit 256 acme/files:1 --root /data",
  );
});

test("container: what the manifest gives it, with mounts relative to the manifest, and variables by name alone", () => {
  const spec = specOf({
    image: "acme/files:1",
    network: "bridge",
    mounts: [
      { source: "data", target: "/data" },
      { source: "/srv/out", target: "/out", writable: true },
    ],
    memory: "1g",
    pids: 32,
    user: "65532:65532",
    writable: true,
  });
  const args = runArguments({ ...run, spec, variables: ["API_TOKEN"], outright: { PATH: "/bin" } }).join(" ");
  assert.match(args, /--network bridge --memory 1g --memory-swap 1g --pids-limit 32 --user 65532:65532 /);
  assert.match(args, /--mount type=bind,source=\/etc\/hub\/data,target=\/data,readonly /);
  assert.match(
    args,
    /--mount type=bind,source=\/srv\/out,target=\/out --env API_TOKEN --env PATH=\/bin acme\/files:1 --root/,
  );
  assert.ok(!args.includes("--read-only"));
});

test("container: an engine is sought by the names that may be meant, and where there is none it is said where", () => {
  const folder = mkdtempSync(join(tmpdir(), "thehub-engine-"));
  try {
    const query = { cwd: folder, env: { PATH: folder }, platform: process.platform };
    const missing = findEngine("auto", query);
    assert.ok(missing.t === "missing");
    assert.match(missing.reason, /neither docker nor podman was found on PATH \(\/.*; install Docker Engine or Podman/);
    writeFileSync(join(folder, "podman"), "#!/bin/sh\n");
    chmodSync(join(folder, "podman"), 0o755);
    assert.deepEqual(findEngine("auto", query), { t: "found", file: join(folder, "podman") });
    const other = findEngine("docker", query);
    assert.match(other.t === "missing" ? other.reason : "", /no docker was found/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("container: what gives this machine away, or goes with no container, is an error", () => {
  const image = "acme/files:1";
  assert.deepEqual(problemsOf({ container: { image } }), []);
  assert.deepEqual(problemsOf({ command: "node", container: { image } }), [
    "cores.files.command: a container runs what its image says",
  ]);
  assert.deepEqual(problemsOf({ url: "https://wiki.example/mcp", container: { image } }), [
    "cores.files.url: a Core is either a container or a url",
  ]);
  assert.match(problemsOf({ container: { image, network: "host" } }).join(), /this machine's own network/);
  for (const source of ["/var/run/docker.sock", "/run/podman/podman.sock", "/var/run", "/run/"]) {
    assert.match(
      problemsOf({ container: { image, mounts: [{ source, target: "/x" }] } }).join(),
      /gives the container the engine/,
    );
  }
  assert.match(
    problemsOf({ container: { image, mounts: [{ source: "/", target: "/x" }] } }).join(),
    /all of this machine/,
  );
  assert.match(
    problemsOf({ secrets: ["DOCKER_CONFIG"], container: { image } }).join(),
    /a variable of the engine itself/,
  );
  for (const bad of ["--privileged", "a image", ""])
    assert.equal(problemsOf({ container: { image: bad } }).length, 1, bad);
  assert.match(
    problemsOf({ container: { image, mounts: [{ source: "a,readonly=false", target: "/x" }] } }).join(),
    /not allowed here/,
  );
});

test("container: the example with Cores elsewhere is valid, and says the same as the docs", () => {
  const cwd = fileURLToPath(new URL("../../../", import.meta.url));
  const loaded = loadManifest({ path: "examples/manifests/elsewhere.yaml", cwd });
  assert.ok(loaded.t === "ok", JSON.stringify(loaded));
  assert.deepEqual(loaded.warnings, []);
  assert.deepEqual(loaded.manifest.disabled, ["contained", "by-command", "by-ssh"]);
});

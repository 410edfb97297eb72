// The wrapper scripts/hub-stdio: what it has an engine do. The engine here only says what it was told; test/deploy has a real one.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const script = join(root, "scripts/hub-stdio");
const skip = process.platform === "win32" ? "needs bash" : false;
let folder = "";

before(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "thehub-wrapper-")));
  await mkdir(join(folder, "bin"));
  // One argument a line, and the secrets that it would find.
  const says = '#!/bin/sh\nprintf "%s\\n" "$@"\necho "API_TOKEN is $API_TOKEN"\n';
  await writeFile(join(folder, "bin/docker"), says, { mode: 0o755 });
});

after(() => rm(folder, { recursive: true, force: true }));

interface Said {
  readonly code: number;
  readonly lines: readonly string[];
  readonly stderr: string;
}

function wrapper(
  args: readonly string[],
  env: Record<string, string> = {},
  cwd = folder,
  file = script,
): Promise<Said> {
  const path = `${join(folder, "bin")}:/usr/bin:/bin`;
  return new Promise((resolve) => {
    execFile(file, args, { cwd, env: { PATH: path, HOME: folder, ...env } }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code);
      resolve({ code, lines: stdout.trimEnd().split("\n"), stderr });
    });
  });
}

const mountOf = ({ lines }: Said) => lines[lines.indexOf("--mount") + 1];

test("hub-stdio: runs the image on stdin and stdout, locked down, with the manifest and a volume for caches", {
  skip,
}, async () => {
  const said = await wrapper(["-v", "/my notes:/notes:ro"], {
    HUB_MANIFEST: join(root, "examples/manifests/hub.yaml"),
  });
  assert.equal(said.code, 0, said.stderr);
  assert.deepEqual(said.lines.slice(0, -1), [
    "run",
    ...["--rm", "--interactive"],
    ...["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
    ...["--mount", `type=bind,"source=${root}examples/manifests/hub.yaml",target=/etc/hub/hub.yaml,readonly`],
    ...["--env", "HUB_MANIFEST=/etc/hub/hub.yaml"],
    ...["--mount", 'type=volume,"source=thehub-stdio",target=/var/lib/thehub'],
    ...["-v", "/my notes:/notes:ro"],
    "ghively/thehub:latest",
  ]);
});

test("hub-stdio: without HUB_MANIFEST takes ./hub.yaml, else the example beside it, from any folder and by a symbolic link", {
  skip,
}, async () => {
  const link = join(folder, "bin/hub link");
  await symlink(script, link);
  const example = await wrapper([], {}, folder, link);
  assert.equal(
    mountOf(example),
    `type=bind,"source=${root}examples/manifests/hub.yaml",target=/etc/hub/hub.yaml,readonly`,
  );
  const here = join(folder, 'a "b", c:d $e');
  await mkdir(here);
  await writeFile(join(here, "hub.yaml"), "cores: {}\n");
  const found = await wrapper([], {}, here, link);
  const quoted = join(folder, 'a ""b"", c:d $e');
  assert.equal(mountOf(found), `type=bind,"source=${quoted}/hub.yaml",target=/etc/hub/hub.yaml,readonly`);
  const whole = await wrapper([], { HUB_MANIFEST: here });
  assert.equal(mountOf(whole), `type=bind,"source=${quoted}",target=/etc/hub/manifest,readonly`);
  assert.ok(whole.lines.includes("HUB_MANIFEST=/etc/hub/manifest"));
});

test("hub-stdio: image, engine and volume are settings; secrets go along by name, their values by the environment", {
  skip,
}, async () => {
  const env = { THEHUB_IMAGE: "ghively/thehub:full", THEHUB_ENGINE: join(folder, "bin/docker"), THEHUB_STATE: "none" };
  const secrets = { THEHUB_SECRETS: "API_TOKEN", API_TOKEN: "s3cret value", HUB_SECRET_WIKI_TOKEN: "w1ki" };
  const { code, lines } = await wrapper([], { ...env, ...secrets, HUB_LOG_LEVEL: "debug", HUB_TOKEN: "t" });
  assert.equal(code, 0);
  assert.equal(lines.at(-2), "ghively/thehub:full");
  assert.equal(lines.at(-1), "API_TOKEN is s3cret value");
  const given = lines.filter((_, at) => lines[at - 1] === "--env");
  assert.deepEqual(given, ["HUB_MANIFEST=/etc/hub/hub.yaml", "API_TOKEN", "HUB_SECRET_WIKI_TOKEN", "HUB_LOG_LEVEL"]);
  assert.ok(!lines.slice(0, -1).some((line) => /s3cret|w1ki|type=volume/.test(line)));
});

test("hub-stdio: says what is missing, and what to do, before it starts anything", { skip }, async () => {
  const engine = await wrapper([], { THEHUB_ENGINE: "no-such-engine" });
  assert.deepEqual([engine.code, engine.lines], [1, [""]]);
  assert.match(
    engine.stderr,
    /^hub-stdio: no-such-engine is not on the PATH \(.*\): install Docker, or set THEHUB_ENGINE/,
  );
  const manifest = await wrapper([], { HUB_MANIFEST: "my hub.yaml" });
  assert.deepEqual([manifest.code, manifest.lines], [2, [""]]);
  assert.ok(
    manifest.stderr.includes(`the manifest my hub.yaml does not exist (looked from ${folder}): set HUB_MANIFEST`),
  );
  const unset = await wrapper([], { THEHUB_SECRETS: "API_TOKEN" });
  assert.match(unset.stderr, /THEHUB_SECRETS: API_TOKEN is not set: export it before/);
  const name = await wrapper([], { THEHUB_SECRETS: "API-TOKEN=x" });
  assert.match(name.stderr, /"API-TOKEN=x" is not the name of a variable/);
  assert.deepEqual([unset.code, name.code], [2, 2]);
  const help = await wrapper(["--help"]);
  assert.match(help.lines.join("\n"), /THEHUB_SECRETS +names of variables/);
});

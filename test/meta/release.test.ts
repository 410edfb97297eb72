// A release is ready at any time: every file names the version, and the package holds what it should and nothing else.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { root } from "../helpers/hub-process.ts";

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  version: string;
  bin: Record<string, string>;
  repository: { url: string };
  bugs: { url: string };
  homepage: string;
  keywords: string[];
};

function release(command: string, tag: string, input = ""): { status: number | null; stdout: string; stderr: string } {
  const args = ["--import", "tsx", join(root, "scripts/release.ts"), command, tag];
  return spawnSync(process.execPath, args, { cwd: root, input, encoding: "utf8" });
}

test("release: every file that names the version names the same one, and the changelog has its part", () => {
  const { status, stderr } = release("check", `v${manifest.version}`);
  assert.equal(stderr, "");
  assert.equal(status, 0);
  assert.match(release("notes", `v${manifest.version}`).stdout, /^\S/);
});

test("release: a tag that says something else is refused, place by place", () => {
  const { status, stderr } = release("check", "v999.0.0");
  assert.equal(status, 1);
  for (const place of ["package.json", "Chart.yaml", "kustomization.yaml", "CHANGELOG.md"])
    assert.ok(stderr.includes(place), place);
});

test("release: the image's names come from git's tags on stdin", () => {
  assert.equal(release("tags", "v1.2.3", "v1.2.2\nv1.2.3\nv2.0.0\n").stdout, "1.2.3\n1.2\n1\n");
});

interface Packed {
  readonly files: readonly { readonly path: string }[];
  readonly unpackedSize: number;
}

/** What `npm pack` would take, without building: other tests run what is built. */
function pack(): Packed {
  const shell = process.platform === "win32";
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const { stdout } = spawnSync("npm", args, { cwd: root, encoding: "utf8", shell });
  // npm writes a list, and newer ones an object with the package's name as key.
  const [packed] = Object.values(JSON.parse(stdout) as Record<string, Packed>);
  assert.ok(packed !== undefined);
  return packed;
}

test("package: publint has nothing to say", async () => {
  const files = pack().files.map(({ path }) => ({ name: `package/${path}`, data: readFileSync(join(root, path)) }));
  const { messages, pkg } = await publint({ pkgDir: "package", pack: { files }, strict: true });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

test("package: holds what runs, what editors and people read, and nothing else", () => {
  const { files, unpackedSize } = pack();
  const paths = files.map(({ path }) => path);
  const read = ["package.json", "README.md", "LICENSE", "CHANGELOG.md", "dist/licenses.txt"];
  const used = ["schemas/manifest.schema.json", "examples/manifests/hub.yaml", ...Object.values(manifest.bin)];
  for (const path of [...read, ...used]) assert.ok(paths.includes(path), path);
  for (const path of paths) {
    assert.doesNotMatch(path, /^(src|test|bench|scripts|deploy|docs|node_modules)\/|\.test\.|\.map$|(^|\/)\./, path);
  }
  assert.ok(unpackedSize < 10 * 1024 * 1024, `${unpackedSize} bytes`);
});

test("package: says where it comes from", () => {
  assert.equal(manifest.repository.url, "git+https://github.com/ghively/thehub.git");
  assert.equal(manifest.bugs.url, "https://github.com/ghively/thehub/issues");
  assert.ok(manifest.homepage.startsWith("https://github.com/ghively/thehub"));
  assert.ok(manifest.keywords.includes("mcp"));
});

// What the documents show can be used: data parses, manifests pass `thehub check`, and commands are where the test that runs
// them finds them (test/long/docs-commands.test.ts).
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { parse as parseToml } from "smol-toml";
import { parse as parseYaml } from "yaml";
import { mainFile } from "../helpers/hub-process.ts";
import { documents, type Fence, fencesOf } from "../helpers/markdown.ts";

const run = promisify(execFile);
const fences = documents().flatMap(fencesOf);
const at = ({ file, line }: Fence) => `${file}:${line}`;
let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-fences-"));
});

after(() => rm(folder, { recursive: true, force: true }));

const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  json: (text) => JSON.parse(text),
  yaml: (text) => parseYaml(text),
  toml: (text) => parseToml(text),
};

test("fences: every JSON, YAML and TOML block parses", () => {
  const wrong: string[] = [];
  for (const fence of fences) {
    try {
      parsers[fence.language]?.(fence.text);
    } catch (error) {
      wrong.push(`${at(fence)}: ${(error as Error).message}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("fences: every manifest that a document shows passes thehub check", async () => {
  const manifests = fences.filter(
    ({ language, mark, text }) =>
      language === "yaml" && !mark.startsWith("no-check:") && /^(?:cores|clients|hub):/m.test(text),
  );
  assert.ok(manifests.length > 0);
  for (const fence of manifests) {
    const file = join(folder, "hub.yaml");
    await writeFile(file, fence.text);
    const env = { PATH: process.env["PATH"], HUB_STATE_DIR: folder };
    const checked = await run(process.execPath, [mainFile, "check", file, "--json"], { env }).catch((error) => error);
    // A secret that is not there is no fault of the manifest.
    const wrong = JSON.parse(checked.stdout).problems.filter(
      ({ severity, message }: Record<string, string>) =>
        severity !== "info" && !/^secret \S+ of Core \S+ is missing/.test(String(message)),
    );
    assert.deepEqual(wrong, [], at(fence));
  }
});

test("fences: commands are in sh blocks, and a block that no test runs says why", () => {
  const wrong: string[] = [];
  for (const fence of fences) {
    if (/^(?:bash|shell|console|zsh)$/.test(fence.language))
      wrong.push(`${at(fence)}: write sh, not ${fence.language}`);
    if (fence.language === "" && /^(?:\$ )?(?:npm|npx|thehub|docker|curl|git|node) /m.test(fence.text)) {
      wrong.push(`${at(fence)}: commands without a language: write sh`);
    }
    if (fence.language !== "sh" || fence.mark === "") continue;
    if (!/^(?:no-run: .{8,}|exit=\d+)$/.test(fence.mark)) wrong.push(`${at(fence)}: "${fence.mark}" is no known mark`);
  }
  assert.deepEqual(wrong, []);
});

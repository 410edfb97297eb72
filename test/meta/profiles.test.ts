import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { builtInProfiles } from "../../src/manifest/built-in-profiles.ts";
import { root } from "../helpers/hub-process.ts";

test("docs: profiles.md and the built-in profiles say the same", async () => {
  const page = await readFile(`${root}docs/profiles.md`, "utf8");
  const rows = page.split("\n").filter((line) => /^\| `[a-z-]+` +\|/.test(line));
  const said = rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const expected = builtInProfiles.map(({ name, description, maxLength, toolCap, clientNames }) => [
    `\`${name}\``,
    description,
    String(maxLength),
    String(toolCap ?? "any"),
    clientNames.map((glob) => `\`${glob}\``).join(", "),
  ]);
  assert.deepEqual(said, [...expected, ["`default`", "every other client", "`hub.names`", "any", ""]]);
  for (const { separator, charset, pageSize, downgrade, pinned } of builtInProfiles) {
    assert.deepEqual(
      [separator, charset, pageSize, downgrade, pinned],
      ["__", "A-Za-z0-9_-", undefined, undefined, []],
    );
  }
  const source = await readFile(`${root}src/manifest/built-in-profiles.ts`, "utf8");
  const cited = source.match(/[\w.-]+\/[\w.-]+#\d+/g) ?? [];
  assert.ok(cited.length > 10);
  for (const issue of cited) {
    const [, repository, number] = /^[^/]+\/(.+)#(\d+)$/.exec(issue) ?? [];
    assert.match(page, new RegExp(`${repository}/(issues|pull)/${number}\\)`), issue);
  }
});

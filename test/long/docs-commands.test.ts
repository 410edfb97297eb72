// Every command of the README, of docs/ and of the examples that can run without a network or a service is run, page by page.
// What the fences' info strings mean is in CONTRIBUTING.md.
import { test } from "node:test";
import { DocPage } from "../helpers/doc-page.ts";
import { documents, fencesOf } from "../helpers/markdown.ts";

/** What the reader of a page has before reading it. */
const readers: Readonly<Record<string, { env?: Record<string, string>; files?: Record<string, string> }>> = {
  "README.md": {
    env: { NOTES_TOKEN: "a-token-of-the-reader" },
    files: { "my-server.js": "examples/cores/template/template-core.js" },
  },
};

const noShell = process.platform === "win32" ? "needs a POSIX shell" : false;
const pages = documents().filter((file) => file === "README.md" || /^(?:docs\/[^/]+|examples\/.+)\.md$/.test(file));

for (const file of pages) {
  const fences = fencesOf(file);
  if (!fences.some(({ language, mark }) => language === "sh" && !mark.startsWith("no-run:"))) continue;
  test(`docs: the commands of ${file} run`, { skip: noShell }, async () => {
    const { env, files } = readers[file] ?? {};
    await using page = await DocPage.open(env, files);
    for (const fence of fences) await page.follow(fence);
  });
}

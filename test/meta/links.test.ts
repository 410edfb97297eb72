// Links inside the project lead somewhere: to a file, and to a heading of it where they name one.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { root } from "../helpers/hub-process.ts";
import { anchorsOf, documents, linksOf, read } from "../helpers/markdown.ts";

const outside = /^(?:[a-z]+:|\/\/)/;

test("links: every relative link of every document leads to a file, and to a heading of it", () => {
  const wrong: string[] = [];
  for (const file of documents()) {
    for (const { line, target } of linksOf(file)) {
      if (outside.test(target)) continue;
      const [path = "", anchor] = target.split("#");
      const to = path === "" ? file : normalize(join(dirname(file), decodeURI(path)));
      if (!existsSync(join(root, to))) wrong.push(`${file}:${line}: ${target}: there is no ${to}`);
      else if (anchor !== undefined && to.endsWith(".md") && !anchorsOf(to).has(anchor)) {
        wrong.push(`${file}:${line}: ${target}: ${to} has no heading for #${anchor}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

test("links: every test that a document names as proof exists", () => {
  const wrong = documents().flatMap((file) =>
    [...read(file).matchAll(/`(test\/[\w./-]+\.ts)`/g)]
      .map(([, named = ""]) => named)
      .filter((named) => !existsSync(join(root, named)))
      .map((named) => `${file} names ${named}`),
  );
  assert.deepEqual(wrong, []);
});

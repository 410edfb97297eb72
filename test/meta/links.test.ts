// Links inside the project lead somewhere: to a file, and to a heading of it where they name one.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
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

test("links: every file of the code that a comment or a document names is there", () => {
  const folders = ["src", "test", "scripts", "bench", "wasm"];
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => !file.includes("node_modules"))
      .map((file) => `${folder}/${file}`),
  );
  const names = new Set(files.map((file) => basename(file)));
  const isThere = (name: string) =>
    name.includes("/") ? files.some((file) => file.endsWith(`/${name}`) || file === name) : names.has(name);
  const comment = /^\s*(?:\/\/|\*|\/\*)/;
  const wrong: string[] = [];
  const look = (file: string, line: string, at: number) => {
    // A name of small letters, as all of ours are, that is no part of an address.
    for (const [, name = ""] of line.matchAll(/(?<![\w./@*-])((?:[a-z0-9-]+\/)*[a-z0-9-]+(?:\.test)?\.ts)\b/g)) {
      if (!isThere(name)) wrong.push(`${file}:${at + 1}: there is no ${name}`);
    }
  };
  for (const file of documents()) for (const [at, line] of read(file).split("\n").entries()) look(file, line, at);
  for (const file of files.filter((name) => name.endsWith(".ts"))) {
    const lines = readFileSync(join(root, file), "utf8").split("\n");
    for (const [at, line] of lines.entries()) if (comment.test(line)) look(file, line, at);
  }
  assert.deepEqual(wrong, []);
});

test("links: docs/README.md leads to every page of docs", () => {
  const listed = new Set(
    linksOf("docs/README.md").map(({ target }) => normalize(join("docs", target.split("#")[0] ?? ""))),
  );
  const pages = documents().filter((file) => /^docs\/[^/]+\.md$/.test(file) && file !== "docs/README.md");
  assert.deepEqual(
    pages.filter((page) => !listed.has(page)),
    [],
  );
});

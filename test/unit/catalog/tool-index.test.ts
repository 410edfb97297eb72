import assert from "node:assert/strict";
import { test } from "node:test";
import { buildToolIndex, type ToolIndex } from "../../../src/catalog/tool-index.ts";
import { everyone, source } from "../../helpers/catalog-sources.ts";
import { catalogWith } from "../../helpers/tool-lists.ts";

type Sources = Parameters<typeof catalogWith>[0];

function indexOf(...sources: Sources): Promise<ToolIndex> {
  return buildToolIndex(catalogWith(sources).view(everyone).searchedTools);
}

function found(index: ToolIndex, query: string, isWanted: Parameters<ToolIndex["search"]>[1] = () => true): string[] {
  return index.search(query, isWanted).map(({ entry }) => entry.route.canonical);
}

const github = source("github", {
  tags: ["code"],
  listTools: [
    {
      name: "create_issue",
      description: "Open a new ticket in a repository",
      inputSchema: { properties: { labels: {} } },
    },
    { name: "search_issues", description: "Find tickets" },
    { name: "createPullRequest", title: "Propose a change" },
    { name: "HTTPProbe", description: "Asks a server whether it is there" },
  ],
});
const files = source("files", {
  listTools: [
    { name: "read_file", description: "Read a file. Creates nothing, and opens no issue." },
    { name: "读取文件", description: "读取文件的完整内容并以文本形式返回" },
    { name: "café", description: "un café" },
  ],
});

test("tool index: what a tool is called counts more than what is written about it", async () => {
  const index = await indexOf(files, github);
  assert.equal(found(index, "create an issue")[0], "github.create_issue");
  const listTools = [
    { name: "a", description: "Send it, send it all" },
    { name: "b", title: "Send" },
    { name: "send_c" },
  ];
  assert.deepEqual(found(await indexOf(source("m", { listTools })), "send"), ["m.send_c", "m.b", "m.a"]);
});

test("tool index: titles, descriptions, arguments, tags and Cores are searched", async () => {
  const index = await indexOf(files, github);
  assert.deepEqual(found(index, "propose"), ["github.createPullRequest"]);
  assert.deepEqual(found(index, "tickets")[0], "github.search_issues");
  assert.deepEqual(found(index, "labels"), ["github.create_issue"]);
  assert.equal(found(index, "code").length, 4);
  assert.equal(found(index, "github").length, 4);
});

test("tool index: names in humps are words, whole and in part, in any case", async () => {
  const index = await indexOf(files, github);
  for (const query of ["pull request", "createPullRequest", "createpullrequest", "PULL"]) {
    assert.equal(found(index, query)[0], "github.createPullRequest", query);
  }
  assert.deepEqual(found(index, "http"), ["github.HTTPProbe"]);
  assert.deepEqual(found(index, "probe"), ["github.HTTPProbe"]);
});

test("tool index: the beginning of a word and a slip of the pen will do, of words that are long enough", async () => {
  const index = await indexOf(files, github);
  assert.equal(found(index, "repo")[0], "github.create_issue");
  assert.equal(found(index, "isues")[0], "github.search_issues");
  assert.deepEqual(found(index, "re"), []);
});

test("tool index: writing without blanks and letters with marks", async () => {
  const index = await indexOf(files, github);
  assert.equal(found(index, "文件")[0], "files.读取文件");
  assert.equal(found(index, "cafe")[0], "files.café");
});

test("tool index: words that every description has find nothing", async () => {
  assert.deepEqual(found(await indexOf(files, github), "how to do this with the"), []);
  assert.deepEqual(found(await indexOf(files, github), "!?"), []);
});

test("tool index: only what is wanted is found", async () => {
  const index = await indexOf(files, github);
  assert.deepEqual(
    found(index, "issue", ({ source }) => source.key === "files"),
    ["files.read_file"],
  );
});

test("tool index: equals come in the order of the list", async () => {
  const same = (namespace: string) => source(namespace, { listTools: [{ name: "b_send" }, { name: "a_send" }] });
  const index = await indexOf(same("two"), same("one"));
  assert.deepEqual(found(index, "send"), ["one.a_send", "one.b_send", "two.a_send", "two.b_send"]);
});

test("tool index: what a client would be shown is searched, not what an override replaced", async () => {
  const overrides = { rm: { description: "Put a file into the bin", name: "discard" } };
  const index = await indexOf(source("a", { listTools: [{ name: "rm", description: "Unlink" }], overrides }));
  assert.deepEqual(found(index, "bin"), ["a.rm"]);
  assert.deepEqual(found(index, "discard"), ["a.rm"]);
  assert.deepEqual(found(index, "unlink"), []);
});

test("tool index: definitions with parts of other types than MCP says are searched by what is right about them", async () => {
  const odd = [
    '{"name":"one","description":7,"title":[],"annotations":"x","inputSchema":null}',
    '{"name":"two","description":"fine","inputSchema":{"properties":[1],"required":"x"}}',
    '{"name":"three","description":"__proto__ constructor","inputSchema":{"properties":{"__proto__":{},"constructor":{}}}}',
  ];
  const index = await indexOf(source("a", { listTools: odd }));
  assert.deepEqual(found(index, "fine"), ["a.two"]);
  assert.deepEqual(found(index, "constructor"), ["a.three"]);
  assert.deepEqual(found(index, "proto"), ["a.three"]);
});

test("tool index: a text as long as a list may be is searched by its beginning, and keeps nothing else from being found", async () => {
  const properties = { [`first ${"aB".repeat(1_000_000)}`]: {} };
  const index = await indexOf(
    source("a", { listTools: [{ name: "odd", inputSchema: { properties } }, { name: "send" }] }),
  );
  assert.deepEqual(found(index, "first"), ["a.odd"]);
  assert.deepEqual(found(index, "send"), ["a.send"]);
});

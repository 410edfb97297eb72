import assert from "node:assert/strict";
import test from "node:test";
import { type ListKind, printOf, readCursor, writeCursor } from "../../../src/catalog/cursor.ts";
import { ListPages } from "../../../src/catalog/pages.ts";

function pages(ids: readonly string[], size?: number, kind: ListKind = "tools"): ListPages {
  const entries = ids.map((id) => ({ bytes: Buffer.from(JSON.stringify({ name: id })), edits: [], sortKey: id }));
  return new ListPages(kind, entries, (at) => ids[at] ?? "", "legacy", size);
}

function read(page: Buffer | undefined): { ids: string[]; next: string | undefined } {
  assert.ok(page, "the cursor is known");
  const { tools, nextCursor } = JSON.parse(page.toString()) as { tools: { name: string }[]; nextCursor?: string };
  return { ids: tools.map(({ name }) => name), next: nextCursor };
}

function walk(list: ListPages, from?: string): string[][] {
  const all: string[][] = [];
  for (let cursor = from; ; ) {
    const { ids, next } = read(list.page(cursor));
    all.push(ids);
    if (next === undefined) return all;
    cursor = next;
  }
}

const five = ["a", "b", "c", "d", "e"];

test("pages: without a page size a list is one page, without a cursor", () => {
  const list = pages(five);
  assert.equal(list.whole, list.first);
  assert.ok(!list.first.includes("nextCursor"));
  assert.deepEqual(walk(list), [five]);
});

test("pages: every entry comes once, in order, and the last page has no cursor", () => {
  for (const size of [1, 2, 3, 4]) {
    const all = walk(pages(five, size));
    assert.deepEqual(all.flat(), five);
    assert.ok(all.slice(0, -1).every((page) => page.length === size));
  }
  assert.deepEqual(walk(pages(five, 5)), [five]);
  assert.deepEqual(walk(pages([], 2)), [[]]);
  assert.equal(pages(five, 2).whole, undefined);
});

test("pages: each page is made once", () => {
  const list = pages(five, 2);
  const { next } = read(list.first);
  assert.equal(list.page(next), list.page(next));
  assert.equal(list.first, list.page(undefined));
});

test("pages: after the list has changed a client goes on behind what it saw last", () => {
  const { next } = read(pages(five, 2).first);
  const after = (ids: readonly string[], size?: number) => walk(pages(ids, size), next).flat();
  assert.deepEqual(after(["0", "a", "b", "c", "d"], 2), ["c", "d"], "one more before it");
  assert.deepEqual(after(["b", "c", "d"], 2), ["c", "d"], "one less before it");
  assert.deepEqual(after(["a", "c", "d"], 2), ["c", "d"], "it is gone itself: nothing is left out");
  assert.deepEqual(after([], 2), [], "all of it is gone");
  assert.deepEqual(after(five), ["c", "d", "e"], "pages are off now");
});

test("pages: a cursor that is not one of this list's is not known", () => {
  const list = pages(five, 2);
  const next = String(read(list.first).next);
  assert.match(next, /^[A-Za-z0-9_-]{22}$/);
  const bad = [
    "",
    "x",
    "1",
    next.slice(1),
    `${next}A`,
    `${next}==`,
    next.replace(/^./, "Z"),
    "A".repeat(22),
    next.toUpperCase(),
  ];
  for (const cursor of bad) assert.equal(list.page(cursor), undefined, cursor);
  assert.equal(pages(five, 2, "prompts").page(next), undefined, "of another list");
});

test("pages: of the bits of a cursor each counts", () => {
  const bytes = Buffer.from(writeCursor("tools", { index: 7, print: printOf("a") }), "base64url");
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const other = Buffer.from(bytes);
    other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(readCursor("tools", other.toString("base64url")), undefined, `bit ${bit}`);
  }
});

test("pages: a cursor says nothing that its page does not", () => {
  const [one, two] = [pages(["secret-core__a", "x"], 1), pages(["secret-core__a", "y", "z"], 1)];
  assert.equal(read(one.first).next, read(two.first).next);
});

test("pages: two lists are the same when all their pages are", () => {
  assert.ok(pages(five, 2).equals(pages(five, 2)));
  assert.ok(!pages(five, 2).equals(pages(five, 3)));
  assert.ok(!pages(five, 2).equals(pages(["a", "b", "c", "d", "f"], 2)));
  assert.ok(!pages(five, 2).equals(pages([...five, "f"], 2)));
  assert.ok(pages([], 2).equals(pages([], 2)));
});

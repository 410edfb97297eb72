// Which names may be of a Core that its client has not signed in to.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SignInFirst } from "../../../src/relay/sign-in-first.ts";
import type { Caller } from "../../../src/sessions/principal.ts";
import { type CoreSketch, catalogOf, everyone, source } from "../../helpers/catalog-sources.ts";

const standIn = { name: "sign_in", inputSchema: { type: "object" } };

function first(sketch: CoreSketch = {}, caller: Caller = everyone): SignInFirst {
  const sources = [source("wiki", { listTools: [standIn], ...sketch }), source("files", { listTools: [standIn] })];
  return new SignInFirst([{ core: "wiki", tool: "wiki.sign_in" }], catalogOf(sources).view(caller));
}

test("sign-in first: names that begin as the stand-in's do are its Core's, in the client's spelling and in the canonical one", () => {
  const names = ["wiki__look", "wiki.look", "wiki__", "files__look", "look", "wikilook"];
  assert.deepEqual(
    names.map((name) => first().coreOf(name)),
    ["wiki", "wiki", "wiki", undefined, undefined, undefined],
  );
});

test("sign-in first: where names have no prefix only the canonical one says whose it is, and the error names the way in", () => {
  const bare = first({ prefix: false });
  assert.deepEqual([bare.coreOf("look"), bare.coreOf("wiki.look")], [undefined, "wiki"]);
  const { code, message } = bare.unknown("tool", "look", "tools/list shows what there is");
  assert.equal(code, "name_unknown");
  const way = 'sign_in signs in to core "wiki", and shows what that has';
  assert.equal(message, `unknown tool "look"; tools/list shows what there is; ${way}`);
});

test("sign-in first: who may not use the Core is sent nowhere, and told nothing of it", () => {
  for (const caller of [{ allow: ["files.*"] }, { allow: undefined, deny: ["wiki.*"] }]) {
    const none = first({}, caller);
    assert.equal(none.coreOf("wiki__look"), undefined);
    assert.equal(none.unknown("tool", "wiki__look", "fix").message, 'unknown tool "wiki__look"; fix');
  }
});

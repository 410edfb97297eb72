import assert from "node:assert/strict";
import { test } from "node:test";
import { builtInProfiles } from "../../../src/manifest/built-in-profiles.ts";
import { profileProblem } from "../../../src/manifest/profiles.ts";
import { loadGood, problemsOf } from "./load-text.ts";

const core = "cores: { a: { command: x } }";

test("profiles: without a word of the manifest there are the built-in ones and default, which is hub.names", async () => {
  const { profiles } = await loadGood(`hub: { names: { separator: ".", max_length: 99 } }\n${core}`);
  assert.deepEqual([...profiles.keys()], [...builtInProfiles.map(({ name }) => name), "default"]);
  const { separator, maxLength, charset } = profiles.get("default") ?? {};
  assert.deepEqual([separator, maxLength, charset], [".", 99, undefined]);
  assert.equal(profiles.get("claude")?.separator, "__");
});

test("profiles: the manifest changes built-in ones, key by key, and makes its own", async () => {
  const { profiles } = await loadGood(`
profiles:
  mine: { client_names: [My-Agent], charset: a-z0-9_, tool_cap: 9, pinned: [a.t, "#daily"] }
  cursor: { tool_cap: 0, page_size: 50 }
  team: { extends: cursor, description: ours, tool_cap: 12 }
  default: { page_size: 7 }
  old: { extends: team, downgrade: { by_revision: true } }
${core.replace("x", "x, tags: [daily]")}
`);
  const { name: _, ...mine } = profiles.get("mine") ?? {};
  assert.deepEqual(mine, {
    description: "",
    clientNames: ["my-agent"],
    separator: "__",
    charset: "a-z0-9_",
    maxLength: 64,
    toolCap: 9,
    pinned: ["a.t", "#daily"],
    pageSize: undefined,
    downgrade: undefined,
  });
  const cursor = profiles.get("cursor");
  assert.deepEqual([cursor?.toolCap, cursor?.pageSize, cursor?.maxLength], [undefined, 50, 40]);
  const team = profiles.get("team");
  assert.deepEqual([team?.toolCap, team?.pageSize, team?.maxLength, team?.clientNames], [12, 50, 40, []]);
  assert.deepEqual(profiles.get("old")?.downgrade, { kinds: [], byRevision: true });
  assert.equal(profiles.get("default")?.pageSize, 7);
  assert.deepEqual([...profiles.keys()].slice(0, 5), ["mine", "cursor", "team", "old", "chatgpt"]);
});

test("profiles: every built-in one has a name for a path, a charset, and room for its tools", () => {
  for (const { name, charset, maxLength, clientNames } of builtInProfiles) {
    assert.match(name, /^[a-z][a-z0-9-]{0,31}$/);
    assert.equal(charset, "A-Za-z0-9_-");
    assert.ok(maxLength >= 40 && clientNames.length > 0);
    for (const glob of clientNames) assert.equal(glob, glob.toLowerCase());
  }
});

test("profiles: names that there are not, circles and separators that cannot be are errors", async () => {
  const text = `
clients: { c: { token_sha256: ${"ab".repeat(32)}, profile: cluade } }
profiles:
  a: { extends: b }
  b: { extends: c }
  c: { extends: a }
  d: { extends: a }
  me: { extends: me }
  e: { extends: nothing-like-it }
  f: { charset: a-z0-9_, separator: "-" }
  default: { separator: "-", max_length: 20, client_names: [x], extends: claude }
${core}
`;
  assert.deepEqual(await problemsOf(text), [
    "2:106 error clients.c.profile: no profile cluade",
    "4:17 error profiles.a.extends: a circle: a → b → c → a",
    "8:18 error profiles.me.extends: a circle: me → me",
    "9:17 error profiles.e.extends: no profile nothing-like-it",
    "10:37 error profiles.f.separator: charset a-z0-9_ has no -",
    "11:14 error profiles.default.separator: not a key of profile default",
    "11:30 error profiles.default.max_length: not a key of profile default",
    "11:46 error profiles.default.client_names: not a key of profile default",
    "11:65 error profiles.default.extends: not a key of profile default",
  ]);
});

test("profiles: shapes that no profile has are errors, rules that match nothing are warnings", async () => {
  const text = `
profiles:
  Claude: { tool_cap: 5 }
  a: { charset: A-Z, tool_cap: -1, pinned: [nope.x], downgrade: { kinds: [video] } }
  b: { tool_caps: 5 }
${core}
`;
  const found = (await problemsOf(text)).map((line) => line.replace(/^\d+:\d+ /, ""));
  assert.ok(
    found.some((line) => line.startsWith("error profiles.Claude: ")),
    found.join("\n"),
  );
  assert.ok(found.some((line) => line.startsWith("error profiles.a.charset: ")));
  assert.ok(found.some((line) => line.startsWith("error profiles.a.tool_cap: ")));
  assert.ok(found.some((line) => line.startsWith("error profiles.a.downgrade.kinds[0]: ")));
  assert.ok(found.some((line) => line.startsWith("error profiles.b.tool_caps: ")));
  assert.ok(found.includes("warning profiles.a.pinned[0]: no Core has the namespace nope"));
});

test("profiles: what is said of a name that there is not names what was meant", () => {
  assert.equal(profileProblem("claude", ["claude", "cursor"]), undefined);
  assert.equal(profileProblem(undefined, []), undefined);
  assert.equal(profileProblem("cluade", ["claude", "cursor"]), 'there is no profile "cluade"; did you mean "claude"?');
  assert.equal(profileProblem("zzz", ["cursor", "claude"]), 'there is no profile "zzz"; there are claude, cursor');
});

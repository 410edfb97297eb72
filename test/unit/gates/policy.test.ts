import assert from "node:assert/strict";
import test from "node:test";
import {
  type Caller,
  type CoreToolPolicy,
  createPolicy,
  type PolicyTool,
  type Verdict,
} from "../../../src/gates/policy.ts";
import type { HubPolicy } from "../../../src/manifest/manifest.ts";
import { openHub, openPolicy } from "../../helpers/catalog-sources.ts";

interface Situation {
  readonly core?: Partial<CoreToolPolicy>;
  readonly hub?: Partial<HubPolicy>;
  readonly caller?: Partial<Caller>;
  readonly tags?: readonly string[];
}

function rulesFor({ core, hub, caller, tags }: Situation) {
  const rules = createPolicy({ ...openHub, ...hub })({ allow: undefined, ...caller });
  return rules.forCore({ namespace: "files", tags: tags ?? [], policy: { ...openPolicy, ...core } });
}

function verdict(situation: Situation, native: string, hints: Partial<PolicyTool> = {}): string {
  const tool = { native, canonical: `files.${native}`, destructiveHint: undefined, readOnlyHint: undefined, ...hints };
  return word(rulesFor(situation).tool(tool));
}

function whole(situation: Situation): string {
  return word(rulesFor(situation).whole);
}

function word(given: Verdict): string {
  return given.t === "allowed" ? "allowed" : given.reason;
}

test("policy: with no rules everything exists but what declares itself destructive", () => {
  assert.equal(verdict({}, "read"), "allowed");
  assert.equal(verdict({}, "wipe", { destructiveHint: true }), "destructive");
  assert.equal(verdict({}, "wipe", { destructiveHint: true, readOnlyHint: true }), "destructive");
  assert.equal(verdict({}, "save", { destructiveHint: false }), "allowed");
});

test("policy: allow_destructive of the Core shows destructive tools unless the hub's ceiling forbids it", () => {
  const destructive = { destructiveHint: true };
  assert.equal(verdict({ core: { allowDestructive: true } }, "wipe", destructive), "allowed");
  const ceiling = { allowDestructive: false };
  assert.equal(verdict({ core: { allowDestructive: true }, hub: ceiling }, "wipe", destructive), "hub_destructive");
  assert.equal(verdict({ hub: ceiling }, "wipe", destructive), "hub_destructive");
});

test("policy: destructive_tools counts whatever the Core declares", () => {
  const core = { destructiveTools: ["drop_*"] };
  assert.equal(verdict({ core }, "drop_table", { destructiveHint: false, readOnlyHint: true }), "destructive");
  assert.equal(verdict({ core }, "create_table"), "allowed");
});

test("policy: assumed takes a tool that declares nothing as destructive", () => {
  const core = { destructive: "assumed" } as const;
  assert.equal(verdict({ core }, "anything"), "destructive");
  assert.equal(verdict({ core }, "anything", { destructiveHint: false }), "allowed");
  assert.equal(verdict({ core }, "anything", { readOnlyHint: true }), "allowed");
  assert.equal(verdict({ core }, "anything", { readOnlyHint: false }), "destructive");
});

test("policy: a Core's rules match native names, and deny wins over allow", () => {
  const core = { allowTools: ["read_*"], denyTools: ["*_secret"] };
  assert.equal(verdict({ core }, "read_file"), "allowed");
  assert.equal(verdict({ core }, "read_secret"), "core_denied");
  assert.equal(verdict({ core }, "write_file"), "core_not_allowed");
  assert.equal(verdict({ core: { denyTools: ["files.read"] } }, "read"), "allowed");
});

test("policy: the hub's rules match canonical names and tags", () => {
  assert.equal(verdict({ hub: { denyTools: ["*.delete_*"] } }, "delete_all"), "hub_denied");
  assert.equal(verdict({ hub: { denyTools: ["#prod"] }, tags: ["prod"] }, "read"), "hub_denied");
  assert.equal(verdict({ hub: { allowTools: ["wiki.*"] } }, "read"), "hub_not_allowed");
  assert.equal(verdict({ hub: { allowTools: ["files.read"] } }, "read"), "allowed");
});

test("policy: a caller cannot be granted what the hub denies", () => {
  const situation = { hub: { denyTools: ["files.read"] }, caller: { allow: ["files.read", "*"] } };
  assert.equal(verdict(situation, "read"), "hub_denied");
});

test("policy: a caller's allow and deny are over canonical names and tags, deny first", () => {
  assert.equal(verdict({ caller: { allow: ["files.read"] } }, "read"), "allowed");
  assert.equal(verdict({ caller: { allow: ["files.read"] } }, "write"), "client_not_allowed");
  assert.equal(verdict({ caller: { allow: ["read"] } }, "read"), "client_not_allowed");
  assert.equal(verdict({ caller: { allow: ["#prod"] }, tags: ["prod"] }, "read"), "allowed");
  assert.equal(verdict({ caller: { allow: ["#prod"] }, tags: ["test"] }, "read"), "client_not_allowed");
  assert.equal(verdict({ caller: { allow: ["files.*"], deny: ["files.write"] } }, "write"), "client_denied");
  assert.equal(verdict({ caller: { deny: ["#prod"] }, tags: ["prod"] }, "read"), "client_denied");
});

test("policy: an empty allow grants a caller nothing, an absent one everything", () => {
  assert.equal(verdict({ caller: { allow: [] } }, "read"), "client_not_allowed");
  assert.equal(whole({ caller: { allow: [] } }), "client_not_allowed");
  assert.equal(verdict({ caller: { allow: undefined } }, "read"), "allowed");
  assert.equal(whole({}), "allowed");
});

test("policy: only a rule over the whole Core grants its resources and prompts", () => {
  assert.equal(whole({ caller: { allow: ["files.*"] } }), "allowed");
  assert.equal(whole({ caller: { allow: ["*"] } }), "allowed");
  assert.equal(whole({ caller: { allow: ["#prod"] }, tags: ["prod"] }), "allowed");
  assert.equal(whole({ caller: { allow: ["files.read"] } }), "client_not_allowed");
  assert.equal(whole({ caller: { allow: ["files.read_*", "*.read"] } }), "client_not_allowed");
  assert.equal(whole({ caller: { deny: ["files.*"] } }), "client_denied");
  assert.equal(whole({ caller: { deny: ["files.write"] } }), "allowed");
  assert.equal(whole({ hub: { denyTools: ["files.*"] } }), "hub_denied");
  assert.equal(whole({ hub: { allowTools: ["wiki.*"] } }), "hub_not_allowed");
});

test("policy: callers with the same rules share a key", () => {
  const policy = createPolicy(openHub);
  assert.equal(policy({ allow: ["a.*"] }).key, policy({ allow: ["a.*"], deny: [] }).key);
  assert.notEqual(policy({ allow: undefined }).key, policy({ allow: [] }).key);
  assert.notEqual(policy({ allow: ["a.*"] }).key, policy({ allow: undefined, deny: ["a.*"] }).key);
});

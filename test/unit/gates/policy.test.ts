import assert from "node:assert/strict";
import test from "node:test";
import type { PolicyTool, Verdict } from "../../../src/gates/decide.ts";
import { type CoreToolPolicy, createPolicy, type RuledCaller } from "../../../src/gates/policy.ts";
import type { HubPolicy } from "../../../src/manifest/manifest.ts";
import { openHub, openPolicy } from "../../helpers/catalog-sources.ts";

interface Situation {
  readonly core?: Partial<CoreToolPolicy>;
  readonly hub?: Partial<HubPolicy>;
  readonly caller?: Partial<RuledCaller>;
  readonly tags?: readonly string[];
  readonly namespace?: string;
  /** Tools that the manifest hides one by one. */
  readonly overridden?: readonly string[];
}

function rulesFor({ core, hub, caller, tags = [], namespace = "files", overridden = [] }: Situation) {
  const rules = createPolicy({ ...openHub, ...hub })({ allow: undefined, ...caller });
  const tools = new Map(overridden.map((name) => [name, { hidden: true }]));
  return rules.forCore({ namespace, tags, tools, policy: { ...openPolicy, ...core } });
}

function decided(situation: Situation, native: string, hints: Partial<PolicyTool> = {}): Verdict {
  const canonical = `${situation.namespace ?? "files"}.${native}`;
  const tool = { native, canonical, destructiveHint: undefined, readOnlyHint: undefined, ...hints };
  return rulesFor(situation).tool(tool);
}

function verdict(situation: Situation, native: string, hints: Partial<PolicyTool> = {}): string {
  return word(decided(situation, native, hints));
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

test("policy: for a read-only caller only tools exist that say, or are said, to change nothing", () => {
  const caller = { readOnly: true };
  const reads = { readOnlyHint: true };
  assert.equal(verdict({ caller }, "read", reads), "allowed");
  assert.equal(verdict({ caller }, "read"), "client_read_only");
  assert.equal(verdict({ caller }, "read", { readOnlyHint: false }), "client_read_only");
  assert.equal(verdict({ caller }, "read", { destructiveHint: false }), "client_read_only");
  assert.equal(verdict({ caller, core: { readOnlyTools: ["re*"] } }, "read"), "allowed");
  assert.equal(verdict({ caller, core: { readOnlyTools: ["re*"] } }, "read", { readOnlyHint: false }), "allowed");
  assert.equal(verdict({ caller, core: { readOnlyTools: ["re*"] } }, "write"), "client_read_only");
  assert.equal(whole({ caller }), "allowed");
});

test("policy: of words about a tool that contradict each other a read-only caller gets the careful one", () => {
  const shown = { allowDestructive: true };
  const caller = { readOnly: true };
  const both = { readOnlyHint: true, destructiveHint: true };
  assert.equal(verdict({ caller, core: shown }, "wipe", both), "client_read_only");
  const listed = { ...shown, destructiveTools: ["wipe"] };
  assert.equal(verdict({ caller, core: listed }, "wipe", { readOnlyHint: true }), "client_read_only");
  assert.equal(verdict({ caller, core: { ...listed, readOnlyTools: ["wipe"] } }, "wipe"), "client_read_only");
});

test("policy: what the operator calls read-only is not assumed to be destructive", () => {
  const core = { destructive: "assumed", readOnlyTools: ["get_*"] } as const;
  assert.equal(verdict({ core }, "get_all"), "allowed");
  assert.equal(verdict({ core }, "get_all", { destructiveHint: true }), "destructive");
  assert.equal(verdict({ core }, "put_all"), "destructive");
});

test("policy: what is withheld from a caller is hidden last, whatever its rules are", () => {
  const withheld = ["files.*"];
  assert.equal(verdict({ caller: { withheld } }, "read"), "login_withheld");
  assert.equal(whole({ caller: { withheld } }), "login_withheld");
  assert.equal(verdict({ caller: { withheld: ["wiki.*"] } }, "read"), "allowed");
  assert.equal(verdict({ caller: { withheld, deny: ["files.read"] } }, "read"), "client_denied");
});

test("policy: says which rule decided, as it is written", () => {
  const allow = ["wiki.*", "files.re**", "#prod"];
  assert.deepEqual(decided({ caller: { allow } }, "read"), { t: "allowed", rule: "files.re**" });
  assert.deepEqual(decided({ caller: { allow }, tags: ["prod"] }, "read"), { t: "allowed", rule: "#prod" });
  assert.deepEqual(decided({}, "read"), { t: "allowed" });
  const hidden = (reason: string, rule?: string) => ({ t: "hidden", reason, rule });
  assert.deepEqual(decided({ caller: { deny: ["*.re*"] } }, "read"), hidden("client_denied", "*.re*"));
  assert.deepEqual(decided({ caller: { allow: ["wiki.*"] } }, "read"), hidden("client_not_allowed"));
  assert.deepEqual(decided({ core: { denyTools: ["re??"] } }, "read"), hidden("core_denied", "re??"));
  assert.deepEqual(decided({ core: { destructiveTools: ["w*"] } }, "wipe"), hidden("destructive", "w*"));
  assert.deepEqual(decided({ overridden: ["read"] }, "read"), hidden("override", "read"));
});

test("policy: globs over names that look like other names, or like globs", () => {
  const cases: readonly [string, { allow: string[]; namespace?: string; native: string; isAllowed: boolean }][] = [
    [
      "a namespace is not the beginning of another",
      { allow: ["files.*"], namespace: "files-x", native: "read", isAllowed: false },
    ],
    ["nor the other way round", { allow: ["files-x.*"], namespace: "files", native: "read", isAllowed: false }],
    ["a star before the dot takes both", { allow: ["files*"], namespace: "files-x", native: "read", isAllowed: true }],
    ["a star takes dots", { allow: ["files.*"], native: "a.b.c", isAllowed: true }],
    ["a dot in a name is no namespace", { allow: ["wiki.read"], native: "wiki.read", isAllowed: false }],
    ["a dot is itself", { allow: ["filesxread"], native: "read", isAllowed: false }],
    ["the empty rule matches no tool", { allow: [""], native: "read", isAllowed: false }],
    ["the namespace alone matches no tool", { allow: ["files"], native: "read", isAllowed: false }],
    ["nor with its dot", { allow: ["files."], native: "read", isAllowed: false }],
    ["two stars are one", { allow: ["**"], native: "read", isAllowed: true }],
    ["two stars are one within a name", { allow: ["files.r**d"], native: "read", isAllowed: true }],
    ["a question mark is one character", { allow: ["files.re?d"], native: "read", isAllowed: true }],
    ["and not none", { allow: ["files.read?"], native: "read", isAllowed: false }],
    ["case counts", { allow: ["files.Read"], native: "read", isAllowed: false }],
    ["case counts in globs", { allow: ["FILES.*"], native: "read", isAllowed: false }],
    ["letters beyond ASCII are themselves", { allow: ["files.lösche_*"], native: "lösche_alles", isAllowed: true }],
    [
      "the same letter composed otherwise is another",
      { allow: ["files.l\u00f6sche"], native: "lo\u0308sche", isAllowed: false },
    ],
    ["a letter beyond 16 bits is matched by a star", { allow: ["files.*x"], native: "\u{1f600}x", isAllowed: true }],
    ["a name with a star in it is matched by itself", { allow: ["files.a*b"], native: "a*b", isAllowed: true }],
    ["and is no glob", { allow: ["files.axb"], native: "a*b", isAllowed: false }],
    ["a name that is a star", { allow: ["files.read"], native: "*", isAllowed: false }],
    ["a name like a tag", { allow: ["#read"], native: "#read", isAllowed: false }],
    ["a name with blanks and line ends", { allow: ["files.a*"], native: "a b\n", isAllowed: true }],
    ["brackets are themselves", { allow: ["files.[a-z]"], native: "a", isAllowed: false }],
    ["a name of an object's own", { allow: ["files.constructor"], native: "__proto__", isAllowed: false }],
  ];
  for (const [says, { allow, namespace, native, isAllowed }] of cases) {
    const at = namespace === undefined ? {} : { namespace };
    assert.equal(verdict({ ...at, caller: { allow } }, native), isAllowed ? "allowed" : "client_not_allowed", says);
    assert.equal(verdict({ ...at, caller: { deny: allow } }, native), isAllowed ? "client_denied" : "allowed", says);
  }
});

test("policy: of which Cores there can be nothing at all, whatever they list", () => {
  const may = (caller: Partial<RuledCaller>, hub: Partial<HubPolicy> = {}) =>
    rulesFor({ caller, hub, tags: ["prod"] }).mayHave;
  assert.ok(may({}) && may({ allow: ["files.read"] }) && may({ allow: ["#prod"] }) && may({ deny: ["files.read"] }));
  assert.ok(may({ readOnly: true }) && may({ allow: ["wiki.*", "*.read"] }));
  assert.ok(
    !may({ allow: ["wiki.*"] }) && !may({ allow: [] }) && !may({ deny: ["files.*"] }) && !may({ deny: ["#prod"] }),
  );
  assert.ok(!may({ within: ["wiki.*"] }) && !may({ withheld: ["files.*"] }));
  assert.ok(!may({}, { denyTools: ["files.*"] }) && !may({}, { allowTools: ["wiki.*"] }));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import { diffSetups, isSame, liveSettings, type Setup, type SetupDiff } from "../../../src/manifest/diff.ts";
import { resolveSettings } from "../../../src/manifest/settings.ts";
import { loadGood } from "./load-text.ts";

async function setup(text: string, env: Record<string, string> = {}): Promise<Setup> {
  const manifest = await loadGood(text);
  const resolved = resolveSettings({ env: { HOME: "/home/hub", ...env }, cwd: "/srv", hub: manifest.hub });
  assert.equal(resolved.t, "ok");
  return { manifest, settings: (resolved as Extract<typeof resolved, { t: "ok" }>).settings };
}

/** Only what is not empty. */
async function diff(before: string, after: string): Promise<Partial<SetupDiff>> {
  const all = diffSetups(await setup(before), await setup(after));
  const said = Object.entries(all).filter(([, part]) => (Array.isArray(part) ? part.length > 0 : part));
  assert.equal(isSame(all), said.length === 0);
  return Object.fromEntries(said);
}

const core = (rest = "") => `cores: { a: { command: x${rest} }, b: { command: y } }`;

test("diff: the same manifest, written another way, is the same", async () => {
  assert.deepEqual(await diff(core(), "cores:\n  a:\n    command: 'x'\n    args: []\n  b: { command: y }\n"), {});
});

test("diff: what a process is made of needs another process", async () => {
  const needs = [
    ", args: [1.5]".replace("1.5", '"1"'),
    ", cwd: /elsewhere",
    ", env: { A: b }",
    ", inherit_env: [A]",
    ", secrets: [A]",
    ", secrets: [{ name: A, from: { env: B } }]",
    ", framing: newline",
    ", era: legacy",
    ", isolation: shared",
  ];
  for (const change of needs) assert.deepEqual(await diff(core(), core(change)), { changedCores: ["a"] }, change);
});

test("diff: policy, names, tags, overrides and health need none", async () => {
  const needs = [
    ", policy: { deny_tools: [t] }",
    ", policy: { max_concurrency: 1 }",
    ", policy: { timeout_ms: 1 }",
    ", namespace: z",
    ", prefix: false",
    ", tags: [t]",
    ", tools: { t: { hidden: true } }",
    ", health: { ping_interval_ms: 5 }",
  ];
  for (const change of needs) assert.deepEqual(await diff(core(), core(change)), { policyCores: ["a"] }, change);
});

test("diff: a Core whose secrets are looked for elsewhere needs another process, one without secrets does not", async () => {
  const text = (dir: string) =>
    `hub: { secrets_dir: ${dir} }\ncores: { a: { command: x, secrets: [S] }, b: { command: y }, c: { command: z, secrets: [{ name: S, from: { env: E } }] } }`;
  assert.deepEqual(await diff(text("/one"), text("/two")), { changedCores: ["a"], settings: ["hub.secrets_dir"] });
});

test("diff: Cores that come, go, are disabled, or change places", async () => {
  assert.deepEqual(
    await diff("cores: { a: { command: x }, b: { command: y } }", "cores: { b: { command: y }, c: { command: z } }"),
    {
      addedCores: ["c"],
      removedCores: ["a"],
    },
  );
  assert.deepEqual(await diff(core(), core(", disabled: true")), { removedCores: ["a"] });
  assert.deepEqual(await diff(core(), "cores: { b: { command: y }, a: { command: x } }"), { reordered: true });
});

test("diff: clients that come, go, get another token or other rules", async () => {
  const one = (name: string, digit: string, rest = "") => `${name}: { token_sha256: "${digit.repeat(64)}"${rest} }`;
  const text = (...clients: string[]) => `clients: { ${clients.join(", ")} }\n${core()}`;
  assert.deepEqual(
    await diff(
      text(one("same", "1"), one("gone", "2"), one("keyed", "3"), one("ruled", "4"), one("limited", "5")),
      text(
        one("same", "1"),
        one("keyed", "6"),
        one("ruled", "4", ", allow: [a.*]"),
        one("limited", "5", ", limits: { max_queue: 1 }"),
        one("new", "7"),
      ),
    ),
    {
      addedClients: ["new"],
      removedClients: ["gone"],
      rekeyedClients: ["keyed"],
      changedClients: ["ruled", "limited"],
    },
  );
});

test("diff: another hub token is told of as a client's, and never in words", async () => {
  const one = await setup(core(), { HUB_TOKEN: "first-token-12345" });
  const two = await setup(core(), { HUB_TOKEN: "second-token-12345" });
  assert.deepEqual(diffSetups(one, two).rekeyedClients, ["HUB_TOKEN"]);
  assert.deepEqual(diffSetups(one, two).settings, []);
  assert.ok(isSame(diffSetups(one, { ...one, settings: { ...one.settings, token: new Secret("first-token-12345") } })));
});

test("diff: settings that apply at once, and those that keep their value until a restart", async () => {
  const before = await setup(core());
  const after = await setup(
    `hub:
  listen: 127.0.0.1:4000
  log_level: debug
  names: { separator: "-" }
  limits: { rate_limit_rps: 5, rate_limit_bytes: 6, max_message_bytes: 2048 }
  policy: { deny_tools: [a.x] }
  list_wait_ms: 1
  search_tools: always
  state_dir: /elsewhere
${core()}`,
  );
  const { settings, needsRestart } = diffSetups(before, after);
  assert.deepEqual([...settings].sort(), [
    "hub.limits.rate_limit_bytes",
    "hub.limits.rate_limit_rps",
    "hub.list_wait_ms",
    "hub.names.separator",
    "hub.policy.deny_tools",
    "hub.search_tools",
  ]);
  assert.deepEqual([...needsRestart].sort(), [
    "hub.limits.max_message_bytes",
    "hub.listen",
    "hub.log_level",
    "hub.state_dir",
  ]);
  const merged = liveSettings(before.settings, after.settings);
  assert.deepEqual(merged, {
    ...before.settings,
    names: after.settings.names,
    policy: after.settings.policy,
    listWaitMs: 1,
    searchTools: "always",
    limits: { ...before.settings.limits, rateLimitRps: 5, rateLimitBytes: 6 },
  });
});

test("diff: profiles are told of by name, and their order where only that differs", async () => {
  const told = async (before: string, after: string) =>
    (await diff(`${before}\n${core()}`, `${after}\n${core()}`)).settings;
  const [a, b] = ["a: { tool_cap: 1 }", "b: { tool_cap: 2 }"];
  assert.deepEqual(await told("", `profiles: { ${a}, claude: { page_size: 5 } }`), ["profiles.claude", "profiles.a"]);
  assert.deepEqual(await told(`profiles: { ${a}, ${b} }`, `profiles: { ${a} }`), ["profiles.b"]);
  assert.deepEqual(await told(`profiles: { ${a}, ${b} }`, `profiles: { ${b}, ${a} }`), ["profiles"]);
  assert.deepEqual(await told("", "profiles: { claude: { page_size: 0 } }"), ["profiles"], "it is asked first now");
  const own = "profiles: { default: { page_size: 5 } }";
  assert.deepEqual(await told("", `hub: { names: { separator: "-" } }\n${own}`), [
    "hub.names.separator",
    "profiles.default",
  ]);
  assert.deepEqual(await told("", 'hub: { names: { separator: "-" } }'), ["hub.names.separator"]);
});

test("diff: auth: builtin applies at once, the public URL that it stands on only after a restart", async () => {
  const before = await setup(core());
  const after = await setup(`hub: { auth: builtin, public_url: https://hub.example }\n${core()}`);
  const { settings, needsRestart } = diffSetups(before, after);
  assert.deepEqual([settings, needsRestart], [["hub.auth.builtin"], ["hub.public_url"]]);
  const { auth, publicUrl } = liveSettings(before.settings, after.settings);
  assert.deepEqual([auth.builtin, publicUrl], [{ allowPrivate: false }, undefined]);
  const off = liveSettings(after.settings, before.settings);
  assert.deepEqual([off.auth.builtin, off.publicUrl], [undefined, "https://hub.example"]);
});

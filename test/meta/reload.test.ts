// The table of docs/operations.md that says what a reload does: every key stands in one row, and in that of what the code does with it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { diffSetups, type Setup, type SetupDiff } from "../../src/manifest/diff.ts";
import { resolveSettings } from "../../src/manifest/settings.ts";
import { loadGood } from "../unit/manifest/load-text.ts";

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

const [, section = ""] = read("docs/operations.md").split("\n## Reload\n");
const rows = [...section.matchAll(/^\| (.+?) +\| (.+?) *\|$/gm)].map(([, change = "", done = ""]) => ({
  change,
  done,
}));

/** The keys that stand in the one row of which this is true. */
function keysOf(isIt: (row: { change: string; done: string }) => boolean): string[] {
  const found = rows.filter(isIt);
  assert.equal(found.length, 1);
  return [...(found[0]?.change ?? "").matchAll(/`([a-z_.]+)`/g)].map(([, key = ""]) => key);
}

async function diff(before: string, after: string): Promise<SetupDiff> {
  const [old, fresh] = await Promise.all([before, after].map(setup));
  return diffSetups(old as Setup, fresh as Setup);
}

async function setup(text: string): Promise<Setup> {
  const manifest = await loadGood(text);
  const resolved = resolveSettings({ env: { HOME: "/home/hub" }, cwd: "/srv", hub: manifest.hub });
  assert.ok(resolved.t === "ok");
  return { manifest, settings: resolved.settings };
}

/** A Core without the key and one with it. */
const local = (rest = "") => `cores: { a: { command: x${rest} } }`;
const remote = (rest = "") => `cores: { a: { url: "https://a.example/mcp"${rest} } }`;
const ofLocal = (rest: string): [string, string] => [local(), local(`, ${rest}`)];
const ofRemote = (rest: string): [string, string] => [remote(), remote(`, ${rest}`)];
const session = ", isolation: session";

const changes: Record<string, [string, string]> = {
  command: [local(), "cores: { a: { command: z } }"],
  args: ofLocal("args: [z]"),
  cwd: ofLocal("cwd: /elsewhere"),
  env: ofLocal("env: { A: b }"),
  inherit_env: ofLocal("inherit_env: [A]"),
  secrets: ofLocal("secrets: [A]"),
  framing: ofLocal("framing: newline"),
  era: ofLocal("era: legacy"),
  fence: ofLocal("fence: false"),
  isolation: ofLocal("isolation: session"),
  interactive: ofLocal("interactive: serialize"),
  container: [local(), "cores: { a: { container: { image: z } } }"],
  url: [remote(), 'cores: { a: { url: "https://b.example/mcp" } }'],
  transport: ofRemote("transport: sse"),
  headers: ofRemote("headers: { X-Org: acme }"),
  "auth.bearer": ofRemote("secrets: [T], auth: { bearer: T }"),
  allow_private: ofRemote("allow_private: true"),
  tls: ofRemote("tls: { ca: ca.pem }"),
  policy: ofLocal("policy: { deny_tools: [t] }"),
  health: ofLocal("health: { ping_interval_ms: 5 }"),
  namespace: ofLocal("namespace: z"),
  prefix: ofLocal("prefix: false"),
  tags: ofLocal("tags: [t]"),
  tools: ofLocal("tools: { t: { hidden: true } }"),
  resources: ofLocal("resources: { uris: prefixed }"),
  scaling: [local(", isolation: pool"), local(", isolation: pool, scaling: { max: 2 }")],
  max_sessions: [local(session), local(`${session}, max_sessions: 3`)],
  idle_timeout_ms: [local(session), local(`${session}, idle_timeout_ms: 5000`)],
  roots: [local(`${session}, roots: [/a]`), local(`${session}, roots: [/a, /b]`)],
  credentials: [remote(session), remote(`${session}, credentials: per-user`)],
  "auth.oauth": [remote(), remote(", auth: { oauth: { scopes: [a] } }")],
};

test("reload: every key of a Core stands in the row of what is done when it changes", async () => {
  const isAnother = keysOf(({ done }) => done.startsWith("started beside the old one"));
  const isSame = keysOf(({ done }) => done.startsWith("nothing is started; counts"));
  const isLogin = keysOf(({ done }) => done.startsWith("nothing is started: whose login"));
  const { properties } = JSON.parse(read("schemas/manifest.schema.json")).$defs.core;
  // `disabled` is a Core that is added or removed; `roots` is said of twice in its row.
  const { disabled: _, auth, ...others } = properties;
  const keys = [...Object.keys(others), ...Object.keys(auth.properties).map((key) => `auth.${key}`)];
  const said = [...isAnother, ...new Set(isSame), ...isLogin];
  assert.deepEqual(said.sort(), keys.sort());
  for (const [key, [before, after]] of Object.entries(changes)) {
    const { changedCores, policyCores } = await diff(before, after);
    const expected = isAnother.includes(key) ? [["a"], []] : [[], ["a"]];
    assert.deepEqual([changedCores, policyCores], expected, key);
  }
  assert.deepEqual(Object.keys(changes).sort(), keys.sort());
});

test("reload: of the hub's settings those that count at once stand in their row, all others need a restart", async () => {
  const atOnce = keysOf(({ done }) => done === "at once");
  const limits = atOnce.indexOf("limits");
  const butLimits = atOnce.slice(limits + 1, limits + 4);
  const before = await setup(local());
  const { properties } = JSON.parse(read("schemas/manifest.schema.json")).$defs.hub;
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  for (const [name, value] of Object.entries(before.settings)) {
    const key = snake(name);
    if (properties[key] === undefined || properties[key]["x-planned"] !== undefined) continue;
    const isGroup = Object.getPrototypeOf(value ?? "") === Object.prototype;
    for (const part of isGroup ? Object.keys(value as object) : [undefined]) {
      const changed = part === undefined ? "changed" : { ...(value as object), [part]: "changed" };
      const { settings, needsRestart } = diffSetups(before, {
        manifest: before.manifest,
        settings: { ...before.settings, [name]: changed },
      });
      const isSaid = atOnce.includes(key) && !(key === "limits" && butLimits.includes(snake(part ?? "")));
      const whole = `hub.${key}${part === undefined ? "" : `.${snake(part)}`}`;
      assert.deepEqual([settings, needsRestart], isSaid ? [[whole], []] : [[], [whole]]);
    }
  }
});

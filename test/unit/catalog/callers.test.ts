import assert from "node:assert/strict";
import test from "node:test";
import { Callers } from "../../../src/catalog/callers.ts";
import { resolveProfiles } from "../../../src/manifest/profiles.ts";
import { ownPrincipal } from "../../../src/sessions/principal.ts";
import { names } from "../../helpers/catalog-sources.ts";

const callers = new Callers(
  resolveProfiles({ mine: { client_names: ["acme*", "Codex Nightly"] }, plain: { tool_cap: 5 } }, names),
);
const somebody = ownPrincipal("a", { admin: false, shared: true });
const profileOf = (name: string, more: object = {}) =>
  callers.of({ principal: somebody, client: { name }, ...more }).profile?.name;

test("callers: a client is known by what it calls itself", () => {
  const known: Record<string, string> = {
    "claude-ai": "claude",
    "claude-ai (via mcp-remote 0.1.37)": "claude",
    "Anthropic/ClaudeAI": "claude",
    "claude-code": "claude-code",
    "openai-mcp": "chatgpt",
    ChatGPT: "chatgpt",
    "codex-mcp-client": "codex",
    "cursor-vscode": "cursor",
    "Visual Studio Code": "vscode",
    "Visual Studio Code - Insiders": "vscode",
    "Visual-Studio-Code": "vscode",
    "ACME agent": "mine",
    "codex nightly": "mine",
    "": "default",
    "some-client": "default",
  };
  for (const [name, profile] of Object.entries(known)) assert.equal(profileOf(name), profile, name);
});

test("callers: the manifest's entry counts before the path, the path before what the client calls itself", () => {
  assert.equal(profileOf("claude-ai", { askedProfile: "cursor" }), "cursor");
  const principal = { ...somebody, profileName: "plain" };
  assert.equal(profileOf("claude-ai", { askedProfile: "cursor", principal }), "plain");
  assert.equal(profileOf("claude-ai", { askedProfile: "gone" }), "claude", "a profile that a reload took away");
});

test("callers: the same caller with the same profile is one object", () => {
  const one = callers.of({ principal: somebody, client: { name: "claude-ai" } });
  assert.equal(callers.of({ principal: somebody, askedProfile: "claude" }), one);
  assert.notEqual(callers.of({ principal: somebody }), one);
  assert.notEqual(callers.of({ principal: { ...somebody }, askedProfile: "claude" }), one);
});

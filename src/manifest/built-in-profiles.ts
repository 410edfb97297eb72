// The profiles that come with the hub, as far as it is known what these clients do; each fact with its source and its date. A client
// that changed is put right in the manifest (`profiles:`) until the next release. docs/profiles.md shows the same to people.
import type { ClientProfile } from "../base/client-profile.ts";

/** What a name may be made of nearly everywhere. */
const usualCharset = "A-Za-z0-9_-";

/** Lists are one page for all of these: of several of them it is known that they read only the first. */
const usual = {
  separator: "__",
  charset: usualCharset,
  maxLength: 64,
  toolCap: undefined,
  pinned: [],
  pageSize: undefined,
  downgrade: undefined,
} satisfies Partial<ClientProfile>;

/** In the order in which they are asked whether a client is theirs. */
export const builtInProfiles: readonly ClientProfile[] = [
  {
    ...usual,
    name: "chatgpt",
    description: "ChatGPT, by connector",
    // "openai-mcp": basicmachines-co/basic-memory#1035, 2026-07-03; "ChatGPT": apify/mcp-client-capabilities@178a474.
    clientNames: ["openai-mcp*", "chatgpt*"],
    // OpenAI's API takes names of ^[a-zA-Z0-9_-]+$ (openai/codex#8174, 2025-12-17) with at most 64 characters (the API's reference
    // of function names, as its generated clients quote it: docs.rs/crate/openai-client-base/0.12.0).
  },
  {
    ...usual,
    name: "claude",
    description: "Claude on the web, on the desktop and on phones",
    // "Anthropic/ClaudeAI", the web connector: anthropics/claude-ai-mcp#473, 2026-06-20; "claude-ai", the desktop:
    // 0x4m4/hexstrike-ai#11, 2025-08-16.
    clientNames: ["claude-ai*", "anthropic/claudeai*"],
    // One name that is not ^[a-zA-Z0-9_-]{1,64}$ and no tool of the connector can be used: anthropics/claude-code#57813, 2026-05-10,
    // and evoila/meho#2745, 2026-08-02. Only the first page is read: anthropics/claude-ai-mcp#87, 2026-03-09.
  },
  {
    ...usual,
    name: "claude-code",
    description: "Claude Code",
    // apify/mcp-client-capabilities@178a474.
    clientNames: ["claude-code*"],
    // It puts mcp__<server>__ in front, and the API that it speaks to takes 64 characters of a name that was found by search:
    // cloudflare/skills#11, 2026-01-29. 40 leaves room for a server name of 17. Only the first page is read:
    // anthropics/claude-code#48126, 2026-04-14.
    maxLength: 40,
  },
  {
    ...usual,
    name: "codex",
    description: "OpenAI Codex",
    // apify/mcp-client-capabilities@178a474.
    clientNames: ["codex*"],
    // ^[a-zA-Z0-9_-]+$: openai/codex#8694, 2026-01-03. It shortens names to 64 characters itself, with a hash
    // (openai/codex@00a35b1, codex-rs/codex-mcp/src/tools.rs). Only the first page is read: openai/codex#28858, 2026-06-18.
  },
  {
    ...usual,
    name: "cursor",
    description: "Cursor",
    // apify/mcp-client-capabilities@178a474.
    clientNames: ["cursor*"],
    // Tools whose name and server's name are 60 characters together, or more, are left out: ComposioHQ/composio#2788, 2026-02-27.
    // 40 leaves room for a server name of 19.
    maxLength: 40,
    // Of all servers together: Snowflake-Labs/mcp#77, 2025-09-02, and DaxianLee/cocos-mcp-server#11, 2026-02-06.
    toolCap: 80,
  },
  {
    ...usual,
    name: "vscode",
    description: "Visual Studio Code with GitHub Copilot",
    // "Visual Studio Code", "Visual-Studio-Code": apify/mcp-client-capabilities@178a474; with " - Insiders" behind it in that edition.
    clientNames: ["visual studio code*", "visual-studio-code*"],
    // It puts up to 18 characters in front and cuts at 64: microsoft/vscode@006c4ca, mcpTypes.ts, McpToolName.
    maxLength: 46,
    // 128 tools in one request (microsoft/vscode#337428, 2026-09-23), its own among them (microsoft/vscode#255585, 2025-07-12):
    // 100 leaves room for those.
    toolCap: 100,
  },
];

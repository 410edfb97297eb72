// Client configurations as people paste them, read the way the clients read them.
import { parse as parseToml } from "smol-toml";

export interface CommandEntry {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface UrlEntry {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a client documents: where the servers are in its file, and the keys that an entry may have. */
export interface ClientFormat {
  readonly servers: string;
  readonly keys: readonly string[];
}

/** From each client's own reference; docs/clients.md links them. */
export const clientFormats: Readonly<Record<string, ClientFormat>> = {
  "claude_desktop_config.json": { servers: "mcpServers", keys: ["command", "args", "env"] },
  ".mcp.json": { servers: "mcpServers", keys: ["type", "command", "args", "env", "url", "headers"] },
  ".cursor/mcp.json": { servers: "mcpServers", keys: ["type", "command", "args", "env", "envFile", "url", "headers"] },
  ".vscode/mcp.json": { servers: "servers", keys: ["type", "command", "args", "env", "envFile", "url", "headers"] },
  ".codex/config.toml": {
    servers: "mcp_servers",
    keys: ["command", "args", "env", "env_vars", "cwd", "startup_timeout_sec", "tool_timeout_sec", "enabled"],
  },
};

export type Entry = Record<string, unknown>;

/** The entries of a configuration text by name. */
export function entriesOf(language: string, text: string, format: ClientFormat): [string, Entry][] {
  const file: unknown = language === "toml" ? parseToml(text) : JSON.parse(text);
  const servers = (file as Record<string, unknown>)[format.servers];
  if (typeof servers !== "object" || servers === null) throw new Error(`no ${format.servers} in ${text}`);
  return Object.entries(servers as Record<string, Entry>);
}

/**
 * `env` is the client's environment, which its notations reach into: `${NAME}`, `${NAME:-default}` and `${env:NAME}` in values,
 * `${input:…}` for what it asks its user, and Codex's list of variables to hand on. `<NAME>` is for the reader to fill in.
 */
export function commandOf(entry: Entry, env: Readonly<Record<string, string>>): CommandEntry {
  const {
    command,
    args = [],
    env: own = {},
    env_vars: handedOn = [],
  } = entry as unknown as CommandEntry & {
    env_vars?: string[];
  };
  const values = Object.entries(own).map(([name, value]) => [name, expand(value, env)]);
  const inherited = handedOn.map((name) => [name, env[name] ?? ""]);
  return { command, args: args.map((arg) => expand(arg, env)), env: Object.fromEntries([...values, ...inherited]) };
}

export function urlOf(entry: Entry, env: Readonly<Record<string, string>>): UrlEntry {
  const { url, headers = {} } = entry as unknown as UrlEntry;
  const values = Object.entries(headers).map(([name, value]) => [name, expand(value, env)]);
  return { url: expand(url, env), headers: Object.fromEntries(values) };
}

function expand(value: string, env: Readonly<Record<string, string>>): string {
  return value
    .replaceAll(/<([A-Z_]+)>/g, (_, name: string) => env[name] ?? "")
    .replaceAll(
      /\$\{(?:env:|input:)?([\w-]+)(?::-([^}]*))?\}/g,
      (_, name: string, fallback = "") => env[name] ?? fallback,
    );
}

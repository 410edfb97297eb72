// Client configurations as people paste them, read the way the clients read them.
import { parse as parseToml } from "smol-toml";

export interface CommandEntry {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface UrlEntry {
  readonly transport: "http" | "sse" | "ws";
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
    keys: [
      ...["command", "args", "env", "env_vars", "cwd", "startup_timeout_sec", "tool_timeout_sec", "enabled"],
      ...["url", "bearer_token_env_var", "http_headers", "env_http_headers"],
    ],
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

/** Without a `type` the URL is one of Streamable HTTP. Codex names variables: of the bearer token, and of whole headers. */
export function urlOf(entry: Entry, env: Readonly<Record<string, string>>): UrlEntry {
  const {
    url,
    type = "http",
    headers = {},
    http_headers: fixed = {},
    env_http_headers: named = {},
    bearer_token_env_var: bearer,
  } = entry as {
    url: string;
    type?: UrlEntry["transport"];
    headers?: Record<string, string>;
    http_headers?: Record<string, string>;
    env_http_headers?: Record<string, string>;
    bearer_token_env_var?: string;
  };
  const values = [
    ...Object.entries(headers).map(([name, value]) => [name, expand(value, env)]),
    ...Object.entries(fixed),
    ...Object.entries(named).map(([name, variable]) => [name, env[variable] ?? ""]),
    ...(bearer === undefined ? [] : [["Authorization", `Bearer ${env[bearer] ?? ""}`]]),
  ];
  return { transport: type, url: expand(url, env), headers: Object.fromEntries(values) };
}

/**
 * The entry that `claude mcp add …` or `codex mcp add …` writes of a URL, typed in a shell with this environment; undefined
 * for other lines.
 */
export function entryOfCommand(line: string, env: Readonly<Record<string, string>>): Entry | undefined {
  const typed = line.replaceAll(/\$(\w+)/g, (_, name: string) => env[name] ?? "");
  const words = [...typed.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
  if (words[1] !== "mcp" || words[2] !== "add" || words.includes("--")) return undefined;
  const after = (option: string) => words[words.indexOf(option) + 1] ?? "";
  if (words[0] === "codex") return { url: after("--url"), bearer_token_env_var: after("--bearer-token-env-var") };
  if (words[0] !== "claude") return undefined;
  const [, name = "", value = ""] = /^([\w-]+): (.*)$/.exec(after("--header")) ?? [];
  return { type: after("--transport"), url: words.find((word) => /^https?:/.test(word)), headers: { [name]: value } };
}

function expand(value: string, env: Readonly<Record<string, string>>): string {
  return value
    .replaceAll(/<([A-Z_]+)>/g, (_, name: string) => env[name] ?? "")
    .replaceAll(
      /\$\{(?:env:|input:)?([\w-]+)(?::-([^}]*))?\}/g,
      (_, name: string, fallback = "") => env[name] ?? fallback,
    );
}

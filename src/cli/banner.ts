// What `serve` prints for a person: where it is, what it serves, and a client configuration ready to paste.
import type { CoreSummary } from "../catalog/summary.ts";
import { oneLine, paint, type Terminal } from "./terminal.ts";

export interface BannerFacts {
  readonly addresses: readonly string[];
  readonly basePath: string;
  /** Where clients reach the hub, when that is not where it listens. */
  readonly publicUrl: string | undefined;
  readonly summaries: readonly CoreSummary[];
  readonly tools: readonly string[];
  /** As shown. */
  readonly manifest: string;
  /** Absolute; undefined for the built-in one. */
  readonly manifestFile: string | undefined;
  /** How a client starts `thehub`. */
  readonly command: readonly [command: string, ...args: string[]];
  /** Whether clients must present a token; `madeToken` is one that was made just now and is shown this once. */
  readonly tokenNeeded: boolean;
  readonly madeToken: string | undefined;
}

const shownTools = 40;

export function banner(terminal: Terminal, facts: BannerFacts): string {
  const [first, ...others] = ways(facts);
  const width = first?.url.length ?? 0;
  const lines = ["", `${paint(terminal, "bold", "TheHub")} serves ${oneLine(facts.manifest)}`, ""];
  const row = (way: Way, style: "bold" | "dim") =>
    `  ${paint(terminal, style, way.url.padEnd(width))}  ${paint(terminal, "dim", way.note)}`.trimEnd();
  if (first !== undefined) lines.push(row(first, "bold"), ...others.map((way) => row(way, "dim")));
  for (const address of facts.addresses) lines.push(paint(terminal, "dim", `  listening on ${address}`));
  lines.push("", ...facts.summaries.map((summary) => `  ${oneLine(summary.line)}`), "");
  lines.push(...facts.tools.slice(0, shownTools).map((name) => `    ${oneLine(name)}`));
  if (facts.tools.length > shownTools) lines.push(`    … and ${facts.tools.length - shownTools} more: thehub list`);
  if (facts.madeToken !== undefined) {
    lines.push("", "A token was made for this run, since the hub listens beyond this machine:", `  ${facts.madeToken}`);
  }
  if (first !== undefined) lines.push("", ...sharing(first.url, facts));
  lines.push(
    "",
    "For a client that starts a command (with Cores of its own):",
    config(started(facts, "stdio", ...(facts.manifestFile === undefined ? [] : ["--manifest", facts.manifestFile]))),
    "",
  );
  return `${lines.join("\n")}\n`;
}

interface Way {
  readonly url: string;
  readonly note: string;
}

/** The ways in, the one for most clients first: by HTTP, by WebSocket; of a hub that has socket files only, its first one. */
function ways({ addresses, basePath, publicUrl }: BannerFacts): Way[] {
  const listening = addresses.find((address) => /^https?:/.test(address));
  const base = publicUrl ?? (listening === undefined ? undefined : `${nearby(listening)}${basePath}`);
  if (base === undefined) return addresses.slice(0, 1).map((url) => ({ url, note: "" }));
  return [
    { url: `${base}/mcp`, note: "Streamable HTTP" },
    { url: base.replace(/^http/, "ws"), note: "WebSocket" },
  ];
}

/** An address as a person on this machine writes it. */
function nearby(address: string): string {
  const { protocol, hostname, port } = new URL(address);
  const local = ["127.0.0.1", "[::1]", "0.0.0.0", "[::]"].includes(hostname);
  // Without the scheme's own port, as URLs are written.
  return new URL(`${protocol}//${local ? "localhost" : hostname}:${port}`).origin;
}

/** What a client needs to have the Cores of this hub. */
function sharing(url: string, facts: BannerFacts): string[] {
  const { tokenNeeded } = facts;
  if (url.startsWith("unix:")) {
    const env = tokenNeeded ? { env: { HUB_TOKEN: "<HUB_TOKEN>" } } : {};
    return [
      "For a client that starts a command (with the Cores of this hub):",
      config({ ...started(facts, "connect", url), ...env }),
    ];
  }
  const headers = tokenNeeded ? { headers: { Authorization: "Bearer <HUB_TOKEN>" } } : {};
  return ["For a client that takes a URL:", config({ type: "http", url, ...headers })];
}

function started({ command: [command, ...before] }: BannerFacts, ...args: readonly string[]): object {
  return { command, args: [...before, ...args] };
}

function config(server: object): string {
  return indent(JSON.stringify({ mcpServers: { thehub: server } }, undefined, 2));
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}

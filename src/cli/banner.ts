// What `serve` prints for a person: where it is, what it serves, and a client configuration ready to paste.
import type { CoreSummary } from "../catalog/summary.ts";
import { paint, type Terminal } from "./terminal.ts";

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
  /** Whether clients must present a token; `madeToken` is one that was made just now and is shown this once. */
  readonly tokenNeeded: boolean;
  readonly madeToken: string | undefined;
}

const shownTools = 40;

export function banner(terminal: Terminal, facts: BannerFacts): string {
  const url = webSocketUrl(facts);
  const lines = ["", `${paint(terminal, "bold", "TheHub")} serves ${facts.manifest}`, ""];
  lines.push(`  ${paint(terminal, "bold", url)}`);
  for (const address of facts.addresses) lines.push(paint(terminal, "dim", `  listening on ${address}`));
  lines.push("", ...facts.summaries.map((summary) => `  ${summary.line}`), "");
  lines.push(...facts.tools.slice(0, shownTools).map((name) => `    ${name}`));
  if (facts.tools.length > shownTools) lines.push(`    … and ${facts.tools.length - shownTools} more: thehub list`);
  if (facts.madeToken !== undefined) {
    lines.push("", "A token was made for this run, since the hub listens beyond this machine:", `  ${facts.madeToken}`);
  }
  lines.push("", "For a client that speaks WebSocket:", indent(socketConfig(url, facts.tokenNeeded)));
  lines.push(
    "",
    "For a client that starts a command (with Cores of its own):",
    indent(commandConfig(facts.manifestFile)),
    "",
  );
  return `${lines.join("\n")}\n`;
}

function webSocketUrl({ addresses, basePath, publicUrl }: BannerFacts): string {
  if (publicUrl !== undefined) return publicUrl.replace(/^http/, "ws");
  const address = addresses.find((it) => it.startsWith("http"));
  if (address === undefined) return addresses[0] ?? "";
  const { protocol, hostname, port } = new URL(address);
  const local = ["127.0.0.1", "[::1]", "0.0.0.0", "[::]"].includes(hostname);
  const [scheme, usual] = protocol === "https:" ? ["wss", "443"] : ["ws", "80"];
  return `${scheme}://${local ? "localhost" : hostname}:${port || usual}${basePath}`;
}

function socketConfig(url: string, tokenNeeded: boolean): string {
  const headers = tokenNeeded ? { headers: { Authorization: "Bearer <HUB_TOKEN>" } } : {};
  return JSON.stringify({ mcpServers: { thehub: { type: "ws", url, ...headers } } }, undefined, 2);
}

function commandConfig(manifest: string | undefined): string {
  const args = ["-y", "@ghively/thehub", "stdio", ...(manifest === undefined ? [] : ["--manifest", manifest])];
  return JSON.stringify({ mcpServers: { thehub: { command: "npx", args } } }, undefined, 2);
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}

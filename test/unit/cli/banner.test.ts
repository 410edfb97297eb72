import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { type BannerFacts, banner } from "../../../src/cli/banner.ts";

const piped = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
const terminal = { env: {}, cwd: "/", ...piped };
const plain: BannerFacts = {
  addresses: ["http://127.0.0.1:3000", "http://[::1]:3000"],
  basePath: "",
  publicUrl: undefined,
  summaries: [],
  tools: ["files__read_file"],
  manifest: "/etc/hub/hub.yaml",
  manifestFile: "/etc/hub/hub.yaml",
  command: ["npx", "-y", "@ghively/thehub"],
  tokenNeeded: false,
  madeToken: undefined,
};

/** The lines that are indented by two, and the configurations, of what is shown with these facts. */
function shown(facts: Partial<BannerFacts>): { rows: string[]; configs: Record<string, unknown>[] } {
  const text = banner(terminal, { ...plain, ...facts });
  const rows = text.split("\n").filter((line) => /^ {2}\S/.test(line) && !/^ {2}[{}]/.test(line));
  const configs = [...text.matchAll(/^ {2}\{$.*?^ {2}\}$/gms)].map(([json]) => JSON.parse(json).mcpServers.thehub);
  return { rows, configs };
}

test("banner: the URL for most clients comes first and is in the configuration to paste, the WebSocket one is beside it", () => {
  const { rows, configs } = shown({});
  assert.deepEqual(rows, [
    "  http://localhost:3000/mcp  Streamable HTTP",
    "  ws://localhost:3000        WebSocket",
    "  listening on http://127.0.0.1:3000",
    "  listening on http://[::1]:3000",
  ]);
  const args = ["-y", "@ghively/thehub", "stdio", "--manifest", "/etc/hub/hub.yaml"];
  assert.deepEqual(configs, [
    { type: "http", url: "http://localhost:3000/mcp" },
    { command: "npx", args },
  ]);
  const cloned = shown({ command: ["node", "/src/thehub/dist/cli/main.js"] }).configs[1];
  assert.deepEqual(cloned, { command: "node", args: ["/src/thehub/dist/cli/main.js", ...args.slice(2)] });
});

test("banner: what a Core calls its tools steers no terminal", () => {
  const text = banner(terminal, { ...plain, tools: ["a__b\u001b[2J\u202ec\rall is well"] });
  assert.ok(text.includes("    a__b\\u001b[2J\\u202ec all is well\n"), text);
});

test("banner: a hub that asks for a token shows where it goes, and one made for this run", () => {
  const { rows, configs } = shown({ tokenNeeded: true, madeToken: "made-for-this-run" });
  assert.deepEqual(configs[0]?.["headers"], { Authorization: "Bearer <HUB_TOKEN>" });
  assert.ok(rows.includes("  made-for-this-run"));
});

test("banner: URLs have the scheme of the address, the base path and the port that is not the scheme's own", () => {
  const urls = (facts: Partial<BannerFacts>) =>
    shown(facts)
      .rows.slice(0, 2)
      .map((row) => row.trim().split(" ")[0]);
  assert.deepEqual(urls({ addresses: ["https://0.0.0.0:3000"], basePath: "/hub" }), [
    "https://localhost:3000/hub/mcp",
    "wss://localhost:3000/hub",
  ]);
  assert.deepEqual(urls({ addresses: ["unix:/run/hub.sock", "https://192.0.2.7:443"] }), [
    "https://192.0.2.7/mcp",
    "wss://192.0.2.7",
  ]);
  assert.deepEqual(urls({ publicUrl: "https://hub.example/tools", basePath: "/elsewhere" }), [
    "https://hub.example/tools/mcp",
    "wss://hub.example/tools",
  ]);
});

test("banner: a hub that listens on socket files only is shown with the command that reaches it", () => {
  const { rows, configs } = shown({ addresses: ["unix:/run/hub.sock"], tokenNeeded: true });
  assert.equal(rows[0], "  unix:/run/hub.sock");
  assert.deepEqual(configs[0], {
    command: "npx",
    args: ["-y", "@ghively/thehub", "connect", "unix:/run/hub.sock"],
    env: { HUB_TOKEN: "<HUB_TOKEN>" },
  });
});

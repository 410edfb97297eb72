// Published gateways: those pinned in peers/package.json, installed into a scratch folder, and those that a command line starts.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { coreArgs, scratchFolder } from "./hub-place.ts";
import { freePort, start } from "./processes.ts";
import { listTools } from "./session.ts";
import { type Door, type Kind, listening, parts, type Subject, type SubjectOptions, startLimitMs } from "./subjects.ts";

interface Place {
  readonly port: number;
  /** The Core's command line as words. */
  readonly core: readonly string[];
  /** A file that names the Core the way most clients do (`mcpServers`). */
  readonly config: string;
}

/** How a peer is started, and where its clients connect. */
interface Launch {
  readonly name: string;
  readonly door: Door;
  readonly path: string;
  readonly isPinned: boolean;
  /** Whether one Core serves all its sessions, so that many idle clients can be afforded. */
  readonly sharesCore: boolean;
  /** Words after `node`; or one line for the shell. */
  readonly command: (place: Place) => readonly string[] | string;
}

const manifestFolder = join(parts, "..", "peers");

/** The pinned ones. Where they have no option for their address, a preload keeps them on loopback. */
function pinned(modules: string): Launch[] {
  const file = (path: string) => join(modules, path);
  const supergateway = (place: Place, ...rest: string[]) => [
    file("supergateway/dist/index.js"),
    ...["--stdio", place.core.join(" "), "--port", String(place.port), "--logLevel", "none", ...rest],
  ];
  return [
    {
      name: "supergateway",
      door: "websocket",
      path: "/message",
      isPinned: true,
      sharesCore: false,
      command: (place) => supergateway(place, "--outputTransport", "ws"),
    },
    {
      name: "supergateway-http",
      door: "http",
      path: "/mcp",
      isPinned: true,
      sharesCore: false,
      command: (place) => supergateway(place, "--outputTransport", "streamableHttp", "--stateful"),
    },
    {
      name: "mcp-proxy",
      door: "http",
      path: "/mcp",
      isPinned: true,
      sharesCore: true,
      command: ({ port, core }) => [
        file("mcp-proxy/dist/bin/mcp-proxy.mjs"),
        ...["--host", "127.0.0.1", "--port", String(port), "--server", "stream", "--", ...core],
      ],
    },
    {
      name: "mcp-hub",
      door: "sse",
      path: "/mcp",
      isPinned: true,
      sharesCore: true,
      command: ({ port, config }) => [file("mcp-hub/dist/cli.js"), "--port", String(port), "--config", config],
    },
  ];
}

/** `NAME=COMMAND`, or `NAME@DOOR:/PATH=COMMAND`. A string says what is wrong with it. */
export function peerByHand(text: string): Kind | string {
  const match = /^([\w.-]+)(?:@(http|sse|ws):(\/[^=]*))?=(.+)$/s.exec(text);
  const [, name = "", door = "http", path = "/mcp", command = ""] = match ?? [];
  if (match === null) return `"${text}" is not NAME=COMMAND or NAME@http:/PATH=COMMAND (doors: http, sse, ws)`;
  if (!command.includes("{port}")) return `the command of ${name} has no {port}`;
  return kindOf({
    name,
    door: door === "ws" ? "websocket" : (door as Door),
    path,
    isPinned: false,
    sharesCore: false,
    command: ({ port, core, config }) =>
      `exec ${command.replaceAll("{port}", String(port)).replaceAll("{core}", core.join(" ")).replaceAll("{config}", config)}`,
  });
}

/** Installs what peers/package.json pins, unless an earlier run has; rejects with what npm said. */
export function pinnedPeers(): Kind[] {
  const lock = readFileSync(join(manifestFolder, "package-lock.json"));
  const digest = createHash("sha256").update(lock).digest("hex").slice(0, 12);
  const folder = join(tmpdir(), `thehub-bench-peers-${process.getuid?.() ?? 0}-${digest}`);
  const done = join(folder, "installed");
  if (!existsSync(done)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of ["package.json", "package-lock.json"]) {
      copyFileSync(join(manifestFolder, name), join(folder, name));
    }
    process.stderr.write(`installing peers into ${folder}\n`);
    const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    const { status, stderr, error } = spawnSync("npm", args, { cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`npm ci failed in ${folder}: ${error?.message ?? stderr.trim().slice(-600)}`);
    writeFileSync(done, "");
  }
  return pinned(join(folder, "node_modules")).map(kindOf);
}

function kindOf(launch: Launch): Kind {
  const { name, door, isPinned } = launch;
  return { name, role: "peer", door, isPinned, start: (options) => startPeer(launch, options) };
}

async function startPeer(launch: Launch, options: SubjectOptions): Promise<Subject> {
  const { folder, remove } = scratchFolder();
  const port = await freePort();
  const [file = "", ...args] = coreArgs(options);
  const config = join(folder, "mcp.json");
  const servers = { bench: { command: process.execPath, args: [file, ...args] } };
  writeFileSync(config, JSON.stringify({ mcpServers: servers }));
  const command = launch.command({ port, core: [process.execPath, file, ...args], config });
  const preload = pathToFileURL(join(parts, "loopback.mjs")).href;
  // What it remembers and logs goes where it is thrown away.
  const env = { HOME: folder, XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder, XDG_DATA_HOME: folder };
  const child =
    typeof command === "string"
      ? start(["-c", command], { program: "sh", env })
      : start(["--import", preload, ...command], { env });
  let tool = (native: string): string => native;
  const subject = await listening(
    child,
    { door: launch.door, port, path: launch.path, headers: {} },
    { tool: (native) => tool(native), handshakesWhenIdle: launch.sharesCore, done: remove },
  );
  try {
    tool = await namesOf(subject);
  } catch (error) {
    await subject.stop();
    throw error;
  }
  return subject;
}

/** How it exposes the Core's names; some list nothing until the Core is up. */
async function namesOf(subject: Subject): Promise<(native: string) => string> {
  const limit = performance.now() + startLimitMs;
  for (;;) {
    const link = await subject.open();
    const names = await listTools(link);
    await link.close();
    const echo = names.find((name) => name.endsWith("echo"));
    if (echo !== undefined) {
      const prefix = echo.slice(0, -"echo".length);
      return (native) => prefix + native;
    }
    if (performance.now() > limit) throw new Error(`lists no tool of the Core, but ${names.slice(0, 5).join(", ")}`);
  }
}

// What is measured, behind one interface: the Core directly, the floor, the hub, and published gateways.
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Link, openWebSocketLink, stdioLink, type WebSocketTarget } from "./link.ts";
import { delay, freePort, lastWordsOf, ownPids, start, stop } from "./processes.ts";
import { handshake } from "./session.ts";

export type SubjectName = "direct" | "floor" | "hub" | "floor-stdio" | "hub-stdio" | "supergateway";

export interface Subject {
  readonly name: SubjectName;
  /** A Core's own tool name as this subject exposes it. */
  tool(native: string): string;
  /** A link whose handshake is done. */
  open(): Promise<Link>;
  /** As many idle clients as asked for: initialised sessions where the subject has sessions, bare connections else. */
  openIdle(): Promise<Link>;
  /** Processes that the subject costs, without Cores. Empty for direct. */
  pids(): number[];
  /** Ends every process of it; says how many it left behind, already killed. */
  stop(): Promise<number>;
}

export interface SubjectOptions {
  readonly cores?: number;
  readonly toolsPerCore?: number;
}

const parts = fileURLToPath(new URL(".", import.meta.url));
const root = join(parts, "..", "..");
const coreFile = join(parts, "core.mjs");
const floorFile = join(parts, "floor.mjs");
const gatewayFile = join(root, "bench/peers/node_modules/supergateway/dist/index.js");
export const hubFile = join(root, "dist/cli/main.js");
export const exampleManifest = join(root, "examples/manifests/hub.yaml");

export const hubIsBuilt = (): boolean => existsSync(hubFile);
export const peersAreInstalled = (): boolean => existsSync(gatewayFile);

/** Both are presented in every run, so that checking one and masking both are part of what is measured. */
export const clientToken = "bench-client-token-Zq81LmXv03";
export const coreSecret = "bS7kQ0vXw2Rr9TzLm4NpYc6HdJf1GaEu8KiOtVe5";

const starters: Record<SubjectName, (options: SubjectOptions) => Promise<Subject>> = {
  direct: async (options) => direct(options),
  floor,
  hub,
  "floor-stdio": async (options) =>
    piped("floor-stdio", () => ({ args: [floorFile, "stdio", process.execPath, ...coreArgs(options)] })),
  "hub-stdio": hubStdio,
  supergateway,
};

export function startSubject(name: SubjectName, options: SubjectOptions = {}): Promise<Subject> {
  return starters[name](options);
}

function coreArgs(options: SubjectOptions): string[] {
  return [coreFile, "--tools", String((options.toolsPerCore ?? 8) * (options.cores ?? 1))];
}

function direct(options: SubjectOptions): Subject {
  return { ...piped("direct", () => ({ args: coreArgs(options) })), pids: () => [] };
}

/** A subject on stdio: every client runs one of its own. */
function piped(name: SubjectName, launch: () => { args: string[]; env?: Record<string, string> }): Subject {
  const children = new Set<ChildProcess>();
  async function open(): Promise<Link> {
    const { args, env } = launch();
    const child = start(args, { pipes: true, ...(env === undefined ? {} : { env }) });
    children.add(child);
    const link = stdioLink(child, async () => {
      await stop(child);
      children.delete(child);
    });
    await explained(handshake(link), child);
    return link;
  }
  return {
    name,
    tool: (native) => (name === "hub-stdio" ? `bench__${native}` : native),
    open,
    openIdle: open,
    pids: () => [...children].flatMap((child) => (child.pid === undefined ? [] : ownPids(child.pid))),
    async stop() {
      let left = 0;
      for (const child of children) left += await stop(child);
      return left;
    },
  };
}

/** Adds what the child said on stderr to a failure. */
async function explained<T>(work: Promise<T>, child: ChildProcess): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Error(`${(error as Error).message}; it said: ${lastWordsOf(child).slice(-600) || "nothing"}`);
  }
}

async function floor(options: SubjectOptions): Promise<Subject> {
  const port = await freePort();
  const child = start([floorFile, String(port), process.execPath, ...coreArgs(options)]);
  return listening("floor", child, { port, path: "/mcp", headers: {} }, { sessions: false });
}

async function hub(options: SubjectOptions): Promise<Subject> {
  const port = await freePort();
  const place = hubPlace(options);
  const child = start([hubFile, "serve", "--manifest", place.manifest, "--listen", `127.0.0.1:${port}`], {
    env: place.env,
  });
  const target = { port, path: "/mcp", headers: { Authorization: `Bearer ${clientToken}` } };
  return listening("hub", child, target, { sessions: true, done: place.remove });
}

async function hubStdio(options: SubjectOptions): Promise<Subject> {
  const place = hubPlace(options);
  const subject = piped("hub-stdio", () => ({
    args: [hubFile, "stdio", "--manifest", place.manifest],
    env: place.env,
  }));
  return {
    ...subject,
    async stop() {
      const left = await subject.stop();
      place.remove();
      return left;
    },
  };
}

async function supergateway(options: SubjectOptions): Promise<Subject> {
  const port = await freePort();
  // It would listen on every address: the preload keeps it on loopback.
  const child = start([
    "--import",
    join(parts, "loopback.mjs"),
    gatewayFile,
    "--stdio",
    [process.execPath, ...coreArgs(options)].join(" "),
    "--outputTransport",
    "ws",
    "--port",
    String(port),
    "--logLevel",
    "none",
  ]);
  return listening("supergateway", child, { port, path: "/message", headers: {} }, { sessions: false });
}

/** A subject that listens for WebSockets; resolves once a first client's handshake is done. */
async function listening(
  name: SubjectName,
  child: ChildProcess,
  target: WebSocketTarget,
  facts: { sessions: boolean; done?: () => void },
): Promise<Subject> {
  async function open(): Promise<Link> {
    const link = await openWebSocketLink(target);
    await handshake(link);
    return link;
  }
  const subject: Subject = {
    name,
    tool: (native) => (name === "hub" ? `bench__${native}` : native),
    open,
    openIdle: facts.sessions ? open : () => openWebSocketLink(target),
    pids: () => (child.pid === undefined ? [] : ownPids(child.pid)),
    async stop() {
      const left = await stop(child);
      facts.done?.();
      return left;
    },
  };
  try {
    await explained(untilListening(child, target), child);
  } catch (error) {
    await subject.stop();
    throw error;
  }
  return subject;
}

const startLimitMs = 20_000;

/** Tries to connect until it is let in. The same for every subject, so that starts can be compared. */
async function untilListening(child: ChildProcess, target: WebSocketTarget): Promise<void> {
  const limit = performance.now() + startLimitMs;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`exited ${child.exitCode} before it listened`);
    try {
      const link = await openWebSocketLink(target);
      await link.close();
      return;
    } catch (error) {
      if (performance.now() > limit) throw error;
      await delay(2);
    }
  }
}

/** A manifest and a state folder for one hub, in a folder of their own. */
function hubPlace(options: SubjectOptions) {
  const folder = mkdtempSync(join(tmpdir(), "thehub-bench-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // An interrupted run ends here too.
  process.once("exit", remove);
  const cores = options.cores ?? 1;
  const lines = ["hub:", "  limits: { max_concurrency_per_client: 256, max_queue_per_client: 1024 }", "cores:"];
  for (let n = 0; n < cores; n++) {
    const name = n === 0 ? "bench" : `bench${n + 1}`;
    lines.push(
      `  ${name}:`,
      `    command: ${JSON.stringify(process.execPath)}`,
      `    args: [${JSON.stringify(coreFile)}, "--tools", "${options.toolsPerCore ?? 8}"]`,
      "    secrets: [TOKEN]",
      "    policy: { max_concurrency: 256 }",
    );
  }
  const manifest = join(folder, "hub.yaml");
  writeFileSync(manifest, `${lines.join("\n")}\n`);
  const state = join(folder, "state");
  mkdirSync(state);
  return {
    manifest,
    remove() {
      process.off("exit", remove);
      remove();
    },
    env: {
      HUB_STATE_DIR: state,
      HUB_TOKEN: clientToken,
      HUB_SECRET_TOKEN: coreSecret,
      HUB_SECRET_BENCH_TOKEN: coreSecret,
      HUB_LOG_LEVEL: "warn",
    },
  };
}

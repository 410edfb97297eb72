// What is measured, behind one interface: the Core directly, the floors, the hub. Published gateways: peers.ts.
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openHttpLink, openSseLink } from "./http-link.ts";
import { clientToken, coreArgs, hubPlace } from "./hub-place.ts";
import { type Link, openWebSocketLink, stdioLink, type WebSocketTarget } from "./link.ts";
import { delay, freePort, lastWordsOf, ownPids, start, stop } from "./processes.ts";
import { handshake } from "./session.ts";

export type Door = "stdio" | "websocket" | "http" | "sse";

/** Something that can be measured; a name of a column. */
export interface Kind {
  readonly name: string;
  readonly role: "direct" | "floor" | "hub" | "peer";
  /** How clients reach it. */
  readonly door: Door;
  /** A peer whose version stands in peers/package.json: budgets hold against the best of these. */
  readonly isPinned?: boolean;
  start(options: SubjectOptions): Promise<Subject>;
}

/** One of it, running. */
export interface Subject {
  /** A Core's own tool name as this subject exposes it. */
  tool(native: string): string;
  /** A link whose handshake is done. */
  open(): Promise<Link>;
  /** As many idle clients as asked for: initialised sessions where the subject has sessions, bare connections else. */
  openIdle(): Promise<Link>;
  /** A link of a client of the modern era, which has no handshake; the hub alone has one. */
  openModern?(): Promise<Link>;
  /** The same over HTTP, with the stream of a GET open on its connection. */
  openListening?(): Promise<Link>;
  /** Processes that the subject costs, without Cores. Empty for direct. */
  pids(): number[];
  /** Ends every process of it; says how many it left behind, already killed. */
  stop(): Promise<number>;
}

export interface SubjectOptions {
  readonly cores?: number;
  readonly toolsPerCore?: number;
  /** The hub's Cores speak the modern era alone. */
  readonly isModern?: boolean;
  /** Of the hub: a named client with rules, limits and addresses of its own, or nothing of the kind, not even a token. */
  readonly gates?: "all" | "none";
}

export const parts = fileURLToPath(new URL(".", import.meta.url));
const root = join(parts, "..", "..");
const floorFile = join(parts, "floor.mjs");
export const floorHttpFile = join(parts, "floor-http.mjs");
export const hubFile = join(root, "dist/cli/main.js");
export const exampleManifest = join(root, "examples/manifests/hub.yaml");

export const hubIsBuilt = (): boolean => existsSync(hubFile);

/** In the order of the columns, and of the turns. */
export const ownKinds: readonly Kind[] = [
  { name: "direct", role: "direct", door: "stdio", start: direct },
  { name: "floor", role: "floor", door: "websocket", start: (options) => floor(floorFile, "websocket", options) },
  { name: "hub", role: "hub", door: "websocket", start: (options) => hub("websocket", options) },
  { name: "floor-http", role: "floor", door: "http", start: (options) => floor(floorHttpFile, "http", options) },
  { name: "hub-http", role: "hub", door: "http", start: (options) => hub("http", options) },
  { name: "floor-stdio", role: "floor", door: "stdio", start: floorStdio },
  { name: "hub-stdio", role: "hub", door: "stdio", start: hubStdio },
];

const native = (name: string): string => name;
const ofHub = (name: string): string => `bench__${name}`;

async function direct(options: SubjectOptions): Promise<Subject> {
  return { ...piped(native, () => ({ args: coreArgs(options) })), pids: () => [] };
}

async function floorStdio(options: SubjectOptions): Promise<Subject> {
  return piped(native, () => ({ args: [floorFile, "stdio", process.execPath, ...coreArgs(options)] }));
}

async function hubStdio(options: SubjectOptions): Promise<Subject> {
  const place = hubPlace(options);
  const subject = piped(ofHub, () => ({ args: [hubFile, "stdio", "--manifest", place.manifest], env: place.env }));
  return {
    ...subject,
    async stop() {
      const left = await subject.stop();
      place.remove();
      return left;
    },
  };
}

/** A subject on stdio: every client runs one of its own. */
function piped(
  tool: (name: string) => string,
  launch: () => { args: string[]; env?: Readonly<Record<string, string>> },
): Subject {
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
    tool,
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
export async function explained<T>(work: Promise<T>, child: ChildProcess): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Error(`${(error as Error).message}; it said: ${lastWordsOf(child).slice(-600) || "nothing"}`);
  }
}

async function floor(file: string, door: Door, options: SubjectOptions): Promise<Subject> {
  const port = await freePort();
  const child = start([file, String(port), process.execPath, ...coreArgs(options)]);
  const target = { door, port, path: "/mcp", headers: {} };
  // Over HTTP a connection that never carried a request is no client of anybody yet.
  return listening(child, target, { tool: native, handshakesWhenIdle: door === "http" });
}

async function hub(door: Door, options: SubjectOptions): Promise<Subject> {
  const port = await freePort();
  const place = hubPlace(options);
  const child = start([hubFile, "serve", "--manifest", place.manifest, "--listen", `127.0.0.1:${port}`], {
    env: place.env,
  });
  const target = { door, port, path: "/mcp", headers: { Authorization: `Bearer ${clientToken}` } };
  return listening(child, target, { tool: ofHub, handshakesWhenIdle: true, done: place.remove });
}

export interface Target extends WebSocketTarget {
  readonly door: Door;
}

function connect(target: Target): Promise<Link> {
  if (target.door === "http") return openHttpLink(target);
  return target.door === "sse" ? openSseLink(target) : openWebSocketLink(target);
}

export interface ListeningFacts {
  tool(native: string): string;
  /** Whether idle clients have done their handshake, or are bare connections. */
  readonly handshakesWhenIdle: boolean;
  /** Called when it has stopped. */
  done?(): void;
}

/** A subject that listens; resolves once it lets clients in. */
export async function listening(child: ChildProcess, target: Target, facts: ListeningFacts): Promise<Subject> {
  const { door } = target;
  async function open(): Promise<Link> {
    const link = await connect(target);
    await handshake(link);
    return link;
  }
  const openIdle = facts.handshakesWhenIdle ? open : () => connect(target);
  async function openListening(): Promise<Link> {
    const link = await openHttpLink(target);
    if (facts.handshakesWhenIdle) await handshake(link);
    await link.listen();
    return link;
  }
  const subject: Subject = {
    tool: facts.tool,
    open,
    openIdle,
    ...(door === "http" ? { openListening } : {}),
    openModern: () => (door === "http" ? openHttpLink(target, "modern") : connect(target)),
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

export const startLimitMs = 20_000;

/** Tries to connect until it is let in. The same for every subject, so that starts can be compared. */
async function untilListening(child: ChildProcess, target: Target): Promise<void> {
  const limit = performance.now() + startLimitMs;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`exited ${child.exitCode} before it listened`);
    try {
      const link = await connect(target);
      await link.close();
      return;
    } catch (error) {
      if (performance.now() > limit) throw error;
      await delay(2);
    }
  }
}

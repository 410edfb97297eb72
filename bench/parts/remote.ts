// One call at a time to a Core that is a server elsewhere: through the hub, and with nothing but Node's own HTTP client, to the same server. The
// hub's own share of a call (its door, its relay) is taken out, as the same hub has it with a Core on stdio, beside that Core spoken to directly.
import { Agent, request } from "node:http";
import * as calls from "./calls.ts";
import { clientToken, coreArgs, hubPlace } from "./hub-place.ts";
import type { Link } from "./link.ts";
import { drive } from "./load.ts";
import type { Plan } from "./plan.ts";
import { freePort, start } from "./processes.ts";
import { median } from "./samples.ts";
import { callForText } from "./session.ts";
import { floorHttpFile, hubFile, listening, ownKinds, type Subject } from "./subjects.ts";

export async function remoteLap(
  plan: Plan,
  record: (subject: "floor" | "hub" | "direct", p50: number) => void,
): Promise<void> {
  const running: Subject[] = [];
  try {
    const port = await freePort();
    const server = start([floorHttpFile, String(port), process.execPath, ...coreArgs({})]);
    const native = (name: string) => name;
    const target = { door: "http", port, path: "/mcp", headers: {} } as const;
    running.push(await listening(server, target, { tool: native, handshakesWhenIdle: true }));
    const hub = await hubWith(port);
    running.push(hub);
    const direct = await ownKinds[0]?.start({});
    if (direct === undefined) throw new Error("there is no direct");
    running.push(direct);
    const [own, alone] = [await hub.open(), await direct.open()];
    await arrived(own);
    await warmed(own, alone, plan);
    const measures = {
      bare: () => bareTimes(port, plan),
      far: () => times(own, (name) => `far__${name}`, plan),
      near: () => times(own, (name) => `bench__${name}`, plan),
      without: () => times(alone, native, plan),
    };
    const { bare, far, near, without } = await inTurns(measures, plan.turns);
    record("floor", bare);
    record("hub", far - (near - without));
    record("direct", without);
    await own.close();
    await alone.close();
  } finally {
    for (const subject of running.reverse()) await subject.stop();
  }
}

type Measures = Readonly<Record<"bare" | "far" | "near" | "without", () => Promise<Iterable<number>>>>;

/** The p50 of each, in µs. */
async function inTurns(measures: Measures, turns: number): Promise<Record<keyof Measures, number>> {
  const all = { bare: [] as number[], far: [] as number[], near: [] as number[], without: [] as number[] };
  for (let n = 0; n < turns; n++) {
    for (const [name, measure] of Object.entries(measures)) {
      all[name as keyof Measures].push(...(await measure()));
    }
  }
  return { bare: median(all.bare), far: median(all.far), near: median(all.near), without: median(all.without) };
}

async function hubWith(remotePort: number): Promise<Subject> {
  const port = await freePort();
  const place = hubPlace({}, remotePort);
  const args = [hubFile, "serve", "--manifest", place.manifest, "--listen", `127.0.0.1:${port}`];
  const child = start(args, { env: place.env });
  const headers = { Authorization: `Bearer ${clientToken}` };
  const target = { door: "websocket", port, path: "/mcp", headers } as const;
  return listening(child, target, { tool: (name) => name, handshakesWhenIdle: true, done: place.remove });
}

/** Both Cores answer. */
async function arrived(link: Link): Promise<void> {
  for (const tool of ["far__echo", "bench__echo"]) {
    const answer = await callForText(link, tool, { text: "one" });
    if (answer !== "one") throw new Error(`${tool} said ${answer}`);
  }
}

/** As every subject is before its first turn; the server elsewhere with them. */
async function warmed(own: Link, alone: Link, { warmUpMs }: Plan): Promise<void> {
  const shape = { kind: calls.echo, inFlight: 64, ms: 0, warmUpMs };
  for (const core of ["far", "bench"]) await drive({ ...shape, links: [own], tool: (name) => `${core}__${name}` });
  await drive({ ...shape, links: [alone], tool: (name) => name });
}

async function times(
  link: Link,
  tool: (name: string) => string,
  { turnMs, turnWarmUpMs }: Plan,
): Promise<Float64Array> {
  const load = { links: [link], kind: calls.echo, tool, inFlight: 1, ms: turnMs, warmUpMs: turnWarmUpMs };
  return (await drive(load)).times;
}

/** In µs, as `drive` has its times. */
async function bareTimes(port: number, { turnMs, turnWarmUpMs }: Plan): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const found: number[] = [];
  const begun = performance.now();
  try {
    for (let id = 1; performance.now() - begun < turnMs + turnWarmUpMs; id++) {
      const before = performance.now();
      const nonce = `n${id}`;
      const text = await post(agent, port, call(id, nonce));
      if (!text.includes(nonce)) throw new Error(`the bare client was answered ${text.slice(0, 200)}`);
      if (before - begun >= turnWarmUpMs) found.push((performance.now() - before) * 1000);
    }
  } finally {
    agent.destroy();
  }
  return found;
}

function call(id: number, text: string): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "echo", arguments: { text } } });
}

function post(agent: Agent, port: number, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "content-length": body.length,
    };
    const asked = request({ host: "127.0.0.1", port, path: "/mcp", method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve(text));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

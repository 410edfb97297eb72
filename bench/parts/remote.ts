// One call at a time to a Core that is a server elsewhere: through the hub, and with nothing but Node's own HTTP client, to the same server. The
// hub's own share of a call (its door, its relay) is taken out, as the same hub has it with a Core on stdio, beside that Core spoken to directly.
import { Agent, request } from "node:http";
import * as calls from "./calls.ts";
import { clientToken, coreArgs, hubPlace } from "./hub-place.ts";
import type { Link } from "./link.ts";
import { drive, quantile } from "./load.ts";
import type { Plan } from "./plan.ts";
import { freePort, start } from "./processes.ts";
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
    for (let lap = 0; lap < plan.latencyLaps; lap++) {
      const bare = await bareP50(port, plan);
      const far = await p50(own, (name) => `far__${name}`, plan);
      const near = await p50(own, (name) => `bench__${name}`, plan);
      const without = await p50(alone, native, plan);
      record("floor", bare);
      record("hub", far - (near - without));
      record("direct", without);
    }
    await own.close();
    await alone.close();
  } finally {
    for (const subject of running.reverse()) await subject.stop();
  }
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

/** As every subject is before its first timed row; the server elsewhere with them. */
async function warmed(own: Link, alone: Link, { firstWarmUpMs }: Plan): Promise<void> {
  const shape = { kind: calls.echo, inFlight: 64, ms: 1, warmUpMs: firstWarmUpMs };
  for (const core of ["far", "bench"]) await drive({ ...shape, links: [own], tool: (name) => `${core}__${name}` });
  await drive({ ...shape, links: [alone], tool: (name) => name });
}

async function p50(link: Link, tool: (name: string) => string, { latencyMs: ms }: Plan): Promise<number> {
  globalThis.gc?.();
  const { times } = await drive({
    links: [link],
    kind: calls.echo,
    tool,
    inFlight: 1,
    ms,
    warmUpMs: ms / 4,
    atStart: () => {},
  });
  return quantile(times, 0.5);
}

/** In µs, as `drive` has its times. */
async function bareP50(port: number, { latencyMs }: Plan): Promise<number> {
  globalThis.gc?.();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  const begun = performance.now();
  try {
    for (let id = 1; performance.now() - begun < latencyMs * 1.25; id++) {
      const before = performance.now();
      const nonce = `n${id}`;
      const text = await post(agent, port, call(id, nonce));
      if (!text.includes(nonce)) throw new Error(`the bare client was answered ${text.slice(0, 200)}`);
      if (before - begun >= latencyMs / 4) times.push((performance.now() - before) * 1000);
    }
  } finally {
    agent.destroy();
  }
  times.sort((one, other) => one - other);
  return times[times.length >> 1] ?? Number.NaN;
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

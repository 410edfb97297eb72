// The matrix with Cores that are servers elsewhere, on the official SDKs: Streamable HTTP with sessions, HTTP+SSE (of SDK 2.x by the transport of 1.x), and
// WebSocket. The product is whole here too, as most of its time is waiting: every operation × door × SDK of the client × SDK, link and isolation of the Core.
// The servers are one process for each SDK.
import { after } from "node:test";
import type { ServerProcess } from "../helpers/server-process.ts";
import type { Generation } from "../helpers/two-way-client.ts";
import { startTwoWayServers } from "../helpers/two-way-servers.ts";
import { runMatrix } from "./run-matrix.ts";
import { elsewhere, generations } from "./two-way-cores.ts";

const servers = new Map<Generation, ServerProcess>();
for (const generation of generations) servers.set(generation, await startTwoWayServers(generation));

const serversOf = (generation: Generation): ServerProcess => {
  const found = servers.get(generation);
  if (found === undefined) throw new Error(`no servers of SDK ${generation}`);
  return found;
};

runMatrix(elsewhere, {
  host: (generation) => serversOf(generation).place,
  written: ({ generation }, text) => serversOf(generation).written(text),
});

after(async () => {
  for (const each of servers.values()) await each[Symbol.asyncDispose]();
});

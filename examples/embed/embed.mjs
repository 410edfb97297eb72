// @ts-check
// A hub inside a program: Cores from an object, a client without a network, and a door for everybody else.
import { createHub } from "@ghively/thehub";
import { Client } from "@modelcontextprotocol/client";

const manifest = { cores: { template: { command: "thehub-template-core" } } };
const hub = await createHub(manifest, { env: process.env, log: (line) => process.stderr.write(line) });
try {
  await hub.ready();
  for (const { core, state, tools } of hub.cores()) console.log(`${core} is ${state} with ${tools} tools`);

  // The channel is a Transport of the SDK. Messages are passed on inside this process.
  const client = new Client({ name: "embedding-program", version: "1.0.0" });
  await client.connect(hub.channel());
  const sum = await client.callTool({ name: "template__add", arguments: { a: 2, b: 3 } });
  console.log(JSON.stringify(sum.content));
  await client.close();

  // The network doors for others, here on a free port of this machine only: Streamable HTTP at /mcp, WebSocket, SSE.
  const [address] = await hub.listen("localhost:0");
  console.log(`listening on ${address}`);
} finally {
  // Lets calls finish and stops the Cores.
  await hub.close();
}

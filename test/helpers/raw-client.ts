// A client that does what no SDK does: raw messages over a WebSocket, by one who can be asked.
import { type Message, WsClient } from "./ws-client.ts";

const askable = { sampling: {}, elicitation: { form: {}, url: {} }, roots: { listChanged: true } };

export const rawClient = (url: string, capabilities: object = askable): Promise<WsClient> =>
  WsClient.connect(url, {}, {}, capabilities);

export function respond(client: WsClient, id: unknown, answer: object): void {
  client.socket.send(JSON.stringify({ jsonrpc: "2.0", id, ...answer }));
}

/** What the tool of a fixture wrote as JSON. */
export function told({ result, error }: Message) {
  if (error !== undefined) throw new Error(error.message);
  return JSON.parse(result.content[0].text);
}

export const textOf = ({ result, error }: Message): string => error?.message ?? result.content[0].text;

/** The value of one line of /metrics, 0 where there is none. */
export async function metric(hubUrl: string, name: string): Promise<number> {
  const text = await (await fetch(new URL("/metrics", hubUrl))).text();
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  return Number(line?.split(" ")[1] ?? 0);
}

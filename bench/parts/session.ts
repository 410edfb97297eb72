// One request at a time on a link, with parsed answers: the handshake, lists and the checks around the measured loads.
import { deaf, type Link } from "./link.ts";

const requestTimeoutMs = 30_000;

/** Sends one request and resolves with its parsed result; rejects on an error answer. Other messages are skipped. */
export function request(link: Link, method: string, params: object): Promise<unknown> {
  const id = link.nextId++;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(() => reject(new Error(`no answer to ${method}`))), requestTimeoutMs);
    function settle(act: () => void): void {
      clearTimeout(timer);
      link.listener = deaf;
      act();
    }
    function take(bytes: Buffer): void {
      const message = JSON.parse(bytes.toString("utf8"));
      if (message.id !== id || message.method !== undefined) return;
      if (message.error !== undefined) {
        settle(() => reject(new Error(`${method}: ${JSON.stringify(message.error)}`)));
      } else settle(() => resolve(message.result));
    }
    link.reader.keepWhole = true;
    link.listener = {
      message: (bytes, start, end) => take(bytes.subarray(start, end)),
      long: (message) => message.whole !== undefined && take(message.whole),
      settled() {},
      closed: (reason) => settle(() => reject(new Error(reason))),
    };
    link.write(link.seal(Buffer.from(JSON.stringify({ jsonrpc: "2.0", id, method, params }))).bytes);
  });
}

export async function handshake(link: Link): Promise<void> {
  await request(link, "initialize", {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "thehub-bench", version: "1.0.0" },
  });
  const note = { jsonrpc: "2.0", method: "notifications/initialized" };
  link.write(link.seal(Buffer.from(JSON.stringify(note))).bytes);
}

/** All pages of tools/list, parsed; the names in order. */
export async function listTools(link: Link): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = (await request(link, "tools/list", cursor === undefined ? {} : { cursor })) as {
      tools: { name: string }[];
      nextCursor?: string;
    };
    for (const tool of page.tools) names.push(tool.name);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return names;
}

export async function callForText(link: Link, name: string, input: object): Promise<string> {
  const result = (await request(link, "tools/call", { name, arguments: input })) as {
    content?: { text?: string }[];
  };
  return result.content?.[0]?.text ?? "";
}

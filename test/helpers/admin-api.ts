// Asks a hub's admin API, over TCP or by the private socket of its state folder, with nothing in between.
import { readdir } from "node:fs/promises";
import { type IncomingHttpHeaders, type RequestOptions, request } from "node:http";
import { join } from "node:path";
import { keyOfSocket } from "../../src/base/run-files.ts";
import type { HubProcess } from "./hub-process.ts";

export interface Said {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of all shapes
  readonly body: any;
}

export interface AskOptions {
  readonly token?: string | undefined;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** `http://…` or `unix:/path`. A POST is JSON unless its headers say otherwise. A private socket is shown its key, unless another token is named. */
export async function ask(place: string, method: string, path: string, options: AskOptions = {}): Promise<Said> {
  const { body } = options;
  const key = place.startsWith("unix:") ? await keyOfSocket(place.slice("unix:".length)) : undefined;
  const token = options.token ?? key?.reveal();
  const headers: Record<string, string> = {
    ...(method === "POST" ? { "content-type": "application/json" } : {}),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...options.headers,
  };
  const way: RequestOptions = place.startsWith("unix:")
    ? { socketPath: place.slice("unix:".length) }
    : { hostname: new URL(place).hostname, port: new URL(place).port };
  return new Promise((resolve, reject) => {
    const sent = request({ ...way, method, path, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () => {
        const isJson = response.headers["content-type"] === "application/json" && text !== "";
        const said = isJson ? JSON.parse(text) : undefined;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: said });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** `unix:/path` of the hub's private socket, once it listens. */
export async function privateSocket(hub: HubProcess): Promise<string> {
  await hub.logged("listening");
  const folder = join(hub.folder, "state", "run");
  const name = (await readdir(folder)).find((file) => file.endsWith(".sock"));
  if (name === undefined) throw new Error("the hub has no private socket");
  return `unix:${join(folder, name)}`;
}

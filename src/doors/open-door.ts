// A door that nobody needs a token for, as it is where tokens come from. It protects itself; how much is read of a request is said here.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Asker } from "../identity/asker.ts";
import { smallBody } from "./small-body.ts";

export interface OpenDoor {
  /** What a path takes, as of now; undefined: it is not one of its own. */
  methods(path: string): readonly string[] | undefined;
  /** Answers in any case. */
  handle(request: IncomingMessage, response: ServerResponse, asker: Asker): Promise<void>;
}

export async function askerOf(request: IncomingMessage, path: string, peer: string | undefined): Promise<Asker> {
  const { url = "", method } = request;
  const at = url.indexOf("?");
  const query = new URLSearchParams(at < 0 ? "" : url.slice(at + 1));
  return { path, query, peer, body: method === "POST" ? await smallBody(request) : Buffer.alloc(0) };
}

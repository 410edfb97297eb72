// The admin API over HTTP, at `/api` and below. Who comes here is an admin: the router has seen to that. Requests that change
// something must be ones that no page of another origin can send by itself (docs/decisions/0015-admin.md).
import type { IncomingMessage, ServerResponse } from "node:http";
import { HubError } from "../base/errors.ts";
import { BodyReader } from "../doors/http/body.ts";
import { isEncoded, isJson } from "../doors/http/negotiate.ts";
import type { WebDoor } from "../doors/http-router.ts";
import type { DoorLog, Guest } from "../doors/port.ts";
import { errorReply, jsonReply, type Reply, refuse, writeReply } from "../doors/reply.ts";
import { type AdminDeps, type Answer, type Endpoint, endpoints } from "./endpoints.ts";

export interface AdminDoorDeps extends AdminDeps {
  readonly log: DoorLog;
  /** Everything that leaves goes through it. */
  mask(text: string): string;
}

/** No request has more to say than that it is one. */
const bodyLimits = { maxMessageBytes: 4096, maxIncomingBytes: 4096 * 1024 };

interface Asked {
  readonly endpoint: Endpoint;
  readonly name: string;
  readonly guest: Guest;
}

export class AdminDoor implements WebDoor {
  readonly methods: readonly string[] = ["GET", "HEAD", "POST", "DELETE"];
  readonly access = "admin";
  readonly subpaths = true;
  readonly #deps: AdminDoorDeps;
  readonly #bodies = new BodyReader(bodyLimits);

  constructor(deps: AdminDoorDeps) {
    this.#deps = deps;
  }

  handle(request: IncomingMessage, response: ServerResponse, guest: Guest, path: string): void {
    const found = endpointAt(request.method ?? "", path);
    if ("status" in found) {
      refuse(request, response, found);
      return;
    }
    const asked = { ...found, guest };
    if (asked.endpoint.method !== "POST") {
      request.resume();
      void this.#answer(asked, response);
      return;
    }
    if (!isJson(request.headers["content-type"]) || isEncoded(request.headers)) {
      refuse(request, response, notJson);
      return;
    }
    this.#bodies.read(request, (body) => {
      const refusal = typeof body === "string" ? withOptions : bodyRefusal(Buffer.concat(body.chunks).toString("utf8"));
      if (refusal === undefined) void this.#answer(asked, response);
      else writeReply(response, refusal);
    });
  }

  /** Never rejects. A client that leaves meanwhile has not taken back what it asked for. */
  async #answer(asked: Asked, response: ServerResponse): Promise<void> {
    const { status, body } = await this.#run(asked);
    const reply = jsonReply(body, status);
    writeReply(response, { ...reply, body: this.#deps.mask(reply.body) });
  }

  async #run({ endpoint, name, guest }: Asked): Promise<Answer> {
    const { log } = this.#deps;
    const isChange = endpoint.method !== "GET";
    const facts = {
      action: `${endpoint.method} /api/${endpoint.path}`,
      name,
      by: guest.principal.name,
      peer: guest.peer,
    };
    if (isChange) log.info("admin_request", facts);
    try {
      const answer = await endpoint.run(this.#deps, name);
      if (isChange) log.info("admin_request_done", { ...facts, status: answer.status, ...outcomeOf(answer) });
      return answer;
    } catch (error) {
      const failure = HubError.from(error);
      if (failure.code === "internal") log.warn("admin_request_failed", { ...facts, error });
      else if (isChange)
        log.info("admin_request_done", { ...facts, status: failure.facts.http, outcome: failure.code });
      const { code, message } = failure;
      return { status: failure.facts.http, body: { error: { code, message } } };
    }
  }
}

/** The endpoint, with the name in its path; or what to refuse the request with. */
function endpointAt(method: string, path: string): { endpoint: Endpoint; name: string } | Reply {
  const parts = path.split("/").slice(2);
  const here = endpoints.filter((endpoint) => matches(endpoint, parts));
  if (here.length === 0) return nothingHere;
  const endpoint = here.find((one) => one.method === (method === "HEAD" ? "GET" : method));
  if (endpoint === undefined) {
    const allow = here.map((one) => one.method).join(", ");
    return errorReply("request_invalid", `${path} takes ${allow} only`, { status: 405, headers: { allow } });
  }
  const at = endpoint.path.split("/").indexOf(":name");
  const name = at < 0 ? "" : decoded(parts[at] ?? "");
  return name === undefined ? nothingHere : { endpoint, name };
}

function matches({ path }: Endpoint, parts: readonly string[]): boolean {
  const wanted = path === "" ? [] : path.split("/");
  return wanted.length === parts.length && wanted.every((part, at) => part === ":name" || part === parts[at]);
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** An option that nothing heeds must not seem to be heeded. */
function bodyRefusal(text: string): Reply | undefined {
  if (text.trim() === "") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const isEmpty =
      typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
    return isEmpty ? undefined : withOptions;
  } catch {
    return errorReply("parse_error", "the body is not JSON; send none, or {}");
  }
}

function outcomeOf({ body }: Answer): object {
  return "outcome" in body ? { outcome: body.outcome } : {};
}

const nothingHere = errorReply("name_unknown", "the admin API has nothing here; GET /api lists what it has");
const notJson = errorReply("request_invalid", "send Content-Type: application/json, which no foreign web page can", {
  status: 415,
  headers: { accept: "application/json" },
});
const withOptions = errorReply("request_invalid", "this takes no options; send no body, or {}");

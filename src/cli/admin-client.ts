// The admin API of a running hub, for the commands that speak to it: finds the hub, asks it, and says in words what is wrong.
import { request as httpRequest, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { type ErrorCode, errorTable, HubError } from "../base/errors.ts";
import { keyOfSocket } from "../base/run-files.ts";
import type { Secret } from "../base/secret.ts";
import { hubWords } from "../connect/words.ts";
import { lossOfError } from "../links/losses.ts";
import { variable } from "../manifest/environment.ts";
import { resolveHub } from "../manifest/resolve.ts";
import { resolveSettings } from "../manifest/settings.ts";
import { readConnectSettings } from "./connect-settings.ts";
import { type AdminWays, findAdminWays, type Way, waysOfVariable } from "./hub-targets.ts";
import { findStateDir } from "./state-dir.ts";
import type { Terminal } from "./terminal.ts";

export interface AdminOptions {
  readonly url?: string;
  readonly tokenEnv?: string;
  readonly tokenFile?: string;
  readonly json?: boolean;
}

/** What the hub said. `body` is an object; `error` is its refusal, where it is one. */
export interface AdminAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly error: HubError | undefined;
}

/** One hub, and how to come to it. */
interface Place {
  /** For people. */
  readonly name: string;
  /** Tried in turn, until somebody answers. */
  readonly ways: readonly RequestOptions[];
  readonly isTls: boolean;
  /** What stands before `/api`. */
  readonly basePath: string;
  readonly token: Secret | undefined;
  /** Where the token came from. */
  readonly credential: string | undefined;
}

const maxAnswerBytes = 64 * 1024 * 1024;
/** A question is answered at once. What is to be done takes as long as it takes: a drain waits for the longest call. */
const questionMs = 10_000;

export class AdminClient {
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  /** `path`: behind `/api/`. Rejects with a HubError when no hub answers, or not with its API. */
  async ask(method: "GET" | "POST" | "DELETE", path: string): Promise<AdminAnswer> {
    const { name, ways, credential } = this.#place;
    let failure: NodeJS.ErrnoException | undefined;
    for (const way of ways) {
      try {
        const { status, text } = await this.#send(way, method, path);
        return this.#read(status, text);
      } catch (error) {
        if (error instanceof HubError) throw error;
        failure ??= error as NodeJS.ErrnoException;
      }
    }
    throw new HubError(
      "hub_unreachable",
      lossOfError(failure ?? new Error("no address"), { name, credential, way: "http", words: hubWords }).reason,
    );
  }

  #send(way: RequestOptions, method: string, path: string): Promise<{ status: number; text: string }> {
    const { isTls, basePath, token } = this.#place;
    const headers: Record<string, string> = { accept: "application/json", connection: "close" };
    if (token !== undefined) headers["authorization"] = `Bearer ${token.reveal()}`;
    if (method === "POST") headers["content-type"] = "application/json";
    // A name that no HUB_ALLOW_HOSTS refuses, for a hub that is found by its address on this machine.
    if (way.hostname === undefined) headers["host"] = "localhost";
    const signal = method === "GET" ? AbortSignal.timeout(questionMs) : undefined;
    const options = {
      ...way,
      method,
      path: `${basePath}/api/${path}`,
      headers,
      agent: false,
      ...(signal && { signal }),
    };
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => {
        reject(signal?.aborted === true ? new Error(`no answer within ${questionMs} ms`) : error);
      };
      const sent = (isTls ? httpsRequest : httpRequest)(options, (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > maxAnswerBytes) response.destroy(new Error("the answer is too long for a hub's"));
          else chunks.push(chunk);
        });
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") });
        });
        response.on("error", fail);
      });
      sent.on("error", fail);
      sent.end();
    });
  }

  #read(status: number, text: string): AdminAnswer {
    const { name, credential } = this.#place;
    const body = parsed(text);
    if (body === undefined) {
      throw new HubError("hub_unreachable", `what answers at ${name} is not a hub's admin API (status ${status})`);
    }
    if (status < 400) return { status, body, error: undefined };
    const { code, message } = (body["error"] ?? {}) as { code?: unknown; message?: unknown };
    const said = typeof message === "string" ? message : `status ${status}`;
    if (code === "unauthenticated") {
      const fix = "put the token of an admin into HUB_TOKEN, or name its variable with --token-env";
      const whose =
        credential === undefined ? `wants a token: ${fix}` : `does not take the token of ${credential}: ${fix}`;
      throw new HubError("unauthenticated", `the hub at ${name} ${whose}`);
    }
    if (code === "name_unknown" && said.startsWith("nothing is here")) {
      const moved = "HUB_ADMIN_LISTEN may have moved it to an address of its own, which --url takes";
      throw new HubError("name_unknown", `the hub at ${name} has no admin API there: ${moved}`);
    }
    const known = typeof code === "string" && Object.hasOwn(errorTable, code) ? (code as ErrorCode) : "internal";
    return { status, body, error: new HubError(known, said) };
  }
}

/** Finds the hub: `--url` or HUB_URL, else one that runs here. Rejects with a HubError that says how to name it. */
export async function findAdmin(terminal: Terminal, options: AdminOptions): Promise<AdminClient> {
  const url = options.url ?? variable(terminal.env, "HUB_URL");
  const settings = await readConnectSettings(terminal, url ?? "http://localhost", options);
  if (settings.t === "invalid") {
    const said = settings.problems.filter(({ severity }) => severity === "error");
    const lines = said.map(({ path, message, hint }) => `${path === "URL" ? "--url" : path}: ${message}; ${hint}`);
    throw new HubError("usage", lines.join("\n"));
  }
  const { token, credential, target } = settings.settings;
  const byToken = { token, credential };
  if (url !== undefined) {
    const { protocol, host, hostname, port, pathname } = new URL(target.url);
    const { socketPath } = target;
    const isTls = protocol === "wss:" || protocol === "https:";
    const basePath = basePathOf(pathname);
    const way: RequestOptions =
      socketPath === undefined
        ? { hostname: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? (isTls ? 443 : 80) : Number(port) }
        : { socketPath };
    const name = socketPath === undefined ? `${isTls ? "https" : "http"}://${host}${basePath}` : target.name;
    return new AdminClient({ name, ways: [way], isTls, basePath, ...(await ownKey(socketPath, byToken)) });
  }
  const local = (name: string, ways: readonly Way[], who: Pick<Place, "token" | "credential">) => {
    return new AdminClient({ name, ways: ways.map((way) => ({ ...way })), isTls: false, basePath: "", ...who });
  };
  const stateDir = await stateDirOf(terminal);
  let unreadable: HubError | undefined;
  const { hubs, others } = await findAdminWays(stateDir).catch((error): AdminWays => {
    unreadable = HubError.from(error);
    return { hubs: [], others: [] };
  });
  if (hubs.length > 1) {
    const list = hubs.map(({ pid, name }) => `  --url ${name} (process ${pid})`).join("\n");
    throw new HubError("usage", `${hubs.length} hubs run here; name one:\n${list}`);
  }
  const [hub] = hubs;
  if (hub !== undefined) {
    const [way] = hub.ways;
    const socketPath = way !== undefined && "socketPath" in way ? way.socketPath : undefined;
    const without = hub.needsToken ? byToken : { token: undefined, credential: undefined };
    return local(hub.name, hub.ways, await ownKey(socketPath, without));
  }
  for (const name of ["HUB_ADMIN_LISTEN", "HUB_LISTEN"]) {
    const targets = waysOfVariable(terminal, name);
    const ways = targets.flatMap((target) => target.ways);
    if (ways.length > 0) return local(targets.map(({ address }) => address).join(", "), ways, byToken);
  }
  if (unreadable !== undefined) throw unreadable;
  const stdio = others.map((pid) => `; process ${pid} serves one client on STDIO, and has no admin API`).join("");
  throw new HubError(
    "hub_unreachable",
    `no hub is running, by the state folder ${stateDir}${stdio}; start one with thehub serve, set HUB_STATE_DIR as it has it, or name ` +
      "it: --url http://HOST:PORT (or HUB_URL), with its token in HUB_TOKEN",
  );
}

/** A hub's private socket has a key of its own, in the file beside it. */
async function ownKey(
  socketPath: string | undefined,
  otherwise: Pick<Place, "token" | "credential">,
): Promise<Pick<Place, "token" | "credential">> {
  const token = socketPath === undefined ? undefined : await keyOfSocket(socketPath);
  return token === undefined ? otherwise : { token, credential: `the file beside ${socketPath}` };
}

/** A manifest that is wrong must not keep anybody from asking the hub that runs on the one before. */
async function stateDirOf(terminal: Terminal): Promise<string> {
  try {
    return await findStateDir(terminal);
  } catch {
    const places = ["XDG_STATE_HOME", "LOCALAPPDATA", "HOME"].map((name) => [name, terminal.env[name]]);
    const resolved = resolveSettings({ env: Object.fromEntries(places), cwd: terminal.cwd, hub: resolveHub({}, "") });
    if (resolved.t === "ok") return resolved.settings.stateDir;
    throw new HubError("usage", "set HUB_STATE_DIR to the folder that the hub has");
  }
}

/** People name the address of an MCP client: its path is beside the API's. */
function basePathOf(pathname: string): string {
  return pathname.replace(/\/+$/, "").replace(/\/(mcp|ws|sse|api)$/, "");
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

// What a hub must be told of a client that it meets again: the client's own initialize, the log level it asked for, and the resources that
// it waits for news of.
import { notificationFrame } from "../relay/answers.ts";
import { type ByteString, type Frame, frameOf } from "../wire/frame.ts";

/** Lists that the client was told it would hear of. */
const lists = ["tools", "resources", "prompts"] as const;

/** What a later hub must know of, once it was granted. */
export const lastingMethods: ReadonlySet<string> = new Set([
  "initialize",
  "logging/setLevel",
  "resources/subscribe",
  "resources/unsubscribe",
]);

/** As many as a hub takes of one client; params of any sensible size. */
const maxSubscriptions = 1024;
const maxParamsBytes = 16 * 1024;

interface Told {
  readonly protocolVersion: string;
  readonly lists: readonly (typeof lists)[number][];
}

interface InitializeResult {
  readonly protocolVersion?: unknown;
  readonly capabilities?: Readonly<Record<string, { readonly listChanged?: unknown } | null>> | null;
}

export class Handshake {
  /** What the client was answered first; it is not told anything else later. */
  #told: Told | undefined;
  #initialize: Buffer | undefined;
  #level: Buffer | undefined;
  /** By uri, the params of resources/subscribe. */
  readonly #subscriptions = new Map<string, Buffer>();
  /** The client has sent notifications/initialized. */
  initialized = false;

  /** The client's initialize was answered: `params` and `result` as JSON. Returns the revision. */
  learn(params: Buffer, result: Buffer): string {
    if (this.#told !== undefined) return this.revision;
    const { protocolVersion, capabilities } = read(result);
    this.#initialize = params;
    this.#told = {
      protocolVersion: String(protocolVersion),
      lists: lists.filter((name) => capabilities?.[name]?.listChanged === true),
    };
    return this.revision;
  }

  /** What the client was told; "" before. */
  get revision(): string {
    return this.#told?.protocolVersion ?? "";
  }

  /** A request of the client with one of `lastingMethods` other than initialize was granted: `params` as JSON. */
  granted(method: string, params: Buffer): void {
    if (method === "logging/setLevel") this.#level = params;
    else {
      const uri = uriIn(params);
      if (uri === undefined) return;
      if (method === "resources/unsubscribe") this.#subscriptions.delete(uri);
      else if (this.#subscriptions.size < maxSubscriptions) this.#subscriptions.set(uri, params);
    }
  }

  /** The params of each resources/subscribe that counts. */
  get subscriptions(): readonly Buffer[] {
    return [...this.#subscriptions.values()];
  }

  /** The params of the client's initialize, once it was answered. */
  get initialize(): Buffer | undefined {
    return this.#initialize;
  }

  /** The params of the logging/setLevel that counts. */
  get level(): Buffer | undefined {
    return this.#level;
  }

  /** What is wrong with the new hub's answer to initialize: the client cannot be told another revision any more. */
  mismatch(result: Buffer): string | undefined {
    const { protocolVersion } = read(result);
    if (String(protocolVersion) === this.#told?.protocolVersion) return undefined;
    return `the hub now speaks ${String(protocolVersion).slice(0, 32)}, and the client ${this.#told?.protocolVersion}`;
  }

  /** What tells the client to list again, and to read again what it waits for news of. */
  get changes(): readonly Frame[] {
    const changed = this.#told?.lists.map((name) => notificationFrame(`notifications/${name}/list_changed`)) ?? [];
    const uris = [...this.#subscriptions.keys()];
    return [...changed, ...uris.map((uri) => notificationFrame("notifications/resources/updated", { uri }))];
  }
}

function uriIn(params: Buffer): string | undefined {
  if (params.length > maxParamsBytes) return undefined;
  const { uri } = JSON.parse(params.toString("utf8")) as { uri?: unknown };
  return typeof uri === "string" ? uri : undefined;
}

/** Whatever was answered: a large result is not even checked to be JSON before it comes here. */
function read(result: Buffer): InitializeResult {
  try {
    return (JSON.parse(result.toString("utf8")) ?? {}) as InitializeResult;
  } catch {
    return {};
  }
}

/** A request of these params, as they were written. */
export function requestFrame(idText: ByteString, method: string, params: Buffer): Frame {
  const head = Buffer.from(`{"jsonrpc":"2.0","id":${idText},"method":"${method}","params":`, "latin1");
  return frameOf(Buffer.concat([head, params, Buffer.from("}")]));
}

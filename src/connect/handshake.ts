// What a hub must be told of a client that it meets again: the client's own initialize, and the log level it asked for.
import { type ByteString, type Frame, frameOf } from "../wire/frame.ts";

/** Lists that the client was told it would hear of. */
const lists = ["tools", "resources", "prompts"] as const;

interface Told {
  readonly protocolVersion: string;
  readonly lists: readonly (typeof lists)[number][];
}

interface InitializeResult {
  readonly protocolVersion?: unknown;
  readonly capabilities?: Readonly<Record<string, { readonly listChanged?: unknown } | undefined>>;
}

export class Handshake {
  /** What the client was answered first; it is not told anything else later. */
  #told: Told | undefined;
  #initialize: Buffer | undefined;
  #level: Buffer | undefined;
  /** The client has sent notifications/initialized. */
  initialized = false;

  /** The client's initialize was answered: `params` and `result` as JSON. Returns the revision. */
  learn(params: Buffer, result: Buffer): string {
    if (this.#told !== undefined) return this.revision;
    const { protocolVersion, capabilities = {} } = read(result);
    this.#initialize = params;
    this.#told = {
      protocolVersion: String(protocolVersion),
      lists: lists.filter((name) => capabilities[name]?.listChanged === true),
    };
    return this.revision;
  }

  /** What the client was told; "" before. */
  get revision(): string {
    return this.#told?.protocolVersion ?? "";
  }

  /** The client's logging/setLevel was granted: `params` as JSON. */
  learnLevel(params: Buffer): void {
    this.#level = params;
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

  /** What tells the client to list again. */
  get changes(): readonly string[] {
    return this.#told?.lists.map((name) => `notifications/${name}/list_changed`) ?? [];
  }
}

/** A large result is not checked to be JSON before it comes here. */
function read(result: Buffer): InitializeResult {
  try {
    return JSON.parse(result.toString("utf8")) as InitializeResult;
  } catch {
    return {};
  }
}

/** A request of these params, as they were written. */
export function requestFrame(idText: ByteString, method: string, params: Buffer): Frame {
  const head = Buffer.from(`{"jsonrpc":"2.0","id":${idText},"method":"${method}","params":`, "latin1");
  return frameOf(Buffer.concat([head, params, Buffer.from("}")]));
}

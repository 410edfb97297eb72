// What users of the package see. Types only, and nothing imported: the build passes this file on as the package's types.

/** A manifest: the path of a YAML file or of a folder of them, or what such a file says, as an object. */
export type ManifestInput = string | Readonly<Record<string, unknown>>;

/** Time. Only for tests: the system's is used when none is given. */
export interface HubClock {
  /** Monotonic milliseconds; only differences mean something. */
  now(): number;
  /** Wall time, ISO 8601 in UTC. */
  iso(): string;
  /** Runs `run` once after `ms`, and does not keep the process alive for it. */
  after(ms: number, run: () => void): { cancel(): void };
}

export interface HubDeps {
  /**
   * Where settings (`HUB_*`), secrets and the PATH of Cores come from: the process's environment, usually. Cores are given a minimal
   * part of it, and what the manifest names.
   */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relative paths start; the process's own folder when absent. */
  readonly cwd?: string;
  /** Gets every log line: JSON with a newline, masked. Without it nothing is logged. */
  readonly log?: (line: string) => void;
  readonly clock?: HubClock;
}

/** What a Core offers and how it is. */
export interface CoreStatus {
  readonly core: string;
  /** `idle`, `starting`, `up`, `backoff` (down, to be started again), `failed` (stays down), `draining` or `stopped`. */
  readonly state: string;
  /** Hidden ones included. */
  readonly tools: number;
  readonly prompts: number;
  readonly resources: number;
  /** Why it is not up, with its last words on stderr. */
  readonly trouble?: string;
}

/**
 * A client's end inside the process, shaped as a Transport of the MCP SDKs: `await client.connect(hub.channel())`. It sees
 * everything that the manifest's policies let any client see.
 */
export interface HubChannel {
  // biome-ignore lint/suspicious/noExplicitAny: each SDK sets a handler that takes its own type of message
  onmessage?: ((message: any) => void) | undefined;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  start(): Promise<void>;
  /** One JSON-RPC message. */
  send(message: object): Promise<void>;
  close(): Promise<void>;
}

export interface EmbeddedHub {
  /** Resolves once every Core is up, or has failed at least once. Clients need not wait for it. */
  ready(): Promise<void>;
  cores(): readonly CoreStatus[];
  channel(): HubChannel;
  /**
   * Opens the network doors, once: on `HUB_LISTEN`, the manifest's `hub.listen`, or what is given (`localhost:0`, `:3000`,
   * `unix:/run/hub.sock`). Resolves with the addresses, ports filled in. Beyond this machine it rejects without a token.
   */
  listen(addresses?: string | readonly string[]): Promise<readonly string[]>;
  /** Lets calls finish, closes channels and doors, and stops the Cores: no process of the hub is left. */
  close(): Promise<void>;
}

/** What `createHub` and `listen` reject with: `message` names the thing and the fix. */
export interface HubFailure extends Error {
  /** A code of docs/errors.md: `manifest_invalid`, `usage`, … */
  readonly code: string;
}

/**
 * Starts the Cores of a manifest in this process. Rejects with a HubFailure when the manifest or a setting is wrong; a Core
 * that does not start is no failure of the hub. Call `close` before the process ends.
 */
export type CreateHub = (manifest: ManifestInput, deps: HubDeps) => Promise<EmbeddedHub>;

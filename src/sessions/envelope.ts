// What a request of the modern era says of itself in `params._meta` (MCP 2026-07-28): nothing of it is remembered for the next one.
import type { ClientCapabilities } from "../base/client-capabilities.ts";
import type { LogLevel } from "./log-level.ts";

export interface ClientInfo {
  readonly name: string;
  readonly version: string;
}

/** The same object for requests that say the same. */
export interface Envelope {
  readonly revision: string;
  /** Empty words where the client does not say who it is. */
  readonly client: ClientInfo;
  /** What the client can be asked, for this request. */
  readonly capabilities: ClientCapabilities;
  /** The least severe log message that may be sent for this request; undefined: none. */
  readonly logLevel: LogLevel | undefined;
}

// What the modern era reserves in `_meta`: who asks, in which revision, and what that client can be asked. It is per hop: the hub says it anew.
import { revisionKey } from "./era-claim.ts";
import { latestModernRevision } from "./revisions.ts";

export const reservedPrefix = "io.modelcontextprotocol/";

/** The extension by which a call may go on as a task (SEP-2663). */
export const tasksExtension = "io.modelcontextprotocol/tasks";

export const metaKeys = {
  protocolVersion: revisionKey,
  clientInfo: "io.modelcontextprotocol/clientInfo",
  clientCapabilities: "io.modelcontextprotocol/clientCapabilities",
  logLevel: "io.modelcontextprotocol/logLevel",
  serverInfo: "io.modelcontextprotocol/serverInfo",
  subscriptionId: "io.modelcontextprotocol/subscriptionId",
  /** Of the legacy era too: the task that a message belongs to. */
  relatedTask: "io.modelcontextprotocol/related-task",
} as const;

/** Of a request of the hub itself: it can be asked nothing. `extensions`: what it is about, where it is about one. */
export function ownRequestMeta(hubVersion: string, extensions?: object): Readonly<Record<string, unknown>> {
  return {
    [metaKeys.protocolVersion]: latestModernRevision,
    [metaKeys.clientInfo]: { name: "thehub", version: hubVersion },
    [metaKeys.clientCapabilities]: extensions === undefined ? {} : { extensions },
  };
}

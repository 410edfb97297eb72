// The first words of both eras, answered by the hub itself from what it has: never forwarded to a Core.

import { type ClientCapabilities, capabilitiesOf } from "../base/client-capabilities.ts";
import { HubError } from "../base/errors.ts";
import { listTtlMs } from "../catalog/listing.ts";
import type { ClientInfo } from "../sessions/envelope.ts";
import { metaKeys, tasksExtension } from "../wire/request-meta.ts";
import { hasTasks, isLegacyRevision, latestLegacyRevision, modernRevisions } from "../wire/revisions.ts";

export interface HubIdentity {
  readonly name: string;
  readonly version: string;
}

export interface Greeting {
  readonly revision: string;
  readonly client: ClientInfo;
  readonly capabilities: ClientCapabilities;
}

/** Reads initialize's params; refuses what no revision allows. An unknown revision gets the latest one as the counter-offer. */
export function readInitialize(params: Buffer | undefined): Greeting {
  const value: unknown = params === undefined ? undefined : JSON.parse(params.toString("utf8"));
  const { protocolVersion, clientInfo, capabilities } = (value ?? {}) as Record<string, unknown>;
  if (typeof protocolVersion !== "string") {
    throw new HubError("params_invalid", "initialize needs params.protocolVersion, a string such as 2025-11-25");
  }
  const info = (typeof clientInfo === "object" && clientInfo !== null ? clientInfo : {}) as Record<string, unknown>;
  return {
    revision: isLegacyRevision(protocolVersion) ? protocolVersion : latestLegacyRevision,
    client: { name: shortText(info["name"]), version: shortText(info["version"]) },
    capabilities: capabilitiesOf(capabilities),
  };
}

/**
 * What the hub can do, whatever Cores are up just now: lists change with the Cores, completion is always answerable, and log levels are
 * kept per session.
 */
function hubCapabilities(): object {
  return {
    tools: { listChanged: true },
    resources: { listChanged: true, subscribe: true },
    prompts: { listChanged: true },
    completions: {},
    logging: {},
  };
}

export function serverInfo({ name, version }: HubIdentity): object {
  return { name, title: "TheHub", version };
}

/** The result of initialize. */
export function initializeResult(revision: string, hub: HubIdentity, instructions: string): object {
  const tasks = { list: {}, cancel: {}, requests: { tools: { call: {} } } };
  return {
    protocolVersion: revision,
    capabilities: { ...hubCapabilities(), ...(hasTasks(revision) ? { tasks } : {}) },
    serverInfo: serverInfo(hub),
    ...(instructions === "" ? {} : { instructions }),
  };
}

/** The result of server/discover (2026-07-28). The revisions are those that need no handshake; the others are agreed on by initialize. */
export function discoverResult(hub: HubIdentity, instructions: string): object {
  return {
    resultType: "complete",
    supportedVersions: modernRevisions,
    capabilities: { ...hubCapabilities(), extensions: { [tasksExtension]: {} } },
    ...(instructions === "" ? {} : { instructions }),
    ttlMs: listTtlMs,
    cacheScope: "private",
    _meta: { [metaKeys.serverInfo]: serverInfo(hub) },
  };
}

export function shortText(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 128) : "";
}

// What a Core's answer to `server/discover` says of its era. Pure. Only a result that names a revision the hub speaks makes a Core modern: servers of
// the other era answer unknown methods in every way there is, and some say that they know this one.
import { metaKeys } from "../wire/request-meta.ts";
import { type Era, isLegacyRevision, isModernRevision, latestModernRevision } from "../wire/revisions.ts";
import { type Greeting, unsupported } from "./handshake.ts";
import { CoreRefusal } from "./own-requests.ts";

export type Discovery =
  | { readonly t: "modern"; readonly greeting: Greeting }
  /** Not modern, as far as it says: the handshake shows what it is. */
  | { readonly t: "legacy" }
  /** `reason` follows the Core's name. */
  | { readonly t: "unsupported"; readonly reason: string };

const legacy: Discovery = { t: "legacy" };

export function readDiscovery(result: Buffer): Discovery {
  let value: unknown;
  try {
    value = JSON.parse(result.toString("utf8"));
  } catch {
    return legacy;
  }
  if (!isObject(value)) return legacy;
  const { supportedVersions, capabilities, instructions, _meta } = value;
  if (!Array.isArray(supportedVersions) || !supportedVersions.includes(latestModernRevision)) return legacy;
  const serverInfo = isObject(_meta) ? _meta[metaKeys.serverInfo] : undefined;
  return {
    t: "modern",
    greeting: {
      protocolVersion: latestModernRevision,
      capabilities: isObject(capabilities) ? capabilities : {},
      serverInfo: isObject(serverInfo) ? serverInfo : {},
      instructions: typeof instructions === "string" ? instructions : undefined,
    },
  };
}

/** -32022 is how a Core says that it knows none of the versions asked for, and which it does know. */
export const unsupportedVersionCode = -32022;
const methodUnknownCode = -32601;

export function readRefusal(error: CoreRefusal): Discovery {
  if (error.rpcCode !== unsupportedVersionCode) return legacy;
  const supported = supportedIn(error);
  const isSpoken = supported.some((version) => isLegacyRevision(version) || isModernRevision(version));
  if (supported.length === 0 || isSpoken) return legacy;
  return { t: "unsupported", reason: unsupported(supported.map((version) => JSON.stringify(version)).join(", ")) };
}

/** Whether this refusal of `initialize` says that the Core is one of the modern era. */
export function isModernOnly(error: unknown): boolean {
  return (
    error instanceof CoreRefusal &&
    error.rpcCode === unsupportedVersionCode &&
    supportedIn(error).some((version) => isModernRevision(version))
  );
}

/** Whether a Core that is up in this era refuses what is always answered in it as those of the other era do. */
export function isOfOtherEra({ rpcCode }: CoreRefusal, era: Era): boolean {
  return rpcCode === unsupportedVersionCode || (era === "modern" && rpcCode === methodUnknownCode);
}

function supportedIn({ rpcData }: CoreRefusal): readonly string[] {
  const supported = isObject(rpcData) ? rpcData["supported"] : undefined;
  return Array.isArray(supported) ? supported.filter((version) => typeof version === "string") : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

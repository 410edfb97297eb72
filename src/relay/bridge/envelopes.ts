// Reads what requests of the modern era say of themselves (MCP 2026-07-28, RequestMetaObject). The same words are read once.
import { capabilitiesOf } from "../../base/client-capabilities.ts";
import { HubError } from "../../base/errors.ts";
import { keepFew } from "../../base/keep-few.ts";
import type { Envelope } from "../../sessions/envelope.ts";
import { type LogLevel, logLevelNames, logLevelOf } from "../../sessions/log-level.ts";
import { revisionKey } from "../../wire/era-claim.ts";
import type { MessageReader } from "../../wire/message-reader.ts";
import { ByMeta } from "../../wire/meta.ts";
import { isModernRevision, modernRevisions } from "../../wire/revisions.ts";
import { shortText } from "../initialize.ts";

const clientKey = "io.modelcontextprotocol/clientInfo";
const capabilitiesKey = "io.modelcontextprotocol/clientCapabilities";
const levelKey = "io.modelcontextprotocol/logLevel";

/** Those that are remembered by what they say, and the longest of them. */
const maxKnown = 256;
const maxKnownChars = 4096;

export class Envelopes {
  readonly #byMeta = new ByMeta<Envelope>();
  /** By what they say: the same may be written in several ways. */
  readonly #bySense = new Map<string, Envelope>();

  /** Undefined for a message that does not claim to be of the modern era. Throws HubError for what is missing in one that does, or not known. */
  read(message: Pick<MessageReader, "meta" | "bytes" | "scan">): Envelope | undefined {
    const { meta, scan } = message;
    if (meta?.claim === undefined) return undefined;
    const known = this.#byMeta.get(meta);
    if (known !== undefined) return known;
    const envelope = this.#sameSense(envelopeIn(message.bytes, scan.metaStart, scan.metaEnd));
    this.#byMeta.set(meta, envelope);
    return envelope;
  }

  #sameSense(read: Envelope): Envelope {
    const sense = JSON.stringify(read);
    const known = this.#bySense.get(sense);
    if (known === undefined && sense.length <= maxKnownChars) keepFew(this.#bySense, maxKnown, sense, read);
    return known ?? read;
  }
}

function envelopeIn(bytes: Buffer, start: number, end: number): Envelope {
  const meta = JSON.parse(bytes.toString("utf8", start, end)) as Record<string, unknown>;
  const revision = meta[revisionKey];
  if (typeof revision !== "string") throw invalid(`params._meta["${revisionKey}"] must be a string`);
  if (!isModernRevision(revision)) {
    const shown = JSON.stringify(revision.slice(0, 40));
    const message = `a request that says its revision itself is of ${modernRevisions.join(" or ")}, this one says ${shown}`;
    throw new HubError("version_unsupported", message, {
      supported: modernRevisions,
      requested: revision.slice(0, 40),
    });
  }
  const declared = meta[capabilitiesKey];
  if (!isObject(declared)) throw invalid(`params._meta["${capabilitiesKey}"] must be there, an object`);
  const info = meta[clientKey] ?? {};
  if (!isObject(info)) throw invalid(`params._meta["${clientKey}"] must be an object`);
  const client = { name: shortText(info["name"]), version: shortText(info["version"]) };
  return { revision, client, capabilities: capabilitiesOf(declared), logLevel: levelIn(meta[levelKey]) };
}

function levelIn(value: unknown): LogLevel | undefined {
  const level = logLevelOf(value);
  if (value !== undefined && level === undefined) {
    throw invalid(`params._meta["${levelKey}"] must be one of ${logLevelNames.join(", ")}`);
  }
  return level;
}

function invalid(message: string): HubError {
  return new HubError("envelope_invalid", message);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
